"""When a maintenance window starts, as a value."""

import enum
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from itertools import islice
from typing import Literal, Self, overload

from patching_constructs.errors import raise_errors
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.rules.windows.schedule import check_schedule
from patching_constructs.schedules.runs import LATEST, Run, runs
from patching_constructs.values.declared_types import check_fields, settle_fields


class Weekday(enum.StrEnum):
    """Day of the week, under AWS's name for it."""

    SUNDAY = "SUN"
    MONDAY = "MON"
    TUESDAY = "TUE"
    WEDNESDAY = "WED"
    THURSDAY = "THU"
    FRIDAY = "FRI"
    SATURDAY = "SAT"


class RateUnit(enum.StrEnum):
    """Unit of a rate.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-cron-and-rate-expressions.html
    """

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """Say when a maintenance window starts.

    The classmethods write the expression; pass `expression` only to repeat one from elsewhere.

    Args:
        expression: `cron(...)` with six fields, or seven with seconds first; `rate(...)`; or `at(...)`.
            At most 256 characters.
        timezone: IANA name such as `Europe/Berlin`. Default: the expression is in UTC.
        offset_days: Days to wait after the cron day, 1 to 6. Default: none. Only with `cron(...)`.
        start_date: ISO-8601 time with UTC offset before which the window does not run. Default: at once.
            It ignores `timezone`.
        end_date: ISO-8601 time with UTC offset from which on the window no longer runs. Default: never.
            It ignores `timezone`.

    Raises:
        InvalidInputError: If AWS would refuse the schedule, or if it never runs; with all mistakes.

    Example:
        >>> from patching_constructs import Schedule
        >>> Schedule(expression="cron(30 23 ? * TUE#3 *)", offset_days=2).timezone is None
        True

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-cron-and-rate-expressions.html
    """

    expression: str
    timezone: str | None = None
    offset_days: int | None = None
    start_date: str | None = None
    end_date: str | None = None

    def __post_init__(self) -> None:
        """Run the rules."""
        settle_fields(self, subject="Schedule")
        raise_errors(check_schedule(self.record), subject="Schedule")

    @property
    def record(self) -> ScheduleRecord:
        """The schedule as the model holds it."""
        return ScheduleRecord(
            expression=self.expression,
            timezone=self.timezone,
            offset_days=self.offset_days,
            start_date=self.start_date,
            end_date=self.end_date,
        )

    @classmethod
    def daily(
        cls,
        *,
        hour: int,
        minute: int = 0,
        timezone: str | None = None,
        start_date: str | None = None,
        end_date: str | None = None,
    ) -> Self:
        """Start every day.

        Args:
            hour: Hour in `timezone`, 0 to 23.
            minute: Minute of the hour, 0 to 59. Default: the full hour.
            timezone: IANA name. Default: UTC.
            start_date: See `Schedule`.
            end_date: See `Schedule`.

        Example:
            >>> from patching_constructs import Schedule
            >>> Schedule.daily(hour=3, timezone="Europe/Berlin").expression
            'cron(0 3 ? * * *)'
        """
        return cls(
            expression=f"cron({minute} {hour} ? * * *)",
            timezone=timezone,
            start_date=start_date,
            end_date=end_date,
        )

    @classmethod
    def weekly(
        cls,
        *,
        day: Weekday,
        hour: int,
        minute: int = 0,
        timezone: str | None = None,
        start_date: str | None = None,
        end_date: str | None = None,
    ) -> Self:
        """Start once a week.

        Args:
            day: Weekday in `timezone`.
            hour: Hour in `timezone`, 0 to 23.
            minute: Minute of the hour, 0 to 59. Default: the full hour.
            timezone: IANA name. Default: UTC.
            start_date: See `Schedule`.
            end_date: See `Schedule`.

        Example:
            >>> from patching_constructs import Schedule, Weekday
            >>> Schedule.weekly(day=Weekday.SUNDAY, hour=4, minute=30).expression
            'cron(30 4 ? * SUN *)'
        """
        return cls(
            expression=f"cron({minute} {hour} ? * {day} *)",
            timezone=timezone,
            start_date=start_date,
            end_date=end_date,
        )

    @overload
    @classmethod
    def monthly(
        cls,
        *,
        week: int | Literal["L"],
        day: Weekday,
        hour: int,
        minute: int = 0,
        timezone: str | None = None,
        start_date: str | None = None,
        end_date: str | None = None,
    ) -> Self: ...

    @overload
    @classmethod
    def monthly(
        cls,
        *,
        day_of_month: int | Literal["L"],
        hour: int,
        minute: int = 0,
        timezone: str | None = None,
        start_date: str | None = None,
        end_date: str | None = None,
    ) -> Self: ...

    @classmethod
    def monthly(
        cls,
        *,
        week: int | Literal["L"] | None = None,
        day: Weekday | None = None,
        day_of_month: int | Literal["L"] | None = None,
        hour: int,
        minute: int = 0,
        timezone: str | None = None,
        start_date: str | None = None,
        end_date: str | None = None,
    ) -> Self:
        """Start once a month, on a weekday of a week or on a day of the month.

        Do not write "Saturday after Patch Tuesday" as the second Saturday: use `patch_tuesday`.

        Args:
            week: Which such weekday of the month: 1 to 4, or `L` for the last. Together with `day`.
            day: Weekday. Together with `week`.
            day_of_month: 1 to 28, or `L` for the last day of the month. Instead of `week` and `day`.
            hour: Hour in `timezone`, 0 to 23.
            minute: Minute of the hour, 0 to 59. Default: the full hour.
            timezone: IANA name. Default: UTC.
            start_date: See `Schedule`.
            end_date: See `Schedule`.

        Raises:
            InvalidInputError: If an argument is not in its range; with all mistakes.

        Example:
            >>> from patching_constructs import Schedule, Weekday
            >>> Schedule.monthly(week=3, day=Weekday.THURSDAY, hour=2).expression
            'cron(0 2 ? * THU#3 *)'
            >>> Schedule.monthly(day_of_month="L", hour=2).expression
            'cron(0 2 L * ? *)'
        """
        arguments = []
        if (week is None) is (day_of_month is None) or (week is None) is not (day is None):
            received = f"week={week!r}, day={day!r}, day_of_month={day_of_month!r}"
            arguments.append(_argument("week", received, "week and day, or day_of_month alone"))
        if week not in (None, 1, 2, 3, 4, "L"):
            arguments.append(_argument("week", repr(week), "1 to 4, or 'L' for the last"))
        if day is not None and day not in set(Weekday):
            arguments.append(_argument("day", repr(day), ", ".join(Weekday)))
        if day_of_month not in (None, *range(1, 29), "L"):
            arguments.append(_argument("day_of_month", repr(day_of_month), "1 to 28, or 'L' for the last"))
        if arguments:
            days = "? * *"
        elif day is None:
            days = f"{day_of_month} * ?"
        elif week == "L":
            days = f"? * {list(Weekday).index(day) + 1}L"
        else:
            days = f"? * {day}#{week}"
        record = ScheduleRecord(
            expression=f"cron({minute} {hour} {days} *)",
            timezone=timezone,
            start_date=start_date,
            end_date=end_date,
        )
        return cls._of(record, arguments)

    @classmethod
    def patch_tuesday(
        cls,
        *,
        plus_days: int = 0,
        hour: int,
        minute: int = 0,
        timezone: str | None = None,
        start_date: str | None = None,
        end_date: str | None = None,
    ) -> Self:
        """Start on Patch Tuesday, the second Tuesday of the month, or a number of days after it.

        AWS waits at most 6 days after a cron day, so that later days count from the third or fourth Tuesday.

        Args:
            plus_days: Days after Patch Tuesday, 0 to 20. Default: on Patch Tuesday.
            hour: Hour in `timezone`, 0 to 23.
            minute: Minute of the hour, 0 to 59. Default: the full hour.
            timezone: IANA name. Default: UTC.
            start_date: See `Schedule`.
            end_date: See `Schedule`.

        Raises:
            InvalidInputError: If an argument is not in its range; with all mistakes.

        Example:
            >>> from patching_constructs import Schedule
            >>> schedule = Schedule.patch_tuesday(plus_days=11, hour=2, timezone="Europe/Berlin")
            >>> schedule.expression, schedule.offset_days
            ('cron(0 2 ? * TUE#3 *)', 4)
        """
        arguments = []
        if plus_days not in range(21):
            arguments.append(_argument("plus_days", repr(plus_days), "0 to 20"))
            plus_days = 0
        weeks, days = divmod(plus_days, 7)
        record = ScheduleRecord(
            expression=f"cron({minute} {hour} ? * TUE#{weeks + 2} *)",
            timezone=timezone,
            offset_days=days or None,
            start_date=start_date,
            end_date=end_date,
        )
        return cls._of(record, arguments)

    @classmethod
    def cron(
        cls,
        fields: str,
        *,
        timezone: str | None = None,
        offset_days: int | None = None,
        start_date: str | None = None,
        end_date: str | None = None,
    ) -> Self:
        """Start when AWS's cron fields say so.

        Args:
            fields: Minutes, hours, day of month, month, day of week, year; optionally seconds before them.
                One of the two day fields is `?`. 1 is Sunday.
            timezone: IANA name. Default: UTC.
            offset_days: Days to wait after the cron day, 1 to 6. Default: none.
            start_date: See `Schedule`.
            end_date: See `Schedule`.

        Example:
            >>> from patching_constructs import Schedule
            >>> Schedule.cron("15 10 ? * 6L *").expression
            'cron(15 10 ? * 6L *)'
        """
        return cls(
            expression=f"cron({fields})",
            timezone=timezone,
            offset_days=offset_days,
            start_date=start_date,
            end_date=end_date,
        )

    @classmethod
    def rate(
        cls,
        value: int,
        unit: RateUnit,
        *,
        timezone: str | None = None,
        start_date: str | None = None,
        end_date: str | None = None,
    ) -> Self:
        """Start again and again after the same time.

        The clock starts at `start_date`; without one, when AWS makes the window, so that it is impossible to
        predict the dates.

        Args:
            value: How many units, from 1.
            unit: Minutes, hours or days.
            timezone: IANA name in which dates are shown. Default: UTC.
            start_date: See `Schedule`. A date that is past when the window is made counts as that moment.
            end_date: See `Schedule`.

        Example:
            >>> from patching_constructs import RateUnit, Schedule
            >>> Schedule.rate(7, RateUnit.DAY, start_date="2026-01-06T03:00:00Z").expression
            'rate(7 days)'
        """
        return cls(
            expression=f"rate({value} {unit}{'' if value == 1 else 's'})",
            timezone=timezone,
            start_date=start_date,
            end_date=end_date,
        )

    @classmethod
    def at(cls, when: datetime) -> Self:
        """Start once.

        Args:
            when: Time with a time zone, to the second; written in UTC, as AWS documents `at(...)`.

        Raises:
            InvalidInputError: If `when` has no time zone, or a fraction of a second.

        Example:
            >>> from datetime import datetime
            >>> from zoneinfo import ZoneInfo
            >>> from patching_constructs import Schedule
            >>> Schedule.at(datetime(2026, 7, 7, 15, 55, tzinfo=ZoneInfo("Europe/Berlin"))).expression
            'at(2026-07-07T13:55:00)'
        """
        if not isinstance(when, datetime) or when.utcoffset() is None or when.microsecond:
            received = when.isoformat() if isinstance(when, datetime) else repr(when)
            raise_errors(
                [_argument("when", received, "a time with a time zone, to the second")],
                subject="Schedule",
            )
        return cls(expression=f"at({when.astimezone(UTC):%Y-%m-%dT%H:%M:%S})")

    def next_runs(self, *, after: datetime, count: int) -> tuple[Run, ...]:
        """List the first runs after a moment; fewer than `count` if the schedule ends before.

        Args:
            after: Moment with a time zone; a run at that very moment does not count.
            count: How many runs.

        Raises:
            PhaseUnknownError: If this is a rate without a start date.
            InvalidInputError: If `after` is no time, or has no time zone.

        Example:
            >>> from datetime import UTC, datetime
            >>> from patching_constructs import Schedule
            >>> schedule = Schedule.patch_tuesday(plus_days=4, hour=2, timezone="Europe/Berlin")
            >>> for run in schedule.next_runs(after=datetime(2026, 6, 1, tzinfo=UTC), count=2):
            ...     print(run.starts_at.isoformat())
            2026-06-13T02:00:00+02:00
            2026-07-18T02:00:00+02:00
        """
        if not isinstance(after, datetime) or after.utcoffset() is None:
            allowed = "a datetime with a time zone"
            raise_errors([_argument("after", repr(after), allowed)], subject="Schedule.next_runs")
        found = runs(self.record, from_=after, until=LATEST)
        return tuple(islice((run for run in found if run.starts_at.astimezone(UTC) > after), count))

    @classmethod
    def _of(cls, record: ScheduleRecord, arguments: list[Finding]) -> Self:
        """Make the value, or raise for arguments and record together."""
        given = {field.name: getattr(record, field.name) for field in fields(record)}
        if arguments:
            others = check_fields(cls, given) or check_schedule(record)
            raise_errors([*arguments, *others], subject="Schedule")
        return cls(**given)


def _argument(name: str, received: str, allowed: str) -> Finding:
    return Finding(
        id=FindingId.SCHEDULE_ARGUMENT,
        level=Level.ERROR,
        field=name,
        message="not allowed here",
        received=received,
        allowed=allowed,
    )
