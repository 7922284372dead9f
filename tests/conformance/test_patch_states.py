"""The reader of nodes against AWS's own answers: states, ids and counts as Patch Manager spells them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from unittest.mock import MagicMock

import pytest

from local_aws.fleet.clock import clock
from local_aws.fleet.systems_manager import FleetSystemsManager
from patching_constructs import PatchOperation
from patching_constructs.contracts.ring_document import DeployedGroup
from patching_constructs.lambdas.compliance_reporter.nodes import FoundProblem, NodeReader
from patching_constructs.model.patch_state import PROBLEM_STATES, PatchState
from patching_constructs.model.promises import Severity
from tests.conformance.answers.cli_examples import cli_samples
from tests.conformance.answers.samples import answered, sample
from tests.lambdas.fleets import DAY, GROUP, KERNEL, START, WINDOWS, World, node, patch

NODE = "i-1234567890abcdef0"
NOW = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)


def samples(operation: str) -> list[Any]:
    """Return the answers in the examples of the AWS CLI, without tokens of pages that AWS does not show."""
    count = len(cli_samples(f"ssm:{operation}"))
    return [sample(f"ssm:{operation}", number) for number in range(count)]


def answering(answers: Mapping[str, Any]) -> Any:
    return answered("ssm", answers)


def problems(answer: Any) -> list[FoundProblem]:
    ssm = answering({"DescribeInstancePatches": answer})
    return NodeReader(ssm=ssm, ec2=None, now=NOW).problems_of(NODE)


def test_the_missing_patch_of_awss_own_example_is_found() -> None:
    _, missing, _ = samples("DescribeInstancePatches")
    assert problems(missing) == [FoundProblem(patch="KB890830", state=PatchState.MISSING, severity=None)]


def test_installed_patches_of_awss_own_examples_are_no_problems() -> None:
    installed, _, since = samples("DescribeInstancePatches")
    states = [each["State"] for answer in (installed, since) for each in answer["Patches"]]
    assert states == ["Installed", "InstalledOther", "Installed"]
    assert problems(installed) == problems(since) == []


# https://github.com/turbot/steampipe-mod-aws-compliance/issues/759
NOT_APPLICABLE = {
    "Title": "",
    "KBId": "KB2305420",
    "Classification": "",
    "Severity": "",
    "State": "NotApplicable",
    "InstalledTime": 0.0,
}


def test_a_patch_that_is_not_applicable_is_no_problem() -> None:
    assert problems({"Patches": [NOT_APPLICABLE]}) == []


@pytest.mark.parametrize("spelling", ["spelling", "value"])
@pytest.mark.parametrize("state", PatchState)
def test_a_state_is_accepted_as_aws_answers_it_and_as_its_enum_says_it(
    state: PatchState, spelling: str
) -> None:
    answer = {"Patches": [NOT_APPLICABLE | {"State": getattr(state, spelling)}]}
    assert [problem.state for problem in problems(answer)] == [state] * (state in PROBLEM_STATES)


def test_the_spellings_are_those_of_awss_documents() -> None:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-compliance-states.html"""
    assert [state.spelling for state in PatchState] == [
        "Installed",
        "InstalledOther",
        "InstalledPendingReboot",
        "InstalledRejected",
        "Missing",
        "Failed",
        "NotApplicable",
        "AvailableSecurityUpdate",
    ]


@pytest.mark.parametrize("word", ["missing", "Missing ", "SomethingNew", ""])
def test_an_unknown_state_is_raised(word: str) -> None:
    with pytest.raises(ValueError, match="not a patch state"):
        problems({"Patches": [NOT_APPLICABLE | {"State": word}]})


def test_the_states_are_those_of_the_service_model() -> None:
    shape = answering({}).meta.service_model.shape_for("PatchComplianceDataState")
    assert set(shape.enum) == set(PatchState)


def test_two_kernels_are_two_patches_on_linux() -> None:
    """`KBId` is name and architecture there, and only `Title` has the version.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstancePatches.html
    """
    kernels = [f"kernel.x86_64:0:6.12.0-124.{number}.1.el10_1" for number in (31, 35)]
    answer = {
        "Patches": [
            NOT_APPLICABLE
            | {"KBId": "kernel.x86_64", "Title": title, "State": "Missing", "Severity": "Important"}
            for title in kernels
        ]
    }
    assert [problem.patch for problem in problems(answer)] == kernels
    assert {problem.severity for problem in problems(answer)} == {Severity.HIGH}


# --- counts ---


def last_report(state: Any) -> Any:
    ssm = answering(
        {
            "DescribeInstancePatchStatesForPatchGroup": {"InstancePatchStates": [state]},
            "DescribeInstanceInformation": {
                "InstanceInformationList": [{"InstanceId": state["InstanceId"], "PingStatus": "Online"}]
            },
        }
    )
    instance = {
        "InstanceId": state["InstanceId"],
        "LaunchTime": NOW,
        "State": {"Name": "running"},
        "Tags": [{"Key": "PatchGroup", "Value": state["PatchGroup"]}],
    }
    ec2 = MagicMock()
    ec2.get_paginator("describe_instances").paginate.return_value = [
        {"Reservations": [{"Instances": [instance]}]}
    ]
    (found,) = NodeReader(ssm=ssm, ec2=ec2, now=NOW).nodes_of(
        DeployedGroup(name=state["PatchGroup"], tag_key="PatchGroup")
    )
    return found.last_report


GROUP_STATES = [
    state
    for answer in samples("DescribeInstancePatchStatesForPatchGroup")[:2]
    for state in answer["InstancePatchStates"]
]


@pytest.mark.parametrize("state", GROUP_STATES, ids=lambda state: f"{state['MissingCount']} missing")
def test_the_counts_of_awss_own_examples_are_read(state: Any) -> None:
    report = last_report(state)
    assert report.counts == {
        PatchState.MISSING: state["MissingCount"],
        PatchState.FAILED: state["FailedCount"],
        PatchState.INSTALLED_PENDING_REBOOT: state["InstalledPendingRebootCount"],
        PatchState.INSTALLED_REJECTED: state["InstalledRejectedCount"],
    }
    assert report.may_have_problems
    assert report.baseline_id == state["BaselineId"]
    assert report.ended_at.isoformat() == state["OperationEndTime"]


def test_a_node_without_a_count_may_have_problems() -> None:
    clean = GROUP_STATES[0] | {"MissingCount": 0}
    assert not last_report(clean).may_have_problems
    assert last_report({key: value for key, value in clean.items() if key != "FailedCount"}).may_have_problems


def test_counts_that_exceed_the_listing_are_said() -> None:
    _, missing, _ = samples("DescribeInstancePatches")
    report = last_report(GROUP_STATES[0])
    assert report.unlisted(problems(missing)) == "2 Missing, 1 listed"
    assert report.unlisted(problems({"Patches": missing["Patches"] * 2})) is None


@pytest.mark.usefixtures("local_aws")
def test_a_node_whose_counts_exceed_its_listing_is_unread_and_not_compliant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(install="cron(0 22 1 JAN ? 2030)")
    world.add(node(1), node(2, operating_system=WINDOWS), patch(KERNEL))
    world.advance(START + DAY)
    monkeypatch.setattr(FleetSystemsManager, "describe_instance_patches", lambda *_: {"Patches": []})
    (linux, windows) = world.report().progress.figures.values()
    assert (linux.nodes, linux.unread_nodes, linux.compliant_nodes) == (1, 1, 0)
    assert (windows.nodes, windows.unread_nodes, windows.compliant_nodes) == (1, 0, 1)


# --- the local AWS answers as AWS does ---


@pytest.mark.usefixtures("local_aws")
def test_the_local_aws_answers_patches_with_the_members_and_words_of_awss_examples() -> None:
    world = World(install="cron(0 22 1 JAN ? 2030)")
    world.add(
        node(1, refuses={KERNEL}),
        node(2, operating_system=WINDOWS),
        patch(KERNEL),
        patch("KB5000001", operating_system=WINDOWS, classification="SecurityUpdates"),
    )
    members = {frozenset(each) for answer in samples("DescribeInstancePatches") for each in answer["Patches"]}
    spellings = {state.spelling for state in PatchState}
    seen = set()
    for operation in (PatchOperation.SCAN, PatchOperation.INSTALL):
        clock.set(clock() + DAY)
        for each in world.place.fleet.nodes.values():
            world.place.fleet.run(each, operation, now=clock())
            for answer in world.ssm.describe_instance_patches(InstanceId=each.node_id)["Patches"]:
                assert {frozenset(answer)} == members
                assert answer["State"] in spellings
                seen.add((answer["KBId"], answer["Title"], answer["State"]))
    assert seen == {
        ("kernel.x86_64", KERNEL, "Missing"),
        ("kernel.x86_64", KERNEL, "Failed"),
        ("KB5000001", "Update for Windows (KB5000001)", "Missing"),
        ("KB5000001", "Update for Windows (KB5000001)", "Installed"),
    }


@pytest.mark.usefixtures("local_aws")
def test_the_local_aws_answers_states_with_the_members_of_awss_example() -> None:
    world = World()
    world.add(node(1))
    world.advance(START + DAY)
    (found,) = world.ssm.describe_instance_patch_states_for_patch_group(PatchGroup=GROUP)[
        "InstancePatchStates"
    ]
    assert set(GROUP_STATES[0]) <= set(found)
