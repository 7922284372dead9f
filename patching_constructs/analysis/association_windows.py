"""State Manager associations that scan or install, seen as windows without an end."""

from collections.abc import Iterable, Iterator, Mapping

from patching_constructs.model.estate import ResourceAt, WindowAt
from patching_constructs.model.maintenance_window import TargetRecord, TaskRecord, WindowRecord
from patching_constructs.model.maintenance_window_limits import ResourceType, TaskType
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Maybe, Unknown

ASSOCIATION = "AWS::SSM::Association"

_NO_END = Unknown("an association has no window that closes")


def association_windows(resources: Iterable[ResourceAt]) -> Iterator[WindowAt]:
    """Yield a window for every association with a schedule; its hours are UTC and nothing closes it.

    Without a schedule an association runs when it is deployed and not again, which does not count as a run
    of a ring.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/state-manager-about.html
    """
    for resource in resources:
        if resource.type == ASSOCIATION and not isinstance(resource.properties, Unknown):
            record = _window(resource, resource.properties)
            if record is not None:
                yield WindowAt(record=record, environment=resource.environment, stack=resource.stack)


def association_parameters(properties: Mapping[str, object]) -> dict[str, Maybe[tuple[Maybe[str], ...]]]:
    """Return what an association passes to its document, each as a list."""
    parameters = properties.get("Parameters")
    return {
        str(name): _texts(value)
        for name, value in (parameters.items() if isinstance(parameters, Mapping) else ())
    }


def _window(resource: ResourceAt, properties: Mapping[str, object]) -> WindowRecord | None:
    expression = properties.get("ScheduleExpression")
    if not isinstance(expression, str | Unknown):
        return None
    offset = properties.get("ScheduleOffset")
    targets = tuple(_targets(properties))
    document = properties.get("Name")
    return WindowRecord(
        name=resource.location.logical_id or ASSOCIATION,
        schedule=ScheduleRecord(
            expression=expression, offset_days=offset if isinstance(offset, int | Unknown) else None
        ),
        duration_hours=_NO_END,
        cutoff_hours=_NO_END,
        targets=targets,
        tasks=(
            TaskRecord(
                task_type=TaskType.RUN_COMMAND,
                task_arn=document
                if isinstance(document, str | Unknown)
                else Unknown("the association names no document"),
                priority=1,
                targets=targets,
                parameters=association_parameters(properties),
                location=resource.location,
            ),
        ),
        location=resource.location,
    )


def _targets(properties: Mapping[str, object]) -> Iterator[TargetRecord]:
    """Yield one target, as every key of an association must match."""
    found = properties.get("Targets")
    keys = [item for item in found if isinstance(item, Mapping)] if isinstance(found, tuple) else []
    if isinstance(found, Unknown):
        yield TargetRecord(resource_type=ResourceType.INSTANCE, targets=found)
    elif keys:
        yield TargetRecord(
            resource_type=ResourceType.INSTANCE,
            targets=tuple((_text(item.get("Key")), _texts(item.get("Values"))) for item in keys),
        )
    elif "InstanceId" in properties:
        yield TargetRecord(
            resource_type=ResourceType.INSTANCE,
            targets=(("InstanceIds", _texts(properties["InstanceId"])),),
        )


def _texts(value: object) -> Maybe[tuple[Maybe[str], ...]]:
    if isinstance(value, Unknown):
        return value
    items = value if isinstance(value, tuple) else (value,)
    return tuple(map(_text, items))


def _text(value: object) -> Maybe[str]:
    return value if isinstance(value, str | Unknown) else str(value)
