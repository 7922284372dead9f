"""Which windows work on the nodes of a patch group."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from patching_constructs.analysis.environment_index import EnvironmentIndex
from patching_constructs.analysis.patch_operation import patch_operation, patching_tasks
from patching_constructs.model.estate import Environment, WindowAt
from patching_constructs.model.maintenance_window import TargetRecord, TaskRecord, WindowRecord
from patching_constructs.model.maintenance_window_limits import TaskType
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_group import PatchGroupTagKey
from patching_constructs.model.patching_documents import WINDOWS_ONLY_DOCUMENTS, PatchOperation
from patching_constructs.model.unknown import Maybe, Unknown

_PATCH_GROUP_KEYS = tuple(f"tag:{key}" for key in PatchGroupTagKey)

# What a target asks of a node: one of some values for every key.
_Selectors = Mapping[Maybe[str], Maybe[frozenset[Maybe[str]]]]


class GroupWindows:
    """Windows by the patch groups that they target, and by where they are."""

    def __init__(self, windows: Iterable[WindowAt]) -> None:
        self._windows: dict[str, EnvironmentIndex[WindowRecord]] = {}
        self._everywhere: EnvironmentIndex[WindowRecord] = EnvironmentIndex()
        for window in windows:
            for group in targeted_groups(window.record):
                self._windows.setdefault(group, EnvironmentIndex()).add(window.environment, window.record)
            if any(map(is_all_nodes, _all_targets(window.record))):
                self._everywhere.add(window.environment, window.record)

    @property
    def groups(self) -> frozenset[str]:
        """All patch groups that a window targets."""
        return frozenset(self._windows)

    def environments(self, patch_group: str) -> tuple[Environment, ...]:
        """Where windows target the group."""
        return self._windows[patch_group].environments() if patch_group in self._windows else ()

    def windows(self, patch_group: str, environment: Environment) -> list[WindowRecord]:
        """Return the windows on the group; where `environment` itself has none, those that may be there."""
        named: Iterable[WindowRecord] = ()
        if patch_group in self._windows:
            of_group = self._windows[patch_group]
            own = of_group.at(environment)
            named = of_group.perhaps_at(environment) if own is None else own
        return [*named, *self._everywhere.perhaps_at(environment)]


def targeted_groups(window: WindowRecord) -> frozenset[str]:
    """Return the patch groups that the targets of a window, or its tasks by themselves, name."""
    return frozenset(chain.from_iterable(map(named_groups, _all_targets(window))))


def named_groups(target: TargetRecord) -> Iterator[str]:
    """Yield the patch groups that a target names."""
    for key, values in () if isinstance(target.targets, Unknown) else target.targets:
        if key in _PATCH_GROUP_KEYS and not isinstance(values, Unknown):
            yield from (value for value in values if not isinstance(value, Unknown))


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowsOfGroup:
    """The windows that work on a patch group.

    Attributes:
        install: The windows that install, once for each part of the group that is patched in the same way.
        scan: The windows that only scan.
        unknown: Why it is not known whether a further window installs, or None.
    """

    install: tuple[tuple[WindowRecord, ...], ...]
    scan: tuple[WindowRecord, ...]
    unknown: Unknown | None


def windows_of_group(
    windows: Iterable[WindowRecord], patch_group: str, operating_system: OperatingSystem
) -> WindowsOfGroup:
    """Return which of some windows install or scan on the nodes of a group.

    A target that asks for more than the group reaches only a part of it. Such a part is listed by itself,
    with all windows that reach the whole of it.
    """
    installing: list[tuple[WindowRecord, list[_Selectors]]] = []
    scanning: list[WindowRecord] = []
    unknown: Unknown | None = None
    for window in windows:
        selectors = [
            _within_group(target, patch_group)
            for task in patching_tasks(window, PatchOperation.INSTALL)
            if _understands(task, operating_system)
            for target in task.targets
            if _reaches(target, patch_group)
        ]
        if selectors:
            installing.append((window, selectors))
        if _works_on(window, patch_group, operating_system, PatchOperation.SCAN):
            scanning.append(window)
        unknown = unknown or _unknown_operation(window, patch_group)
    return WindowsOfGroup(install=_parts(installing), scan=tuple(scanning), unknown=unknown)


def _parts(
    installing: list[tuple[WindowRecord, list[_Selectors]]],
) -> tuple[tuple[WindowRecord, ...], ...]:
    parts: list[_Selectors] = []
    for _, selectors in installing:
        parts += [selector for selector in selectors if selector not in parts]
    if any(parts):
        parts = [part for part in parts if part]
    found: dict[tuple[int, ...], tuple[WindowRecord, ...]] = {}
    for part in parts:
        windows = tuple(
            window for window, selectors in installing if any(_covers(each, part) for each in selectors)
        )
        found.setdefault(tuple(map(id, windows)), windows)
    return tuple(found.values())


def _covers(target: _Selectors, part: _Selectors) -> bool:
    """Return whether a target reaches every node of a part."""
    for key, values in target.items():
        wanted = part.get(key)
        if wanted is None or (
            wanted != values
            and (isinstance(wanted, Unknown) or isinstance(values, Unknown) or not wanted <= values)
        ):
            return False
    return True


def _within_group(target: TargetRecord, patch_group: str) -> _Selectors:
    """Return what a target asks of the nodes of a group; nothing if it asks for all nodes there are."""
    if isinstance(target.targets, Unknown) or is_all_nodes(target):
        return {}
    selectors: dict[Maybe[str], Maybe[frozenset[Maybe[str]]]] = {}
    for key, values in target.targets:
        if key in _PATCH_GROUP_KEYS:
            selectors[key] = frozenset({patch_group})
        else:
            selectors[key] = values if isinstance(values, Unknown) else frozenset(values)
    return selectors


def _reaches(target: TargetRecord, patch_group: str) -> bool:
    return is_all_nodes(target) or patch_group in named_groups(target)


def is_all_nodes(target: TargetRecord) -> bool:
    """Return whether a target targets every managed node of the account and Region, as associations can."""
    return target.targets == (("InstanceIds", ("*",)),)


def _all_targets(window: WindowRecord) -> Iterator[TargetRecord]:
    yield from window.targets
    for task in window.tasks:
        yield from task.targets


def _works_on(
    window: WindowRecord, patch_group: str, operating_system: OperatingSystem, operation: PatchOperation
) -> bool:
    return any(
        _reaches(target, patch_group)
        for task in patching_tasks(window, operation)
        if _understands(task, operating_system)
        for target in task.targets
    )


def _understands(task: TaskRecord, operating_system: OperatingSystem) -> bool:
    return operating_system is OperatingSystem.WINDOWS or task.task_arn not in WINDOWS_ONLY_DOCUMENTS


def _unknown_operation(window: WindowRecord, patch_group: str) -> Unknown | None:
    """Return why a document may install, if it is not known; functions and state machines are left out."""
    for task in window.tasks:
        operation = patch_operation(task)
        if task.task_type in {TaskType.LAMBDA, TaskType.STEP_FUNCTIONS}:
            continue
        if isinstance(operation, Unknown) and any(_reaches(target, patch_group) for target in task.targets):
            return operation
    return None
