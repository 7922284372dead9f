from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Match, Template

from patching_constructs import CommandOutput, FindingId, InvalidInputError
from tests.nag import nag_findings


def _stack(region: str | None = None) -> cdk.Stack:
    env = None if region is None else cdk.Environment(account="111111111111", region=region)
    return cdk.Stack(cdk.App(analytics_reporting=False), "Patching", env=env)


def _resolved_statements(stack: cdk.Stack, output: CommandOutput) -> dict[str, dict[str, Any]]:
    return {
        statement["Sid"]: statement
        for statement in (
            stack.resolve(statement.to_statement_json()) for statement in output.node_policy_statements()
        )
    }


def test_minimal(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    CommandOutput(stack, "Output")
    template = dict(Template.from_stack(stack).to_json())
    template_snapshot(template)
    assert list(template["Resources"]) == [
        "OutputLogGroupC8E3F86E",
        "OutputBucketB1E245A7",
        "OutputBucketPolicyD67A70DF",
        "PatchingConstructsKey903A2450",
    ]


def test_full(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack("eu-west-1")
    output = CommandOutput(
        stack,
        "Output",
        retention_days=90,
        access_logs_bucket=s3.Bucket.from_bucket_name(stack, "AccessLogs", "access-logs-of-the-account"),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    iam.ManagedPolicy(stack, "NodePolicy", statements=output.node_policy_statements())
    template = dict(Template.from_stack(stack).to_json())
    template_snapshot(template)
    assert len(template["Resources"]) == 5


def test_both_places_are_encrypted_with_one_key_that_rotates() -> None:
    stack = _stack()
    output = CommandOutput(stack, "Output")
    assert output.encryption_key is not None
    key_arn = stack.resolve(output.encryption_key.key_arn)
    template = Template.from_stack(stack)
    template.has_resource_properties("AWS::KMS::Key", {"EnableKeyRotation": True})
    template.has_resource_properties("AWS::Logs::LogGroup", {"KmsKeyId": key_arn})
    template.has_resource_properties(
        "AWS::S3::Bucket",
        {
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {
                        "BucketKeyEnabled": True,
                        "ServerSideEncryptionByDefault": {
                            "KMSMasterKeyID": key_arn,
                            "SSEAlgorithm": "aws:kms",
                        },
                    }
                ]
            }
        },
    )


@pytest.mark.parametrize(
    ("region", "principal"),
    [
        ("eu-west-1", "logs.eu-west-1.amazonaws.com"),
        ("us-gov-west-1", "logs.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "logs.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_only_the_log_service_of_this_region_may_use_the_key_and_only_for_log_groups_of_this_account(
    region: str, principal: str
) -> None:
    stack = _stack(region)
    CommandOutput(stack, "Output")
    policy = next(iter(Template.from_stack(stack).find_resources("AWS::KMS::Key").values()))
    root, service = policy["Properties"]["KeyPolicy"]["Statement"]
    assert "AWS" in root["Principal"]
    joined = _joined(service["Principal"]["Service"], region)
    assert joined == principal
    context = service["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    assert _joined(context, region) == f"arn:{_PARTITION[region]}:logs:{region}:111111111111:log-group:*"


_PARTITION = {"eu-west-1": "aws", "us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn"}


def _joined(value: Any, region: str) -> str:
    """Render a value as CloudFormation does in `region`."""
    if isinstance(value, str):
        return value
    if "Ref" in value:
        suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        return {"AWS::Partition": _PARTITION[region], "AWS::URLSuffix": suffix}[value["Ref"]]
    return "".join(_joined(part, region) for part in value["Fn::Join"][1])


def test_the_log_service_principal_follows_a_region_known_only_at_deployment() -> None:
    stack = _stack()
    CommandOutput(stack, "Output")
    Template.from_stack(stack).has_resource_properties(
        "AWS::KMS::Key",
        {
            "KeyPolicy": {
                "Statement": Match.array_with(
                    [
                        Match.object_like(
                            {
                                "Principal": {
                                    "Service": {
                                        "Fn::Join": [
                                            "",
                                            ["logs.", {"Ref": "AWS::Region"}, ".", {"Ref": "AWS::URLSuffix"}],
                                        ]
                                    }
                                }
                            }
                        )
                    ]
                )
            }
        },
    )


@pytest.mark.parametrize("retention_days", [1, 365, 3653])
def test_log_events_and_objects_expire_on_the_same_day(retention_days: int) -> None:
    stack = _stack()
    CommandOutput(stack, "Output", retention_days=retention_days)
    template = Template.from_stack(stack)
    template.has_resource_properties("AWS::Logs::LogGroup", {"RetentionInDays": retention_days})
    template.has_resource_properties(
        "AWS::S3::Bucket",
        {"LifecycleConfiguration": {"Rules": [Match.object_like({"ExpirationInDays": retention_days})]}},
    )


@pytest.mark.parametrize("retention_days", [0, 2, 364, 3654, -1])
def test_a_retention_that_cloudwatch_logs_refuses_is_refused_before_anything_is_defined(
    retention_days: int,
) -> None:
    stack = _stack()
    with pytest.raises(
        InvalidInputError, match=rf"retention_days: .*, got {retention_days}; allowed: 1, 3, 5, 7,"
    ) as caught:
        CommandOutput(stack, "Output", retention_days=retention_days)
    assert [finding.id for finding in caught.value.findings] == [FindingId.LOG_RETENTION_DAYS]
    assert caught.value.construct_path == "Patching/Output"
    assert stack.node.children == []


def test_a_retention_known_only_at_deployment_is_refused_because_the_api_takes_a_closed_list() -> None:
    token: Any = cdk.Token.as_number({"Ref": "RetentionDays"})
    with pytest.raises(InvalidInputError, match="retention_days"):
        CommandOutput(_stack(), "Output", retention_days=token)


def test_a_node_may_write_and_never_read_or_delete_output() -> None:
    stack = _stack()
    actions = {
        action
        for statement in _resolved_statements(stack, CommandOutput(stack, "Output")).values()
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert actions == {
        "s3:PutObject",
        "s3:GetEncryptionConfiguration",
        "kms:GenerateDataKey",
        "kms:Decrypt",
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:DescribeLogGroups",
        "logs:PutLogEvents",
    }


def test_a_node_uses_the_key_through_s3_only_as_it_encrypts_more_than_output() -> None:
    stack = _stack("eu-west-1")
    statement = _resolved_statements(stack, CommandOutput(stack, "Output"))["EncryptCommandOutput"]
    service = statement["Condition"]["StringEquals"]["kms:ViaService"]
    assert _joined(service, "eu-west-1") == "s3.eu-west-1.amazonaws.com"


def test_a_node_may_touch_this_bucket_this_key_and_this_log_group_only() -> None:
    stack = _stack()
    output = CommandOutput(stack, "Output")
    statements = _resolved_statements(stack, output)
    assert output.encryption_key is not None
    assert statements["ReadOutputBucketEncryption"]["Resource"] == stack.resolve(output.bucket.bucket_arn)
    assert statements["WriteCommandOutput"]["Resource"] == stack.resolve(f"{output.bucket.bucket_arn}/*")
    assert statements["EncryptCommandOutput"]["Resource"] == stack.resolve(output.encryption_key.key_arn)
    assert statements["LogCommandOutput"]["Resource"] == stack.resolve(output.log_group.log_group_arn)
    assert statements["FindOutputLogGroup"]["Resource"] == "*", "the action takes no resource"


@pytest.mark.parametrize(
    ("removal_policy", "expected"), [(None, "RetainExceptOnCreate"), (cdk.RemovalPolicy.DESTROY, "Delete")]
)
def test_log_group_and_bucket_leave_together(removal_policy: cdk.RemovalPolicy | None, expected: str) -> None:
    stack = _stack()
    if removal_policy is None:
        CommandOutput(stack, "Output")
    else:
        CommandOutput(stack, "Output", removal_policy=removal_policy)
    resources = Template.from_stack(stack).to_json()["Resources"].values()
    policies = {r["Type"]: r["DeletionPolicy"] for r in resources if r["Type"] != "AWS::S3::BucketPolicy"}
    assert policies == {
        "AWS::KMS::Key": "RetainExceptOnCreate",
        "AWS::Logs::LogGroup": expected,
        "AWS::S3::Bucket": expected,
    }


def test_nag_finds_only_what_a_user_has_to_decide() -> None:
    stack = _stack()
    CommandOutput(stack, "Output")
    bucket = "Patching/Output/Bucket/Resource"
    assert nag_findings(stack) == {
        ("AwsSolutions-S1", bucket),
        ("NIST.800.53.R5-S3BucketLoggingEnabled", bucket),
        ("NIST.800.53.R5-S3BucketReplicationEnabled", bucket),
    }


def test_nag_is_content_with_the_logging_when_access_is_logged() -> None:
    stack = _stack()
    access_logs = s3.Bucket.from_bucket_name(stack, "AccessLogs", "access-logs-of-the-account")
    CommandOutput(stack, "Output", access_logs_bucket=access_logs)
    assert {rule for rule, _ in nag_findings(stack)} == {"NIST.800.53.R5-S3BucketReplicationEnabled"}


def test_nag_bites_on_the_same_bucket_without_tls() -> None:
    stack = _stack()
    s3.Bucket(stack, "Bucket")
    assert ("AwsSolutions-S10", "Patching/Bucket/Resource") in nag_findings(stack)
