"""What compliance reporters publish, as the marks on their functions say."""

from collections.abc import Iterable, Iterator, Mapping

from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.model.compliance_metrics import AccountMetric, ComplianceMetric
from patching_constructs.model.estate import BaselineAt, Environment, ResourceAt
from patching_constructs.model.marks import REPORTED_RINGS
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.plan.billable_amount import product
from patching_constructs.plan.window_units import Use

_UNREADABLE = Unknown("the rings of a compliance reporter cannot be read from its mark")


class RegisteredSystems:
    """For which operating systems the baselines of an estate have patch groups."""

    def __init__(self, baselines: Iterable[BaselineAt]) -> None:
        self._systems: dict[tuple[Environment, str], set[str]] = {}
        self._open: dict[Environment, Unknown] = {}
        for baseline in baselines:
            groups, system = baseline.record.patch_groups, baseline.record.operating_system
            for group in (groups,) if isinstance(groups, Unknown) else groups:
                if isinstance(group, Unknown):
                    self._open[baseline.environment] = group
                elif isinstance(system, Unknown):
                    self._open[baseline.environment] = system
                else:
                    self._systems.setdefault((baseline.environment, group), set()).add(str(system))

    def count(self, group: str, environment: Environment) -> Maybe[int]:
        """Return for how many operating systems a group is registered in an account and Region."""
        if environment in self._open:
            return self._open[environment]
        systems = self._systems.get((environment, group))
        if systems is None:
            return Unknown(
                f"for which operating systems the patch group {group!r} is registered is not in the templates"
            )
        return len(systems)


def reporter_uses(resource: ResourceAt, systems: RegisteredSystems) -> Iterator[Use]:
    """Yield the custom metrics of a reporter.

    It publishes every metric for each ring, and for each patch group and operating system for which there is
    a baseline, and a few for the account and Region.
    """
    marks = resource.marks
    rings = marks if isinstance(marks, Unknown) else marks.get(REPORTED_RINGS)
    if rings is None:
        return
    yield BillableUnit.CUSTOM_METRICS, len(AccountMetric)
    for ring in rings if isinstance(rings, tuple) else (rings,):
        groups = ring.get("patch-groups") if isinstance(ring, Mapping) else ring
        if not isinstance(groups, tuple):
            yield BillableUnit.CUSTOM_METRICS, groups if isinstance(groups, Unknown) else _UNREADABLE
            continue
        yield BillableUnit.CUSTOM_METRICS, len(ComplianceMetric)
        for group in groups:
            count = systems.count(group, resource.environment) if isinstance(group, str) else _UNREADABLE
            yield BillableUnit.CUSTOM_METRICS, product(count, len(ComplianceMetric))
