"""Which calls the reporter makes for which nodes: as few as AWS allows, and none that loses a node."""

import datetime as dt
from typing import Any

import pytest

from local_aws.fleet.records import Node
from patching_constructs.contracts.ring_document import DeployedGroup
from patching_constructs.lambdas.compliance_reporter.nodes import NodeReader
from tests.lambdas.fleets import DAY, GROUP, KERNEL, START, World, counted, node, patch

pytestmark = pytest.mark.usefixtures("local_aws")

WEB = DeployedGroup(name=GROUP, tag_key="PatchGroup")


def reader(world: World) -> NodeReader:
    return NodeReader(ssm=world.client("ssm"), ec2=world.client("ec2"), now=START + DAY)


def outside(number: int, **changes: Any) -> Node:
    """Make a node outside EC2."""
    return node(number, node_id=f"mi-{number:017x}", **changes)


def test_pages_are_as_long_as_aws_allows() -> None:
    world = World()
    world.add(*[node(number) for number in range(501)])
    world.advance(START + DAY)
    with counted(world) as calls:
        nodes = reader(world)
        assert len(nodes.nodes_of(WEB)) == 501
        assert nodes.count_without_group({GROUP}) == 0
    assert calls == {
        "DescribeInstanceInformation": 11,
        "DescribeInstances": 2,
        "DescribeInstancePatchStatesForPatchGroup": 101,  # docs/not-proven.md#pages-of-node-states
    }


@pytest.mark.breaks_model("ec2:DescribeInstances", "answer")
@pytest.mark.parametrize("state", ["pending", "shutting-down", "terminated", "stopping", "stopped"])
def test_only_a_known_state_of_an_instance_takes_it_out_of_its_group(
    state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html"""
    world = World()
    world.add(node(1))
    for name, count in ((state, 0), ("running", 1), ("a-new-word", 1)):
        monkeypatch.setattr(
            "local_aws.fleet.ec2.instance_state", lambda *_, name=name: {"Code": 0, "Name": name}
        )
        assert len(reader(world).nodes_of(WEB)) == count, name


def test_nodes_and_instances_are_listed_once_for_all_groups() -> None:
    world = World()
    groups = [DeployedGroup(name=f"group-{number}", tag_key="PatchGroup") for number in range(5)]
    world.add(*[node(number, tags={"PatchGroup": f"group-{number % 5}"}) for number in range(50)])
    with counted(world) as calls:
        nodes = reader(world)
        assert [len(nodes.nodes_of(group)) for group in groups] == [10] * 5
    assert calls["DescribeInstanceInformation"] == calls["DescribeInstances"] == 1


def test_a_node_is_asked_for_its_patches_only_if_something_is_left_to_do() -> None:
    world = World()
    world.add(node(1), patch(KERNEL))
    world.advance(START + 2 * DAY)
    world.add(node(2, launched_at=START + 2 * DAY))
    world.advance(START + 3 * DAY)
    with counted(world) as calls:
        world.report()
    assert calls["DescribeInstancePatches"] == 1, "the new node waits for its first install"


@pytest.mark.parametrize("key", ["PatchGroup", "Patch Group"])
def test_nodes_outside_ec2_belong_to_their_group(key: str) -> None:
    world = World()
    world.add(
        outside(1, tags={key: GROUP}),
        outside(2, tags={key: "other"}),
        outside(3, tags={}),
        node(4, tags={key: GROUP}),
    )
    nodes = reader(world)
    found = nodes.nodes_of(DeployedGroup(name=GROUP, tag_key=key))
    assert [each.node_id for each in found] == [node(4).node_id, outside(1).node_id]
    assert nodes.count_without_group({GROUP}) == 2
    assert nodes.count_without_group({GROUP, "other"}) == 1


def test_more_groups_than_a_filter_has_values_leave_no_node_outside_ec2_out() -> None:
    world = World()
    groups = {f"group-{number:03}" for number in range(101)}
    world.add(*[outside(number, tags={"PatchGroup": name}) for number, name in enumerate(sorted(groups))])
    assert reader(world).count_without_group(groups) == 0


def test_a_node_outside_ec2_whose_agent_is_silent_is_not_managed() -> None:
    world = World()
    world.add(outside(1, agent_died_at=START))
    world.advance(START + DAY)
    (found,) = reader(world).nodes_of(WEB)
    assert not found.is_managed


def test_a_stopped_instance_is_in_no_group_and_not_without_one() -> None:
    world = World()
    world.add(node(1, stopped_at=START), node(2, tags={}, stopped_at=START))
    world.advance(START + DAY)
    nodes = reader(world)
    assert nodes.nodes_of(WEB) == []
    assert nodes.count_without_group({GROUP}) == 0


def test_reports_of_nodes_that_are_gone_are_not_kept() -> None:
    world = World()
    world.add(node(1), node(2, stopped_at=START + dt.timedelta(hours=12)), patch(KERNEL))
    world.advance(START + DAY)
    assert (
        len(world.ssm.describe_instance_patch_states_for_patch_group(PatchGroup=GROUP)["InstancePatchStates"])
        == 2
    )
    (found,) = reader(world).nodes_of(WEB)
    assert (found.node_id, found.may_have_problems) == (node(1).node_id, True)
