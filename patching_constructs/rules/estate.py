"""All rules over everything that a set of templates deploys. The command line and the CDK plugin ask here."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache, partial

from patching_constructs.analysis.by_environment import EnvironmentPart, by_environment
from patching_constructs.analysis.collisions import window_traffic
from patching_constructs.analysis.costs.costs import costs_of
from patching_constructs.analysis.costs.estate_units import billable_units
from patching_constructs.analysis.costs.price_list import PriceList
from patching_constructs.analysis.costs.window_units import CostAssumptions
from patching_constructs.analysis.quota_use import quota_use_of
from patching_constructs.analysis.ring_exposure import ring_exposure
from patching_constructs.analysis.ring_plans import RingChoice, ring_plans, unringed_plans
from patching_constructs.analysis.tagged_nodes import node_tags
from patching_constructs.model.account_quotas import NEW_ACCOUNT_QUOTAS, AccountQuotas
from patching_constructs.model.cost_budget import CostBudget
from patching_constructs.model.estate import (
    BaselineAt,
    Estate,
    RingPlan,
    WindowAt,
)
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.location import Location
from patching_constructs.model.maintenance_window_limits import AWS_QUOTAS, MaintenanceWindowQuotas
from patching_constructs.model.patch_baseline import PatchBaselineRecord
from patching_constructs.model.promises import Promise
from patching_constructs.model.systems_manager_quotas import (
    AWS_SYSTEMS_MANAGER_QUOTAS,
    SystemsManagerQuotas,
)
from patching_constructs.model.track import Track, untracked
from patching_constructs.rules.accounts.account_quotas import check_account_quotas, check_lambda_concurrency
from patching_constructs.rules.accounts.cost_budget import check_cost_budget
from patching_constructs.rules.accounts.policy_sizes import check_policy_sizes
from patching_constructs.rules.accounts.systems_manager_quotas import check_quota_use
from patching_constructs.rules.alarms.chat_channels import check_chat_channels
from patching_constructs.rules.alarms.cloudwatch_alarms import check_alarms
from patching_constructs.rules.baselines.group_coverage import check_group_coverage
from patching_constructs.rules.baselines.patch_baseline import check_patch_baseline
from patching_constructs.rules.baselines.patch_baseline_warnings import (
    check_shared_with_production,
    warn_about_patch_baseline,
)
from patching_constructs.rules.baselines.patch_group_tags import check_patch_group_tags
from patching_constructs.rules.baselines.registrations import check_registrations
from patching_constructs.rules.located import locate_in_window, with_location
from patching_constructs.rules.rings.exposure import check_exposure
from patching_constructs.rules.rings.promises import check_promised_rings
from patching_constructs.rules.rings.ring_choices import check_ring_choices
from patching_constructs.rules.rings.ring_order import DEFAULT_VISIBILITY_LAG, check_ring_order
from patching_constructs.rules.rings.unproven_order import check_ring_warnings
from patching_constructs.rules.template import check_template
from patching_constructs.rules.windows.agent_updates import check_agent_updates, groups_with_snap_agents
from patching_constructs.rules.windows.associations import check_associations
from patching_constructs.rules.windows.collisions import check_collisions
from patching_constructs.rules.windows.maintenance_window import check_maintenance_window
from patching_constructs.rules.windows.marks import check_marks
from patching_constructs.rules.windows.output_places import check_output_places
from patching_constructs.rules.windows.quick_setup import check_patch_policies
from patching_constructs.rules.windows.scans import check_production_scans, check_scanned_and_patched
from patching_constructs.rules.windows.window_output import check_output_bucket_of_roles
from patching_constructs.rules.windows.window_roles import check_window_roles
from patching_constructs.rules.windows.window_runs import (
    DEFAULT_MINUTES_PER_NODE,
    check_fleet_time,
    check_window_runs,
)
from patching_constructs.rules.windows.window_warnings import warn_about_maintenance_window
from patching_constructs.schedules.span import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckOptions:
    """What the check of an estate depends on besides the estate.

    Attributes:
        horizon: The time that is looked at; what is past its end of life is judged at its beginning.
        rings: The rings, earliest first. Default: what our constructs have marked.
        production: Names of the rings that are production. Default: the last ring.
        visibility_lag: How much later than published nodes may see a patch; zero turns the margin off.
        freezes: Times in which nothing may be installed.
        promises: Longest exposures that are promised, by the name of the ring or of a patch group that is in
            none; they come on top of those in the templates.
        promises_for_all: Longest exposures that are promised for every ring, and every group that is in none.
        node_counts: How many nodes each patch group has, where that is known.
        minutes_per_node: Minutes that one node takes to install and reboot.
        budget: The most that fixed costs may be, or None if there is no limit.
        prices: What things cost; only a budget needs it.
        quotas: How many windows, targets and tasks AWS accepts.
        systems_manager_quotas: How much else of Systems Manager AWS accepts.
        account_quotas: How much else AWS accepts in an account.
    """

    horizon: Span
    rings: tuple[RingChoice, ...] = ()
    production: tuple[str, ...] = ()
    visibility_lag: timedelta = DEFAULT_VISIBILITY_LAG
    freezes: tuple[Freeze, ...] = ()
    promises: Mapping[str, tuple[Promise, ...]] = field(default_factory=dict)
    promises_for_all: tuple[Promise, ...] = ()
    node_counts: Mapping[str, int] = field(default_factory=dict)
    minutes_per_node: int = DEFAULT_MINUTES_PER_NODE
    budget: CostBudget | None = None
    prices: PriceList = field(default_factory=PriceList)
    quotas: MaintenanceWindowQuotas = AWS_QUOTAS
    systems_manager_quotas: SystemsManagerQuotas = AWS_SYSTEMS_MANAGER_QUOTAS
    account_quotas: AccountQuotas = NEW_ACCOUNT_QUOTAS

    def promises_of(self, ring: RingPlan) -> tuple[Promise, ...]:
        """Return each promise for a ring once: that of its templates, and then what is asked besides.

        Nothing takes a promise of the templates back: where two differ, both are judged.
        """
        reported: list[Promise] = []
        for promise in (*ring.promises, *self.promises_for_all, *self.promises.get(ring.name, ())):
            if promise not in reported:
                reported.append(promise)
        return tuple(reported)


def check_estates(
    estates: Sequence[Estate], options: CheckOptions, *, track: Track = untracked
) -> list[Finding]:
    """Check every way in which the same templates can be deployed; each finding is reported once."""
    found: dict[Finding, list[Estate]] = {}
    for estate in estates:
        for finding in dict.fromkeys(check_estate(estate, options, track=track)):
            found.setdefault(finding, []).append(estate)
    return [
        finding if len(holders) == len(estates) else _under_assumptions(finding, holders)
        for finding, holders in found.items()
    ]


def check_estate(estate: Estate, options: CheckOptions, *, track: Track = untracked) -> Iterator[Finding]:
    """Check what is deployed in one way. A rule that fails is a finding, and no other rule is left out."""
    for step in track(list(_steps(estate, options)), "checking"):
        yield from step()


def _steps(estate: Estate, options: CheckOptions) -> Iterator[Callable[[], list[Finding]]]:
    yield partial(_run, check_template, estate)
    for baseline in estate.baselines:
        location = baseline.record.location
        yield partial(_run, _check_baseline, baseline, options, location=location)
    for window in estate.windows:
        yield partial(_run, _check_window, window, options, location=window.record.location)
    for part in by_environment(estate):
        for rule in (_check_windows_together, _check_patch_groups):
            yield partial(_run, rule, part, options)
    yield partial(_run, check_registrations, estate.baselines)
    yield partial(_run, check_patch_policies, estate.windows, estate.resources)
    yield partial(_run, check_window_roles, estate.windows, estate.resources)
    yield partial(_run, check_output_bucket_of_roles, estate.windows, estate.resources)
    for of_account in (check_policy_sizes, check_account_quotas, check_lambda_concurrency):
        yield partial(_run, of_account, estate.resources, options.account_quotas)
    yield partial(_run, check_alarms, estate.resources)
    yield partial(_run, check_chat_channels, estate.resources)
    yield partial(_run, check_associations, estate.resources)
    yield partial(_run, _check_rings, estate, options)
    if options.budget is not None:
        yield partial(_run, _check_budget, estate, options, options.budget)


def _check_budget(estate: Estate, options: CheckOptions, budget: CostBudget) -> Iterable[Finding]:
    uses = billable_units(
        estate, horizon=options.horizon, node_counts=options.node_counts, assumptions=CostAssumptions()
    )
    return check_cost_budget(costs_of(uses, options.prices, assumptions=CostAssumptions()), budget)


def _check_rings(estate: Estate, options: CheckOptions) -> Iterator[Finding]:
    plans = ring_plans(estate, options.rings, production=options.production)
    yield from _run(check_ring_choices, estate, plans, options.rings, production=options.production)
    yield from _run(check_ring_warnings, estate, plans)
    yield from _run(check_production_scans, plans)
    yield from _run(_check_shared_baselines, estate, plans)
    yield from _run(_check_order, plans, options)
    unringed = unringed_plans(estate, plans)
    names = list(dict.fromkeys(plan.name for plan in (*plans, *unringed)))
    yield from _run(check_promised_rings, options.promises, names)
    for plan in (*plans, *unringed):
        yield from _run(_check_exposure, plan, options)


def _check_baseline(baseline: BaselineAt, options: CheckOptions) -> Iterable[Finding]:
    record = baseline.record
    return with_location(_baseline_findings(record, options.horizon.from_.date()), record.location)


@lru_cache(maxsize=1024)
def _baseline_findings(baseline: PatchBaselineRecord, today: date) -> tuple[Finding, ...]:
    """Judge what a baseline says, which is the same in many accounts; regardless of its location."""
    return (*check_patch_baseline(baseline), *warn_about_patch_baseline(baseline, today=today))


def _check_window(window: WindowAt, options: CheckOptions) -> Iterable[Finding]:
    record = window.record
    findings = check_maintenance_window(record, quotas=options.quotas)
    findings += warn_about_maintenance_window(record)
    findings += check_window_runs(record, options.horizon, freezes=options.freezes)
    findings += check_fleet_time(
        record, node_counts=options.node_counts, minutes_per_node=options.minutes_per_node
    )
    findings += check_marks(window)
    return locate_in_window(findings, record)


def _check_windows_together(part: EnvironmentPart, options: CheckOptions) -> Iterator[Finding]:
    records = [window.record for window in part.windows]
    traffic = window_traffic(records, options.horizon)
    yield from check_collisions(traffic, quotas=options.quotas)
    yield from check_output_places(records)
    yield from check_scanned_and_patched(records)
    uses = quota_use_of(
        part,
        traffic=traffic,
        node_counts=options.node_counts,
        window_quotas=options.quotas,
        quotas=options.systems_manager_quotas,
    )
    last = (part.windows or part.baselines)[-1]
    yield from with_location(check_quota_use(uses), last.record.location)


def _check_patch_groups(part: EnvironmentPart, _: CheckOptions) -> Iterator[Finding]:
    records = [window.record for window in part.windows]
    baselines = [baseline.record for baseline in part.baselines]
    yield from check_group_coverage(records, baselines)
    yield from check_agent_updates(records, groups_with_snap_agents(baselines))
    yield from check_patch_group_tags(records, node_tags(part.resources))


def _check_shared_baselines(estate: Estate, plans: Sequence[RingPlan]) -> Iterator[Finding]:
    """Find baselines that production shares, for each rollout with the rings that it has."""
    for rollout in dict.fromkeys(plan.rollout for plan in plans):
        rings = [plan for plan in plans if plan.rollout == rollout and not _only_scans(plan)]
        production = " and ".join(plan.name for plan in rings if plan.production)
        ring_by_baseline: dict[int, dict[str, str]] = {}
        for plan in rings:
            for member in plan.members:
                ring_by_group = ring_by_baseline.setdefault(id(member.baseline), {})
                ring_by_group[member.patch_group] = production if plan.production else plan.name
        for baseline in estate.baselines:
            ring_by_group = ring_by_baseline.get(id(baseline.record), {})
            if ring_by_group:
                yield from check_shared_with_production(
                    baseline.record, ring_by_patch_group=ring_by_group, production_ring=production
                )


def _only_scans(plan: RingPlan) -> bool:
    return any(member.scan_windows for member in plan.members) and not any(
        member.install_windows for member in plan.members
    )


def _check_order(plans: Sequence[RingPlan], options: CheckOptions) -> Iterable[Finding]:
    return check_ring_order(
        plans, horizon=options.horizon, visibility_lag=options.visibility_lag, freezes=options.freezes
    )


def _check_exposure(plan: RingPlan, options: CheckOptions) -> Iterable[Finding]:
    found = ring_exposure(plan, options.horizon, freezes=options.freezes)
    return check_exposure(found, promises=options.promises_of(plan))


def _run(
    rule: Callable[..., Iterable[Finding]],
    *subjects: object,
    location: Location | None = None,
    **options: object,
) -> list[Finding]:
    try:
        return list(rule(*subjects, **options))
    except Exception as error:  # whatever a rule did not think of must not look like a pass
        return [
            Finding(
                id=FindingId.RULE_FAILED,
                level=Level.ERROR,
                field="",
                message=f"the rule {rule.__name__} failed, so that nothing is known: please report it",
                received=f"{type(error).__name__}: {error}",
                location=location,
            )
        ]


def _under_assumptions(finding: Finding, estates: Sequence[Estate]) -> Finding:
    """Say under which assumptions a finding holds: what its estates share, or else those of the first."""
    shared = [
        assumption
        for assumption in estates[0].assumptions
        if all(assumption in estate.assumptions for estate in estates)
    ]
    return replace(finding, message=f"{finding.message}, if {' and '.join(shared or estates[0].assumptions)}")
