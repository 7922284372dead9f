"""Baselines before and after a deployment, by account and Region."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from patching_constructs.model.estate import BaselineAt
from patching_constructs.model.unknown import Unknown
from patching_constructs.model.wording import places

Resource: TypeAlias = tuple[str, str]
"""Stack, as it is called in the new state, and logical id."""
_Place: TypeAlias = tuple[str | None, str | None]


def by_place(
    baselines: Iterable[BaselineAt], stacks: Mapping[str, str] | None = None
) -> dict[_Place, list[tuple[Resource, BaselineAt]]]:
    """Group baselines by account and Region, of which unknown ones are taken for the same.

    Args:
        baselines: The baselines of one state.
        stacks: What each stack of an old state is called in the new one; stacks that are gone are left out.
            Default: the state is the new one.
    """
    found: dict[_Place, list[tuple[Resource, BaselineAt]]] = {}
    for entry in baselines:
        account, region = entry.environment.account, entry.environment.region
        place = (
            None if isinstance(account, Unknown) else account,
            None if isinstance(region, Unknown) else region,
        )
        found.setdefault(place, []).append((_resource(entry, stacks), entry))
    return found


def name_of(entry: BaselineAt) -> str:
    """Return what a reader calls a baseline: its name, or its location if that is not known."""
    name = entry.record.name
    return str(entry.record.location or "?") if isinstance(name, Unknown) else name


def where_words(entries: Sequence[BaselineAt]) -> str:
    """Write in which account and Region baselines are, with a blank before it; empty if unknown."""
    where = places(entry.environment for entry in entries)
    return f" {where}" if where else ""


def _resource(entry: BaselineAt, stacks: Mapping[str, str] | None) -> Resource:
    stack = entry.stack
    if stacks is not None:
        stack = stacks.get(stack, f"{stack} that is gone")
    location = entry.record.location
    return stack, (location and location.logical_id) or name_of(entry)
