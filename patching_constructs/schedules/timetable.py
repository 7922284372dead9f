"""Schedules read from text."""

import difflib
import importlib.resources
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from patching_constructs.model.finding import Finding
from patching_constructs.model.schedule import (
    MAX_SCHEDULE_LENGTH,
    MAX_SCHEDULE_OFFSET_DAYS,
    ScheduleRecord,
)
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.schedules.cron import CronExpression, parse_cron
from patching_constructs.schedules.schedule_error import (
    RunsUnknownError,
    ScheduleSyntaxError,
    schedule_finding,
)

T = TypeVar("T")
R = TypeVar("R")

_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_AT = "(19[7-9][0-9]|2[01][0-9]{2})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
_ISO_8601 = (
    "(19[7-9][0-9]|[2-9][0-9]{3})-[0-9]{2}-[0-9]{2}"
    r"T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """A start again and again after the same time.

    Attributes:
        interval: Time from one start to the next.
        in_days: Whether it is written in days, which are not always 24 hours long in local time.
    """

    interval: timedelta
    in_days: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class At:
    """A single start.

    Attributes:
        time: The time as it is written, without time zone.
    """

    time: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Timetable:
    """A schedule that is understood.

    Attributes:
        expression: The expression.
        zone: Time zone of the expression.
        offset: Time to wait after the cron day.
        start: First moment at which the window is active, or None.
        end: First moment at which it no longer is, or None.
    """

    expression: CronExpression | Rate | At
    zone: ZoneInfo
    offset: timedelta = timedelta()
    start: datetime | None = None
    end: datetime | None = None


def parse_expression(text: str) -> CronExpression | Rate | At:
    """Read `cron(...)`, `rate(...)` or `at(...)`.

    Raises:
        ScheduleSyntaxError: If AWS does not document such an expression; with all mistakes.
    """
    if len(text) > MAX_SCHEDULE_LENGTH:
        raise ScheduleSyntaxError(
            [
                schedule_finding(
                    message="too long",
                    received=f"{len(text)} characters",
                    allowed=f"at most {MAX_SCHEDULE_LENGTH} characters",
                )
            ]
        )
    call = re.fullmatch(r"(cron|rate|at)\((.*)\)", text)
    if call is None:
        raise ScheduleSyntaxError(
            [
                schedule_finding(
                    message="not a schedule", received=repr(text), allowed="cron(...), rate(...) or at(...)"
                )
            ]
        )
    kind, argument = call.groups()
    if kind == "cron":
        return parse_cron(argument)
    return _parse_rate(argument) if kind == "rate" else _parse_at(argument)


def _parse_rate(argument: str) -> Rate:
    rate = re.fullmatch(r"\s*([1-9][0-9]{0,8})\s+(minute|hour|day)(s?)\s*", argument)
    if rate is None or (rate[1] == "1") is (rate[3] == "s"):
        raise ScheduleSyntaxError(
            [
                schedule_finding(
                    message="not a rate",
                    received=repr(argument),
                    allowed="1 minute, 1 hour or 1 day, or a greater whole number of minutes, hours or days",
                )
            ]
        )
    return Rate(interval=int(rate[1]) * _UNITS[rate[2]], in_days=rate[2] == "day")


def _parse_at(argument: str) -> At:
    try:
        if re.fullmatch(_AT, argument) is None:
            raise ValueError
        return At(time=datetime.fromisoformat(argument))
    except ValueError:
        raise ScheduleSyntaxError(
            [
                schedule_finding(
                    message="not a time",
                    received=repr(argument),
                    allowed="a real YYYY-MM-DDTHH:MM:SS from 1970 to 2199",
                )
            ]
        ) from None


def parse_timezone(name: str) -> ZoneInfo:
    """Read the IANA name of a time zone.

    Raises:
        ScheduleSyntaxError: If IANA knows no such zone.
    """
    if name not in _timezones():
        closest = difflib.get_close_matches(name, _timezones(), n=1) or ["Europe/Berlin"]
        raise ScheduleSyntaxError(
            [
                schedule_finding(
                    field="timezone",
                    message="not a time zone",
                    received=repr(name),
                    allowed=f"an IANA name such as {closest[0]}",
                )
            ]
        )
    return ZoneInfo(name)


@cache
def _timezones() -> frozenset[str]:
    """List the names that IANA publishes, which do not depend on the machine."""
    return frozenset(importlib.resources.files("tzdata").joinpath("zones").read_text().split())


def parse_date(text: str, *, field: str) -> datetime:
    """Read a start or end date; without UTC offset it is taken as UTC.

    Raises:
        ScheduleSyntaxError: If it is no ISO-8601 time.
    """
    try:
        if re.fullmatch(_ISO_8601, text) is None:
            raise ValueError
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ScheduleSyntaxError(
            [
                schedule_finding(
                    field=field,
                    message="not an ISO-8601 time",
                    received=repr(text),
                    allowed="a real YYYY-MM-DDTHH:MM:SS from 1970 on, with Z or an offset such as +01:00",
                )
            ]
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _parse_offset(days: int) -> timedelta:
    if not 1 <= days <= MAX_SCHEDULE_OFFSET_DAYS:
        raise ScheduleSyntaxError(
            [
                schedule_finding(
                    field="offset_days",
                    message="not a number of days that AWS waits",
                    received=str(days),
                    allowed=f"1 to {MAX_SCHEDULE_OFFSET_DAYS}, or none",
                )
            ]
        )
    return timedelta(days=days)


def read_timetable(schedule: ScheduleRecord) -> Timetable:
    """Understand a schedule.

    Raises:
        ScheduleSyntaxError: With all mistakes in the fields that are known.
        RunsUnknownError: If there is no mistake, but a field is not known.
    """
    mistakes: list[Finding] = []

    def read(parse: Callable[[T], R], value: Maybe[T] | None) -> R | None:
        if value is None or isinstance(value, Unknown):
            return None
        try:
            return parse(value)
        except ScheduleSyntaxError as error:
            mistakes.extend(error.findings)
            return None

    expression = read(parse_expression, schedule.expression)
    zone = read(parse_timezone, schedule.timezone)
    offset = read(_parse_offset, schedule.offset_days)
    if (
        schedule.offset_days is not None
        and isinstance(schedule.expression, str)
        and not schedule.expression.startswith("cron(")
    ):
        mistakes.append(
            schedule_finding(
                field="offset_days",
                message="an offset works only with cron(...)",
                received=f"an offset with {schedule.expression!r}",
                allowed="no offset, or cron(...)",
            )
        )
    start = read(partial(parse_date, field="start_date"), schedule.start_date)
    end = read(partial(parse_date, field="end_date"), schedule.end_date)
    if start is not None and end is not None and start >= end:
        mistakes.append(
            schedule_finding(
                field="end_date",
                message="the window ends before it starts",
                received=repr(schedule.end_date),
                allowed=f"after start_date {schedule.start_date!r}",
            )
        )
    if mistakes:
        raise ScheduleSyntaxError(mistakes)
    for field in fields(schedule):
        value = getattr(schedule, field.name)
        if isinstance(value, Unknown):
            message = f"{field.name} is not known: {value.reason}"
            raise RunsUnknownError(message)
    return Timetable(
        expression=cast("CronExpression | Rate | At", expression),
        zone=zone or ZoneInfo("UTC"),
        offset=offset or timedelta(),
        start=start,
        end=end,
    )
