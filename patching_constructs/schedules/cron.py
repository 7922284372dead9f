"""AWS's cron dialect, expanded by cronsim.

AWS and cronsim differ in the numbers of weekdays, in steps over weekdays, in `?`, `W` and years, and in what
day of month and day of week mean together. So every field is resolved here to plain numbers, and cronsim gets
only lists.

AWS documents Systems Manager's `W` loosely ("the day closest to the third weekday"); here `3W` is the weekday
nearest to the third, in the same month, as EventBridge documents the same dialect:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html

See: https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-cron-and-rate-expressions.html
"""

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise, product, takewhile

from cronsim import CronSim, CronSimError

from patching_constructs.model.finding import Finding
from patching_constructs.schedules.schedule_error import ScheduleSyntaxError, schedule_finding


@dataclass(frozen=True, kw_only=True, slots=True)
class _CronField:
    """One field of a cron expression: what it is called and what it counts."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    alone: str = ""

    @property
    def allowed(self) -> str:
        names = f", {self.names[0]} to {self.names[-1]}" if self.names else ""
        alone = f"; alone: {self.alone}" if self.alone else ""
        return f"{self.low} to {self.high}{names}, lists (,), upward ranges (-), steps (/) and *{alone}"

    def number(self, text: str) -> int | None:
        """The number that `text` means, or None."""
        if text.upper() in self.names:
            return self.low + self.names.index(text.upper())
        if re.fullmatch("[0-9]{1,4}", text) and self.low <= int(text) <= self.high:
            return int(text)
        return None


_SECONDS = _CronField(name="seconds", low=0, high=59)
_MINUTES = _CronField(name="minutes", low=0, high=59)
_HOURS = _CronField(name="hours", low=0, high=23)
_DAY_OF_MONTH = _CronField(name="day of month", low=1, high=31, alone="?, L, LW, 15W")
_MONTH = _CronField(
    name="month",
    low=1,
    high=12,
    names=("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
)
_DAY_OF_WEEK = _CronField(
    name="day of week",
    low=1,
    high=7,
    names=("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"),
    alone="?, L, 6L, TUE#2",
)
_YEAR = _CronField(name="year", low=1970, high=2199)

_DAY = timedelta(days=1)
_DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, kw_only=True, slots=True)
class CronExpression:
    """A cron expression with every field resolved to numbers.

    Attributes:
        seconds: Seconds of the minute.
        minutes: Minutes of the hour.
        hours: Hours of the day.
        days_of_month: Days of the month, as cronsim reads them.
        months: Months, from 1.
        days_of_week: Days of the week, as cronsim reads them (0 is Sunday).
        years: Years.
        nearest_weekday_to: Day of the month whose nearest weekday is meant, or None.
    """

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days_of_month: str
    months: tuple[int, ...]
    days_of_week: str
    years: tuple[int, ...]
    nearest_weekday_to: int | None = None


def parse_cron(fields: str) -> CronExpression:
    """Parse the text between the parentheses of `cron(...)`.

    Raises:
        ScheduleSyntaxError: If AWS does not document such fields; with all mistakes.
    """
    texts = fields.split()
    # EventBridge has six fields; maintenance windows take a seventh, with seconds first.
    if len(texts) not in (6, 7):
        raise ScheduleSyntaxError(
            [
                schedule_finding(
                    message=f"cron with {len(texts)} fields" + (", as in Unix" if len(texts) == 5 else ""),
                    received=repr(fields),
                    allowed="six fields: minutes, hours, day of month, month, day of week, year, "
                    "with ? in one of the day fields; or seven, with seconds first",
                )
            ]
        )
    *seconds, minutes, hours, day_of_month, month, day_of_week, year = texts
    mistakes: list[Finding] = []
    # AWS takes a day in one of the two fields only, and refuses the day of both.
    if (day_of_month == "?") is (day_of_week == "?"):
        mistakes.append(
            schedule_finding(
                message="day of month and day of week contradict each other",
                received=f"{day_of_month!r} and {day_of_week!r}",
                allowed="? in exactly one of them",
            )
        )
    months = _resolve(month, _MONTH, mistakes)
    days_of_month, nearest_weekday_to = _days_of_month(day_of_month, months, mistakes)
    cron = CronExpression(
        seconds=_resolve(seconds[0], _SECONDS, mistakes) if seconds else (0,),
        minutes=_resolve(minutes, _MINUTES, mistakes),
        hours=_resolve(hours, _HOURS, mistakes),
        days_of_month=days_of_month,
        months=months,
        days_of_week=_days_of_week(day_of_week, mistakes),
        years=_resolve(year, _YEAR, mistakes),
        nearest_weekday_to=nearest_weekday_to,
    )
    if mistakes:
        raise ScheduleSyntaxError(mistakes)
    return cron


def _resolve(text: str, field: _CronField, mistakes: list[Finding]) -> tuple[int, ...]:
    """List the numbers that a field matches."""
    numbers: set[int] = set()
    for term in text.split(","):
        span, slash, step_text = term.partition("/")
        first_text, dash, last_text = span.partition("-")
        if span == "*":
            first: int | None = field.low
            last: int | None = field.high
        else:
            first = field.number(first_text)
            last = field.number(last_text) if dash else field.high if slash else first
        step = int(step_text) if re.fullmatch("[0-9]{1,4}", step_text) else 0 if slash else 1
        if first is None or last is None or first > last or not 1 <= step <= field.high:
            mistakes.append(
                schedule_finding(
                    message=f"not a value for {field.name}", received=repr(term), allowed=field.allowed
                )
            )
        else:
            numbers.update(range(first, last + 1, step))
    return tuple(sorted(numbers))


def _days_of_month(text: str, months: tuple[int, ...], mistakes: list[Finding]) -> tuple[str, int | None]:
    """Write the day of month for cronsim, and the day whose nearest weekday is meant."""
    if text in ("?", "*"):
        return "*", None
    if text in ("L", "LW"):
        return text, None
    if re.fullmatch("[0-9]{1,2}W", text) and (day := _DAY_OF_MONTH.number(text[:-1])) is not None:
        if any(day > _DAYS_IN_MONTH[month - 1] for month in months):
            mistakes.append(
                schedule_finding(
                    message="AWS does not say what W means in a month without that day",
                    received=repr(text),
                    allowed="1W to 28W, LW, or months that always have the day",
                )
            )
        return _list(range(max(1, day - 2), min(31, day + 2) + 1)), day
    return _list(_resolve(text, _DAY_OF_MONTH, mistakes)), None


def _days_of_week(text: str, mistakes: list[Finding]) -> str:
    """Write the day of week for cronsim, which counts from 0."""
    if text in ("?", "*"):
        return "*"
    if text == "L":
        return "6"
    special = re.fullmatch("([^#]+)(L|#[1-5])", text)
    if special and (day := _DAY_OF_WEEK.number(special[1])) is not None:
        return f"{day - 1}{special[2]}"
    return _list(day - 1 for day in _resolve(text, _DAY_OF_WEEK, mistakes))


def _list(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))


def expand(cron: CronExpression, *, from_: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the times of `cron` in [from_, until), all without time zone, to the second."""
    times_of_day = [
        timedelta(hours=hour, minutes=minute, seconds=second)
        for hour, minute, second in product(cron.hours, cron.minutes, cron.seconds)
    ]
    for year in cron.years:
        if not from_.year <= year <= until.year:
            continue
        for day in _days(cron.days_of_month, cron.months, cron.days_of_week, year):
            if day + _DAY <= from_ or not _is_nearest_weekday(day, cron.nearest_weekday_to):
                continue
            if day >= until:
                return
            for time in times_of_day:
                if from_ <= (moment := day + time) < until:
                    yield moment


@lru_cache(maxsize=4096)
def _days(days_of_month: str, months: tuple[int, ...], days_of_week: str, year: int) -> tuple[datetime, ...]:
    """List the days of a year; many schedules differ in the time of day only."""
    try:
        midnights = CronSim(
            f"0 0 {days_of_month} {_list(months)} {days_of_week}", _new_year(year) - timedelta(seconds=1)
        )
    except CronSimError:  # the fields are well-formed: no month has such a day
        return ()
    return tuple(takewhile(lambda day: day.year == year, midnights))


def _new_year(year: int) -> datetime:
    return datetime(year, 1, 1)  # noqa: DTZ001 -- cron times are local times


def _is_nearest_weekday(time: datetime, day: int | None) -> bool:
    """Return whether `time` is on the weekday nearest to `day` in the same month, or `day` is not set."""
    if day is None:
        return True
    last = calendar.monthrange(time.year, time.month)[1]
    weekday = date(time.year, time.month, day).weekday()
    if weekday == calendar.SATURDAY:
        return time.day == (day - 1 if day > 1 else day + 2)
    if weekday == calendar.SUNDAY:
        return time.day == (day + 1 if day < last else day - 2)
    return time.day == day


def shortest_interval(cron: CronExpression) -> timedelta:
    """Measure the least time between two starts; within a day at most, which is all that AWS limits."""
    in_a_day = sorted(
        timedelta(hours=hour, minutes=minute, seconds=second)
        for hour, minute, second in product(cron.hours, cron.minutes, cron.seconds)
    )
    shortest = min((later - earlier for earlier, later in pairwise(in_a_day)), default=_DAY)
    over_midnight = _DAY - in_a_day[-1] + in_a_day[0]
    if over_midnight < shortest and _has_consecutive_days(cron):
        return over_midnight
    return shortest


def _has_consecutive_days(cron: CronExpression) -> bool:
    midnights = expand(
        replace(cron, seconds=(0,), minutes=(0,), hours=(0,)),
        from_=_new_year(_YEAR.low),
        until=_new_year(_YEAR.high + 1),
    )
    return any(later - earlier == _DAY for earlier, later in pairwise(midnights))
