"""Rules about the schedule of a maintenance window."""

import re
from dataclasses import replace
from functools import lru_cache

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.schedule import MIN_CRON_INTERVAL, ScheduleRecord
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.schedules.cron import shortest_interval
from patching_constructs.schedules.runs import EARLIEST, LATEST, runs
from patching_constructs.schedules.schedule_error import (
    PhaseUnknownError,
    RunsUnknownError,
    ScheduleSyntaxError,
)
from patching_constructs.schedules.timetable import At, Rate, parse_expression, read_timetable

_EXPRESSIONS_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-cron-and-rate-expressions.html"
)
_DATES_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/maintenance-windows-schedule-options.html"
)


def check_schedule(schedule: ScheduleRecord, *, field: str = "") -> list[Finding]:
    """Find what AWS rejects, what never runs and what AWS leaves unclear; an unknown field is not judged."""
    return [
        replace(finding, field=f"{field}.{finding.field}") if field else finding
        for finding in _findings(schedule)
    ]


@lru_cache(maxsize=1024)
def _findings(schedule: ScheduleRecord) -> tuple[Finding, ...]:
    """Judge a schedule, which is the same in many accounts."""
    mistakes = _check_syntax(schedule)
    findings = [*mistakes, *_check_date_offsets(schedule)]
    if isinstance(schedule.expression, str) and all(mistake.field != "expression" for mistake in mistakes):
        findings += _check_expression(schedule.expression, schedule.timezone)
    if not mistakes:
        findings += _check_runs(schedule)
    return tuple(findings)


def _check_syntax(schedule: ScheduleRecord) -> list[Finding]:
    try:
        read_timetable(schedule)
    except ScheduleSyntaxError as error:
        return list(error.findings)
    except RunsUnknownError:
        return []
    return []


def _check_date_offsets(schedule: ScheduleRecord) -> list[Finding]:
    return [
        Finding(
            id=FindingId.SCHEDULE_DATE_WITHOUT_OFFSET,
            level=Level.WARNING,
            field=name,
            message="AWS does not document the time zone of a date without an offset",
            received=repr(text),
            allowed="Z or an offset such as +01:00 at its end",
            source=_DATES_PAGE,
        )
        for name, text in (("start_date", schedule.start_date), ("end_date", schedule.end_date))
        if isinstance(text, str) and re.search("T[0-9:.]+$", text)
    ]


def _check_expression(text: str, timezone: Maybe[str] | None) -> list[Finding]:
    expression = parse_expression(text)
    if isinstance(expression, At):
        return _check_at(text, timezone)
    interval = expression.interval if isinstance(expression, Rate) else shortest_interval(expression)
    if interval >= MIN_CRON_INTERVAL:
        return []
    return [
        Finding(
            id=FindingId.SCHEDULE_INTERVAL,
            level=Level.WARNING if isinstance(expression, Rate) else Level.ERROR,
            field="expression",
            message="runs more often than AWS supports for cron(...)",
            received=f"{text!r}, {interval.total_seconds():.0f} seconds apart",
            allowed=f"at least {MIN_CRON_INTERVAL.total_seconds():.0f} seconds apart",
            source=_EXPRESSIONS_PAGE,
        )
    ]


def _check_at(text: str, timezone: Maybe[str] | None) -> list[Finding]:
    if timezone in (None, "UTC", "Etc/UTC") or isinstance(timezone, Unknown):
        return []
    return [
        Finding(
            id=FindingId.SCHEDULE_AT_TIMEZONE,
            level=Level.WARNING,
            field="timezone",
            message="AWS documents at(...) in UTC and also shows it with a time zone",
            received=f"{timezone!r} with {text!r}",
            allowed="at(...) in UTC without a time zone",
            source=_EXPRESSIONS_PAGE,
        )
    ]


def _check_runs(schedule: ScheduleRecord) -> list[Finding]:
    try:
        if next(runs(schedule, from_=EARLIEST, until=LATEST), None) is not None:
            return []
    except PhaseUnknownError as error:
        return [
            Finding(
                id=FindingId.SCHEDULE_PHASE_UNKNOWN,
                level=Level.INFO,
                field="start_date",
                message="a rate without a start date runs on dates that cannot be predicted",
                received=f"{schedule.expression!r}, so every {error.interval}",
                allowed="a start date, or cron(...)",
                source=_DATES_PAGE,
            )
        ]
    except RunsUnknownError:
        return []
    return [
        Finding(
            id=FindingId.SCHEDULE_NEVER_RUNS,
            level=Level.ERROR,
            field="expression",
            message="there is no such date between start and end",
            received=repr(schedule.expression),
            allowed="a schedule that runs at least once",
            source=_DATES_PAGE,
        )
    ]
