"""Nodes of a patch group, and the patches of which something is left to do on them."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_state import PROBLEM_STATES, PatchState
from patching_constructs.model.promises import SEVERITY_WORDS, Severity
from patching_constructs.model.reporter_settings import ReportedGroup

_LAUNCH_TIME = dt.timedelta(minutes=30)
"""How long a new instance may take until its agent reports, before it counts as not managed."""

_FILTER_WORDS = {
    PatchState.MISSING: "Missing",
    PatchState.FAILED: "Failed",
    PatchState.INSTALLED_REJECTED: "InstalledRejected",
    PatchState.INSTALLED_PENDING_REBOOT: "InstalledPendingReboot",
}
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstancePatches.html"""

_COUNTS = ("MissingCount", "FailedCount", "InstalledRejectedCount", "InstalledPendingRebootCount")

_PLATFORMS = (
    ("Windows", OperatingSystem.WINDOWS),
    ("Amazon Linux AMI", OperatingSystem.AMAZON_LINUX),
    ("Ubuntu", OperatingSystem.UBUNTU),
    ("Red Hat", OperatingSystem.REDHAT_ENTERPRISE_LINUX),
    ("SLES", OperatingSystem.SUSE),
    ("CentOS", OperatingSystem.CENTOS),
    ("Oracle", OperatingSystem.ORACLE_LINUX),
    ("Raspbian", OperatingSystem.RASPBIAN),
    ("Debian", OperatingSystem.DEBIAN),
    ("macOS", OperatingSystem.MACOS),
    ("Rocky", OperatingSystem.ROCKY_LINUX),
    ("AlmaLinux", OperatingSystem.ALMA_LINUX),
)
"""What the agent calls a system, by a part of its name."""

_AMAZON_LINUX_VERSIONS = {
    "2": OperatingSystem.AMAZON_LINUX_2,
    "2022": OperatingSystem.AMAZON_LINUX_2022,
    "2023": OperatingSystem.AMAZON_LINUX_2023,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class TaggedNode:
    """A node that carries the tag of a patch group and is there.

    Attributes:
        node_id: Its id.
        name: Its tag `Name` or the name of the computer, or None.
        operating_system: Its operating system, or None where the agent has not said.
        is_managed: Whether the agent answers.
        state: What its last scan or install reported, in AWS's form, or None.
    """

    node_id: str
    name: str | None
    operating_system: OperatingSystem | None
    is_managed: bool
    state: Mapping[str, Any] | None

    @property
    def has_problems(self) -> bool:
        """Whether the counts of the last report say that something is left to do."""
        return self.state is not None and any(self.state.get(count, 0) for count in _COUNTS)


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundProblem:
    """A patch of which something is left to do, as the last report of its node has it."""

    patch: str
    state: PatchState
    severity: Severity | None


class NodeReader:
    """Reads nodes: counts from pages of whole groups, details of single nodes only where something is wrong.

    Args:
        ssm: A boto3 client.
        ec2: A boto3 client.
        now: The moment, with a time zone.
    """

    def __init__(self, *, ssm: Any, ec2: Any, now: dt.datetime) -> None:
        self._ssm = ssm
        self._ec2 = ec2
        self._now = now

    def nodes_of(self, group: ReportedGroup) -> list[TaggedNode]:
        """List the nodes of a group in order of their ids; stopped and terminated instances are no nodes."""
        tag = f"tag:{group.tag_key}"
        managed = {
            info["InstanceId"]: info for info in self._information([{"Key": tag, "Values": [group.name]}])
        }
        running = self._running_instances(tag, group.name)
        states = {
            state["InstanceId"]: state
            for page in self._ssm.get_paginator("describe_instance_patch_states_for_patch_group").paginate(
                PatchGroup=group.name
            )
            for state in page["InstancePatchStates"]
        }
        outside_ec2 = {node_id for node_id in managed if not node_id.startswith("i-")}
        return [
            _node(node_id, running.get(node_id), managed.get(node_id), states.get(node_id))
            for node_id in sorted(running.keys() | outside_ec2)
            if node_id in managed or self._has_started(running[node_id])
        ]

    def problems_of(self, node_id: str) -> list[FoundProblem]:
        """List the patches of a node of which something is left to do."""
        wanted = [{"Key": "State", "Values": list(_FILTER_WORDS.values())}]
        pages = self._ssm.get_paginator("describe_instance_patches").paginate(
            InstanceId=node_id, Filters=wanted
        )
        return [
            FoundProblem(
                patch=patch.get("KBId") or patch["Title"],
                state=PatchState(patch["State"]),
                severity=SEVERITY_WORDS.get(patch.get("Severity", "")),
            )
            for page in pages
            for patch in page["Patches"]
            if patch["State"] in PROBLEM_STATES
        ]

    def count_without_group(self, tag_keys: frozenset[str]) -> int:
        """Count the managed nodes that answer and carry none of the tag keys."""
        everything = {
            info["InstanceId"] for info in self._information([]) if info.get("PingStatus") == "Online"
        }
        for key in sorted(tag_keys):
            everything -= {
                info["InstanceId"] for info in self._information([{"Key": "tag-key", "Values": [key]}])
            }
        return len(everything)

    def _information(self, filters: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for page in self._ssm.get_paginator("describe_instance_information").paginate(Filters=filters):
            yield from page["InstanceInformationList"]

    def _running_instances(self, tag: str, value: str) -> dict[str, dict[str, Any]]:
        """Return the instances that run, by their ids."""
        pages = self._ec2.get_paginator("describe_instances").paginate(
            Filters=[
                {"Name": tag, "Values": [value]},
                {"Name": "instance-state-name", "Values": ["running"]},
            ]
        )
        return {
            instance["InstanceId"]: instance
            for page in pages
            for reservation in page["Reservations"]
            for instance in reservation["Instances"]
        }

    def _has_started(self, instance: Mapping[str, Any]) -> bool:
        """Tell whether an instance is old enough to have reported."""
        age: dt.timedelta = self._now - instance["LaunchTime"]
        return age >= _LAUNCH_TIME


def _node(
    node_id: str,
    instance: Mapping[str, Any] | None,
    info: Mapping[str, Any] | None,
    state: Mapping[str, Any] | None,
) -> TaggedNode:
    tags = {tag["Key"]: tag["Value"] for tag in (instance or {}).get("Tags", [])}
    return TaggedNode(
        node_id=node_id,
        name=tags.get("Name") or (info or {}).get("Name") or (info or {}).get("ComputerName"),
        operating_system=None if info is None else operating_system_of(info),
        is_managed=info is not None and info.get("PingStatus") == "Online",
        state=state,
    )


def operating_system_of(info: Mapping[str, Any]) -> OperatingSystem | None:
    """Tell which operating system the agent reports, or None if Patch Manager has no name for it."""
    name, version = info.get("PlatformName", ""), info.get("PlatformVersion", "")
    if name == "Amazon Linux":
        return _AMAZON_LINUX_VERSIONS.get(version.partition(".")[0])
    return next((system for part, system in _PLATFORMS if part.lower() in name.lower()), None)
