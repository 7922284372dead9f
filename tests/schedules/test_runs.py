import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from patching_constructs.errors import PatchingError
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Unknown
from patching_constructs.schedules.runs import EARLIEST, LATEST, Run, runs
from patching_constructs.schedules.schedule_error import (
    PhaseUnknownError,
    RunsUnknownError,
    ScheduleSyntaxError,
)

HOUR = timedelta(hours=1)


def between(schedule: ScheduleRecord, from_: str, until: str) -> list[Run]:
    return list(runs(schedule, from_=datetime.fromisoformat(from_), until=datetime.fromisoformat(until)))


def starts(schedule: ScheduleRecord, from_: str, until: str) -> list[str]:
    return [run.starts_at.isoformat() for run in between(schedule, from_, until)]


@pytest.mark.parametrize(
    ("zone", "day", "time", "starts_at", "uncertain_by", "why"),
    [
        ("Europe/Berlin", "2026-03-29", "30 2", "2026-03-29T03:30:00+02:00", HOUR, "does not exist"),
        ("Europe/Berlin", "2026-03-29", "0 2", "2026-03-29T03:00:00+02:00", HOUR, "does not exist"),
        ("Europe/Berlin", "2026-03-29", "59 1", "2026-03-29T01:59:00+01:00", None, None),
        ("Europe/Berlin", "2026-03-29", "0 3", "2026-03-29T03:00:00+02:00", None, None),
        ("Europe/Berlin", "2026-10-25", "0 2", "2026-10-25T02:00:00+02:00", HOUR, "comes twice"),
        ("Europe/Berlin", "2026-10-25", "59 1", "2026-10-25T01:59:00+02:00", None, None),
        ("Europe/Berlin", "2026-10-25", "0 3", "2026-10-25T03:00:00+01:00", None, None),
        ("America/New_York", "2026-03-08", "30 2", "2026-03-08T03:30:00-04:00", HOUR, "does not exist"),
        ("America/New_York", "2026-11-01", "30 1", "2026-11-01T01:30:00-04:00", HOUR, "comes twice"),
        (
            "Australia/Lord_Howe",
            "2026-10-04",
            "15 2",
            "2026-10-04T02:45:00+11:00",
            HOUR / 2,
            "does not exist",
        ),
        ("Australia/Lord_Howe", "2026-04-05", "45 1", "2026-04-05T01:45:00+11:00", HOUR / 2, "comes twice"),
        ("Australia/Lord_Howe", "2026-04-05", "15 1", "2026-04-05T01:15:00+11:00", None, None),
        ("America/Sao_Paulo", "2018-11-04", "0 0", "2018-11-04T01:00:00-02:00", HOUR, "does not exist"),
        ("America/Sao_Paulo", "2018-02-17", "30 23", "2018-02-17T23:30:00-02:00", HOUR, "comes twice"),
        ("America/Sao_Paulo", "2026-11-01", "0 0", "2026-11-01T00:00:00-03:00", None, None),
    ],
)
def test_a_start_in_a_skipped_or_repeated_local_hour_says_so(
    zone: str, day: str, time: str, starts_at: str, uncertain_by: timedelta | None, why: str | None
) -> None:
    year, month, number = day.split("-")
    schedule = ScheduleRecord(expression=f"cron({time} {int(number)} {int(month)} ? {year})", timezone=zone)
    (run,) = runs(schedule, from_=EARLIEST, until=LATEST)
    assert run.starts_at.isoformat() == starts_at
    assert run.starts_at.tzinfo == ZoneInfo(zone)
    assert run.uncertain_by == uncertain_by
    if why is None:
        assert run.why_uncertain is None
    else:
        assert run.why_uncertain is not None
        assert re.fullmatch(rf"{day} ..:..:00 {why} in {zone}: the clock changes", run.why_uncertain)


def test_a_weekly_run_keeps_its_local_hour_over_a_clock_change() -> None:
    schedule = ScheduleRecord(expression="cron(0 4 ? * SUN *)", timezone="Europe/Berlin")
    assert starts(schedule, "2026-03-20T00:00:00Z", "2026-04-01T00:00:00Z") == [
        "2026-03-22T04:00:00+01:00",
        "2026-03-29T04:00:00+02:00",
    ]


def test_starts_that_the_clock_skips_stay_in_order_and_do_not_double_a_regular_start() -> None:
    schedule = ScheduleRecord(expression="cron(0,30 1,2,3 29 3 ? 2026)", timezone="Europe/Berlin")
    found = between(schedule, "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z")
    assert [(f"{run.starts_at:%H:%M}", run.uncertain_by) for run in found] == [
        ("01:00", None),
        ("01:30", None),
        ("03:00", None),
        ("03:30", None),
    ]


def test_a_skipped_start_comes_between_the_regular_starts_behind_the_gap() -> None:
    schedule = ScheduleRecord(expression="cron(0/25 2 4 10 ? 2026)", timezone="Australia/Lord_Howe")
    found = list(runs(schedule, from_=EARLIEST, until=LATEST))
    assert [(f"{run.starts_at:%H:%M}", run.uncertain_by) for run in found] == [
        ("02:30", HOUR / 2),
        ("02:50", None),
        ("02:55", HOUR / 2),
    ]


def test_a_day_that_a_zone_skipped_makes_the_run_uncertain_by_that_day() -> None:
    schedule = ScheduleRecord(expression="cron(0 12 30 12 ? 2011)", timezone="Pacific/Apia")
    (run,) = between(schedule, "2011-12-31T00:00:00+14:00", "2012-01-01T00:00:00+14:00")
    assert run.starts_at.isoformat() == "2011-12-31T12:00:00+14:00"
    assert run.uncertain_by == timedelta(days=1)


def test_an_offset_adds_days_of_the_calendar_not_of_24_hours() -> None:
    schedule = ScheduleRecord(expression="cron(0 4 28 3 ? *)", timezone="Europe/Berlin", offset_days=1)
    assert starts(schedule, "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z") == ["2026-03-29T04:00:00+02:00"]


def test_an_offset_may_lead_into_the_next_month_and_year() -> None:
    schedule = ScheduleRecord(expression="cron(0 4 L 12 ? 2026)", offset_days=6)
    assert starts(schedule, "2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z") == ["2027-01-06T04:00:00+00:00"]


def test_an_offset_may_lead_into_a_skipped_hour() -> None:
    schedule = ScheduleRecord(expression="cron(30 2 27 3 ? 2026)", timezone="Europe/Berlin", offset_days=2)
    (run,) = runs(schedule, from_=EARLIEST, until=LATEST)
    assert run.why_uncertain == "2026-03-29 02:30:00 does not exist in Europe/Berlin: the clock changes"


@pytest.mark.parametrize(
    ("from_", "until", "count"),
    [
        ("2026-01-06T16:00:00Z", "2026-01-13T16:00:00Z", 1),
        ("2026-01-06T16:00:00Z", "2026-01-13T16:00:01Z", 2),
        ("2026-01-06T16:00:01Z", "2026-01-13T16:00:00Z", 0),
        ("2026-01-06T16:00:00.000001Z", "2026-01-13T16:00:00Z", 0),
        ("2026-01-06T17:00:00+01:00", "2026-01-06T17:00:01+01:00", 1),
        ("2026-01-13T16:00:00Z", "2026-01-06T16:00:00Z", 0),
    ],
)
def test_the_horizon_has_its_first_moment_and_not_its_last(from_: str, until: str, count: int) -> None:
    assert len(between(ScheduleRecord(expression="cron(0 16 ? * TUE *)"), from_, until)) == count
    rate = ScheduleRecord(expression="rate(7 days)", start_date="2026-01-06T16:00:00Z")
    assert len(between(rate, from_, until)) == count


def test_the_horizon_tells_the_two_passes_of_a_repeated_hour_apart() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    schedule = ScheduleRecord(expression="cron(30 2 25 10 ? 2026)", timezone="Europe/Berlin")
    first = datetime(2026, 10, 25, 2, 30, tzinfo=berlin)
    second = first.replace(fold=1)
    assert len(list(runs(schedule, from_=first, until=second))) == 1
    assert list(runs(schedule, from_=second, until=LATEST)) == []


def test_start_and_end_date_bound_the_runs_whatever_the_time_zone() -> None:
    schedule = ScheduleRecord(
        expression="cron(0 9 * * ? *)",
        timezone="Asia/Tokyo",
        start_date="2026-01-02T00:00:00Z",  # 09:00 in Tokyo
        end_date="2026-01-04T00:00:00Z",
    )
    assert starts(schedule, "2025-01-01T00:00:00Z", "2027-01-01T00:00:00Z") == [
        "2026-01-02T09:00:00+09:00",
        "2026-01-03T09:00:00+09:00",
    ]


def test_a_window_that_starts_between_cron_day_and_offset_day_waits_for_the_next_cron_day() -> None:
    schedule = ScheduleRecord(
        expression="cron(0 2 ? * TUE#2 *)", offset_days=4, start_date="2026-01-14T00:00:00Z"
    )
    assert starts(schedule, "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z") == ["2026-02-14T02:00:00+00:00"]


def test_a_date_without_offset_counts_as_utc() -> None:
    schedule = ScheduleRecord(expression="rate(1 day)", start_date="2026-01-02T03:04:05")
    assert starts(schedule, "2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z") == ["2026-01-03T03:04:05+00:00"]


def test_a_rate_without_start_has_no_known_phase_but_an_interval() -> None:
    with pytest.raises(PhaseUnknownError, match="not known") as caught:
        runs(ScheduleRecord(expression="rate(12 hours)"), from_=EARLIEST, until=LATEST)
    assert caught.value.interval == timedelta(hours=12)


def test_a_rate_in_days_is_uncertain_where_days_are_not_24_hours() -> None:
    schedule = ScheduleRecord(
        expression="rate(7 days)", timezone="Europe/Berlin", start_date="2026-03-22T03:00:00+01:00"
    )
    before, after = between(schedule, "2026-03-22T00:00:00Z", "2026-04-01T00:00:00Z")
    assert before == Run(starts_at=datetime(2026, 3, 22, 3, tzinfo=ZoneInfo("Europe/Berlin")))
    assert after.starts_at.isoformat() == "2026-03-29T04:00:00+02:00"
    assert after.uncertain_by == HOUR
    assert (
        after.why_uncertain == "AWS does not say if days of a rate follow the clock changes of Europe/Berlin"
    )


def test_a_rate_in_hours_is_certain_over_a_clock_change() -> None:
    schedule = ScheduleRecord(
        expression="rate(12 hours)", timezone="Europe/Berlin", start_date="2026-03-28T14:00:00Z"
    )
    found = between(schedule, "2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z")
    assert found == [Run(starts_at=datetime(2026, 3, 29, 4, tzinfo=ZoneInfo("Europe/Berlin")))]


def test_a_rate_longer_than_the_calendar_runs_once() -> None:
    schedule = ScheduleRecord(expression="rate(999999999 days)", start_date="2026-01-01T00:00:00Z")
    assert starts(schedule, "1970-01-01T00:00:00Z", "9999-01-01T00:00:00Z") == ["2026-01-01T00:00:00+00:00"]
    assert starts(schedule, "2026-01-02T00:00:00Z", "9999-01-01T00:00:00Z") == []


def test_a_single_run_in_a_zone_other_than_utc_says_that_aws_contradicts_itself() -> None:
    schedule = ScheduleRecord(expression="at(2019-07-07T13:15:30)", timezone="America/Los_Angeles")
    (run,) = runs(schedule, from_=EARLIEST, until=LATEST)
    assert run.starts_at.isoformat() == "2019-07-07T13:15:30-07:00"
    assert run.uncertain_by == timedelta(hours=7)
    assert run.why_uncertain is not None
    assert "America/Los_Angeles" in run.why_uncertain


def test_a_single_run_is_certain_where_the_zone_agrees_with_utc() -> None:
    schedule = ScheduleRecord(expression="at(2026-01-07T13:15:30)", timezone="Europe/London")
    (run,) = runs(schedule, from_=EARLIEST, until=LATEST)
    assert run == Run(starts_at=datetime(2026, 1, 7, 13, 15, 30, tzinfo=ZoneInfo("Europe/London")))


@pytest.mark.parametrize("field", ["expression", "timezone", "offset_days", "start_date", "end_date"])
def test_an_unknown_field_is_a_clear_error(field: str) -> None:
    good = ScheduleRecord(expression="cron(0 2 ? * * *)")
    schedule = replace(good, **{field: Unknown("a parameter")})
    with pytest.raises(RunsUnknownError, match=f"^{field} is not known: a parameter$"):
        runs(schedule, from_=EARLIEST, until=LATEST)


def test_mistakes_are_reported_before_what_is_not_known_and_all_together() -> None:
    schedule = ScheduleRecord(
        expression="rate(1 days)",
        timezone="Europe/Berln",
        offset_days=7,
        start_date="tomorrow",
        end_date=Unknown("a parameter"),
    )
    with pytest.raises(ScheduleSyntaxError) as caught:
        runs(schedule, from_=EARLIEST, until=LATEST)
    assert [mistake.field for mistake in caught.value.findings] == [
        "expression",
        "timezone",
        "offset_days",
        "offset_days",
        "start_date",
    ]
    assert "an IANA name such as Europe/Berlin" in str(caught.value)


@pytest.mark.parametrize(("from_", "until"), [("", "+00:00"), ("+00:00", "")])
def test_a_horizon_without_time_zone_is_refused(from_: str, until: str) -> None:
    with pytest.raises(PatchingError, match="no time zone, got 2026-01-0"):
        between(
            ScheduleRecord(expression="rate(1 day)"),
            f"2026-01-01T00:00:00{from_}",
            f"2026-01-02T00:00:00{until}",
        )


@pytest.mark.parametrize("zone", [None, "Pacific/Kiritimati", "Etc/GMT+12"])
def test_the_longest_horizon_covers_the_whole_calendar_of_aws(zone: str | None) -> None:
    schedule = ScheduleRecord(expression="cron(59 23 31 12 ? 1970,2199)", timezone=zone, offset_days=6)
    longest = {
        "from_": datetime.min.replace(tzinfo=UTC),
        "until": datetime.max.replace(tzinfo=UTC),
    }
    found = [f"{run.starts_at:%Y-%m-%d %H:%M}" for run in runs(schedule, **longest)]
    assert found == ["1971-01-06 23:59", "2200-01-06 23:59"]
    first = ScheduleRecord(expression="cron(0 0 1 1 ? 1970)", timezone=zone)
    assert len(list(runs(first, **longest))) == 1
