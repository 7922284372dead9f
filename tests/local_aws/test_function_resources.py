"""Functions and tables: created, read back with boto3, changed in place, deleted."""

import io
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import DeploymentError

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
KEY = "arn:aws:kms:eu-central-1:111111111111:key/12345678-1234-1234-1234-123456789012"
QUEUE = "arn:aws:sqs:eu-central-1:111111111111:failed"


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def tags(**values: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


@pytest.fixture
def code(aws: Any) -> dict[str, str]:
    """Put code into a bucket, as the CDK CLI does."""
    s3 = aws("s3")
    s3.create_bucket(Bucket="assets", CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    for name in ("one.zip", "two.zip"):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as opened:
            opened.writestr("handler.py", name)
        s3.put_object(Bucket="assets", Key=name, Body=file.getvalue())
    return {"S3Bucket": "assets", "S3Key": "one.zip"}


def function(code: dict[str, str], **properties: Any) -> dict[str, Any]:
    return {
        "Role": resource("IAM::Role", RoleName="reporter", AssumeRolePolicyDocument=TRUST),
        "Function": resource(
            "Lambda::Function",
            **{
                "FunctionName": "reporter",
                "Code": code,
                "Handler": "handler.handler",
                "Runtime": "python3.14",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                **properties,
            },
        ),
    }


def test_a_function_reads_back_and_changes_in_place(aws: Any, deploy: Any, code: dict[str, str]) -> None:
    deployed = deploy(
        function(
            code,
            Architectures=["arm64"],
            DeadLetterConfig={"TargetArn": QUEUE},
            Description="reports",
            Environment={"Variables": {"TABLE_NAME": "memory"}},
            KmsKeyArn=KEY,
            LoggingConfig={"LogGroup": "reporter-log"},
            MemorySize=256,
            ReservedConcurrentExecutions=1,
            Tags=tags(ring="dev"),
            Timeout=900,
        ),
        sections={"Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Function", "Arn"]}}}},
    )
    functions = aws("lambda")
    found = functions.get_function(FunctionName="reporter")
    configuration = found["Configuration"]
    assert deployed.outputs == {"Arn": configuration["FunctionArn"]}
    assert (configuration["Runtime"], configuration["Architectures"]) == ("python3.14", ["arm64"])
    assert (configuration["MemorySize"], configuration["Timeout"]) == (256, 900)
    assert configuration["Environment"] == {"Variables": {"TABLE_NAME": "memory"}}
    assert configuration["KMSKeyArn"] == KEY
    assert configuration["DeadLetterConfig"] == {"TargetArn": QUEUE}
    assert configuration["LoggingConfig"] == {"LogGroup": "reporter-log"}
    assert found["Concurrency"] == {"ReservedConcurrentExecutions": 1}
    assert found["Tags"] == {"ring": "dev"}

    deploy(
        function(
            {**code, "S3Key": "two.zip"},
            Environment={"Variables": {"TABLE_NAME": "other"}},
            LoggingConfig={"LogGroup": "other-log"},
            Tags=tags(ring="prod"),
            Timeout=60,
        )
    )
    changed = functions.get_function(FunctionName="reporter")
    assert changed["Configuration"]["CodeSha256"] != configuration["CodeSha256"]
    assert changed["Configuration"]["Timeout"] == 60
    assert changed["Configuration"]["Environment"] == {"Variables": {"TABLE_NAME": "other"}}
    assert changed["Configuration"]["LoggingConfig"] == {"LogGroup": "other-log"}
    assert changed["Tags"] == {"ring": "prod"}
    assert "Concurrency" not in changed


def test_a_rule_may_start_a_function_and_a_removed_one_is_gone(
    aws: Any, deploy: Any, code: dict[str, str]
) -> None:
    rule = "arn:aws:events:eu-central-1:111111111111:rule/hourly"
    permission = resource(
        "Lambda::Permission",
        Action="lambda:InvokeFunction",
        FunctionName={"Ref": "Function"},
        Principal="events.amazonaws.com",
        SourceAccount="111111111111",
        SourceArn=rule,
    )
    functions = aws("lambda")
    deploy({**function(code), "Permission": permission})
    assert rule in functions.get_policy(FunctionName="reporter")["Policy"]
    deploy(function(code))
    with pytest.raises(ClientError, match="ResourceNotFound"):
        functions.get_policy(FunctionName="reporter")
    deploy({"Role": function(code)["Role"]})
    with pytest.raises(ClientError, match="ResourceNotFound"):
        functions.get_function(FunctionName="reporter")


def test_the_name_of_a_function_is_taken_once(deploy: Any, code: dict[str, str]) -> None:
    twice = function(code)
    twice["Other"] = {**twice["Function"], "DependsOn": "Function"}
    with pytest.raises(DeploymentError, match="already exists"):
        deploy(twice)


def table(**properties: Any) -> dict[str, Any]:
    return {
        "Table": resource(
            "DynamoDB::Table",
            **{
                "TableName": "memory",
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "BillingMode": "PAY_PER_REQUEST",
                **properties,
            },
        )
    }


def test_a_table_reads_back_and_changes_in_place(aws: Any, deploy: Any) -> None:
    encrypted = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}
    deployed = deploy(
        table(
            SSESpecification=encrypted,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
            TimeToLiveSpecification={"AttributeName": "expires", "Enabled": True},
            Tags=tags(ring="dev"),
        ),
        sections={"Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Table", "Arn"]}}}},
    )
    dynamodb = aws("dynamodb")

    def read() -> tuple[Any, ...]:
        found = dynamodb.describe_table(TableName="memory")["Table"]
        backups = dynamodb.describe_continuous_backups(TableName="memory")["ContinuousBackupsDescription"]
        expiry = dynamodb.describe_time_to_live(TableName="memory")["TimeToLiveDescription"]
        return (
            found["TableArn"],
            found.get("SSEDescription", {}).get("KMSMasterKeyArn"),
            backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
            expiry["TimeToLiveStatus"],
            dynamodb.list_tags_of_resource(ResourceArn=found["TableArn"])["Tags"],
        )

    arn = deployed.outputs["Arn"]
    assert read() == (arn, KEY, "ENABLED", "ENABLED", tags(ring="dev"))
    deploy(table(SSESpecification=encrypted, Tags=tags(ring="prod")))
    assert read() == (arn, KEY, "DISABLED", "DISABLED", tags(ring="prod"))


def test_a_table_is_replaced_when_its_key_changes_and_removed_with_its_stack(aws: Any, deploy: Any) -> None:
    dynamodb = aws("dynamodb")
    named = table()
    del named["Table"]["Properties"]["TableName"]
    deploy(named)
    (first,) = dynamodb.list_tables()["TableNames"]
    named["Table"]["Properties"]["KeySchema"][0]["AttributeName"] = "key"
    named["Table"]["Properties"]["AttributeDefinitions"][0]["AttributeName"] = "key"
    deploy(named)
    (second,) = dynamodb.list_tables()["TableNames"]
    assert second != first


def test_another_encryption_of_a_table_is_refused_and_not_dropped_in_silence(deploy: Any) -> None:
    deploy(table())
    with pytest.raises(DeploymentError, match="does not change the encryption"):
        deploy(table(SSESpecification={"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}))


def test_the_name_of_a_table_is_taken_once(deploy: Any) -> None:
    twice = table()
    twice["Other"] = {**twice["Table"], "DependsOn": "Table"}
    with pytest.raises(DeploymentError, match="already exists"):
        deploy(twice)
