"""Which rings are compared: each with the nearest earlier ring that installs on the operating system."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from patching_constructs.model.estate import RingMember, RingPlan
from patching_constructs.model.operating_system import OperatingSystem


@dataclass(frozen=True, kw_only=True, slots=True)
class RingPair:
    """What is compared.

    Attributes:
        later: The later ring.
        earlier: The nearest rings before it that install on this operating system; more than one if they have
            the same order.
        operating_system: The operating system.
        later_members: Its nodes in the later ring.
        earlier_members: Its nodes in the earlier rings.
    """

    later: RingPlan
    earlier: tuple[RingPlan, ...]
    operating_system: OperatingSystem
    later_members: tuple[RingMember, ...]
    earlier_members: tuple[RingMember, ...]

    @property
    def earlier_name(self) -> str:
        """Names of the earlier rings."""
        return " and ".join(ring.name for ring in self.earlier)

    @property
    def soak(self) -> timedelta | None:
        """The longest soak that is declared after the earlier rings."""
        hours = [ring.soak_hours for ring in self.earlier if ring.soak_hours is not None]
        return timedelta(hours=max(hours)) if hours else None


def ring_pairs(rings: Sequence[RingPlan]) -> Iterator[RingPair]:
    """Pair each ring and operating system with the nearest earlier rings that install on it."""
    in_order = sorted(rings, key=lambda ring: (ring.rollout, ring.order))
    for _, rollout in groupby(in_order, key=lambda ring: ring.rollout):
        nearest: dict[OperatingSystem, tuple[RingPlan, ...]] = {}
        for _, level in groupby(rollout, key=lambda ring: ring.order):
            parallel = tuple(level)
            installing: dict[OperatingSystem, tuple[RingPlan, ...]] = {}
            for ring in parallel:
                for system in dict.fromkeys(member.operating_system for member in ring.members):
                    members = _members((ring,), system)
                    if any(member.install_windows for member in members):
                        installing[system] = (*installing.get(system, ()), ring)
                    earlier = nearest.get(system, ())
                    yield RingPair(
                        later=ring,
                        earlier=earlier,
                        operating_system=system,
                        later_members=members,
                        earlier_members=_members(earlier, system),
                    )
            nearest |= installing


def _members(rings: Sequence[RingPlan], system: OperatingSystem) -> tuple[RingMember, ...]:
    return tuple(member for ring in rings for member in ring.members if member.operating_system is system)
