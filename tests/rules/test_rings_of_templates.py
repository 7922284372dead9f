"""Rings of templates that no one wrote for this tool: what patches a ring, and what the proof leaves out."""

import json
from pathlib import Path
from typing import Any

import pytest

from patching_constructs.model.finding import Finding, Level
from patching_constructs.rules.estate import CheckOptions, check_estates
from patching_constructs.templates.estate_files import read_estates
from tests.rules.test_estate_rules import HORIZON, Resources, baseline, check, command, found
from tests.templates.conftest import window
from tests.templates.test_estate import target, task, write

EVERY_NODE = [{"Key": "InstanceIds", "Values": ["*"]}]
INSTALL = command(Operation=["Install"], RebootOption=["NoReboot"])


def ring(
    group: str,
    *weekdays: str,
    delay: int = 0,
    targets: list[list[dict[str, Any]]] | None = None,
    **task_properties: Any,
) -> Resources:
    """A baseline for a group, and for each weekday a window that installs at 06:00 UTC."""
    rule = {"ApproveAfterDays": delay, "PatchFilterGroup": {"PatchFilters": []}}
    resources = {f"{group}Baseline": baseline(group, ApprovalRules={"PatchRules": [rule]})}
    for index, weekday in enumerate(weekdays):
        name = f"{group}{weekday}"
        resources |= {
            name: window(
                Name=name, Schedule=f"cron(0 6 ? * {weekday} *)", ScheduleTimezone="UTC", Duration=2
            ),
            f"{name}Target": target(
                {"Ref": name},
                Targets=[{"Key": "tag:PatchGroup", "Values": [group]}] if targets is None else targets[index],
            ),
            f"{name}Task": task(
                {"Ref": name},
                **{
                    "Targets": [{"Key": "WindowTargetIds", "Values": [{"Ref": f"{name}Target"}]}],
                    "TaskInvocationParameters": INSTALL,
                    **task_properties,
                },
            ),
        }
    return resources


def of_group(group: str, **tags: str) -> list[dict[str, Any]]:
    return [
        {"Key": "tag:PatchGroup", "Values": [group]},
        *({"Key": f"tag:{key}", "Values": [value]} for key, value in tags.items()),
    ]


def inversions(tmp_path: Path, resources: Resources) -> list[Finding]:
    return found(tmp_path, "ring-inversion", resources, rings="dev,prod")


def is_refuted(tmp_path: Path, resources: Resources) -> bool:
    return any(finding.level is Level.ERROR for finding in inversions(tmp_path, resources))


# --- parts of a group ---


def test_windows_on_parts_of_the_earlier_group_do_not_stand_in_for_each_other(tmp_path: Path) -> None:
    """Nodes with App=b wait until Saturday, whatever happens to those with App=a on Monday."""
    parts = [of_group("dev", App="a"), of_group("dev", App="b")]
    resources = {**ring("dev", "MON", "SAT", targets=parts), **ring("prod", "THU", delay=3)}
    (inversion,) = inversions(tmp_path, resources)
    assert inversion.level is Level.ERROR
    assert "here dev by window devSAT" in str(inversion)
    assert not is_refuted(tmp_path, {**ring("dev", "MON", "SAT"), **ring("prod", "THU", delay=3)})


def test_a_further_window_on_a_part_helps_the_rest_of_the_earlier_group_not_at_all(tmp_path: Path) -> None:
    parts = [of_group("dev"), of_group("dev", App="a")]
    assert is_refuted(tmp_path, {**ring("dev", "SAT", "MON", targets=parts), **ring("prod", "THU", delay=3)})


def test_a_further_window_on_a_part_of_the_later_group_counts(tmp_path: Path) -> None:
    parts = [of_group("prod"), of_group("prod", App="a")]
    later = ring("prod", "SUN", "WED", delay=2, targets=parts)
    assert is_refuted(tmp_path, {**ring("dev", "SAT"), **later})
    assert not is_refuted(tmp_path, {**ring("dev", "SAT"), **ring("prod", "SUN", delay=2)})


def test_the_two_tag_keys_are_two_parts_of_a_group(tmp_path: Path) -> None:
    keys = [of_group("dev"), [{"Key": "tag:Patch Group", "Values": ["dev"]}]]
    assert is_refuted(tmp_path, {**ring("dev", "MON", "SAT", targets=keys), **ring("prod", "THU", delay=3)})


# --- what installs ---


def test_a_task_that_names_the_tags_by_itself_patches_the_group(tmp_path: Path) -> None:
    directly: dict[str, Any] = {"Targets": of_group("prod")}
    assert is_refuted(tmp_path, {**ring("dev", "SAT"), **ring("prod", "MON", **directly)})


def association(group: str, weekday: str, operation: str = "Install", **properties: object) -> Resources:
    return {
        f"{group}Association": {
            "Type": "AWS::SSM::Association",
            "Properties": {
                "Name": "AWS-RunPatchBaseline",
                "Parameters": {"Operation": [operation], "RebootOption": ["NoReboot"]},
                "ScheduleExpression": f"cron(0 6 ? * {weekday} *)",
                "Targets": of_group(group),
                **properties,
            },
        }
    }


@pytest.mark.parametrize(
    ("properties", "refuted"),
    [
        ({}, True),
        # It patches both rings on Wednesday, and production waits for two days more.
        ({"Targets": EVERY_NODE}, False),
        ({"Targets": of_group("other")}, False),
        ({"Parameters": {"Operation": "Scan"}}, False),
        ({"ScheduleExpression": None}, False),
    ],
)
def test_an_association_that_installs_beside_windows_counts(
    tmp_path: Path, properties: dict[str, Any], refuted: bool
) -> None:
    in_order = {**ring("dev", "SAT"), **ring("prod", "SUN", delay=2)}
    assert not is_refuted(tmp_path, in_order)
    assert is_refuted(tmp_path, {**in_order, **association("prod", "WED", **properties)}) is refuted


@pytest.mark.parametrize("targets", [of_group("prod"), EVERY_NODE])
def test_an_association_scans_production(tmp_path: Path, targets: list[dict[str, Any]]) -> None:
    resources = {**ring("dev", "SAT"), **ring("prod", "SUN", delay=2)}
    assert len(found(tmp_path, "production-without-scan", resources, rings="dev,prod")) == 1
    scanned = {**resources, **association("prod", "*", "Scan", Targets=targets)}
    assert found(tmp_path, "production-without-scan", scanned, rings="dev,prod") == []


def test_an_association_with_a_rate_leaves_the_order_open(tmp_path: Path) -> None:
    resources = {
        **ring("dev", "SAT"),
        **ring("prod", "SUN", delay=2),
        **association("prod", "", ScheduleExpression="rate(7 days)"),
    }
    (finding,) = inversions(tmp_path, resources)
    assert finding.undecided is not None


def runbook(content: object, **properties: object) -> Resources:
    return {
        "Runbook": {
            "Type": "AWS::SSM::Document",
            "Properties": {"DocumentType": "Automation", "Content": content, **properties},
        }
    }


def steps(operation: object, document: str = "AWS-RunPatchBaseline") -> dict[str, object]:
    return {
        "schemaVersion": "0.3",
        "parameters": {"What": {"type": "String", "default": "Install"}, "Needed": {"type": "String"}},
        "mainSteps": [
            {"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1M"}},
            {
                "name": "patch",
                "action": "aws:runCommand",
                "inputs": {"DocumentName": document, "Parameters": {"Operation": operation}},
            },
        ],
    }


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (steps("Install"), "refuted"),
        (steps(["Install"]), "refuted"),
        (steps("{{ What }}"), "refuted"),
        (json.dumps(steps("Install")), "refuted"),
        (steps("Scan"), "not patched"),
        (steps("{{ Needed }}"), "open"),
        (steps("Install", "AWS-ConfigureAWSPackage"), "not patched"),
        (steps("", "AWS-PatchInstanceWithRollback"), "refuted"),
        ("mainSteps: [", "open"),
        ({"Ref": "Elsewhere"}, "open"),
    ],
)
@pytest.mark.parametrize("by_name", [True, False], ids=["by name", "by reference"])
def test_a_runbook_of_the_template_does_what_its_steps_do(
    tmp_path: Path, content: object, verdict: str, by_name: bool
) -> None:
    runs_it: dict[str, Any] = {
        "TaskType": "AUTOMATION",
        "TaskArn": "own-patching" if by_name else {"Ref": "Runbook"},
        "TaskInvocationParameters": {"MaintenanceWindowAutomationParameters": {}},
    }
    resources = {
        **ring("dev", "SAT"),
        **ring("prod", "MON", **runs_it),
        **runbook(content, **({"Name": "own-patching"} if by_name else {})),
    }
    reasons = [finding.undecided for finding in inversions(tmp_path, resources)]
    no_one = "no window is known that patches its nodes"
    expected = {"refuted": [None], "not patched": [] if content == steps("Scan") else [no_one]}
    if verdict == "open":
        assert len(reasons) == 1
        assert reasons[0] not in (None, no_one)
    else:
        assert reasons == expected[verdict]


def test_a_runbook_gets_its_operation_from_the_task(tmp_path: Path) -> None:
    def with_operation(operation: str) -> Resources:
        invocation = {"MaintenanceWindowAutomationParameters": {"Parameters": {"Needed": [operation]}}}
        runs_it: dict[str, Any] = {
            "TaskType": "AUTOMATION",
            "TaskArn": {"Ref": "Runbook"},
            "TaskInvocationParameters": invocation,
        }
        return {
            **ring("dev", "SAT"),
            **ring("prod", "MON", **runs_it),
            **runbook(steps("{{Needed}}")),
        }

    assert is_refuted(tmp_path, with_operation("Install"))
    assert inversions(tmp_path, with_operation("Scan")) == []


def test_what_only_windows_understands_patches_no_linux(tmp_path: Path) -> None:
    legacy: dict[str, Any] = {
        "TaskArn": "AWS-InstallWindowsUpdates",
        "TaskInvocationParameters": command(Action=["Install"]),
    }
    (finding,) = inversions(tmp_path, {**ring("dev", "SAT"), **ring("prod", "MON", **legacy)})
    assert finding.undecided == "no window is known that patches its nodes"


# --- what is not known is said ---


@pytest.mark.parametrize("unclear", ["dev", "prod"])
def test_a_window_whose_operation_is_open_leaves_the_order_open(tmp_path: Path, unclear: str) -> None:
    """A further window of production may install first, and one of dev may fix what seems out of order."""
    resources = {**ring("dev", "SAT"), **ring("prod", "SUN", delay=2)}
    extra = ring(unclear, "WED", TaskInvocationParameters=command(Operation=[{"Ref": "Operation"}]))
    del extra[f"{unclear}Baseline"]
    (finding,) = inversions(tmp_path, {**resources, **extra})
    assert finding.undecided is not None
    assert "Operation" in finding.undecided


def test_a_window_that_opens_every_minute_leaves_the_order_open(tmp_path: Path) -> None:
    """AWS does not support it, and to follow millions of runs would take minutes."""
    resources = {**ring("dev", "SAT"), **ring("prod", "SUN", delay=2)}
    resources["prodSUN"]["Properties"]["Schedule"] = "cron(* * * * ? *)"
    (finding,) = inversions(tmp_path, resources)
    assert "more often" in str(finding.undecided)


def test_a_function_that_no_one_can_look_into_leaves_nothing_open(tmp_path: Path) -> None:
    function: dict[str, Any] = {
        "TaskType": "LAMBDA",
        "TaskArn": {"Fn::GetAtt": ["Function", "Arn"]},
        "TaskInvocationParameters": {},
    }
    extra = ring("prod", "WED", **function)
    del extra["prodBaseline"]
    resources = {**ring("dev", "SAT"), **ring("prod", "SUN", delay=2), **extra}
    assert inversions(tmp_path, {**resources, "Function": {"Type": "AWS::Lambda::Function"}}) == []


def test_groups_without_a_baseline_are_reported(tmp_path: Path) -> None:
    resources = {**ring("dev", "SAT"), **ring("prod", "MON")}
    del resources["devBaseline"], resources["prodBaseline"]
    findings = inversions(tmp_path, resources)
    assert [finding.field for finding in findings] == ["rings.dev", "rings.prod"]
    assert all("default baseline of the account" in str(finding.undecided) for finding in findings)


@pytest.mark.parametrize(
    ("targets", "reason"),
    [
        ([{"Key": "tag:Environment", "Values": ["prod"]}], "chosen by tag:Environment"),
        ([{"Key": "InstanceIds", "Values": ["i-02573cafcfEXAMPLE"]}], "chosen by InstanceIds"),
        ([{"Key": "resource-groups:Name", "Values": ["prod"]}], "chosen by resource-groups:Name"),
        ([{"Key": "tag:PatchGroup", "Values": {"Ref": "Groups"}}], "Groups"),
    ],
)
def test_a_window_on_nodes_of_no_known_ring_is_reported(
    tmp_path: Path, targets: list[dict[str, Any]], reason: str
) -> None:
    in_order = {**ring("dev", "SAT"), **ring("prod", "SUN", delay=2)}
    assert inversions(tmp_path, in_order) == []
    extra = ring("other", "WED", targets=[targets])
    del extra["otherBaseline"]
    (finding,) = inversions(tmp_path, {**in_order, **extra})
    assert finding.level is Level.INFO
    assert reason in str(finding.undecided)
    assert found(tmp_path, "ring-inversion", {**in_order, **extra}) == []


# --- beside our own constructs ---


def marked(resources: Resources) -> Resources:
    """Mark the windows as RingedMaintenanceWindow does."""
    for name, resource in resources.items():
        if resource["Type"] == "AWS::SSM::MaintenanceWindow":
            ring_name = "dev" if name.startswith("dev") else "prod"
            tags = {"rollout": "web", "ring": ring_name, "ring-order": "1" if ring_name == "dev" else "2"}
            resource["Properties"]["Tags"] = [
                {"Key": f"patching-constructs:{key}", "Value": value} for key, value in tags.items()
            ]
    return resources


def test_a_foreign_window_on_the_group_of_a_marked_ring_counts(tmp_path: Path) -> None:
    own = marked({**ring("dev", "SAT"), **ring("prod", "SUN", delay=2)})
    assert found(tmp_path, "ring-inversion", own) == []
    foreign = ring("prod", "WED")
    del foreign["prodBaseline"]
    (finding,) = found(tmp_path, "ring-inversion", {**own, **foreign})
    assert finding.level is Level.ERROR


def test_a_group_of_the_same_name_elsewhere_is_in_its_own_ring(tmp_path: Path) -> None:
    """Account 1 has group web in ring dev, account 2 in ring prod; a foreign window patches account 2."""
    for account, weekday, delay in (("1", "SAT", 0), ("2", "SUN", 2)):
        resources = ring("web", weekday, delay=delay)
        order = account
        resources[f"web{weekday}"]["Properties"]["Tags"] = [
            {"Key": f"patching-constructs:{key}", "Value": value}
            for key, value in (("rollout", "web"), ("ring", f"ring{order}"), ("ring-order", order))
        ]
        if account == "2":
            foreign = ring("web", "WED")
            del foreign["webBaseline"]
            resources |= foreign
        (tmp_path / f"{account}.template.json").write_text(json.dumps({"Resources": resources}))
    write(
        tmp_path / "manifest.json",
        {
            "artifacts": {
                account: {
                    "type": "aws:cloudformation:stack",
                    "environment": f"aws://{account * 12}/eu-west-1",
                    "properties": {"templateFile": f"{account}.template.json"},
                }
                for account in ("1", "2")
            }
        },
    )
    options = CheckOptions(horizon=HORIZON)
    findings = [
        each for each in check_estates(read_estates([tmp_path]), options) if each.id == "ring-inversion"
    ]
    assert [finding.field for finding in findings] == ["rings.ring2.AMAZON_LINUX_2023"]


def test_nothing_is_said_about_rings_where_no_one_asks(tmp_path: Path) -> None:
    assert not [each for each in check(tmp_path, ring("dev", "SAT")) if each.id.startswith("ring-")]
