"""What CloudFormation does with a stack, whatever its resources are."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import DeploymentError, FailedResource, client, delete_stack

pytestmark = pytest.mark.usefixtures("emulated")

BAD = {"Type": "AWS::SSM::PatchBaseline", "Properties": {"Name": "no spaces"}}


def group(name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name, **properties}}


def parameter(name: str, value: Any, **attributes: Any) -> dict[str, Any]:
    properties = {"Name": name, "Type": "String", "Value": value}
    return {"Type": "AWS::SSM::Parameter", "Properties": properties, **attributes}


def group_names(aws: Any) -> set[str]:
    return {item["logGroupName"] for item in aws("logs").describe_log_groups()["logGroups"]}


# ---- creation


def test_each_resource_is_seen_to_start_and_to_end_in_the_order_of_need(deploy: Any, events: Any) -> None:
    deploy({"After": parameter("/after", {"Ref": "Before"}), "Before": group("before")})
    assert events() == [
        ("stack", "CREATE_IN_PROGRESS"),
        ("Before", "CREATE_IN_PROGRESS"),
        ("Before", "CREATE_COMPLETE"),
        ("After", "CREATE_IN_PROGRESS"),
        ("After", "CREATE_COMPLETE"),
        ("stack", "CREATE_COMPLETE"),
    ]


def test_a_failed_creation_is_rolled_back_and_named(aws: Any, deploy: Any, events: Any) -> None:
    with pytest.raises(DeploymentError) as caught:
        deploy({"Good": group("good"), "Bad": {**BAD, "DependsOn": "Good"}})
    (failure,) = caught.value.failures
    assert isinstance(failure, FailedResource)
    assert (failure.stack_name, failure.account, failure.region) == ("stack", "111111111111", "eu-west-1")
    assert (failure.logical_id, failure.resource_type) == ("Bad", "AWS::SSM::PatchBaseline")
    assert "regular expression pattern" in failure.reason
    assert str(failure) in str(caught.value)
    assert events()[3:] == [
        ("Bad", "CREATE_IN_PROGRESS"),
        ("Bad", "CREATE_FAILED"),
        ("stack", "ROLLBACK_IN_PROGRESS"),
        ("Good", "DELETE_IN_PROGRESS"),
        ("Good", "DELETE_COMPLETE"),
        ("stack", "ROLLBACK_COMPLETE"),
    ]
    assert group_names(aws) == set()


def test_a_resource_that_fails_half_way_is_removed_too(aws: Any, deploy: Any) -> None:
    half = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
            "ManagedPolicyArns": ["arn:aws:iam::111111111111:policy/missing"],
        },
    }
    with pytest.raises(DeploymentError, match="missing"):
        deploy({"Half": half})
    assert aws("iam").list_roles()["Roles"] == []


def test_a_stack_that_was_rolled_back_takes_no_update_and_can_be_deleted(deploy: Any, delete: Any) -> None:
    with pytest.raises(DeploymentError):
        deploy({"Bad": BAD})
    with pytest.raises(DeploymentError, match="is in ROLLBACK_COMPLETE state and can not be updated"):
        deploy({"Good": group("good")})
    delete()
    assert deploy({"Good": group("good")}).status == "CREATE_COMPLETE"


def test_a_creation_without_rollback_leaves_what_was_made(aws: Any) -> None:
    template = {"Resources": {"Good": group("good"), "Bad": {**BAD, "DependsOn": "Good"}}}
    aws("cloudformation").create_stack(
        StackName="stack", TemplateBody=json.dumps(template), DisableRollback=True
    )
    (stack,) = aws("cloudformation").describe_stacks(StackName="stack")["Stacks"]
    assert stack["StackStatus"] == "CREATE_FAILED"
    assert group_names(aws) == {"good"}


def test_a_stack_name_is_taken_once(aws: Any, deploy: Any) -> None:
    deploy({"Group": group("group")})
    with pytest.raises(aws("cloudformation").exceptions.AlreadyExistsException):
        aws("cloudformation").create_stack(StackName="stack", TemplateBody="{}")


def test_a_rollback_keeps_what_is_to_be_retained(aws: Any, deploy: Any) -> None:
    kept = {**group("kept"), "DeletionPolicy": "Retain"}
    on_create = {**group("not-kept"), "DeletionPolicy": "RetainExceptOnCreate"}
    with pytest.raises(DeploymentError):
        deploy({"Kept": kept, "NotKept": on_create, "Bad": {**BAD, "DependsOn": ["Kept", "NotKept"]}})
    assert group_names(aws) == {"kept"}


# ---- what is refused


def test_an_unknown_resource_type_is_refused_before_anything_is_made(aws: Any, deploy: Any) -> None:
    table = {"Type": "AWS::Kinesis::Stream", "Properties": {}}
    with pytest.raises(DeploymentError, match=r"Unrecognized resource types: \[AWS::Kinesis::Stream\]"):
        deploy({"Group": group("group"), "Table": table})
    assert group_names(aws) == set()
    assert aws("cloudformation").describe_stacks()["Stacks"] == []


def test_a_property_that_would_be_dropped_fails_its_resource(deploy: Any) -> None:
    with pytest.raises(DeploymentError, match=r"extraneous key \[DataProtectionPolicy\] is not permitted"):
        deploy({"Group": group("group", DataProtectionPolicy={})})


def test_a_nested_property_that_would_be_dropped_fails_its_resource(deploy: Any) -> None:
    rule = {"ApproveAfterDays": 1, "PatchFilterGroup": {}, "Colour": "red"}
    rules = {"PatchRules": [rule]}
    properties = {"Name": "baseline", "ApprovalRules": rules}
    with pytest.raises(DeploymentError, match=r'Unknown parameter in ApprovalRules.PatchRules.*"Colour"'):
        deploy({"Baseline": {"Type": "AWS::SSM::PatchBaseline", "Properties": properties}})


def test_an_operation_that_is_not_served_is_refused_at_once(aws: Any) -> None:
    with pytest.raises(ClientError, match=r"detect_stack_drift.*not part of the local AWS") as caught:
        aws("cloudformation").detect_stack_drift(StackName="stack")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({}, r"\[Stage\] must have values"),
        ({"Stage": "prod", "Colour": "red"}, r"\[Colour\] do not exist in the template"),
        ({"Stage": "moon"}, "'Stage' must be one of AllowedValues"),
        ({"Stage": "prod", "Code": "x1"}, r"'Code' must match pattern \[0-9\]\+"),
        ({"Stage": "prod", "Stored": "/nowhere"}, r"Unable to fetch parameters \[/nowhere\]"),
    ],
)
def test_parameters_that_are_refused(aws: Any, deploy: Any, given: dict[str, str], complaint: str) -> None:
    aws("ssm").put_parameter(Name="/somewhere", Type="String", Value="x")
    declared = {
        "Stage": {"Type": "String", "AllowedValues": ["dev", "prod"]},
        "Code": {"Type": "String", "AllowedPattern": "[0-9]+", "Default": "1"},
        "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/somewhere"},
    }
    with pytest.raises(DeploymentError, match=complaint):
        deploy({"Group": group("group")}, sections={"Parameters": declared}, parameters=given)


def test_a_rule_that_does_not_hold_is_refused(deploy: Any) -> None:
    rule = {
        "Assertions": [{"Assert": {"Fn::Contains": [["6"], "5"]}, "AssertDescription": "bootstrap again"}]
    }
    with pytest.raises(DeploymentError, match="bootstrap again"):
        deploy({"Group": group("group")}, sections={"Rules": {"Version": rule}})


# ---- parameters, conditions, outputs


def test_parameters_reach_the_resources_and_read_back(aws: Any, deploy: Any) -> None:
    aws("ssm").put_parameter(Name="/stored", Type="String", Value="from-store")
    declared = {
        "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/stored"},
        "Names": {"Type": "CommaDelimitedList", "Default": "a, b"},
        "Secret": {"Type": "String", "NoEcho": True},
    }
    value = {"Fn::Join": ["|", [{"Ref": "Stored"}, {"Fn::Select": [1, {"Ref": "Names"}]}, {"Ref": "Secret"}]]}
    deploy(
        {"Value": parameter("/value", value)},
        sections={"Parameters": declared},
        parameters={"Secret": "s3cret"},
    )
    assert aws("ssm").get_parameter(Name="/value")["Parameter"]["Value"] == "from-store|b|s3cret"
    (stack,) = aws("cloudformation").describe_stacks(StackName="stack")["Stacks"]
    described = {item.pop("ParameterKey"): item for item in stack["Parameters"]}
    assert described["Stored"] == {"ParameterValue": "/stored", "ResolvedValue": "from-store"}
    assert described["Secret"] == {"ParameterValue": "****"}


def test_a_resource_comes_and_goes_with_its_condition(aws: Any, deploy: Any) -> None:
    sections = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        "Outputs": {"Name": {"Condition": "IsProd", "Value": {"Ref": "Prod"}}},
    }
    resources = {"Always": group("always"), "Prod": {**group("prod"), "Condition": "IsProd"}}

    def outputs(stage: str) -> dict[str, str]:
        return dict(deploy(resources, sections=sections, parameters={"Stage": stage}).outputs)

    assert (outputs("dev"), group_names(aws)) == ({}, {"always"})
    assert (outputs("prod"), group_names(aws)) == ({"Name": "prod"}, {"always", "prod"})
    assert (outputs("dev"), group_names(aws)) == ({}, {"always"})


def test_an_output_that_cannot_be_worked_out_rolls_the_stack_back(aws: Any, deploy: Any) -> None:
    outputs = {"Colour": {"Value": {"Fn::GetAtt": ["Group", "Colour"]}}}
    with pytest.raises(DeploymentError, match="Group does not support attribute type Colour"):
        deploy({"Group": group("group")}, sections={"Outputs": outputs})
    assert group_names(aws) == set()


def test_a_stack_imports_what_another_exports_and_holds_it(aws: Any, deploy: Any) -> None:
    outputs = {"Name": {"Value": {"Ref": "Group"}, "Export": {"Name": "shared"}}}
    deploy({"Group": group("group")}, stack_name="exporter", sections={"Outputs": outputs})
    deploy({"Value": parameter("/value", {"Fn::ImportValue": "shared"})})
    assert aws("ssm").get_parameter(Name="/value")["Parameter"]["Value"] == "group"
    assert [item["Name"] for item in aws("cloudformation").list_exports()["Exports"]] == ["shared"]
    with pytest.raises(ClientError, match="Export shared cannot be deleted as it is in use by stack"):
        delete_stack("exporter", account="111111111111", region="eu-west-1")


def test_an_export_of_another_region_is_not_found(deploy: Any) -> None:
    outputs = {"Name": {"Value": {"Ref": "Group"}, "Export": {"Name": "shared"}}}
    deploy({"Group": group("group")}, stack_name="exporter", sections={"Outputs": outputs})
    with pytest.raises(DeploymentError, match="No export named shared found"):
        deploy({"Value": parameter("/value", {"Fn::ImportValue": "shared"})}, account="222222222222")


def test_an_export_name_is_taken_once(deploy: Any) -> None:
    outputs = {"Name": {"Value": "x", "Export": {"Name": "shared"}}}
    deploy({"Group": group("one")}, stack_name="exporter", sections={"Outputs": outputs})
    with pytest.raises(DeploymentError, match="Export with name shared is already exported"):
        deploy({"Group": group("two")}, sections={"Outputs": outputs})


# ---- update


def test_an_update_without_a_change_leaves_the_stack_as_it_is(deploy: Any, events: Any) -> None:
    first = deploy({"Group": group("group")})
    before = events()
    assert deploy({"Group": group("group")}) == first
    assert events() == before


def test_an_update_touches_only_what_changed(deploy: Any, events: Any) -> None:
    deploy({"Same": group("same"), "Changed": group("changed")})
    before = len(events())
    deploy({"Same": {**group("same"), "Metadata": {"a": 1}}, "Changed": group("changed", RetentionInDays=7)})
    assert events()[before:] == [
        ("stack", "UPDATE_IN_PROGRESS"),
        ("Changed", "UPDATE_IN_PROGRESS"),
        ("Changed", "UPDATE_COMPLETE"),
        ("stack", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("stack", "UPDATE_COMPLETE"),
    ]


def test_an_update_adds_and_removes_resources(aws: Any, deploy: Any) -> None:
    deploy(
        {
            "Stays": group("stays"),
            "Goes": group("goes"),
            "Kept": {**group("kept"), "DeletionPolicy": "Retain"},
        }
    )
    changed = deploy({"Stays": group("stays"), "Comes": group("comes")})
    assert set(changed.physical_ids) == {"Stays", "Comes"}
    assert group_names(aws) == {"stays", "comes", "kept"}


def test_who_refers_to_a_replaced_resource_changes_with_it(aws: Any, deploy: Any, events: Any) -> None:
    def resources(name: str) -> dict[str, Any]:
        return {"Group": group(name), "Value": parameter("/value", {"Ref": "Group"})}

    deploy(resources("old"))
    before = len(events())
    deploy(resources("new"))
    assert aws("ssm").get_parameter(Name="/value")["Parameter"]["Value"] == "new"
    assert group_names(aws) == {"new"}
    assert events()[before:] == [
        ("stack", "UPDATE_IN_PROGRESS"),
        ("Group", "UPDATE_IN_PROGRESS"),
        ("Group", "UPDATE_IN_PROGRESS"),
        ("Group", "UPDATE_COMPLETE"),
        ("Value", "UPDATE_IN_PROGRESS"),
        ("Value", "UPDATE_COMPLETE"),
        ("stack", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("Group", "DELETE_IN_PROGRESS"),
        ("Group", "DELETE_COMPLETE"),
        ("stack", "UPDATE_COMPLETE"),
    ]


def test_a_replaced_resource_stays_when_its_policy_says_so(aws: Any, deploy: Any) -> None:
    deploy({"Group": {**group("old"), "UpdateReplacePolicy": "Retain"}})
    deploy({"Group": group("new")})
    assert group_names(aws) == {"old", "new"}


def test_a_failed_update_puts_everything_back_and_then_cleans_up(aws: Any, deploy: Any, events: Any) -> None:
    before = {
        "Changed": group("changed", RetentionInDays=7),
        "Replaced": group("replaced"),
        "Goes": group("goes"),
    }
    created = deploy(before)
    after = {
        "Changed": group("changed", RetentionInDays=30),
        "Replaced": group("replacement"),
        "Comes": group("comes"),
        "Bad": {**BAD, "DependsOn": ["Changed", "Replaced", "Comes"]},
    }
    with pytest.raises(DeploymentError, match="ended in UPDATE_ROLLBACK_COMPLETE"):
        deploy(after)
    assert group_names(aws) == {"changed", "replaced", "goes"}
    assert events()[-9:] == [
        ("stack", "UPDATE_ROLLBACK_IN_PROGRESS"),
        ("Changed", "UPDATE_IN_PROGRESS"),
        ("Changed", "UPDATE_COMPLETE"),
        ("stack", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("Comes", "DELETE_IN_PROGRESS"),
        ("Comes", "DELETE_COMPLETE"),
        ("Replaced", "DELETE_IN_PROGRESS"),
        ("Replaced", "DELETE_COMPLETE"),
        ("stack", "UPDATE_ROLLBACK_COMPLETE"),
    ]
    (changed,) = aws("logs").describe_log_groups(logGroupNamePrefix="changed")["logGroups"]
    assert changed["retentionInDays"] == 7
    assert deploy(before).physical_ids == created.physical_ids
    read = aws("cloudformation").get_template(StackName="stack")["TemplateBody"]
    assert read["Resources"].keys() == before.keys()


def test_a_failed_update_leaves_the_tags_of_the_stack_as_they_were(aws: Any, deploy: Any) -> None:
    deploy({"Group": group("group")}, tags={"ring": "dev"})
    with pytest.raises(DeploymentError):
        deploy({"Group": group("group"), "Bad": {**BAD, "DependsOn": "Group"}}, tags={"ring": "prod"})
    (stack,) = aws("cloudformation").describe_stacks(StackName="stack")["Stacks"]
    assert stack["Tags"] == [{"Key": "ring", "Value": "dev"}]
    arn = "arn:aws:logs:eu-west-1:111111111111:log-group:group"
    assert aws("logs").list_tags_for_resource(resourceArn=arn)["tags"] == {"ring": "dev"}


def test_a_failed_update_leaves_the_policies_of_resources_as_they_were(aws: Any, deploy: Any) -> None:
    deploy({"Group": {**group("kept"), "DeletionPolicy": "Retain"}, "Other": group("other")})
    with pytest.raises(DeploymentError):
        deploy({"Group": group("kept"), "Other": group("other"), "Bad": {**BAD, "DependsOn": "Group"}})
    deploy({"Other": group("other")})
    assert group_names(aws) == {"kept", "other"}


def test_a_failed_update_can_be_followed_by_a_good_one(deploy: Any) -> None:
    deploy({"Group": group("group")})
    with pytest.raises(DeploymentError):
        deploy({"Group": group("group"), "Bad": BAD})
    assert deploy({"Group": group("group", RetentionInDays=7)}).status == "UPDATE_COMPLETE"


def test_the_type_of_a_resource_cannot_change(deploy: Any) -> None:
    deploy({"Thing": group("group")})
    with pytest.raises(DeploymentError, match="Update of resource type is not permitted"):
        deploy({"Thing": parameter("/value", "x")})


def test_the_previous_value_of_a_parameter_can_be_used_even_if_it_was_the_default(aws: Any) -> None:
    def request(days: int) -> dict[str, Any]:
        template = {
            "Parameters": {"Name": {"Type": "String", "Default": "group"}},
            "Resources": {"Group": group({"Ref": "Name"}, RetentionInDays=days)},  # type: ignore[arg-type]
        }
        return {"StackName": "stack", "TemplateBody": json.dumps(template)}

    aws("cloudformation").create_stack(**request(7))
    previous = [{"ParameterKey": "Name", "UsePreviousValue": True}]
    aws("cloudformation").update_stack(**request(30), Parameters=previous)
    (found,) = aws("logs").describe_log_groups()["logGroups"]
    assert (found["logGroupName"], found["retentionInDays"]) == ("group", 30)


# ---- deletion


def test_a_deletion_goes_backwards_and_keeps_what_is_to_be_retained(
    aws: Any, deploy: Any, delete: Any
) -> None:
    resources = {
        "First": group("first"),
        "Second": parameter("/second", {"Ref": "First"}),
        "Kept": {**group("kept"), "DeletionPolicy": "Retain"},
    }
    deploy(resources)
    (stack,) = aws("cloudformation").describe_stacks(StackName="stack")["Stacks"]
    delete()
    found = aws("cloudformation").describe_stack_events(StackName=stack["StackId"])["StackEvents"]
    deleted = [
        item["LogicalResourceId"] for item in found[::-1] if item["ResourceStatus"] == "DELETE_COMPLETE"
    ]
    assert deleted == ["Second", "First", "stack"]
    assert group_names(aws) == {"kept"}
    with pytest.raises(ClientError, match="Stack with id stack does not exist"):
        aws("cloudformation").describe_stacks(StackName="stack")


def test_a_deletion_that_fails_is_said_and_can_be_repeated(aws: Any, deploy: Any, delete: Any) -> None:
    deployed = deploy({"Bucket": {"Type": "AWS::S3::Bucket"}, "Group": group("group")})
    bucket = deployed.physical_ids["Bucket"]
    aws("s3").put_object(Bucket=bucket, Key="log", Body=b"x")
    with pytest.raises(DeploymentError, match=r"Bucket .*BucketNotEmpty"):
        delete()
    aws("s3").delete_object(Bucket=bucket, Key="log")
    delete()


def test_a_protected_stack_cannot_be_deleted(aws: Any, deploy: Any, delete: Any) -> None:
    deploy({"Group": group("group")})
    cloudformation = aws("cloudformation")
    cloudformation.update_termination_protection(StackName="stack", EnableTerminationProtection=True)
    with pytest.raises(ClientError, match="TerminationProtection is enabled"):
        delete()
    assert group_names(aws) == {"group"}


# ---- change sets


def test_a_change_set_says_what_would_change_and_does_it_when_reported(aws: Any) -> None:
    cloudformation = aws("cloudformation")

    def propose(kind: str, resources: dict[str, Any]) -> dict[str, Any]:
        request = {"StackName": "stack", "ChangeSetName": "change", "ChangeSetType": kind}
        body = json.dumps({"Resources": resources})
        arn = cloudformation.create_change_set(**request, TemplateBody=body)["Id"]
        found: dict[str, Any] = cloudformation.describe_change_set(ChangeSetName=arn)
        return found

    created = propose("CREATE", {"One": group("one"), "Two": group("two")})
    assert group_names(aws) == set()
    cloudformation.execute_change_set(ChangeSetName=created["ChangeSetId"])
    assert group_names(aws) == {"one", "two"}
    changed = propose("UPDATE", {"One": group("one", RetentionInDays=7), "Three": group("three")})
    actions = {
        item["ResourceChange"]["LogicalResourceId"]: item["ResourceChange"]["Action"]
        for item in changed["Changes"]
    }
    assert actions == {"One": "Modify", "Two": "Remove", "Three": "Add"}
    cloudformation.execute_change_set(ChangeSetName=changed["ChangeSetId"])
    assert group_names(aws) == {"one", "three"}
    unchanged = propose("UPDATE", {"One": group("one", RetentionInDays=7), "Three": group("three")})
    assert (unchanged["Status"], unchanged["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    cloudformation.delete_change_set(ChangeSetName=unchanged["ChangeSetId"])
    with pytest.raises(cloudformation.exceptions.ChangeSetNotFoundException):
        cloudformation.describe_change_set(ChangeSetName=unchanged["ChangeSetId"])


def test_a_change_set_that_is_refused_leaves_no_stack(aws: Any) -> None:
    cloudformation = aws("cloudformation")
    body = json.dumps({"Resources": {"Table": {"Type": "AWS::Kinesis::Stream"}}})
    request = {"StackName": "stack", "ChangeSetName": "change", "ChangeSetType": "CREATE"}
    with pytest.raises(ClientError, match="Unrecognized resource types"):
        cloudformation.create_change_set(**request, TemplateBody=body)
    assert cloudformation.describe_stacks()["Stacks"] == []


# ---- import


def bucket(name: str, **attributes: Any) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}, **attributes}


def propose_import(aws: Any, resources: dict[str, Any], **ids: str) -> str:
    found = aws("cloudformation").create_change_set(
        StackName="stack",
        ChangeSetName="import",
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps({"Resources": resources}),
        ResourcesToImport=[
            {
                "ResourceType": "AWS::S3::Bucket",
                "LogicalResourceId": logical_id,
                "ResourceIdentifier": {"BucketName": name},
            }
            for logical_id, name in ids.items()
        ],
    )
    return str(found["Id"])


def test_a_retained_bucket_is_imported_and_then_changed_like_any_other(
    aws: Any, deploy: Any, delete: Any, events: Any
) -> None:
    kept = {"Bucket": bucket("history", DeletionPolicy="RetainExceptOnCreate")}
    deploy({**kept, "Group": group("group")})
    aws("s3").put_object(Bucket="history", Key="row", Body=b"x")
    delete()
    with pytest.raises(DeploymentError, match="with identifier 'history' already exists"):
        deploy({**kept, "Group": group("group")})
    delete()
    change_set = propose_import(aws, kept, Bucket="history")
    aws("cloudformation").execute_change_set(ChangeSetName=change_set)
    assert events() == [
        ("stack", "IMPORT_IN_PROGRESS"),
        ("Bucket", "IMPORT_COMPLETE"),
        ("stack", "IMPORT_COMPLETE"),
    ]
    deployed = deploy({**kept, "Group": group("group")})
    assert (deployed.status, deployed.physical_ids["Bucket"]) == ("UPDATE_COMPLETE", "history")
    assert [item["Key"] for item in aws("s3").list_objects_v2(Bucket="history")["Contents"]] == ["row"]


@pytest.mark.parametrize(
    ("resources", "complaint"),
    [
        ({"Bucket": bucket("history")}, "must have a DeletionPolicy attribute"),
        ({"Bucket": bucket("gone", DeletionPolicy="Retain")}, "history to import as Bucket does not exist"),
        (
            {"Bucket": bucket("history", DeletionPolicy="Retain"), "Group": group("group")},
            r"\['Group'\] is missing from ResourceToImport list",
        ),
        ({"Bucket": {**group("history"), "DeletionPolicy": "Retain"}}, "import of AWS::Logs::LogGroup"),
    ],
)
def test_an_import_that_is_refused(aws: Any, resources: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ClientError, match=complaint):
        propose_import(aws, resources, Bucket="history")
    assert aws("cloudformation").describe_stacks()["Stacks"] == []


def test_an_import_changes_nothing_that_the_stack_has(aws: Any, deploy: Any) -> None:
    deploy({"Group": group("group")})
    aws("s3").create_bucket(Bucket="kept", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    with pytest.raises(ClientError, match=r"you cannot modify or add \['Group'\]"):
        propose_import(
            aws,
            {"Group": group("other"), "Bucket": bucket("kept", DeletionPolicy="Retain")},
            Bucket="kept",
        )


# ---- accounts and Regions


def test_stacks_of_one_name_live_apart_in_each_account_and_region() -> None:
    places = [("111111111111", "eu-west-1"), ("111111111111", "us-east-1"), ("222222222222", "eu-west-1")]
    for account, region in places:
        template = {"Resources": {"Group": group(f"{account}-{region}")}}
        cloudformation = client("cloudformation", account=account, region=region)
        cloudformation.create_stack(StackName="stack", TemplateBody=json.dumps(template))
    for account, region in places:
        logs = client("logs", account=account, region=region)
        assert [item["logGroupName"] for item in logs.describe_log_groups()["logGroups"]] == [
            f"{account}-{region}"
        ]


def test_a_partition_of_its_own_is_refused() -> None:
    cloudformation = client("cloudformation", account="111111111111", region="us-gov-west-1")
    with pytest.raises(
        ClientError, match="us-gov-west-1 is in a partition that is not part of the local AWS"
    ):
        cloudformation.create_stack(
            StackName="stack", TemplateBody=json.dumps({"Resources": {"Group": group("group")}})
        )


def test_a_large_template_is_read_from_a_bucket(aws: Any) -> None:
    s3 = aws("s3")
    s3.create_bucket(Bucket="assets", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="assets", Key="a/b.json", Body=json.dumps({"Resources": {"Group": group("group")}}))
    aws("cloudformation").create_stack(StackName="stack", TemplateURL="http://localhost:1/assets/a/b.json")
    assert group_names(aws) == {"group"}
