"""Whether the nodes of a window get their turn before it closes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from patching_constructs.analysis.node_count import nodes_of_groups
from patching_constructs.analysis.patch_operation import patching_tasks
from patching_constructs.model.maintenance_window import TaskRecord, WindowRecord
from patching_constructs.model.maintenance_window_limits import CutoffBehavior
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.unknown import Unknown


@dataclass(frozen=True, kw_only=True, slots=True)
class FleetTime:
    """How far the installs of a window come.

    Attributes:
        nodes: Nodes that are to be patched.
        not_patched: Nodes that do not start before the cutoff, or are cancelled by it.
        needed_minutes: Minutes from the start of the window until the last node would be ready.
    """

    nodes: int
    not_patched: int
    needed_minutes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wave:
    """Nodes that work at once: how many, and the minutes at which they start and are ready."""

    nodes: int
    starts: int
    ready: int
    cancelled_at_cutoff: bool


def fleet_time(
    window: WindowRecord, *, node_counts: Mapping[str, int], minutes_per_node: int
) -> FleetTime | None:
    """Work out how far the installs of `window` come.

    As many nodes as the concurrency allows work at once. The targets of a task take turns; tasks of equal
    priority work side by side, and those of a higher number follow. A concurrency in percent is rounded down,
    to one node at least, as AWS does not say how it rounds.

    Args:
        window: The window.
        node_counts: How many nodes each patch group has.
        minutes_per_node: Minutes that one node takes to install and reboot.

    Returns:
        None if it does not install, or if what it depends on is not known.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-maintenance-assign-targets.html
    """
    tasks = patching_tasks(window, PatchOperation.INSTALL)
    if not tasks or isinstance(window.duration_hours, Unknown) or isinstance(window.cutoff_hours, Unknown):
        return None
    by_priority: list[tuple[int, TaskRecord]] = []
    for task in tasks:
        if isinstance(task.priority, Unknown):
            return None
        by_priority.append((task.priority, task))
    cutoff = (window.duration_hours - window.cutoff_hours) * 60
    waves: list[_Wave] = []
    for _, side_by_side in groupby(sorted(by_priority, key=lambda entry: entry[0]), lambda entry: entry[0]):
        starts = max((wave.ready for wave in waves), default=0)
        for _, task in side_by_side:
            task_waves = _waves(task, starts, node_counts, minutes_per_node)
            if task_waves is None:
                return None
            waves += task_waves
    return FleetTime(
        nodes=sum(wave.nodes for wave in waves),
        not_patched=sum(
            wave.nodes
            for wave in waves
            if wave.starts >= cutoff or (wave.cancelled_at_cutoff and wave.ready > cutoff)
        ),
        needed_minutes=max((wave.ready for wave in waves), default=0),
    )


def _waves(
    task: TaskRecord, starts: int, node_counts: Mapping[str, int], minutes_per_node: int
) -> list[_Wave] | None:
    waves = []
    for target in task.targets:
        nodes = nodes_of_groups(target, node_counts)
        if isinstance(nodes, Unknown):
            return None
        at_once = _nodes_at_once(task.max_concurrency, nodes)
        if at_once is None or isinstance(task.cutoff_behavior, Unknown):
            return None
        for first in range(0, nodes, at_once):
            waves.append(
                _Wave(
                    nodes=min(at_once, nodes - first),
                    starts=starts,
                    ready=starts + minutes_per_node,
                    cancelled_at_cutoff=task.cutoff_behavior == CutoffBehavior.CANCEL_TASK,
                )
            )
            starts += minutes_per_node
    return waves


def _nodes_at_once(max_concurrency: object, nodes: int) -> int | None:
    if not isinstance(max_concurrency, str) or not re.fullmatch("[1-9][0-9]{0,6}%?", max_concurrency):
        return None
    if max_concurrency.endswith("%"):
        return max(1, nodes * int(max_concurrency[:-1]) // 100)
    return int(max_concurrency)
