"""A bucket of this library, with everything that a bucket should have."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct


def define_bucket(
    scope: Construct,
    *,
    bucket_name: str | None = None,
    encryption_key: kms.IKey | None,
    lifecycle_rules: Sequence[s3.LifecycleRule],
    access_logs_bucket: s3.IBucket | None,
    removal_policy: cdk.RemovalPolicy,
) -> s3.Bucket:
    """Define a private, versioned bucket for TLS only; without a key S3's own encrypts it."""
    return s3.Bucket(
        scope,
        "Bucket",
        bucket_name=bucket_name,
        encryption=(s3.BucketEncryption.S3_MANAGED if encryption_key is None else s3.BucketEncryption.KMS),
        encryption_key=encryption_key,
        # With a bucket key S3 asks KMS for a key now and then, in place of once for each object.
        bucket_key_enabled=None if encryption_key is None else True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        # Without ACLs, files that other accounts put in belong to this account.
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        # In addition to `enforce_ssl`, which would accept TLS 1.0.
        minimum_tls_version=1.2,
        versioned=True,
        lifecycle_rules=lifecycle_rules,
        server_access_logs_bucket=access_logs_bucket,
        removal_policy=removal_policy,
    )
