import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from aws_cdk.assertions import Annotations, Match, Template

from bench.jsii_requests import ADD_METADATA, counted_jsii_requests
from patching_constructs import (
    PROMISES,
    CommandOutput,
    CutoffBehavior,
    FindingId,
    InvalidInputError,
    MaintenanceWindowQuotas,
    OperatingSystem,
    PatchBaseline,
    PatchGroup,
    PatchGroupFleet,
    PatchGroupTagKey,
    PatchOperation,
    PatchWindow,
    Promise,
    RateUnit,
    RebootOption,
    Ring,
    RingedMaintenanceWindow,
    Schedule,
    Severity,
    Weekday,
)
from tests.nag import nag_findings

SCAN = PatchWindow(schedule=Schedule.daily(hour=5), duration_hours=2, cutoff_hours=1)
INSTALL = PatchWindow(
    schedule=Schedule.weekly(day=Weekday.TUESDAY, hour=20), duration_hours=4, cutoff_hours=1
)
DEV = Ring(
    name="dev",
    patch_groups=[PatchGroup(name="dev-web"), PatchGroup(name="dev-batch")],
    scan=SCAN,
    install=INSTALL,
    reboot_option=RebootOption.REBOOT_IF_NEEDED,
    max_concurrency="50%",
    max_errors="10%",
)
PROD = Ring(
    name="prod",
    patch_groups=[PatchGroup(name="prod-web", tag_key=PatchGroupTagKey.PATCH_GROUP_WITH_SPACE)],
    scan=PatchWindow(
        schedule=Schedule.rate(1, RateUnit.DAY, start_date="2026-12-01T03:00:00Z"),
        duration_hours=3,
        cutoff_hours=1,
    ),
    install=PatchWindow(
        schedule=Schedule.patch_tuesday(
            plus_days=11,
            hour=2,
            minute=30,
            timezone="Europe/Berlin",
            start_date="2026-12-01T00:00:00Z",
            end_date="2030-12-01T00:00:00Z",
        ),
        duration_hours=6,
        cutoff_hours=2,
        cutoff_behavior=CutoffBehavior.CANCEL_TASK,
    ),
    reboot_option=RebootOption.NO_REBOOT,
    max_concurrency="10",
    max_errors="0",
    order=4,
    update_agent=False,
    soak_hours=72,
)
IMAGES = Ring(
    name="images",
    patch_groups=[PatchGroup(name="images-web")],
    scan=SCAN,
    max_concurrency="100%",
    max_errors="100%",
    order=9,
)


def _stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(analytics_reporting=False), "Patching")


def _windows(stack: cdk.Stack, *rings: Ring, **arguments: Any) -> RingedMaintenanceWindow:
    arguments.setdefault("rollout_name", "org")
    arguments.setdefault("rings", rings or [DEV])
    if "command_output" not in arguments:
        arguments["command_output"] = CommandOutput(stack, "Output")
    return RingedMaintenanceWindow(stack, "Windows", **arguments)


def _resources(stack: cdk.Stack) -> dict[str, dict[str, Any]]:
    return dict(Template.from_stack(stack).to_json()["Resources"])


def _of(stack: cdk.Stack, kind: str) -> list[dict[str, Any]]:
    return [
        resource["Properties"]
        for resource in _resources(stack).values()
        if resource["Type"] == f"AWS::{kind}"
    ]


def _logical_ids(stack: cdk.Stack) -> list[str]:
    return [logical_id for logical_id in _resources(stack) if logical_id.startswith("Windows")]


def test_minimal(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    _windows(stack)
    template_snapshot(dict(Template.from_stack(stack).to_json()))
    assert len(_logical_ids(stack)) == 9


def test_full(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    _windows(
        stack, DEV, PROD, IMAGES, separate_tasks=True, quotas=MaintenanceWindowQuotas(tasks_per_window=4)
    )
    template_snapshot(dict(Template.from_stack(stack).to_json()))
    assert len(_of(stack, "SSM::MaintenanceWindow")) == 5
    assert len(_of(stack, "SSM::MaintenanceWindowTarget")) == 2 + 2 + 1 + 1 + 1
    assert len(_of(stack, "SSM::MaintenanceWindowTask")) == 2 + 4 + 1 + 1 + 1


def test_logical_ids_are_a_contract_because_a_new_id_replaces_the_window() -> None:
    stack = _stack()
    _windows(stack, DEV, IMAGES)
    assert _logical_ids(stack) == [
        "WindowsServiceRole05FEDA7A",
        "WindowsServiceRolePolicy8DB6F8F5",
        "WindowsDevScan4EE3C458",
        "WindowsDevScanTarget570EC5E6",
        "WindowsDevScanTaskC76986AE",
        "WindowsDevInstallB4ABC6B8",
        "WindowsDevInstallTarget9E4256B2",
        "WindowsDevAgentTask4285E356",
        "WindowsDevInstallTask98FBD478",
        "WindowsImagesScanC512CE25",
        "WindowsImagesScanTarget5C4DDDBA",
        "WindowsImagesScanTaskF648A6E0",
    ]


def test_logical_ids_with_separate_tasks_follow_the_groups() -> None:
    stack = _stack()
    _windows(stack, replace(DEV, install=None, reboot_option=None), separate_tasks=True)
    assert _logical_ids(stack)[2:] == [
        "WindowsDevScan4EE3C458",
        "WindowsDevScanTargetdevwebABCAB779",
        "WindowsDevScanTargetdevbatch9BB3A824",
        "WindowsDevScanTaskdevweb3AEB7B04",
        "WindowsDevScanTaskdevbatch1466BBE1",
    ]


def test_a_group_that_is_added_changes_the_target_and_replaces_nothing() -> None:
    one_group, two_groups = _stack(), _stack()
    _windows(one_group, replace(DEV, patch_groups=DEV.patch_groups[:1]))
    _windows(two_groups, DEV)
    assert _logical_ids(one_group) == _logical_ids(two_groups)


def test_a_ring_that_is_added_leaves_the_ids_of_the_others() -> None:
    before, after = _stack(), _stack()
    _windows(before, DEV, IMAGES)
    _windows(after, DEV, PROD, IMAGES)
    assert set(_logical_ids(before)) < set(_logical_ids(after))


def test_every_part_of_a_schedule_reaches_the_window() -> None:
    stack = _stack()
    _windows(stack, PROD)
    Template.from_stack(stack).has_resource_properties(
        "AWS::SSM::MaintenanceWindow",
        {
            "Name": "org-prod-install",
            "Schedule": "cron(30 2 ? * TUE#3 *)",
            "ScheduleOffset": 4,
            "ScheduleTimezone": "Europe/Berlin",
            "StartDate": "2026-12-01T00:00:00Z",
            "EndDate": "2030-12-01T00:00:00Z",
            "Duration": 6,
            "Cutoff": 2,
        },
    )


def test_no_window_admits_a_node_that_is_not_registered() -> None:
    stack = _stack()
    _windows(stack, DEV, PROD, IMAGES)
    assert {window["AllowUnassociatedTargets"] for window in _of(stack, "SSM::MaintenanceWindow")} == {False}


def test_one_target_lists_all_groups_of_the_ring_and_one_task_names_it() -> None:
    stack = _stack()
    _windows(stack, replace(DEV, install=None, reboot_option=None))
    ((target_id, target),) = (
        Template.from_stack(stack).find_resources("AWS::SSM::MaintenanceWindowTarget").items()
    )
    assert target["Properties"]["ResourceType"] == "INSTANCE"
    assert target["Properties"]["Targets"] == [{"Key": "tag:PatchGroup", "Values": ["dev-web", "dev-batch"]}]
    (task,) = _of(stack, "SSM::MaintenanceWindowTask")
    assert task["Targets"] == [{"Key": "WindowTargetIds", "Values": [{"Ref": target_id}]}]
    assert task["WindowId"] == target["Properties"]["WindowId"]
    assert (task["MaxConcurrency"], task["MaxErrors"]) == ("50%", "10%")


def test_parameters_are_lists_and_hold_the_reboot_choice_but_no_snapshot_id() -> None:
    stack = _stack()
    _windows(stack, PROD)
    parameters = [
        task["TaskInvocationParameters"]["MaintenanceWindowRunCommandParameters"]["Parameters"]
        for task in _of(stack, "SSM::MaintenanceWindowTask")
    ]
    assert parameters == [{"Operation": ["Scan"]}, {"Operation": ["Install"], "RebootOption": ["NoReboot"]}]


def test_the_agent_is_updated_first_in_the_install_window_only() -> None:
    stack = _stack()
    _windows(stack)
    tasks = _of(stack, "SSM::MaintenanceWindowTask")
    assert [(task["WindowId"]["Ref"], task["TaskArn"], task["Priority"]) for task in tasks] == [
        ("WindowsDevScan4EE3C458", "AWS-RunPatchBaseline", 1),
        ("WindowsDevInstallB4ABC6B8", "AWS-UpdateSSMAgent", 0),
        ("WindowsDevInstallB4ABC6B8", "AWS-RunPatchBaseline", 1),
    ]


def _with_ubuntu(stack: cdk.Stack, patch_group: str) -> None:
    PatchGroupFleet(
        stack,
        "Fleet",
        patch_group=PatchGroup(name=patch_group),
        baselines=[PatchBaseline.aws_default(OperatingSystem.UBUNTU)],
    )


def _updated_groups(stack: cdk.Stack) -> list[list[str]]:
    targets = Template.from_stack(stack).find_resources("AWS::SSM::MaintenanceWindowTarget")
    return [
        targets[task["Targets"][0]["Values"][0]["Ref"]]["Properties"]["Targets"][0]["Values"]
        for task in _of(stack, "SSM::MaintenanceWindowTask")
        if task["TaskArn"] == "AWS-UpdateSSMAgent"
    ]


def test_agents_that_are_snaps_are_left_alone_and_those_of_the_other_groups_are_updated() -> None:
    stack, without_ubuntu = _stack(), _stack()
    _with_ubuntu(stack, "dev-web")
    _windows(stack)
    _windows(without_ubuntu)
    assert _updated_groups(stack) == [["dev-batch"]]
    assert _updated_groups(without_ubuntu) == [["dev-web", "dev-batch"]]
    assert set(_logical_ids(without_ubuntu)) < set(_logical_ids(stack)), "a new id would replace the task"
    Annotations.from_stack(stack).has_no_warning("*", Match.any_value())


def test_a_group_of_ubuntu_alone_gets_no_agent_task_and_the_role_may_not_run_one() -> None:
    stack = _stack()
    _with_ubuntu(stack, "dev-web")
    _windows(stack, replace(DEV, patch_groups=DEV.patch_groups[:1]))
    assert _updated_groups(stack) == []
    assert "AWS-UpdateSSMAgent" not in str(_of(stack, "IAM::ManagedPolicy"))


def test_an_update_of_agents_on_ubuntu_is_a_warning() -> None:
    stack = _stack()
    _with_ubuntu(stack, "dev-web")
    _windows(stack, replace(DEV, update_agent=True))
    assert _updated_groups(stack) == [["dev-web", "dev-batch"]]
    Annotations.from_stack(stack).has_warning(
        "/Patching/Windows", Match.string_like_regexp("is a snap, which undoes the update.*'dev-web'")
    )


def test_the_cutoff_behavior_is_always_written() -> None:
    stack = _stack()
    _windows(stack, DEV, PROD)
    tasks = _of(stack, "SSM::MaintenanceWindowTask")
    assert [task["CutoffBehavior"] for task in tasks] == ["CONTINUE_TASK"] * 4 + ["CANCEL_TASK"]


def test_a_ring_that_is_only_scanned_has_no_install_window() -> None:
    stack = _stack()
    windows = _windows(stack, IMAGES)
    assert [window.operation for window in windows.windows] == [PatchOperation.SCAN]
    assert len(_of(stack, "SSM::MaintenanceWindow")) == 1


def test_separate_tasks_run_at_the_same_time_on_one_group_each() -> None:
    stack = _stack()
    _windows(stack, replace(DEV, update_agent=False), separate_tasks=True)
    targets = Template.from_stack(stack).find_resources("AWS::SSM::MaintenanceWindowTarget")
    tasks = _of(stack, "SSM::MaintenanceWindowTask")
    groups = [
        targets[task["Targets"][0]["Values"][0]["Ref"]]["Properties"]["Targets"][0]["Values"]
        for task in tasks
    ]
    assert groups == [["dev-web"], ["dev-batch"]] * 2
    assert {task["Priority"] for task in tasks} == {1}


def test_output_of_each_step_has_its_own_place_in_the_encrypted_bucket_and_log_group() -> None:
    stack = _stack()
    output = CommandOutput(stack, "Output")
    _windows(stack, command_output=output)
    commands = [
        task["TaskInvocationParameters"]["MaintenanceWindowRunCommandParameters"]
        for task in _of(stack, "SSM::MaintenanceWindowTask")
    ]
    assert [command["OutputS3KeyPrefix"] for command in commands] == [
        "org/dev/scan",
        "org/dev/agent",
        "org/dev/install",
    ]
    bucket_name = stack.resolve(output.bucket.bucket_name)
    log_group_name = stack.resolve(output.log_group.log_group_name)
    assert "Ref" in bucket_name
    for command in commands:
        assert command["OutputS3BucketName"] == bucket_name
        assert command["CloudWatchOutputConfig"] == {
            "CloudWatchLogGroupName": log_group_name,
            "CloudWatchOutputEnabled": True,
        }


def test_promises_stand_in_the_metadata_of_the_install_window_in_hours() -> None:
    stack = _stack()
    own = Promise(
        name="house rule",
        within={Severity.CRITICAL: timedelta(days=2), Severity.LOW: timedelta(hours=36)},
        source="https://example.com/policy",
    )
    _windows(stack, replace(DEV, promises=[PROMISES["pci-dss-6.3.3"], own]), PROD)
    windows = Template.from_stack(stack).find_resources("AWS::SSM::MaintenanceWindow").values()
    marks = {
        window["Properties"]["Name"]: window["Metadata"]["patching-constructs"].get("promises")
        for window in windows
    }
    assert marks.pop("org-dev-install") == [
        {
            "name": "pci-dss-6.3.3",
            "within-hours": {"CRITICAL": 720},
            "source": "https://www.pcisecuritystandards.org/document_library/",
        },
        {
            "name": "house rule",
            "within-hours": {"CRITICAL": 48, "LOW": 36},
            "source": "https://example.com/policy",
        },
    ]
    assert set(marks.values()) == {None}


def test_tags_and_metadata_are_a_contract_with_those_who_read_templates() -> None:
    stack = _stack()
    _windows(stack, DEV, PROD, IMAGES)
    windows = Template.from_stack(stack).find_resources("AWS::SSM::MaintenanceWindow").values()
    marks = {
        window["Properties"]["Name"]: (
            {tag["Key"]: tag["Value"] for tag in window["Properties"]["Tags"]},
            window["Metadata"]["patching-constructs"],
        )
        for window in windows
    }
    assert marks["org-dev-scan"] == (
        {
            "patching-constructs:rollout": "org",
            "patching-constructs:ring": "dev",
            "patching-constructs:ring-order": "1",
        },
        {"schema-version": 1, "rollout": "org", "ring": "dev", "ring-order": 1, "operation": "Scan"},
    )
    assert marks["org-prod-install"] == (
        {
            "patching-constructs:rollout": "org",
            "patching-constructs:ring": "prod",
            "patching-constructs:ring-order": "4",
        },
        {
            "schema-version": 1,
            "rollout": "org",
            "ring": "prod",
            "ring-order": 4,
            "operation": "Install",
            "soak-hours": 72,
        },
    )


def test_windows_tell_others_what_they_need() -> None:
    stack = _stack()
    scan, install = _windows(stack).windows
    assert (scan.ring_name, scan.operation, scan.schedule) == ("dev", PatchOperation.SCAN, SCAN.schedule)
    assert (install.operation, install.schedule) == (PatchOperation.INSTALL, INSTALL.schedule)
    assert install.maintenance_window_name == "org-dev-install"
    assert install.patch_groups == DEV.patch_groups
    assert stack.resolve(install.maintenance_window_id) == {"Ref": "WindowsDevInstallB4ABC6B8"}


def _statements(stack: cdk.Stack) -> list[dict[str, Any]]:
    (policy,) = _of(stack, "IAM::ManagedPolicy")
    return list(policy["PolicyDocument"]["Statement"])


def _arn(*parts: str | dict[str, str]) -> dict[str, Any]:
    return {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, *parts]]}


REGION = {"Ref": "AWS::Region"}
NODES = [
    _arn(":ec2:", REGION, ":", {"Ref": "AWS::AccountId"}, ":instance/*"),
    _arn(":ssm:", REGION, ":", {"Ref": "AWS::AccountId"}, ":managed-instance/*"),
]


def test_only_systems_manager_can_assume_the_role() -> None:
    stack = _stack()
    _windows(stack)
    (role,) = _of(stack, "IAM::Role")
    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": "ssm.amazonaws.com"}}
    ]
    assert "Policies" not in role


OUTPUT_BUCKET = {"Fn::GetAtt": ["OutputBucketB1E245A7", "Arn"]}


def test_the_role_runs_only_the_two_documents_with_output_to_the_bucket() -> None:
    stack = _stack()
    _windows(stack)
    assert _statements(stack)[0] == {
        "Action": "ssm:SendCommand",
        "Effect": "Allow",
        "Resource": [
            _arn(":ssm:", REGION, "::document/AWS-RunPatchBaseline"),
            _arn(":ssm:", REGION, "::document/AWS-UpdateSSMAgent"),
            OUTPUT_BUCKET,
        ],
        "Sid": "SendPatchingDocuments",
    }


def test_the_role_may_not_update_the_agent_where_no_ring_does() -> None:
    stack = _stack()
    _windows(stack, PROD, IMAGES)
    assert _statements(stack)[0]["Resource"] == [
        _arn(":ssm:", REGION, "::document/AWS-RunPatchBaseline"),
        OUTPUT_BUCKET,
    ]


def test_the_role_reaches_only_nodes_that_carry_a_tag_of_its_rings() -> None:
    stack = _stack()
    _windows(stack, DEV, PROD, IMAGES)
    assert _statements(stack)[1:3] == [
        {
            "Action": "ssm:SendCommand",
            "Condition": {
                "StringEquals": {"ssm:resourceTag/PatchGroup": ["dev-web", "dev-batch", "images-web"]}
            },
            "Effect": "Allow",
            "Resource": NODES,
            "Sid": "SendToNodesOfPatchGroups",
        },
        {
            "Action": "ssm:SendCommand",
            "Condition": {"StringEquals": {"ssm:resourceTag/Patch Group": ["prod-web"]}},
            "Effect": "Allow",
            "Resource": NODES,
            "Sid": "SendToNodesOfPatchGroups2",
        },
    ]


def _rings_of_many_groups(count: int, *, name_length: int) -> list[Ring]:
    return [
        replace(
            DEV,
            name=f"ring{number}",
            patch_groups=[
                PatchGroup(name=f"{number}-{group}-".ljust(name_length, "x")) for group in range(50)
            ],
        )
        for number in range(count)
    ]


def test_the_policies_of_the_role_are_within_what_iam_accepts_however_many_groups_there_are() -> None:
    stack = _stack()
    rings = _rings_of_many_groups(4, name_length=64)
    _windows(stack, *rings)
    policies = _of(stack, "IAM::ManagedPolicy")
    named: list[str] = []
    for policy in policies:
        # White space does not count: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
        text = json.dumps(policy["PolicyDocument"], separators=(",", ":"))
        assert len(text) <= 6144
        for statement in policy["PolicyDocument"]["Statement"]:
            if "Condition" in statement:
                named += statement["Condition"]["StringEquals"]["ssm:resourceTag/PatchGroup"]
    assert len(policies) == 3
    assert named == [group.name for ring in rings for group in ring.patch_groups]


def test_groups_that_the_policies_of_one_role_cannot_name_are_refused_unless_there_is_another_role() -> None:
    stack = _stack()
    rings = _rings_of_many_groups(4, name_length=256)
    with pytest.raises(InvalidInputError, match="got names for 12 policies; allowed: up to 10") as caught:
        _windows(stack, *rings)
    assert [finding.id for finding in caught.value.findings] == [FindingId.WINDOW_ROLE_POLICIES]
    role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111111111111:role/patching")
    _windows(_stack(), *rings, service_role=role)


def test_what_the_role_may_do_everywhere_starts_nothing() -> None:
    stack = _stack()
    _windows(stack)
    everywhere = [statement for statement in _statements(stack) if statement["Resource"] == "*"]
    assert [statement["Action"] for statement in everywhere] == [
        [
            "ssm:CancelCommand",
            "ssm:GetCommandInvocation",
            "ssm:ListCommandInvocations",
            "ssm:ListCommands",
            "tag:GetResources",
        ]
    ]


def test_a_role_of_the_caller_is_used_as_it_is() -> None:
    stack = _stack()
    role = iam.Role.from_role_arn(stack, "Role", cdk.Fn.import_value("window-role-arn"), mutable=False)
    windows = _windows(stack, service_role=role)
    assert windows.service_role is role
    assert _of(stack, "IAM::Role") == []
    assert _of(stack, "IAM::ManagedPolicy") == []
    for task in _of(stack, "SSM::MaintenanceWindowTask"):
        assert task["ServiceRoleArn"] == {"Fn::ImportValue": "window-role-arn"}


def test_tokens_reach_the_template_where_a_value_may_be_known_only_at_deployment() -> None:
    stack = _stack()
    _windows(stack)
    tasks = _of(stack, "SSM::MaintenanceWindowTask")
    (role_id,) = Template.from_stack(stack).find_resources("AWS::IAM::Role")
    assert [task["ServiceRoleArn"] for task in tasks] == [{"Fn::GetAtt": [role_id, "Arn"]}] * 3


def test_all_mistakes_are_raised_at_once_and_nothing_is_left_in_the_tree() -> None:
    stack = _stack()
    output = CommandOutput(stack, "Output")
    mixed = replace(DEV, patch_groups=[*DEV.patch_groups, *PROD.patch_groups])
    with pytest.raises(InvalidInputError) as caught:
        RingedMaintenanceWindow(
            stack,
            "Windows",
            rollout_name="my rollout",
            rings=[mixed, replace(PROD, order=1)],
            command_output=output,
        )
    assert [finding.id for finding in caught.value.findings] == [
        FindingId.ROLLOUT_NAME,
        FindingId.RING_ORDER,
        FindingId.RING_PATCH_GROUP_SHARED,
        FindingId.WINDOW_TARGET_MIXED_TAG_KEYS,
        FindingId.WINDOW_TARGET_MIXED_TAG_KEYS,
    ]
    assert str(caught.value).startswith("Patching/Windows (RingedMaintenanceWindow): rollout_name: ")
    assert stack.node.try_find_child("Windows") is None


def test_a_token_cannot_name_a_rollout_because_windows_are_named_after_it() -> None:
    with pytest.raises(InvalidInputError, match=r"rollout_name: .*got '\$\{Token"):
        _windows(_stack(), rollout_name=cdk.Fn.import_value("rollout-name"))


def test_no_ring_is_a_mistake() -> None:
    with pytest.raises(InvalidInputError, match="rings: a rollout needs at least one ring"):
        _windows(_stack(), rings=[])


def test_groups_under_both_tag_keys_are_possible_with_separate_tasks() -> None:
    stack = _stack()
    _windows(stack, replace(DEV, patch_groups=[*DEV.patch_groups, *PROD.patch_groups]), separate_tasks=True)
    keys = [target["Targets"][0]["Key"] for target in _of(stack, "SSM::MaintenanceWindowTarget")]
    assert keys == ["tag:PatchGroup", "tag:PatchGroup", "tag:Patch Group"] * 2


def test_a_ring_of_more_groups_than_a_target_takes_is_refused() -> None:
    groups = [PatchGroup(name=f"dev-{number}") for number in range(51)]
    with pytest.raises(
        InvalidInputError, match=r"windows\[org-dev-scan\]\.targets\[0\].*got 51; allowed: 1 to 50"
    ):
        _windows(_stack(), replace(DEV, patch_groups=groups))


def test_more_tasks_than_the_quota_are_refused_until_the_quota_is_raised() -> None:
    ring = replace(DEV, patch_groups=[PatchGroup(name=f"dev-{number}") for number in range(11)])
    with pytest.raises(
        InvalidInputError, match=r"windows\[org-dev-install\]\.tasks: .*got 22; allowed: up to 20"
    ):
        _windows(_stack(), ring, separate_tasks=True)
    _windows(_stack(), ring, separate_tasks=True, quotas=MaintenanceWindowQuotas(tasks_per_window=22))


def test_more_windows_than_an_account_may_have_are_refused() -> None:
    rings = [
        replace(
            IMAGES, name=f"ring-{number}", patch_groups=[PatchGroup(name=f"group-{number}")], order=number
        )
        for number in range(1, 52)
    ]
    with pytest.raises(InvalidInputError, match="windows: more than the quota of the account, got 51"):
        _windows(_stack(), *rings)


def test_a_schedule_that_is_probably_wrong_is_a_warning_under_a_stable_id() -> None:
    stack = _stack()
    wrong = replace(IMAGES, scan=replace(SCAN, schedule=Schedule.rate(1, RateUnit.MINUTE)))
    _windows(stack, wrong)
    Annotations.from_stack(stack).has_warning(
        "/Patching/Windows",
        Match.string_like_regexp(
            r"windows\[org-images-scan\]\.schedule\.expression: .*patching-constructs::schedule-interval"
        ),
    )


def test_cdk_nag_finds_only_the_wildcards_that_the_tag_condition_narrows_and_the_reads() -> None:
    stack = _stack()
    _windows(stack)
    policy = "Patching/Windows/ServiceRolePolicy/Resource"
    nodes = "<AWS::Region>:<AWS::AccountId>"
    assert {finding for finding in nag_findings(stack) if finding[1].startswith("Patching/Windows")} == {
        (f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:{nodes}:instance/*]", policy),
        (f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:{nodes}:managed-instance/*]", policy),
        ("AwsSolutions-IAM5[Resource::*]", policy),
    }


def _by_hand(stack: cdk.Stack, ring: Ring, role: iam.IRole, output: CommandOutput) -> None:
    assert ring.install is not None
    run_command = ssm.CfnMaintenanceWindowTask.MaintenanceWindowRunCommandParametersProperty
    role_arn = role.role_arn
    bucket_name, log_group_name = output.bucket.bucket_name, output.log_group.log_group_name
    documents = {
        "Scan": [("AWS-RunPatchBaseline", {"Operation": ["Scan"]})],
        "Install": [
            ("AWS-UpdateSSMAgent", {}),
            ("AWS-RunPatchBaseline", {"Operation": ["Install"], "RebootOption": ["RebootIfNeeded"]}),
        ],
    }
    for operation, when in (("Scan", ring.scan), ("Install", ring.install)):
        window_id = ssm.CfnMaintenanceWindow(
            stack,
            f"{ring.name}{operation}",
            name=f"org-{ring.name}-{operation.lower()}",
            schedule=when.schedule.expression,
            duration=when.duration_hours,
            cutoff=when.cutoff_hours,
            allow_unassociated_targets=False,
        ).ref
        target_id = ssm.CfnMaintenanceWindowTarget(
            stack,
            f"{ring.name}{operation}Target",
            window_id=window_id,
            resource_type="INSTANCE",
            targets=[
                ssm.CfnMaintenanceWindowTarget.TargetsProperty(
                    key="tag:PatchGroup", values=[group.name for group in ring.patch_groups]
                )
            ],
        ).ref
        for priority, (document, parameters) in enumerate(documents[operation]):
            ssm.CfnMaintenanceWindowTask(
                stack,
                f"{ring.name}{operation}{document}",
                window_id=window_id,
                task_type="RUN_COMMAND",
                task_arn=document,
                priority=priority,
                targets=[
                    ssm.CfnMaintenanceWindowTask.TargetProperty(key="WindowTargetIds", values=[target_id])
                ],
                max_concurrency=ring.max_concurrency,
                max_errors=ring.max_errors,
                cutoff_behavior=when.cutoff_behavior,
                service_role_arn=role_arn,
                task_invocation_parameters=ssm.CfnMaintenanceWindowTask.TaskInvocationParametersProperty(
                    maintenance_window_run_command_parameters=run_command(
                        parameters=parameters,
                        output_s3_bucket_name=bucket_name,
                        output_s3_key_prefix=f"org/{ring.name}",
                        cloud_watch_output_config=ssm.CfnMaintenanceWindowTask.CloudWatchOutputConfigProperty(
                            cloud_watch_log_group_name=log_group_name, cloud_watch_output_enabled=True
                        ),
                    )
                ),
            )


def test_the_construct_asks_the_kernel_once_more_than_the_same_resources_by_hand() -> None:
    stack = _stack()
    output = CommandOutput(stack, "Output")
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ssm.amazonaws.com"))
    with counted_jsii_requests() as ours:
        _windows(stack, DEV, command_output=output, service_role=role)
    with counted_jsii_requests() as by_hand:
        _by_hand(stack, DEV, role, output)
    assert ours.count(ADD_METADATA) == 2
    assert len(ours) - ours.count(ADD_METADATA) == len(by_hand) + 1  # the construct itself


def _shared_baseline(stack: cdk.Stack) -> None:
    PatchBaseline.security_updates(
        stack,
        "Baseline",
        patch_baseline_name="shared",
        operating_system=OperatingSystem.UBUNTU,
        patch_groups=[group.name for ring in (DEV, PROD) for group in ring.patch_groups],
    )


def test_a_baseline_that_production_shares_with_another_ring_is_a_warning() -> None:
    stack = _stack()
    _shared_baseline(stack)
    _windows(stack, DEV, replace(PROD, production=True))
    Annotations.from_stack(stack).has_warning(
        "/Patching/Windows", Match.string_like_regexp("production and another ring share.*rings dev, prod")
    )


@pytest.mark.parametrize(
    "rings", [(DEV, PROD), (replace(DEV, production=True), replace(PROD, production=True))]
)
def test_sharing_a_baseline_is_fine_where_production_is_not_mixed_with_others(
    rings: tuple[Ring, Ring],
) -> None:
    stack = _stack()
    _shared_baseline(stack)
    _windows(stack, *rings)
    Annotations.from_stack(stack).has_no_warning("*", Match.string_like_regexp(".*share the baseline.*"))
