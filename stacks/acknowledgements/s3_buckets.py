"""What is accepted of buckets."""

from aws_cdk import aws_s3 as s3

from patching_constructs import CommandOutput
from stacks.acknowledgements.acceptance import accept

_NOT_REPLICATED = {
    "NIST.800.53.R5-S3BucketReplicationEnabled": (
        "Command output and access logs are diagnostic records of one account and Region. They are versioned "
        "and expire, and compliance itself is kept by Systems Manager: a replica would only widen access."
    )
}


def acknowledge_access_logs(bucket: s3.Bucket) -> None:
    """Accept what is particular to a bucket that receives server access logs."""
    accept(
        bucket,
        _NOT_REPLICATED
        | {
            "NIST.800.53.R5-S3DefaultEncryptionKMS": (
                "S3 delivers server access logs only to buckets that it encrypts with its own keys (SSE-S3)."
            ),
        },
    )


def acknowledge_command_output(output: CommandOutput) -> None:
    """Accept that command output stays in its Region."""
    accept(output.bucket, _NOT_REPLICATED)
