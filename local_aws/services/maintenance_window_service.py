"""Maintenance windows of one account and Region, as the Systems Manager API shows them.

Method names are API operations; each takes the request and gives the response.

See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateMaintenanceWindow.html
"""

import re
import secrets
import uuid
import zoneinfo
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local_aws.aws import client
from local_aws.errors import ApiError
from local_aws.fleet.clock import clock
from local_aws.paging import page
from patching_constructs import PhaseUnknownError, Schedule

Request = Mapping[str, Any]
Response = dict[str, Any]

MAX_WINDOWS = 50
"""See: https://docs.aws.amazon.com/general/latest/gr/ssm.html"""
MAX_TARGETS_PER_WINDOW = 100
"""See: https://docs.aws.amazon.com/general/latest/gr/ssm.html"""
MAX_TASKS_PER_WINDOW = 20
"""See: https://docs.aws.amazon.com/general/latest/gr/ssm.html"""

# Field counts of cron are what AWS accepts: six, or seven with seconds.
# See: https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-cron-and-rate-expressions.html
_SCHEDULE = re.compile(
    r"cron\(\S+( \S+){5,6}\)|rate\([1-9]\d* (minute|hour|day)s?\)|at\(\d{4}-\d\d-\d\dT[\d:]+\)"
)
_NOT_STORED = frozenset({"Tags", "ClientToken", "Replace"})
_NOT_LISTED = frozenset({"TaskInvocationParameters"})
_LISTED_AS = {"TaskType": "Type"}
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_MaintenanceWindowTask.html"""

_IDENTITY = (
    "WindowId",
    "Name",
    "Description",
    "Enabled",
    "Duration",
    "Cutoff",
    "Schedule",
    "ScheduleTimezone",
    "ScheduleOffset",
    "EndDate",
    "StartDate",
)
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_MaintenanceWindowIdentity.html"""


class RegionWindows:
    """Maintenance windows of one account and Region.

    Args:
        account: The account.
        region: The Region.
    """

    def __init__(self, account: str, region: str) -> None:
        self._account, self._region = account, region
        self._windows: dict[str, dict[str, Any]] = {}
        self._targets: dict[str, dict[str, dict[str, Any]]] = {}
        self._tasks: dict[str, dict[str, dict[str, Any]]] = {}

    def has(self, window_id: str) -> bool:
        """Return whether the window exists."""
        return window_id in self._windows

    # ---- windows

    def create_maintenance_window(self, request: Request) -> Response:
        """Answer CreateMaintenanceWindow.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateMaintenanceWindow.html
        """
        if len(self._windows) >= MAX_WINDOWS:
            raise ApiError(
                "ResourceLimitExceededException", f"{MAX_WINDOWS} maintenance windows exist already"
            )
        _check_window(request)
        window_id = f"mw-{secrets.token_hex(9)[:17]}"
        now = datetime.now(UTC)
        stamps = {"WindowId": window_id, "CreatedDate": now, "ModifiedDate": now}
        self._windows[window_id] = {"Enabled": True, **_stored(request), **stamps}
        self._targets[window_id], self._tasks[window_id] = {}, {}
        if request.get("Tags"):
            ssm = client("ssm", account=self._account, region=self._region)
            ssm.add_tags_to_resource(
                ResourceType="MaintenanceWindow", ResourceId=window_id, Tags=request["Tags"]
            )
        return {"WindowId": window_id}

    def update_maintenance_window(self, request: Request) -> Response:
        """Answer UpdateMaintenanceWindow.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UpdateMaintenanceWindow.html
        """
        window = self._window(request)
        base = window
        if request.get("Replace"):
            base = {"Enabled": True, **{name: window[name] for name in ("WindowId", "CreatedDate")}}
        updated = {**base, **_stored(request), "ModifiedDate": datetime.now(UTC)}
        _check_window(updated)
        self._windows[request["WindowId"]] = updated
        return updated

    def get_maintenance_window(self, request: Request) -> Response:
        """Answer GetMaintenanceWindow.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetMaintenanceWindow.html
        """
        window = self._window(request)
        return {**window, **_next_run(window)}

    def delete_maintenance_window(self, request: Request) -> Response:
        """Answer DeleteMaintenanceWindow.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteMaintenanceWindow.html
        """
        window_id = request["WindowId"]
        for store in (self._windows, self._targets, self._tasks):
            store.pop(window_id, None)
        return {"WindowId": window_id}

    def describe_maintenance_windows(self, request: Request) -> Response:
        """Answer DescribeMaintenanceWindows.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeMaintenanceWindows.html
        """
        filters = {item["Key"]: item["Values"] for item in request.get("Filters", [])}
        found = [
            {**{name: window[name] for name in _IDENTITY if name in window}, **_next_run(window)}
            for window in self._windows.values()
            if window["Name"] in filters.get("Name", [window["Name"]])
            and str(window["Enabled"]).lower() in filters.get("Enabled", ["true", "false"])
        ]
        return page(found, request, "WindowIdentities")

    # ---- targets

    def register_target_with_maintenance_window(self, request: Request) -> Response:
        """Answer RegisterTargetWithMaintenanceWindow.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTargetWithMaintenanceWindow.html
        """
        self._window(request)
        targets = self._targets[request["WindowId"]]
        if len(targets) >= MAX_TARGETS_PER_WINDOW:
            raise ApiError(
                "ResourceLimitExceededException", f"the window has {MAX_TARGETS_PER_WINDOW} targets already"
            )
        target_id = str(uuid.uuid4())
        targets[target_id] = {**_stored(request), "WindowTargetId": target_id}
        return {"WindowTargetId": target_id}

    def update_maintenance_window_target(self, request: Request) -> Response:
        """Answer UpdateMaintenanceWindowTarget.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UpdateMaintenanceWindowTarget.html
        """
        target = self._target(request)
        base = target
        if request.get("Replace"):
            base = {name: target[name] for name in ("WindowId", "WindowTargetId", "ResourceType")}
        updated = {**base, **_stored(request)}
        self._targets[request["WindowId"]][request["WindowTargetId"]] = updated
        return updated

    def deregister_target_from_maintenance_window(self, request: Request) -> Response:
        """Answer DeregisterTargetFromMaintenanceWindow.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeregisterTargetFromMaintenanceWindow.html
        """
        window_id, target_id = request["WindowId"], request["WindowTargetId"]
        self._target(request)
        if request.get("Safe"):
            users = [
                task_id
                for task_id, task in self._tasks[window_id].items()
                if target_id in _window_target_ids(task)
            ]
            if users:
                raise ApiError("TargetInUseException", f"target {target_id} is used by tasks {users}")
        del self._targets[window_id][target_id]
        return {"WindowId": window_id, "WindowTargetId": target_id}

    def describe_maintenance_window_targets(self, request: Request) -> Response:
        """Answer DescribeMaintenanceWindowTargets.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeMaintenanceWindowTargets.html
        """
        self._window(request)
        found = list(self._targets[request["WindowId"]].values())
        return page(_filtered(found, request, ("Type", "ResourceType")), request, "Targets")

    # ---- tasks

    def register_task_with_maintenance_window(self, request: Request) -> Response:
        """Answer RegisterTaskWithMaintenanceWindow.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html
        """
        self._window(request)
        tasks = self._tasks[request["WindowId"]]
        if len(tasks) >= MAX_TASKS_PER_WINDOW:
            raise ApiError(
                "ResourceLimitExceededException", f"the window has {MAX_TASKS_PER_WINDOW} tasks already"
            )
        self._check_task(request)
        task_id = str(uuid.uuid4())
        tasks[task_id] = {**_stored(request), "WindowTaskId": task_id}
        return {"WindowTaskId": task_id}

    def update_maintenance_window_task(self, request: Request) -> Response:
        """Answer UpdateMaintenanceWindowTask.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UpdateMaintenanceWindowTask.html
        """
        task = self._task(request)
        base = task
        if request.get("Replace"):
            base = {name: task[name] for name in ("WindowId", "WindowTaskId", "TaskType")}
        updated = {**base, **_stored(request)}
        self._check_task(updated)
        self._tasks[request["WindowId"]][request["WindowTaskId"]] = updated
        return updated

    def get_maintenance_window_task(self, request: Request) -> Response:
        """Answer GetMaintenanceWindowTask.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetMaintenanceWindowTask.html
        """
        return self._task(request)

    def deregister_task_from_maintenance_window(self, request: Request) -> Response:
        """Answer DeregisterTaskFromMaintenanceWindow.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeregisterTaskFromMaintenanceWindow.html
        """
        window_id, task_id = request["WindowId"], request["WindowTaskId"]
        self._task(request)
        del self._tasks[window_id][task_id]
        return {"WindowId": window_id, "WindowTaskId": task_id}

    def describe_maintenance_window_tasks(self, request: Request) -> Response:
        """Answer DescribeMaintenanceWindowTasks.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeMaintenanceWindowTasks.html
        """
        self._window(request)
        tasks = list(self._tasks[request["WindowId"]].values())
        names = ("WindowTaskId", "TaskArn", "Priority", "TaskType")
        found = [
            {_LISTED_AS.get(name, name): value for name, value in task.items() if name not in _NOT_LISTED}
            for task in _filtered(tasks, request, *((name, name) for name in names))
        ]
        return page(found, request, "Tasks")

    # ---- inside

    def _window(self, request: Request) -> dict[str, Any]:
        window_id = request["WindowId"]
        if window_id not in self._windows:
            raise _missing("Maintenance window", window_id)
        return self._windows[window_id]

    def _target(self, request: Request) -> dict[str, Any]:
        self._window(request)
        target_id = request["WindowTargetId"]
        if target_id not in self._targets[request["WindowId"]]:
            raise _missing("Maintenance window target", target_id)
        return self._targets[request["WindowId"]][target_id]

    def _task(self, request: Request) -> dict[str, Any]:
        self._window(request)
        task_id = request["WindowTaskId"]
        if task_id not in self._tasks[request["WindowId"]]:
            raise _missing("Maintenance window task", task_id)
        return self._tasks[request["WindowId"]][task_id]

    def _check_task(self, task: Request) -> None:
        if task.get("Targets"):
            if missing := [name for name in ("MaxConcurrency", "MaxErrors") if name not in task]:
                raise ApiError(
                    "ValidationException", f"a task with targets must have {' and '.join(missing)}"
                )
            for target_id in _window_target_ids(task):
                self._target({"WindowId": task["WindowId"], "WindowTargetId": target_id})


def _next_run(window: Mapping[str, Any]) -> dict[str, str]:
    """Return when a window runs next, if that is known."""
    schedule = Schedule(
        expression=window["Schedule"],
        timezone=window.get("ScheduleTimezone"),
        offset_days=window.get("ScheduleOffset"),
        start_date=window.get("StartDate"),
        end_date=window.get("EndDate"),
    )
    try:
        runs = schedule.next_runs(after=clock(), count=1)
    except PhaseUnknownError:
        runs = ()
    return {"NextExecutionTime": runs[0].starts_at.isoformat()} if runs else {}


def _check_window(window: Request) -> None:
    if window["Cutoff"] >= window["Duration"]:
        raise ApiError(
            "ValidationException",
            f"Cutoff {window['Cutoff']} must be less than Duration {window['Duration']}",
        )
    if not _SCHEDULE.fullmatch(window["Schedule"]):
        raise ApiError("ValidationException", f"Invalid schedule expression: {window['Schedule']}")
    if "ScheduleOffset" in window and not window["Schedule"].startswith("cron("):
        raise ApiError("ValidationException", "ScheduleOffset is supported for cron expressions only")
    zone = window.get("ScheduleTimezone", "UTC")
    if zone not in zoneinfo.available_timezones():
        raise ApiError("ValidationException", f"Invalid time zone: {zone}")


def _window_target_ids(task: Request) -> list[str]:
    return [
        target_id
        for target in task.get("Targets", [])
        if target["Key"] == "WindowTargetIds"
        for target_id in target["Values"]
    ]


def _filtered(items: list[Response], request: Request, *fields: tuple[str, str]) -> list[Response]:
    names = dict(fields)
    for item in request.get("Filters", []):
        if item["Key"] not in names:
            raise ApiError("ValidationException", f"filter {item['Key']} is not one of {', '.join(names)}")
        items = [found for found in items if str(found.get(names[item["Key"]])) in item["Values"]]
    return items


def _stored(request: Request) -> dict[str, Any]:
    return {name: value for name, value in request.items() if name not in _NOT_STORED}


def _missing(kind: str, identifier: str) -> ApiError:
    return ApiError("DoesNotExistException", f"{kind} {identifier} does not exist.")
