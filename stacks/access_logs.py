"""The bucket that takes the server access logs of a stack's other buckets."""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.acknowledgements.s3_buckets import acknowledge_access_logs


def define_access_logs(scope: Construct) -> s3.Bucket:
    """Define the bucket; S3 delivers only to one that it encrypts with its own keys."""
    bucket = s3.Bucket(
        scope,
        "AccessLogs",
        encryption=s3.BucketEncryption.S3_MANAGED,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        versioned=True,
        lifecycle_rules=[
            s3.LifecycleRule(
                expiration=cdk.Duration.days(365), noncurrent_version_expiration=cdk.Duration.days(30)
            )
        ],
        removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
    acknowledge_access_logs(bucket)
    return bucket
