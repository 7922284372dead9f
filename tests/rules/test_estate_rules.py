"""Mistakes that are seen in public templates, each with its smallest template and with one that is fine."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from patching_constructs.cli.arguments import parse_horizon, parse_rings
from patching_constructs.model.finding import Finding, Level
from patching_constructs.rules.estate import CheckOptions, check_estates
from patching_constructs.templates.estate_files import read_estates
from tests.templates.conftest import window
from tests.templates.test_estate import stack_artifact, target, task, write

Resources = dict[str, Any]

HORIZON = parse_horizon("2026-11-23", "2027-11-23", today=dt.date(2026, 11, 23))


def check(tmp_path: Path, resources: Resources, rings: str | None = None) -> list[Finding]:
    (tmp_path / "template.json").write_text(json.dumps({"Resources": resources}))
    options = CheckOptions(horizon=HORIZON, rings=() if rings is None else parse_rings(rings))
    findings = check_estates(read_estates([tmp_path / "template.json"]), options)
    assert [finding for finding in findings if finding.id == "rule-failed"] == []
    return findings


def found(tmp_path: Path, id: str, resources: Resources, rings: str | None = None) -> list[Finding]:
    return [finding for finding in check(tmp_path, resources, rings) if finding.id == id]


def command(**parameters: object) -> dict[str, Any]:
    return {"MaintenanceWindowRunCommandParameters": {"Parameters": parameters}}


def patching(
    *, scan: bool = False, group: str = "web", key: str = "PatchGroup", **task_properties: Any
) -> Resources:
    """A window that installs, or scans, on one patch group."""
    name = "Scan" if scan else "Install"
    invocation = (
        command(Operation=["Scan"]) if scan else command(Operation=["Install"], RebootOption=["NoReboot"])
    )
    hour = 1 if scan else 6
    return {
        name: window(
            Name=f"web-{name}", Schedule=f"cron(0 {hour} ? * SUN *)", ScheduleTimezone="Etc/UTC", Duration=2
        ),
        f"{name}Target": target({"Ref": name}, Targets=[{"Key": f"tag:{key}", "Values": [group]}]),
        f"{name}Task": task(
            {"Ref": name},
            **{
                "ServiceRoleArn": "arn:aws:iam::111111111111:role/windows",
                "Targets": [{"Key": "WindowTargetIds", "Values": [{"Ref": f"{name}Target"}]}],
                "TaskInvocationParameters": invocation,
                **task_properties,
            },
        ),
    }


def baseline(*groups: str, **properties: object) -> dict[str, Any]:
    rule = {
        "ApproveAfterDays": 3,
        "PatchFilterGroup": {"PatchFilters": [{"Key": "CLASSIFICATION", "Values": ["Security"]}]},
    }
    return {
        "Type": "AWS::SSM::PatchBaseline",
        "Properties": {
            "Name": "web",
            "OperatingSystem": "AMAZON_LINUX_2023",
            "PatchGroups": list(groups),
            "ApprovalRules": {"PatchRules": [rule]},
            **properties,
        },
    }


def test_the_templates_that_the_others_start_from_are_clean(tmp_path: Path) -> None:
    resources = {**patching(), **patching(scan=True), "Baseline": baseline("web")}
    assert [finding for finding in check(tmp_path, resources) if finding.level > Level.INFO] == []


# --- documents and their parameters ---


@pytest.mark.parametrize(
    ("override", "is_mistake"),
    [
        ("pb-0123456789abcdef0", True),
        ("arn:aws:ssm:eu-central-1:111111111111:patchbaseline/pb-0123456789abcdef0", True),
        ({"Ref": "Baseline"}, True),
        ("baselines.json", True),
        ("s3://bucket/it's.json", True),
        ("s3://bucket/baselines.json", False),
        ("https://bucket.s3.amazonaws.com/baselines.json", False),
        ({"Fn::Sub": "s3://${AWS::AccountId}/baselines.json"}, False),
        ("", False),
    ],
)
def test_baseline_override_wants_a_file_and_no_baseline(
    tmp_path: Path, override: object, is_mistake: bool
) -> None:
    invocation = command(Operation=["Install"], RebootOption=["NoReboot"], BaselineOverride=[override])
    resources = {**patching(TaskInvocationParameters=invocation), "Baseline": baseline("web")}
    findings = found(tmp_path, "task-baseline-override", resources)
    assert [finding.level for finding in findings] == [Level.ERROR] * is_mistake
    assert all(finding.location and finding.location.logical_id == "InstallTask" for finding in findings)


def test_an_override_of_the_baseline_and_of_the_list_do_not_go_together(tmp_path: Path) -> None:
    invocation = command(
        Operation=["Install"],
        RebootOption=["NoReboot"],
        BaselineOverride=["s3://bucket/baselines.json"],
        InstallOverrideList=["s3://bucket/list.yaml"],
    )
    (finding,) = found(tmp_path, "task-baseline-override", patching(TaskInvocationParameters=invocation))
    assert finding.received == "both"


@pytest.mark.parametrize(
    ("document", "parameter", "is_mistake"),
    [
        ("AWS-RunPatchBaseline", "RebootOptions", True),
        ("AWS-RunPatchBaseline", "SourceInfo", True),
        ("AWS-RunPatchBaseline", "AssociationId", False),
        ("AWS-RunPatchBaselineWithHooks", "BaselineOverride", True),
        ("AWS-RunPatchBaselineWithHooks", "InstallOverrideList", True),
        ("AWS-RunPatchBaselineWithHooks", "PreInstallHookDocName", False),
        ("AWS-RunShellScript", "commands", False),
        ("My-OwnDocument", "Anything", False),
    ],
)
def test_a_document_is_not_given_parameters_that_it_does_not_take(
    tmp_path: Path, document: str, parameter: str, is_mistake: bool
) -> None:
    invocation = command(Operation=["Install"], RebootOption=["NoReboot"], **{parameter: ["x"]})
    resources = patching(TaskArn=document, TaskInvocationParameters=invocation)
    findings = found(tmp_path, "task-parameter-unknown", resources)
    assert [finding.received for finding in findings] == [repr(parameter)] * is_mistake


@pytest.mark.parametrize(
    ("document", "warns"),
    [
        ("AWS-ApplyPatchBaseline", True),
        ("AWS-InstallMissingWindowsUpdates", True),
        ("AWS-InstallWindowsUpdates", True),
        ("AWS-RunPatchBaseline", False),
    ],
)
def test_legacy_documents_are_warnings(tmp_path: Path, document: str, warns: bool) -> None:
    findings = found(tmp_path, "task-document-legacy", patching(TaskArn=document))
    assert [finding.level for finding in findings] == [Level.WARNING] * warns


def test_the_reboot_of_hooks_is_left_to_the_default_too(tmp_path: Path) -> None:
    resources = patching(
        TaskArn="AWS-RunPatchBaselineWithHooks", TaskInvocationParameters=command(Operation=["Install"])
    )
    assert len(found(tmp_path, "task-reboot-option-implicit", resources)) == 1


def test_a_snapshot_in_a_template_goes_stale(tmp_path: Path) -> None:
    invocation = command(Operation=["Scan"], SnapshotId=["11111111-2222-3333-4444-555555555555"])
    assert len(found(tmp_path, "task-snapshot-id", patching(TaskInvocationParameters=invocation))) == 1


def test_associations_are_looked_at_as_tasks_are(tmp_path: Path) -> None:
    association = {
        "Type": "AWS::SSM::Association",
        "Properties": {
            "Name": "AWS-RunPatchBaseline",
            "Parameters": {"Operation": ["Instal"], "BaselineOverride": ["pb-0123456789abcdef0"]},
        },
    }
    findings = check(tmp_path, {"Association": association})
    assert {finding.id for finding in findings} == {"task-operation", "task-baseline-override"}
    assert {finding.location.logical_id for finding in findings if finding.location} == {"Association"}


# --- windows and tasks ---


@pytest.mark.parametrize(
    ("id", "level", "resources"),
    [
        (
            "window-unassociated-targets",
            Level.WARNING,
            {"Window": window(AllowUnassociatedTargets=True)},
        ),
        ("schedule-timezone-missing", Level.INFO, {"Window": window()}),
        (
            "window-without-target",
            Level.INFO,
            {"Window": window(), "Task": task(TaskType="LAMBDA", TaskArn="arn:x", Targets=[])},
        ),
        (
            "task-service-role-missing",
            Level.INFO,
            {"Window": window(), "Target": target(), "Task": task()},
        ),
        (
            "task-target-key",
            Level.WARNING,
            {"Window": window(), "Task": task(Targets=[{"Key": "tag:PatchGroup", "Values": ["web"]}])},
        ),
        (
            "task-budget",
            Level.ERROR,
            {"Window": window(), "Target": target(), "Task": task(MaxConcurrency=None)},
        ),
        ("window-cutoff", Level.ERROR, {"Window": window(Duration=2, Cutoff=2)}),
        ("template-property", Level.ERROR, {"Window": window(Duration="long")}),
    ],
)
def test_what_is_a_warning_or_wrong_in_a_window(
    tmp_path: Path, id: str, level: Level, resources: Resources
) -> None:
    assert {finding.level for finding in found(tmp_path, id, resources)} == {level}
    clean = {**patching(), **patching(scan=True), "Baseline": baseline("web")}
    assert found(tmp_path, id, clean) == []


@pytest.mark.parametrize(("role", "warns"), [(None, True), ("arn:aws:iam::1:role/x", False)])
def test_run_command_needs_a_role_to_send_notifications(
    tmp_path: Path, role: str | None, warns: bool
) -> None:
    invocation = command(Operation=["Scan"])
    invocation["MaintenanceWindowRunCommandParameters"] |= {
        "NotificationConfig": {"NotificationArn": "arn:aws:sns:x", "NotificationType": "Command"},
        **({} if role is None else {"ServiceRoleArn": role}),
    }
    findings = found(tmp_path, "task-notification-role", patching(TaskInvocationParameters=invocation))
    assert [finding.level for finding in findings] == [Level.WARNING] * warns


@pytest.mark.parametrize(("prefix", "warns"), [("scan", True), ("install", False)])
def test_installs_do_not_write_where_scans_do(tmp_path: Path, prefix: str, warns: bool) -> None:
    def writing(prefix: str, operation: str) -> dict[str, Any]:
        invocation = command(Operation=[operation], RebootOption=["NoReboot"])
        invocation["MaintenanceWindowRunCommandParameters"] |= {
            "OutputS3BucketName": {"Ref": "Bucket"},
            "OutputS3KeyPrefix": prefix,
        }
        return invocation

    resources = {
        **patching(TaskInvocationParameters=writing(prefix, "Install")),
        **patching(scan=True, TaskInvocationParameters=writing("scan", "Scan")),
        "Bucket": {"Type": "AWS::S3::Bucket"},
    }
    assert len(found(tmp_path, "install-output-with-scans", resources)) == warns


# --- patch groups and their tags ---


@pytest.mark.parametrize(
    ("key", "warns"),
    [
        ("PatchGroup", False),
        ("Patch Group", False),
        ("patchgroup", True),
        ("Patch-Group", True),
        ("PatchGroups", True),
        ("Environment", False),
    ],
)
def test_tag_keys_are_spelled_as_patch_manager_wants_them(tmp_path: Path, key: str, warns: bool) -> None:
    assert len(found(tmp_path, "patch-group-tag-key", patching(key=key))) == warns


def test_one_group_under_both_tag_keys_is_a_warning(tmp_path: Path) -> None:
    resources = {**patching(key="PatchGroup"), **patching(scan=True, key="Patch Group")}
    (finding,) = found(tmp_path, "patch-group-tag-key", resources)
    assert finding.received == "'PatchGroup' here and 'Patch Group' there"
    assert found(tmp_path, "patch-group-tag-key", {**patching(), **patching(scan=True)}) == []


@pytest.mark.parametrize(
    "nodes",
    [
        {"Type": "AWS::EC2::Instance", "Properties": {"Tags": [{"Key": "Patch Group", "Value": "web"}]}},
        {
            "Type": "AWS::AutoScaling::AutoScalingGroup",
            "Properties": {"Tags": [{"Key": "Patch Group", "Value": "web", "PropagateAtLaunch": True}]},
        },
        {
            "Type": "AWS::EC2::LaunchTemplate",
            "Properties": {
                "LaunchTemplateData": {
                    "TagSpecifications": [
                        {"ResourceType": "volume", "Tags": [{"Key": "PatchGroup", "Value": "web"}]},
                        {"ResourceType": "instance", "Tags": [{"Key": "Patch Group", "Value": "web"}]},
                    ]
                }
            },
        },
    ],
    ids=["instance", "group", "template"],
)
def test_nodes_under_another_key_than_their_window_are_never_patched(
    tmp_path: Path, nodes: dict[str, Any]
) -> None:
    (finding,) = found(tmp_path, "patch-group-tag-key", {**patching(), "Nodes": nodes})
    assert "'web'" in finding.message


def test_a_group_that_no_baseline_registers_falls_back_in_silence(tmp_path: Path) -> None:
    resources = {**patching(group="wbe"), "Baseline": baseline("web")}
    (finding,) = found(tmp_path, "patch-group-without-baseline", resources)
    assert finding.received == "'wbe'"
    assert "did you mean 'web'?" in (finding.allowed or "")
    assert found(tmp_path, "patch-group-without-baseline", patching(group="wbe")) == []


def test_a_group_that_no_window_targets_is_reported(tmp_path: Path) -> None:
    resources = {**patching(), "Baseline": baseline("web", "api", "db")}
    (finding,) = found(tmp_path, "patch-group-without-window", resources)
    assert finding.received == "'api', 'db'"


def test_a_group_has_one_baseline_for_an_operating_system(tmp_path: Path) -> None:
    resources = {"One": baseline("web"), "Two": baseline("api", "web")}
    (finding,) = found(tmp_path, "patch-group-registered-twice", resources)
    assert finding.field == "patch_groups[1]"
    assert finding.location is not None
    assert finding.location.logical_id == "Two"
    resources["Two"] = baseline("web", OperatingSystem="ROCKY_LINUX")
    assert found(tmp_path, "patch-group-registered-twice", resources) == []


@pytest.mark.parametrize(
    ("operating_system", "warns"), [("UBUNTU", True), ("DEBIAN", False), ("AMAZON_LINUX_2023", False)]
)
def test_an_agent_that_is_a_snap_is_not_updated_by_a_window(
    tmp_path: Path, operating_system: str, warns: bool
) -> None:
    agent = patching(TaskArn="AWS-UpdateSSMAgent", TaskInvocationParameters=command())["InstallTask"]
    resources = {
        **patching(),
        "Agent": agent,
        "Baseline": baseline("web", OperatingSystem=operating_system),
    }
    findings = found(tmp_path, "task-agent-update-on-snap", resources)
    assert [(finding.level, finding.received) for finding in findings] == [
        (Level.WARNING, "patch groups with Ubuntu: 'web'")
    ][: int(warns)]
    elsewhere = {**resources, "Baseline": baseline("office", OperatingSystem=operating_system)}
    assert found(tmp_path, "task-agent-update-on-snap", elsewhere) == []


def test_the_same_group_in_two_accounts_has_a_baseline_in_each(tmp_path: Path) -> None:
    artifacts = {
        name: stack_artifact(f"{name}.json", f"aws://{account}/eu-central-1")
        for name, account in (("One", "111111111111"), ("Two", "222222222222"))
    }
    write(tmp_path / "manifest.json", {"artifacts": artifacts})
    for name in artifacts:
        write(tmp_path / f"{name}.json", {"Resources": {"Baseline": baseline("web")}})
    findings = check_estates(read_estates([tmp_path]), CheckOptions(horizon=HORIZON))
    assert [finding for finding in findings if finding.id == "patch-group-registered-twice"] == []


# --- scans and rings ---


def test_nodes_that_are_patched_are_scanned(tmp_path: Path) -> None:
    resources = {**patching(group="patched"), **patching(scan=True, group="scanned")}
    (finding,) = found(tmp_path, "scanned-and-patched-apart", resources)
    assert (finding.level, finding.undecided) == (Level.INFO, None)
    assert found(tmp_path, "scanned-and-patched-apart", {**patching(), **patching(scan=True)}) == []


def test_production_is_scanned(tmp_path: Path) -> None:
    resources = {**patching(), "Baseline": baseline("web")}
    (finding,) = found(tmp_path, "production-without-scan", resources, rings="web")
    assert finding.level is Level.WARNING
    assert found(tmp_path, "production-without-scan", {**resources, **patching(scan=True)}, rings="web") == []
    assert found(tmp_path, "production-without-scan", resources, rings="web,none") == []


def test_production_has_a_baseline_of_its_own(tmp_path: Path) -> None:
    shared = {"Baseline": baseline("dev", "prod")}
    (finding,) = found(tmp_path, "shared-with-production", shared, rings="dev,prod")
    assert finding.received == "rings dev, prod"
    apart = {"Dev": baseline("dev", "test"), "Prod": baseline("prod")}
    assert found(tmp_path, "shared-with-production", apart, rings="dev,test,prod") == []


def test_marks_that_disagree_are_reported(tmp_path: Path) -> None:
    marked = window(Tags=[{"Key": "patching-constructs:ring", "Value": "dev"}])
    marked["Metadata"] = {"patching-constructs": {"ring": "prod"}}
    (finding,) = found(tmp_path, "marks-disagree", {"Window": marked})
    assert finding.received == "'dev' in the tag and 'prod' in the Metadata"


@pytest.mark.parametrize(
    ("document", "parameters"),
    [
        ("AWS-PatchInstanceWithRollback", {"InstanceId": ["{{RESOURCE_ID}}"]}),
        ("AWS-InstallWindowsUpdates", {"Action": ["Install"]}),
    ],
)
def test_documents_that_others_wrote_count_as_installs(
    tmp_path: Path, document: str, parameters: dict[str, object]
) -> None:
    """Production is only said to lack a scan where something installs."""
    invocation = {"MaintenanceWindowAutomationParameters": {"Parameters": parameters}}
    resources = {
        **patching(TaskType="AUTOMATION", TaskArn=document, TaskInvocationParameters=invocation),
        "Baseline": baseline("web", OperatingSystem="WINDOWS"),
    }
    assert len(found(tmp_path, "production-without-scan", resources, rings="web")) == 1


# --- roles, patch policies, alarms ---


def role(*statements: dict[str, Any], **properties: object) -> dict[str, Any]:
    policies = [{"PolicyName": "P", "PolicyDocument": {"Statement": list(statements)}}]
    return {"Type": "AWS::IAM::Role", "Properties": {"Policies": policies, **properties}}


def allow(action: object, resource: object = "*", **more: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


PATCH_DOCUMENT = "arn:aws:ssm:*::document/AWS-RunPatchBaseline"
ADMINISTRATOR = {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess"}


@pytest.mark.parametrize(
    ("resource", "rights"),
    [
        (role(allow("*")), ["* on *"]),
        (role(allow(["ssm:*", "logs:PutLogEvents"], ["*"])), ["ssm:* on *"]),
        (role(allow("iam:PassRole")), ["iam:PassRole on *"]),
        (role(ManagedPolicyArns=[ADMINISTRATOR]), ["AdministratorAccess"]),
        (role({**allow("*"), "Effect": "Deny"}), []),
        (role(allow("ssm:ListCommands")), []),
        (role(allow("ssm:SendCommand", PATCH_DOCUMENT)), []),
        (role(allow("ssm:SendCommand", Condition={"StringEquals": {"a": "b"}})), []),
    ],
)
def test_the_role_of_a_window_may_do_no_more_than_patch(
    tmp_path: Path, resource: dict[str, Any], rights: list[str]
) -> None:
    resources = {**patching(ServiceRoleArn={"Fn::GetAtt": ["Role", "Arn"]}), "Role": resource}
    findings = found(tmp_path, "window-role-wildcard", resources)
    assert [finding.received for finding in findings] == rights
    assert found(tmp_path, "window-role-wildcard", {**patching(), "Role": resource}) == []


def test_a_policy_beside_the_role_counts_too(tmp_path: Path) -> None:
    policy = {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "PolicyName": "P",
            "Roles": [{"Ref": "Role"}],
            "PolicyDocument": {"Statement": allow("*")},
        },
    }
    resources = {**patching(ServiceRoleArn={"Fn::GetAtt": "Role.Arn"}), "Role": role(), "Policy": policy}
    (finding,) = found(tmp_path, "window-role-wildcard", resources)
    assert finding.location is not None
    assert finding.location.logical_id == "Policy"


@pytest.mark.parametrize(
    ("parameters", "level"),
    [
        ({"TargetType": "*"}, Level.WARNING),
        ({}, Level.WARNING),
        ({"TargetType": "Tags", "TargetTagKey": "PatchGroup", "TargetTagValue": "web"}, Level.WARNING),
        ({"TargetType": "Tags", "TargetTagKey": "Team", "TargetTagValue": "web"}, Level.INFO),
        ({"TargetType": "ResourceGroups", "ResourceGroupName": "x"}, Level.INFO),
    ],
)
def test_a_patch_policy_and_windows_do_not_share_nodes(
    tmp_path: Path, parameters: dict[str, str], level: Level
) -> None:
    policy = {
        "Type": "AWS::SSMQuickSetup::ConfigurationManager",
        "Properties": {
            "ConfigurationDefinitions": [{"Type": "AWSQuickSetupType-PatchPolicy", "Parameters": parameters}]
        },
    }
    (finding,) = found(tmp_path, "patch-policy-beside-windows", {**patching(), "Policy": policy})
    assert finding.level is level
    assert found(tmp_path, "patch-policy-beside-windows", {"Policy": policy}) == []


def alarm(**properties: object) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {"Namespace": "AWS/SSM-RunCommand", "MetricName": "CommandsFailed", **properties},
    }


@pytest.mark.parametrize(
    ("properties", "is_mistake"),
    [
        ({}, False),
        ({"MetricName": "CommandFailed"}, True),
        ({"Dimensions": [{"Name": "DocumentName", "Value": "AWS-RunPatchBaseline"}]}, True),
        ({"Namespace": "AWS/SSM", "MetricName": "NonCompliantInstances"}, True),
        ({"Namespace": "AWS/PatchManager"}, True),
        ({"Namespace": "AWS/SSM-Patch"}, True),
        ({"Namespace": "AWS/EC2", "MetricName": "CPUUtilization"}, False),
        ({"Namespace": "Custom/Patching", "MetricName": "Missing"}, False),
        (
            {
                "Namespace": None,
                "Metrics": [{"MetricStat": {"Metric": {"Namespace": "AWS/SSM", "MetricName": "x"}}}],
            },
            True,
        ),
        *(
            ({"Namespace": name}, True)
            for name in (
                "AWS/SSM-PatchManager",
                "AWS/SSMCompliance",
                "AWS/PatchManager",
                "aws/ssm-runcommand",
            )
        ),
        *(({"Namespace": name}, False) for name in ("Custom/SSM", "AWS/EC2", "AWS/Events")),
    ],
)
def test_alarms_watch_what_aws_publishes(
    tmp_path: Path, properties: dict[str, object], is_mistake: bool
) -> None:
    findings = found(tmp_path, "alarm-metric-not-published", {"Alarm": alarm(**properties)})
    assert [finding.level for finding in findings] == [Level.ERROR] * is_mistake


@pytest.mark.parametrize(
    ("key", "policy", "is_mistake"),
    [
        (None, None, False),
        ("alias/aws/sns", None, True),
        ("alias/mine", None, False),
        ({"Ref": "Key"}, {"Service": "events.amazonaws.com"}, True),
        ({"Ref": "Key"}, {"Service": ["events.amazonaws.com", "cloudwatch.amazonaws.com"]}, False),
        ({"Fn::GetAtt": ["Key", "Arn"]}, {"AWS": "arn:aws:iam::111111111111:root"}, True),
        ({"Ref": "Key"}, {"Service": {"Ref": "Service"}}, False),
    ],
)
def test_alarms_publish_to_topics_that_cloudwatch_can_encrypt_for(
    tmp_path: Path, key: object, policy: object, is_mistake: bool
) -> None:
    statement = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": policy}
    resources = {
        "Alarm": alarm(AlarmActions=[{"Ref": "Topic"}]),
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": key}},
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": [statement]}}},
    }
    findings = found(tmp_path, "alarm-topic-unreachable", resources)
    assert [finding.level for finding in findings] == [Level.ERROR] * is_mistake


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("cron(0 2 ? * SUN *)", None),
        ("cron(0 0/30 * 1/1 * ? *)", None),
        ("rate(30 minutes)", None),
        ("00 13 * * *", "not a schedule"),
        ("cron(0 0 * * *)", "cron with 5 fields, as in Unix"),
        ("rate(1 days)", "not a rate"),
    ],
)
def test_the_schedule_of_an_association(tmp_path: Path, expression: str, message: str | None) -> None:
    properties = {"Name": "AWS-UpdateSSMAgent", "ScheduleExpression": expression}
    findings = found(
        tmp_path,
        "schedule-expression",
        {"Association": {"Type": "AWS::SSM::Association", "Properties": properties}},
    )
    assert [finding.message for finding in findings] == ([] if message is None else [message])
