"""The local AWS answers with the members and words of AWS's own answers."""

import functools
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pytest
from botocore import xform_name

from local_aws.cloudformation.direct import direct_client
from local_aws.fleet.clock import clock
from local_aws.in_process import in_process
from patching_constructs.lambdas.ring_run_recorder.task_results import _NOT_REACHED
from patching_constructs.model.systems_manager_events import UNSUCCESSFUL_COMMAND_STATUSES
from tests.conformance.answers.cli_examples import service_model
from tests.conformance.answers.members import always_there, missing_members, values_at
from tests.conformance.answers.samples import samples
from tests.lambdas.fleets import ACCOUNT, DAY, GROUP, KERNEL, REGION, START, WINDOWS, World, node, patch

NOT_GIVEN = "AWS answers with what the caller has given, which is nothing here"
OF_ASSOCIATIONS = "State Manager has no association with these nodes"
OF_A_PUBLIC_ADDRESS = "these instances have no public address"
LEFT_OUT: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "ec2:DescribeInstances": {
            "Reservations[].Instances[].NetworkInterfaces[].Association": OF_A_PUBLIC_ADDRESS,
            "Reservations[].Instances[].NetworkInterfaces[].PrivateIpAddresses[].Association": (
                OF_A_PUBLIC_ADDRESS
            ),
            "Reservations[].Instances[].PublicDnsName": OF_A_PUBLIC_ADDRESS,
            "Reservations[].Instances[].PublicIpAddress": OF_A_PUBLIC_ADDRESS,
        },
        "ssm:DescribeEffectivePatchesForPatchBaseline": {"NextToken": "there is one page"},
        "ssm:DescribeInstanceInformation": {
            f"InstanceInformationList[].{member}": OF_ASSOCIATIONS
            for member in (
                "AssociationOverview",
                "AssociationStatus",
                "LastAssociationExecutionDate",
                "LastSuccessfulAssociationExecutionDate",
            )
        },
        "ssm:DescribeMaintenanceWindowTargets": {"Targets[].OwnerInformation": NOT_GIVEN},
        "ssm:DescribeMaintenanceWindowTasks": {
            "Tasks[].Name": NOT_GIVEN,
            "Tasks[].ServiceRoleArn": NOT_GIVEN,
            "Tasks[].TaskParameters": "these tasks have TaskInvocationParameters",
        },
        "ssm:DescribePatchBaselines": {"BaselineIdentities[].BaselineDescription": NOT_GIVEN},
        "ssm:DescribePatchGroups": {"Mappings[].BaselineIdentity.BaselineDescription": NOT_GIVEN},
        "ssm:GetMaintenanceWindowExecutionTask": {"ServiceRole": NOT_GIVEN},
        "ssm:GetMaintenanceWindowTask": {
            "Name": NOT_GIVEN,
            "ServiceRoleArn": NOT_GIVEN,
            "TaskInvocationParameters.RunCommand.Comment": NOT_GIVEN,
            "TaskInvocationParameters.RunCommand.TimeoutSeconds": NOT_GIVEN,
            "TaskParameters": "these tasks have TaskInvocationParameters",
        },
        "ssm:GetPatchBaseline": {"Description": NOT_GIVEN},
    }
)
"""What every sample of an operation has and the local AWS does not answer, with the reason."""


class Room:
    """One account whose nodes were patched: one well, one in vain, one not at all."""

    def __init__(self) -> None:
        self.world = World(max_errors="100%")
        self.world.add(
            node(1),
            node(2, refuses={KERNEL}),
            node(3, agent_died_at=START),
            node(4, operating_system=WINDOWS),
            patch(KERNEL),
            patch("KB5031364", operating_system=WINDOWS, classification="SecurityUpdates"),
        )
        self.world.fire(START + 2 * DAY)
        self._requests = self._written()

    @property
    def operations(self) -> list[str]:
        return list(self._requests)

    def ask(self, operation: str, client: Any = None) -> dict[str, Any]:
        service, name = operation.split(":")
        method = getattr(client or self.world.client(service), xform_name(name))
        answer = method(**self._requests[operation])
        return {member: value for member, value in answer.items() if member != "ResponseMetadata"}

    def _written(self) -> dict[str, dict[str, Any]]:
        ssm = self.world.ssm
        window = {"WindowId": self.world.windows["web-prod-install"]}
        runs = ssm.describe_maintenance_window_executions(**window)["WindowExecutions"]
        run = {"WindowExecutionId": runs[-1]["WindowExecutionId"]}
        (task,) = ssm.describe_maintenance_window_execution_tasks(**run)["WindowExecutionTaskIdentities"]
        task_run = {**run, "TaskId": task["TaskExecutionId"]}
        (sent,) = ssm.describe_maintenance_window_execution_task_invocations(**task_run)[
            "WindowExecutionTaskInvocationIdentities"
        ]
        (own,) = ssm.describe_maintenance_window_tasks(**window)["Tasks"]
        command = {"CommandId": sent["ExecutionId"]}
        baseline = {"BaselineId": self.world.baselines[WINDOWS]}
        nodes = [node(number).node_id for number in (1, 2, 4)]
        return {
            "ec2:DescribeInstances": {},
            "ssm:DescribeEffectivePatchesForPatchBaseline": baseline,
            "ssm:DescribeInstanceInformation": {},
            "ssm:DescribeInstancePatchStates": {"InstanceIds": nodes},
            "ssm:DescribeInstancePatchStatesForPatchGroup": {"PatchGroup": GROUP},
            "ssm:DescribeInstancePatches": {"InstanceId": nodes[1]},
            "ssm:DescribeMaintenanceWindowExecutionTaskInvocations": task_run,
            "ssm:DescribeMaintenanceWindowExecutionTasks": run,
            "ssm:DescribeMaintenanceWindowExecutions": window,
            "ssm:DescribeMaintenanceWindowTargets": window,
            "ssm:DescribeMaintenanceWindowTasks": window,
            "ssm:DescribeMaintenanceWindows": {},
            "ssm:DescribePatchBaselines": {"Filters": [{"Key": "OWNER", "Values": ["Self"]}]},
            "ssm:DescribePatchGroups": {},
            "ssm:GetDefaultPatchBaseline": {},
            "ssm:GetMaintenanceWindow": window,
            "ssm:GetMaintenanceWindowExecution": run,
            "ssm:GetMaintenanceWindowExecutionTask": task_run,
            "ssm:GetMaintenanceWindowTask": {**window, "WindowTaskId": own["WindowTaskId"]},
            "ssm:GetPatchBaseline": baseline,
            "ssm:GetPatchBaselineForPatchGroup": {"PatchGroup": GROUP},
            "ssm:ListCommandInvocations": command,
            "ssm:ListCommands": command,
        }


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    with in_process():
        yield Room()
    clock.set(None)


def output_shape(operation: str) -> Any:
    service, name = operation.split(":")
    return service_model(service).operation_model(name).output_shape


def test_every_answer_has_the_members_that_every_sample_of_aws_has(room: Room) -> None:
    lacking = {}
    for operation in room.operations:
        answers = [each.answer for each in samples(operation)]
        assert answers, operation
        shape = output_shape(operation)
        found = missing_members(shape, room.ask(operation), always_there(shape, answers))
        if found != LEFT_OUT.get(operation, {}).keys():
            lacking[operation] = found ^ LEFT_OUT.get(operation, {}).keys()
    assert lacking == {}, "what is missing without a reason, or has a reason and is there"


def test_what_is_left_out_only_shrinks() -> None:
    assert sum(map(len, LEFT_OUT.values())) <= 22


def test_an_answer_is_the_same_whether_it_crosses_the_wire_or_not(room: Room) -> None:
    """What does not cross the wire is checked against the service model with everything in it."""
    direct = functools.cache(direct_client)
    for operation in room.operations:
        client = direct(operation.partition(":")[0], account=ACCOUNT, region=REGION)
        assert room.ask(operation, client).keys() == room.ask(operation).keys()


# --- closed vocabularies ---

_USER_GUIDE = "https://docs.aws.amazon.com/systems-manager/latest/userguide"
_API = "https://docs.aws.amazon.com/systems-manager/latest/APIReference"
DETAILS = frozenset(
    {
        "Pending",
        "In Progress",
        "Delayed",
        "Success",
        "Delivery Timed Out",
        "Execution Timed Out",
        "Failed",
        "Cancelled",
        "Undeliverable",
        "Terminated",
    }
)
VOCABULARIES: Mapping[tuple[str, str], tuple[frozenset[str], str]] = MappingProxyType(
    {
        ("ssm:DescribeInstancePatches", "Patches[].State"): (
            frozenset(
                {
                    "Installed",
                    "InstalledOther",
                    "InstalledPendingReboot",
                    "InstalledRejected",
                    "Missing",
                    "Failed",
                    "NotApplicable",
                    "AvailableSecurityUpdate",
                }
            ),
            f"{_USER_GUIDE}/patch-manager-compliance-states.html",
        ),
        ("ssm:ListCommandInvocations", "CommandInvocations[].StatusDetails"): (
            DETAILS,
            f"{_API}/API_CommandInvocation.html",
        ),
        ("ssm:ListCommands", "Commands[].StatusDetails"): (
            frozenset({*DETAILS, "Incomplete", "Rate Exceeded"}),
            f"{_API}/API_Command.html",
        ),
        ("ssm:DescribeInstancePatchStates", "InstancePatchStates[].Operation"): (
            frozenset({"Scan", "Install"}),
            f"{_API}/API_InstancePatchState.html",
        ),
        ("ssm:DescribeMaintenanceWindowExecutionTasks", "WindowExecutionTaskIdentities[].Status"): (
            frozenset(service_model("ssm").shape_for("MaintenanceWindowExecutionStatus").enum),
            f"{_API}/API_MaintenanceWindowExecutionTaskIdentity.html",
        ),
    }
)
"""Words of members that have a closed list of them, as AWS's pages and samples spell them."""


@pytest.mark.parametrize(("operation", "path"), VOCABULARIES)
def test_closed_vocabularies_are_spelt_as_aws_spells_them(room: Room, operation: str, path: str) -> None:
    words, _ = VOCABULARIES[operation, path]
    shape = output_shape(operation)
    of_aws = {value for each in samples(operation) for value in values_at(shape, each.answer, path)}
    ours = set(values_at(shape, room.ask(operation), path))
    assert of_aws
    assert ours
    assert of_aws <= words
    assert ours <= words


def test_the_room_has_nodes_of_several_ends(room: Room) -> None:
    details = room.ask("ssm:ListCommandInvocations")["CommandInvocations"]
    assert {each["StatusDetails"] for each in details} == {"Success", "Failed", "Delivery Timed Out"}
    states = room.ask("ssm:DescribeInstancePatches")["Patches"]
    assert [each["State"] for each in states] == ["Failed"]


def test_our_functions_know_the_details_of_a_command_in_the_words_of_aws() -> None:
    """The API reference spells them with spaces, public reports without: both are known."""
    reached = {"Success", "Failed", "Execution Timed Out"}
    assert DETAILS - reached <= _NOT_REACHED
    assert {word.replace(" ", "") for word in DETAILS - reached} <= _NOT_REACHED
    unsuccessful = DETAILS - {"Success", "Pending", "In Progress", "Delayed"}
    assert {word.replace(" ", "") for word in unsuccessful} <= set(UNSUCCESSFUL_COMMAND_STATUSES)
