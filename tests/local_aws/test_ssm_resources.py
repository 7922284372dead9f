from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import DeploymentError

RULE = {
    "ApproveAfterDays": 7,
    "ComplianceLevel": "CRITICAL",
    "EnableNonSecurity": True,
    "PatchFilterGroup": {"PatchFilters": [{"Key": "CLASSIFICATION", "Values": ["Security"]}]},
}
FULL_BASELINE = {
    "Name": "full",
    "OperatingSystem": "AMAZON_LINUX_2023",
    "ApprovalRules": {"PatchRules": [RULE]},
    "GlobalFilters": {"PatchFilters": [{"Key": "PRODUCT", "Values": ["AmazonLinux2023"]}]},
    "ApprovedPatches": ["kernel*"],
    "ApprovedPatchesComplianceLevel": "HIGH",
    "ApprovedPatchesEnableNonSecurity": True,
    "RejectedPatches": ["docker*"],
    "RejectedPatchesAction": "BLOCK",
    "Sources": [{"Name": "mirror", "Products": ["AmazonLinux2023"], "Configuration": "[mirror]"}],
    "Description": "everything",
}


def baseline(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SSM::PatchBaseline", "Properties": {"Name": "baseline", **properties}}


def window(**properties: Any) -> dict[str, Any]:
    required = {
        "Name": "window",
        "Schedule": "cron(0 2 ? * TUE#2 *)",
        "Duration": 3,
        "Cutoff": 1,
        "AllowUnassociatedTargets": False,
    }
    return {"Type": "AWS::SSM::MaintenanceWindow", "Properties": {**required, **properties}}


def target(**properties: Any) -> dict[str, Any]:
    required = {
        "WindowId": {"Ref": "Window"},
        "ResourceType": "INSTANCE",
        "Targets": [{"Key": "tag:PatchGroup", "Values": ["web", "db"]}],
    }
    return {"Type": "AWS::SSM::MaintenanceWindowTarget", "Properties": {**required, **properties}}


def task(**properties: Any) -> dict[str, Any]:
    required = {
        "WindowId": {"Ref": "Window"},
        "TaskType": "RUN_COMMAND",
        "TaskArn": "AWS-RunPatchBaseline",
        "Priority": 1,
        "MaxConcurrency": "10%",
        "MaxErrors": "1",
        "Targets": [{"Key": "WindowTargetIds", "Values": [{"Ref": "Target"}]}],
        "TaskInvocationParameters": {
            "MaintenanceWindowRunCommandParameters": {
                "Parameters": {"Operation": ["Install"], "RebootOption": ["NoReboot"]},
                "TimeoutSeconds": 600,
                "CloudWatchOutputConfig": {"CloudWatchLogGroupName": "out", "CloudWatchOutputEnabled": True},
            }
        },
    }
    return {"Type": "AWS::SSM::MaintenanceWindowTask", "Properties": {**required, **properties}}


# ---- baselines


def test_a_baseline_reads_back_as_it_was_deployed(aws: Any, deploy: Any) -> None:
    deployed = deploy({"Baseline": baseline(**FULL_BASELINE, PatchGroups=["web", "db"])})
    read = aws("ssm").get_patch_baseline(BaselineId=deployed.physical_ids["Baseline"])
    assert {name: read[name] for name in FULL_BASELINE} == FULL_BASELINE
    assert read["PatchGroups"] == ["db", "web"]


def test_a_windows_baseline_reads_back_its_status_for_available_security_updates(
    aws: Any, deploy: Any
) -> None:
    deployed = deploy({"Baseline": baseline(AvailableSecurityUpdatesComplianceStatus="NON_COMPLIANT")})
    read = aws("ssm").get_patch_baseline(BaselineId=deployed.physical_ids["Baseline"])
    assert read["AvailableSecurityUpdatesComplianceStatus"] == "NON_COMPLIANT"


def test_a_baseline_has_the_defaults_of_aws_for_what_is_not_given(aws: Any, deploy: Any) -> None:
    deployed = deploy({"Baseline": baseline()})
    read = aws("ssm").get_patch_baseline(BaselineId=deployed.physical_ids["Baseline"])
    assert read["OperatingSystem"] == "WINDOWS"
    assert read["RejectedPatchesAction"] == "ALLOW_AS_DEPENDENCY"
    assert read["ApprovedPatchesComplianceLevel"] == "UNSPECIFIED"
    assert read["ApprovedPatchesEnableNonSecurity"] is False


def test_a_changed_baseline_keeps_its_id_and_loses_what_the_template_no_longer_says(
    aws: Any, deploy: Any
) -> None:
    created = deploy({"Baseline": baseline(**FULL_BASELINE)})
    changed = deploy(
        {"Baseline": baseline(Name="renamed", OperatingSystem="AMAZON_LINUX_2023", ApprovedPatches=["vim"])}
    )
    assert changed.physical_ids == created.physical_ids
    read = aws("ssm").get_patch_baseline(BaselineId=changed.physical_ids["Baseline"])
    assert (read["Name"], read["ApprovedPatches"]) == ("renamed", ["vim"])
    assert read["ApprovalRules"]["PatchRules"] == []
    assert read["RejectedPatchesAction"] == "ALLOW_AS_DEPENDENCY"
    assert "Description" not in read


def test_another_operating_system_means_another_baseline(aws: Any, deploy: Any) -> None:
    created = deploy({"Baseline": baseline(OperatingSystem="UBUNTU")})
    replaced = deploy({"Baseline": baseline(OperatingSystem="DEBIAN")})
    assert replaced.physical_ids != created.physical_ids
    own = aws("ssm").describe_patch_baselines(Filters=[{"Key": "OWNER", "Values": ["Self"]}])
    assert [item["OperatingSystem"] for item in own["BaselineIdentities"]] == ["DEBIAN"]


def test_a_deleted_baseline_gives_its_groups_up(aws: Any, deploy: Any, delete: Any) -> None:
    ssm = aws("ssm")
    deployed = deploy({"Baseline": baseline(OperatingSystem="UBUNTU", PatchGroups=["web"])})
    delete()
    assert ssm.describe_patch_groups()["Mappings"] == []
    with pytest.raises(ClientError, match="DoesNotExistException"):
        ssm.get_patch_baseline(BaselineId=deployed.physical_ids["Baseline"])


def test_a_default_baseline_cannot_be_deleted_until_another_is_the_default(
    aws: Any, deploy: Any, delete: Any
) -> None:
    ssm = aws("ssm")
    before = ssm.get_default_patch_baseline(OperatingSystem="UBUNTU")["BaselineId"]
    deployed = deploy({"Baseline": baseline(OperatingSystem="UBUNTU", DefaultBaseline=True)})
    baseline_id = deployed.physical_ids["Baseline"]
    assert ssm.get_default_patch_baseline(OperatingSystem="UBUNTU")["BaselineId"] == baseline_id
    with pytest.raises(DeploymentError, match=r"DELETE_FAILED\n.*ResourceInUseException"):
        delete()
    ssm.register_default_patch_baseline(BaselineId=before)
    delete()
    own = [{"Key": "OWNER", "Values": ["Self"]}]
    assert ssm.describe_patch_baselines(Filters=own)["BaselineIdentities"] == []


def test_a_baseline_that_shall_no_longer_be_the_default_stays_it(aws: Any, deploy: Any) -> None:
    deployed = deploy({"Baseline": baseline(DefaultBaseline=True)})
    deploy({"Baseline": baseline(DefaultBaseline=False)})
    default = aws("ssm").get_default_patch_baseline()["BaselineId"]
    assert default == deployed.physical_ids["Baseline"]


def test_a_baseline_that_someone_else_has_deleted_is_no_reason_to_fail(
    aws: Any, deploy: Any, delete: Any
) -> None:
    deployed = deploy({"Baseline": baseline()})
    aws("ssm").delete_patch_baseline(BaselineId=deployed.physical_ids["Baseline"])
    delete()


def test_a_second_operating_system_may_register_the_same_group(aws: Any, deploy: Any) -> None:
    deployed = deploy(
        {
            "Linux": baseline(OperatingSystem="AMAZON_LINUX_2023", PatchGroups=["web"]),
            "Windows": baseline(OperatingSystem="WINDOWS", PatchGroups=["web"]),
        }
    )
    mappings = aws("ssm").describe_patch_groups()["Mappings"]
    assert {(item["PatchGroup"], item["BaselineIdentity"]["BaselineId"]) for item in mappings} == {
        ("web", deployed.physical_ids["Linux"]),
        ("web", deployed.physical_ids["Windows"]),
    }


def test_names_of_baselines_may_repeat(deploy: Any) -> None:
    deployed = deploy({"One": baseline(), "Two": baseline()})
    assert deployed.status == "CREATE_COMPLETE"


def registered(aws: Any) -> dict[str, str]:
    mappings = aws("ssm").describe_patch_groups()["Mappings"]
    return {item["PatchGroup"]: item["BaselineIdentity"]["BaselineName"] for item in mappings}


TAKEN = "Patch Group baseline already has a baseline registered for OperatingSystem WINDOWS"


def test_a_group_that_another_baseline_of_the_operating_system_has_fails_the_stack(
    aws: Any, deploy: Any
) -> None:
    deploy({"Mine": baseline(Name="mine", PatchGroups=["web"])}, stack_name="other")
    with pytest.raises(DeploymentError, match=TAKEN) as caught:
        deploy({"Yours": baseline(Name="yours", PatchGroups=["app", "web"])})
    assert [failure.logical_id for failure in caught.value.failures] == ["Yours"]
    # The handler answers without the id of what it has made, so that CloudFormation cannot delete it.
    assert registered(aws) == {"web": "mine", "app": "yours"}


def test_a_baseline_with_another_logical_id_fails_while_the_old_one_holds_its_group(
    aws: Any, deploy: Any
) -> None:
    deploy({"Old": baseline(Name="old", PatchGroups=["web"])})
    with pytest.raises(DeploymentError, match=rf"UPDATE_ROLLBACK_COMPLETE\n.*New .*{TAKEN}"):
        deploy({"New": baseline(Name="new", PatchGroups=["web"])})
    assert registered(aws) == {"web": "old"}


def test_a_group_that_moves_between_two_baselines_of_a_stack_fails_in_the_worst_order(
    aws: Any, deploy: Any
) -> None:
    """They do not need each other, so that CloudFormation changes both at the same time."""
    deploy({"Old": baseline(Name="old", PatchGroups=["web"]), "New": baseline(Name="new")})
    with pytest.raises(DeploymentError, match=TAKEN):
        deploy({"Old": baseline(Name="old"), "New": baseline(Name="new", PatchGroups=["web"])})
    assert registered(aws) == {"web": "old"}


def test_a_baseline_that_takes_one_group_gives_up_another_late(aws: Any, deploy: Any) -> None:
    deploy({"Old": baseline(Name="old", PatchGroups=["web"]), "New": baseline(Name="new")})
    with pytest.raises(DeploymentError, match=TAKEN):
        deploy(
            {
                "Old": baseline(Name="old", PatchGroups=["db"]),
                "New": baseline(Name="new", PatchGroups=["web"]),
            }
        )
    assert registered(aws) == {"web": "old"}


def test_a_group_moves_in_two_deployments(aws: Any, deploy: Any) -> None:
    deploy({"Old": baseline(Name="old", PatchGroups=["web"])})
    deploy({"Old": baseline(Name="old")})
    deploy({"New": baseline(Name="new", PatchGroups=["web"])})
    assert registered(aws) == {"web": "new"}


def test_a_group_moves_when_the_old_baseline_gives_it_up_first(aws: Any, deploy: Any) -> None:
    deploy({"Old": baseline(Name="old", PatchGroups=["web"]), "New": {**baseline(), "DependsOn": "Old"}})
    new = {**baseline(Name="new", PatchGroups=["web"]), "DependsOn": "Old"}
    deploy({"Old": baseline(Name="old"), "New": new})
    assert registered(aws) == {"web": "new"}


def test_a_group_that_has_moved_cannot_go_back_when_the_update_fails_later(aws: Any, deploy: Any) -> None:
    deploy({"Old": baseline(Name="old", PatchGroups=["web"])})
    new = {**baseline(Name="new", PatchGroups=["web"]), "DependsOn": "Old"}
    bad = {**baseline(Name="no spaces"), "DependsOn": "New"}
    with pytest.raises(DeploymentError, match=rf"UPDATE_ROLLBACK_FAILED\n(.*\n)*.*Old .*{TAKEN}"):
        deploy({"Old": baseline(Name="old"), "New": new, "Bad": bad})
    assert registered(aws) == {"web": "new"}


def test_tags_of_a_baseline_and_of_the_stack_read_back_and_change(aws: Any, deploy: Any) -> None:
    def tags(deployed: Any) -> dict[str, str]:
        found = aws("ssm").list_tags_for_resource(
            ResourceType="PatchBaseline", ResourceId=deployed.physical_ids["Baseline"]
        )
        return {tag["Key"]: tag["Value"] for tag in found["TagList"]}

    created = deploy(
        {"Baseline": baseline(Tags=[{"Key": "ring", "Value": "dev"}, {"Key": "old", "Value": "x"}])},
        tags={"ring": "stack", "team": "platform"},
    )
    assert tags(created) == {"ring": "dev", "old": "x", "team": "platform"}
    changed = deploy({"Baseline": baseline(Tags=[{"Key": "ring", "Value": "prod"}])})
    assert tags(changed) == {"ring": "prod"}


# ---- windows


def test_a_window_reads_back_as_it_was_deployed(aws: Any, deploy: Any) -> None:
    given = {
        "Name": "window",
        "Description": "monthly",
        "Schedule": "cron(0 2 ? * TUE#2 *)",
        "ScheduleOffset": 5,
        "ScheduleTimezone": "Europe/Berlin",
        "StartDate": "2027-01-01T00:00:00Z",
        "EndDate": "2028-01-01T00:00:00Z",
        "Duration": 4,
        "Cutoff": 1,
        "AllowUnassociatedTargets": True,
    }
    deployed = deploy({"Window": window(**given, Tags=[{"Key": "ring", "Value": "prod"}])})
    window_id = deployed.physical_ids["Window"]
    read = aws("ssm").get_maintenance_window(WindowId=window_id)
    assert {name: read[name] for name in given} == given
    assert read["Enabled"] is True
    (listed,) = aws("ssm").describe_maintenance_windows()["WindowIdentities"]
    assert (listed["WindowId"], listed["Schedule"], listed["ScheduleOffset"]) == (
        window_id,
        given["Schedule"],
        5,
    )
    tags = aws("ssm").list_tags_for_resource(ResourceType="MaintenanceWindow", ResourceId=window_id)
    assert tags["TagList"] == [{"Key": "ring", "Value": "prod"}]


def test_a_changed_window_keeps_its_id_and_loses_what_the_template_no_longer_says(
    aws: Any, deploy: Any
) -> None:
    created = deploy({"Window": window(ScheduleOffset=2, Description="old")})
    changed = deploy({"Window": window(Duration=6)})
    assert changed.physical_ids == created.physical_ids
    read = aws("ssm").get_maintenance_window(WindowId=changed.physical_ids["Window"])
    assert read["Duration"] == 6
    assert read.keys().isdisjoint({"ScheduleOffset", "Description"})


def test_targets_and_tasks_read_back_as_they_were_deployed(aws: Any, deploy: Any) -> None:
    deployed = deploy(
        {
            "Window": window(),
            "Target": target(Name="ring", OwnerInformation="platform"),
            "Task": task(
                CutoffBehavior="CANCEL_TASK", ServiceRoleArn="arn:aws:iam::111111111111:role/window"
            ),
        }
    )
    ssm, window_id = aws("ssm"), deployed.physical_ids["Window"]
    (read_target,) = ssm.describe_maintenance_window_targets(WindowId=window_id)["Targets"]
    assert read_target["WindowTargetId"] == deployed.physical_ids["Target"]
    assert read_target["Targets"] == [{"Key": "tag:PatchGroup", "Values": ["web", "db"]}]
    assert (read_target["Name"], read_target["OwnerInformation"]) == ("ring", "platform")
    task_id = deployed.physical_ids["Task"]
    read = ssm.get_maintenance_window_task(WindowId=window_id, WindowTaskId=task_id)
    assert read["Targets"] == [{"Key": "WindowTargetIds", "Values": [deployed.physical_ids["Target"]]}]
    assert (read["TaskType"], read["MaxConcurrency"], read["MaxErrors"]) == ("RUN_COMMAND", "10%", "1")
    assert (read["CutoffBehavior"], read["ServiceRoleArn"]) == (
        "CANCEL_TASK",
        "arn:aws:iam::111111111111:role/window",
    )
    run_command = read["TaskInvocationParameters"]["RunCommand"]
    assert run_command["Parameters"] == {"Operation": ["Install"], "RebootOption": ["NoReboot"]}
    assert run_command["CloudWatchOutputConfig"]["CloudWatchLogGroupName"] == "out"
    (listed,) = ssm.describe_maintenance_window_tasks(WindowId=window_id)["Tasks"]
    assert (listed["WindowTaskId"], listed["Type"]) == (task_id, "RUN_COMMAND")


def test_changed_targets_and_tasks_keep_their_ids(aws: Any, deploy: Any) -> None:
    created = deploy({"Window": window(), "Target": target(Name="old"), "Task": task(Name="old")})
    changed = deploy(
        {
            "Window": window(),
            "Target": target(Targets=[{"Key": "tag:PatchGroup", "Values": ["app"]}]),
            "Task": task(MaxErrors="5%"),
        }
    )
    assert changed.physical_ids == created.physical_ids
    ssm, window_id = aws("ssm"), changed.physical_ids["Window"]
    (read_target,) = ssm.describe_maintenance_window_targets(WindowId=window_id)["Targets"]
    # UpdateMaintenanceWindowTarget is called without Replace, so that the name stays.
    assert (read_target["Targets"][0]["Values"], read_target["Name"]) == (["app"], "old")
    (read_task,) = ssm.describe_maintenance_window_tasks(WindowId=window_id)["Tasks"]
    assert (read_task["MaxErrors"], "Name" in read_task) == ("5%", False)


def test_a_target_whose_window_is_replaced_moves_to_the_new_window(aws: Any, deploy: Any) -> None:
    created = deploy({"Window": window(), "Next": window(), "Target": target()})
    moved = deploy({"Window": window(), "Next": window(), "Target": target(WindowId={"Ref": "Next"})})
    assert moved.physical_ids["Target"] != created.physical_ids["Target"]
    ssm = aws("ssm")
    in_window, in_next = (
        ssm.describe_maintenance_window_targets(WindowId=moved.physical_ids[name])["Targets"]
        for name in ("Window", "Next")
    )
    assert (len(in_window), len(in_next)) == (0, 1)


def test_a_task_of_another_type_is_another_task(deploy: Any) -> None:
    resources = {"Window": window(), "Target": target()}
    created = deploy({**resources, "Task": task()})
    automation = {"MaintenanceWindowAutomationParameters": {"DocumentVersion": "1"}}
    replaced = deploy({**resources, "Task": task(TaskType="AUTOMATION", TaskInvocationParameters=automation)})
    assert replaced.physical_ids["Task"] != created.physical_ids["Task"]
    assert replaced.physical_ids["Target"] == created.physical_ids["Target"]


def test_a_target_of_another_resource_type_is_refused_since_the_api_cannot_change_it(deploy: Any) -> None:
    deploy({"Window": window(), "Target": target()})
    with pytest.raises(DeploymentError, match="a change of ResourceType"):
        deploy({"Window": window(), "Target": target(ResourceType="RESOURCE_GROUP")})


def test_a_window_that_an_operator_has_disabled_may_be_enabled_by_an_update(aws: Any, deploy: Any) -> None:
    deployed = deploy({"Window": window()})
    ssm, window_id = aws("ssm"), deployed.physical_ids["Window"]
    ssm.update_maintenance_window(WindowId=window_id, Enabled=False)
    deploy({"Window": window(Tags=[{"Key": "team", "Value": "platform"}])})
    assert ssm.get_maintenance_window(WindowId=window_id)["Enabled"] is True


def test_deleted_windows_leave_nothing(aws: Any, deploy: Any, delete: Any) -> None:
    deploy({"Window": window(), "Target": target(), "Task": task()})
    delete()
    assert aws("ssm").describe_maintenance_windows()["WindowIdentities"] == []


def test_a_window_whose_cutoff_is_not_below_its_duration_fails(deploy: Any) -> None:
    with pytest.raises(DeploymentError, match="Cutoff 3 must be less than Duration 3"):
        deploy({"Window": window(Duration=3, Cutoff=3)})


# ---- parameters


def test_a_parameter_reads_back_changes_and_goes(aws: Any, deploy: Any, delete: Any) -> None:
    def parameter(value: str, **properties: Any) -> dict[str, Any]:
        given = {"Name": "/patching/ring", "Type": "String", "Value": value, **properties}
        outputs = {"Value": {"Value": {"Fn::GetAtt": ["Parameter", "Value"]}}}
        resources = {"Parameter": {"Type": "AWS::SSM::Parameter", "Properties": given}}
        return {"resources": resources, "sections": {"Outputs": outputs}}

    assert deploy(**parameter("dev", Tags={"team": "platform"})).outputs == {"Value": "dev"}
    assert deploy(**parameter("prod", Tags={"ring": "prod"})).outputs == {"Value": "prod"}
    ssm = aws("ssm")
    assert ssm.get_parameter(Name="/patching/ring")["Parameter"]["Value"] == "prod"
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/patching/ring")
    assert tags["TagList"] == [{"Key": "ring", "Value": "prod"}]
    delete()
    with pytest.raises(ssm.exceptions.ParameterNotFound):
        ssm.get_parameter(Name="/patching/ring")


def test_a_parameter_whose_name_is_taken_fails(aws: Any, deploy: Any) -> None:
    aws("ssm").put_parameter(Name="taken", Type="String", Value="x")
    properties = {"Name": "taken", "Type": "String", "Value": "y"}
    with pytest.raises(DeploymentError, match="already exists"):
        deploy({"Parameter": {"Type": "AWS::SSM::Parameter", "Properties": properties}})
