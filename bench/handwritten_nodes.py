"""Roles of nodes and windows, and where commands write, by hand."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from bench.handwritten_environments import Environment, Fleet
from bench.handwritten_parts import let_logs_encrypt
from bench.handwritten_places import REGION


def define_command_output(
    stack: cdk.Stack, *, account: str, access_logs: s3.Bucket
) -> tuple[kms.Key, s3.Bucket, logs.LogGroup]:
    """Define key, bucket and log group of what commands print."""
    key = kms.Key(
        stack,
        "OutputKey",
        description="Encrypts the output of patch commands",
        enable_key_rotation=True,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    let_logs_encrypt(key, account)
    log_group = logs.LogGroup(
        stack,
        "OutputLogGroup",
        encryption_key=key,
        retention=logs.RetentionDays.ONE_YEAR,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    bucket = s3.Bucket(
        stack,
        "OutputBucket",
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        bucket_key_enabled=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        versioned=True,
        lifecycle_rules=[
            s3.LifecycleRule(
                expiration=cdk.Duration.days(365),
                noncurrent_version_expiration=cdk.Duration.days(30),
                abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
            )
        ],
        server_access_logs_bucket=access_logs,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    return key, bucket, log_group


def define_fleet(
    stack: cdk.Stack,
    fleet: Fleet,
    *,
    account: str,
    key: kms.Key,
    bucket: s3.Bucket,
    log_group: logs.LogGroup,
) -> None:
    """Define the instance role of a patch group, with its profile."""
    bucket_arn = bucket.bucket_arn
    patch_buckets = [
        f"amazon-ssm-{REGION}",
        f"aws-ssm-{REGION}",
        f"patch-baseline-snapshot-{REGION}",
        f"aws-patch-manager-{REGION}-9163fdaaf",
    ]
    if fleet.has_windows:
        patch_buckets.append(f"aws-windows-downloads-{REGION}")
    role = iam.Role(
        stack,
        f"{fleet.patch_group}Role",
        assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
        managed_policies=[
            iam.ManagedPolicy.from_aws_managed_policy_name("AmazonSSMManagedEC2InstanceDefaultPolicy"),
            iam.ManagedPolicy(
                stack,
                f"{fleet.patch_group}Policy",
                description="What the nodes of a patch group need to be patched",
                statements=[
                    iam.PolicyStatement(
                        sid="ReadPatchBuckets",
                        actions=["s3:GetObject"],
                        resources=[f"arn:aws:s3:::{name}/*" for name in patch_buckets],
                    ),
                    iam.PolicyStatement(
                        sid="WriteCommandOutput", actions=["s3:PutObject"], resources=[f"{bucket_arn}/*"]
                    ),
                    iam.PolicyStatement(
                        sid="ReadOutputBucketEncryption",
                        actions=["s3:GetEncryptionConfiguration"],
                        resources=[bucket_arn],
                    ),
                    iam.PolicyStatement(
                        sid="EncryptCommandOutput",
                        actions=["kms:GenerateDataKey", "kms:Decrypt"],
                        resources=[key.key_arn],
                    ),
                    iam.PolicyStatement(
                        sid="LogCommandOutput",
                        actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                        resources=[log_group.log_group_arn],
                    ),
                    iam.PolicyStatement(
                        sid="FindOutputLogGroup",
                        actions=["logs:DescribeLogGroups"],
                        resources=[f"arn:aws:logs:{REGION}:{account}:log-group:*"],
                    ),
                ],
            ),
        ],
    )
    iam.InstanceProfile(stack, f"{fleet.patch_group}InstanceProfile", role=role)


def define_window_role(stack: cdk.Stack, environment: Environment) -> iam.Role:
    """Define the role with which windows run their commands."""
    partition, region, account = cdk.Aws.PARTITION, cdk.Aws.REGION, cdk.Aws.ACCOUNT_ID
    role = iam.Role(
        stack,
        "WindowRole",
        assumed_by=iam.ServicePrincipal("ssm.amazonaws.com"),
        description="Assumed by maintenance windows to run patching documents on their rings",
    )
    iam.ManagedPolicy(
        stack,
        "WindowPolicy",
        description="Lets maintenance windows run patching documents on nodes of their rings",
        roles=[role],
        statements=[
            iam.PolicyStatement(
                actions=["ssm:SendCommand"],
                resources=[
                    f"arn:{partition}:ssm:{region}::document/{document}"
                    for document in ("AWS-RunPatchBaseline", "AWS-UpdateSSMAgent")
                ],
            ),
            iam.PolicyStatement(
                actions=["ssm:SendCommand"],
                resources=[
                    f"arn:{partition}:ec2:{region}:{account}:instance/*",
                    f"arn:{partition}:ssm:{region}:{account}:managed-instance/*",
                ],
                conditions={
                    "StringEquals": {
                        "ssm:resourceTag/PatchGroup": [fleet.patch_group for fleet in environment.fleets]
                    }
                },
            ),
            iam.PolicyStatement(
                actions=[
                    "ssm:CancelCommand",
                    "ssm:GetCommandInvocation",
                    "ssm:ListCommandInvocations",
                    "ssm:ListCommands",
                    "tag:GetResources",
                ],
                resources=["*"],
            ),
        ],
    )
    return role
