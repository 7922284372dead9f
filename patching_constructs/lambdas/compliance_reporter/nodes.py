"""Nodes of a patch group, and the patches of which something is left to do on them."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from patching_constructs.contracts.ring_document import DeployedGroup
from patching_constructs.lambdas.compliance_reporter.baseline_reader import bare_id
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_group import PatchGroupTagKey
from patching_constructs.model.patch_state import PROBLEM_STATES, PatchState
from patching_constructs.model.promises import SEVERITY_WORDS, Severity

# How long a new instance may take until its agent reports, before it counts as not managed.
_LAUNCH_TIME = dt.timedelta(minutes=30)

# Counts are fields of their own for each state, such as MissingCount; there is no map of states.
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstancePatchState.html
_COUNTS = {state: f"{state.spelling}Count" for state in sorted(PROBLEM_STATES)}

# What DescribeInstancePatches has in `KBId` for Windows; for other systems it has `kernel.x86_64` there.
_WINDOWS_ID = re.compile(r"KB\d+")

# AWS returns 10 by default.
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html
_AGENT_PAGES = {"PageSize": 50}

# As many as the API takes. How many AWS answers: docs/not-proven.md#pages-of-node-states.
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstancePatchStatesForPatchGroup.html
_STATE_PAGES = {"PageSize": 100}

# The largest page: a node may have thousands of patches, and each page is a call that AWS throttles.
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstancePatches.html
_PATCH_PAGES = {"PageSize": 100}

# Half of what AWS allows: instances are described at length, and a page is in memory as a whole.
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
_INSTANCE_PAGES = {"PageSize": 500}

# A filter of DescribeInstanceInformation takes 100 values, so groups are asked about in slices.
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstanceInformationStringFilter.html
_VALUES_OF_A_FILTER = 100

# `ConnectionLost` and `Inactive` mean that the agent has sent no ping, so nothing can be run on the node.
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstanceInformation.html
_ANSWERS = "Online"

# DescribeInstances returns terminated instances for about an hour, and stopped ones are not patched.
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html
_NOT_RUNNING = frozenset({"pending", "shutting-down", "terminated", "stopping", "stopped"})

# What the agent calls a system, by a part of its name.
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

_AMAZON_LINUX_VERSIONS = {
    "2": OperatingSystem.AMAZON_LINUX_2,
    "2022": OperatingSystem.AMAZON_LINUX_2022,
    "2023": OperatingSystem.AMAZON_LINUX_2023,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class LastReport:
    """What the last scan or install of a node has said.

    Attributes:
        ended_at: When it ended, or None where AWS does not say.
        baseline_id: The baseline that it used.
        counts: How many patches are in each state in which something is left to do; a state that AWS does
            not count is left out.
    """

    ended_at: dt.datetime | None
    baseline_id: str | None
    counts: Mapping[PatchState, int]

    @property
    def may_have_problems(self) -> bool:
        """Whether something is left to do, or may be as AWS has not counted it."""
        return any(self.counts.values()) or not self.counts.keys() >= PROBLEM_STATES

    def unlisted(self, problems: Iterable["FoundProblem"]) -> str | None:
        """Return which states have more patches than `problems`, or None if none has."""
        listed = Counter(problem.state for problem in problems)
        return (
            ", ".join(
                f"{count} {state.spelling}, {listed[state]} listed"
                for state, count in self.counts.items()
                if count > listed[state]
            )
            or None
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class TaggedNode:
    """A node that carries the tag of a patch group and is there.

    Attributes:
        node_id: Its id.
        name: Its tag `Name` or the name of the computer, or None.
        operating_system: Its operating system, or None where the agent has not said.
        is_managed: Whether the agent answers.
        last_report: Its last scan or install, or None before the first.
    """

    node_id: str
    name: str | None
    operating_system: OperatingSystem | None
    is_managed: bool
    last_report: LastReport | None

    @property
    def may_have_problems(self) -> bool:
        """Whether its last report leaves it open that something is left to do."""
        return self.last_report is not None and self.last_report.may_have_problems


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundProblem:
    """A patch of which something is left to do, as the last report of its node has it."""

    patch: str
    state: PatchState
    severity: Severity | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Agent:
    """What Systems Manager knows of a node."""

    name: str | None
    operating_system: OperatingSystem | None
    answers: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Instance:
    """What EC2 knows of an instance that carries a tag of a patch group."""

    name: str | None
    groups: Mapping[str, str]
    launched_at: dt.datetime
    is_running: bool


class NodeReader:
    """Reads nodes: from pages of whole accounts and groups, and single nodes only where something is wrong.

    A page is as long as AWS allows, and what is not needed of it is forgotten with it.

    Args:
        ssm: A boto3 client.
        ec2: A boto3 client.
        now: The moment, with a time zone.
    """

    def __init__(self, *, ssm: Any, ec2: Any, now: dt.datetime) -> None:
        self._ssm = ssm
        self._ec2 = ec2
        self._now = now
        self._grouped_outside_ec2: set[str] = set()

    def nodes_of(self, group: DeployedGroup) -> list[TaggedNode]:
        """List the nodes of a group in order of their ids; stopped and terminated instances are no nodes."""
        instances = {
            node_id: instance
            for node_id, instance in self._instances.items()
            if instance.is_running and instance.groups.get(group.tag_key) == group.name
        }
        outside = self._outside_ec2_of(group.tag_key, [group.name])
        self._grouped_outside_ec2 |= outside
        there = {
            node_id
            for node_id, instance in instances.items()
            # A node that boots has no agent yet; an alarm on it would fire with every new instance.
            if node_id in self._agents or self._now - instance.launched_at >= _LAUNCH_TIME
        }
        reports = self._last_reports(group.name, there | outside)
        return [
            _node(node_id, instances.get(node_id), self._agents.get(node_id), reports.get(node_id))
            for node_id in sorted(there | outside)
        ]

    def problems_of(self, node_id: str) -> list[FoundProblem]:
        """List the patches of a node of which something is left to do.

        Raises:
            ValueError: If AWS answers a state that this version does not support.
        """
        wanted = [{"Key": "State", "Values": [state.spelling for state in _COUNTS]}]
        pages = self._ssm.get_paginator("describe_instance_patches").paginate(
            InstanceId=node_id, Filters=wanted, PaginationConfig=_PATCH_PAGES
        )
        found = [
            FoundProblem(
                patch=_patch_id(patch),
                state=PatchState.read(patch["State"]),
                severity=SEVERITY_WORDS.get(patch.get("Severity", "")),
            )
            for page in pages
            for patch in page["Patches"]
        ]
        return [problem for problem in found if problem.state in PROBLEM_STATES]

    def count_without_group(self, registered: Collection[str]) -> int:
        """Count the managed nodes that answer and are in no group for which a baseline is registered.

        They carry no tag, or a misspelled one, so they use the default baseline.
        """
        grouped = {
            node_id
            for node_id, instance in self._instances.items()
            if any(name in registered for name in instance.groups.values())
        }
        grouped |= self._grouped_outside_ec2
        # These calls are needed only if a node outside EC2 is in no group that a ring has.
        if not self._outside_ec2 <= grouped:
            names = sorted(registered)
            for first in range(0, len(names), _VALUES_OF_A_FILTER):
                for key in PatchGroupTagKey:
                    grouped |= self._outside_ec2_of(key, names[first : first + _VALUES_OF_A_FILTER])
        return sum(agent.answers for node_id, agent in self._agents.items() if node_id not in grouped)

    @cached_property
    def _agents(self) -> Mapping[str, _Agent]:
        """Every node that was ever managed, by its id."""
        return {
            info["InstanceId"]: _Agent(
                name=info.get("Name") or info.get("ComputerName"),
                operating_system=operating_system_of(info),
                answers=info.get("PingStatus") == _ANSWERS,
            )
            for info in self._information([])
        }

    @cached_property
    def _instances(self) -> Mapping[str, _Instance]:
        """Every instance with a tag of a patch group, by its id."""
        keys = [str(key) for key in PatchGroupTagKey]
        pages = self._ec2.get_paginator("describe_instances").paginate(
            Filters=[{"Name": "tag-key", "Values": keys}], PaginationConfig=_INSTANCE_PAGES
        )
        found = {}
        for page in pages:
            for reservation in page["Reservations"]:
                for instance in reservation["Instances"]:
                    tags = {tag["Key"]: tag["Value"] for tag in instance.get("Tags", [])}
                    found[instance["InstanceId"]] = _Instance(
                        name=tags.get("Name"),
                        groups={key: tags[key] for key in keys if key in tags},
                        launched_at=instance["LaunchTime"],
                        is_running=instance["State"]["Name"] not in _NOT_RUNNING,
                    )
        return found

    @cached_property
    def _outside_ec2(self) -> frozenset[str]:
        return frozenset(node_id for node_id in self._agents if not node_id.startswith("i-"))

    def _outside_ec2_of(self, tag_key: str, values: Collection[str]) -> set[str]:
        """Return the nodes outside EC2 that carry a tag, which only Systems Manager knows."""
        if not self._outside_ec2:
            return set()
        # The pages of DescribeInstanceInformation have no tags, and EC2 does not know these nodes:
        # only a filter on the tag finds them.
        with_tag = self._information([{"Key": f"tag:{tag_key}", "Values": list(values)}])
        return {info["InstanceId"] for info in with_tag} & self._outside_ec2

    def _information(self, filters: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        pages = self._ssm.get_paginator("describe_instance_information").paginate(
            Filters=filters, PaginationConfig=_AGENT_PAGES
        )
        for page in pages:
            yield from page["InstanceInformationList"]

    def _last_reports(self, patch_group: str, node_ids: Collection[str]) -> dict[str, LastReport]:
        """Return the last report of each node; AWS keeps those of nodes that are gone, which are left out."""
        pages = self._ssm.get_paginator("describe_instance_patch_states_for_patch_group").paginate(
            PatchGroup=patch_group, PaginationConfig=_STATE_PAGES
        )
        return {
            state["InstanceId"]: LastReport(
                ended_at=state.get("OperationEndTime"),
                baseline_id=bare_id(state["BaselineId"]),
                # A count that is missing is not zero: the node is then read in detail.
                counts={problem: state[count] for problem, count in _COUNTS.items() if count in state},
            )
            for page in pages
            for state in page["InstancePatchStates"]
            # The answer has nodes of the tag that were deregistered or terminated, with their last state.
            if state["InstanceId"] in node_ids
        }


def _node(
    node_id: str, instance: _Instance | None, agent: _Agent | None, last_report: LastReport | None
) -> TaggedNode:
    names = [known.name for known in (instance, agent) if known is not None and known.name]
    return TaggedNode(
        node_id=node_id,
        name=names[0] if names else None,
        operating_system=None if agent is None else agent.operating_system,
        is_managed=agent is not None and agent.answers,
        last_report=last_report,
    )


def _patch_id(patch: Mapping[str, Any]) -> str:
    """Return what identifies a patch: its KB id on Windows, elsewhere its title, which has the version."""
    kb_id: str = patch["KBId"]
    # On Linux the KBId is `kernel.x86_64` for every version of the kernel, so an age would never end.
    # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstancePatches.html
    return kb_id if _WINDOWS_ID.fullmatch(kb_id) else patch["Title"] or kb_id


def operating_system_of(info: Mapping[str, Any]) -> OperatingSystem | None:
    """Tell which operating system the agent reports, or None if Patch Manager has no name for it."""
    name, version = info.get("PlatformName", ""), info.get("PlatformVersion", "")
    if name == "Amazon Linux":
        return _AMAZON_LINUX_VERSIONS.get(version.partition(".")[0])
    return next((system for part, system in _PLATFORMS if part.lower() in name.lower()), None)
