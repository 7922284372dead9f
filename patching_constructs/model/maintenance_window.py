"""Records of maintenance windows, their targets and their tasks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from patching_constructs.model.location import Location
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
class TaskRecord:
    """A window task; `parameters` are those of the Run Command document."""

    task_type: Maybe[str]
    task_arn: Maybe[str]
    priority: Maybe[int]
    targets: tuple[TargetRecord, ...] = ()
    max_concurrency: Maybe[str] | None = None
    max_errors: Maybe[str] | None = None
    cutoff_behavior: Maybe[str] | None = None
    service_role_arn: Maybe[str] | None = None
    parameters: Mapping[str, Maybe[tuple[Maybe[str], ...]]] = field(default_factory=dict)
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
