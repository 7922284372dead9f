"""What Systems Manager says of a fleet: nodes, their patches, and what windows have done.

Method names are API operations; each takes the request and gives the response.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from local_aws.errors import ApiError
from local_aws.fleet.clock import clock, throttle
from local_aws.fleet.fleet import Fleet
from local_aws.fleet.records import Node, SimulatedReport
from local_aws.paging import page
from patching_constructs import OperatingSystem, RebootOption

Request = Mapping[str, Any]
Response = dict[str, Any]
T = TypeVar("T")

_PLATFORMS = {
    OperatingSystem.WINDOWS: ("Windows", "Microsoft Windows Server 2022 Datacenter", "10.0.20348"),
    OperatingSystem.AMAZON_LINUX_2: ("Linux", "Amazon Linux", "2"),
    OperatingSystem.AMAZON_LINUX_2023: ("Linux", "Amazon Linux", "2023"),
    OperatingSystem.UBUNTU: ("Linux", "Ubuntu", "24.04"),
    OperatingSystem.REDHAT_ENTERPRISE_LINUX: ("Linux", "Red Hat Enterprise Linux", "9.4"),
}
_PAGE = 50
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstancePatches.html"""

_NON_COMPLIANT = frozenset({"Missing", "Failed", "InstalledRejected", "InstalledPendingReboot"})
_SECURITY = frozenset({"Security", "SecurityUpdates"})

_NEVER = datetime.fromtimestamp(0, UTC)
"""What AWS answers where a patch is not installed.

https://docs.aws.amazon.com/cli/latest/reference/ssm/describe-instance-patches.html#examples
"""

_STATES_OF_A_PAGE = 5
"""However many are asked for."""

_PAGE_OF_NODES = 10
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html"""

_COUNTED = (
    "Installed",
    "InstalledOther",
    "InstalledPendingReboot",
    "InstalledRejected",
    "Missing",
    "Failed",
    "NotApplicable",
    "AvailableSecurityUpdate",
)
"""States that have a count of their own.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstancePatchState.html
"""


class FleetSystemsManager:
    """Answers of Systems Manager about one account's fleet in one Region.

    Args:
        fleet: The fleet.
        system_of: Returns the operating system of a baseline, by the id or ARN that the API takes.
    """

    def __init__(self, fleet: Fleet, *, system_of: Callable[[str], str]) -> None:
        self._fleet = fleet
        self._system_of = system_of

    def describe_instance_information(self, request: Request) -> Response:
        """Answer DescribeInstanceInformation.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html
        """
        throttle.spend()
        now = clock()
        found = [
            node
            for node in self._matching(request.get("Filters", []))
            if node.has_agent and node.launched_at <= now
        ]
        return _described(
            found, request, "InstanceInformationList", lambda node: _information(node, now), _PAGE_OF_NODES
        )

    def describe_instance_patch_states(self, request: Request) -> Response:
        """Answer DescribeInstancePatchStates.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstancePatchStates.html
        """
        throttle.spend()
        found = [
            (node, node.report)
            for node_id in request["InstanceIds"]
            if (node := self._fleet.nodes.get(node_id)) is not None and node.report is not None
        ]
        return self._described_states(found, request)

    def describe_instance_patch_states_for_patch_group(self, request: Request) -> Response:
        """Answer DescribeInstancePatchStatesForPatchGroup; rows of nodes that are gone stay there.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstancePatchStatesForPatchGroup.html
        """
        throttle.spend()
        found = [
            (node, node.report)
            for _, node in sorted(self._fleet.nodes.items())
            if node.patch_group == request["PatchGroup"] and node.report is not None
        ]
        return self._described_states(found, request)

    def describe_instance_patches(self, request: Request) -> Response:
        """Answer DescribeInstancePatches.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstancePatches.html
        """
        throttle.spend()
        node = self._fleet.nodes.get(request["InstanceId"])
        if node is None:
            raise ApiError("ValidationException", f"{request['InstanceId']} is no managed node")
        wanted = {
            value for item in request.get("Filters", []) if item["Key"] == "State" for value in item["Values"]
        }
        states = {} if node.report is None else node.report.states
        found = [
            self._patch(node, patch_id, state)
            for patch_id, state in sorted(states.items())
            if not wanted or state in wanted
        ]
        return page(found, {"MaxResults": _PAGE, **request}, "Patches")

    def describe_effective_patches_for_patch_baseline(self, request: Request) -> Response:
        """Answer DescribeEffectivePatchesForPatchBaseline, with the patches of Windows.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeEffectivePatchesForPatchBaseline.html
        """
        throttle.spend()
        system = self._system_of(request["BaselineId"])
        if system != OperatingSystem.WINDOWS:
            raise ApiError("UnsupportedOperatingSystem", f"{system} is not supported by this operation")
        now = clock()
        found = [
            {
                "Patch": {
                    "Id": patch.patch_id,
                    "KbNumber": patch.patch_id,
                    "Title": patch.title,
                    "ReleaseDate": patch.published_at,
                    "Description": "",
                    "ContentUrl": f"https://support.microsoft.com/en-us/kb/{patch.patch_id[2:]}",
                    "Vendor": "Microsoft",
                    "ProductFamily": "Windows",
                    "Product": "WindowsServer2022",
                    "Classification": patch.classification,
                    "MsrcSeverity": patch.severity,
                    "MsrcNumber": "",
                    "Language": "All",
                },
                "PatchStatus": {
                    "DeploymentStatus": "APPROVED",
                    "ComplianceLevel": "UNSPECIFIED",
                    "ApprovalDate": patch.published_at,
                },
            }
            for patch in self._fleet.patches.values()
            if patch.operating_system is OperatingSystem.WINDOWS and patch.published_at <= now
        ]
        return page(found, {"MaxResults": _PAGE, **request}, "EffectivePatches")

    def _matching(self, filters: Sequence[Mapping[str, Any]]) -> list[Node]:
        nodes = [node for _, node in sorted(self._fleet.nodes.items())]
        by_tag = [item["Key"].startswith("tag") for item in filters]
        if any(by_tag) and not all(by_tag):
            raise ApiError("InvalidFilter", "tag filters cannot be combined with other filters")
        for item in filters:
            key, values = item["Key"], item["Values"]
            if key.startswith("tag:"):
                nodes = [node for node in nodes if node.tags.get(key[4:]) in values]
            elif key == "tag-key":
                nodes = [node for node in nodes if any(value in node.tags for value in values)]
            elif key == "InstanceIds":
                nodes = [node for node in nodes if node.node_id in values]
            elif key == "PingStatus":
                now = clock()
                nodes = [node for node in nodes if _ping_status(node, now) in values]
            else:
                raise ApiError("InvalidInstanceInformationFilterValue", f"the filter {key} is not served")
        return nodes

    def _patch(self, node: Node, patch_id: str, state: str) -> Response:
        patch = self._fleet.patches[patch_id]
        installed = node.installed.get(patch_id)
        return {
            "Title": patch.title,
            "KBId": patch.kb_id,
            "Classification": patch.classification,
            "Severity": patch.severity,
            "State": state,
            "InstalledTime": _NEVER if installed is None else installed.at,
        }

    def _described_states(self, found: Sequence[tuple[Node, SimulatedReport]], request: Request) -> Response:
        # docs/not-proven.md#pages-of-node-states
        few = {**request, "MaxResults": min(request.get("MaxResults", _STATES_OF_A_PAGE), _STATES_OF_A_PAGE)}
        return _described(found, few, "InstancePatchStates", lambda pair: self._state(*pair))

    def _state(self, node: Node, report: SimulatedReport) -> Response:
        states = list(report.states.values())
        wanting = [patch_id for patch_id, state in report.states.items() if state in _NON_COMPLIANT]
        critical = report.critical.intersection(wanting)
        security = {
            patch_id for patch_id in wanting if self._fleet.patches[patch_id].classification in _SECURITY
        }
        found: Response = {
            "InstanceId": node.node_id,
            "PatchGroup": node.patch_group or "",
            "BaselineId": report.baseline_id.rpartition("/")[2],
            "SnapshotId": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{node.node_id} {report.started_at}")),
            "OwnerInformation": "",
            "CriticalNonCompliantCount": len(critical),
            "SecurityNonCompliantCount": len(security),
            "OtherNonCompliantCount": len(set(wanting) - critical - security),
            **{f"{state}Count": states.count(state) for state in _COUNTED},
            "UnreportedNotApplicableCount": 0,
            "OperationStartTime": report.started_at,
            "OperationEndTime": report.ended_at,
            "Operation": str(report.operation),
            "RebootOption": str(report.reboot_option or RebootOption.REBOOT_IF_NEEDED),
        }
        if node.no_reboot_install_at is not None:
            found["LastNoRebootInstallOperationTime"] = node.no_reboot_install_at
        return found


def _described(
    items: Sequence[T], request: Request, name: str, describe: Callable[[T], Response], page_size: int = _PAGE
) -> Response:
    """Give a page of a listing, and describe only what is on it."""
    response = page(items, {"MaxResults": page_size, **request}, name)
    return {**response, name: [describe(item) for item in response[name]]}


def _ping_status(node: Node, now: datetime) -> str:
    return "Online" if node.answers(now) else "ConnectionLost"


def _information(node: Node, now: datetime) -> Response:
    platform, name, version = _PLATFORMS[node.operating_system]
    return {
        "InstanceId": node.node_id,
        "PingStatus": _ping_status(node, now),
        "PlatformType": platform,
        "PlatformName": name,
        "PlatformVersion": version,
        "ResourceType": "EC2Instance" if node.node_id.startswith("i-") else "ManagedInstance",
        "ComputerName": f"{node.node_id}.internal",
        "IPAddress": "10.0.0.10",
        "AgentVersion": "3.3.3050.0",
        "IsLatestVersion": True,
        "LastPingDateTime": now if node.agent_died_at is None else min(now, node.agent_died_at),
    }
