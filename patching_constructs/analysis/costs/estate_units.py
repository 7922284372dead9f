"""What an estate uses of everything that AWS charges for, by account and Region."""

from collections.abc import Mapping
from dataclasses import dataclass

from patching_constructs.analysis.costs.billable_amount import BillableTally, BillableUse
from patching_constructs.analysis.costs.output_places import OutputPlaces
from patching_constructs.analysis.costs.reporter_units import reporter_uses
from patching_constructs.analysis.costs.resource_units import resource_uses
from patching_constructs.analysis.costs.runbooks import RunbookIndex
from patching_constructs.analysis.costs.window_units import CostAssumptions, window_uses
from patching_constructs.model.estate import Environment, Estate
from patching_constructs.schedules.span import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentUse:
    """What is used in one account and Region.

    Attributes:
        environment: The account and Region.
        uses: The use of every unit, in the order of the vocabulary.
    """

    environment: Environment
    uses: tuple[BillableUse, ...]


def billable_units(
    estate: Estate,
    *,
    horizon: Span,
    node_counts: Mapping[str, int],
    assumptions: CostAssumptions,
) -> tuple[EnvironmentUse, ...]:
    """Count what the templates of an estate use in a month.

    Args:
        estate: What is deployed.
        horizon: The time over which runs are averaged.
        node_counts: How many nodes each patch group has in one account and Region, where that is known.
        assumptions: What is taken for granted, as no template says it.
    """
    runbooks, places = RunbookIndex(estate.resources), OutputPlaces(estate.resources)
    tallies: dict[Environment, BillableTally] = {}
    for window in estate.windows:
        tally = _tally(tallies, window.environment)
        for unit, amount in window_uses(
            window,
            horizon,
            node_counts=node_counts,
            assumptions=assumptions,
            runbooks=runbooks,
            places=places,
        ):
            tally.add(unit, amount)
    for resource in estate.resources:
        tally = _tally(tallies, resource.environment)
        for unit, amount in (*resource_uses(resource), *reporter_uses(resource)):
            tally.add(unit, amount)
    return tuple(
        EnvironmentUse(environment=environment, uses=tuple(tally.uses()))
        for environment, tally in tallies.items()
    )


def _tally(tallies: dict[Environment, BillableTally], environment: Environment) -> BillableTally:
    return tallies.setdefault(environment, BillableTally())
