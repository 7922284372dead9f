"""What is compared: templates as they were or as they will be, with the plan of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from patching_constructs.model.estate import Estate, RingPlan
from patching_constructs.model.location import Location
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.plan.plan import Plan, PlannedRing

RingName: TypeAlias = tuple[str, str]
"""Rollout and name of a ring."""


@dataclass(frozen=True, kw_only=True)
class State:
    """Templates as they were or as they will be.

    Attributes:
        estate: What they deploy, in one of the ways in which they can be deployed.
        plan: The plan of it.
        root: The path from which they were read, as stacks that are named after templates have it.
    """

    estate: Estate
    plan: Plan
    root: str = ""

    @cached_property
    def _rings_by_window(self) -> dict[int | Location, dict[RingName, None]]:
        found: dict[int | Location, dict[RingName, None]] = {}
        for planned in self._rings:
            for member in planned.ring.members:
                for window in (*member.install_windows, *member.scan_windows):
                    for key in (id(window), window.location):
                        if key is not None:
                            found.setdefault(key, {})[ring_name(planned.ring)] = None
        return found

    def rings_of(self, window: WindowRecord) -> tuple[RingName, ...]:
        """Return the rings that a window works for, or an association that is seen as one."""
        found = self._rings_by_window
        names = found.get(id(window))
        if names is None and window.location is not None:
            names = found.get(window.location)
        return tuple(names or ())

    @cached_property
    def rings_of_baselines(self) -> dict[int, tuple[RingName, ...]]:
        """The rings whose nodes have each baseline, by the identity of its record."""
        found: dict[int, dict[RingName, None]] = {}
        for planned in self._rings:
            for member in planned.ring.members:
                found.setdefault(id(member.baseline), {})[ring_name(planned.ring)] = None
        return {record: tuple(names) for record, names in found.items()}

    @property
    def _rings(self) -> Iterator[PlannedRing]:
        """The rings, without patch groups that are in none."""
        return (planned for planned in self.plan.rings if planned.has_order)


def ring_title(planned: PlannedRing) -> str:
    """Write what a ring is called, or a patch group that is in none."""
    return f"{'ring' if planned.has_order else 'patch group'} {planned.ring.name}"


def ring_name(ring: RingPlan) -> RingName:
    """Return what identifies a ring."""
    return ring.rollout, ring.name
