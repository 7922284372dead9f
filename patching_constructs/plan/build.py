"""From what is deployed to the plan of it."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from patching_constructs.model.estate import Environment, Estate, RingPlan
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Maybe
from patching_constructs.plan.journeys import journeys
from patching_constructs.plan.order import order_answers
from patching_constructs.plan.plan import Plan, PlannedQuota, PlannedRing, PlannedWindow
from patching_constructs.rollout.by_environment import by_environment
from patching_constructs.rollout.collisions import window_traffic
from patching_constructs.rollout.openings import opening_times
from patching_constructs.rollout.patch_tuesday import patch_tuesdays
from patching_constructs.rollout.quota_use import quota_use_of
from patching_constructs.rollout.ring_exposure import ring_exposure
from patching_constructs.rollout.ring_plans import ring_plans, unringed_plans
from patching_constructs.rollout.ring_proof import prove_ring_order
from patching_constructs.rollout.span import Span
from patching_constructs.rules.acknowledgements import JudgedFinding
from patching_constructs.rules.estate import CheckOptions
from patching_constructs.rules.wording import window_name

_Alike: TypeAlias = tuple[str, ScheduleRecord, Maybe[int], Maybe[int]]
"""What windows have in common that differ in nothing but their account and Region."""


def build_plan(
    estate: Estate, options: CheckOptions, *, findings: Sequence[JudgedFinding], today: dt.date
) -> Plan:
    """Plan what an estate will do.

    Args:
        estate: What is deployed; where templates leave conditions open, in one of the ways.
        options: What the check of the estate depended on.
        findings: What it found, in the order in which a reader wants it.
        today: The day on which the plan is made.
    """
    horizon = options.horizon
    rings = ring_plans(estate, options.rings, production=options.production)
    proofs = prove_ring_order(
        rings, horizon=horizon, visibility_lag=options.visibility_lag, freezes=options.freezes
    )
    return Plan(
        horizon=horizon,
        today=today,
        assumptions=estate.assumptions,
        freezes=options.freezes,
        rings=tuple(_planned_ring(ring, options) for ring in (*rings, *unringed_plans(estate, rings))),
        order=tuple(order_answers(proofs)),
        quotas=tuple(_quotas(estate, options)),
        findings=tuple(findings),
        patch_tuesdays=patch_tuesdays(horizon),
    )


def _planned_ring(ring: RingPlan, options: CheckOptions) -> PlannedRing:
    exposure = ring_exposure(ring, options.horizon, freezes=options.freezes)
    return PlannedRing(
        ring=ring,
        windows=tuple(_windows(ring, options.horizon)),
        exposure=exposure,
        promises=options.promises.get(ring.name, ()),
        journeys=journeys(exposure),
    )


def _windows(ring: RingPlan, horizon: Span) -> Iterator[PlannedWindow]:
    first: dict[_Alike, WindowRecord] = {}
    operations: dict[_Alike, dict[PatchOperation, None]] = {}
    environments: dict[_Alike, dict[Environment, None]] = {}
    for operation in (PatchOperation.INSTALL, PatchOperation.SCAN):
        installs = operation is PatchOperation.INSTALL
        for member in ring.members:
            environment = Environment(account=member.account, region=member.region)
            for window in member.install_windows if installs else member.scan_windows:
                key = (window_name(window), window.schedule, window.duration_hours, window.cutoff_hours)
                first.setdefault(key, window)
                operations.setdefault(key, {})[operation] = None
                environments.setdefault(key, {})[environment] = None
    for key, window in first.items():
        yield PlannedWindow(
            name=window_name(window),
            operations=tuple(operations[key]),
            schedule=window.schedule,
            duration_hours=window.duration_hours,
            cutoff_hours=window.cutoff_hours,
            openings=opening_times(window.schedule, window.duration_hours, horizon),
            environments=tuple(environments[key]),
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
    yield from fullest.values()
