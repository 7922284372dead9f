"""Records of maintenance windows, their targets and their tasks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from patching_constructs.model.location import Location
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Maybe


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetRecord:
    """A registered window target: every key must match, any of a key's values may."""

    resource_type: Maybe[str]
    targets: Maybe[tuple[tuple[Maybe[str], Maybe[tuple[Maybe[str], ...]]], ...]]
    name: Maybe[str] | None = None
    owner_information: Maybe[str] | None = None
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandOutputRecord:
    """Where the output of a Run Command task goes; to CloudWatch Logs only if `log_enabled`.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CloudWatchOutputConfig.html
    """

    s3_bucket_name: Maybe[str] | None = None
    s3_key_prefix: Maybe[str] | None = None
    log_group_name: Maybe[str] | None = None
    log_enabled: Maybe[bool] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NotificationRecord:
    """Who hears of the status of a Run Command task, and the role with which Run Command tells them."""

    topic_arn: Maybe[str] | None = None
    role_arn: Maybe[str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskRecord:
    """A window task.

    Attributes:
        parameters: Those of the Run Command or Automation document.
        own_operation: What the document does to patches if a template defines it, or None if it does nothing
            or is not defined there.
    """

    task_type: Maybe[str]
    task_arn: Maybe[str]
    priority: Maybe[int]
    targets: tuple[TargetRecord, ...] = ()
    max_concurrency: Maybe[str] | None = None
    max_errors: Maybe[str] | None = None
    cutoff_behavior: Maybe[str] | None = None
    service_role_arn: Maybe[str] | None = None
    parameters: Mapping[str, Maybe[tuple[Maybe[str], ...]]] = field(default_factory=dict)
    output: CommandOutputRecord | None = None
    notification: NotificationRecord | None = None
    own_operation: Maybe[PatchOperation] | None = None
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowRecord:
    """A maintenance window with what is registered on it."""

    name: Maybe[str]
    schedule: ScheduleRecord
    duration_hours: Maybe[int]
    cutoff_hours: Maybe[int]
    allow_unassociated_targets: Maybe[bool] = False
    description: Maybe[str] | None = None
    targets: tuple[TargetRecord, ...] = ()
    tasks: tuple[TaskRecord, ...] = ()
    location: Location | None = field(default=None, compare=False)
