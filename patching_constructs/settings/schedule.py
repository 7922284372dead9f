"""When windows start."""

from datetime import datetime
from typing import Annotated, Literal, Self, TypedDict

from pydantic import AfterValidator, ConfigDict, Field, StrictInt, model_validator

from patching_constructs.settings.base import SettingsModel, exactly_one, refuse, refuse_unless_one
from patching_constructs.values.schedule import RateUnit, Schedule, Weekday

DATE_PATTERN = r"2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
TIME_PATTERN = r"T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_MOMENT_PATTERN = f"^{DATE_PATTERN}{TIME_PATTERN}$"


def _day_exists(time: str) -> str:
    datetime.fromisoformat(time)
    return time


Time = Annotated[
    str,
    Field(pattern=_MOMENT_PATTERN, examples=["2026-12-01T02:00:00+01:00"]),
    AfterValidator(_day_exists),
]


def _timezone_exists(timezone: str) -> str:
    Schedule.rate(1, RateUnit.DAY, timezone=timezone)
    return timezone


def _is_date(date: str) -> str:
    Schedule.rate(1, RateUnit.DAY, start_date=date)
    return date


class _Validity(TypedDict):
    timezone: str | None
    start_date: str | None
    end_date: str | None


class DailySettings(SettingsModel):
    """Every day at the same time."""

    hour: Annotated[StrictInt, Field(ge=0, le=23)]
    """Hour in the schedule's time zone, 0 to 23."""
    minute: Annotated[StrictInt, Field(ge=0, le=59)] = 0
    """Minute of the hour, 0 to 59. Default: the full hour."""

    def to_value(self, validity: _Validity) -> Schedule:
        """Return the schedule that the library works with."""
        return Schedule.daily(hour=self.hour, minute=self.minute, **validity)


class WeeklySettings(DailySettings):
    """Once a week."""

    day: Weekday
    """Day of the week."""

    def to_value(self, validity: _Validity) -> Schedule:
        """Return the schedule that the library works with."""
        return Schedule.weekly(day=self.day, hour=self.hour, minute=self.minute, **validity)


class MonthlySettings(WeeklySettings):
    """Once a month, on a weekday."""

    week: Annotated[StrictInt, Field(ge=1, le=4)] | Literal["L"]
    """Which such weekday of the month: 1 to 4, or L for the last."""

    def to_value(self, validity: _Validity) -> Schedule:
        """Return the schedule that the library works with."""
        return Schedule.monthly(week=self.week, day=self.day, hour=self.hour, minute=self.minute, **validity)


class DayOfMonthSettings(DailySettings):
    """Once a month, on a date."""

    day: Annotated[StrictInt, Field(ge=1, le=28)] | Literal["L"]
    """Day of the month: 1 to 28, or L for the last."""

    def to_value(self, validity: _Validity) -> Schedule:
        """Return the schedule that the library works with."""
        return Schedule.monthly(day_of_month=self.day, hour=self.hour, minute=self.minute, **validity)


class PatchTuesdaySettings(DailySettings):
    """Once a month, counted from Patch Tuesday, the second Tuesday."""

    plus_days: Annotated[StrictInt, Field(ge=0, le=20)] = 0
    """Days after Patch Tuesday, 0 to 20. Default: on Patch Tuesday."""

    def to_value(self, validity: _Validity) -> Schedule:
        """Return the schedule that the library works with."""
        return Schedule.patch_tuesday(
            plus_days=self.plus_days, hour=self.hour, minute=self.minute, **validity
        )


class CronSettings(SettingsModel):
    """When AWS's cron fields say so."""

    expression: str
    """Minutes, hours, day of month, month, day of week, year: six fields, or seven with seconds before them.
    One of the two day fields is a question mark; 1 is Sunday."""
    offset_days: Annotated[StrictInt, Field(ge=1, le=6)] | None = None
    """Days to wait after the cron day, 1 to 6. Default: none."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        self.to_value(_Validity(timezone=None, start_date=None, end_date=None))
        return self

    def to_value(self, validity: _Validity) -> Schedule:
        """Return the schedule that the library works with."""
        return Schedule.cron(self.expression, offset_days=self.offset_days, **validity)


class RateSettings(SettingsModel):
    """Again and again after the same time, counted from `start_date`."""

    value: Annotated[StrictInt, Field(ge=1)]
    """How many units."""
    unit: RateUnit
    """Minutes, hours or days."""

    def to_value(self, validity: _Validity) -> Schedule:
        """Return the schedule that the library works with."""
        return Schedule.rate(self.value, self.unit, **validity)


_WAYS = ("daily", "weekly", "monthly", "day_of_month", "patch_tuesday", "cron", "rate", "at")


class ScheduleSettings(SettingsModel):
    """When a window starts: one of the ways to say it, and what bounds it."""

    model_config = ConfigDict(json_schema_extra=exactly_one(_WAYS))

    daily: DailySettings | None = None
    """Every day at the same time."""
    weekly: WeeklySettings | None = None
    """Once a week."""
    monthly: MonthlySettings | None = None
    """Once a month, on a weekday such as the second Saturday."""
    day_of_month: DayOfMonthSettings | None = None
    """Once a month, on a date such as the 15th."""
    patch_tuesday: PatchTuesdaySettings | None = None
    """Once a month, a number of days after Patch Tuesday."""
    cron: CronSettings | None = None
    """When AWS's cron fields say so."""
    rate: RateSettings | None = None
    """Again and again after the same time."""
    at: (
        Annotated[
            str,
            Field(pattern=_MOMENT_PATTERN, examples=["2026-12-01T02:00:00+01:00"]),
            AfterValidator(_day_exists),
        ]
        | None
    ) = None
    """Once: an ISO-8601 time with UTC offset, such as 2026-12-01T02:00:00+01:00."""
    timezone: Annotated[str, AfterValidator(_timezone_exists)] | None = None
    """IANA name such as Europe/Berlin. Default: UTC."""
    start_date: Annotated[str, AfterValidator(_is_date)] | None = None
    """ISO-8601 time with UTC offset before which the window does not run. Default: at once."""
    end_date: Annotated[str, AfterValidator(_is_date)] | None = None
    """ISO-8601 time with UTC offset from which on the window no longer runs. Default: never."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        refuse_unless_one(self, _WAYS)
        bounds = [key for key in ("timezone", "start_date", "end_date") if getattr(self, key) is not None]
        if self.at is not None and bounds:
            refuse(bounds[0], "a time in `at` has its own UTC offset and no bounds", allowed="no such key")
        self.to_value()
        return self

    def to_value(self) -> Schedule:
        """Return the schedule that the library works with."""
        if self.at is not None:
            return Schedule.at(datetime.fromisoformat(self.at))
        way = next(getattr(self, key) for key in _WAYS if getattr(self, key) is not None)
        schedule: Schedule = way.to_value(
            _Validity(timezone=self.timezone, start_date=self.start_date, end_date=self.end_date)
        )
        return schedule
