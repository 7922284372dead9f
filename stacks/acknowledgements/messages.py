"""Accepted cdk-nag findings of topics, queues and alarms."""

from typing import TYPE_CHECKING

import aws_cdk as cdk

from patching_constructs import ComplianceAlarms, PatchEventForwarder, PatchEventHub
from stacks.acknowledgements.acceptance import (
    IS_THE_DEAD_LETTER_QUEUE,
    NO_RESERVED_CONCURRENCY,
    NOT_IN_A_VPC,
    accept,
    partition_of,
)

if TYPE_CHECKING:
    from patching_constructs import PatchFindings


def acknowledge_event_forwarder(stack: cdk.Stack, forwarder: PatchEventForwarder) -> None:
    """Accept wildcards over what an event may be about; the forwarder only reads."""
    ssm = f"arn:{partition_of(stack)}:ssm:{stack.region}:{stack.account}"
    of_any_event = (
        "Every window and node of the account may have events, including those that are not defined here: "
        "unplanned patching should be reported. Only names, tags and tasks of windows are read."
    )
    accept(
        forwarder,
        NOT_IN_A_VPC
        | NO_RESERVED_CONCURRENCY
        | {
            "AwsSolutions-IAM5[Resource::*]": (
                "Looking up what a window's run and its commands did, and the names of nodes: these actions "
                "support no resource. None changes anything."
            ),
            f"AwsSolutions-IAM5[Resource::{ssm}:maintenancewindow/*]": of_any_event,
            f"AwsSolutions-IAM5[Resource::{ssm}:managed-instance/mi-*]": of_any_event,
        },
    )


def acknowledge_event_hub(hub: PatchEventHub) -> None:
    """Accept that the record of past notifications has no backup."""
    accept(
        hub,
        NOT_IN_A_VPC
        | NO_RESERVED_CONCURRENCY
        | {
            "NIST.800.53.R5-DynamoDBInBackupPlan": (
                "The table remembers for a day what people were notified of."
            )
        },
    )


def acknowledge_findings(findings: "PatchFindings") -> None:
    """Accept that the queue behind the rules for findings has none behind it."""
    accept(findings.dead_letter_queue, IS_THE_DEAD_LETTER_QUEUE)


def acknowledge_alarms(alarms: ComplianceAlarms) -> None:
    """Accept that the queue has no dead-letter queue, and that some alarms have no action of their own."""
    accept(alarms.dead_letter_queue, IS_THE_DEAD_LETTER_QUEUE)
    for symptom in (*alarms.reporter_symptom_alarms, *alarms.silent_ring_alarms):
        accept(
            symptom,
            {
                "NIST.800.53.R5-CloudWatchAlarmAction": (
                    "One composite alarm notifies people that the reporter fails in one way or another; "
                    "this is "
                    "one of the ways. With an action of its own every failure would ring twice."
                )
            },
        )
