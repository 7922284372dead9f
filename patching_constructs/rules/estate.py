"""All rules over everything that a set of templates deploys. The command line and the CDK plugin ask here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from patching_constructs.model.estate import BaselineAt, Environment, Estate, WindowAt
from patching_constructs.model.finding import Finding
from patching_constructs.model.maintenance_window_limits import AWS_QUOTAS, MaintenanceWindowQuotas
from patching_constructs.rollout.collisions import window_traffic
from patching_constructs.rollout.quota_use import quota_use
from patching_constructs.rollout.ring_plans import RingChoice, ring_plans
from patching_constructs.rollout.span import Span
from patching_constructs.rules.collisions import check_collisions
from patching_constructs.rules.located import locate_in_window, with_location
from patching_constructs.rules.maintenance_window import check_maintenance_window
from patching_constructs.rules.patch_baseline import check_patch_baseline
from patching_constructs.rules.patch_baseline_doubts import doubt_patch_baseline
from patching_constructs.rules.quota import check_quota_use
from patching_constructs.rules.registrations import check_registrations
from patching_constructs.rules.ring_choices import check_ring_choices
from patching_constructs.rules.template import check_template
from patching_constructs.rules.window_runs import check_window_runs


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckOptions:
    """What the check of an estate depends on besides the estate.

    Attributes:
        horizon: The time that is looked at.
        rings: The rings, earliest first. Default: what our constructs have marked.
        production: Names of the rings that are production. Default: the last ring.
        freezes: Times in which nothing may be installed.
        quotas: How many windows, targets and tasks AWS accepts.
    """

    horizon: Span
    rings: tuple[RingChoice, ...] = ()
    production: tuple[str, ...] = ()
    freezes: tuple[Span, ...] = ()
    quotas: MaintenanceWindowQuotas = AWS_QUOTAS


def check_estates(estates: Sequence[Estate], options: CheckOptions) -> list[Finding]:
    """Check every way in which the same templates can be deployed; each finding is told once."""
    found: dict[Finding, list[Estate]] = {}
    for estate in estates:
        for finding in dict.fromkeys(check_estate(estate, options)):
            found.setdefault(finding, []).append(estate)
    return [
        finding if len(holders) == len(estates) else _under_assumptions(finding, holders)
        for finding, holders in found.items()
    ]


def check_estate(estate: Estate, options: CheckOptions) -> list[Finding]:
    """Check what is deployed in one way."""
    plans = ring_plans(estate, options.rings, production=options.production)
    return [
        *check_template(estate),
        *(finding for baseline in estate.baselines for finding in _check_baseline(baseline, options)),
        *(finding for window in estate.windows for finding in _check_window(window, options)),
        *(
            finding
            for windows, baselines in _by_environment(estate)
            for finding in _check_environment(windows, baselines, options)
        ),
        *check_registrations(estate.baselines),
        *check_ring_choices(estate, plans, options.rings, production=options.production),
    ]


def _check_baseline(baseline: BaselineAt, options: CheckOptions) -> Iterable[Finding]:
    record = baseline.record
    findings = check_patch_baseline(record)
    findings += doubt_patch_baseline(record, today=options.horizon.from_.date())
    return with_location(findings, record.location)


def _check_window(window: WindowAt, options: CheckOptions) -> Iterable[Finding]:
    record = window.record
    findings = check_maintenance_window(record, quotas=options.quotas)
    findings += check_window_runs(record, options.horizon, freezes=options.freezes)
    return locate_in_window(findings, record)


def _by_environment(estate: Estate) -> Iterator[tuple[list[WindowAt], list[BaselineAt]]]:
    windows: dict[Environment, list[WindowAt]] = {}
    for window in estate.windows:
        windows.setdefault(window.environment, []).append(window)
    baselines: dict[Environment, list[BaselineAt]] = {}
    for baseline in estate.baselines:
        baselines.setdefault(baseline.environment, []).append(baseline)
    for environment in windows | baselines:
        yield windows.get(environment, []), baselines.get(environment, [])


def _check_environment(
    windows: Sequence[WindowAt], baselines: Sequence[BaselineAt], options: CheckOptions
) -> Iterable[Finding]:
    records = [window.record for window in windows]
    traffic = window_traffic(records, options.horizon)
    uses = quota_use(
        windows=records,
        baselines=[baseline.record for baseline in baselines],
        traffic=traffic,
        window_quotas=options.quotas,
    )
    return [*check_collisions(traffic, quotas=options.quotas), *check_quota_use(uses)]


def _under_assumptions(finding: Finding, estates: Sequence[Estate]) -> Finding:
    """Say under which assumptions a finding holds: what its estates share, or else those of the first."""
    shared = [
        assumption
        for assumption in estates[0].assumptions
        if all(assumption in estate.assumptions for estate in estates)
    ]
    return replace(finding, message=f"{finding.message}, if {' and '.join(shared or estates[0].assumptions)}")
