"""The plan as plain data, for programs and for the page.

`plan.schema.json` in this folder is its JSON Schema. Moments are in UTC, as ISO-8601 texts; lengths of
time are in seconds.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from patching_constructs.analysis.ring_exposure import ExposureRow
from patching_constructs.cli.check_formats.json import finding_data
from patching_constructs.cli.plan_formats.cost_data import cost_data
from patching_constructs.model.estate import Environment
from patching_constructs.model.promises import Promise
from patching_constructs.model.unknown import Unknown
from patching_constructs.plan.journeys import Journey
from patching_constructs.plan.order import OrderAnswer
from patching_constructs.plan.plan import Plan, PlannedQuota, PlannedRing, PlannedWindow

SCHEMA_VERSION = 1


def plan_data(plan: Plan) -> dict[str, object]:
    """Return the plan as data that JSON can hold."""
    return {
        "schema_version": SCHEMA_VERSION,
        "today": str(plan.today),
        "from": _moment(plan.horizon.from_),
        "until": _moment(plan.horizon.until),
        "assumptions": list(plan.assumptions),
        "freezes": [
            {"name": freeze.name, "from": _moment(freeze.from_), "until": _moment(freeze.until)}
            for freeze in plan.freezes
        ],
        "patch_tuesdays": [_moment(release) for release in plan.patch_tuesdays],
        "rings": [_ring(ring) for ring in plan.rings],
        "other_windows": [_window(window) for window in plan.other_windows],
        "order": [_order(answer) for answer in plan.order],
        "quotas": [_quota(quota) for quota in plan.quotas],
        "costs": cost_data(plan.costs, plan.today),
        "findings": [finding_data(entry.finding, entry.acknowledgement) for entry in plan.findings],
    }


def _ring(planned: PlannedRing) -> dict[str, object]:
    ring, exposure = planned.ring, planned.exposure
    return {
        "rollout": ring.rollout,
        "name": ring.name,
        "order": ring.order if planned.has_order else None,
        "production": ring.production,
        "soak_hours": ring.soak_hours,
        "patch_groups": list(ring.groups),
        "unregistered_patch_groups": [group.patch_group for group in ring.unregistered],
        "environments": [_environment(environment) for environment in planned.environments],
        "operating_systems": list(planned.operating_systems),
        "windows": [_window(window) for window in planned.windows],
        "promises": [_promise(promise) for promise in planned.promises],
        "exposure": [_exposure(row, planned.promises) for row in exposure.rows],
        "journeys": [_journey(journey) for journey in planned.journeys],
        "never_patched": sorted({member.patch_group for member in exposure.never_patched}),
        "unknown": [
            {"patch_group": member.patch_group, "reason": why.reason} for member, why in exposure.unknown
        ],
    }


def _window(window: PlannedWindow) -> dict[str, object]:
    schedule = window.schedule
    openings = window.openings
    return {
        "name": window.name,
        "operations": list(window.operations),
        "schedule": {
            name: _known(getattr(schedule, name))
            for name in ("expression", "timezone", "offset_days", "start_date", "end_date")
        },
        "duration_hours": _known(window.duration_hours),
        "cutoff_hours": _known(window.cutoff_hours),
        "environments": [_environment(environment) for environment in window.environments],
        "openings": []
        if isinstance(openings, Unknown)
        else [[_moment(opening.from_), _moment(opening.until)] for opening in openings],
        "unknown": openings.reason if isinstance(openings, Unknown) else None,
    }


def _promise(promise: Promise) -> dict[str, object]:
    return {
        "name": promise.name,
        "within_seconds": {severity: _seconds(time) for severity, time in promise.within.items()},
        "source": promise.source,
        "note": promise.note,
    }


def _exposure(row: ExposureRow, promises: tuple[Promise, ...]) -> dict[str, object]:
    worst = row.exposure.worst
    return {
        "operating_system": row.operating_system,
        "severity": row.severity,
        "worst_seconds": _seconds(worst),
        "typical_seconds": _seconds(row.exposure.typical),
        "worst_published": _moment(row.exposure.worst_published),
        "worst_installed": None if row.exposure.worst_closed is None else _moment(row.exposure.worst_closed),
        "out_of_band_worst_seconds": None if row.out_of_band is None else _seconds(row.out_of_band.worst),
        "promises": list(_judged(row, promises)),
    }


def _judged(row: ExposureRow, promises: tuple[Promise, ...]) -> Iterator[Mapping[str, object]]:
    worst = row.exposure.worst
    for promise in promises:
        promised = promise.longest(row.severity)
        if promised is not None:
            yield {
                "name": promise.name,
                "within_seconds": _seconds(promised),
                "kept": worst is not None and worst <= promised,
            }


def _journey(journey: Journey) -> dict[str, object]:
    return {
        "operating_system": journey.operating_system,
        "severities": list(journey.severities),
        "approve_after_days": list(journey.approve_after_days),
        "steps": [
            {
                "published_from": _moment(step.published.from_),
                "published_until": _moment(step.published.until),
                "starts_at": None if step.starts_at is None else _moment(step.starts_at),
                "closes_at": None if step.closes_at is None else _moment(step.closes_at),
                "superseded_at": None if step.superseded_at is None else _moment(step.superseded_at),
            }
            for step in journey.steps
        ],
    }


def _order(answer: OrderAnswer) -> dict[str, object]:
    first = answer.first
    return {
        "rollout": answer.pair.later.rollout,
        "earlier": [ring.name for ring in answer.pair.earlier],
        "later": answer.pair.later.name,
        "operating_system": answer.pair.operating_system,
        "state": answer.state,
        "share": answer.share,
        "head_start_seconds": _seconds(answer.head_start),
        "visibility_lag_seconds": _seconds(answer.lag),
        "soak_seconds": _seconds(answer.pair.soak),
        "first": None
        if first is None
        else {
            "published_from": _moment(first.published.from_),
            "published_until": _moment(first.published.until),
            "earlier_at": None if first.earlier is None else _moment(first.earlier.starts_at),
            "later_at": _moment(first.later.starts_at),
        },
        "reason": answer.reason,
    }


def _quota(quota: PlannedQuota) -> dict[str, object]:
    return {
        "name": quota.use.name,
        "what": quota.use.what,
        "used": quota.use.used,
        "quota": quota.use.quota,
        **_environment(quota.environment),
    }


def _environment(environment: Environment) -> dict[str, object]:
    return {"account": _known(environment.account), "region": _known(environment.region)}


def _known(value: object) -> object:
    return None if isinstance(value, Unknown) else value


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _seconds(time: timedelta | None) -> int | None:
    return None if time is None else -(-time // timedelta(seconds=1))
