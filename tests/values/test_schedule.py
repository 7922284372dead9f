import calendar
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from patching_constructs import InvalidInputError, PhaseUnknownError, RateUnit, Schedule, Weekday
from patching_constructs.model.schedule import ScheduleRecord

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def days(schedule: Schedule, count: int) -> list[str]:
    return [f"{run.starts_at:%Y-%m-%d}" for run in schedule.next_runs(after=NEW_YEAR, count=count)]


def test_daily_weekly_and_monthly_write_awss_cron() -> None:
    assert Schedule.daily(hour=3).expression == "cron(0 3 ? * * *)"
    assert Schedule.weekly(day=Weekday.SUNDAY, hour=23, minute=59).expression == "cron(59 23 ? * SUN *)"
    assert Schedule.monthly(week=1, day=Weekday.MONDAY, hour=0).expression == "cron(0 0 ? * MON#1 *)"
    assert Schedule.monthly(week="L", day=Weekday.FRIDAY, hour=0).expression == "cron(0 0 ? * 6L *)"
    assert Schedule.monthly(day_of_month=28, hour=0).expression == "cron(0 0 28 * ? *)"
    assert Schedule.monthly(day_of_month="L", hour=0).expression == "cron(0 0 L * ? *)"


@pytest.mark.parametrize("day", Weekday)
@pytest.mark.parametrize("week", [1, 2, 3, 4, "L"])
def test_monthly_runs_on_the_weekday_that_it_names(week: Any, day: Weekday) -> None:
    index = (list(Weekday).index(day) - 1) % 7
    (run,) = Schedule.monthly(week=week, day=day, hour=12).next_runs(after=NEW_YEAR, count=1)
    january = [row[index] for row in calendar.monthcalendar(2026, 1) if row[index]]
    assert run.starts_at.date() == date(2026, 1, january[-1 if week == "L" else week - 1])


@pytest.mark.parametrize("plus_days", range(21))
def test_patch_tuesday_plus_days_is_right_in_every_month_of_twenty_years(plus_days: int) -> None:
    schedule = Schedule.patch_tuesday(plus_days=plus_days, hour=2, timezone="America/New_York")
    expected = []
    for year in range(2020, 2040):
        for month in range(1, 13):
            tuesdays = [week[calendar.TUESDAY] for week in calendar.monthcalendar(year, month)]
            second = [day for day in tuesdays if day][1]
            expected.append(date(year, month, second) + timedelta(days=plus_days))
    after = datetime(2020, 1, 7, 23, tzinfo=UTC)
    found = schedule.next_runs(after=after, count=240)
    assert [run.starts_at.date() for run in found] == expected
    assert {run.starts_at.hour for run in found} <= {2, 3}  # 3 where the clock skips 2


@pytest.mark.parametrize(
    ("plus_days", "week", "offset"),
    [
        (0, "TUE#2", None),
        (6, "TUE#2", 6),
        (7, "TUE#3", None),
        (13, "TUE#3", 6),
        (14, "TUE#4", None),
        (20, "TUE#4", 6),
    ],
)
def test_patch_tuesday_counts_from_the_tuesday_before(plus_days: int, week: str, offset: int | None) -> None:
    schedule = Schedule.patch_tuesday(plus_days=plus_days, hour=2)
    assert (schedule.expression, schedule.offset_days) == (f"cron(0 2 ? * {week} *)", offset)


def test_the_second_saturday_is_not_the_saturday_after_patch_tuesday() -> None:
    second_saturday = days(Schedule.monthly(week=2, day=Weekday.SATURDAY, hour=2), 12)
    after_patch_tuesday = days(Schedule.patch_tuesday(plus_days=4, hour=2), 12)
    differing = [month for month in range(12) if second_saturday[month] != after_patch_tuesday[month]]
    begins_wednesday_to_saturday = [
        month for month in range(12) if date(2026, month + 1, 1).isoweekday() in (3, 4, 5, 6)
    ]
    assert differing == begins_wednesday_to_saturday
    assert (second_saturday[0], after_patch_tuesday[0]) == ("2026-01-10", "2026-01-17")


def test_cron_and_rate_and_at_write_their_expressions() -> None:
    assert Schedule.cron("0 2 LW * ? *", offset_days=1).record == ScheduleRecord(
        expression="cron(0 2 LW * ? *)", offset_days=1
    )
    assert Schedule.rate(1, RateUnit.HOUR).expression == "rate(1 hour)"
    assert Schedule.rate(30, RateUnit.MINUTE).expression == "rate(30 minutes)"
    when = datetime(2026, 7, 7, 15, 55, 30, tzinfo=ZoneInfo("America/New_York"))
    assert Schedule.at(when).expression == "at(2026-07-07T19:55:30)"
    assert [run.starts_at for run in Schedule.at(when).next_runs(after=NEW_YEAR, count=3)] == [when]


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule.daily(
            hour=1, timezone="Asia/Tokyo", start_date="2026-01-01T00:00:00Z", end_date="2027-01-01T00:00:00Z"
        ),
        Schedule.weekly(
            day=Weekday.MONDAY,
            hour=1,
            timezone="Asia/Tokyo",
            start_date="2026-01-01T00:00:00Z",
            end_date="2027-01-01T00:00:00Z",
        ),
        Schedule.monthly(
            day_of_month=1,
            hour=1,
            timezone="Asia/Tokyo",
            start_date="2026-01-01T00:00:00Z",
            end_date="2027-01-01T00:00:00Z",
        ),
        Schedule.patch_tuesday(
            hour=1, timezone="Asia/Tokyo", start_date="2026-01-01T00:00:00Z", end_date="2027-01-01T00:00:00Z"
        ),
        Schedule.cron(
            "0 1 ? * * *",
            timezone="Asia/Tokyo",
            start_date="2026-01-01T00:00:00Z",
            end_date="2027-01-01T00:00:00Z",
        ),
        Schedule.rate(
            2,
            RateUnit.DAY,
            timezone="Asia/Tokyo",
            start_date="2026-01-01T00:00:00Z",
            end_date="2027-01-01T00:00:00Z",
        ),
    ],
    ids=lambda schedule: schedule.expression,
)
def test_time_zone_and_dates_reach_the_record(schedule: Schedule) -> None:
    record = schedule.record
    assert (record.timezone, record.start_date, record.end_date) == (
        "Asia/Tokyo",
        "2026-01-01T00:00:00Z",
        "2027-01-01T00:00:00Z",
    )


def test_next_runs_are_after_the_moment_and_end_with_the_schedule() -> None:
    schedule = Schedule.cron("0 2 1 1,2 ? 2026")
    assert days(schedule, 5) == ["2026-01-01", "2026-02-01"]
    at_first = datetime(2026, 1, 1, 2, tzinfo=UTC)
    assert [run.starts_at.month for run in schedule.next_runs(after=at_first, count=5)] == [2]
    assert schedule.next_runs(after=at_first, count=0) == ()


def test_next_runs_of_a_rate_need_its_start() -> None:
    with pytest.raises(PhaseUnknownError):
        Schedule.rate(7, RateUnit.DAY).next_runs(after=NEW_YEAR, count=1)


@pytest.mark.parametrize("week", [0, 5, -1, "l"])
def test_a_week_of_the_month_is_one_that_every_month_has(week: Any) -> None:
    with pytest.raises(InvalidInputError, match=f"Schedule: week: .*got {week!r}; allowed: 1 to 4, or 'L'"):
        Schedule.monthly(week=week, day=Weekday.MONDAY, hour=2)


@pytest.mark.parametrize("day_of_month", [0, 29, 31, "LW"])
def test_a_day_of_the_month_is_one_that_every_month_has(day_of_month: Any) -> None:
    with pytest.raises(
        InvalidInputError, match=f"day_of_month: .*got {day_of_month!r}; allowed: 1 to 28, or 'L'"
    ):
        Schedule.monthly(day_of_month=day_of_month, hour=2)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"week": 1},
        {"day": Weekday.MONDAY},
        {"day": Weekday.MONDAY, "day_of_month": 1},
        {"week": 1, "day": Weekday.MONDAY, "day_of_month": 1},
    ],
)
def test_monthly_takes_a_week_with_a_day_or_a_day_of_the_month(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError, match="allowed: week and day, or day_of_month alone"):
        Schedule.monthly(**arguments, hour=2)


@pytest.mark.parametrize("plus_days", [-1, 21, 365])
def test_patch_tuesday_waits_at_most_twenty_days(plus_days: int) -> None:
    with pytest.raises(
        InvalidInputError, match=f"plus_days: not allowed here, got {plus_days}; allowed: 0 to 20"
    ):
        Schedule.patch_tuesday(plus_days=plus_days, hour=2)


@pytest.mark.parametrize("when", [NEW_YEAR.replace(tzinfo=None), NEW_YEAR.replace(microsecond=1)])
def test_a_single_start_has_a_time_zone_and_no_fraction_of_a_second(when: datetime) -> None:
    with pytest.raises(InvalidInputError, match=r"when: .*allowed: a time with a time zone, to the second"):
        Schedule.at(when)


def test_arguments_and_schedule_are_judged_together() -> None:
    with pytest.raises(InvalidInputError) as caught:
        Schedule.monthly(  # type: ignore[call-overload]
            week=7, day_of_month=31, hour=24, minute=60, timezone="Moon", end_date="never"
        )
    assert [finding.field for finding in caught.value.findings] == [
        "week",
        "week",
        "day_of_month",
        "expression",
        "expression",
        "timezone",
        "end_date",
    ]


def test_a_warning_is_no_error() -> None:
    assert Schedule.cron("0 30 23 ? * TUE#3 *").expression == "cron(0 30 23 ? * TUE#3 *)"


def test_schedules_are_values() -> None:
    schedule = Schedule.daily(hour=2)
    assert schedule == Schedule.cron("0 2 ? * * *")
    assert len({schedule, Schedule.daily(hour=2)}) == 1
    with pytest.raises(FrozenInstanceError):
        schedule.timezone = "UTC"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"expression": None}, "expression"),
        ({"timezone": 5}, "timezone"),
        ({"offset_days": "2"}, "offset_days"),
        ({"offset_days": True}, "offset_days"),
        ({"start_date": datetime(2026, 1, 1, tzinfo=UTC)}, "start_date"),
    ],
)
def test_what_is_not_of_its_kind_is_reported_like_any_other_mistake(
    arguments: dict[str, Any], field: str
) -> None:
    everything: dict[str, Any] = {"expression": "cron(0 5 ? * TUE#2 *)"} | arguments
    with pytest.raises(InvalidInputError) as caught:
        Schedule(**everything)
    assert [(finding.field, finding.received) for finding in caught.value.findings] == [
        (field, repr(arguments[field]))
    ]
