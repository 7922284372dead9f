"""What Systems Manager reports to EventBridge about patching.

Delivery is best effort.

See: https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html
See: https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-ssm.html
"""

import enum

EVENT_SOURCE = "aws.ssm"

COMMAND_STATUS_CHANGE = "EC2 Command Status-change Notification"
COMMAND_INVOCATION_STATUS_CHANGE = "EC2 Command Invocation Status-change Notification"
WINDOW_EXECUTION_STATE_CHANGE = "Maintenance Window Execution State-change Notification"
COMPLIANCE_STATE_CHANGE = "Configuration Compliance State Change"
CALENDAR_STATE_CHANGE = "Calendar State Change"
"""Not sent for calendars that another account shares."""

PATCH_DOCUMENTS = (
    "AWS-RunPatchBaseline",
    "AWS-RunPatchBaselineWithHooks",
    "AWS-RunPatchBaselineAssociation",
)
"""https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-ssm-documents.html"""

UNSUCCESSFUL_COMMAND_STATUSES = (
    "Failed",
    "TimedOut",
    "Canceled",
    "Cancelled",
    "DeliveryTimedOut",
    "ExecutionTimedOut",
    "Undeliverable",
    "Terminated",
    "Incomplete",
)
"""The statuses and status details with which a command ends without success.

AWS lists the first three for events and spells the third `Canceled`; its API has `Cancelled`, and details of
the status. Matching all of them is safe (docs/not-proven.md#event-values-without-an-example).
A command that the cutoff of its window stops is cancelled.

https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-eventbridge-events.html
https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html
"""

UNSUCCESSFUL_WINDOW_STATUSES = ("FAILED", "TIMED_OUT")
CANCELLED_WINDOW_STATUS = "CANCELLED"
"""An execution that someone, or a gate, has stopped. docs/not-proven.md#cancelled-windows"""
SUCCESSFUL_WINDOW_STATUS = "SUCCESS"
ENDED_WINDOW_STATUSES = (SUCCESSFUL_WINDOW_STATUS, *UNSUCCESSFUL_WINDOW_STATUSES, CANCELLED_WINDOW_STATUS)
"""The statuses of an execution that has started and is over."""
OVERLAPPING_WINDOW_STATUS = "SKIPPED_OVERLAPPING"
"""An execution that did not start because an earlier one of the same window was still running."""

COMPLIANT, NON_COMPLIANT = "compliant", "non_compliant"
"""Statuses of compliance, which AWS documents in lower case."""

CALENDAR_STATES = ("OPEN", "CLOSED")

EVENT_PATTERN_MAX_LENGTH = 2048
"""Characters. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"""


class PatchCommandNotificationType(enum.StrEnum):
    """Which events of a patch command count.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_NotificationConfig.html
    """

    COMMAND = "Command"
    """One event for each command, whatever the number of nodes."""
    INVOCATION = "Invocation"
    """One event for each node."""
