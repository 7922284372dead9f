"""Which events notify people, and what they read."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from patching_constructs.contracts.chat_message import chat_message
from patching_constructs.model.systems_manager_events import (
    CANCELLED_WINDOW_STATUS,
    COMMAND_INVOCATION_STATUS_CHANGE,
    COMMAND_STATUS_CHANGE,
    COMPLIANCE_STATE_CHANGE,
    EVENT_SOURCE,
    OVERLAPPING_WINDOW_STATUS,
    PATCH_DOCUMENTS,
    UNSUCCESSFUL_COMMAND_STATUSES,
    UNSUCCESSFUL_WINDOW_STATUSES,
    WINDOW_EXECUTION_STATE_CHANGE,
    PatchCommandNotificationType,
)
from patching_constructs.values.tokens import is_token

_WHERE_AND_WHEN = {"account": "$.account", "region": "$.region", "time": "$.time"}


@dataclass(frozen=True, kw_only=True, slots=True)
class PatchEventRule:
    """An EventBridge rule with its message, before it becomes CloudFormation.

    Attributes:
        name: Construct id.
        description: What the rule matches.
        detail_type: Detail type of the events.
        detail: Pattern of the detail.
        paths: Names for fields of the detail, used as `<name>` in the texts.
        title: What happened, in a few words.
        happened: What happened, where and when: whole sentences.
        next_step: What to do about it: whole sentences.
    """

    name: str
    description: str
    detail_type: str
    detail: dict[str, Any]
    paths: dict[str, str]
    title: str
    happened: str
    next_step: str

    @property
    def event_pattern(self) -> dict[str, Any]:
        """The event pattern in EventBridge's own form."""
        return {"source": [EVENT_SOURCE], "detail-type": [self.detail_type], "detail": self.detail}

    @property
    def input_paths_map(self) -> dict[str, str]:
        """JSON paths of everything that the templates use."""
        return _WHERE_AND_WHEN | self.paths

    @property
    def text_template(self) -> str:
        """Template of a message for mailboxes and queues: one JSON string."""
        # An input template has to be valid JSON; a bare sentence is refused.
        return json.dumps(f"{self.happened} {self.next_step}")

    @property
    def chat_template(self) -> str:
        """Template of a message that AWS's chat service shows."""
        return chat_message(title=self.title, description=self.happened, next_steps=[self.next_step])


def patch_command_rule(notification_type: PatchCommandNotificationType) -> PatchEventRule:
    """Return the rule for patch commands that end without success."""
    detail = {"document-name": list(PATCH_DOCUMENTS), "status": list(UNSUCCESSFUL_COMMAND_STATUSES)}
    paths = {
        "command": "$.detail.command-id",
        "document": "$.detail.document-name",
        "status": "$.detail.status",
    }
    if notification_type is PatchCommandNotificationType.COMMAND:
        return PatchEventRule(
            name="PatchCommandRule",
            description="Patch commands that failed, timed out or were cancelled",
            detail_type=COMMAND_STATUS_CHANGE,
            detail=detail,
            paths=paths,
            title="Patch command <status> in account <account>, <region>",
            happened=(
                "Patch command <command> (<document>) ended with status <status> "
                "in account <account>, Region <region>, at <time>."
            ),
            next_step=(
                "Nodes may be unpatched: find them and their output with: aws ssm list-command-invocations "
                "--command-id <command> --details --region <region>"
            ),
        )
    return PatchEventRule(
        name="PatchCommandInvocationRule",
        description="Patch commands that failed, timed out or were cancelled on a node",
        detail_type=COMMAND_INVOCATION_STATUS_CHANGE,
        detail=detail,
        paths=paths | {"node": "$.detail.instance-id"},
        title="Patching of node <node> <status> in account <account>, <region>",
        happened=(
            "Patch command <command> (<document>) ended with status <status> on node <node> "
            "in account <account>, Region <region>, at <time>."
        ),
        next_step=(
            "The node may be unpatched: read its output with: aws ssm get-command-invocation "
            "--command-id <command> --instance-id <node> --region <region>"
        ),
    )


def window_rules(maintenance_window_ids: Sequence[str]) -> tuple[PatchEventRule, PatchEventRule]:
    """Return the rules for windows that fail and windows that overlap.

    An event names its window by id alone, and not what the window does, so that a rule for all windows would
    report failed patching for windows that patch nothing.
    """
    of_windows = {"window-id": list(maintenance_window_ids)}
    paths = {"window": "$.detail.window-id", "execution": "$.detail.window-execution-id"}
    return (
        PatchEventRule(
            name="WindowFailedRule",
            description="Maintenance window executions that failed, timed out or were cancelled",
            detail_type=WINDOW_EXECUTION_STATE_CHANGE,
            detail={"status": [*UNSUCCESSFUL_WINDOW_STATUSES, CANCELLED_WINDOW_STATUS], **of_windows},
            paths=paths | {"status": "$.detail.status"},
            title="Maintenance window <window> <status> in account <account>, <region>",
            happened=(
                "Execution <execution> of maintenance window <window> ended with status <status> "
                "in account <account>, Region <region>, at <time>."
            ),
            next_step=(
                "Find the task that failed with: aws ssm describe-maintenance-window-execution-tasks "
                "--window-execution-id <execution> --region <region>"
            ),
        ),
        PatchEventRule(
            name="WindowOverlapRule",
            description="Maintenance window executions that were skipped, an earlier one was still running",
            detail_type=WINDOW_EXECUTION_STATE_CHANGE,
            detail={"status": [OVERLAPPING_WINDOW_STATUS], **of_windows},
            paths=paths,
            title="Maintenance window <window> was skipped in account <account>, <region>",
            happened=(
                "Execution <execution> of maintenance window <window> did not start in account <account>, "
                "Region <region>, at <time>: an earlier execution of the window was still running. "
                "This execution patched nothing."
            ),
            next_step=(
                "Find the earlier execution with: aws ssm describe-maintenance-window-executions "
                "--window-id <window> --region <region>. If this happens again, give the window fewer nodes, "
                "more concurrency or a less frequent schedule."
            ),
        ),
    )


def non_compliance_rule(patch_baseline_ids: Sequence[str]) -> PatchEventRule:
    """Return the rule for nodes that become non-compliant with the given baselines.

    AWS does not say whether the event names a baseline by its bare id or by its ARN: both match.
    """
    bare_ids = [
        baseline_id if is_token(baseline_id) else baseline_id.rpartition("/")[2]
        for baseline_id in patch_baseline_ids
    ]
    return PatchEventRule(
        name="NonComplianceRule",
        description="Nodes that became non-compliant with their patch baseline",
        detail_type=COMPLIANCE_STATE_CHANGE,
        detail={
            "compliance-type": ["Patch"],
            "compliance-status": ["non_compliant"],
            "patch-baseline-id": [*bare_ids, *({"suffix": f"/{bare_id}"} for bare_id in bare_ids)],
        },
        paths={
            "node": "$.detail.resource-id",
            "baseline": "$.detail.patch-baseline-id",
            "severity": "$.detail.severity",
        },
        title="Node <node> is not patch compliant in account <account>, <region>",
        happened=(
            "Node <node> became non-compliant with patch baseline <baseline> (severity <severity>) "
            "in account <account>, Region <region>, at <time>."
        ),
        next_step=(
            "See which patches it lacks with: aws ssm describe-instance-patches --instance-id <node> "
            "--filters Key=State,Values=Missing,Failed,InstalledPendingReboot,InstalledRejected "
            "--region <region>"
        ),
    )
