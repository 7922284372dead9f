"""Freezes: when nothing may be installed."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from patching_constructs.model.freeze import Freeze
from patching_constructs.settings.base import SettingsModel, refuse
from patching_constructs.settings.schedule import DATE_PATTERN, TIME_PATTERN


def _day_exists(moment: str) -> str:
    datetime.fromisoformat(moment)
    return moment


MOMENT_PATTERN = f"^{DATE_PATTERN}({TIME_PATTERN})?$"

Moment = Annotated[
    str,
    Field(pattern=MOMENT_PATTERN, examples=["2026-12-19", "2026-12-19T18:00:00+01:00"]),
    AfterValidator(_day_exists),
]


class FreezeSettings(SettingsModel):
    """A time in which nothing may be installed in any ring; scans go on.

    Maintenance windows honour no calendar. A schedule has to avoid the freeze by itself, and a run in it is a
    finding.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-change-calendar.html
    """

    name: Annotated[str, Field(pattern=r"^\S(.{0,98}\S)?$", examples=["year end"])]
    """What the freeze is called in findings, 1 to 100 characters."""
    from_: Moment = Field(alias="from")
    """First day, in UTC, or first moment as an ISO-8601 time with UTC offset."""
    until: Moment
    """First day after the freeze, in UTC, or first moment after it as an ISO-8601 time with UTC offset."""

    @field_validator("until")
    @classmethod
    def _is_after_the_beginning(cls, until: str, info: ValidationInfo) -> str:
        from_ = info.data.get("from_")
        if from_ is not None and _moment(until) <= _moment(from_):
            refuse("", "not after the beginning of the freeze", allowed=f"a day or time after {from_}")
        return until

    def to_value(self) -> Freeze:
        """Return the freeze that the library works with."""
        return Freeze(name=self.name, from_=_moment(self.from_), until=_moment(self.until))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
