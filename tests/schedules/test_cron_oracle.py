"""The adapter against an oracle that steps through time and asks each field, one value at a time."""

import calendar
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.schedules.cron import expand, parse_cron
from patching_constructs.schedules.runs import runs
from tests.depth import examples

MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]


# --- the oracle ---


def matches(text: str, value: int, low: int, names: list[str] | None = None) -> bool:
    """Ask one field about one value."""

    def number(word: str) -> int:
        return names.index(word) + low if names and word in names else int(word)

    for term in text.split(","):
        body, _, step = term.partition("/")
        if body == "*":
            begin, end = low, 9999
        elif "-" in body:
            begin, end = (number(word) for word in body.split("-"))
        else:
            begin = number(body)
            end = 9999 if step else begin
        if begin <= value <= end and (value - begin) % int(step or 1) == 0:
            return True
    return False


def month_days(day: date) -> list[date]:
    length = calendar.monthrange(day.year, day.month)[1]
    return [day.replace(day=number) for number in range(1, length + 1)]


def matches_day_of_month(text: str, day: date) -> bool:
    days = month_days(day)
    working_days = [candidate for candidate in days if candidate.isoweekday() <= 5]
    if text == "L":
        return day == days[-1]
    if text == "LW":
        return day == working_days[-1]
    if text.endswith("W"):
        wanted = days[int(text[:-1]) - 1]
        return day == min(working_days, key=lambda candidate: abs(candidate - wanted))
    return matches(text, day.day, 1)


def matches_day_of_week(text: str, day: date) -> bool:
    sunday_is_1 = day.isoweekday() % 7 + 1
    same_weekday = [candidate for candidate in month_days(day) if candidate.weekday() == day.weekday()]
    if text == "L":
        return sunday_is_1 == 7
    if text.endswith("L"):
        return matches(text[:-1], sunday_is_1, 1, DAYS) and day == same_weekday[-1]
    if "#" in text:
        weekday, number = text.split("#")
        return matches(weekday, sunday_is_1, 1, DAYS) and day in same_weekday[int(number) - 1 : int(number)]
    return matches(text, sunday_is_1, 1, DAYS)


def fires_at(fields: str, time: datetime) -> bool:
    *seconds, minute, hour, day_of_month, month, day_of_week, year = fields.split()
    return (
        matches(seconds[0] if seconds else "0", time.second, 0)
        and matches(minute, time.minute, 0)
        and matches(hour, time.hour, 0)
        and matches(month, time.month, 1, MONTHS)
        and matches(year, time.year, 1970)
        and (day_of_month == "?" or matches_day_of_month(day_of_month, time.date()))
        and (day_of_week == "?" or matches_day_of_week(day_of_week, time.date()))
    )


def new_year(year: int) -> datetime:
    return datetime(year, 1, 1)  # noqa: DTZ001 -- cron times are local times


def steps(from_: datetime, until: datetime, step: timedelta) -> list[datetime]:
    return [from_ + number * step for number in range(-((from_ - until) // step))]


# --- expressions ---


def field(low: int, high: int, names: list[str] | None = None) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    word = number.map(lambda n: names[n - low]) if names else number.map(str)
    pair = st.tuples(number, number).map(sorted)
    span = pair.map(lambda ends: "-".join(names[n - low] if names else str(n) for n in ends))
    start = st.one_of(st.just("*"), word, number.map(str), span)
    stepped = st.tuples(start, st.integers(1, high - low)).map(lambda parts: f"{parts[0]}/{parts[1]}")
    term = st.one_of(word, number.map(str), span, stepped)
    return st.one_of(st.just("*"), term, st.lists(term, min_size=2, max_size=3).map(",".join))


months = st.one_of(st.just("*"), field(1, 12, MONTHS))
years = st.sampled_from(["*", "2024-2030", "2025,2027", "2024/4", "1970-2199/3", "2031"])
days_of_month = st.one_of(
    st.sampled_from(["L", "LW"]), st.integers(1, 28).map(lambda day: f"{day}W"), field(1, 31)
)
weekdays = st.one_of(st.sampled_from(DAYS), st.integers(1, 7).map(str))
days_of_week = st.one_of(
    st.just("L"),
    weekdays.map(lambda day: f"{day}L"),
    st.tuples(weekdays, st.integers(1, 5)).map(lambda parts: f"{parts[0]}#{parts[1]}"),
    field(1, 7, DAYS),
)
days = st.one_of(
    st.tuples(days_of_month, months).map(lambda parts: f"{parts[0]} {parts[1]} ?"),
    st.tuples(months, days_of_week).map(lambda parts: f"? {parts[0]} {parts[1]}"),
)
times_of_day = st.tuples(field(0, 59), field(0, 23)).map(" ".join)
dates = st.datetimes(new_year(2023), new_year(2032)).map(lambda time: time.replace(microsecond=0))


# --- properties ---


CLOCK_CHANGES = [
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 2, 18, 2, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
]


@settings(max_examples=examples(quick=100, deep=2000), deadline=None)
@given(days, years, dates)
@example("? * TUE#2", "*", new_year(2026))
@example("29 2 ?", "*", new_year(2028))
def test_days_are_those_of_the_oracle(day_fields: str, year: str, from_: datetime) -> None:
    midnight = datetime.combine(from_, datetime.min.time())
    until = midnight + timedelta(days=500)
    fields = f"17 5 {day_fields} {year}"
    expected = [
        time
        for time in steps(midnight + timedelta(hours=5, minutes=17), until, timedelta(days=1))
        if time >= from_ and fires_at(fields, time)
    ]
    assert list(expand(parse_cron(fields), from_=from_, until=until)) == expected


@settings(max_examples=examples(quick=60, deep=800), deadline=None)
@given(times_of_day, dates)
def test_minutes_are_those_of_the_oracle(time_fields: str, from_: datetime) -> None:
    minute = from_.replace(second=0)
    until = minute + timedelta(hours=30)
    fields = f"{time_fields} ? * * *"
    expected = [
        time
        for time in steps(minute, until, timedelta(minutes=1))
        if time >= from_ and fires_at(fields, time)
    ]
    assert list(expand(parse_cron(fields), from_=from_, until=until)) == expected


@settings(max_examples=examples(quick=20, deep=100), deadline=None)
@given(field(0, 59), times_of_day, dates)
def test_seconds_are_those_of_the_oracle(second_field: str, time_fields: str, from_: datetime) -> None:
    until = from_ + timedelta(minutes=90)
    fields = f"{second_field} {time_fields} ? * * *"
    expected = [time for time in steps(from_, until, timedelta(seconds=1)) if fires_at(fields, time)]
    assert list(expand(parse_cron(fields), from_=from_, until=until)) == expected


@settings(max_examples=examples(quick=40, deep=250), deadline=None)
@given(times_of_day, st.sampled_from(CLOCK_CHANGES))
@example("0/15 *", CLOCK_CHANGES[0])
@example("0/15 *", CLOCK_CHANGES[1])
@example("0/5 *", CLOCK_CHANGES[4])
@example("0/5 *", CLOCK_CHANGES[5])
@example("0 12", CLOCK_CHANGES[8])
def test_starts_around_a_clock_change_are_those_of_the_oracle(
    time_fields: str, zone_and_change: tuple[str, datetime]
) -> None:
    zone, change = zone_and_change
    from_, until = change - timedelta(hours=30), change + timedelta(hours=30)
    fields = f"{time_fields} ? * * *"
    found = list(runs(ScheduleRecord(expression=f"cron({fields})", timezone=zone), from_=from_, until=until))
    instants = [run.starts_at.astimezone(UTC) for run in found]
    assert instants == sorted(set(instants))

    def local(instant: datetime) -> datetime:
        return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)

    minutes = steps(from_, until, timedelta(minutes=1))
    shown = Counter(
        local(minute) for minute in steps(from_ - timedelta(hours=2), until, timedelta(minutes=1))
    )
    starting = [minute for minute in minutes if fires_at(fields, local(minute))]
    certain = [minute for minute in starting if shown[local(minute)] == 1]
    repeated = [minute for minute in starting if shown[local(minute)] > 1]
    first_of_repeated = [minute for minute in repeated if minute < change]
    skipped = [
        time
        for time in steps(local(from_), local(until), timedelta(minutes=1))
        if time not in shown and fires_at(fields, time)
    ]
    jump = local(change) - local(change - timedelta(minutes=1)) - timedelta(minutes=1)
    moved = sorted(
        instant
        for time in skipped
        if (instant := change + (time + jump - local(change))) not in certain and from_ <= instant < until
    )
    assert [i for i, run in zip(instants, found, strict=True) if run.uncertain_by is None] == certain
    uncertain = [run for run in found if run.uncertain_by is not None]
    assert [run.starts_at.astimezone(UTC) for run in uncertain] == sorted(first_of_repeated + moved)
    assert all(run.uncertain_by == abs(jump) and run.why_uncertain for run in uncertain)


def test_the_oracle_itself_knows_patch_tuesday() -> None:
    tuesdays = [
        time.day
        for time in steps(new_year(2026), new_year(2027), timedelta(days=1))
        if fires_at("0 0 ? * TUE#2 *", time)
    ]
    assert tuesdays == [13, 10, 10, 14, 12, 9, 14, 11, 8, 13, 10, 8]
