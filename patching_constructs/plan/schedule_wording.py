"""Schedules in words: the common ones as people say them, the others as they are written."""

import re

from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.model.wording import listed, plural

_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_SHORT_DAYS = tuple(day[:3].upper() for day in _DAYS)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_SHORT_MONTHS = tuple(month[:3].upper() for month in _MONTHS)
_ORDINALS = ("first", "second", "third", "fourth", "fifth")


def schedule_words(schedule: ScheduleRecord) -> str:
    """Write a schedule as `weekly on Wednesday at 22:00 Europe/Berlin`.

    Times are local to the time zone that is named; without one they are UTC. What has no common form keeps
    its expression.
    """
    expression = schedule.expression
    if isinstance(expression, Unknown):
        return f"not known ({expression.reason})"
    zone = _zone(schedule.timezone)
    offset = schedule.offset_days
    words = _cron_words(expression, offset) or _rate_words(expression)
    if words is None:
        words = expression if offset is None else f"{expression} and {_days_later(offset)}"
    bounds = [
        f"{name} {'a time that is not known' if isinstance(date, Unknown) else date}"
        for name, date in (("from", schedule.start_date), ("until", schedule.end_date))
        if date is not None
    ]
    return ", ".join([f"{words} {zone}", *bounds])


def _zone(timezone: Maybe[str] | None) -> str:
    if timezone is None:
        return "UTC"
    return "in a time zone that is not known" if isinstance(timezone, Unknown) else timezone


def _days_later(offset: Maybe[int]) -> str:
    if isinstance(offset, Unknown):
        return "an unknown number of days later"
    return f"{plural(offset, 'day')} later"


def _rate_words(expression: str) -> str | None:
    rate = re.fullmatch(r"rate\(\s*([1-9][0-9]{0,8})\s+(minute|hour|day)s?\s*\)", expression)
    if rate is None:
        return None
    return f"every {rate[2]}" if rate[1] == "1" else f"every {rate[1]} {rate[2]}s"


def _cron_words(expression: str, offset: Maybe[int] | None) -> str | None:
    cron = re.fullmatch(r"cron\((.*)\)", expression)
    fields = cron[1].split() if cron else []
    if len(fields) == 7 and fields[0] in ("0", "00"):
        fields = fields[1:]
    if len(fields) != 6 or fields[5] != "*":
        return None
    minute, hour, day_of_month, month, day_of_week, _ = fields
    time, months = _time(minute, hour), _months(month)
    if time is None or months is None:
        return None
    if day_of_week in ("?", "*"):
        return _in_month(day_of_month, months, time, offset)
    if day_of_month not in ("?", "*"):
        return None
    return _on_weekdays(day_of_week, months, time, offset)


def _in_month(day_of_month: str, months: str, time: str, offset: Maybe[int] | None) -> str | None:
    if day_of_month in ("?", "*"):
        days = "daily" if months == "every month" else f"daily in {months}"
        return f"{days} at {time}" if offset is None else None
    if day_of_month == "L":
        return f"{_after(offset, f'the last day of {months}')} at {time}"
    if re.fullmatch("[0-9]{1,2}", day_of_month) and 1 <= int(day_of_month) <= 31:
        return f"{_after(offset, f'day {int(day_of_month)} of {months}')} at {time}"
    return None


def _on_weekdays(day_of_week: str, months: str, time: str, offset: Maybe[int] | None) -> str | None:
    nth = re.fullmatch("([A-Za-z0-9]+)#([1-5])", day_of_week)
    if nth:
        days = _weekdays(nth[1])
        which = _ORDINALS[int(nth[2]) - 1]
        return days and f"{_after(offset, f'the {which} {days} of {months}')} at {time}"
    last = re.fullmatch("([A-Za-z]{3}|[1-7])L", day_of_week)
    if last:
        days = _weekdays(last[1])
        return days and f"{_after(offset, f'the last {days} of {months}')} at {time}"
    days = _weekdays(day_of_week)
    if days is None or offset is not None:
        return None
    return f"weekly on {days}{'' if months == 'every month' else f' in {months}'} at {time}"


def _after(offset: Maybe[int] | None, day: str) -> str:
    if offset is None:
        return f"on {day}"
    if isinstance(offset, Unknown):
        return f"an unknown number of days after {day}"
    return f"{plural(offset, 'day')} after {day}"


def _time(minute: str, hour: str) -> str | None:
    if not re.fullmatch("[0-9]{1,2}", minute) or not re.fullmatch("[0-9]{1,2}(,[0-9]{1,2})*", hour):
        return None
    hours = [int(part) for part in hour.split(",")]
    if int(minute) > 59 or max(hours) > 23:
        return None
    return listed((f"{each:02}:{int(minute):02}" for each in sorted(set(hours))), most=None)


def _months(month: str) -> str | None:
    if month == "*":
        return "every month"
    numbers = _numbers(month, _SHORT_MONTHS)
    return None if numbers is None else listed((_MONTHS[number] for number in numbers), most=None)


def _weekdays(day_of_week: str) -> str | None:
    numbers = _numbers(day_of_week, _SHORT_DAYS)
    return None if numbers is None else listed((_DAYS[number] for number in numbers), most=None)


def _numbers(text: str, names: tuple[str, ...]) -> list[int] | None:
    """Read a list of names, of numbers from 1 and of upward ranges of them, as numbers from 0."""
    found: set[int] = set()
    for part in text.upper().split(","):
        ends = [_number(end, names) for end in part.split("-")]
        known = [end for end in ends if end is not None]
        if len(known) != len(ends) or len(ends) > 2 or known[0] > known[-1]:
            return None
        found.update(range(known[0], known[-1] + 1))
    return sorted(found)


def _number(text: str, names: tuple[str, ...]) -> int | None:
    if text in names:
        return names.index(text)
    if re.fullmatch("[0-9]{1,2}", text) and 1 <= int(text) <= len(names):
        return int(text) - 1
    return None
