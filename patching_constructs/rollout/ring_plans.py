"""Which rings an estate amounts to."""

import fnmatch
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from patching_constructs.model.estate import BaselineAt, Environment, Estate, RingMember, RingPlan, WindowAt
from patching_constructs.model.maintenance_window import TargetRecord, WindowRecord
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_group import PatchGroupTagKey
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.unknown import Maybe, T, Unknown
from patching_constructs.rollout.patch_operation import patching_tasks

_PATCH_GROUP_KEYS = {f"tag:{key}" for key in PatchGroupTagKey}


@dataclass(frozen=True, kw_only=True, slots=True)
class RingChoice:
    """A ring as somebody names it who knows the fleet.

    Attributes:
        name: Name of the ring.
        glob: Pattern for the names of its patch groups, or None for the one group that is called as the ring.
    """

    name: str
    glob: str | None = None

    def holds(self, patch_group: str) -> bool:
        """Tell whether the ring has the patch group; upper and lower case differ, as they do in tags."""
        if self.glob is None:
            return patch_group == self.name
        return fnmatch.fnmatchcase(patch_group, self.glob)


class _WindowIndex:
    """Windows by the patch groups that they target, and by where they are."""

    def __init__(self, windows: Iterable[WindowAt]) -> None:
        self._windows: dict[str, dict[Environment, list[WindowRecord]]] = {}
        for window in windows:
            for group in targeted_groups(window.record):
                by_environment = self._windows.setdefault(group, {})
                by_environment.setdefault(window.environment, []).append(window.record)

    @property
    def groups(self) -> frozenset[str]:
        """All patch groups that a window targets."""
        return frozenset(self._windows)

    def windows(self, patch_group: str, environment: Environment) -> list[WindowRecord]:
        """Return the windows on the group; where `environment` itself has none, those that may be there."""
        by_environment = self._windows.get(patch_group, {})
        own = by_environment.get(environment)
        if own is not None:
            return own
        return [
            window
            for other, windows in by_environment.items()
            if environment.may_be(other)
            for window in windows
        ]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Registration:
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
    index = _WindowIndex(estate.windows)
    members: dict[str, list[RingMember]] = {}
    for registration in _registrations(estate):
        if registration.patch_group not in ringed:
            members.setdefault(registration.patch_group, []).append(_member(registration, index))
    return tuple(
        RingPlan(name=group, order=0, groups=(group,), members=tuple(found))
        for group, found in members.items()
    )


def patch_groups_of(estate: Estate) -> frozenset[str]:
    """Return the names of all patch groups that baselines register or windows target."""
    registered = {registration.patch_group for registration in _registrations(estate)}
    return _WindowIndex(estate.windows).groups | registered


def targeted_groups(window: WindowRecord) -> frozenset[str]:
    """Return the patch groups that the targets of a window name."""
    return frozenset().union(*(_groups(target) for target in window.targets))


def _chosen(estate: Estate, choices: Sequence[RingChoice]) -> list[RingPlan]:
    registrations = list(_registrations(estate))
    index = _WindowIndex(estate.windows)
    groups = sorted(index.groups.union(registration.patch_group for registration in registrations))
    plans = []
    for order, choice in enumerate(choices, start=1):
        held = tuple(group for group in groups if choice.holds(group))
        members = tuple(
            _member(registration, index) for registration in registrations if registration.patch_group in held
        )
        plans.append(RingPlan(name=choice.name, order=order, groups=held, members=members))
    return plans


def _marked(estate: Estate) -> list[RingPlan]:
    windows_by_ring: dict[tuple[str, int, str], list[WindowAt]] = {}
    for window in estate.windows:
        tags, metadata = window.tag_marks, window.metadata_marks
        rollout, ring, order = (
            _first_known(tags.rollout, metadata.rollout),
            _first_known(tags.ring, metadata.ring),
            _first_known(tags.ring_order, metadata.ring_order),
        )
        if rollout is not None and ring is not None and order is not None:
            windows_by_ring.setdefault((rollout, order, ring), []).append(window)

    registrations_by_group: dict[str, list[_Registration]] = {}
    for registration in _registrations(estate):
        registrations_by_group.setdefault(registration.patch_group, []).append(registration)
    plans = []
    for (rollout, order, ring), windows in sorted(windows_by_ring.items(), key=lambda item: item[0]):
        index = _WindowIndex(windows)
        groups = sorted(index.groups)
        found = (
            _member(registration, index)
            for group in groups
            for registration in registrations_by_group.get(group, ())
        )
        soaks = [_first_known(window.metadata_marks.soak_hours) for window in windows]
        plans.append(
            RingPlan(
                name=ring,
                order=order,
                production=any(window.metadata_marks.production is True for window in windows),
                soak_hours=max((soak for soak in soaks if soak is not None), default=None),
                groups=tuple(groups),
                members=tuple(member for member in found if member.install_windows or member.scan_windows),
                promised=True,
                rollout=rollout,
            )
        )
    return plans


def _member(registration: _Registration, index: _WindowIndex) -> RingMember:
    windows = index.windows(registration.patch_group, registration.baseline.environment)
    by_operation = {
        operation: tuple(
            window for window in windows if _works_on(window, registration.patch_group, operation)
        )
        for operation in PatchOperation
    }
    baseline = registration.baseline
    return RingMember(
        patch_group=registration.patch_group,
        account=baseline.environment.account,
        region=baseline.environment.region,
        operating_system=registration.operating_system,
        baseline=baseline.record,
        install_windows=by_operation[PatchOperation.INSTALL],
        scan_windows=by_operation[PatchOperation.SCAN],
        location=baseline.record.location,
    )


def _works_on(window: WindowRecord, patch_group: str, operation: PatchOperation) -> bool:
    return any(
        patch_group in _groups(target)
        for task in patching_tasks(window, operation)
        for target in task.targets
    )


def _groups(target: TargetRecord) -> frozenset[str]:
    if isinstance(target.targets, Unknown):
        return frozenset()
    return frozenset(
        value
        for key, values in target.targets
        if key in _PATCH_GROUP_KEYS and not isinstance(values, Unknown)
        for value in values
        if not isinstance(value, Unknown)
    )


def _registrations(estate: Estate) -> Iterable[_Registration]:
    for baseline in estate.baselines:
        name = baseline.record.operating_system
        groups = baseline.record.patch_groups
        if isinstance(groups, Unknown) or isinstance(name, Unknown):
            continue
        if name is not None and name not in set(OperatingSystem):
            continue
        operating_system = OperatingSystem.WINDOWS if name is None else OperatingSystem(name)
        for group in groups:
            if not isinstance(group, Unknown):
                yield _Registration(patch_group=group, baseline=baseline, operating_system=operating_system)


def _first_known(*values: Maybe[T] | None) -> T | None:
    return next((value for value in values if value is not None and not isinstance(value, Unknown)), None)
