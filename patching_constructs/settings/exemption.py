"""Exemptions: nodes and patches that need not comply for a while."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from patching_constructs.model.exemption import ExemptionRecord
from patching_constructs.rules.accounts.exemption import warn_about_exemption
from patching_constructs.settings.base import Name, SettingsModel
from patching_constructs.settings.entry import Entry
from patching_constructs.settings.file_finding import FileFinding
from patching_constructs.settings.schedule import DATE_PATTERN
from patching_constructs.values.exemption import Exemption


def _day_exists(day: str) -> str:
    dt.date.fromisoformat(day)
    return day


Day = Annotated[str, Field(pattern=f"^{DATE_PATTERN}$", examples=["2027-03-31"]), AfterValidator(_day_exists)]


class ExemptionSettings(SettingsModel):
    """Nodes or patches that need not comply until a day, and who answers for it.

    It changes what is reported, never what is installed. At least one of `nodes`, `patches` and
    `patch_groups` has to be given.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [{"anyOf": [{"required": [key]} for key in ("nodes", "patches", "patch_groups")]}]
        }
    )

    owner: Annotated[str, Field(pattern=r"\S", examples=["billing team"])]
    """Who answers for it."""
    reason: Annotated[str, Field(pattern=r"\S", examples=["the vendor supports the older kernel only"])]
    """Why."""
    ticket: Annotated[str, Field(pattern=r"\S", examples=["CHG-1234"])]
    """Where it was decided."""
    expires: Day
    """Last day on which it holds, in UTC. More than a year ahead is a warning."""
    nodes: Annotated[str, Field(pattern=r"\S", examples=["billing-*"])] = "*"
    """Pattern for ids or names of nodes, in which `*` matches any characters. Default: every node."""
    patches: Annotated[str, Field(pattern=r"\S", examples=["kernel*"])] = "*"
    """Pattern for ids of patches, in which `*` matches any characters. Default: every patch."""
    patch_groups: list[Name] = Field(default_factory=list)
    """The patch groups whose nodes are meant. Default: all."""
    accounts: list[Name] = Field(default_factory=list)
    """Names of the workload accounts that are meant. Default: all."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        # Making the value is the check.
        self.to_value()
        return self

    def to_value(self) -> Exemption:
        """Return the exemption that the library works with; its accounts are the caller's to ask."""
        return Exemption(
            owner=self.owner,
            reason=self.reason,
            ticket=self.ticket,
            expires=dt.date.fromisoformat(self.expires),
            nodes=self.nodes,
            patches=self.patches,
            patch_groups=tuple(self.patch_groups),
        )


def exemption_warnings_of(top: Entry, *, today: dt.date) -> Iterator[FileFinding]:
    """Yield the exemptions that have expired or hold for too long, as far as they can be read."""
    for entry in top.entries("exemptions"):
        try:
            expires = dt.date.fromisoformat(entry.text("expires") or "")
        except ValueError:
            continue
        exemption = ExemptionRecord(
            owner=entry.text("owner") or "",
            reason=entry.text("reason") or "",
            ticket=entry.text("ticket") or "",
            expires=expires,
        )
        for finding in warn_about_exemption(exemption, today=today):
            yield ((*entry.path, "expires"), finding)
