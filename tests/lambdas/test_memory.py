"""What the reporter remembers of nodes: enough to ask none twice, and no node too large for the others."""

import datetime as dt
import gzip
import hashlib
import json
from collections.abc import Iterable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_aws.fleet.clock import clock
from local_aws.fleet.records import Node, Patch
from local_aws.in_process import in_process
from patching_constructs import PatchOperation, RebootOption
from patching_constructs.contracts.ring_document import DeployedGroup
from patching_constructs.lambdas.compliance_reporter import memory as memory_module
from patching_constructs.lambdas.compliance_reporter.memory import Memory
from patching_constructs.lambdas.compliance_reporter.nodes import FoundProblem, LastReport, NodeReader
from patching_constructs.lambdas.compliance_reporter.pieces import PieceReader
from patching_constructs.lambdas.compliance_reporter.remembered_node import RememberedNode
from patching_constructs.model.exemption import ExemptionRecord
from patching_constructs.model.patch_state import PatchState
from patching_constructs.model.promises import Severity
from tests.lambdas.fleets import (
    BUCKET,
    DAY,
    GLIBC,
    GROUP,
    HOUR,
    KERNEL,
    START,
    TABLE,
    WINDOWS,
    World,
    counted,
    node,
    patch,
)
from tests.lambdas.test_reporter_truth import nodes, patches

MINUTE = dt.timedelta(minutes=1)
ASKED = "DescribeInstancePatches"
RING = {"Rollout": "web", "Ring": "prod"}
DYNAMODB_ITEM_BYTES = 400 * 1024
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""


def missing(count: int) -> list[FoundProblem]:
    """List packages of which no two names have more in common than those of a Linux system."""
    return [
        FoundProblem(
            patch=f"{hashlib.sha256(str(number).encode()).hexdigest()[:30]}.x86_64:0:1.{number}-1.amzn2023",
            state=PatchState.MISSING,
            severity=Severity.HIGH,
        )
        for number in range(count)
    ]


def last_report(problems: Iterable[FoundProblem], ended_at: dt.datetime | None = START - HOUR) -> LastReport:
    return LastReport(
        ended_at=ended_at, baseline_id=None, counts={PatchState.MISSING: sum(1 for _ in problems)}
    )


def remembered(problems: list[FoundProblem], *, now: dt.datetime = START + DAY) -> RememberedNode:
    return RememberedNode.of(problems, last_report=last_report(problems), before=None, now=now)


def give(there: Node, states: dict[str, str]) -> None:
    """Let the last report of a node have said other states."""
    assert there.report is not None
    there.report.states = states


def rows(world: World) -> list[list[dict[str, Any]]]:
    """Return the rows of each file of the history, the oldest first, without the time of the report."""
    s3 = world.client("s3")
    entries = s3.list_objects_v2(Bucket=BUCKET)["Contents"]
    bodies = [s3.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read() for entry in entries]
    lines = [gzip.decompress(body).splitlines() for body in bodies]
    return [[{**json.loads(line), "seen_at": None} for line in each] for each in lines]


# --- asking no node twice ---


@pytest.mark.usefixtures("local_aws")
def test_a_second_report_without_a_new_scan_asks_no_node() -> None:
    world = World(install="cron(0 22 1 JAN ? 2030)")
    world.add(node(1), node(2), patch(KERNEL))
    world.advance(START + DAY)
    with counted(world) as first:
        world.report()
    clock.set(START + DAY + HOUR)
    with counted(world) as second:
        report = world.report()
    assert (first[ASKED], second[ASKED]) == (2, 0)
    (found,) = report.progress.figures.values()
    assert (found.missing.total(), found.oldest_missing_first_seen) == (2, HOUR)


@pytest.mark.usefixtures("local_aws")
def test_a_new_scan_asks_again_and_only_the_node_that_it_was_on() -> None:
    world = World(install="cron(0 22 1 JAN ? 2030)")
    scanned, other = node(1), node(2)
    world.add(scanned, other, patch(KERNEL))
    world.advance(START + DAY)
    world.report()
    world.add(patch(GLIBC, START + DAY))
    world.place.fleet.run(scanned, PatchOperation.SCAN, now=START + DAY + MINUTE)
    clock.set(START + DAY + HOUR)
    with counted(world) as calls:
        report = world.report()
    (found,) = report.progress.figures.values()
    assert (calls[ASKED], found.missing.total()) == (1, 3)


@pytest.mark.usefixtures("local_aws")
def test_a_node_is_asked_again_if_its_last_operation_had_only_just_ended() -> None:
    world = World(install="cron(0 22 1 JAN ? 2030)")
    there = node(1)
    world.add(there, patch(KERNEL), patch(GLIBC))
    world.advance(START + DAY)
    world.place.fleet.run(there, PatchOperation.SCAN, now=START + DAY)
    give(there, {KERNEL: "Missing"})
    clock.set(START + DAY + 24 * MINUTE)
    world.report()
    give(there, {GLIBC: "Missing"})
    clock.set(START + DAY + HOUR)
    with counted(world) as calls:
        world.report()
    assert calls[ASKED] == 1
    assert [problem["patch"] for problem in rows(world)[-1][0]["problems"]] == [GLIBC]
    with counted(world) as calls:
        world.report()
    assert calls[ASKED] == 0, "by now everything that the operation said is known"


@pytest.mark.usefixtures("local_aws")
@pytest.mark.parametrize(
    "states",
    [
        {KERNEL: "InstalledPendingReboot", GLIBC: "Missing"},
        {KERNEL: "Missing", GLIBC: "Failed"},
        {KERNEL: "Missing"},
    ],
    ids=lambda states: "+".join(states.values()),
)
def test_a_node_whose_counts_change_is_asked_again_although_nothing_ran(states: dict[str, str]) -> None:
    world = World(install="cron(0 22 1 JAN ? 2030)")
    there = node(1)
    world.add(there, patch(KERNEL), patch(GLIBC))
    world.advance(START + DAY)
    world.report()
    give(there, states)
    clock.set(START + DAY + HOUR)
    with counted(world) as calls:
        world.report()
    assert calls[ASKED] == 1
    last = {problem["patch"]: problem["state"] for problem in rows(world)[-1][0]["problems"]}
    assert last == {patch_id: PatchState.read(state) for patch_id, state in states.items()}


@pytest.mark.usefixtures("local_aws")
def test_patches_that_were_not_read_as_a_whole_are_read_again() -> None:
    world = World(install="cron(0 22 1 JAN ? 2030)")
    there = node(1)
    world.add(there, patch(KERNEL), patch(GLIBC))
    world.advance(START + DAY)
    reader = NodeReader(ssm=world.client("ssm"), ec2=world.client("ec2"), now=clock())
    (tagged,) = reader.nodes_of(DeployedGroup(name=GROUP, tag_key="PatchGroup"))
    a_part = RememberedNode.of(
        reader.problems_of(there.node_id)[:1], last_report=tagged.last_report, before=None, now=clock()
    )
    Memory(world.client("dynamodb"), TABLE, now=clock()).remember({there.node_id: a_part}, recalled={})
    (found,) = world.report().progress.figures.values()
    assert found.missing.total() == 2


def test_a_report_without_a_time_is_never_taken_for_the_same() -> None:
    problems = missing(2)
    timeless = last_report(problems, ended_at=None)
    before = RememberedNode.of(problems, last_report=timeless, before=None, now=START)
    assert not before.is_of(timeless)
    assert remembered(problems).is_of(last_report(problems)), "one with a time is"


@pytest.mark.usefixtures("local_aws")
def test_nothing_that_is_known_of_a_patch_is_lost_by_not_asking_again() -> None:
    exempt = ExemptionRecord(
        owner="a", reason="b", ticket="c", expires=(START + 9 * DAY).date(), patches="KB1"
    )
    world = World(exemptions=(exempt,), install="cron(0 22 1 JAN ? 2030)")
    kind = {"operating_system": WINDOWS, "classification": "SecurityUpdates"}
    world.add(
        node(1, operating_system=WINDOWS),
        node(2),
        patch("KB1", START - 20 * DAY, **kind),
        patch("KB2", START - 10 * DAY, severity="Important", **kind),
        patch(KERNEL, severity=""),
    )
    world.advance(START + DAY)
    world.report()
    clock.set(START + DAY + HOUR)
    world.report()
    first, second = rows(world)
    assert first == second
    assert [
        (problem["patch"], problem["severity"], problem["exempt"], problem["published"])
        for row in second
        for problem in row["problems"]
    ] == [
        ("KB1", "CRITICAL", True, "2026-11-11 00:00:00"),
        ("KB2", "HIGH", False, "2026-11-21 00:00:00"),
        (KERNEL, None, False, None),
    ]


@settings(deadline=None, max_examples=10, suppress_health_check=list(HealthCheck))
@given(
    fleet=nodes(),
    published=patches(),
    hours=st.sets(st.integers(24, 24 * 4), min_size=2, max_size=6),
    reboot=st.sampled_from(RebootOption),
)
def test_what_is_remembered_is_what_asking_would_say(
    fleet: list[Node], published: list[Patch], hours: set[int], reboot: RebootOption
) -> None:
    with in_process():
        world = World(delay_days=1, reboot_option=reboot)
        world.add(*fleet, *published)
        for hour in sorted(hours):
            world.advance(START + hour * HOUR)
            reader = NodeReader(ssm=world.client("ssm"), ec2=world.client("ec2"), now=clock())
            memory = Memory(world.client("dynamodb"), TABLE, now=clock())
            pieces = PieceReader(nodes=reader, memory=memory, is_late=lambda: False, now=clock())
            left = reader.nodes_of(DeployedGroup(name=GROUP, tag_key="PatchGroup"))
            said = [
                [(each.patch, each.state, each.severity) for each in read.problems]
                for read in (pieces.read(left) if left else [])
            ]
            asked = [
                [(each.patch, each.state, each.severity) for each in reader.problems_of(tagged.node_id)]
                for tagged in left
            ]
            assert said == asked, f"after {hour} hours"
    clock.set(None)


# --- nodes on which much is left to do ---


@pytest.mark.usefixtures("local_aws")
def test_a_node_with_5_000_missing_patches_is_counted_and_its_ages_grow_as_those_of_others() -> None:
    world = World(install="cron(0 22 1 JAN ? 2030)")
    bad, *others = [node(number) for number in range(1, 4)]
    names = [problem.patch for problem in missing(5_000)]
    world.add(bad, *others, patch(KERNEL))
    world.advance(START + DAY)
    world.add(*[patch(name, severity="Important") for name in names])
    give(bad, dict.fromkeys(names, "Missing"))
    world.report()
    clock.set(START + 2 * DAY)
    report = world.report()
    (found,) = report.progress.figures.values()
    assert report.is_finished
    assert found.missing == {Severity.HIGH: 5_000, Severity.CRITICAL: 2}
    assert (found.nodes, found.unread_nodes, found.oldest_missing_first_seen) == (3, 0, DAY)
    plain = json.dumps(remembered(missing(5_000)).to_data())
    assert len(plain) > DYNAMODB_ITEM_BYTES, "it fits only because it is compressed"
    with pytest.raises(ClientError, match="exceeded the maximum allowed size"):
        world.client("dynamodb").put_item(TableName=TABLE, Item={"id": {"S": "node"}, "data": {"S": plain}})


@pytest.mark.usefixtures("local_aws")
def test_15_000_problems_of_one_node_fit_however_little_their_names_have_in_common() -> None:
    world = World()
    memory = Memory(world.client("dynamodb"), TABLE, now=START + DAY)
    node_ = remembered(missing(15_000))
    assert memory.remember({"i-1": node_}, recalled={}) == set()
    assert memory.recall(["i-1"]) == {"i-1": node_}


@pytest.mark.usefixtures("local_aws")
def test_a_node_that_does_not_fit_leaves_the_others_and_what_was_known_of_it() -> None:
    world = World()
    memory = Memory(world.client("dynamodb"), TABLE, now=START + DAY)
    before = {"i-1": remembered(missing(1)), "i-2": remembered(missing(1))}
    memory.remember(before, recalled={})
    after = {"i-1": remembered(missing(40_000)), "i-2": remembered(missing(2))}
    assert memory.remember(after, recalled=before) == {"i-1"}
    assert memory.recall(after) == {"i-1": before["i-1"], "i-2": after["i-2"]}


@pytest.mark.usefixtures("local_aws")
def test_a_node_that_does_not_fit_is_said_to_be_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is lowered here: a node that breaks the real one takes the local AWS minutes to describe."""
    world = World(install="cron(0 22 1 JAN ? 2030)")
    bad, good = node(1), node(2)
    names = [problem.patch for problem in missing(100)]
    world.add(bad, good, patch(KERNEL))
    world.advance(START + DAY)
    world.add(*[patch(name) for name in names])
    give(bad, dict.fromkeys(names, "Missing"))
    monkeypatch.setattr(memory_module, "_BYTES_OF_AN_ITEM", 1_000)
    report = world.report()
    (found,) = report.progress.figures.values()
    assert report.is_finished
    assert (found.nodes, found.unread_nodes, found.missing.total()) == (2, 1, 1)
    unread = {row["node_id"]: row["unread"] for row in rows(world)[0]}
    assert unread == {
        bad.node_id: "more is left to do than the memory holds of a node",
        good.node_id: None,
    }
    assert world.metrics("UnreadNodes", RING) == [1]


# --- what is written ---


@pytest.mark.usefixtures("local_aws")
def test_more_nodes_than_a_read_or_a_write_takes_are_all_remembered() -> None:
    world = World()
    memory = Memory(world.client("dynamodb"), TABLE, now=START + DAY)
    many = {f"i-{number:017x}": remembered(missing(1)) for number in range(1_001)}
    memory.remember(many, recalled={})
    assert memory.recall(many) == many


@pytest.mark.usefixtures("local_aws")
def test_what_is_no_news_is_not_written_until_it_would_be_forgotten() -> None:
    world = World()
    dynamodb = world.client("dynamodb")
    known = {"i-1": remembered(missing(1), now=START)}
    Memory(dynamodb, TABLE, now=START).remember(known, recalled={})
    for days, written_at in ((1, START), (30, START), (31, START + 31 * DAY)):
        later = START + days * DAY
        memory = Memory(dynamodb, TABLE, now=later)
        recalled = memory.recall(known)
        again = RememberedNode.of(
            missing(1), last_report=last_report(missing(1)), before=recalled["i-1"], now=later
        )
        memory.remember({"i-1": again}, recalled=recalled)
        assert memory.recall(known)["i-1"].written_at == written_at, f"on day {days}"
        assert memory.recall(known)["i-1"].problems[0].first_seen == START


@pytest.mark.usefixtures("local_aws")
def test_a_node_on_which_nothing_is_left_to_do_is_forgotten() -> None:
    world = World()
    memory = Memory(world.client("dynamodb"), TABLE, now=START + DAY)
    known = {"i-1": remembered(missing(1))}
    memory.remember(known, recalled={})
    memory.remember({"i-1": remembered([])}, recalled=known)
    assert memory.recall(known) == {}
