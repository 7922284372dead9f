"""Roles of windows that may not send commands whose output goes to the bucket of the task."""

from pathlib import Path
from typing import Any

import pytest

from tests.rules.test_estate_rules import PATCH_DOCUMENT, allow, found, patching, role

BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {}}
BUCKET_ARN = {"Fn::GetAtt": ["Bucket", "Arn"]}
ALL_BUT_THE_BUCKET = allow("ssm:SendCommand", [PATCH_DOCUMENT, "arn:aws:ec2:*:*:instance/*"])
WINDOW_ROLE_OF_AWS = "arn:aws:iam::aws:policy/service-role/AmazonSSMMaintenanceWindowRole"


def _resources(window_role: dict[str, Any], bucket_name: object = None, **more: Any) -> dict[str, Any]:
    command = {
        "MaintenanceWindowRunCommandParameters": {
            "Parameters": {"Operation": ["Install"], "RebootOption": ["NoReboot"]},
            "OutputS3BucketName": bucket_name or {"Ref": "Bucket"},
        }
    }
    windows = patching(ServiceRoleArn={"Fn::GetAtt": ["Role", "Arn"]}, TaskInvocationParameters=command)
    return {**windows, "Role": window_role, "Bucket": BUCKET, **more}


def _policy(**properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"PolicyDocument": {"Statement": [allow("ssm:SendCommand", BUCKET_ARN)]}, **properties},
    }


@pytest.mark.parametrize(
    "statement",
    [
        allow("ssm:SendCommand", BUCKET_ARN),
        allow("ssm:SendCommand", [PATCH_DOCUMENT, BUCKET_ARN]),
        allow("ssm:*", "*"),
        allow("SSM:Send*", "arn:aws:s3:::*"),
        allow({"Fn::ImportValue": "action"}, BUCKET_ARN),
        allow("ssm:SendCommand", {"Fn::ImportValue": "arn"}),
        allow("ssm:SendCommand", {"Fn::Sub": "arn:aws:s3:::${Bucket}"}),
    ],
)
def test_a_role_that_may_send_output_to_the_bucket_is_fine(tmp_path: Path, statement: dict[str, Any]) -> None:
    resources = _resources(role(ALL_BUT_THE_BUCKET, statement))
    assert found(tmp_path, "window-role-output-bucket", resources) == []


@pytest.mark.parametrize(
    "statement",
    [
        ALL_BUT_THE_BUCKET,
        allow("ssm:SendCommand", {"Fn::GetAtt": ["Other", "Arn"]}),
        allow("s3:PutObject", BUCKET_ARN),
        {**allow("ssm:SendCommand", BUCKET_ARN), "Effect": "Deny"},
    ],
)
def test_a_role_that_may_not_is_found(tmp_path: Path, statement: dict[str, Any]) -> None:
    resources = _resources(role(ALL_BUT_THE_BUCKET, statement), Other=BUCKET)
    (finding,) = found(tmp_path, "window-role-output-bucket", resources)
    assert finding.received == "no ssm:SendCommand on the bucket Bucket"
    assert finding.location is not None
    assert finding.location.logical_id == "InstallTask"


@pytest.mark.parametrize(
    ("resource", "is_fine"),
    [("arn:aws:s3:::output", True), ("arn:aws:s3:::out*", True), ("arn:aws:s3:::other", False)],
)
def test_buckets_are_compared_by_name(tmp_path: Path, resource: str, is_fine: bool) -> None:
    resources = _resources(role(allow("ssm:SendCommand", resource)), bucket_name="output")
    assert (found(tmp_path, "window-role-output-bucket", resources) == []) is is_fine


@pytest.mark.parametrize(
    "more",
    [
        {"Policy": _policy(Roles=[{"Ref": "Role"}])},
        {"Policy": _policy(Roles=[{"Fn::ImportValue": "role"}])},
        {"Policy": _policy(Roles=["windows"])},
    ],
)
def test_policies_beside_the_role_count_too(tmp_path: Path, more: dict[str, Any]) -> None:
    window_role = role(ALL_BUT_THE_BUCKET, RoleName="windows")
    assert found(tmp_path, "window-role-output-bucket", _resources(window_role, **more)) == []
    other = {"Policy": _policy(Roles=["another"])}
    assert len(found(tmp_path, "window-role-output-bucket", _resources(window_role, **other))) == 1


def test_a_policy_that_the_role_names_counts_too(tmp_path: Path) -> None:
    window_role = role(ALL_BUT_THE_BUCKET, ManagedPolicyArns=[{"Ref": "Policy"}])
    resources = _resources(window_role, Policy=_policy())
    assert found(tmp_path, "window-role-output-bucket", resources) == []


def test_policies_that_are_elsewhere_may_allow_it(tmp_path: Path) -> None:
    resources = _resources(role(ALL_BUT_THE_BUCKET, ManagedPolicyArns=[WINDOW_ROLE_OF_AWS]))
    assert found(tmp_path, "window-role-output-bucket", resources) == []


def test_a_task_without_output_needs_no_bucket(tmp_path: Path) -> None:
    resources = {
        **patching(ServiceRoleArn={"Fn::GetAtt": ["Role", "Arn"]}),
        "Role": role(ALL_BUT_THE_BUCKET),
    }
    assert found(tmp_path, "window-role-output-bucket", resources) == []
