"""From what is deployed to the plan of it."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from patching_constructs.analysis.account_quota_use import AccountQuotaUse, account_quota_use
from patching_constructs.analysis.association_windows import association_windows
from patching_constructs.analysis.by_environment import by_environment
from patching_constructs.analysis.collisions import window_traffic
from patching_constructs.analysis.costs.costs import Costs, costs_of
from patching_constructs.analysis.costs.estate_units import billable_units
from patching_constructs.analysis.costs.window_units import CostAssumptions
from patching_constructs.analysis.patch_operation import patch_operation
from patching_constructs.analysis.quota_use import quota_use_of
from patching_constructs.analysis.ring_exposure import ring_exposure
from patching_constructs.analysis.ring_plans import ring_plans, unringed_plans
from patching_constructs.analysis.ring_proof import prove_ring_order
from patching_constructs.model.estate import Environment, Estate, RingPlan, WindowAt
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Maybe
from patching_constructs.model.wording import window_name
from patching_constructs.plan.journeys import journeys
from patching_constructs.plan.order import order_answers
from patching_constructs.plan.plan import Plan, PlannedQuota, PlannedRing, PlannedWindow
from patching_constructs.rules.acknowledged_findings import JudgedFinding
from patching_constructs.rules.estate import CheckOptions
from patching_constructs.schedules.openings import opening_times
from patching_constructs.schedules.patch_tuesday import patch_tuesdays
from patching_constructs.schedules.span import Span

# Part of a quota of the account from which a plan lists it; most of them are never nearly used up.
_WORTH_LISTING = 0.1

# What windows have in common that differ in nothing but their account and Region.
_GroupKey: TypeAlias = tuple[str, ScheduleRecord, Maybe[int], Maybe[int], tuple[PatchOperation, ...]]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A window, where it is, and what it does there."""

    window: WindowRecord
    environment: Environment
    operations: tuple[PatchOperation, ...]


def build_plan(
    estate: Estate,
    options: CheckOptions,
    *,
    findings: Sequence[JudgedFinding],
    today: dt.date,
    cost_assumptions: CostAssumptions | None = None,
) -> Plan:
    """Plan what an estate will do.

    Args:
        estate: What is deployed; where templates leave conditions open, in one of the ways.
        options: What the check of the estate depended on; without prices costs are in units alone.
        findings: What it found, in the order in which a reader wants it.
        today: The day on which the plan is made.
        cost_assumptions: What the costs take for granted. Default: our own assumptions.
    """
    horizon = options.horizon
    rings = ring_plans(estate, options.rings, production=options.production)
    shown = (*rings, *unringed_plans(estate, rings))
    proofs = prove_ring_order(
        rings, horizon=horizon, visibility_lag=options.visibility_lag, freezes=options.freezes
    )
    return Plan(
        horizon=horizon,
        today=today,
        assumptions=estate.assumptions,
        freezes=options.freezes,
        rings=tuple(_planned_ring(ring, options) for ring in shown),
        other_windows=tuple(_other_windows(estate, shown, horizon)),
        order=tuple(order_answers(proofs)),
        quotas=tuple(_quotas(estate, options)),
        costs=_costs(estate, options, cost_assumptions or CostAssumptions()),
        findings=tuple(findings),
        patch_tuesdays=patch_tuesdays(horizon),
    )


def _costs(estate: Estate, options: CheckOptions, assumptions: CostAssumptions) -> Costs:
    uses = billable_units(
        estate, horizon=options.horizon, node_counts=options.node_counts, assumptions=assumptions
    )
    return costs_of(uses, options.prices, assumptions=assumptions)


def _planned_ring(ring: RingPlan, options: CheckOptions) -> PlannedRing:
    exposure = ring_exposure(ring, options.horizon, freezes=options.freezes)
    return PlannedRing(
        ring=ring,
        windows=tuple(_windows(ring, options.horizon)),
        exposure=exposure,
        promises=options.promises_of(ring),
        journeys=journeys(exposure),
    )


def _windows(ring: RingPlan, horizon: Span) -> Iterator[PlannedWindow]:
    operations: dict[tuple[int, Environment], set[PatchOperation]] = {}
    windows: dict[tuple[int, Environment], WindowRecord] = {}
    for member in ring.members:
        environment = Environment(account=member.account, region=member.region)
        for operation, several in (
            (PatchOperation.INSTALL, member.install_windows),
            (PatchOperation.SCAN, member.scan_windows),
        ):
            for window in several:
                windows[id(window), environment] = window
                operations.setdefault((id(window), environment), set()).add(operation)
    return _joined(
        [_Placed(window, key[1], _in_order(operations[key])) for key, window in windows.items()], horizon
    )


def _other_windows(estate: Estate, rings: Sequence[RingPlan], horizon: Span) -> Iterator[PlannedWindow]:
    """Yield the windows that patch, or may patch, but no member of `rings`."""
    shown = {
        key
        for ring in rings
        for member in ring.members
        for window in (*member.install_windows, *member.scan_windows)
        for key in (id(window), window.location)
    }
    found = [_placed(window) for window in estate.windows if id(window.record) not in shown]
    found += [
        _placed(association)
        for association in association_windows(estate.resources)
        if association.record.location not in shown
    ]
    return _joined([placed for placed in found if placed is not None], horizon)


def _placed(window: WindowAt) -> _Placed | None:
    """Return what a window does; None if it certainly does not patch."""
    does = [patch_operation(task) for task in window.record.tasks]
    if all(operation is None for operation in does):
        return None
    return _Placed(window.record, window.environment, _in_order(does))


def _in_order(operations: Iterable[Maybe[PatchOperation] | None]) -> tuple[PatchOperation, ...]:
    found = set(operations)
    return tuple(each for each in (PatchOperation.INSTALL, PatchOperation.SCAN) if each in found)


def _joined(windows: Iterable[_Placed], horizon: Span) -> Iterator[PlannedWindow]:
    """Join windows that differ in nothing but their account and Region, and put those that install first."""
    grouped: dict[_GroupKey, dict[Environment, None]] = {}
    for placed in sorted(windows, key=lambda each: PatchOperation.INSTALL not in each.operations):
        window = placed.window
        key = (
            window_name(window),
            window.schedule,
            window.duration_hours,
            window.cutoff_hours,
            placed.operations,
        )
        grouped.setdefault(key, {})[placed.environment] = None
    for (name, schedule, duration_hours, cutoff_hours, operations), environments in grouped.items():
        yield PlannedWindow(
            name=name,
            operations=operations,
            schedule=schedule,
            duration_hours=duration_hours,
            cutoff_hours=cutoff_hours,
            openings=opening_times(schedule, duration_hours, horizon),
            environments=tuple(environments),
        )


def _quotas(estate: Estate, options: CheckOptions) -> Iterator[PlannedQuota]:
    """Yield each quota where the most of it is used."""
    fullest: dict[str, PlannedQuota] = {}
    for part in by_environment(estate):
        traffic = window_traffic([window.record for window in part.windows], options.horizon)
        for use in quota_use_of(
            part,
            traffic=traffic,
            node_counts=options.node_counts,
            window_quotas=options.quotas,
            quotas=options.systems_manager_quotas,
        ):
            if use.name not in fullest or use.used > fullest[use.name].use.used:
                fullest[use.name] = PlannedQuota(use=use, environment=part.environment)
    for of_account in account_quota_use(estate.resources, options.account_quotas):
        planned = _planned_account_quota(of_account)
        before = fullest.get(planned.use.name)
        if planned.share >= _WORTH_LISTING and (before is None or planned.share > before.share):
            fullest[planned.use.name] = planned
    yield from fullest.values()


def _planned_account_quota(found: AccountQuotaUse) -> PlannedQuota:
    where = found.environment
    return PlannedQuota(
        use=found.use,
        environment=replace(where, region="all Regions") if found.quota.of_all_regions else where,
    )
