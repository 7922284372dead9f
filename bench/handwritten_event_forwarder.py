"""How events of a workload account are told, by hand."""

import json

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam

from bench.handwritten_environments import Environment
from bench.handwritten_events import PATCH_DOCUMENTS, UNSUCCESSFUL_STATUSES
from bench.handwritten_functions import (
    define_function,
    define_function_alarms,
    define_function_key,
    define_triggers,
)
from bench.handwritten_places import EVENT_BUS_ARN, REGION, WINDOW_EVENT
from bench.handwritten_ssm import Ring, window_name


def define_event_forwarder(
    stack: cdk.Stack, environment: Environment, *, action: cloudwatch_actions.SnsAction
) -> None:
    """Define the function that adds names to events and sends them to the security account."""
    account = environment.account
    ssm = f"arn:aws:ssm:{REGION}:{account}"
    forwarder = define_function(
        stack,
        "Events",
        handler="event_enrichment",
        description="Tells what happens in patching",
        key=define_function_key(
            stack,
            "EventsKey",
            account=account,
            description="Encrypts what the forwarder of patching events logs",
        ),
        environment={"EVENT_BUS_ARN": EVENT_BUS_ARN},
        settings_file="events.json",
        settings=json.dumps(
            {
                "schema-version": 1,
                "rollout": "patching",
                "account-name": environment.name,
                "rings": [_ring(ring) for ring in environment.rings],
            },
            indent=1,
            sort_keys=True,
        ),
        statements=[
            iam.PolicyStatement(
                sid="LookUp",
                actions=[
                    "ec2:DescribeInstances",
                    "ssm:DescribeInstanceInformation",
                    "ssm:DescribeMaintenanceWindowExecutionTaskInvocations",
                    "ssm:DescribeMaintenanceWindowExecutionTasks",
                    "ssm:ListCommandInvocations",
                ],
                resources=["*"],
            ),
            iam.PolicyStatement(
                sid="ReadWindows",
                actions=["ssm:GetMaintenanceWindow"],
                resources=[f"{ssm}:maintenancewindow/*"],
            ),
            iam.PolicyStatement(
                sid="ReadTagsOfNodesOutsideEc2",
                actions=["ssm:ListTagsForResource"],
                resources=[f"{ssm}:managed-instance/mi-*"],
            ),
            iam.PolicyStatement(
                sid="TellSecurityAccount", actions=["events:PutEvents"], resources=[EVENT_BUS_ARN]
            ),
        ],
        timeout=cdk.Duration.minutes(15),
        at_once=5,
    )
    define_triggers(
        stack,
        forwarder,
        {
            "EventsWindowRule": _rule(
                "An execution of a maintenance window is over",
                WINDOW_EVENT,
                {"status": ["SUCCESS", "FAILED", "TIMED_OUT", "CANCELLED", "SKIPPED_OVERLAPPING"]},
            ),
            "EventsCommandRule": _rule(
                "A patch command ended without success",
                "EC2 Command Status-change Notification",
                {"document-name": PATCH_DOCUMENTS, "status": UNSUCCESSFUL_STATUSES},
            ),
            "EventsComplianceRule": _rule(
                "The patch compliance of a node changed",
                "Configuration Compliance State Change",
                {"compliance-type": ["Patch"], "compliance-status": ["compliant", "non_compliant"]},
            ),
            "EventsCalendarRule": _rule(
                "A change calendar opened or closed",
                "Calendar State Change",
                {"state": ["OPEN", "CLOSED"]},
            ),
        },
        account=account,
    )
    runbook = "Runbook: docs/runbooks/event-not-forwarded.md"
    define_function_alarms(
        stack,
        "Events",
        forwarder,
        action=action,
        on_error="The security account could not be told of an event of patching in account "
        f"{environment.name}. Lambda tries twice more. The log of the function says why. {runbook}",
        on_dead_letter="The security account was not told of events of patching in account "
        f"{environment.name}: a failure may have gone unheard. Read why in the log of the function, mend it, "
        f"then invoke the function with each message of its dead-letter queue. {runbook}",
    )


def _ring(ring: Ring) -> dict[str, object]:
    operations = ["scan"] if ring.install_schedule is None else ["scan", "install"]
    return {
        "name": ring.name,
        "production": ring.production,
        "patch-groups": [{"name": name, "tag-key": "PatchGroup"} for name in ring.patch_groups],
        "windows": [window_name(ring, operation) for operation in operations],
    }


def _rule(description: str, detail_type: str, detail: dict[str, list[str]]) -> events.CfnRuleProps:
    return events.CfnRuleProps(
        description=description,
        event_pattern={"source": ["aws.ssm"], "detail-type": [detail_type], "detail": detail},
    )
