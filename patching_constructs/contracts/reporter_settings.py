"""Settings of the compliance reporter of one account and Region, shipped as JSON with its code."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from patching_constructs.contracts.ring_document import DeployedRing, RingDocument
from patching_constructs.contracts.schema_version import check_schema_version
from patching_constructs.model.exemption import ExemptionRecord
from patching_constructs.model.ring_terms import (
    DEFAULT_REBOOT_WITHIN,
    DEFAULT_SCANNED_WITHIN,
    InstallTimes,
    RingTerms,
)

REPORTER_FILE = "reporter.json"
"""Name of the settings, beside the code."""

_SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportedBaseline:
    """A patch baseline whose definition is compared with what nodes have.

    It is found by what uses it: a patch group, or the default of an operating system. Only one that nothing
    uses is found by its name, which another baseline may have too.

    Attributes:
        name: Its name.
        operating_system: Its operating system, as AWS spells it.
        patch_groups: The patch groups that are registered on it.
        default: Whether it is the default of the operating system in the account and Region.
        definition: What it defines, in the shape of a GetPatchBaseline answer. Keys that are left out may
            hold anything.
    """

    name: str
    operating_system: str
    patch_groups: tuple[str, ...] = ()
    default: bool = False
    definition: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReporterSettings:
    """Settings of the reporter.

    Attributes:
        document: The rings, which other functions of the account and Region have too.
        reboot_within: How long a node may wait for its reboot.
        scanned_within: How old the last scan may be.
        exemptions: Nodes and patches that need not comply.
        baselines: Patch baselines with their definitions.
    """

    document: RingDocument
    reboot_within: dt.timedelta = DEFAULT_REBOOT_WITHIN
    scanned_within: dt.timedelta = DEFAULT_SCANNED_WITHIN
    exemptions: tuple[ExemptionRecord, ...] = ()
    baselines: tuple[ReportedBaseline, ...] = ()

    @property
    def rings(self) -> tuple[DeployedRing, ...]:
        """The rings."""
        return self.document.rings

    def terms_of(self, ring: DeployedRing, *, runs: InstallTimes) -> RingTerms:
        """Return what the nodes of a ring are measured against.

        Args:
            ring: The ring.
            runs: When it is patched.
        """
        return RingTerms(
            within=ring.within,
            reboot_within=self.reboot_within,
            scanned_within=self.scanned_within,
            runs=runs,
        )

    def to_json(self) -> str:
        """Write the settings without the rings; the same settings always give the same text."""
        return json.dumps(
            {
                "schema-version": _SCHEMA_VERSION,
                "reboot-within-hours": _hours(self.reboot_within),
                "scanned-within-hours": _hours(self.scanned_within),
                "exemptions": [_exemption_data(exemption) for exemption in self.exemptions],
                "baselines": [_baseline_data(baseline) for baseline in self.baselines],
            },
            indent=1,
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, text: str, document: RingDocument) -> Self:
        """Read what `to_json` has written.

        Args:
            text: The settings.
            document: The rings.

        Raises:
            SchemaVersionError: If another version of this library has written the settings.
        """
        data = json.loads(text)
        check_schema_version(data, _SCHEMA_VERSION, file=REPORTER_FILE)
        return cls(
            document=document,
            reboot_within=dt.timedelta(hours=data["reboot-within-hours"]),
            scanned_within=dt.timedelta(hours=data["scanned-within-hours"]),
            exemptions=tuple(_exemption(exemption) for exemption in data["exemptions"]),
            baselines=tuple(_baseline(baseline) for baseline in data["baselines"]),
        )


def _exemption_data(exemption: ExemptionRecord) -> dict[str, Any]:
    return {
        "owner": exemption.owner,
        "reason": exemption.reason,
        "ticket": exemption.ticket,
        "expires": exemption.expires.isoformat(),
        "nodes": exemption.nodes,
        "patches": exemption.patches,
        "patch-groups": list(exemption.patch_groups),
    }


def _exemption(data: Mapping[str, Any]) -> ExemptionRecord:
    return ExemptionRecord(
        owner=data["owner"],
        reason=data["reason"],
        ticket=data["ticket"],
        expires=dt.date.fromisoformat(data["expires"]),
        nodes=data["nodes"],
        patches=data["patches"],
        patch_groups=tuple(data["patch-groups"]),
    )


def _baseline_data(baseline: ReportedBaseline) -> dict[str, Any]:
    return {
        "name": baseline.name,
        "operating-system": baseline.operating_system,
        "patch-groups": list(baseline.patch_groups),
        "default": baseline.default,
        "definition": baseline.definition,
    }


def _baseline(data: Mapping[str, Any]) -> ReportedBaseline:
    return ReportedBaseline(
        name=data["name"],
        operating_system=data["operating-system"],
        patch_groups=tuple(data["patch-groups"]),
        default=data["default"],
        definition=data["definition"],
    )


def _hours(time: dt.timedelta) -> float:
    return time / dt.timedelta(hours=1)
