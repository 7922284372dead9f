"""From the properties of windows, targets and tasks to their records."""

import re
from collections.abc import Callable, Mapping

from patching_constructs.model.maintenance_window import (
    CommandOutputRecord,
    NotificationRecord,
    TargetRecord,
    TaskRecord,
    WindowRecord,
)
from patching_constructs.model.maintenance_window_limits import ResourceType
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Maybe, PartlyKnown, Reference, Unknown
from patching_constructs.templates.fields import Fields
from patching_constructs.templates.own_document import document_operation

_INVOCATION_PARAMETERS = (
    "MaintenanceWindowRunCommandParameters",
    "MaintenanceWindowAutomationParameters",
)
_WINDOW_TARGET_IDS = "WindowTargetIds"
_AWS_DOCUMENT = re.compile(
    r"arn:[^:]*:ssm:[^:]*::(?:document|automation-definition)/(?P<name>[^:$]+)(?::.*)?"
)

TargetsById = Mapping[tuple[str, str], TargetRecord]
"""The targets of the window, by stack and logical id."""


def read_window(
    fields: Fields, *, targets: tuple[TargetRecord, ...], tasks: tuple[TaskRecord, ...]
) -> WindowRecord:
    """Read a window.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-maintenancewindow.html
    """
    return WindowRecord(
        name=fields.required_text("Name"),
        schedule=ScheduleRecord(
            expression=fields.required_text("Schedule"),
            timezone=fields.text("ScheduleTimezone"),
            offset_days=fields.integer("ScheduleOffset"),
            start_date=fields.text("StartDate"),
            end_date=fields.text("EndDate"),
        ),
        duration_hours=fields.required_integer("Duration"),
        cutoff_hours=fields.required_integer("Cutoff"),
        allow_unassociated_targets=fields.required_flag("AllowUnassociatedTargets"),
        description=fields.text("Description"),
        targets=targets,
        tasks=tasks,
        location=fields.location,
    )


def window_that_is_not_there(
    reason: str, *, targets: tuple[TargetRecord, ...], tasks: tuple[TaskRecord, ...]
) -> WindowRecord:
    """Stand in for a window on which the template registers something without defining it."""
    unknown = Unknown(reason)
    locations = [*(task.location for task in tasks), *(target.location for target in targets)]
    return WindowRecord(
        name=unknown,
        schedule=ScheduleRecord(expression=unknown),
        duration_hours=unknown,
        cutoff_hours=unknown,
        allow_unassociated_targets=unknown,
        targets=targets,
        tasks=tasks,
        location=locations[0],
    )


def read_target(fields: Fields) -> TargetRecord:
    """Read a target.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-maintenancewindowtarget.html
    """
    return TargetRecord(
        resource_type=fields.required_text("ResourceType"),
        targets=_keys(fields),
        name=fields.text("Name"),
        owner_information=fields.text("OwnerInformation"),
        location=fields.location,
    )


def read_task(
    fields: Fields, *, targets: TargetsById, content_of: Callable[[Maybe[str]], object]
) -> TaskRecord:
    """Read a task.

    Args:
        fields: Its properties.
        targets: The targets of its window.
        content_of: Finds the content of a document that the templates define, by its ARN or name.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-maintenancewindowtask.html
    """
    invocation = fields.child("TaskInvocationParameters")
    given = [invocation.child(name) for name in _INVOCATION_PARAMETERS if name in invocation.names()]
    command = given[0] if given else invocation.child(_INVOCATION_PARAMETERS[0])
    parameters = (
        _old_parameters(fields.child("TaskParameters"))
        if "TaskParameters" in fields.names()
        else _parameters(command.child("Parameters"))
    )
    task_arn = fields.required_text("TaskArn")
    return TaskRecord(
        task_type=fields.required_text("TaskType"),
        task_arn=_document_name(task_arn),
        priority=fields.required_integer("Priority"),
        targets=_task_targets(fields, targets),
        max_concurrency=fields.text("MaxConcurrency"),
        max_errors=fields.text("MaxErrors"),
        cutoff_behavior=fields.text("CutoffBehavior"),
        service_role_arn=fields.text("ServiceRoleArn"),
        parameters=parameters,
        output=_output(command),
        notification=_notification(command),
        own_operation=document_operation(content_of(task_arn), parameters),
        location=fields.location,
    )


def _keys(fields: Fields) -> Maybe[tuple[tuple[Maybe[str], Maybe[tuple[Maybe[str], ...]]], ...]]:
    children = fields.children("Targets")
    if children is None:
        fields.refuse("Targets", message="missing", received=None, allowed=None)
        return Unknown("Targets is missing")
    if isinstance(children, Unknown):
        return children
    return tuple((child.required_text("Key"), _values(child)) for child in children)


def _values(fields: Fields) -> Maybe[tuple[Maybe[str], ...]]:
    values = fields.texts("Values")
    return () if values is None else values


def _task_targets(fields: Fields, targets: TargetsById) -> tuple[TargetRecord, ...]:
    children = fields.children("Targets")
    if isinstance(children, Unknown):
        return (TargetRecord(resource_type=children, targets=children, location=fields.location),)
    found: list[TargetRecord] = []
    for child in children or ():
        key, values = child.required_text("Key"), _values(child)
        if key == _WINDOW_TARGET_IDS and not isinstance(values, Unknown):
            found += [_registered_target(value, targets, fields) for value in values]
        else:
            found.append(
                TargetRecord(
                    resource_type=ResourceType.INSTANCE, targets=((key, values),), location=fields.location
                )
            )
    return tuple(found)


def _registered_target(value: Maybe[str], targets: TargetsById, fields: Fields) -> TargetRecord:
    if isinstance(value, Reference) and (value.stack, value.logical_id) in targets:
        return targets[value.stack, value.logical_id]
    reason = value.reason if isinstance(value, Unknown) else f"the target {value} is not in the template"
    return TargetRecord(resource_type=Unknown(reason), targets=Unknown(reason), location=fields.location)


def _document_name(task_arn: Maybe[str]) -> Maybe[str]:
    """Return the name of a document of AWS for its ARN, even if Region and partition are not known."""
    text = task_arn.text if isinstance(task_arn, PartlyKnown) else task_arn
    match = _AWS_DOCUMENT.fullmatch(text) if isinstance(text, str) else None
    return task_arn if match is None else match["name"]


def _parameters(fields: Fields) -> dict[str, Maybe[tuple[Maybe[str], ...]]]:
    parameters: dict[str, Maybe[tuple[Maybe[str], ...]]] = {}
    for name in fields.names():
        if isinstance(fields.raw(name), str):
            text = fields.text(name)
            parameters[name] = () if text is None else (text,)
            fields.refuse(
                name, message="not in a list", received=repr(text), allowed=f"a list, such as [{text!r}]"
            )
        else:
            values = fields.texts(name)
            parameters[name] = () if values is None else values
    return parameters


def _old_parameters(fields: Fields) -> dict[str, Maybe[tuple[Maybe[str], ...]]]:
    return {name: _values(fields.child(name)) for name in fields.names()}


def _output(command: Fields) -> CommandOutputRecord | None:
    logs = command.child("CloudWatchOutputConfig")
    output = CommandOutputRecord(
        s3_bucket_name=command.text("OutputS3BucketName"),
        s3_key_prefix=command.text("OutputS3KeyPrefix"),
        log_group_name=logs.text("CloudWatchLogGroupName"),
        log_enabled=logs.flag("CloudWatchOutputEnabled"),
    )
    return None if output == CommandOutputRecord() else output


def _notification(command: Fields) -> NotificationRecord | None:
    if "NotificationConfig" not in command.names():
        return None
    return NotificationRecord(
        topic_arn=command.child("NotificationConfig").text("NotificationArn"),
        role_arn=command.text("ServiceRoleArn"),
    )
