"""Records of maintenance windows, targets and tasks, written out as CloudFormation resources."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

import aws_cdk as cdk
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from patching_constructs.model.maintenance_window import TargetRecord, TaskRecord, WindowRecord
from patching_constructs.model.unknown import Maybe

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandSettings:
    """What all commands of a rollout share; every field may be a token."""

    service_role_arn: str
    bucket_name: str
    log_group_name: str


def define_window(
    scope: Construct, id: str, window: WindowRecord, *, tags: Sequence[cdk.CfnTag]
) -> ssm.CfnMaintenanceWindow:
    """Define the window without what is registered on it."""
    return ssm.CfnMaintenanceWindow(
        scope,
        id,
        name=_known(window.name),
        schedule=_known(window.schedule.expression),
        schedule_timezone=_known(window.schedule.timezone),
        schedule_offset=_known(window.schedule.offset_days),
        start_date=_known(window.schedule.start_date),
        end_date=_known(window.schedule.end_date),
        duration=_known(window.duration_hours),
        cutoff=_known(window.cutoff_hours),
        allow_unassociated_targets=_known(window.allow_unassociated_targets),
        tags=tags,
    )


def define_target(scope: Construct, id: str, target: TargetRecord, *, window_id: str) -> str:
    """Register the target on the window and return its id, a token."""
    return ssm.CfnMaintenanceWindowTarget(
        scope,
        id,
        window_id=window_id,
        resource_type=_known(target.resource_type),
        targets=[
            ssm.CfnMaintenanceWindowTarget.TargetsProperty(
                key=_known(key), values=[_known(value) for value in _known(values)]
            )
            for key, values in _known(target.targets)
        ],
    ).ref


def define_task(
    scope: Construct,
    id: str,
    task: TaskRecord,
    *,
    window_id: str,
    target_id: str,
    settings: CommandSettings,
    output_prefix: str,
) -> None:
    """Register the Run Command task on the window, for one target."""
    ssm.CfnMaintenanceWindowTask(
        scope,
        id,
        window_id=window_id,
        task_type=_known(task.task_type),
        task_arn=_known(task.task_arn),
        priority=_known(task.priority),
        targets=[ssm.CfnMaintenanceWindowTask.TargetProperty(key="WindowTargetIds", values=[target_id])],
        max_concurrency=_known(task.max_concurrency),
        max_errors=_known(task.max_errors),
        cutoff_behavior=_known(task.cutoff_behavior),
        service_role_arn=settings.service_role_arn,
        task_invocation_parameters=ssm.CfnMaintenanceWindowTask.TaskInvocationParametersProperty(
            maintenance_window_run_command_parameters=(
                ssm.CfnMaintenanceWindowTask.MaintenanceWindowRunCommandParametersProperty(
                    parameters={
                        name: [_known(value) for value in _known(values)]
                        for name, values in task.parameters.items()
                    },
                    output_s3_bucket_name=settings.bucket_name,
                    output_s3_key_prefix=output_prefix,
                    cloud_watch_output_config=ssm.CfnMaintenanceWindowTask.CloudWatchOutputConfigProperty(
                        cloud_watch_log_group_name=settings.log_group_name, cloud_watch_output_enabled=True
                    ),
                )
            )
        ),
    )


def _known(value: Maybe[T]) -> T:
    """Narrow the type: records that are made from values hold nothing unknown."""
    return cast("T", value)
