"""Answers of AWS as fixtures: every operation that reads and that our functions use, and events."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from tests.integ.cloud import Cloud
from tests.integ.evidence import Answer, Site
from tests.integ.sanitizer import Sanitizer
from tests.integ.stacks_under_test import GROUP

MOST_ITEMS = 20
"""Items of a list in a fixture; a Windows node has thousands of patches."""

Call = tuple[str, str, Mapping[str, Any]]
"""Service, operation as boto3 spells it, and parameters."""


class AnswerBook:
    """Collects answers, and writes them without what says whose account they are from.

    Args:
        folder: Where the fixtures go, a file for each operation and one for events.
        sanitizer: Cleans them.
    """

    def __init__(self, folder: Path, sanitizer: Sanitizer) -> None:
        self._folder = folder
        self._sanitizer = sanitizer
        self._answers: dict[str, list[Any]] = {}

    def record(self, cloud: Cloud, site: Site, executions: Sequence[Answer]) -> None:
        """Ask every question that our functions ask, and keep the answers; a refusal is an answer too."""
        for service, operation, parameters in _calls(cloud, site, executions):
            client = cloud.client(service)
            try:
                answer = getattr(client, operation)(**parameters)
            except ClientError as error:
                answer = {"Error": error.response["Error"]}
            name = client.meta.method_to_api_mapping[operation]
            self._keep(f"{service}.{name}", {"parameters": parameters, "answer": _shortened(answer)})

    def record_events(self, events: Sequence[Answer]) -> None:
        """Keep one event of each detail type and status."""
        kinds = {(event["detail-type"], str(event["detail"].get("status"))): event for event in events}
        for (detail_type, _), event in sorted(kinds.items()):
            self._keep(f"event.{detail_type}", event)

    def write(self, *, region: str, at: datetime) -> tuple[list[Path], dict[Path, list[str]]]:
        """Write the fixtures; return their paths, and what kept the others from being written.

        A fixture that still has something of the account is not written.
        """
        texts = {
            self._folder / f"{name.replace(' ', '-')}.json": json.dumps(
                {"region": region, "recorded": f"{at:%Y-%m-%d}", "answers": answers}, indent=2
            )
            + "\n"
            for name, answers in sorted(self._answers.items())
        }
        leaks = {path: found for path, text in texts.items() if (found := self._sanitizer.leaks(text))}
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in texts.keys() - leaks.keys():
            path.write_text(texts[path], encoding="utf-8")
        return sorted(texts.keys() - leaks.keys()), leaks

    def _keep(self, name: str, answer: Any) -> None:
        self._answers.setdefault(name, []).append(self._sanitizer.clean(answer))


def _shortened(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _shortened(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shortened(inner) for inner in value[:MOST_ITEMS]]
    return value


def _calls(cloud: Cloud, site: Site, executions: Sequence[Answer]) -> Iterator[Call]:
    nodes = site.node_ids
    yield "ssm", "describe_instance_information", {"Filters": [{"Key": "InstanceIds", "Values": nodes}]}
    yield "ssm", "describe_instance_patch_states_for_patch_group", {"PatchGroup": GROUP}
    for node_id in nodes:
        for states in (["Missing", "Failed", "InstalledPendingReboot", "InstalledRejected"], ["Installed"]):
            filters = [{"Key": "State", "Values": states}]
            yield "ssm", "describe_instance_patches", {"InstanceId": node_id, "Filters": filters}
    yield "ssm", "describe_patch_groups", {}
    own = [{"Key": "OWNER", "Values": ["Self"]}]
    yield "ssm", "describe_patch_baselines", {"Filters": own}
    for baseline in cloud.client("ssm").describe_patch_baselines(Filters=own)["BaselineIdentities"]:
        baseline_id = {"BaselineId": baseline["BaselineId"]}
        yield "ssm", "get_patch_baseline", baseline_id
        if baseline.get("OperatingSystem") == "WINDOWS":
            yield "ssm", "describe_effective_patches_for_patch_baseline", baseline_id
    yield "ssm", "describe_maintenance_windows", {}
    for window_id in site.window_ids.values():
        yield "ssm", "get_maintenance_window", {"WindowId": window_id}
        yield "ssm", "describe_maintenance_window_tasks", {"WindowId": window_id}
        yield "ssm", "describe_maintenance_window_executions", {"WindowId": window_id}
    for execution in executions:
        yield from _calls_of_execution(cloud, execution["WindowExecutionId"])
    instances = [{"Name": "instance-id", "Values": nodes}]
    yield "ec2", "describe_instances", {"Filters": instances}
    yield "ssm", "list_commands", {}
    yield (
        "ssm",
        "list_tags_for_resource",
        {
            "ResourceType": "MaintenanceWindow",
            "ResourceId": next(iter(site.window_ids.values())),
        },
    )


def _calls_of_execution(cloud: Cloud, execution_id: str) -> Iterator[Call]:
    ssm = cloud.client("ssm")
    of_execution = {"WindowExecutionId": execution_id}
    yield "ssm", "get_maintenance_window_execution", of_execution
    yield "ssm", "describe_maintenance_window_execution_tasks", of_execution
    tasks = ssm.describe_maintenance_window_execution_tasks(**of_execution)["WindowExecutionTaskIdentities"]
    for task in tasks:
        of_task = {**of_execution, "TaskId": task["TaskExecutionId"]}
        yield "ssm", "get_maintenance_window_execution_task", of_task
        yield "ssm", "describe_maintenance_window_execution_task_invocations", of_task
        invocations = ssm.describe_maintenance_window_execution_task_invocations(**of_task)
        for invocation in invocations["WindowExecutionTaskInvocationIdentities"]:
            if "ExecutionId" in invocation:
                yield "ssm", "list_command_invocations", {"CommandId": invocation["ExecutionId"]}
