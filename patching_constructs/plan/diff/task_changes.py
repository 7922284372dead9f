"""What changes about the tasks of a maintenance window."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from patching_constructs.analysis.patch_operation import patch_operation
from patching_constructs.model.maintenance_window import TaskRecord, WindowRecord
from patching_constructs.model.maintenance_window_limits import CutoffBehavior
from patching_constructs.model.patching_documents import PatchOperation, RebootOption
from patching_constructs.model.unknown import Unknown
from patching_constructs.model.wording import words
from patching_constructs.plan.diff.change import Change, ChangeKind, NotCompared
from patching_constructs.plan.diff.equality import comparable, not_compared
from patching_constructs.plan.diff.matching import logical_id, pair


@dataclass(frozen=True, slots=True)
class _TaskProperty:
    """A property of a task.

    Attributes:
        what: What it is called.
        value: Reads it.
        consequence: What follows from another value, or None.
        missing: What counts if it is not given.
    """

    what: str
    value: Callable[[TaskRecord], object]
    consequence: str | None = None
    missing: str = "not given"


_FIELDS = (
    _TaskProperty(
        "type",
        lambda task: task.task_type,
        "CloudFormation cannot change it in place: it makes a new task and deletes the old one",
    ),
    _TaskProperty("document", lambda task: task.task_arn, "nodes are worked on by another document"),
    _TaskProperty("concurrency", lambda task: task.max_concurrency, "another number of nodes works at once"),
    _TaskProperty(
        "error budget",
        lambda task: task.max_errors,
        "another number of nodes may fail before no further node starts",
    ),
    _TaskProperty(
        "cutoff behavior",
        lambda task: task.cutoff_behavior,
        "what still runs at the cutoff is treated in another way",
        missing=f"not given, so {CutoffBehavior.CONTINUE_TASK}",
    ),
    _TaskProperty("priority", lambda task: task.priority, "tasks start in another order"),
)

# What follows from another value of a parameter of a patching document.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-aws-runpatchbaseline.html
_PARAMETERS = {
    "Operation": "what the task does to its nodes changes",
    "Action": "what the task does to its nodes changes",
    "RebootOption": "whether nodes restart after they have been patched changes",
    "BaselineOverride": "other rules decide what is approved, whatever the baselines say",
    "InstallOverrideList": "another list decides what is installed, whatever the baselines say",
}

# What follows from a value of such a parameter, where it is certain.
_VALUES: Mapping[tuple[str, str], str] = {
    ("Operation", PatchOperation.SCAN): "it reports what is missing and no longer installs it",
    ("Operation", PatchOperation.INSTALL): "it installs what is missing",
    ("RebootOption", RebootOption.NO_REBOOT): "nodes do not restart: they stay non-compliant until someone "
    "restarts and then scans them",
    ("RebootOption", RebootOption.REBOOT_IF_NEEDED): "nodes restart whenever a patch was installed",
}


def task_changes(
    old: WindowRecord, new: WindowRecord, window: str, about: Callable[..., Change]
) -> Iterator[Change | NotCompared]:
    """Yield what changes about the tasks of a window.

    Args:
        old: The window as it was.
        new: The window as it will be.
        window: What a reader calls it.
        about: Makes a change about the window.
    """
    found = pair(
        old.tasks,
        new.tasks,
        keys=[
            lambda task: (_document(task), _operation(task), _logical_id(task)),
            lambda task: (_document(task), _operation(task)),
            _logical_id,
            _document,
        ],
    )
    for task in found.only_old:
        yield about(
            kind=ChangeKind.TASK_REMOVED,
            what=f"{window} no longer runs {_title(task)}",
            old=_task_words(task),
        )
    for task in found.only_new:
        yield about(
            kind=ChangeKind.TASK_ADDED,
            what=f"{window} also runs {_title(task)}",
            new=_task_words(task),
        )
    for one, other in found.both:
        yield from _compared(window, one, other, about)


def _compared(
    window: str, old: TaskRecord, new: TaskRecord, about: Callable[..., Change]
) -> Iterator[Change | NotCompared]:
    title = _title(new)
    for field in _FIELDS:
        before, after = field.value(old), field.value(new)
        yield from not_compared(f"{field.what} of {title} in {window}", before, after)
        if comparable(before) != comparable(after):
            yield about(
                kind=ChangeKind.TASK_CHANGED,
                what=f"{title} in {window} has another {field.what}",
                old=words(before, missing=field.missing),
                new=words(after, missing=field.missing),
                consequence=field.consequence,
            )
    for parameter in dict.fromkeys([*old.parameters, *new.parameters]):
        before, after = old.parameters.get(parameter), new.parameters.get(parameter)
        missing = "not given, so RebootIfNeeded" if parameter == "RebootOption" else "not given"
        yield from not_compared(f"{parameter} of {title} in {window}", before, after)
        if comparable(before) != comparable(after):
            yield about(
                kind=ChangeKind.TASK_CHANGED,
                what=f"{title} in {window} has another {parameter}",
                old=words(before, missing=missing),
                new=words(after, missing=missing),
                consequence=_consequence(parameter, after),
            )


def _consequence(parameter: str, value: object) -> str | None:
    said = words(value)
    if value is None and parameter == "RebootOption":
        said = RebootOption.REBOOT_IF_NEEDED
    return _VALUES.get((parameter, said)) or _PARAMETERS.get(parameter)


def _document(task: TaskRecord) -> str | None:
    return None if isinstance(task.task_arn, Unknown) else task.task_arn


def _operation(task: TaskRecord) -> str | None:
    operation = patch_operation(task)
    return None if operation is None or isinstance(operation, Unknown) else operation


def _logical_id(task: TaskRecord) -> str | None:
    return logical_id(task.location)


def _title(task: TaskRecord) -> str:
    document, operation = _document(task), _operation(task)
    if document is None:
        return "a task whose document is not known"
    return document if operation is None else f"{document} ({operation})"


def _task_words(task: TaskRecord) -> str:
    budget = f"concurrency {words(task.max_concurrency)}, error budget {words(task.max_errors)}"
    reboot = task.parameters.get("RebootOption")
    return f"{_title(task)}, {budget}" + (f", RebootOption {words(reboot)}" if reboot else "")
