"""A fleet for the compliance reporter: rings, patch groups and two systems in one account and Region.

Its nodes got into their state as nodes do: they were launched, installed, rebooted or not, and scanned, when
the windows of their ring ran. The expected figures are counted here from what they last reported to Systems
Manager, without the code of the reporter.
"""

import datetime as dt
import random
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import cycle
from typing import Any

from local_aws.aws import client
from local_aws.fleet.executions import WindowExecution
from local_aws.fleet.records import Node, Patch
from local_aws.fleet.simulation import SimulatedPlace
from local_aws.services.moto_seams import place
from patching_constructs import OperatingSystem, PatchOperation, RebootOption
from patching_constructs.contracts.compliance_metrics import AccountMetric, ComplianceMetric
from patching_constructs.contracts.reporter_settings import ReporterSettings
from patching_constructs.contracts.ring_document import (
    DeployedGroup,
    DeployedRing,
    DeployedWindow,
    RingDocument,
)
from patching_constructs.model.promises import Severity

ACCOUNT, REGION = "666666666666", "eu-central-1"
TABLE, BUCKET = "memory", "history"
ROLLOUT = "bench"

_RINGS = {"dev": 5, "test": 15, "stage": 20, "prod": 60}
"""Percent of the nodes in each ring."""
_GROUPS = ("app", "db", "web")
_SYSTEMS = {OperatingSystem.AMAZON_LINUX_2023: 200, OperatingSystem.WINDOWS: 1_000}
"""How many patches each has ever had; all but the last of each product are superseded."""
_PRODUCTS = 8
_SEVERITIES = ("Critical", "Important", "Moderate", "")
_DAY = dt.timedelta(days=1)
_INSTALLED = 3 * _DAY
_SCANNED = dt.timedelta(hours=6)
_WITHIN = {Severity.CRITICAL: 14 * _DAY}


class Kind(Enum):
    """What has become of a node."""

    COMPLIANT = auto()
    MISSING = auto()
    FAILED = auto()
    WAITING_FOR_REBOOT = auto()
    STALE = auto()
    OUTSIDE_EC2 = auto()
    STOPPED = auto()
    WITHOUT_AGENT = auto()
    AGENT_DIED = auto()
    WITHOUT_TAG = auto()
    MISTYPED_TAG = auto()


_WRONG = (Kind.MISSING, Kind.FAILED, Kind.WAITING_FOR_REBOOT)
_PER_MILLE = {
    Kind.STALE: 5,
    Kind.OUTSIDE_EC2: 10,
    Kind.STOPPED: 20,
    Kind.WITHOUT_AGENT: 10,
    Kind.AGENT_DIED: 5,
    Kind.WITHOUT_TAG: 5,
    Kind.MISTYPED_TAG: 5,
}
"""How many of 1,000 nodes are neither compliant nor have patches with problems."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportedFleet:
    """A fleet in the local AWS, and the settings of its reporter.

    Attributes:
        place: Where the nodes are.
        settings: Settings of the reporter.
    """

    place: SimulatedPlace
    settings: ReporterSettings

    def truth(self, now: dt.datetime) -> Counter[tuple[str, str]]:
        """Count what the metrics of each ring and of the account should be, by ring and name."""
        found: Counter[tuple[str, str]] = Counter()
        ring_of = {group.name: ring.name for ring in self.settings.rings for group in ring.patch_groups}
        for node in self.place.fleet.nodes.values():
            ring = ring_of.get(node.patch_group or "")
            if ring is None:
                found["", AccountMetric.NODES_WITHOUT_GROUP] += node.answers(now)
            elif node.is_there(now):
                for name, count in self._of_node(node, now).items():
                    found[ring, name] += count
        return +found

    def _of_node(self, node: Node, now: dt.datetime) -> Counter[str]:
        found: Counter[str] = Counter({ComplianceMetric.NODES: 1})
        if not node.answers(now):
            return found + Counter([ComplianceMetric.UNMANAGED_NODES])
        states = {} if node.report is None else node.report.states
        missing = [self.place.fleet.patches[name] for name, state in states.items() if state == "Missing"]
        found.update(_MISSING[patch.severity] for patch in missing)
        found[ComplianceMetric.FAILED_PATCHES] = list(states.values()).count("Failed")
        found[ComplianceMetric.REBOOT_DEBT_NODES] = "InstalledPendingReboot" in states.values()
        found[ComplianceMetric.STALE_NODES] = node.report is None or now - node.report.ended_at > 2 * _DAY
        # Only Windows says when a patch was published; the others count from this first report.
        found[ComplianceMetric.OVERDUE_PATCHES] = sum(
            patch.operating_system is OperatingSystem.WINDOWS and patch.severity in ("Critical", "")
            for patch in missing
        )
        return found


_MISSING = {
    "Critical": ComplianceMetric.MISSING_CRITICAL,
    "Important": ComplianceMetric.MISSING_HIGH,
    "Moderate": ComplianceMetric.MISSING_MEDIUM,
    "": ComplianceMetric.MISSING_UNRATED,
}
COUNTED = (
    ComplianceMetric.NODES,
    ComplianceMetric.UNMANAGED_NODES,
    ComplianceMetric.STALE_NODES,
    *_MISSING.values(),
    ComplianceMetric.OVERDUE_PATCHES,
    ComplianceMetric.FAILED_PATCHES,
    ComplianceMetric.REBOOT_DEBT_NODES,
    ComplianceMetric.UNREAD_NODES,
    ComplianceMetric.WRONG_BASELINE_NODES,
    ComplianceMetric.REPORTED_BY_OTHERS_NODES,
)
"""The metrics of a ring that `ReportedFleet.truth` counts; those that it does not name are 0."""


def make_fleet(node_count: int, *, wrong_percent: int, now: dt.datetime) -> ReportedFleet:
    """Make a fleet in an empty local AWS.

    Args:
        node_count: Nodes, those that are stopped or in no group included.
        wrong_percent: Share of the nodes that have missing, failed or waiting patches, a third each.
        now: The moment of the report.
    """
    rings = tuple(_ring(name) for name in _RINGS)
    _make_baselines([group.name for ring in rings for group in ring.patch_groups])
    here = place(ACCOUNT, REGION)
    here.fleet.add(*_patches(now))
    for ring in rings:
        _make_windows(here, ring, now)
    choose = random.Random(node_count)  # noqa: S311 -- the same fleet every time
    kinds = list(_kinds(node_count, wrong_percent))
    choose.shuffle(kinds)
    for number, kind in enumerate(kinds):
        (ring_name,) = choose.choices(list(_RINGS), list(_RINGS.values()))
        group = f"{ring_name}-{choose.choice(_GROUPS)}"
        node = _node(number, kind, group, choose.choice(list(_SYSTEMS)), now)
        here.fleet.add(node)
        _live(here, node, kind, now)
    _make_places()
    return ReportedFleet(
        place=here, settings=ReporterSettings(document=RingDocument(rollout=ROLLOUT, rings=rings))
    )


def _kinds(node_count: int, wrong_percent: int) -> Iterator[Kind]:
    wrong = node_count * wrong_percent // 100
    others = [kind for kind, share in _PER_MILLE.items() for _ in range(node_count * share // 1_000)]
    others = others[: node_count - wrong]
    yield from others
    yield from (kind for kind, _ in zip(cycle(_WRONG), range(wrong), strict=False))
    yield from [Kind.COMPLIANT] * (node_count - wrong - len(others))


def _node(number: int, kind: Kind, group: str, system: OperatingSystem, now: dt.datetime) -> Node:
    tags = {"Name": f"node-{number}", "PatchGroup": group}
    if kind is Kind.WITHOUT_TAG:
        del tags["PatchGroup"]
    elif kind is Kind.MISTYPED_TAG:
        tags["PatchGroup"] = f"{group}s"
    return Node(
        node_id=f"{'mi' if kind is Kind.OUTSIDE_EC2 else 'i'}-{number:017x}",
        operating_system=system,
        tags=tags,
        launched_at=now - (_DAY if kind is Kind.MISSING else 90 * _DAY),
        stopped_at=now - dt.timedelta(hours=1) if kind is Kind.STOPPED else None,
        has_agent=kind is not Kind.WITHOUT_AGENT,
        agent_died_at=now - dt.timedelta(hours=1) if kind is Kind.AGENT_DIED else None,
        refuses={_patch_id(system, 0, _versions(system) - 1)} if kind is Kind.FAILED else set(),
    )


def _live(here: SimulatedPlace, node: Node, kind: Kind, now: dt.datetime) -> None:
    """Let a node go through its last week."""
    if not node.has_agent:
        return
    if kind is Kind.STALE:
        here.fleet.run(node, PatchOperation.INSTALL, now=now - 5 * _DAY)
        return
    if kind is not Kind.MISSING:
        reboot_option = (
            RebootOption.NO_REBOOT if kind is Kind.WAITING_FOR_REBOOT else RebootOption.REBOOT_IF_NEEDED
        )
        here.fleet.run(node, PatchOperation.INSTALL, now=now - _INSTALLED, reboot_option=reboot_option)
    last = PatchOperation.INSTALL if kind is Kind.FAILED else PatchOperation.SCAN
    here.fleet.run(node, last, now=now - _SCANNED)


def _patches(now: dt.datetime) -> Iterator[Patch]:
    for system in _SYSTEMS:
        versions = _versions(system)
        for product in range(_PRODUCTS):
            older = None
            for version in range(versions):
                patch_id = _patch_id(system, product, version)
                published = now - 30 * _DAY - 28 * _DAY * (versions - 1 - version)
                yield Patch(
                    patch_id=patch_id,
                    operating_system=system,
                    published_at=published,
                    visible_at=published,
                    classification="SecurityUpdates" if system is OperatingSystem.WINDOWS else "Security",
                    severity=_SEVERITIES[product % len(_SEVERITIES)],
                    supersedes=older,
                )
                older = patch_id


def _versions(system: OperatingSystem) -> int:
    return _SYSTEMS[system] // _PRODUCTS


def _patch_id(system: OperatingSystem, product: int, version: int) -> str:
    if system is OperatingSystem.WINDOWS:
        return f"KB5{product:02}{version:04}"
    return f"package-{product}.x86_64:0:1.{version}-1.amzn2023"


def _ring(name: str) -> DeployedRing:
    return DeployedRing(
        name=name,
        order=list(_RINGS).index(name),
        patch_groups=tuple(DeployedGroup(name=f"{name}-{group}", tag_key="PatchGroup") for group in _GROUPS),
        windows=(
            DeployedWindow(name=f"{name}-scan", installs=False),
            DeployedWindow(name=f"{name}-install", installs=True),
        ),
        within=_WITHIN,
    )


def _make_baselines(groups: list[str]) -> None:
    ssm = _client("ssm")
    every_patch = {"PatchFilters": [{"Key": "CLASSIFICATION", "Values": ["*"]}]}
    for system in _SYSTEMS:
        baseline_id = ssm.create_patch_baseline(
            Name=f"bench-{system}",
            OperatingSystem=str(system),
            ApprovalRules={"PatchRules": [{"PatchFilterGroup": every_patch, "ApproveAfterDays": 0}]},
        )["BaselineId"]
        for group in groups:
            ssm.register_patch_baseline_for_patch_group(BaselineId=baseline_id, PatchGroup=group)


def _make_windows(here: SimulatedPlace, ring: DeployedRing, now: dt.datetime) -> None:
    """Make the windows of a ring, and the runs that have worked on its nodes."""
    for window in ring.windows:
        window_id = _client("ssm").create_maintenance_window(
            Name=window.name,
            Schedule="cron(0 22 ? * WED *)" if window.installs else "cron(0 5 ? * * *)",
            Duration=4,
            Cutoff=1,
            AllowUnassociatedTargets=False,
        )["WindowId"]
        for ago in (5 * _DAY, _INSTALLED, _SCANNED):
            here.executions.add(
                WindowExecution(
                    window_id=window_id,
                    execution_id=str(uuid.uuid4()),
                    started_at=now - ago,
                    ended_at=now - ago + dt.timedelta(minutes=30),
                    status="SUCCESS",
                )
            )


def _make_places() -> None:
    """Make the table that remembers and the bucket of the history."""
    _client("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    _client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})


def _client(service: str) -> Any:
    return client(service, account=ACCOUNT, region=REGION)
