from dataclasses import replace
from typing import Any

import pytest

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.windows.schedule import check_schedule

LATER = Unknown("a parameter")
GOOD = ScheduleRecord(expression="cron(0 2 ? * * *)")


def ids(*findings: Finding) -> list[tuple[str, Level, str]]:
    return [(finding.id, finding.level, finding.field) for finding in findings]


@pytest.mark.parametrize(
    "schedule",
    [
        ScheduleRecord(expression="cron(0 2 ? * THU#3 *)"),
        ScheduleRecord(expression="cron(24 30 09 ? * * *)"),
        ScheduleRecord(expression="cron(0/5 * * * ? *)"),
        ScheduleRecord(expression="cron(0 2 ? * TUE#2 *)", offset_days=1, timezone="Europe/Berlin"),
        ScheduleRecord(expression="cron(0 2 ? * TUE#2 *)", offset_days=6, timezone="UTC"),
        ScheduleRecord(expression="rate(5 minutes)", start_date="2026-01-01T00:00:00Z"),
        ScheduleRecord(expression="at(2026-01-01T00:00:00)", timezone="Etc/UTC"),
        ScheduleRecord(
            expression="rate(7 days)", start_date="2019-01-01T00:03:15+09:00", end_date="9999-12-31T23:59:59Z"
        ),
    ],
)
def test_a_good_schedule_has_no_findings(schedule: ScheduleRecord) -> None:
    assert check_schedule(schedule) == []


def test_an_expression_has_at_most_256_characters() -> None:
    longest = f"cron(0 2 ? * MON{' ' * 238}*)"
    assert len(longest) == 256
    assert check_schedule(ScheduleRecord(expression=longest)) == []
    (finding,) = check_schedule(ScheduleRecord(expression=longest.replace("MON ", "MON  ")))
    assert (finding.message, finding.received) == ("too long", "257 characters")


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "0 2 ? * * *",
        "cron 0 2 ? * * *",
        "CRON(0 2 ? * * *)",
        "cron(0 2 ? * * *",
        " cron(0 2 ? * * *)",
        "cron(0 2 * * SUN)",
        "rate(0 days)",
        "rate(-1 days)",
        "rate(1 days)",
        "rate(1 hours)",
        "rate(5 hour)",
        "rate(1.5 hours)",
        "rate(7days)",
        "rate(2 weeks)",
        "rate(1 month)",
        "rate(1000000000 days)",
        "rate()",
        "at(2026-01-01)",
        "at(2026-01-01T00:00)",
        "at(2026-01-01T00:00:00Z)",
        "at(2026-02-29T00:00:00)",
        "at(2026-1-1T00:00:00)",
        "at(1969-12-31T00:00:00)",
        "at(2200-01-01T00:00:00)",
    ],
)
def test_an_expression_that_aws_does_not_document_is_an_error(expression: str) -> None:
    (finding,) = check_schedule(ScheduleRecord(expression=expression))
    assert ids(finding) == [("schedule-expression", Level.ERROR, "expression")]
    assert finding.source is not None
    assert finding.source.endswith("reference-cron-and-rate-expressions.html")


@pytest.mark.parametrize("offset", [-1, 0, 7])
def test_an_offset_is_one_to_six_days(offset: int) -> None:
    (finding,) = check_schedule(ScheduleRecord(expression="cron(0 2 ? * TUE#2 *)", offset_days=offset))
    assert str(finding).startswith(
        f"offset_days: not a number of days that AWS waits, got {offset}; allowed: 1 to 6, or none"
    )


@pytest.mark.parametrize("expression", ["rate(1 hour)", "at(2026-01-01T00:00:00)"])
def test_an_offset_without_cron_is_an_error(expression: str) -> None:
    (finding,) = check_schedule(ScheduleRecord(expression=expression, offset_days=1))
    assert ids(finding) == [("schedule-offset", Level.ERROR, "offset_days")]
    assert finding.message == "an offset works only with cron(...)"


@pytest.mark.parametrize(
    "timezone", ["", "CET+1", "europe/berlin", "Europe", "+01:00", "../etc/passwd", "localtime"]
)
def test_a_time_zone_is_one_that_iana_knows(timezone: str) -> None:
    (finding,) = check_schedule(ScheduleRecord(expression="cron(0 2 ? * * *)", timezone=timezone))
    assert ids(finding) == [("schedule-timezone", Level.ERROR, "timezone")]


@pytest.mark.parametrize(
    "date",
    [
        "",
        "2026-01-01",
        "20260101T000000Z",
        "2026-13-01T00:00:00Z",
        "2026-01-01 00:00:00Z",
        "2026-W01-1",
        "soon",
    ],
)
@pytest.mark.parametrize("field", ["start_date", "end_date"])
def test_a_date_is_an_iso_8601_time(field: str, date: str) -> None:
    dates: dict[str, Any] = {field: date}
    (finding,) = check_schedule(replace(GOOD, **dates))
    assert ids(finding) == [("schedule-dates", Level.ERROR, field)]


@pytest.mark.parametrize(
    "end_date", ["2026-01-01T00:00:00Z", "2025-12-31T23:00:00Z", "2026-01-01T00:30:00+01:00"]
)
def test_the_end_is_after_the_start(end_date: str) -> None:
    record = ScheduleRecord(
        expression="cron(0 2 ? * * *)", start_date="2026-01-01T00:00:00Z", end_date=end_date
    )
    (finding,) = check_schedule(record)
    assert ids(finding) == [("schedule-dates", Level.ERROR, "end_date")]


@pytest.mark.parametrize("date", ["2026-01-01T00:00", "2026-01-01T00:00:00", "2026-01-01T00:00:00.5"])
def test_a_date_without_utc_offset_is_a_warning(date: str) -> None:
    (finding,) = check_schedule(ScheduleRecord(expression="cron(0 2 ? * * *)", start_date=date))
    assert ids(finding) == [("schedule-date-without-offset", Level.WARNING, "start_date")]


@pytest.mark.parametrize("fields", ["0/4 * * * ? *", "* 2 ? * * *", "58,0 * * * ? *", "1,31 0 2 ? * * *"])
def test_a_cron_faster_than_five_minutes_is_an_error(fields: str) -> None:
    (finding,) = check_schedule(ScheduleRecord(expression=f"cron({fields})"))
    assert ids(finding) == [("schedule-interval", Level.ERROR, "expression")]


def test_a_rate_faster_than_five_minutes_is_a_warning_because_aws_limits_only_cron() -> None:
    record = ScheduleRecord(expression="rate(4 minutes)", start_date="2026-01-01T00:00:00Z")
    assert ids(*check_schedule(record)) == [("schedule-interval", Level.WARNING, "expression")]


def test_zero_in_the_seconds_field_is_fine_because_aws_shows_and_public_windows_use_it() -> None:
    assert check_schedule(ScheduleRecord(expression="cron(0 30 23 ? * TUE#3 *)", offset_days=2)) == []


def test_a_single_run_in_another_time_zone_is_a_warning() -> None:
    record = ScheduleRecord(expression="at(2026-01-01T00:00:00)", timezone="America/Los_Angeles")
    assert ids(*check_schedule(record)) == [("schedule-at-timezone", Level.WARNING, "timezone")]


def test_a_rate_without_start_is_reported() -> None:
    (finding,) = check_schedule(ScheduleRecord(expression="rate(12 hours)"))
    assert ids(finding) == [("schedule-phase-unknown", Level.INFO, "start_date")]


@pytest.mark.parametrize(
    "schedule",
    [
        ScheduleRecord(expression="cron(0 2 30 2 ? *)"),
        ScheduleRecord(expression="cron(0 2 29 2 ? 2027)"),
        ScheduleRecord(expression="cron(0 2 ? * * 2025)", start_date="2026-01-01T00:00:00Z"),
        ScheduleRecord(expression="at(2026-06-01T00:00:00)", end_date="2026-06-01T00:00:00Z"),
        ScheduleRecord(
            expression="cron(0 2 ? * SUN *)",
            start_date="2026-01-05T00:00:00Z",
            end_date="2026-01-11T02:00:00Z",
        ),
    ],
)
def test_a_schedule_without_any_date_is_an_error(schedule: ScheduleRecord) -> None:
    assert ids(*check_schedule(schedule)) == [("schedule-never-runs", Level.ERROR, "expression")]


def test_several_mistakes_are_found_together_under_their_owners_name() -> None:
    record = ScheduleRecord(
        expression="cron(0/2 * * * ? *)",
        timezone="Mars/Olympus",
        offset_days=9,
        start_date="2026-01-01T00:00:00",
        end_date="never",
    )
    assert [(finding.id, finding.field) for finding in check_schedule(record, field="schedule")] == [
        ("schedule-timezone", "schedule.timezone"),
        ("schedule-offset", "schedule.offset_days"),
        ("schedule-dates", "schedule.end_date"),
        ("schedule-date-without-offset", "schedule.start_date"),
        ("schedule-interval", "schedule.expression"),
    ]


@pytest.mark.parametrize("field", ["expression", "timezone", "offset_days", "start_date", "end_date"])
def test_what_is_not_known_is_not_judged_and_hides_no_other_mistake(field: str) -> None:
    good: dict[str, Any] = {"expression": "cron(0 2 ? * * *)", "timezone": "Europe/Berlin", "offset_days": 1}
    assert check_schedule(ScheduleRecord(**{**good, field: LATER})) == []
    bad: dict[str, Any] = {
        "expression": "cron(0 2)",
        "timezone": "x",
        "offset_days": 9,
        "start_date": "x",
        "end_date": "x",
    }
    found = check_schedule(ScheduleRecord(**{**bad, field: LATER}))
    assert [finding.field for finding in found] == [name for name in bad if name != field]


def test_a_single_run_with_an_unknown_time_zone_is_not_a_warning() -> None:
    assert check_schedule(ScheduleRecord(expression="at(2026-01-01T00:00:00)", timezone=LATER)) == []
