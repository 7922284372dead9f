"""A State Manager association is read as a window: when it starts, what it runs, and on which nodes."""

from collections.abc import Mapping
from typing import Any

import pytest

from patching_constructs.analysis.association_windows import (
    ASSOCIATION,
    association_parameters,
    association_windows,
)
from patching_constructs.model.estate import Environment, ResourceAt
from patching_constructs.model.location import Location
from patching_constructs.model.maintenance_window import TargetRecord, TaskRecord, WindowRecord
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Maybe, Unknown

ENVIRONMENT = Environment(account="111111111111", region="eu-central-1")
LATER = Unknown("a parameter without a default")
SCHEDULE = "cron(0 2 ? * SUN *)"


def instances(found: Any) -> TargetRecord:
    return TargetRecord(resource_type="INSTANCE", targets=found)


def resource(logical_id: str | None = "Patch", type_: str = ASSOCIATION, **properties: object) -> ResourceAt:
    return ResourceAt(
        type=type_,
        properties=properties,
        environment=ENVIRONMENT,
        stack="Web",
        location=Location(logical_id=logical_id),
    )


def window(found: ResourceAt) -> WindowRecord:
    (at,) = association_windows([found])
    assert (at.environment, at.stack) == (found.environment, found.stack)
    return at.record


def targets(**properties: Any) -> tuple[TargetRecord, ...]:
    record = window(resource(ScheduleExpression=SCHEDULE, **properties))
    (task,) = record.tasks
    assert task.targets == record.targets
    return record.targets


def test_an_association_is_a_window_with_one_task_and_no_end() -> None:
    found = resource(
        ScheduleExpression=SCHEDULE,
        ScheduleOffset=2,
        Name="AWS-RunPatchBaseline",
        Parameters={"Operation": ("Install",)},
        Targets=({"Key": "tag:App", "Values": ("shop", "web")}, {"Key": "tag:Stage", "Values": LATER}),
    )
    on = (instances((("tag:App", ("shop", "web")), ("tag:Stage", LATER))),)
    no_end = Unknown("an association has no window that closes")
    record = window(found)
    assert record == WindowRecord(
        name="Patch",
        schedule=ScheduleRecord(expression=SCHEDULE, offset_days=2),
        duration_hours=no_end,
        cutoff_hours=no_end,
        targets=on,
        tasks=(
            TaskRecord(
                task_type="RUN_COMMAND",
                task_arn="AWS-RunPatchBaseline",
                priority=1,
                targets=on,
                parameters={"Operation": ("Install",)},
                location=found.location,
            ),
        ),
        location=found.location,
    )
    assert record.location == record.tasks[0].location == found.location


def test_an_association_without_a_logical_id_is_called_by_its_type() -> None:
    assert window(resource(None, ScheduleExpression=SCHEDULE)).name == ASSOCIATION


@pytest.mark.parametrize(("offset", "days"), [(1, 1), (LATER, LATER), ("1", None), (None, None)])
def test_an_offset_that_is_not_a_number_is_none(offset: object, days: Maybe[int] | None) -> None:
    record = window(resource(ScheduleExpression=SCHEDULE, ScheduleOffset=offset))
    assert record.schedule.offset_days == days


@pytest.mark.parametrize(
    ("document", "runs"),
    [("AWS-RunPatchBaseline", "AWS-RunPatchBaseline"), (LATER, LATER)]
    + [(wrong, Unknown("the association names no document")) for wrong in (None, 3)],
)
def test_a_document_that_is_not_a_name_is_unknown(document: object, runs: Maybe[str]) -> None:
    (task,) = window(resource(ScheduleExpression=SCHEDULE, Name=document)).tasks
    assert task.task_arn == runs


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"Targets": LATER}, instances(LATER)),
        ({"InstanceId": "i-1"}, instances((("InstanceIds", ("i-1",)),))),
        ({"InstanceId": LATER}, instances((("InstanceIds", LATER),))),
        ({"Targets": ({"Key": LATER, "Values": (LATER,)},)}, instances(((LATER, (LATER,)),))),
        ({"Targets": ({"Key": 1, "Values": (2,)},)}, instances((("1", ("2",)),))),
    ],
)
def test_a_target_is_unknown_where_it_cannot_be_read(
    properties: Mapping[str, object], expected: TargetRecord
) -> None:
    assert targets(**properties) == (expected,)


@pytest.mark.parametrize("found", [None, (), ("web",), "web"])
def test_what_is_no_list_of_keys_is_no_target(found: object) -> None:
    assert targets(Targets=found) == ()


@pytest.mark.parametrize("expression", [None, 3])
def test_what_does_not_run_again_is_no_window(expression: object) -> None:
    assert not list(association_windows([resource(ScheduleExpression=expression)]))


def test_a_resource_that_cannot_be_read_or_is_no_association_hides_no_other() -> None:
    unread = ResourceAt(
        type=ASSOCIATION, properties=LATER, environment=ENVIRONMENT, stack="Web", location=Location()
    )
    other = resource("Window", "AWS::SSM::MaintenanceWindow", ScheduleExpression=SCHEDULE)
    once = resource("Once")
    (at,) = association_windows([unread, other, once, resource(ScheduleExpression=LATER)])
    assert at.record.schedule.expression == LATER


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"Operation": "Scan", "Tries": 2}, {"Operation": ("Scan",), "Tries": ("2",)}),
        ({1: LATER}, {"1": LATER}),
        (None, {}),
        ("Scan", {}),
    ],
)
def test_parameters_are_lists_of_text(parameters: object, expected: Mapping[str, object]) -> None:
    assert association_parameters({"Parameters": parameters}) == expected
