"""What is accepted of what reports compliance and keeps it."""

import aws_cdk as cdk

from patching_constructs import ComplianceHistory, ComplianceReporter, RingRunRecorder, RingStates
from stacks.acknowledgements.acceptance import (
    NO_RESERVED_CONCURRENCY,
    NOT_IN_A_VPC,
    accept,
    partition_of,
)

_RECOVERED_WITHOUT_A_PLAN = {
    "NIST.800.53.R5-DynamoDBInBackupPlan": (
        "Point-in-time recovery keeps every state of the last 35 days, and the table is retained. A "
        "backup plan of the organisation may take it up."
    )
}


def acknowledge_reporter(
    stack: cdk.Stack, reporter: ComplianceReporter, *, history_bucket_name: str, history_key_arn: str
) -> None:
    """Accept wildcards over what is listed or compared, and below the account's part of the history."""
    partition = partition_of(stack)
    ssm = f"arn:{partition}:ssm:{stack.region}:{stack.account}"
    compared = (
        "The reporter finds windows by their names, and compares whatever baseline a node really has, which "
        "may be defined elsewhere. It only reads."
    )
    accept(
        reporter,
        NOT_IN_A_VPC
        | NO_RESERVED_CONCURRENCY
        | _RECOVERED_WITHOUT_A_PLAN
        | {
            "AwsSolutions-IAM5[Resource::*]": (
                "Listing nodes and their patches, and publishing metrics: these actions take no resource. "
                "Metrics are limited to one namespace by a condition, and nothing else changes anything."
            ),
            f"AwsSolutions-IAM5[Resource::{ssm}:maintenancewindow/*]": compared,
            f"AwsSolutions-IAM5[Resource::{ssm}:patchbaseline/*]": compared,
            f"AwsSolutions-IAM5[Resource::arn:{partition}:ssm:{stack.region}:*:patchbaseline/*]": (
                "Nodes may be patched by a baseline of AWS, which is in an account of AWS. Listing what it "
                "approves reads public information, and baselines of other accounts cannot be read."
            ),
            f"AwsSolutions-IAM5[Resource::arn:{partition}:s3:::{history_bucket_name}/nodes/*]": (
                "Names of files hold the time of the report. The reporter only writes, and the policy of the "
                "bucket keeps each account below its own id."
            ),
            f"AwsSolutions-IAM5[Resource::{history_key_arn}]": (
                "The key is in the security account and its id is known only there. Both accounts have "
                "to agree: the policy of the history's key lets this account encrypt, for this bucket alone, "
                "and no other key of this organisation's stacks there lets it in."
            ),
        },
    )


def acknowledge_ring_runs(recorder: RingRunRecorder) -> None:
    """Accept read actions that take no resource."""
    accept(
        recorder,
        NOT_IN_A_VPC
        | NO_RESERVED_CONCURRENCY
        | {
            "AwsSolutions-IAM5[Resource::*]": (
                "Reading what a window's run and its commands did: Systems Manager takes no resource for "
                "these actions. None changes anything."
            )
        },
    )


def acknowledge_ring_states(states: RingStates) -> None:
    """Accept that the table has point-in-time recovery in place of a backup plan."""
    accept(states, NOT_IN_A_VPC | NO_RESERVED_CONCURRENCY | _RECOVERED_WITHOUT_A_PLAN)


def acknowledge_history(history: ComplianceHistory) -> None:
    """Accept that the history stays in its Region."""
    accept(
        history.bucket,
        {
            "NIST.800.53.R5-S3BucketReplicationEnabled": (
                "The history is versioned and retained. Whether a copy may leave the Region is for the "
                "organisation to say."
            )
        },
    )
