"""From stacks to estates: one for each way in which open conditions can turn out."""

import functools
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence

from patching_constructs.model.acknowledgement import Acknowledgement
from patching_constructs.model.estate import Estate, ParameterDefault, Unread, WindowAt
from patching_constructs.model.location import Location
from patching_constructs.model.maintenance_window import TargetRecord
from patching_constructs.model.track import Track, untracked
from patching_constructs.model.unknown import Maybe, Reference, Unknown
from patching_constructs.templates.exports import ExportIndex
from patching_constructs.templates.maintenance_window import read_task, read_window, window_that_is_not_there
from patching_constructs.templates.parts import Parts, ResourceKey, TaskPart, read_parts
from patching_constructs.templates.resolver import StackResolver
from patching_constructs.templates.resource_types import DOCUMENT
from patching_constructs.templates.scenario import (
    MAX_SCENARIOS,
    OpenQuestionError,
    Question,
    Scenario,
    combinations,
    merge_questions,
)
from patching_constructs.templates.stack import TemplateStack

_Defaults = dict[tuple[TemplateStack, str], str]

MAX_NESTED_STACKS = 2500
"""How many nested stacks of one stack are looked at; AWS makes no more resources of nested stacks at once.

A few files that name each other twice are enough for more than any machine can read.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""


def estates_of(stacks: Sequence[TemplateStack], *, track: Track = untracked) -> tuple[Estate, ...]:
    """Return what the stacks deploy, once for each way in which open conditions can turn out.

    Raises:
        ReadingError: If a template is not readable.
    """
    exports = ExportIndex(stacks)
    acknowledgements: list[Acknowledgement] = []
    closed, open_stacks, questions = Parts(), [], []
    defaults: _Defaults = {}
    for family in track(stacks, "reading templates"):
        members = [family, *itertools.islice(family.all_nested(), MAX_NESTED_STACKS + 1)]
        if len(members) > 1 + MAX_NESTED_STACKS:
            members.pop()
            closed.unread.append(_too_deep(family))
        for stack in members:
            found, parts = _explore(stack, exports, defaults)
            if found:
                open_stacks.append(stack)
                questions += found
            elif parts is not None:
                closed.extend(parts)
        acknowledgements += family.metadata.acknowledgements
        family.release()
    scenarios, is_complete = combinations(merge_questions(questions))
    estates = []
    for scenario in scenarios:
        parts = Parts()
        parts.extend(closed)
        scenario_defaults = dict(defaults)
        for stack in open_stacks:
            parts.extend(_read(stack, scenario, exports, scenario_defaults))
            stack.release()
        if not is_complete:
            parts.unread.append(_too_many(questions))
        estates.append(_estate(parts, scenario, scenario_defaults, tuple(acknowledgements)))
    return tuple(estates)


def _explore(
    stack: TemplateStack, exports: ExportIndex, defaults: _Defaults
) -> tuple[list[Question], Parts | None]:
    """Return the open questions of a stack, or what it defines if there are none."""
    questions: list[Question] = []
    parts: Parts | None = None
    waiting = [Scenario()]
    for _ in range(MAX_SCENARIOS):
        if not waiting:
            break
        scenario = waiting.pop()
        taken: _Defaults = {}
        try:
            parts = _read(stack, scenario, exports, taken)
        except OpenQuestionError as error:
            questions.append(error.question)
            waiting.extend(scenario.branch(error.question))
        else:
            if not questions:
                defaults |= taken
    return questions, parts


def _read(stack: TemplateStack, scenario: Scenario, exports: ExportIndex, defaults: _Defaults) -> Parts:
    resolver = functools.partial(
        StackResolver, stack, scenario, exports=functools.partial(exports.resolve, scenario)
    )
    try:
        return read_parts(resolver(defaults=defaults), resolver(defaults={}))
    except RecursionError:
        location = Location(file=stack.document.file)
        return Parts(unread=[Unread(what="the template", reason="nested too deeply", location=location)])


def _too_deep(family: TemplateStack) -> Unread:
    return Unread(
        what="some nested stacks",
        reason=f"there are more than {MAX_NESTED_STACKS}",
        location=Location(file=family.document.file),
    )


def _too_many(questions: Iterable[Question]) -> Unread:
    names = ", ".join(dict.fromkeys(question.words for question in questions))
    return Unread(
        what="some combinations of open conditions",
        reason=f"there are more than {MAX_SCENARIOS}; give defaults to {names}",
        location=Location(),
    )


def _estate(
    parts: Parts,
    scenario: Scenario,
    defaults: Mapping[tuple[TemplateStack, str], str],
    acknowledgements: tuple[Acknowledgement, ...],
) -> Estate:
    windows = tuple(_windows(parts))
    return Estate(
        baselines=tuple(parts.baselines),
        windows=windows,
        resources=tuple(parts.resources),
        parameter_defaults=tuple(
            ParameterDefault(name=name, value=value, location=stack.location(name, section="Parameters"))
            for (stack, name), value in defaults.items()
        ),
        assumptions=scenario.assumptions,
        mistakes=tuple(dict.fromkeys(itertools.chain.from_iterable(parts.mistakes))),
        unread=tuple(parts.unread),
        acknowledgements=acknowledgements,
    )


def _windows(parts: Parts) -> Iterable[WindowAt]:
    """Put windows together with the targets and tasks that are registered on them."""
    targets: dict[ResourceKey, dict[ResourceKey, TargetRecord]] = {}
    for key, target in parts.targets.items():
        targets.setdefault(target.window, {})[key] = target.record
    tasks: dict[ResourceKey, list[TaskPart]] = {}
    for task in parts.tasks:
        tasks.setdefault(task.window, []).append(task)

    content_of = _documents(parts)
    for key in dict.fromkeys([*parts.windows, *targets, *tasks]):
        of_window = targets.get(key, {})
        registered = tuple(of_window.values())
        records = tuple(
            read_task(task.fields, targets=of_window, content_of=content_of) for task in tasks.get(key, ())
        )
        window = parts.windows.get(key)
        if window is not None:
            yield WindowAt(
                record=read_window(window.fields, targets=registered, tasks=records),
                environment=window.environment,
                tag_marks=window.tag_marks,
                metadata_marks=window.metadata_marks,
                stack=key[0],
            )
            continue
        environments = [
            *(task.environment for task in tasks.get(key, ())),
            *(target.environment for target in parts.targets.values() if target.window == key),
        ]
        reason = key[1] if not key[0] else f"{key[1]} is no window"
        yield WindowAt(
            record=window_that_is_not_there(reason, targets=registered, tasks=records),
            environment=environments[0],
        )


def _documents(parts: Parts) -> Callable[[Maybe[str]], object]:
    """Return how to find the content of a document that a template defines; None if none does."""
    content_by_key: dict[ResourceKey, object] = {}
    content_by_name: dict[str, object] = {}
    for resource in parts.resources:
        if resource.type != DOCUMENT or isinstance(resource.properties, Unknown):
            continue
        content, name = resource.properties.get("Content"), resource.properties.get("Name")
        content_by_key[resource.stack, resource.location.logical_id or ""] = content
        if isinstance(name, str):
            content_by_name[name] = content

    def content_of(document: Maybe[str]) -> object:
        if isinstance(document, Reference):
            return content_by_key.get((document.stack, document.logical_id))
        if isinstance(document, Unknown):
            return None
        return content_by_name.get(document.rpartition("/")[2])

    return content_of
