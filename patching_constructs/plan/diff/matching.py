"""What in one state of the templates is what in another: by meaning, not by file or line."""

import re
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from patching_constructs.model.estate import Environment, Estate
from patching_constructs.model.location import Location
from patching_constructs.model.unknown import Unknown

T = TypeVar("T")

Place: TypeAlias = tuple[str, str]
"""Account and Region, `?` for what is not known."""

# What the name of a template ends with; that of a stack that is nested in it goes on.
_TEMPLATE = re.compile(r"\.(json|yaml|yml|template)(/|$)")


@dataclass(frozen=True, slots=True)
class Pairing(Generic[T]):
    """What belongs together, and what is left.

    Attributes:
        both: What is in both states.
        only_old: What is in the old one only.
        only_new: What is in the new one only.
    """

    both: tuple[tuple[T, T], ...]
    only_old: tuple[T, ...]
    only_new: tuple[T, ...]


def pair(old: Iterable[T], new: Iterable[T], *, keys: Sequence[Callable[[T], Hashable]]) -> Pairing[T]:
    """Pair what has the same key; the first key that pairs something wins.

    Args:
        old: What was.
        new: What will be.
        keys: The most specific key first. One that is None or empty pairs nothing.
    """
    both: list[tuple[T, T]] = []
    only_old, only_new = list(old), list(new)
    for key in keys:
        waiting: dict[Hashable, deque[int]] = {}
        for index, entry in enumerate(only_new):
            if found := key(entry):
                waiting.setdefault(found, deque()).append(index)
        rest: list[T] = []
        taken: set[int] = set()
        for entry in only_old:
            found = key(entry)
            if not found or not waiting.get(found):
                rest.append(entry)
                continue
            # In order, so that equal entries pair the first with the first and a diff shows no exchange.
            index = waiting[found].popleft()
            taken.add(index)
            both.append((entry, only_new[index]))
        only_old = rest
        only_new = [entry for index, entry in enumerate(only_new) if index not in taken]
    return Pairing(tuple(both), tuple(only_old), tuple(only_new))


def place(environment: Environment) -> Place:
    """Return the account and Region; unknown ones are taken for the same, whatever the reason is."""
    account, region = environment.account, environment.region
    return (
        "?" if isinstance(account, Unknown) else account,
        "?" if isinstance(region, Unknown) else region,
    )


def is_known(environment: Environment) -> bool:
    """Return whether account and Region are known."""
    return "?" not in place(environment)


def logical_id(location: Location | None) -> str | None:
    """Return the logical id of the resource there."""
    return None if location is None else location.logical_id


def stack_names(estate: Estate) -> dict[str, None]:
    """Return the names of the stacks that define something, in order."""
    stacks = (
        *(baseline.stack for baseline in estate.baselines),
        *(window.stack for window in estate.windows),
        *(resource.stack for resource in estate.resources),
    )
    return dict.fromkeys(stack for stack in stacks if stack)


def same_stacks(old: Estate, new: Estate, *, old_root: str, new_root: str) -> dict[str, str]:
    """Find out what each old stack is called in the new state; those that are gone are left out.

    Stacks of an assembly are known by their names. Templates are known by where they are below the path that
    was given; one that is not there any more is the one that defines most of the same.

    Args:
        old: The old state.
        new: The new state.
        old_root: The path from which the old state was read.
        new_root: The path from which the new one was.
    """
    old_names, new_names = stack_names(old), stack_names(new)
    by_place = {_below(name, new_root): name for name in new_names}
    found = {
        name: by_place[_below(name, old_root)] for name in old_names if _below(name, old_root) in by_place
    }
    gone = [name for name in old_names if name not in found]
    come = [name for name in new_names if name not in set(found.values())]
    old_contents, new_contents = _contents(old), _contents(new)
    shared = sorted(
        (-len(old_contents[one] & new_contents[other]), gone.index(one), come.index(other))
        for one in gone
        for other in come
        if _is_file(one, old_root) or _is_file(other, new_root)
    )
    for count, one, other in shared:
        # A renamed template is the one that defines most of the same; one that shares nothing is a new one.
        if count and gone[one] not in found and come[other] not in set(found.values()):
            found[gone[one]] = come[other]
    return found


def _is_file(stack: str, root: str) -> bool:
    """Return whether a stack is named after its template, because its real name is unknown."""
    return stack == root or (stack.startswith(_folder(root)) and _TEMPLATE.search(stack) is not None)


def _below(stack: str, root: str) -> str:
    if stack == root:
        return ""
    return stack.removeprefix(_folder(root)) if _is_file(stack, root) else stack


def _folder(root: str) -> str:
    return "" if root == "." else f"{root}/"


def _contents(estate: Estate) -> dict[str, set[Hashable]]:
    contents: dict[str, set[Hashable]] = {name: set() for name in stack_names(estate)}
    for baseline in estate.baselines:
        what = ("baseline", logical_id(baseline.record.location))
        contents.setdefault(baseline.stack, set()).add(what)
    for window in estate.windows:
        contents.setdefault(window.stack, set()).add(("window", logical_id(window.record.location)))
    for resource in estate.resources:
        contents.setdefault(resource.stack, set()).add((resource.type, resource.location.logical_id))
    return contents
