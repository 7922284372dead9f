"""Every security finding that the sample accepts, with the reason for a security reviewer.

Each is acknowledged on the construct that it is about, so that the same finding elsewhere still fails the
build.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import IConstruct

from patching_constructs import (
    CommandOutput,
    ComplianceAlarms,
    PatchGroupFleet,
    RingedMaintenanceWindow,
)
from stacks.event_forwarding import EventForwarding

if TYPE_CHECKING:
    from patching_constructs import PatchFindings

_NOT_REPLICATED = (
    "Command output and its access logs are diagnostic records of one account and Region. They are versioned "
    "and expire, and compliance itself is kept by Systems Manager: a replica would only widen access."
)
_IS_THE_DEAD_LETTER_QUEUE = (
    "This queue is itself a dead-letter queue; a queue behind it would have no reader either."
)


def acknowledge_access_logs(bucket: s3.Bucket) -> None:
    """Accept what is particular to a bucket that receives server access logs."""
    _acknowledge(
        bucket,
        {
            "NIST.800.53.R5-S3BucketReplicationEnabled": _NOT_REPLICATED,
            "NIST.800.53.R5-S3DefaultEncryptionKMS": (
                "S3 delivers server access logs only to buckets that it encrypts with its own keys (SSE-S3)."
            ),
        },
    )


def acknowledge_command_output(output: CommandOutput) -> None:
    """Accept that command output stays in its Region."""
    _acknowledge(output.bucket, {"NIST.800.53.R5-S3BucketReplicationEnabled": _NOT_REPLICATED})


def acknowledge_fleets(
    stack: cdk.Stack, fleets: Iterable[PatchGroupFleet], *, command_output: CommandOutput
) -> None:
    """Accept the wildcards below named buckets, and the agent's policy that AWS maintains."""
    # cdk-nag spells what only the deployment knows in angle brackets; cdk.json's flags make it a literal.
    partition = "<AWS::Partition>" if cdk.Token.is_unresolved(stack.partition) else stack.partition
    bucket_id = stack.get_logical_id(command_output.bucket.node.default_child)  # type: ignore[arg-type]
    log_groups = f"arn:{partition}:logs:{stack.region}:{stack.account}:log-group:*"
    agent_policy = "arn:<AWS::Partition>:iam::aws:policy/AmazonSSMManagedEC2InstanceDefaultPolicy"
    of_every_fleet = {
        f"AwsSolutions-IAM4[Policy::{agent_policy}]": (
            "AWS extends this policy when the SSM agent needs a new action; a copy would lag behind and "
            "leave nodes unmanaged. It has no access to parameters, secrets or S3."
        ),
        f"AwsSolutions-IAM5[Resource::<{bucket_id}.Arn>/*]": (
            "Nodes only write, and only into the bucket of command output; Run Command chooses the keys "
            "from command and node ids that exist only at run time."
        ),
        f"AwsSolutions-IAM5[Resource::{log_groups}]": (
            "logs:DescribeLogGroups cannot be narrowed to a log group. It reveals names only."
        ),
    }
    for fleet in fleets:
        patch_buckets = {
            f"AwsSolutions-IAM5[Resource::arn:{partition}:s3:::{name}/*]": (
                "Read access to one bucket of AWS, by its full name, from which nodes of this Region "
                "fetch patching code and snapshots. AWS does not publish the keys of its objects."
            )
            for name in fleet.patch_bucket_names
        }
        _acknowledge(fleet, of_every_fleet | patch_buckets)


def acknowledge_windows(windows: RingedMaintenanceWindow) -> None:
    """Accept the wildcard over node ids, which tags narrow, and read actions that take no resource."""
    scope = "<AWS::Region>:<AWS::AccountId>"
    by_tag = (
        "Node ids are unknown when windows are made. The statement allows sending commands only to nodes "
        "whose patch group tag is one of this rollout's, and another one allows only the patching documents."
    )
    _acknowledge(
        windows,
        {
            f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:{scope}:instance/*]": by_tag,
            f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:{scope}:managed-instance/*]": by_tag,
            "AwsSolutions-IAM5[Resource::*]": (
                "Following a command, cancelling it at the cutoff and looking nodes up by tag: Systems "
                "Manager and the tagging service take no resource for these actions. None changes a node."
            ),
        },
    )


def acknowledge_event_forwarding(forwarding: EventForwarding) -> None:
    """Accept that the queue behind the forwarding rule has none behind it."""
    _acknowledge(forwarding.dead_letter_queue, {"AwsSolutions-SQS3": _IS_THE_DEAD_LETTER_QUEUE})


def acknowledge_alarms(alarms: ComplianceAlarms) -> None:
    """Accept that the queue behind the alarms' rules has none behind it."""
    _acknowledge(alarms.dead_letter_queue, {"AwsSolutions-SQS3": _IS_THE_DEAD_LETTER_QUEUE})


def acknowledge_findings(findings: "PatchFindings") -> None:
    """Accept that the queue behind the rules for findings has none behind it."""
    _acknowledge(findings.dead_letter_queue, {"AwsSolutions-SQS3": _IS_THE_DEAD_LETTER_QUEUE})


def _acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    cdk.Validations.of(construct).acknowledge(
        *(cdk.Acknowledgment(id=finding, reason=reason) for finding, reason in reasons.items())
    )
