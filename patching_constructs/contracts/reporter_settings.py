"""Settings of the compliance reporter of one account and Region, shipped as JSON with its code."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from patching_constructs.model.exemption import ExemptionRecord
from patching_constructs.model.promises import Severity
from patching_constructs.model.ring_terms import RingTerms

SETTINGS_SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportedGroup:
    """A patch group of a ring.

    Attributes:
        name: Value of the tag.
        tag_key: Key of the tag.
        on_aws_default: Whether some of its nodes use AWS's default baseline, so that the group need not be
            registered on any.
    """

    name: str
    tag_key: str
    on_aws_default: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportedWindow:
    """A maintenance window of a ring.

    Attributes:
        name: Its name.
        installs: Whether it installs, or only scans.
    """

    name: str
    installs: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportedRing:
    """A ring with nodes in the account and Region.

    Attributes:
        name: Name of the ring, as its windows' tags have it.
        order: Place in the rollout.
        production: Whether it is production.
        patch_groups: Its patch groups.
        windows: Its maintenance windows.
        terms: What its nodes are measured against; when it is patched the reporter finds out by itself.
    """

    name: str
    order: int
    production: bool = False
    patch_groups: tuple[ReportedGroup, ...]
    windows: tuple[ReportedWindow, ...] = ()
    terms: RingTerms = field(default_factory=RingTerms)


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
        rollout: Name of the rollout.
        account_name: What people call the account.
        rings: Its rings.
        exemptions: Nodes and patches that need not comply.
        baselines: Patch baselines with their definitions.
    """

    rollout: str
    account_name: str
    rings: tuple[ReportedRing, ...]
    exemptions: tuple[ExemptionRecord, ...] = ()
    baselines: tuple[ReportedBaseline, ...] = ()

    def to_json(self) -> str:
        """Write the settings; the same settings always give the same text."""
        return json.dumps(
            {
                "schema-version": SETTINGS_SCHEMA_VERSION,
                "rollout": self.rollout,
                "account-name": self.account_name,
                "rings": [_ring_data(ring) for ring in self.rings],
                "exemptions": [_exemption_data(exemption) for exemption in self.exemptions],
                "baselines": [_baseline_data(baseline) for baseline in self.baselines],
            },
            indent=1,
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` has written."""
        data = json.loads(text)
        return cls(
            rollout=data["rollout"],
            account_name=data["account-name"],
            rings=tuple(_ring(ring) for ring in data["rings"]),
            exemptions=tuple(_exemption(exemption) for exemption in data["exemptions"]),
            baselines=tuple(_baseline(baseline) for baseline in data["baselines"]),
        )


def _ring_data(ring: ReportedRing) -> dict[str, Any]:
    return {
        "name": ring.name,
        "order": ring.order,
        "production": ring.production,
        "patch-groups": [
            {"name": group.name, "tag-key": group.tag_key, "on-aws-default": group.on_aws_default}
            for group in ring.patch_groups
        ],
        "windows": [{"name": window.name, "installs": window.installs} for window in ring.windows],
        "within-hours": {str(severity): _hours(time) for severity, time in ring.terms.within.items()},
        "reboot-within-hours": _hours(ring.terms.reboot_within),
        "scanned-within-hours": _hours(ring.terms.scanned_within),
    }


def _ring(data: Mapping[str, Any]) -> ReportedRing:
    return ReportedRing(
        name=data["name"],
        order=data["order"],
        production=data["production"],
        patch_groups=tuple(
            ReportedGroup(
                name=group["name"], tag_key=group["tag-key"], on_aws_default=group["on-aws-default"]
            )
            for group in data["patch-groups"]
        ),
        windows=tuple(
            ReportedWindow(name=window["name"], installs=window["installs"]) for window in data["windows"]
        ),
        terms=RingTerms(
            within={
                Severity(severity): dt.timedelta(hours=hours)
                for severity, hours in data["within-hours"].items()
            },
            reboot_within=dt.timedelta(hours=data["reboot-within-hours"]),
            scanned_within=dt.timedelta(hours=data["scanned-within-hours"]),
        ),
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
