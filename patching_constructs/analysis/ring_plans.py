"""Derive the rings of an estate."""

import fnmatch
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from patching_constructs.analysis.association_windows import association_windows
from patching_constructs.analysis.environment_index import EnvironmentIndex
from patching_constructs.analysis.group_windows import GroupWindows, windows_of_group
from patching_constructs.analysis.patch_operation import patching_tasks
from patching_constructs.model.estate import (
    BaselineAt,
    Estate,
    RingMember,
    RingPlan,
    UnregisteredGroup,
    WindowAt,
)
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.promises import Promise
from patching_constructs.model.unknown import Maybe, T, Unknown

_OPERATING_SYSTEMS = frozenset(OperatingSystem)


@dataclass(frozen=True, kw_only=True, slots=True)
class RingChoice:
    """A ring as the user names it.

    Attributes:
        name: Name of the ring.
        glob: Pattern for the names of its patch groups, or None for the one group that is called as the ring.
    """

    name: str
    glob: str | None = None

    def holds(self, patch_group: str) -> bool:
        """Return whether the ring has the patch group; upper and lower case differ, as they do in tags."""
        if self.glob is None:
            return patch_group == self.name
        return fnmatch.fnmatchcase(patch_group, self.glob)


@dataclass(frozen=True, kw_only=True, slots=True)
class _GroupBaseline:
    """A patch group on a baseline whose operating system is known."""

    patch_group: str
    baseline: BaselineAt
    operating_system: OperatingSystem


def ring_plans(
    estate: Estate, choices: Sequence[RingChoice] = (), *, production: Sequence[str] = ()
) -> tuple[RingPlan, ...]:
    """Return the rings, earliest first.

    Args:
        estate: What is deployed.
        choices: The rings, earliest first. Default: what our constructs have marked on their windows.
        production: Names of the rings that are production. Default: what is marked so, or else the last ring
            of each rollout, with marks the last that installs.
    """
    plans = _chosen(estate, choices) if choices else _marked(estate)
    if production:
        return tuple(replace(plan, production=plan.name in production) for plan in plans)
    marked = {plan.rollout for plan in plans if plan.production}
    last = {
        plan.rollout: plan.name
        for plan in plans
        if choices or any(member.install_windows for member in plan.members)
    }
    return tuple(
        plan if plan.rollout in marked else replace(plan, production=last.get(plan.rollout) == plan.name)
        for plan in plans
    )


def unringed_plans(estate: Estate, rings: Iterable[RingPlan]) -> tuple[RingPlan, ...]:
    """Return a plan for every patch group that is in none of `rings`, each by itself and without an order."""
    ringed = {group for ring in rings for group in ring.groups}
    index = GroupWindows(_all_windows(estate))
    members: dict[str, list[RingMember]] = {}
    for registration in _registrations(estate):
        if registration.patch_group not in ringed:
            members.setdefault(registration.patch_group, []).extend(_members(registration, [index]))
    return tuple(
        RingPlan(name=group, order=0, groups=(group,), members=tuple(found))
        for group, found in members.items()
    )


def patch_groups_of(estate: Estate) -> frozenset[str]:
    """Return the names of all patch groups that baselines register or windows target."""
    registered = {registration.patch_group for registration in _registrations(estate)}
    return GroupWindows(_all_windows(estate)).groups | registered


def _all_windows(estate: Estate) -> list[WindowAt]:
    return [*estate.windows, *association_windows(estate.resources)]


def _chosen(estate: Estate, choices: Sequence[RingChoice]) -> list[RingPlan]:
    registrations = list(_registrations(estate))
    index = GroupWindows(_all_windows(estate))
    groups = sorted(index.groups.union(registration.patch_group for registration in registrations))
    plans = []
    for order, choice in enumerate(choices, start=1):
        held = tuple(group for group in groups if choice.holds(group))
        of_ring = [registration for registration in registrations if registration.patch_group in held]
        plans.append(
            RingPlan(
                name=choice.name,
                order=order,
                groups=held,
                members=tuple(member for each in of_ring for member in _members(each, [index])),
                unregistered=tuple(_unregistered(held, index, of_ring)),
            )
        )
    return plans


def _marked(estate: Estate) -> list[RingPlan]:
    windows_by_ring: dict[tuple[str, int, str], list[WindowAt]] = {}
    unmarked = list(association_windows(estate.resources))
    for window in estate.windows:
        tags, metadata = window.tag_marks, window.metadata_marks
        rollout, ring, order = (
            _first_known(tags.rollout, metadata.rollout),
            _first_known(tags.ring, metadata.ring),
            _first_known(tags.ring_order, metadata.ring_order),
        )
        if rollout is not None and ring is not None and order is not None:
            windows_by_ring.setdefault((rollout, order, ring), []).append(window)
        else:
            unmarked.append(window)

    registrations_by_group: dict[str, list[_GroupBaseline]] = {}
    for registration in _registrations(estate):
        registrations_by_group.setdefault(registration.patch_group, []).append(registration)
    outside = GroupWindows(unmarked)
    plans = []
    for (rollout, order, ring), windows in sorted(windows_by_ring.items(), key=lambda item: item[0]):
        index = GroupWindows(windows)
        groups = sorted(index.groups)
        of_ring = [
            registration
            for group in groups
            for registration in registrations_by_group.get(group, ())
            if index.windows(group, registration.baseline.environment)
        ]
        found = (member for each in of_ring for member in _members(each, [index, outside]))
        soaks = [_first_known(window.metadata_marks.soak_hours) for window in windows]
        plans.append(
            RingPlan(
                name=ring,
                order=order,
                production=any(window.metadata_marks.production is True for window in windows),
                soak_hours=max((soak for soak in soaks if soak is not None), default=None),
                groups=tuple(groups),
                members=tuple(member for member in found if member.install_windows or member.scan_windows),
                unregistered=tuple(_unregistered(groups, index, of_ring)),
                promised=True,
                rollout=rollout,
                promises=tuple(_promises(windows)),
            )
        )
    return plans


def _promises(windows: Iterable[WindowAt]) -> Iterator[Promise]:
    """Yield each promise that is marked on the windows of a ring once, as far as it is known."""
    known: list[Promise] = []
    for window in windows:
        marked = window.metadata_marks.promises
        for promise in () if marked is None or isinstance(marked, Unknown) else marked:
            if not isinstance(promise, Unknown) and promise not in known:
                known.append(promise)
                yield promise


def _unregistered(
    groups: Iterable[str], index: GroupWindows, registrations: Sequence[_GroupBaseline]
) -> Iterator[UnregisteredGroup]:
    """Yield the groups that windows patch where no baseline registers them."""
    registered: dict[str, EnvironmentIndex[BaselineAt]] = {}
    for registration in registrations:
        baseline = registration.baseline
        registered.setdefault(registration.patch_group, EnvironmentIndex()).add(
            baseline.environment, baseline
        )
    for group in groups:
        for environment in index.environments(group):
            if group in registered and any(registered[group].perhaps_at(environment)):
                continue
            patching = [
                window
                for window in index.windows(group, environment)
                if patching_tasks(window, PatchOperation.INSTALL)
            ]
            if patching:
                yield UnregisteredGroup(patch_group=group, location=patching[0].location)


def _members(registration: _GroupBaseline, indexes: Iterable[GroupWindows]) -> Iterator[RingMember]:
    """Yield the nodes of a registration, once for each part of them that is patched in the same way."""
    baseline = registration.baseline
    windows = windows_of_group(
        [
            window
            for index in indexes
            for window in index.windows(registration.patch_group, baseline.environment)
        ],
        registration.patch_group,
        registration.operating_system,
    )
    for install_windows in windows.install or ((),):
        yield RingMember(
            patch_group=registration.patch_group,
            account=baseline.environment.account,
            region=baseline.environment.region,
            operating_system=registration.operating_system,
            baseline=baseline.record,
            install_windows=install_windows,
            scan_windows=windows.scan,
            unknown_windows=windows.unknown,
            location=baseline.record.location,
        )


def _registrations(estate: Estate) -> Iterable[_GroupBaseline]:
    for baseline in estate.baselines:
        name = baseline.record.operating_system
        groups = baseline.record.patch_groups
        if isinstance(groups, Unknown) or isinstance(name, Unknown):
            continue
        if name is not None and name not in _OPERATING_SYSTEMS:
            continue
        operating_system = OperatingSystem.WINDOWS if name is None else OperatingSystem(name)
        for group in groups:
            if not isinstance(group, Unknown):
                yield _GroupBaseline(patch_group=group, baseline=baseline, operating_system=operating_system)


def _first_known(*values: Maybe[T] | None) -> T | None:
    return next((value for value in values if value is not None and not isinstance(value, Unknown)), None)
