"""Every other resource type: created, read back with boto3, changed in place, replaced, deleted."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import DeploymentError, client

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
OTHER_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ssm.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
OTHER_DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}],
}
CORE = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
AGENT = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def tags(**values: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def refused(call: Callable[[], Any], code: str) -> None:
    with pytest.raises(ClientError) as caught:
        call()
    assert code in caught.value.response["Error"]["Code"]


# ---- IAM


def test_a_role_reads_back_with_aws_managed_and_inline_policies(aws: Any, deploy: Any) -> None:
    inline = {"PolicyName": "inline", "PolicyDocument": DOCUMENT}
    outputs = {"Arn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}}
    role = resource(
        "IAM::Role",
        RoleName="node",
        Path="/patching/",
        AssumeRolePolicyDocument=TRUST,
        Description="nodes",
        ManagedPolicyArns=[CORE],
        MaxSessionDuration=7200,
        Policies=[inline],
        Tags=tags(ring="dev"),
    )
    deployed = deploy({"Role": role}, sections={"Outputs": outputs})
    assert deployed.outputs == {"Arn": "arn:aws:iam::111111111111:role/patching/node"}
    iam = aws("iam")
    read = iam.get_role(RoleName="node")["Role"]
    assert (read["AssumeRolePolicyDocument"], read["Description"]) == (TRUST, "nodes")
    assert (read["MaxSessionDuration"], read["Tags"]) == (7200, tags(ring="dev"))
    attached = iam.list_attached_role_policies(RoleName="node")["AttachedPolicies"]
    assert attached == [{"PolicyName": "AmazonSSMManagedInstanceCore", "PolicyArn": CORE}]
    assert iam.get_role_policy(RoleName="node", PolicyName="inline")["PolicyDocument"] == DOCUMENT
    version = iam.get_policy(PolicyArn=CORE)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=CORE, VersionId=version)["PolicyVersion"]["Document"]
    assert "ssm:UpdateInstanceInformation" in json.dumps(document)


def test_a_role_changes_in_place(aws: Any, deploy: Any) -> None:
    def role(**properties: Any) -> dict[str, Any]:
        return {"Role": resource("IAM::Role", RoleName="node", **properties)}

    boundary = "arn:aws:iam::111111111111:policy/boundary"
    aws("iam").create_policy(PolicyName="boundary", PolicyDocument=json.dumps(DOCUMENT))
    deploy(
        role(
            AssumeRolePolicyDocument=TRUST,
            ManagedPolicyArns=[CORE],
            Policies=[{"PolicyName": "old", "PolicyDocument": DOCUMENT}],
            PermissionsBoundary=boundary,
            Tags=tags(old="x"),
        )
    )
    iam = aws("iam")
    assert iam.get_role(RoleName="node")["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    deploy(
        role(
            AssumeRolePolicyDocument=OTHER_TRUST,
            ManagedPolicyArns=[AGENT],
            Policies=[{"PolicyName": "new", "PolicyDocument": OTHER_DOCUMENT}],
            Tags=tags(new="y"),
        )
    )
    read = iam.get_role(RoleName="node")["Role"]
    assert (read["AssumeRolePolicyDocument"], read["Tags"]) == (OTHER_TRUST, tags(new="y"))
    assert "PermissionsBoundary" not in read
    attached = iam.list_attached_role_policies(RoleName="node")["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == [AGENT]
    assert iam.list_role_policies(RoleName="node")["PolicyNames"] == ["new"]


def test_a_role_with_a_managed_policy_that_aws_does_not_have_fails(deploy: Any) -> None:
    arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCorr"
    with pytest.raises(DeploymentError, match="AmazonSSMManagedInstanceCorr does not exist"):
        deploy({"Role": resource("IAM::Role", AssumeRolePolicyDocument=TRUST, ManagedPolicyArns=[arn])})


def test_role_names_are_taken_once_per_account(deploy: Any) -> None:
    role = {"Role": resource("IAM::Role", RoleName="node", AssumeRolePolicyDocument=TRUST)}
    deploy(role)
    deploy(role, account="222222222222")
    with pytest.raises(DeploymentError, match="EntityAlreadyExists"):
        deploy(role, stack_name="second")


@pytest.mark.parametrize(
    ("kind", "name_property", "properties"),
    [
        ("Role", "RoleName", {"AssumeRolePolicyDocument": TRUST}),
        ("ManagedPolicy", "ManagedPolicyName", {"PolicyDocument": DOCUMENT}),
        ("InstanceProfile", "InstanceProfileName", {"Roles": []}),
    ],
)
def test_names_of_iam_that_differ_in_case_alone_are_taken(
    deploy: Any, kind: str, name_property: str, properties: dict[str, Any]
) -> None:
    def named(name: str) -> dict[str, Any]:
        return {"Named": resource(f"IAM::{kind}", **{name_property: name}, **properties)}

    deploy(named("prod-web"))
    deploy(named("prod-db"), stack_name="second")
    with pytest.raises(DeploymentError, match=r"PROD-Web already exists.*EntityAlreadyExists"):
        deploy(named("PROD-Web"), stack_name="third")


def test_a_generated_role_name_keeps_its_random_end_within_64_characters(deploy: Any) -> None:
    logical_id = "Role" * 16
    deployed = deploy({logical_id: resource("IAM::Role", AssumeRolePolicyDocument=TRUST)})
    name = deployed.physical_ids[logical_id]
    assert len(name) == 64
    assert name.startswith("stack-RoleRole")
    assert len(name.rsplit("-", 1)[1]) == 12


def test_policies_attach_to_roles_move_and_go(aws: Any, deploy: Any, delete: Any) -> None:
    def resources(role: str, document: dict[str, Any]) -> dict[str, Any]:
        roles = [{"Ref": role}]
        return {
            "One": resource("IAM::Role", RoleName="one", AssumeRolePolicyDocument=TRUST),
            "Two": resource("IAM::Role", RoleName="two", AssumeRolePolicyDocument=TRUST),
            "Managed": resource(
                "IAM::ManagedPolicy", ManagedPolicyName="managed", PolicyDocument=document, Roles=roles
            ),
            "Inline": resource("IAM::Policy", PolicyName="inline", PolicyDocument=document, Roles=roles),
        }

    iam, arn = aws("iam"), "arn:aws:iam::111111111111:policy/managed"
    deployed = deploy(resources("One", DOCUMENT))
    assert deployed.physical_ids["Managed"] == arn
    assert iam.list_role_policies(RoleName="one")["PolicyNames"] == ["inline"]
    deploy(resources("Two", OTHER_DOCUMENT))
    assert iam.list_role_policies(RoleName="one")["PolicyNames"] == []
    assert iam.list_attached_role_policies(RoleName="one")["AttachedPolicies"] == []
    assert iam.get_role_policy(RoleName="two", PolicyName="inline")["PolicyDocument"] == OTHER_DOCUMENT
    (attached,) = iam.list_attached_role_policies(RoleName="two")["AttachedPolicies"]
    assert attached["PolicyArn"] == arn
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert document == OTHER_DOCUMENT
    delete()
    assert iam.list_roles()["Roles"] == []
    assert iam.list_policies(Scope="Local")["Policies"] == []


def test_a_policy_that_someone_attached_to_another_role_blocks_the_deletion_until_it_is_detached(
    aws: Any, deploy: Any, delete: Any
) -> None:
    """https://github.com/gchq/sleeper/issues/3956."""
    iam, arn = aws("iam"), "arn:aws:iam::111111111111:policy/managed"
    deploy({"Managed": resource("IAM::ManagedPolicy", ManagedPolicyName="managed", PolicyDocument=DOCUMENT)})
    iam.create_role(RoleName="other", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.attach_role_policy(RoleName="other", PolicyArn=arn)
    with pytest.raises(DeploymentError, match="Cannot delete a policy attached to entities"):
        delete()
    iam.detach_role_policy(RoleName="other", PolicyArn=arn)
    delete()
    assert iam.list_policies(Scope="Local")["Policies"] == []


def test_an_instance_profile_holds_its_role(aws: Any, deploy: Any, delete: Any) -> None:
    def resources(role: str) -> dict[str, Any]:
        return {
            "One": resource("IAM::Role", RoleName="one", AssumeRolePolicyDocument=TRUST),
            "Two": resource("IAM::Role", RoleName="two", AssumeRolePolicyDocument=TRUST),
            "Profile": resource("IAM::InstanceProfile", InstanceProfileName="nodes", Roles=[{"Ref": role}]),
        }

    def roles() -> list[str]:
        profile = aws("iam").get_instance_profile(InstanceProfileName="nodes")["InstanceProfile"]
        return [role["RoleName"] for role in profile["Roles"]]

    deploy(resources("One"))
    assert roles() == ["one"]
    deploy(resources("Two"))
    assert roles() == ["two"]
    delete()
    refused(roles, "NoSuchEntity")


# ---- KMS


def test_a_key_reads_back_its_policy_rotation_and_alias(aws: Any, deploy: Any, delete: Any) -> None:
    def policy(sid: str) -> dict[str, Any]:
        root = {"AWS": "arn:aws:iam::111111111111:root"}
        statement = {"Sid": sid, "Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
        return {"Version": "2012-10-17", "Statement": [statement]}

    def resources(sid: str, **properties: Any) -> dict[str, Any]:
        return {
            "Key": resource("KMS::Key", KeyPolicy=policy(sid), PendingWindowInDays=7, **properties),
            "Alias": resource(
                "KMS::Alias", AliasName="alias/out", TargetKeyId={"Fn::GetAtt": ["Key", "Arn"]}
            ),
        }

    created = deploy(resources("one", EnableKeyRotation=True, Description="output", Tags=tags(ring="dev")))
    kms, key_id = aws("kms"), created.physical_ids["Key"]
    assert json.loads(kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]) == policy("one")
    assert kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"] is True
    assert kms.list_resource_tags(KeyId=key_id)["Tags"] == [{"TagKey": "ring", "TagValue": "dev"}]
    assert kms.describe_key(KeyId="alias/out")["KeyMetadata"]["KeyId"] == key_id
    changed = deploy(resources("two", Enabled=False, Description="changed", Tags=tags(ring="prod")))
    assert changed.physical_ids == created.physical_ids
    assert json.loads(kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]) == policy("two")
    described = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    assert (described["Description"], described["KeyState"]) == ("changed", "Disabled")
    assert kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"] is False
    assert kms.list_resource_tags(KeyId=key_id)["Tags"] == [{"TagKey": "ring", "TagValue": "prod"}]
    delete()
    assert kms.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert "alias/out" not in {alias["AliasName"] for alias in kms.list_aliases()["Aliases"]}


def test_an_alias_moves_to_another_key_and_is_taken_once(aws: Any, deploy: Any) -> None:
    def resources(key: str) -> dict[str, Any]:
        keys = {name: resource("KMS::Key") for name in ("One", "Two")}
        return {**keys, "Alias": resource("KMS::Alias", AliasName="alias/out", TargetKeyId={"Ref": key})}

    deploy(resources("One"))
    moved = deploy(resources("Two"))
    found = aws("kms").describe_key(KeyId="alias/out")["KeyMetadata"]["KeyId"]
    assert found == moved.physical_ids["Two"]
    with pytest.raises(DeploymentError, match="AlreadyExists"):
        deploy(resources("One"), stack_name="second")


# ---- S3


BLOCK = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}


def test_a_bucket_reads_back_everything_that_protects_it(aws: Any, deploy: Any) -> None:
    lifecycle = {
        "Rules": [
            {
                "Id": "old",
                "Status": "Enabled",
                "Prefix": "out/",
                "ExpirationInDays": 90,
                "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 30}],
                "NoncurrentVersionTransitions": [{"StorageClass": "GLACIER", "TransitionInDays": 3}],
            }
        ]
    }
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]}}
    bucket = resource(
        "S3::Bucket",
        BucketName="out",
        BucketEncryption={
            "ServerSideEncryptionConfiguration": [
                {"BucketKeyEnabled": True, "ServerSideEncryptionByDefault": by_default}
            ]
        },
        VersioningConfiguration={"Status": "Enabled"},
        LifecycleConfiguration=lifecycle,
        LoggingConfiguration={"DestinationBucketName": {"Ref": "Logs"}, "LogFilePrefix": "out/"},
        PublicAccessBlockConfiguration=BLOCK,
        OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        Tags=tags(ring="dev"),
    )
    outputs = {name: {"Value": {"Fn::GetAtt": ["Bucket", name]}} for name in ("Arn", "RegionalDomainName")}
    deployed = deploy(
        {"Key": resource("KMS::Key"), "Logs": resource("S3::Bucket", BucketName="logs"), "Bucket": bucket},
        sections={"Outputs": outputs},
    )
    assert deployed.outputs == {
        "Arn": "arn:aws:s3:::out",
        "RegionalDomainName": "out.s3.eu-west-1.amazonaws.com",
    }
    s3, where = aws("s3"), {"Bucket": "out"}
    (rule,) = s3.get_bucket_encryption(**where)["ServerSideEncryptionConfiguration"]["Rules"]
    key = f"arn:aws:kms:eu-west-1:111111111111:key/{deployed.physical_ids['Key']}"
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    assert rule["BucketKeyEnabled"] is True
    assert s3.get_bucket_versioning(**where)["Status"] == "Enabled"
    (rule,) = s3.get_bucket_lifecycle_configuration(**where)["Rules"]
    assert rule == {
        "ID": "old",
        "Status": "Enabled",
        "Filter": {"Prefix": "out/"},
        "Expiration": {"Days": 90},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        "Transitions": [{"StorageClass": "GLACIER", "Days": 30}],
        "NoncurrentVersionTransitions": [{"StorageClass": "GLACIER", "NoncurrentDays": 3}],
    }
    logging = s3.get_bucket_logging(**where)["LoggingEnabled"]
    assert (logging["TargetBucket"], logging["TargetPrefix"]) == ("logs", "out/")
    assert s3.get_public_access_block(**where)["PublicAccessBlockConfiguration"] == BLOCK
    (ownership,) = s3.get_bucket_ownership_controls(**where)["OwnershipControls"]["Rules"]
    assert ownership == {"ObjectOwnership": "BucketOwnerEnforced"}
    assert s3.get_bucket_tagging(**where)["TagSet"] == tags(ring="dev")
    assert s3.get_bucket_location(**where)["LocationConstraint"] == "eu-west-1"


def test_a_bucket_loses_what_the_template_no_longer_says(aws: Any, deploy: Any, delete: Any) -> None:
    rule = {"Status": "Enabled", "ExpirationInDays": 1}
    full = resource(
        "S3::Bucket",
        BucketName="out",
        BucketEncryption={
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
            ]
        },
        VersioningConfiguration={"Status": "Enabled"},
        LifecycleConfiguration={"Rules": [rule]},
        LoggingConfiguration={"LogFilePrefix": "self/"},
        PublicAccessBlockConfiguration=BLOCK,
        OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        Tags=tags(ring="dev"),
    )
    deploy({"Bucket": full})
    deploy({"Bucket": resource("S3::Bucket", BucketName="out")})
    s3, where = aws("s3"), {"Bucket": "out"}
    (rule,) = s3.get_bucket_encryption(**where)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert s3.get_bucket_versioning(**where)["Status"] == "Suspended"
    assert "LoggingEnabled" not in s3.get_bucket_logging(**where)
    refused(lambda: s3.get_bucket_lifecycle_configuration(**where), "NoSuchLifecycleConfiguration")
    refused(lambda: s3.get_public_access_block(**where), "NoSuchPublicAccessBlockConfiguration")
    refused(lambda: s3.get_bucket_ownership_controls(**where), "OwnershipControlsNotFoundError")
    refused(lambda: s3.get_bucket_tagging(**where), "NoSuchTagSet")
    delete()
    refused(lambda: s3.head_bucket(**where), "404")


def test_bucket_names_are_taken_once_in_the_world(deploy: Any) -> None:
    bucket = {"Bucket": resource("S3::Bucket", BucketName="out")}
    deploy(bucket)
    with pytest.raises(DeploymentError, match="'out' already exists"):
        deploy(bucket, stack_name="second")
    with pytest.raises(DeploymentError, match=r"BucketAlreadyExists|already exists"):
        deploy(bucket, account="222222222222")


def test_a_bucket_policy_is_kept_and_not_enforced(aws: Any, deploy: Any) -> None:
    def policy(sid: str) -> dict[str, Any]:
        statement = {
            "Sid": sid,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": ["arn:aws:s3:::out", "arn:aws:s3:::out/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        return {"Version": "2012-10-17", "Statement": [statement]}

    def resources(sid: str) -> dict[str, Any]:
        attached = {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": policy(sid)}
        return {
            "Bucket": resource("S3::Bucket", BucketName="out"),
            "Policy": resource("S3::BucketPolicy", **attached),
        }

    deploy(resources("one"))
    deploy(resources("two"))
    s3 = aws("s3")
    assert json.loads(s3.get_bucket_policy(Bucket="out")["Policy"]) == policy("two")
    s3.put_object(Bucket="out", Key="log", Body=b"x")
    assert s3.get_object(Bucket="out", Key="log")["Body"].read() == b"x"
    deploy({"Bucket": resource("S3::Bucket", BucketName="out")})
    refused(lambda: s3.get_bucket_policy(Bucket="out"), "NoSuchBucketPolicy")


def test_a_bucket_takes_one_policy(deploy: Any) -> None:
    policy = resource("S3::BucketPolicy", Bucket={"Ref": "Bucket"}, PolicyDocument=DOCUMENT)
    with pytest.raises(DeploymentError, match="'out' already exists"):
        deploy({"Bucket": resource("S3::Bucket", BucketName="out"), "One": policy, "Two": policy})


@pytest.mark.parametrize(
    ("properties", "complaint"),
    [
        ({"AccessControl": "PublicRead"}, "AccessControl PublicRead is not part of the local AWS"),
        ({"LoggingConfiguration": {"TargetObjectKeyFormat": {}}}, "LoggingConfiguration with Target"),
        (
            {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "TagFilters": []}]}},
            "lifecycle rules with TagFilters",
        ),
    ],
)
def test_what_a_bucket_would_drop_fails_it(deploy: Any, properties: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DeploymentError, match=complaint):
        deploy({"Bucket": resource("S3::Bucket", **properties)})


# ---- CloudWatch Logs


def test_a_log_group_reads_back_its_retention_and_key(aws: Any, deploy: Any, delete: Any) -> None:
    key = {"Fn::GetAtt": ["Key", "Arn"]}

    def resources(**properties: Any) -> dict[str, Any]:
        return {
            "Key": resource("KMS::Key"),
            "Group": resource("Logs::LogGroup", LogGroupName="/patching/out", **properties),
        }

    def read() -> dict[str, Any]:
        (found,) = aws("logs").describe_log_groups()["logGroups"]
        arn = "arn:aws:logs:eu-west-1:111111111111:log-group:/patching/out"
        return {**found, "tags": aws("logs").list_tags_for_resource(resourceArn=arn)["tags"]}

    deployed = deploy(resources(RetentionInDays=30, KmsKeyId=key, Tags=tags(ring="dev", old="x")))
    arn = f"arn:aws:kms:eu-west-1:111111111111:key/{deployed.physical_ids['Key']}"
    assert (read()["retentionInDays"], read()["kmsKeyId"]) == (30, arn)
    assert read()["tags"] == {"ring": "dev", "old": "x"}
    deploy(resources(Tags=tags(ring="prod")))
    assert read().keys().isdisjoint({"retentionInDays", "kmsKeyId"})
    assert read()["tags"] == {"ring": "prod"}
    deploy(resources(KmsKeyId=key))
    assert read()["kmsKeyId"] == arn
    delete()
    assert aws("logs").describe_log_groups()["logGroups"] == []


def test_log_group_names_are_taken_once(deploy: Any) -> None:
    group = {"Group": resource("Logs::LogGroup", LogGroupName="out")}
    deploy(group)
    with pytest.raises(DeploymentError, match="ResourceAlreadyExistsException"):
        deploy(group, stack_name="second")


# ---- SNS and SQS


def test_a_topic_reads_back_its_key_policy_and_subscriptions(aws: Any, deploy: Any, delete: Any) -> None:
    def policy(sid: str) -> dict[str, Any]:
        topic = "arn:aws:sns:eu-west-1:111111111111:alerts"
        principal = {"Service": "events.amazonaws.com"}
        statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": "sns:Publish"}
        return {"Version": "2012-10-17", "Statement": [{**statement, "Resource": topic}]}

    def resources(sid: str, **properties: Any) -> dict[str, Any]:
        topic = {"Ref": "Topic"}
        return {
            "Topic": resource("SNS::Topic", TopicName="alerts", **properties),
            "Policy": resource("SNS::TopicPolicy", Topics=[topic], PolicyDocument=policy(sid)),
            "Queue": resource("SQS::Queue", QueueName="alerts"),
            "Mail": resource("SNS::Subscription", TopicArn=topic, Protocol="email", Endpoint="a@example.com"),
            "Feed": resource(
                "SNS::Subscription",
                TopicArn=topic,
                Protocol="sqs",
                Endpoint={"Fn::GetAtt": ["Queue", "Arn"]},
                RawMessageDelivery=sid == "one",
                FilterPolicy={"ring": [sid]},
            ),
        }

    created = deploy(
        resources("one", KmsMasterKeyId="alias/out", DisplayName="Alerts", Tags=tags(ring="dev"))
    )
    sns, topic = aws("sns"), "arn:aws:sns:eu-west-1:111111111111:alerts"
    assert created.physical_ids["Topic"] == topic
    read = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert (read["KmsMasterKeyId"], read["DisplayName"]) == ("alias/out", "Alerts")
    assert json.loads(read["Policy"]) == policy("one")
    assert sns.list_tags_for_resource(ResourceArn=topic)["Tags"] == tags(ring="dev")
    found = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert {(item["Protocol"], item["Endpoint"]) for item in found} == {
        ("email", "a@example.com"),
        ("sqs", "arn:aws:sqs:eu-west-1:111111111111:alerts"),
    }
    feed = created.physical_ids["Feed"]
    read = sns.get_subscription_attributes(SubscriptionArn=feed)["Attributes"]
    assert (read["RawMessageDelivery"], json.loads(read["FilterPolicy"])) == ("true", {"ring": ["one"]})

    changed = deploy(resources("two", Tags=tags(ring="prod")))
    assert changed.physical_ids == created.physical_ids
    read = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert (read.get("KmsMasterKeyId", ""), read["DisplayName"]) == ("", "")
    assert json.loads(read["Policy"]) == policy("two")
    assert sns.list_tags_for_resource(ResourceArn=topic)["Tags"] == tags(ring="prod")
    read = sns.get_subscription_attributes(SubscriptionArn=feed)["Attributes"]
    assert (read["RawMessageDelivery"], json.loads(read["FilterPolicy"])) == ("false", {"ring": ["two"]})

    deploy({"Topic": resource("SNS::Topic", TopicName="alerts")})
    read = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert json.loads(read["Policy"])["Id"] == "__default_policy_ID"
    assert sns.list_subscriptions()["Subscriptions"] == []
    delete()
    assert sns.list_topics()["Topics"] == []


def test_another_endpoint_is_another_subscription(aws: Any, deploy: Any) -> None:
    def resources(endpoint: str) -> dict[str, Any]:
        properties = {"TopicArn": {"Ref": "Topic"}, "Protocol": "email", "Endpoint": endpoint}
        return {"Topic": resource("SNS::Topic"), "Mail": resource("SNS::Subscription", **properties)}

    deploy(resources("a@example.com"))
    deploy(resources("b@example.com"))
    found = aws("sns").list_subscriptions()["Subscriptions"]
    assert [item["Endpoint"] for item in found] == ["b@example.com"]


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("SNS::Topic", {"TopicName": "taken"}),
        ("SQS::Queue", {"QueueName": "taken"}),
        ("Events::EventBus", {"Name": "taken"}),
        ("Events::Rule", {"Name": "taken", "EventPattern": {"source": ["aws.ssm"]}}),
        ("ECR::Repository", {"RepositoryName": "taken"}),
        ("IAM::InstanceProfile", {"InstanceProfileName": "taken", "Roles": []}),
        ("IAM::ManagedPolicy", {"ManagedPolicyName": "taken", "PolicyDocument": DOCUMENT}),
        (
            "CloudWatch::Alarm",
            {
                "AlarmName": "taken",
                "Namespace": "AWS/SSM-RunCommand",
                "MetricName": "CommandsFailed",
                "Statistic": "Sum",
                "Period": 60,
                "EvaluationPeriods": 1,
                "Threshold": 0,
                "ComparisonOperator": "GreaterThanThreshold",
            },
        ),
    ],
)
def test_a_name_is_taken_once_even_where_the_api_call_alone_would_overwrite(
    deploy: Any, kind: str, properties: dict[str, Any]
) -> None:
    deploy({"One": resource(kind, **properties)})
    with pytest.raises(DeploymentError, match=r"taken.*already exist|AlreadyExists"):
        deploy({"Two": resource(kind, **properties)}, stack_name="second")


def test_a_queue_reads_back_its_attributes_and_policy(aws: Any, deploy: Any, delete: Any) -> None:
    def policy(sid: str) -> dict[str, Any]:
        principal = {"Service": "events.amazonaws.com"}
        statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage"}
        return {"Version": "2012-10-17", "Statement": [{**statement, "Resource": "*"}]}

    def resources(sid: str, **properties: Any) -> dict[str, Any]:
        return {
            "Dead": resource("SQS::Queue", QueueName="dead"),
            "Queue": resource("SQS::Queue", QueueName="alerts", **properties),
            "Policy": resource("SQS::QueuePolicy", Queues=[{"Ref": "Queue"}], PolicyDocument=policy(sid)),
        }

    dead = "arn:aws:sqs:eu-west-1:111111111111:dead"
    redrive = {"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}, "maxReceiveCount": 3}
    given = {"KmsMasterKeyId": "alias/out", "MessageRetentionPeriod": 1_209_600, "VisibilityTimeout": 60}
    created = deploy(resources("one", **given, RedrivePolicy=redrive, Tags=tags(ring="dev")))
    sqs, url = aws("sqs"), created.physical_ids["Queue"]

    def read() -> dict[str, Any]:
        found: dict[str, Any] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return found

    assert {name: read()[name] for name in given} == {name: str(value) for name, value in given.items()}
    assert json.loads(read()["RedrivePolicy"]) == {"deadLetterTargetArn": dead, "maxReceiveCount": 3}
    assert json.loads(read()["Policy"]) == policy("one")
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"ring": "dev"}
    changed = deploy(resources("two", SqsManagedSseEnabled=True, Tags=tags(ring="prod")))
    assert changed.physical_ids == created.physical_ids
    assert (read()["MessageRetentionPeriod"], read()["VisibilityTimeout"]) == ("345600", "30")
    assert read().keys().isdisjoint({"RedrivePolicy"})
    assert read()["SqsManagedSseEnabled"] == "true"
    assert json.loads(read()["Policy"]) == policy("two")
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"ring": "prod"}
    deploy({"Queue": resource("SQS::Queue", QueueName="alerts")})
    assert "Policy" not in read()
    delete()
    assert "QueueUrls" not in sqs.list_queues()


# ---- EventBridge


def rule(**properties: Any) -> dict[str, Any]:
    pattern = {"source": ["aws.ssm"], "detail": {"status": ["Failed"]}}
    return resource("Events::Rule", **{"Name": "failed", "EventPattern": pattern, **properties})


def targets(*names: str) -> list[dict[str, Any]]:
    return [{"Id": name, "Arn": f"arn:aws:sns:eu-west-1:111111111111:{name}"} for name in names]


def test_a_rule_reads_back_its_pattern_and_targets(aws: Any, deploy: Any, delete: Any) -> None:
    target = {
        **targets("alerts")[0],
        "DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-west-1:111111111111:dead"},
        "InputTransformer": {"InputPathsMap": {"s": "$.detail.status"}, "InputTemplate": '"status <s>"'},
        "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 3600},
    }
    outputs = {"Arn": {"Value": {"Fn::GetAtt": ["Rule", "Arn"]}}}
    created = deploy(
        {"Rule": rule(Description="failed commands", Targets=[target], Tags=tags(ring="dev"))},
        sections={"Outputs": outputs},
    )
    arn = "arn:aws:events:eu-west-1:111111111111:rule/failed"
    assert created.outputs == {"Arn": arn}
    events = aws("events")
    read = events.describe_rule(Name="failed")
    assert json.loads(read["EventPattern"]) == {"source": ["aws.ssm"], "detail": {"status": ["Failed"]}}
    assert (read["State"], read["Description"]) == ("ENABLED", "failed commands")
    assert events.list_targets_by_rule(Rule="failed")["Targets"] == [target]
    assert events.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags(ring="dev")
    changed = deploy(
        {"Rule": rule(State="DISABLED", Targets=targets("one", "two"), Tags=tags(ring="prod"))},
        sections={"Outputs": outputs},
    )
    assert changed.physical_ids == created.physical_ids
    read = events.describe_rule(Name="failed")
    assert (read["State"], "Description" in read) == ("DISABLED", False)
    found = events.list_targets_by_rule(Rule="failed")["Targets"]
    assert sorted(item["Id"] for item in found) == ["one", "two"]
    assert events.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags(ring="prod")
    delete()
    assert events.list_rules()["Rules"] == []


def test_a_sixth_target_of_a_rule_is_refused(aws: Any, deploy: Any) -> None:
    deploy({"Rule": rule(Targets=targets("a", "b", "c", "d", "e"))})
    events = aws("events")
    events.put_targets(Rule="failed", Targets=targets("a"))
    with pytest.raises(events.exceptions.LimitExceededException):
        events.put_targets(Rule="failed", Targets=targets("f"))
    with pytest.raises(DeploymentError, match="LimitExceededException"):
        deploy(
            {"Rule": rule(Name="other", Targets=targets("a", "b", "c", "d", "e", "f"))}, stack_name="other"
        )


def test_a_bus_of_ones_own_takes_rules_and_statements(aws: Any, deploy: Any, delete: Any) -> None:
    def statement(account: str) -> dict[str, Any]:
        bus = "arn:aws:events:eu-west-1:111111111111:event-bus/security"
        principal = {"AWS": f"arn:aws:iam::{account}:root"}
        return {"Effect": "Allow", "Principal": principal, "Action": "events:PutEvents", "Resource": bus}

    def resources(account: str, **properties: Any) -> dict[str, Any]:
        bus = {"Ref": "Bus"}
        return {
            "Bus": resource("Events::EventBus", Name="security", **properties),
            "Rule": rule(EventBusName=bus, Targets=targets("alerts")),
            **{
                sid: resource(
                    "Events::EventBusPolicy", EventBusName=bus, StatementId=sid, Statement=statement(account)
                )
                for sid in ("One", "Two")
            },
        }

    def statements() -> dict[str, Any]:
        policy = json.loads(aws("events").describe_event_bus(Name="security")["Policy"])
        return {item.pop("Sid"): item for item in policy["Statement"]}

    created = deploy(resources("222222222222", Description="old", Tags=tags(ring="dev")))
    assert created.physical_ids["Rule"] == "security|failed"
    assert statements() == {sid: statement("222222222222") for sid in ("One", "Two")}
    (found,) = aws("events").list_rules(EventBusName="security")["Rules"]
    assert found["Arn"] == "arn:aws:events:eu-west-1:111111111111:rule/security/failed"
    assert aws("events").describe_event_bus(Name="security")["Description"] == "old"
    changed = deploy(resources("333333333333", Description="new", Tags=tags(ring="prod")))
    assert changed.physical_ids == created.physical_ids
    assert statements() == {sid: statement("333333333333") for sid in ("One", "Two")}
    assert aws("events").describe_event_bus(Name="security")["Description"] == "new"
    arn = "arn:aws:events:eu-west-1:111111111111:event-bus/security"
    assert aws("events").list_tags_for_resource(ResourceARN=arn)["Tags"] == tags(ring="prod")
    one_gone = resources("333333333333", Description="new", Tags=tags(ring="prod"))
    del one_gone["One"]
    deploy(one_gone)
    assert statements() == {"Two": statement("333333333333")}
    delete()
    buses = aws("events").list_event_buses()["EventBuses"]
    assert [bus["Name"] for bus in buses] == ["default"]


# ---- CloudWatch


def test_an_alarm_reads_back_and_keeps_its_state_when_it_changes(aws: Any, deploy: Any, delete: Any) -> None:
    given = {
        "AlarmDescription": "failed commands",
        "Namespace": "AWS/SSM-RunCommand",
        "MetricName": "CommandsFailed",
        "Dimensions": [{"Name": "Ring", "Value": "prod"}],
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 2,
        "DatapointsToAlarm": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": ["arn:aws:sns:eu-west-1:111111111111:alerts"],
        "OKActions": ["arn:aws:sns:eu-west-1:111111111111:alerts"],
    }

    def alarm(**properties: Any) -> dict[str, Any]:
        return {"Alarm": resource("CloudWatch::Alarm", AlarmName="failed", **{**given, **properties})}

    cloudwatch = aws("cloudwatch")

    def read() -> dict[str, Any]:
        (found,) = cloudwatch.describe_alarms()["MetricAlarms"]
        return dict(found)

    deploy(alarm(Tags=tags(ring="dev")))
    assert {name: read()[name] for name in given} == given
    assert read()["StateValue"] == "INSUFFICIENT_DATA"
    arn = "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:failed"
    assert read()["AlarmArn"] == arn
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags(ring="dev")
    cloudwatch.set_alarm_state(AlarmName="failed", StateValue="ALARM", StateReason="test")
    deploy(alarm(Threshold=5, Tags=tags(ring="prod")))
    assert (read()["Threshold"], read()["StateValue"]) == (5, "ALARM")
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags(ring="prod")
    delete()
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_a_composite_alarm_reads_back_and_keeps_its_state_through_changes(
    aws: Any, deploy: Any, delete: Any
) -> None:
    part = resource(
        "CloudWatch::Alarm",
        AlarmName="part",
        Namespace="N",
        MetricName="M",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
    )

    def composite(**properties: Any) -> dict[str, Any]:
        rule = {"Fn::Sub": 'ALARM("${Part.Arn}")'}
        whole = resource(
            "CloudWatch::CompositeAlarm", **{"AlarmName": "whole", "AlarmRule": rule, **properties}
        )
        return {"Part": part, "Whole": whole}

    cloudwatch = aws("cloudwatch")

    def read() -> dict[str, Any]:
        (found,) = cloudwatch.describe_alarms()["CompositeAlarms"]
        return dict(found)

    topic = "arn:aws:sns:eu-west-1:111111111111:alerts"
    deploy(composite(AlarmDescription="one", AlarmActions=[topic], Tags=tags(ring="dev")))
    arn = "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:whole"
    assert read()["AlarmRule"] == 'ALARM("arn:aws:cloudwatch:eu-west-1:111111111111:alarm:part")'
    assert (read()["AlarmDescription"], read()["AlarmActions"], read()["AlarmArn"]) == ("one", [topic], arn)
    assert read()["StateValue"] == "INSUFFICIENT_DATA"
    cloudwatch.set_alarm_state(AlarmName="whole", StateValue="ALARM", StateReason="test")
    deploy(composite(AlarmDescription="two", Tags=tags(ring="prod")))
    assert (read()["AlarmDescription"], read()["StateValue"]) == ("two", "ALARM")
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags(ring="prod")
    with pytest.raises(DeploymentError, match="no alarm missing"):
        deploy(composite(AlarmRule='ALARM("missing")'))
    delete()
    assert cloudwatch.describe_alarms()["CompositeAlarms"] == []


@pytest.mark.parametrize(
    "taken",
    [
        resource("CloudWatch::Dashboard", DashboardName="taken", DashboardBody="{}"),
        resource("CloudWatch::CompositeAlarm", AlarmName="taken", AlarmRule="FALSE"),
    ],
)
def test_names_of_composite_alarms_and_dashboards_are_taken_once(
    aws: Any, deploy: Any, taken: dict[str, Any]
) -> None:
    aws("cloudwatch").put_dashboard(DashboardName="taken", DashboardBody="{}")
    aws("cloudwatch").put_composite_alarm(AlarmName="taken", AlarmRule="TRUE")
    with pytest.raises(DeploymentError, match="already exists"):
        deploy({"Taken": taken})


def test_a_dashboard_reads_back_changes_and_goes(aws: Any, deploy: Any, delete: Any) -> None:
    cloudwatch = aws("cloudwatch")
    for body in ('{"widgets": []}', '{"widgets": [], "start": "-P7D"}'):
        outcome = deploy(
            {"Board": resource("CloudWatch::Dashboard", DashboardName="patching", DashboardBody=body)}
        )
        assert outcome.physical_ids["Board"] == "patching"
        assert cloudwatch.get_dashboard(DashboardName="patching")["DashboardBody"] == body
    delete()
    assert cloudwatch.list_dashboards()["DashboardEntries"] == []


# ---- what cdk bootstrap needs besides


def test_a_repository_reads_back_its_policies(aws: Any, deploy: Any, delete: Any) -> None:
    selection = {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": 365,
    }
    lifecycle = json.dumps(
        {"rules": [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]}
    )
    full = resource(
        "ECR::Repository",
        RepositoryName="assets",
        ImageTagMutability="IMMUTABLE",
        LifecyclePolicy={"LifecyclePolicyText": lifecycle},
        RepositoryPolicyText=DOCUMENT,
    )
    deploy({"Repository": full})
    ecr = aws("ecr")
    (read,) = ecr.describe_repositories()["repositories"]
    assert (read["repositoryName"], read["imageTagMutability"]) == ("assets", "IMMUTABLE")
    assert ecr.get_lifecycle_policy(repositoryName="assets")["lifecyclePolicyText"] == lifecycle
    assert json.loads(ecr.get_repository_policy(repositoryName="assets")["policyText"]) == DOCUMENT
    deploy({"Repository": resource("ECR::Repository", RepositoryName="assets")})
    (read,) = ecr.describe_repositories()["repositories"]
    assert read["imageTagMutability"] == "MUTABLE"
    refused(lambda: ecr.get_lifecycle_policy(repositoryName="assets"), "LifecyclePolicyNotFound")
    refused(lambda: ecr.get_repository_policy(repositoryName="assets"), "RepositoryPolicyNotFound")
    delete()
    assert ecr.describe_repositories()["repositories"] == []


def test_the_cdk_s_own_metadata_deploys(deploy: Any) -> None:
    deployed = deploy({"CDKMetadata": resource("CDK::Metadata", Analytics="v2:deflate64:x")})
    assert deployed.status == "CREATE_COMPLETE"


def test_accounts_do_not_see_each_other(deploy: Any) -> None:
    deploy({"Topic": resource("SNS::Topic", TopicName="alerts")})
    assert client("sns", account="222222222222", region="eu-west-1").list_topics()["Topics"] == []
    assert client("sns", account="111111111111", region="us-east-1").list_topics()["Topics"] == []


# ---- Glue and Athena


def _catalogue(description: str, **projection: str) -> dict[str, Any]:
    account = {"Ref": "AWS::AccountId"}
    return {
        "Database": resource(
            "Glue::Database",
            CatalogId=account,
            DatabaseInput={"Name": "patching", "Description": description},
        ),
        "Table": {
            **resource(
                "Glue::Table",
                CatalogId=account,
                DatabaseName="patching",
                TableInput={
                    "Name": "nodes",
                    "Parameters": projection,
                    "PartitionKeys": [{"Name": "day", "Type": "string"}],
                    "StorageDescriptor": {"Columns": [{"Name": "node_id", "Type": "string"}]},
                },
            ),
            "DependsOn": ["Database"],
        },
    }


def test_a_database_and_its_table_read_back_change_and_go(aws: Any, deploy: Any, delete: Any) -> None:
    glue = aws("glue")
    created = deploy(_catalogue("old", **{"projection.enabled": "false"}))
    assert (created.physical_ids["Database"], created.physical_ids["Table"]) == ("patching", "nodes")
    changed = deploy(_catalogue("new", **{"projection.enabled": "true"}))
    assert changed.physical_ids == created.physical_ids
    assert glue.get_database(Name="patching")["Database"]["Description"] == "new"
    table = glue.get_table(DatabaseName="patching", Name="nodes")["Table"]
    assert table["Parameters"] == {"projection.enabled": "true"}
    assert table["PartitionKeys"] == [{"Name": "day", "Type": "string"}]
    assert table["StorageDescriptor"]["Columns"] == [{"Name": "node_id", "Type": "string"}]
    delete()
    assert glue.get_databases()["DatabaseList"] == []


def test_names_in_the_catalogue_are_taken_once(deploy: Any) -> None:
    deploy(_catalogue("one"))
    with pytest.raises(DeploymentError, match="'patching' already exists"):
        deploy(_catalogue("two"), stack_name="other")


def test_a_catalogue_of_another_account_is_not_there(deploy: Any) -> None:
    database = resource("Glue::Database", CatalogId="999999999999", DatabaseInput={"Name": "patching"})
    with pytest.raises(DeploymentError, match="CatalogId 999999999999"):
        deploy({"Database": database})


def _workgroup(**configuration: Any) -> dict[str, Any]:
    ring = configuration.pop("ring")
    return resource(
        "Athena::WorkGroup",
        Name="auditors",
        Description=ring,
        RecursiveDeleteOption=False,
        Tags=tags(ring=ring),
        WorkGroupConfiguration={"EnforceWorkGroupConfiguration": True, **configuration},
    )


def test_a_workgroup_reads_back_changes_and_goes(aws: Any, deploy: Any, delete: Any) -> None:
    athena = aws("athena")

    def read() -> dict[str, Any]:
        return dict(athena.get_work_group(WorkGroup="auditors")["WorkGroup"])

    deploy({"Group": _workgroup(ring="dev", BytesScannedCutoffPerQuery=10_000_000)})
    assert read()["Configuration"]["BytesScannedCutoffPerQuery"] == 10_000_000
    place = {"OutputLocation": "s3://out/"}
    deploy({"Group": _workgroup(ring="prod", ResultConfiguration=place)})
    assert "BytesScannedCutoffPerQuery" not in read()["Configuration"]
    assert read()["Configuration"]["ResultConfiguration"] == place
    assert read()["Description"] == "prod"
    arn = "arn:aws:athena:eu-west-1:111111111111:workgroup/auditors"
    assert athena.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags(ring="prod")
    with pytest.raises(DeploymentError, match="'auditors' already exists"):
        deploy({"Group": _workgroup(ring="dev")}, stack_name="other")
    delete()
    assert "auditors" not in {group["Name"] for group in athena.list_work_groups()["WorkGroups"]}


def test_a_named_query_reads_back_is_replaced_and_goes(aws: Any, deploy: Any, delete: Any) -> None:
    athena = aws("athena")

    def resources(sql: str) -> dict[str, Any]:
        query = resource(
            "Athena::NamedQuery",
            Name="who",
            Description="who is behind",
            Database="patching",
            QueryString=sql,
            WorkGroup="auditors",
        )
        return {"Group": _workgroup(ring="dev"), "Query": {**query, "DependsOn": ["Group"]}}

    first = deploy(resources("SELECT 1")).physical_ids["Query"]
    second = deploy(resources("SELECT 2")).physical_ids["Query"]
    assert first != second
    assert athena.list_named_queries(WorkGroup="auditors")["NamedQueryIds"] == [second]
    found = athena.get_named_query(NamedQueryId=second)["NamedQuery"]
    assert (found["Name"], found["QueryString"], found["WorkGroup"]) == ("who", "SELECT 2", "auditors")
    delete()
    assert athena.list_named_queries(WorkGroup="auditors")["NamedQueryIds"] == []
