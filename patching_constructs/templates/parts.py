"""What one stack defines, before windows, targets and tasks of all stacks are put together."""

from dataclasses import dataclass, field

from patching_constructs.contracts.marks import METADATA_KEY
from patching_constructs.model.estate import (
    BaselineAt,
    Environment,
    ResourceAt,
    RolloutMarks,
    Unread,
)
from patching_constructs.model.finding import Finding
from patching_constructs.model.maintenance_window import TargetRecord
from patching_constructs.model.unknown import Maybe, Reference, Unknown
from patching_constructs.templates import resource_types as types
from patching_constructs.templates.fields import Fields
from patching_constructs.templates.intrinsic_functions import NO_VALUE
from patching_constructs.templates.maintenance_window import read_target
from patching_constructs.templates.marks import read_metadata_marks, read_tag_marks
from patching_constructs.templates.patch_baseline import read_patch_baseline
from patching_constructs.templates.resolver import StackResolver
from patching_constructs.templates.scenario import OpenQuestionError

ResourceKey = tuple[str, str]
"""Stack and logical id; for what no template defines, an empty text and what there is instead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowPart:
    """A window as it is written."""

    fields: Fields
    environment: Environment
    tag_marks: RolloutMarks
    metadata_marks: RolloutMarks


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskPart:
    """A task as it is written, and the window that it belongs to."""

    window: ResourceKey
    fields: Fields
    environment: Environment


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetPart:
    """A target and the window that it belongs to."""

    window: ResourceKey
    record: TargetRecord
    environment: Environment


@dataclass(kw_only=True, slots=True)
class Parts:
    """What one or many stacks define.

    Attributes:
        mistakes: One list for each stack, to which putting its windows together adds more.
    """

    baselines: list[BaselineAt] = field(default_factory=list)
    windows: dict[ResourceKey, WindowPart] = field(default_factory=dict)
    targets: dict[ResourceKey, TargetPart] = field(default_factory=dict)
    tasks: list[TaskPart] = field(default_factory=list)
    resources: list[ResourceAt] = field(default_factory=list)
    mistakes: list[list[Finding]] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    def extend(self, other: "Parts") -> None:
        """Add what `other` has."""
        self.baselines += other.baselines
        self.windows |= other.windows
        self.targets |= other.targets
        self.tasks += other.tasks
        self.resources += other.resources
        self.mistakes += other.mistakes
        self.unread += other.unread


def read_parts(resolver: StackResolver, scratch: StackResolver) -> Parts:
    """Read what a stack defines.

    Args:
        resolver: Resolves what patches.
        scratch: Resolves the rest, whose parameters are not worth a note.

    Raises:
        OpenQuestionError: If a condition decides about what patches, and the scenario says nothing about it.
    """
    stack = resolver.stack
    mistakes: list[Finding] = []
    parts = Parts(unread=_unread(resolver), mistakes=[mistakes])
    for logical_id, resource in stack.document.section("Resources").items():
        resource_type = stack.resource_type(logical_id)
        is_kept = resource_type in types.LOOKED_AT or resource_type in types.COUNTED
        if not is_kept or not isinstance(resource, dict):
            continue
        if resource_type in types.ALWAYS_BOTH_WAYS:
            if resolver.exists(logical_id):
                _read_patching(parts, resolver, logical_id, resource_type, mistakes)
        elif _may_exist(scratch, logical_id):
            parts.resources.append(
                ResourceAt(
                    type=resource_type,
                    properties=_lenient(scratch, resource.get("Properties")),
                    environment=stack.environment,
                    location=stack.location(logical_id),
                    stack=stack.name,
                    marks=_lenient(scratch, _marks(resource.get("Metadata"))),
                )
            )
    return parts


def _read_patching(
    parts: Parts,
    resolver: StackResolver,
    logical_id: str,
    resource_type: str,
    mistakes: list[Finding],
) -> None:
    stack = resolver.stack
    resource = stack.resource(logical_id)
    location = stack.location(logical_id)
    values = resolver.resolve(resource.get("Properties"))
    fields = Fields(None if values is NO_VALUE else values, location=location, mistakes=mistakes)
    key = (stack.name, logical_id)
    if resource_type == types.PATCH_BASELINE:
        parts.baselines.append(
            BaselineAt(record=read_patch_baseline(fields), environment=stack.environment, stack=stack.name)
        )
    elif resource_type == types.WINDOW:
        parts.windows[key] = WindowPart(
            fields=fields,
            environment=stack.environment,
            tag_marks=read_tag_marks(fields, mistakes=mistakes),
            metadata_marks=read_metadata_marks(
                resolver.resolve(resource.get("Metadata")), location=location, mistakes=mistakes
            ),
        )
    elif resource_type == types.WINDOW_TARGET:
        parts.targets[key] = TargetPart(
            window=_window_key(fields.required_text("WindowId")),
            record=read_target(fields),
            environment=stack.environment,
        )
    elif resource_type == types.WINDOW_TASK:
        parts.tasks.append(
            TaskPart(
                window=_window_key(fields.required_text("WindowId")),
                fields=fields,
                environment=stack.environment,
            )
        )
    else:
        parts.resources.append(
            ResourceAt(
                type=resource_type,
                properties=values if isinstance(values, dict | Unknown) else {},
                environment=stack.environment,
                location=location,
                stack=stack.name,
            )
        )


def _window_key(window_id: Maybe[str]) -> ResourceKey:
    if isinstance(window_id, Reference):
        return (window_id.stack, window_id.logical_id)
    if isinstance(window_id, Unknown):
        return ("", window_id.reason)
    return ("", f"the window {window_id} is not in the templates")


def _may_exist(resolver: StackResolver, logical_id: str) -> bool:
    try:
        return resolver.exists(logical_id)
    except OpenQuestionError:
        return True


def _lenient(resolver: StackResolver, properties: object) -> Maybe[dict[str, object]]:
    """Resolve each property for itself; one that hangs on an open condition is unknown."""
    if not isinstance(properties, dict):
        return {}
    resolved: dict[str, object] = {}
    for name, node in properties.items():
        try:
            value = resolver.resolve(node)
        except OpenQuestionError as error:
            value = Unknown(f"it depends on {error}")
        if value is not NO_VALUE:
            resolved[name] = value
    return resolved


def _marks(metadata: object) -> object:
    return metadata.get(METADATA_KEY) if isinstance(metadata, dict) else None


def _unread(resolver: StackResolver) -> list[Unread]:
    """Note what only CloudFormation can expand."""
    stack = resolver.stack
    notes = [
        Unread(
            what=f"the loop {name}" if name.startswith("Fn::ForEach") else f"what {name} puts there",
            reason="CloudFormation expands it at deployment",
            location=stack.location(name),
        )
        for name in stack.document.section("Resources")
        if name.startswith("Fn::")
    ]
    notes += [
        Unread(
            what=f"what the stack {name} deploys",
            reason="its template is neither a file next to this one nor inline",
            location=stack.location(name),
        )
        for name in stack.document.section("Resources")
        if stack.resource_type(name) in {types.NESTED_STACK, types.STACK_SET} and name not in stack.nested
    ]
    transform = stack.document.sections.get("Transform")
    names = transform if isinstance(transform, list) else [transform]
    return notes + [
        Unread(
            what=f"what the macro {name} makes of the template",
            reason="CloudFormation runs it at deployment",
            location=stack.location("Transform", section="Transform"),
        )
        for name in names
        if isinstance(name, str) and name != "AWS::LanguageExtensions"
    ]
