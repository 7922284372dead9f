"""Small templates, and what a comparison of two of them says."""

import copy
import datetime as dt
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from patching_constructs.analysis.ring_plans import RingChoice
from patching_constructs.plan.build import build_plan
from patching_constructs.plan.diff.change import Change, ChangeKind, Comparison
from patching_constructs.plan.diff.compare import compare
from patching_constructs.plan.state import State
from patching_constructs.rules.acknowledged_findings import judge
from patching_constructs.rules.estate import CheckOptions, check_estates
from patching_constructs.schedules.span import Span
from patching_constructs.templates.estate_files import read_estates

Template = dict[str, Any]

TODAY = dt.date(2026, 11, 23)
HORIZON = Span(from_=datetime(2026, 11, 23, tzinfo=UTC), until=datetime(2027, 5, 23, tzinfo=UTC))
SECURITY: Template = {
    "PatchFilterGroup": {"PatchFilters": [{"Key": "CLASSIFICATION", "Values": ["Security"]}]},
}


def baseline(*groups: str, days: int = 7, **properties: object) -> Template:
    return {
        "Type": "AWS::SSM::PatchBaseline",
        "Properties": {
            "Name": "linux",
            "OperatingSystem": "AMAZON_LINUX_2023",
            "PatchGroups": list(groups),
            "ApprovalRules": {"PatchRules": [{**copy.deepcopy(SECURITY), "ApproveAfterDays": days}]},
            **properties,
        },
    }


def ring(
    name: str,
    order: int,
    *groups: str,
    schedule: str = "cron(0 22 ? * WED *)",
    rollout: str = "web",
    soak_hours: int | None = None,
    operation: str = "Install",
    window: Mapping[str, object] | None = None,
    task: Mapping[str, object] | None = None,
    parameters: Mapping[str, list[str]] | None = None,
) -> Template:
    """Return the resources of a ring with one window; their logical ids begin with its name."""
    tags = {"rollout": rollout, "ring": name, "ring-order": str(order)}
    marks: Template = {"schema-version": 1, "rollout": rollout, "ring": name, "ring-order": order}
    if soak_hours is not None:
        marks["soak-hours"] = soak_hours
    return {
        f"{name}Window": {
            "Type": "AWS::SSM::MaintenanceWindow",
            "Metadata": {"patching-constructs": marks},
            "Properties": {
                "Name": f"{rollout}-{name}",
                "Schedule": schedule,
                "ScheduleTimezone": "Europe/Berlin",
                "Duration": 4,
                "Cutoff": 1,
                "AllowUnassociatedTargets": False,
                "Tags": [
                    {"Key": f"patching-constructs:{key}", "Value": value} for key, value in tags.items()
                ],
                **(window or {}),
            },
        },
        f"{name}Target": {
            "Type": "AWS::SSM::MaintenanceWindowTarget",
            "Properties": {
                "WindowId": {"Ref": f"{name}Window"},
                "ResourceType": "INSTANCE",
                "Targets": [{"Key": "tag:PatchGroup", "Values": list(groups or (name,))}],
            },
        },
        f"{name}Task": {
            "Type": "AWS::SSM::MaintenanceWindowTask",
            "Properties": {
                "WindowId": {"Ref": f"{name}Window"},
                "TaskType": "RUN_COMMAND",
                "TaskArn": "AWS-RunPatchBaseline",
                "Priority": 1,
                "MaxConcurrency": "10%",
                "MaxErrors": "5%",
                "CutoffBehavior": "CONTINUE_TASK",
                "ServiceRoleArn": "arn:aws:iam::111111111111:role/windows",
                "Targets": [{"Key": "WindowTargetIds", "Values": [{"Ref": f"{name}Target"}]}],
                "TaskInvocationParameters": {
                    "MaintenanceWindowRunCommandParameters": {
                        "Parameters": {
                            "Operation": [operation],
                            "RebootOption": ["RebootIfNeeded"],
                            **(parameters or {}),
                        }
                    }
                },
                **(task or {}),
            },
        },
    }


def dev_and_prod() -> Template:
    """Return two rings in order, of a baseline each."""
    return {
        "Dev": baseline("dev", days=0, Name="dev"),
        "Prod": baseline("prod", days=7, Name="prod"),
        **ring("dev", 1, schedule="cron(0 22 ? * WED *)"),
        **ring("prod", 2, schedule="cron(0 22 ? * SAT *)"),
    }


def changed(template: Template, path: str, value: object) -> Template:
    """Return a template with another value at `Id/Name/...`; None takes it away."""
    template = copy.deepcopy(template)
    *parents, last = path.split("/")
    node: Any = template
    for parent in parents:
        node = node[int(parent) if isinstance(node, list) else parent]
    if value is None:
        del node[last]
    else:
        node[int(last) if isinstance(node, list) else last] = value
    return template


def assembly(folder: Path, stacks: Mapping[str, tuple[str, Template]]) -> Path:
    """Write a cloud assembly: by the name of the stack, its account and its resources."""
    folder.mkdir(parents=True)
    artifacts = {}
    for name, (account, resources) in stacks.items():
        (folder / f"{name}.template.json").write_text(json.dumps({"Resources": resources}))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{account}/eu-central-1",
            "properties": {"templateFile": f"{name}.template.json", "stackName": name},
        }
    (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": artifacts}))
    return folder


def states(path: Path, **options: Any) -> list[State]:
    """Read a path and plan what it does."""
    check_options = CheckOptions(**{"horizon": HORIZON, **options})
    found = []
    for estate in read_estates([path]):
        judged = judge(check_estates([estate], check_options), estate.acknowledgements, today=TODAY)
        plan = build_plan(estate, check_options, findings=judged, today=TODAY)
        found.append(State(estate=estate, plan=plan, root=str(path)))
    return found


def compare_paths(old: Path, new: Path, **options: Any) -> Comparison:
    """Compare what is at two paths."""
    return compare(states(old, **options), states(new, **options), today=TODAY)


def compare_templates(folder: Path, old: Template, new: Template, **options: Any) -> Comparison:
    """Compare two sets of resources, each as a template of its own."""
    paths = folder / "old.json", folder / "new.json"
    for path, resources in zip(paths, (old, new), strict=True):
        path.write_text(json.dumps(resources if "Resources" in resources else {"Resources": resources}))
    return compare_paths(*paths, **options)


def only(comparison: Comparison, kind: ChangeKind) -> Change:
    """Return the one change of a kind."""
    found = [change for change in comparison.changes if change.kind is kind]
    assert len(found) == 1, [(change.kind, change.what) for change in comparison.changes]
    return found[0]


def kinds(comparison: Comparison) -> list[ChangeKind]:
    """Return the kinds of all changes."""
    return [change.kind for change in comparison.changes]


RINGS = (RingChoice(name="dev"), RingChoice(name="prod"))
