"""What compliance reporters publish, as their functions say."""

from collections.abc import Iterator, Mapping

from patching_constructs.analysis.costs.window_units import Use
from patching_constructs.contracts.compliance_metrics import PUBLISHED_ON_FAILURE
from patching_constructs.contracts.marks import REPORTED_RINGS
from patching_constructs.contracts.published_metrics import PUBLISHED_METRICS_VARIABLE, PublishedMetrics
from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.model.estate import ResourceAt
from patching_constructs.model.unknown import Maybe, Unknown

_UNREADABLE = Unknown("the published metrics of a compliance reporter cannot be read from its environment")


def reporter_uses(resource: ResourceAt) -> Iterator[Use]:
    """Yield the custom metrics of a reporter: those that its environment names."""
    marks = resource.marks
    rings = marks if isinstance(marks, Unknown) else marks.get(REPORTED_RINGS)
    if rings is not None:
        yield BillableUnit.CUSTOM_METRICS, rings if isinstance(rings, Unknown) else _published(resource)


def _published(resource: ResourceAt) -> Maybe[int]:
    found: object = resource.properties
    for key in ("Environment", "Variables", PUBLISHED_METRICS_VARIABLE):
        if isinstance(found, Unknown):
            return found
        found = found.get(key) if isinstance(found, Mapping) else None
    if isinstance(found, Unknown):
        return found
    try:
        published = PublishedMetrics.from_json(found if isinstance(found, str) else "")
    except (ValueError, TypeError, KeyError):
        return _UNREADABLE
    return sum(
        len(metrics - PUBLISHED_ON_FAILURE) for metrics in (published.account, *published.rings.values())
    )
