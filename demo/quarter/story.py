"""The fleets of the quarter, and the incidents that happen to them."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from demo.quarter.deployed import Workload
from demo.quarter.patches import (
    BAD_KERNEL,
    BAD_KERNEL_AT,
    GOOD_KERNEL,
    GOOD_KERNEL_AT,
    OUT_OF_BAND,
    START,
    bad_kernel_of,
    patches_of,
)
from local_aws.fleet.fleet import reboot
from local_aws.fleet.records import Installed, Node
from local_aws.fleet.simulation import SimulatedPlace
from patching_constructs import OperatingSystem
from patching_constructs.contracts.ring_document import DeployedRing

_NODES_OF_A_SYSTEM = 5
_IMAGE_DAYS = (
    datetime(2027, 1, 25, 4, tzinfo=UTC),
    datetime(2027, 2, 22, 4, tzinfo=UTC),
    datetime(2027, 3, 22, 4, tzinfo=UTC),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """Something that happens to nodes.

    Attributes:
        at: When.
        place: Where.
        ring: Name of their ring.
        what: What happens, in words; empty where an earlier incident describes it.
        do: Lets it happen.
    """

    at: datetime
    place: SimulatedPlace
    ring: str
    what: str
    do: Callable[[], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Member:
    """A ring with the nodes of one account and Region."""

    place: SimulatedPlace
    ring: DeployedRing
    nodes: Sequence[Node]

    @property
    def installs(self) -> bool:
        return any(window.installs for window in self.ring.windows)


class Story:
    """Fills the fleets of `workloads`, and defines the incidents that happen to them.

    The first ring has an agent that dies, the second a mistyped tag, the last but one nodes that cannot
    install a kernel, and the last nodes that must not reboot; rings that install nothing get new nodes every
    month. With fewer rings one has more trouble. The same workloads always make the same story.

    Args:
        workloads: Accounts and Regions, with what is deployed there.
        bad_kernel: Whether there is a kernel that some nodes cannot install.

    Attributes:
        incidents: What happens, in order of time.
    """

    def __init__(self, workloads: Sequence[Workload], *, bad_kernel: bool = True) -> None:
        self._numbers = itertools.count(1)
        members = sorted(
            (member for workload in workloads for member in self._members(workload)),
            key=lambda member: member.ring.order,
        )
        rings = [member for member in members if member.installs and member.nodes]
        images = [member for member in members if not member.installs and member.nodes]
        incidents = [incident for member in images for incident in self._images_are_renewed(member)]
        if rings:
            incidents += _agent_dies(rings[0])
            incidents += self._tag_is_mistyped(rings[:2][-1])
            incidents += _reboots_wait(rings[-1])
            if bad_kernel:
                incidents += _kernel_fails(rings[-2:][0])
        self.incidents = sorted(incidents, key=lambda incident: incident.at)

    def _members(self, workload: Workload) -> Iterator[_Member]:
        systems = {system for found in workload.systems.values() for system in found}
        for system in sorted(systems):
            workload.place.fleet.add(*patches_of(system))
        for ring in workload.settings.rings:
            nodes = [
                self._node(group.name, group.tag_key, system, number)
                for group in ring.patch_groups
                for number, system in enumerate(
                    (s for s in workload.systems.get(group.name, ()) for _ in range(_NODES_OF_A_SYSTEM)),
                    start=1,
                )
            ]
            workload.place.fleet.add(*nodes)
            yield _Member(place=workload.place, ring=ring, nodes=nodes)

    def _node(
        self, group: str, tag_key: str, system: OperatingSystem, number: int, *, at: datetime = START
    ) -> Node:
        return Node(
            node_id=f"i-{next(self._numbers):017x}",
            operating_system=system,
            tags={tag_key: group, "Name": f"{group}-{number}"},
            launched_at=at - timedelta(days=1),
        )

    def _tag_is_mistyped(self, member: _Member) -> Iterator[Incident]:
        launched_at, corrected_at = datetime(2027, 2, 15, 9, tzinfo=UTC), datetime(2027, 3, 1, 2, tzinfo=UTC)
        like = member.nodes[0]
        (tag_key,) = like.tags.keys() - {"Name"}
        group = like.tags[tag_key]
        mistyped = f"{group}{group[-1]}"
        node = self._node(group, tag_key, like.operating_system, len(member.nodes) + 1)
        node.launched_at = launched_at
        node.tags[tag_key] = mistyped
        member.place.fleet.add(node)

        def correct() -> None:
            node.tags[tag_key] = group

        name = node.tags["Name"]
        yield _incident(member, launched_at, f"{name} is launched, its tag says {mistyped} for {group}")
        yield _incident(member, corrected_at, f"the tag of {name} is corrected", correct)

    def _images_are_renewed(self, member: _Member) -> Iterator[Incident]:
        nodes = list(member.nodes)
        for first_day in _IMAGE_DAYS:
            days = [first_day + timedelta(days=number) for number in range(len(nodes))]
            nodes = [self._successor(node, member.place, day) for node, day in zip(nodes, days, strict=True)]
            member.place.fleet.add(*nodes)
            yield _incident(member, days[0], f"a new image replaces {len(nodes)} nodes, one a day")
            yield from (_incident(member, day, "") for day in days[1:])

    def _successor(self, node: Node, place: SimulatedPlace, day: datetime) -> Node:
        node.stopped_at = day
        (tag_key,) = node.tags.keys() - {"Name"}
        group, _, number = node.tags["Name"].rpartition("-")
        successor = self._node(group, tag_key, node.operating_system, int(number), at=day)
        successor.launched_at = day
        successor.installed = {
            patch.patch_id: Installed(at=day, waits_for_reboot=False)
            for patch in place.fleet.patches.values()
            if patch.operating_system is node.operating_system and patch.published_at < day
        }
        return successor


def _kernel_fails(member: _Member) -> Iterator[Incident]:
    nodes = _linux(member)[:2]
    if not nodes:
        return
    for node in nodes:
        node.refuses.add(bad_kernel_of(node.operating_system))
    yield _incident(member, BAD_KERNEL_AT, f"{BAD_KERNEL} is published, which {_names(nodes)} cannot install")
    yield _incident(member, GOOD_KERNEL_AT, f"{GOOD_KERNEL} replaces {BAD_KERNEL}")


def _agent_dies(member: _Member) -> Iterator[Incident]:
    died_at, repaired_at = datetime(2027, 2, 24, 13, tzinfo=UTC), datetime(2027, 3, 8, 9, tzinfo=UTC)
    node = member.nodes[-1]
    name = node.tags["Name"]

    def die() -> None:
        node.agent_died_at = died_at

    def repair() -> None:
        node.agent_died_at = None

    yield _incident(member, died_at, f"the agent of {name} dies", die)
    yield _incident(member, repaired_at, f"the agent of {name} is started again", repair)


def _reboots_wait(member: _Member) -> Iterator[Incident]:
    begins, ends = datetime(2027, 1, 22, 16, tzinfo=UTC), datetime(2027, 2, 3, 20, tzinfo=UTC)
    urgent = datetime(2027, 1, 29, 10, tzinfo=UTC)
    busy = _linux(member)[:2] or member.nodes[:2]
    by_hand = [node for node in member.nodes if node.operating_system is OperatingSystem.WINDOWS][:2]

    def hold() -> None:
        for node in busy:
            node.suppresses_reboots = True

    def install() -> None:
        for node in by_hand:
            node.installed[OUT_OF_BAND] = Installed(at=urgent, waits_for_reboot=True)

    def let_go() -> None:
        for node in (*busy, *by_hand):
            node.suppresses_reboots = False
            reboot(node)

    yield _incident(member, begins, f"month-end closing: {_names(busy)} must not reboot", hold)
    if by_hand:
        yield _incident(
            member,
            urgent,
            f"{OUT_OF_BAND} is installed by hand on {_names(by_hand)}, without a reboot",
            install,
        )
    yield _incident(member, ends, f"{_names([*busy, *by_hand])} are rebooted", let_go)


def _incident(member: _Member, at: datetime, what: str, do: Callable[[], None] = lambda: None) -> Incident:
    return Incident(at=at, place=member.place, ring=member.ring.name, what=what, do=do)


def _linux(member: _Member) -> list[Node]:
    return [node for node in member.nodes if node.operating_system is not OperatingSystem.WINDOWS]


def _names(nodes: Sequence[Node]) -> str:
    return ", ".join(node.tags["Name"] for node in nodes)
