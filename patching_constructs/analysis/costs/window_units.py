"""What the tasks of maintenance windows use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from patching_constructs.analysis.costs.billable_amount import product, total
from patching_constructs.analysis.costs.output_places import OutputPlaces
from patching_constructs.analysis.costs.runbooks import RunbookIndex
from patching_constructs.analysis.node_count import targeted_nodes
from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.model.estate import Environment, WindowAt
from patching_constructs.model.maintenance_window import TaskRecord
from patching_constructs.model.maintenance_window_limits import TaskType
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.schedules.run_frequency import runs_per_month
from patching_constructs.schedules.span import Span

Use = tuple[BillableUnit, Maybe[Fraction | int]]
"""A unit, and how much of it is used in a month."""

_KILOBYTES_PER_GIGABYTE = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class CostAssumptions:
    """What the costs take for granted, as no template says it.

    Attributes:
        output_kilobytes: How much a command prints on one node. Unit: kilobytes. Default: 100, a round number
            of ours.
    """

    output_kilobytes: int = 100


def window_uses(
    window: WindowAt,
    horizon: Span,
    *,
    node_counts: Mapping[str, int],
    assumptions: CostAssumptions,
    runbooks: RunbookIndex,
    places: OutputPlaces,
) -> Iterator[Use]:
    """Yield what the tasks of a window use."""
    runs = runs_per_month(window.record, horizon)
    for task in window.record.tasks:
        nodes = total(*(targeted_nodes(target, node_counts) for target in task.targets))
        if isinstance(task.task_type, Unknown) or task.task_type == TaskType.AUTOMATION:
            yield from _automation(task, product(runs, nodes if task.targets else 1), runbooks)
        if isinstance(task.task_type, Unknown) or task.task_type == TaskType.RUN_COMMAND:
            commands = product(runs, nodes)
            gigabytes = product(commands, Fraction(assumptions.output_kilobytes, _KILOBYTES_PER_GIGABYTE))
            yield from _output(task, gigabytes, window.environment, places)


def _automation(task: TaskRecord, executions: Maybe[Fraction], runbooks: RunbookIndex) -> Iterator[Use]:
    runbook = runbooks.of(task.task_arn)
    if isinstance(task.task_type, Unknown):
        executions = product(executions, task.task_type)
    yield BillableUnit.AUTOMATION_STEPS, product(executions, runbook.steps)
    seconds: Maybe[int] = 0
    if isinstance(runbook.runs_scripts, Unknown):
        seconds = runbook.runs_scripts
    elif runbook.runs_scripts:
        seconds = Unknown("how long a script of a runbook runs is not in the templates")
    yield BillableUnit.AUTOMATION_SCRIPT_SECONDS, product(executions, seconds)


def _output(
    task: TaskRecord, gigabytes: Maybe[Fraction], environment: Environment, places: OutputPlaces
) -> Iterator[Use]:
    output = task.output
    if output is None:
        return
    if isinstance(task.task_type, Unknown):
        gigabytes = product(gigabytes, task.task_type)
    if isinstance(output.log_enabled, Unknown):
        gigabytes_logged = product(gigabytes, output.log_enabled)
    else:
        gigabytes_logged = gigabytes if output.log_enabled else Fraction()
    yield BillableUnit.LOG_GIGABYTES, gigabytes_logged
    yield (
        BillableUnit.LOG_STORAGE_GIGABYTES,
        product(gigabytes_logged, places.retention(output.log_group_name, environment)),
    )
    bucket = output.s3_bucket_name
    if bucket is not None:
        yield BillableUnit.S3_STORAGE_GIGABYTES, product(gigabytes, places.expiration(bucket))
        elsewhere = places.is_in_another_region(bucket, environment)
        yield BillableUnit.CROSS_REGION_GIGABYTES, product(gigabytes, elsewhere)
