"""What the maintenance window API refuses and lists, whoever calls it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

WINDOW = {
    "Name": "window",
    "Schedule": "rate(7 days)",
    "Duration": 2,
    "Cutoff": 1,
    "AllowUnassociatedTargets": False,
}
TARGETS = [{"Key": "tag:PatchGroup", "Values": ["web"]}]


def create(ssm: Any, **properties: Any) -> str:
    return str(ssm.create_maintenance_window(**{**WINDOW, **properties})["WindowId"])


def register_target(ssm: Any, window_id: str, **properties: Any) -> str:
    request = {"WindowId": window_id, "ResourceType": "INSTANCE", "Targets": TARGETS, **properties}
    return str(ssm.register_target_with_maintenance_window(**request)["WindowTargetId"])


def register_task(ssm: Any, window_id: str, *target_ids: str, **properties: Any) -> str:
    request = {
        "WindowId": window_id,
        "TaskType": "RUN_COMMAND",
        "TaskArn": "AWS-RunPatchBaseline",
        "Targets": [{"Key": "WindowTargetIds", "Values": list(target_ids)}],
        "MaxConcurrency": "1",
        "MaxErrors": "0",
        **properties,
    }
    return str(ssm.register_task_with_maintenance_window(**request)["WindowTaskId"])


@pytest.mark.parametrize(
    "schedule",
    [
        "cron(0 2 ? * TUE#2 *)",
        "cron(0 30 23 ? * TUE#3 *)",
        "rate(1 hour)",
        "rate(30 minutes)",
        "at(2027-07-07T15:55:00)",
    ],
)
def test_schedules_that_aws_takes(aws: Any, schedule: str) -> None:
    assert create(aws("ssm"), Schedule=schedule)


@pytest.mark.parametrize("schedule", ["cron(0 2 * * TUE)", "rate(0 days)", "at(tomorrow)", "every tuesday"])
def test_schedules_that_aws_refuses(aws: Any, schedule: str) -> None:
    with pytest.raises(ClientError, match="Invalid schedule expression"):
        create(aws("ssm"), Schedule=schedule)


@pytest.mark.parametrize(
    ("properties", "complaint"),
    [
        ({"Duration": 25}, "less than or equal to 24"),
        ({"Cutoff": 24}, "less than or equal to 23"),
        ({"Duration": 2, "Cutoff": 2}, "Cutoff 2 must be less than Duration 2"),
        ({"ScheduleOffset": 1}, "ScheduleOffset is supported for cron expressions only"),
        ({"Schedule": "cron(0 2 ? * TUE#2 *)", "ScheduleOffset": 7}, "less than or equal to 6"),
        ({"ScheduleTimezone": "Mars/Olympus"}, "Invalid time zone: Mars/Olympus"),
        ({"Name": "no spaces"}, "regular expression pattern"),
    ],
)
def test_windows_that_aws_refuses(aws: Any, properties: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ClientError, match=complaint):
        create(aws("ssm"), **properties)


def test_an_update_is_checked_as_a_whole(aws: Any) -> None:
    ssm = aws("ssm")
    window_id = create(ssm)
    with pytest.raises(ClientError, match="Cutoff 1 must be less than Duration 1"):
        ssm.update_maintenance_window(WindowId=window_id, Duration=1)
    ssm.update_maintenance_window(WindowId=window_id, Enabled=False)
    read = ssm.get_maintenance_window(WindowId=window_id)
    assert (read["Duration"], read["Enabled"]) == (2, False)


def test_a_fifty_first_window_is_refused(aws: Any) -> None:
    ssm = aws("ssm")
    for _ in range(50):
        create(ssm)
    with pytest.raises(ssm.exceptions.ResourceLimitExceededException):
        create(ssm)


def test_a_target_with_a_sixth_key_is_refused(aws: Any) -> None:
    ssm = aws("ssm")
    window_id = create(ssm)
    register_target(ssm, window_id, Targets=TARGETS * 5)
    with pytest.raises(ClientError, match="less than or equal to 5"):
        register_target(ssm, window_id, Targets=TARGETS * 6)


def test_a_hundred_and_first_target_is_refused(aws: Any) -> None:
    ssm = aws("ssm")
    window_id = create(ssm)
    for _ in range(100):
        register_target(ssm, window_id)
    with pytest.raises(ssm.exceptions.ResourceLimitExceededException):
        register_target(ssm, window_id)


def test_a_twenty_first_task_is_refused(aws: Any) -> None:
    ssm = aws("ssm")
    window_id = create(ssm)
    target_id = register_target(ssm, window_id)
    for _ in range(20):
        register_task(ssm, window_id, target_id)
    with pytest.raises(ssm.exceptions.ResourceLimitExceededException):
        register_task(ssm, window_id, target_id)


def test_a_task_with_targets_must_say_its_concurrency_and_errors(aws: Any) -> None:
    ssm = aws("ssm")
    window_id = create(ssm)
    with pytest.raises(ClientError, match="MaxConcurrency and MaxErrors"):
        ssm.register_task_with_maintenance_window(
            WindowId=window_id,
            TaskType="RUN_COMMAND",
            TaskArn="AWS-RunPatchBaseline",
            Targets=[{"Key": "WindowTargetIds", "Values": [register_target(ssm, window_id)]}],
        )


@pytest.mark.parametrize(("name", "value"), [("MaxConcurrency", "0"), ("MaxErrors", "101%")])
def test_a_task_with_an_impossible_budget_is_refused(aws: Any, name: str, value: str) -> None:
    ssm = aws("ssm")
    window_id = create(ssm)
    with pytest.raises(ClientError, match="regular expression pattern"):
        register_task(ssm, window_id, register_target(ssm, window_id), **{name: value})


def test_a_task_cannot_use_the_target_of_another_window(aws: Any) -> None:
    ssm = aws("ssm")
    other_target = register_target(ssm, create(ssm))
    with pytest.raises(ssm.exceptions.DoesNotExistException):
        register_task(ssm, create(ssm), other_target)


def test_a_target_that_a_task_uses_is_safe_when_asked_for(aws: Any) -> None:
    ssm = aws("ssm")
    window_id = create(ssm)
    target_id = register_target(ssm, window_id)
    register_task(ssm, window_id, target_id)
    request = {"WindowId": window_id, "WindowTargetId": target_id}
    with pytest.raises(ssm.exceptions.TargetInUseException):
        ssm.deregister_target_from_maintenance_window(**request, Safe=True)
    ssm.deregister_target_from_maintenance_window(**request)
    assert ssm.describe_maintenance_window_targets(WindowId=window_id)["Targets"] == []


def test_what_does_not_exist_is_said_not_to_exist(aws: Any) -> None:
    ssm = aws("ssm")
    window_id, nowhere = create(ssm), "00000000-0000-0000-0000-000000000000"
    for call, request in (
        (ssm.get_maintenance_window, {"WindowId": "mw-00000000000000000"}),
        (ssm.get_maintenance_window_task, {"WindowId": window_id, "WindowTaskId": nowhere}),
        (ssm.deregister_task_from_maintenance_window, {"WindowId": window_id, "WindowTaskId": nowhere}),
        (ssm.update_maintenance_window_target, {"WindowId": window_id, "WindowTargetId": nowhere}),
    ):
        with pytest.raises(ssm.exceptions.DoesNotExistException):
            call(**request)


def test_listings_filter(aws: Any) -> None:
    ssm = aws("ssm")
    window_id = create(ssm, Name="one")
    create(ssm, Name="two")
    found = ssm.describe_maintenance_windows(Filters=[{"Key": "Name", "Values": ["one"]}])
    assert [window["WindowId"] for window in found["WindowIdentities"]] == [window_id]
    target_id = register_target(ssm, window_id)
    register_task(ssm, window_id, target_id, Priority=1)
    task_id = register_task(ssm, window_id, target_id, Priority=2)
    filters = [{"Key": "Priority", "Values": ["2"]}]
    (task,) = ssm.describe_maintenance_window_tasks(WindowId=window_id, Filters=filters)["Tasks"]
    assert task["WindowTaskId"] == task_id
