"""Promises: how soon after its publication a patch is installed."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, StrictInt, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from patching_constructs.errors import raise_errors
from patching_constructs.model.promises import PROMISE_HOURS, PROMISES, Promise, Severity
from patching_constructs.rules.rings.promises import check_promises
from patching_constructs.settings.base import SettingsModel, exactly_one, refuse, refuse_unless_one


def _is_public(name: str) -> str:
    if name not in PROMISES:
        raise PydanticCustomError("enum", "unknown promise")
    return name


PublicPromise = Annotated[
    str, AfterValidator(_is_public), WithJsonSchema({"enum": sorted(PROMISES), "type": "string"})
]
_LAST_HOUR = PROMISE_HOURS.stop - 1
Days = Annotated[StrictInt, Field(ge=1, le=_LAST_HOUR // 24)]
Hours = Annotated[StrictInt, Field(ge=1, le=_LAST_HOUR)]

_WAYS = ("public", "days", "hours")


class PromiseSettings(SettingsModel):
    """How soon patches are installed in a ring: as a public standard demands, or in numbers of one's own.

    The time runs from the publication of the patch until the window that installs it has closed, in the worst
    case. A promise that the schedules break is an error.
    """

    model_config = ConfigDict(
        json_schema_extra={
            **exactly_one(_WAYS),
            "dependentRequired": {"days": ["name"], "hours": ["name"], "source": ["name"]},
        }
    )

    public: PublicPromise | None = None
    """Name of the promise that a public standard makes."""
    name: Annotated[str, Field(pattern=r"^\S(.{0,98}\S)?$", examples=["house rule"])] | None = None
    """What a promise in numbers of one's own is called in findings, 1 to 100 characters."""
    days: Annotated[dict[Severity, Days], Field(min_length=1)] | None = None
    """Days by severity, 1 to 3650. A severity that is missing is not promised."""
    hours: Annotated[dict[Severity, Hours], Field(min_length=1)] | None = None
    """Hours by severity, 1 to 87600, instead of days."""
    source: str | None = None
    """Address of the text that the numbers are from. Default: none."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        refuse_unless_one(self, _WAYS)
        if self.public is not None:
            for key in ("name", "source"):
                if getattr(self, key) is not None:
                    refuse(key, "a public promise has its own", allowed="no such key with public")
        elif self.name is None:
            refuse("name", "numbers of one's own need a name", received="nothing", allowed="a name")
        raise_errors(check_promises([self.to_value()], field=""), subject="promise")
        return self

    def to_value(self) -> Promise:
        """Return the promise that the library works with."""
        if self.public is not None:
            return PROMISES[self.public]
        days = {severity: timedelta(days=count) for severity, count in (self.days or {}).items()}
        hours = {severity: timedelta(hours=count) for severity, count in (self.hours or {}).items()}
        return Promise(name=self.name or "", within=days or hours, source=self.source)
