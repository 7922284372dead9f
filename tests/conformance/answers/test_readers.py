"""What AWS answers, through botocore's parser, into the readers of our functions."""

import base64
import datetime as dt
from typing import Any

import pytest

from patching_constructs.contracts.reporter_settings import ReportedBaseline
from patching_constructs.contracts.ring_document import (
    DeployedGroup,
    DeployedRing,
    DeployedWindow,
    RingDocument,
)
from patching_constructs.contracts.ring_health import RingHealth
from patching_constructs.lambdas._shared.delivery import UndeliveredEventError, put_event
from patching_constructs.lambdas._shared.executions import TaskRun, list_commands, list_nodes, list_tasks
from patching_constructs.lambdas.compliance_reporter.baseline_reader import BaselineReader
from patching_constructs.lambdas.compliance_reporter.memory import Memory
from patching_constructs.lambdas.compliance_reporter.nodes import NodeReader
from patching_constructs.lambdas.compliance_reporter.remembered_node import RememberedNode
from patching_constructs.lambdas.compliance_reporter.window_reader import read_runs
from patching_constructs.lambdas.patch_event_forwarder.nodes import read_computer_names, read_tags
from patching_constructs.lambdas.ring_run_recorder.recorder import read_run
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_state import PatchState
from patching_constructs.model.promises import Severity
from tests.conformance.answers.samples import answered, sample

NODE = "i-1234567890abcdef0"
EXECUTION = COMMAND = "518d5565-5969-4cca-8f0e-da3b2a638355"
TASK = "ac0c6ae1-daa3-4a89-832e-d384503b6586"


def time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def ssm(*operations: str | tuple[str, int]) -> Any:
    """Make a client that gets the first sample of each operation, or the one of that number."""
    chosen = [(each, 0) if isinstance(each, str) else each for each in operations]
    return answered("ssm", {name: sample(f"ssm:{name}", number) for name, number in chosen})


def nodes(client: Any, ec2: Any = None) -> NodeReader:
    return NodeReader(ssm=client, ec2=ec2, now=time("2021-08-05T00:00:00+00:00"))


# --- nodes and their patches ---


@pytest.mark.parametrize(("number", "missing"), [(0, []), (1, ["KB890830"])])
def test_the_patches_of_a_windows_node(number: int, missing: list[str]) -> None:
    found = nodes(ssm(("DescribeInstancePatches", number))).problems_of(NODE)
    assert [(problem.patch, problem.state) for problem in found] == [
        (patch, PatchState.MISSING) for patch in missing
    ]


@pytest.mark.parametrize(
    ("state", "severity", "problem"),
    [
        ("Missing", "Important", (PatchState.MISSING, Severity.HIGH)),
        ("Failed", "Low", (PatchState.FAILED, Severity.LOW)),
        ("InstalledPendingReboot", "Moderate", (PatchState.INSTALLED_PENDING_REBOOT, Severity.MEDIUM)),
        ("InstalledRejected", "", (PatchState.INSTALLED_REJECTED, None)),
    ],
)
def test_the_patches_of_a_linux_node(
    state: str, severity: str, problem: tuple[PatchState, Severity | None]
) -> None:
    answer = sample("ssm:DescribeInstancePatches", -1)
    assert [patch["State"] for patch in answer["Patches"]] == ["Installed"] * 3
    for patch in answer["Patches"][1:]:
        patch |= {"State": state, "Severity": severity}
    found = nodes(answered("ssm", {"DescribeInstancePatches": answer})).problems_of(NODE)
    assert [(each.patch, (each.state, each.severity)) for each in found] == [
        ("bash.x86_64:0:4.4.19-14.el8", problem),
        ("kernel-modules.x86_64:0:4.18.0-305.10.2.el8_4", problem),
    ]


def test_what_systems_manager_says_of_a_node() -> None:
    reader = nodes(ssm("DescribeInstanceInformation"))
    (agent,) = reader._agents.values()
    assert (agent.name, agent.operating_system, agent.answers) == (
        "ip-198.51.100.0.us-east-2.compute.internal",
        OperatingSystem.SUSE,
        True,
    )
    found = read_computer_names(ssm("DescribeInstanceInformation"), ["i-028ea792daEXAMPLE"])
    assert found == {"i-028ea792daEXAMPLE": agent.name}


def test_what_ec2_says_of_a_node() -> None:
    ec2 = answered("ec2", {"DescribeInstances": sample("ec2:DescribeInstances")})
    (instance,) = nodes(None, ec2)._instances.values()
    assert (instance.name, instance.launched_at, instance.is_running) == (
        "my-instance",
        time("2022-11-15T10:48:59+00:00"),
        True,
    )
    assert read_tags(None, ec2, [NODE]) == {NODE: {"Name": "my-instance"}}


def test_the_tags_of_a_node_outside_ec2() -> None:
    tags = read_tags(ssm("ListTagsForResource"), None, ["mi-0123456789abcdef0"])
    assert tags == {"mi-0123456789abcdef0": {"Environment": "Production", "Region": "EMEA"}}


# --- baselines ---


def test_the_baselines_of_patch_groups() -> None:
    assert BaselineReader(ssm("DescribePatchGroups")).registered() == {
        ("Production", OperatingSystem.WINDOWS): "pb-0123456789abcdef0",
        ("Development", OperatingSystem.WINDOWS): "pb-0713accee01234567",
    }


def test_what_differs_between_a_baseline_and_its_definition() -> None:
    found = sample("ssm:GetPatchBaseline")
    rules = {name: found[name] for name in ("OperatingSystem", "ApprovalRules", "RejectedPatchesAction")}
    reader = BaselineReader(ssm("DescribePatchBaselines", "GetPatchBaseline"))

    def differences(**changes: Any) -> list[str]:
        defined = ReportedBaseline(
            name=found["Name"],
            operating_system=found["OperatingSystem"],
            default=True,
            definition={**rules, **changes},
        )
        return list(reader.unlike_their_definition([defined], {}))

    assert differences() == []
    assert differences(RejectedPatchesAction="BLOCK") == [f"{found['Name']}: RejectedPatchesAction"]


def test_when_patches_of_windows_were_released() -> None:
    released = BaselineReader(
        ssm("DescribeEffectivePatchesForPatchBaseline", "DescribePatchBaselines")
    ).published("pb-0123456789abcdef0")
    assert released["KB4470788"] == time("2018-12-05T22:00:05+00:00")
    assert released["KB4483452"] == time("2019-02-12T18:00:00+00:00")


# --- windows ---


def test_when_windows_ran_and_run_next() -> None:
    ring = DeployedRing(
        name="prod",
        order=0,
        patch_groups=(DeployedGroup(name="web", tag_key="PatchGroup"),),
        windows=(DeployedWindow(name="MyMaintenanceWindow-1", installs=True),),
    )
    client = ssm("DescribeMaintenanceWindows", "DescribeMaintenanceWindowExecutions")
    now = time("2021-08-05T00:00:00+00:00")
    nothing_remembered = Memory(answered("dynamodb", {"GetItem": {}, "PutItem": {}}), "memory", now=now)
    runs = read_runs(client, [ring], memory=nothing_remembered, now=now)
    assert runs.installs["prod"].last_started_at == time("2021-08-03T18:00:00+00:00")
    assert runs.installs["prod"].next_ends_at == time("2020-02-13T01:19:20.596+00:00")
    assert len(runs.times) == 3
    assert runs.explains(time("2021-08-03T18:37:00+00:00"))


def test_the_tasks_of_a_window_its_commands_and_their_nodes() -> None:
    assert list(list_tasks(ssm("DescribeMaintenanceWindowExecutionTasks"), EXECUTION)) == [
        TaskRun(task_id="ac0c6ae1-daa3-4a89-832e-d3845EXAMPLE", status="SUCCESS", patches=False)
    ]
    invocations = ssm(("DescribeMaintenanceWindowExecutionTaskInvocations", -1))
    assert list_commands(invocations, EXECUTION, TASK) == {"76a5a04f-caf6-490c-b448-92c02EXAMPLE": "SUCCESS"}
    assert list_nodes(ssm("ListCommandInvocations"), COMMAND) == {
        "i-02573cafcfEXAMPLE": "Success",
        "i-0471e04240EXAMPLE": "Success",
    }


def test_the_run_of_a_ring() -> None:
    """The samples are of several runs: together they are one that patched two nodes."""
    tasks = sample("ssm:DescribeMaintenanceWindowExecutionTasks")
    tasks["WindowExecutionTaskIdentities"][0]["TaskArn"] = "AWS-RunPatchBaseline"
    commands = sample("ssm:ListCommands")
    patching = [each for each in commands["Commands"] if each["DocumentName"] == "AWS-RunPatchBaseline"]
    answers = {
        name: sample(f"ssm:{name}")
        for name in (
            "GetMaintenanceWindow",
            "GetMaintenanceWindowExecution",
            "GetMaintenanceWindowExecutionTask",
            "ListCommandInvocations",
        )
    }
    answers |= {
        "DescribeMaintenanceWindowExecutionTasks": tasks,
        "DescribeMaintenanceWindowExecutionTaskInvocations": sample(
            "ssm:DescribeMaintenanceWindowExecutionTaskInvocations", -1
        ),
        "ListCommands": {"Commands": patching[:1]},
    }
    settings = RingDocument(
        rollout="web",
        rings=(
            DeployedRing(
                name="prod", order=1, windows=(DeployedWindow(name="My-Maintenance-Window", installs=True),)
            ),
        ),
    )
    detail = {
        "window-id": "mw-03eb9db42890abcde",
        "window-execution-id": EXECUTION,
        "status": "SUCCESS",
    }
    run = read_run(answered("ssm", answers), settings, detail, account="111222333444", region="us-east-2")
    assert (run.nodes, run.succeeded, run.failed, run.max_errors) == (2, 2, 0, "3")
    assert (run.started_at, run.health) == (time("2017-02-21T16:00:34.595+00:00"), RingHealth.HEALTHY)


# --- what the table remembers, and what the bus took ---


def test_what_the_table_remembers() -> None:
    """The samples carry albums; in their place is what the memory writes."""
    now = time("2026-12-01T00:00:00+00:00")
    node = RememberedNode.of([], last_report=None, before=None, now=now)
    item = Memory(None, "MusicCollection", now=now)._item("node i-1", {"node": "i-1", **node.to_data()})
    found = sample("dynamodb:BatchGetItem")
    found["Responses"]["MusicCollection"] = [_encoded(item)]
    answers = {"BatchGetItem": found, "GetItem": {**sample("dynamodb:GetItem"), "Item": _encoded(item)}}
    memory = Memory(answered("dynamodb", answers), "MusicCollection", now=now)
    assert memory.recall(["i-1", "i-2"]) == {"i-1": node}
    assert memory.load("report 1") == {"node": "i-1", **node.to_data()}
    absent = {name: value for name, value in answers["GetItem"].items() if name != "Item"}
    assert Memory(answered("dynamodb", {"GetItem": absent}), "t", now=now).load("report 1") is None


def _encoded(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "data": {"B": base64.b64encode(item["data"]["B"]).decode()}}


def test_what_the_bus_took_and_what_it_did_not_take() -> None:
    taken, partly = (sample("events:PutEvents", number) for number in (0, 1))
    refused = {"FailedEntryCount": partly["FailedEntryCount"], "Entries": [partly["Entries"][1]]}
    bus = {
        "source": "s",
        "detail_type": "t",
        "event_bus_arn": "arn:aws:events:us-east-2:111122223333:event-bus/b",
    }
    put_event(answered("events", {"PutEvents": taken}), {}, **bus)
    with pytest.raises(UndeliveredEventError, match="InternalFailure: Internal Service Failure"):
        put_event(answered("events", {"PutEvents": refused}), {}, **bus)
