from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.schedules.cron import parse_cron, shortest_interval
from patching_constructs.schedules.runs import LATEST, runs

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)  # a Thursday


def first(schedule: ScheduleRecord, count: int, *, from_: datetime = NEW_YEAR) -> list[str]:
    found = islice(runs(schedule, from_=from_, until=LATEST), count)
    return [run.starts_at.isoformat() for run in found]


# Every example of reference-cron-and-rate-expressions, present and older editions.
@pytest.mark.parametrize(
    ("fields", "starts"),
    [
        ("0 2 ? * THU#3 *", ["2026-01-15T02:00:00", "2026-02-19T02:00:00", "2026-03-19T02:00:00"]),
        ("15 10 ? * * *", ["2026-01-01T10:15:00", "2026-01-02T10:15:00", "2026-01-03T10:15:00"]),
        ("15 10 ? * MON-FRI *", ["2026-01-01T10:15:00", "2026-01-02T10:15:00", "2026-01-05T10:15:00"]),
        ("0 2 L * ? *", ["2026-01-31T02:00:00", "2026-02-28T02:00:00", "2026-03-31T02:00:00"]),
        ("15 10 ? * 6L *", ["2026-01-30T10:15:00", "2026-02-27T10:15:00", "2026-03-27T10:15:00"]),
        ("30 09 ? * * *", ["2026-01-01T09:30:00", "2026-01-02T09:30:00"]),
        ("24 30 09 ? * * *", ["2026-01-01T09:30:24", "2026-01-02T09:30:24"]),
        ("30 23 ? * TUE#3 *", ["2026-01-20T23:30:00", "2026-02-17T23:30:00"]),
        ("0 16 ? * TUE *", ["2026-01-06T16:00:00", "2026-01-13T16:00:00"]),
        ("0 10 * * ? *", ["2026-01-01T10:00:00", "2026-01-02T10:00:00"]),
        ("15 12 * * ? *", ["2026-01-01T12:15:00", "2026-01-02T12:15:00"]),
        ("0 18 ? * MON-FRI *", ["2026-01-01T18:00:00", "2026-01-02T18:00:00", "2026-01-05T18:00:00"]),
        ("0 8 1 * ? *", ["2026-01-01T08:00:00", "2026-02-01T08:00:00"]),
        ("0/15 * * * ? *", ["2026-01-01T00:00:00", "2026-01-01T00:15:00", "2026-01-01T00:30:00"]),
        ("0/10 * ? * MON-FRI *", ["2026-01-01T00:00:00", "2026-01-01T00:10:00"]),
        ("0/5 8-17 ? * MON-FRI *", ["2026-01-01T08:00:00", "2026-01-01T08:05:00"]),
        ("0 0/12 * * ? *", ["2026-01-01T00:00:00", "2026-01-01T12:00:00", "2026-01-02T00:00:00"]),
        ("0 0/8 * * ? *", ["2026-01-01T00:00:00", "2026-01-01T08:00:00", "2026-01-01T16:00:00"]),
        ("15 13 ? * MON *", ["2026-01-05T13:15:00", "2026-01-12T13:15:00"]),
        ("0 0 ? * THU#2 *", ["2026-01-08T00:00:00", "2026-02-12T00:00:00"]),
        ("0 0 2 ? * SUN *", ["2026-01-04T02:00:00", "2026-01-11T02:00:00"]),
        ("0 */30 * * * ? *", ["2026-01-01T00:00:00", "2026-01-01T00:30:00"]),
        ("0 0 2 ? 1/1 THU#3 *", ["2026-01-15T02:00:00", "2026-02-19T02:00:00"]),
    ],
)
def test_example_of_the_aws_page_runs_when_the_page_says(fields: str, starts: list[str]) -> None:
    schedule = ScheduleRecord(expression=f"cron({fields})")
    assert first(schedule, len(starts)) == [f"{start}+00:00" for start in starts]


def test_the_last_five_minute_run_of_a_day_is_where_the_page_says() -> None:
    until = datetime(2026, 1, 2, tzinfo=UTC)
    record = ScheduleRecord(expression="cron(0/5 8-17 ? * MON-FRI *)")
    found = list(runs(record, from_=NEW_YEAR, until=until))
    assert len(found) == 10 * 12
    assert found[-1].starts_at == datetime(2026, 1, 1, 17, 55, tzinfo=UTC)


@pytest.mark.parametrize("fields", ["30 23 ? * TUE#3 *", "0 30 23 ? * TUE#3 *"])
def test_the_offset_example_waits_two_days_also_in_its_older_seven_field_form(fields: str) -> None:
    schedule = ScheduleRecord(expression=f"cron({fields})", offset_days=2)
    assert first(schedule, 2) == ["2026-01-22T23:30:00+00:00", "2026-02-19T23:30:00+00:00"]


def test_the_los_angeles_example_runs_within_its_dates() -> None:
    schedule = ScheduleRecord(
        expression="cron(0 16 ? * TUE *)",
        timezone="America/Los_Angeles",
        start_date="2019-01-01T00:00:00-08:00",
        end_date="2019-06-30T00:00:00-08:00",
    )
    found = first(schedule, 100, from_=datetime(2018, 1, 1, tzinfo=UTC))
    assert len(found) == 26
    assert (found[0], found[-1]) == ("2019-01-01T16:00:00-08:00", "2019-06-25T16:00:00-07:00")


def test_the_start_date_example_first_runs_on_a_wednesday_although_the_page_names_a_monday() -> None:
    schedule = ScheduleRecord(
        expression="cron(0 09 ? * WED *)",
        timezone="America/Los_Angeles",
        start_date="2021-01-01T00:00:00-08:00",
    )
    assert first(schedule, 1, from_=datetime(2020, 1, 1, tzinfo=UTC)) == ["2021-01-06T09:00:00-08:00"]


def test_the_tokyo_example_runs_every_seven_days_from_its_start_date() -> None:
    schedule = ScheduleRecord(
        expression="rate(7 days)",
        timezone="Asia/Tokyo",
        start_date="2019-01-01T00:03:15+09:00",
        end_date="2019-06-30T00:06:15+09:00",
    )
    found = first(schedule, 100, from_=datetime(2018, 1, 1, tzinfo=UTC))
    assert len(found) == 26
    assert (found[0], found[-1]) == ("2019-01-01T00:03:15+09:00", "2019-06-25T00:03:15+09:00")


@pytest.mark.parametrize(
    ("rate", "interval"),
    [
        ("30 minutes", timedelta(minutes=30)),
        ("1 hour", timedelta(hours=1)),
        ("5 hours", timedelta(hours=5)),
        ("25 days", timedelta(days=25)),
        ("2 days", timedelta(days=2)),
    ],
)
def test_rate_example_runs_that_far_apart(rate: str, interval: timedelta) -> None:
    record = ScheduleRecord(expression=f"rate({rate})", start_date="2026-01-01T00:00:00Z")
    found = [run.starts_at for run in islice(runs(record, from_=NEW_YEAR, until=LATEST), 3)]
    assert found == [NEW_YEAR, NEW_YEAR + interval, NEW_YEAR + 2 * interval]


@pytest.mark.parametrize("time", ["2020-07-07T15:55:00", "2019-07-07T13:15:30"])
def test_single_run_example_runs_once(time: str) -> None:
    schedule = ScheduleRecord(expression=f"at({time})")
    assert first(schedule, 5, from_=datetime(2019, 1, 1, tzinfo=UTC)) == [f"{time}+00:00"]


@pytest.mark.parametrize(
    ("fields", "days"),
    [
        # January 2026 begins on Thursday, February on Sunday, August on Saturday, May ends on Sunday.
        ("0 2 15W * ? *", ["2026-01-15", "2026-02-16", "2026-03-16"]),
        ("0 2 1W * ? *", ["2026-01-01", "2026-02-02", "2026-03-02"]),
        ("0 2 1W AUG ? *", ["2026-08-03", "2027-08-02"]),
        ("0 2 31W MAY ? *", ["2026-05-29", "2027-05-31"]),
        ("0 2 LW * ? *", ["2026-01-30", "2026-02-27", "2026-03-31"]),
        ("0 2 29 2 ? *", ["2028-02-29", "2032-02-29"]),
        ("0 2 ? FEB TUE#5 *", ["2028-02-29", "2056-02-29"]),
        ("0 2 ? * L *", ["2026-01-03", "2026-01-10"]),
        ("0 2 ? * 1 *", ["2026-01-04", "2026-01-11"]),
        ("0 2 ? * 7 *", ["2026-01-03", "2026-01-10"]),
        ("0 2 ? * 2-6 *", ["2026-01-01", "2026-01-02", "2026-01-05"]),
        ("0 2 ? * MON/2 *", ["2026-01-02", "2026-01-05", "2026-01-07"]),
        ("0 2 ? * tue#2 *", ["2026-01-13", "2026-02-10"]),
        ("0 2 1 JAN,JUL ? *", ["2026-01-01", "2026-07-01"]),
        ("0 2 1 1 ? 2030", ["2030-01-01"]),
        ("0 2 1 1 ? 2020,2031-2040/4,2199", ["2031-01-01", "2035-01-01", "2039-01-01", "2199-01-01"]),
        ("0 2 1 1 ? 2000/100", ["2100-01-01"]),
        ("0 2 31 12 ? 1970-2026", ["2026-12-31"]),
    ],
)
def test_day_wildcards_and_years(fields: str, days: list[str]) -> None:
    schedule = ScheduleRecord(expression=f"cron({fields})")
    assert first(schedule, len(days) + 1)[: len(days)] == [f"{day}T02:00:00+00:00" for day in days]


@pytest.mark.parametrize(
    "fields", ["0 2 30 2 ? *", "0 2 31 4,6,9,11 ? *", "0 2 ? * * 2020", "0 2 30W 4 ? 1999"]
)
def test_a_schedule_that_never_fires_ends(fields: str) -> None:
    assert first(ScheduleRecord(expression=f"cron({fields})"), 1) == []


@pytest.mark.parametrize(
    ("fields", "minutes"),
    [
        ("0/5 * * * ? *", 5),
        ("0,59 * * * ? *", 1),
        ("0 3,4 * * ? *", 60),
        ("0 3 * * ? *", 24 * 60),
        ("58 23 1 * ? *", 24 * 60),
        ("1,58 0,23 * * ? *", 3),  # over midnight
        ("1,58 0,23 1 * ? *", 57),  # not over midnight: the next day never runs
    ],
)
def test_the_shortest_interval_counts_midnight_only_between_days_that_follow_each_other(
    fields: str, minutes: int
) -> None:
    assert shortest_interval(parse_cron(fields)) == timedelta(minutes=minutes)


def test_ten_years_of_weekly_dates_take_no_time() -> None:
    schedule = ScheduleRecord(expression="cron(0 2 ? * SUN *)", timezone="Europe/Berlin")
    started = datetime.now(UTC)
    found = list(runs(schedule, from_=NEW_YEAR, until=NEW_YEAR.replace(year=2036)))
    assert len(found) == 522
    assert datetime.now(UTC) - started < timedelta(seconds=1)
