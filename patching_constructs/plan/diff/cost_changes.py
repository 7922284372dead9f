"""What changes in what the templates cost in a month."""

from collections.abc import Iterator

from patching_constructs.analysis.costs.costs import CostFigures, EnvironmentCosts, added
from patching_constructs.analysis.costs.wording import sum_words
from patching_constructs.model.estate import Environment
from patching_constructs.plan.diff.change import Area, Change, ChangeKind
from patching_constructs.plan.state import State

_NAMES = {
    "fixed_first_year": "fixed costs in the first year",
    "fixed_third_year": "fixed costs from the third year on",
    "usage": "usage",
}


def cost_changes(old: State, new: State) -> Iterator[Change]:
    """Yield the figures that change, of all accounts and Regions together, then of each."""
    yield from _between(old.plan.costs.figures, new.plan.costs.figures, None)
    before, after = _by_place(old), _by_place(new)
    for place in dict.fromkeys((*before, *after)):
        environments = [entry.environment for entry in (before.get(place) or after[place])]
        yield from _between(_figures(before.get(place)), _figures(after.get(place)), environments[0])


def _by_place(state: State) -> dict[str, list[EnvironmentCosts]]:
    """Group the costs by account and Region; templates that do not say where they go are one group."""
    found: dict[str, list[EnvironmentCosts]] = {}
    for entry in state.plan.costs.environments:
        found.setdefault(str(entry.environment), []).append(entry)
    return found


def _figures(entries: list[EnvironmentCosts] | None) -> CostFigures | None:
    return None if entries is None else added(entry.figures for entry in entries)


def _between(
    old: CostFigures | None, new: CostFigures | None, environment: Environment | None
) -> Iterator[Change]:
    of_all = " of all accounts and Regions" if environment is None else ""
    for attribute, name in _NAMES.items():
        was, will_be = (
            None if figures is None else sum_words(getattr(figures, attribute)) for figures in (old, new)
        )
        if was != will_be:
            yield Change(
                area=Area.COSTS,
                kind=ChangeKind.COST_CHANGED,
                what=f"{name}{of_all}",
                old=was,
                new=will_be,
                environments=() if environment is None else (environment,),
            )
