"""How runs of rings are told and kept, by hand."""

import json

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam

from bench.handwritten_environments import ENVIRONMENTS, Environment
from bench.handwritten_functions import (
    define_function,
    define_function_alarms,
    define_function_key,
    define_triggers,
)
from bench.handwritten_places import EVENT_BUS_ARN, REGION, RUN_FINISHED, SECURITY_ACCOUNT, WINDOW_EVENT
from bench.handwritten_ssm import window_name


def define_recorder(
    stack: cdk.Stack,
    environment: Environment,
    install_window_ids: list[str],
    *,
    action: cloudwatch_actions.SnsAction,
) -> None:
    """Define the function that tells the security account how rings were patched."""
    account = environment.account
    recorder = define_function(
        stack,
        "RingRuns",
        handler="ring_runs",
        description="Tells how the install runs of rings went",
        key=define_function_key(
            stack,
            "RingRunsKey",
            account=account,
            description="Encrypts what the recorder of ring runs logs",
        ),
        environment={"EVENT_BUS_ARN": EVENT_BUS_ARN},
        settings_file="ring-runs.json",
        settings=json.dumps(
            {
                "schema-version": 1,
                "rollout": "patching",
                "rings": {
                    window_name(ring, "install"): {"name": ring.name, "order": ring.order}
                    for ring in environment.rings
                    if ring.install_schedule is not None
                },
            },
            indent=1,
            sort_keys=True,
        ),
        statements=[
            iam.PolicyStatement(
                sid="ReadRuns",
                actions=[
                    "ssm:DescribeMaintenanceWindowExecutionTaskInvocations",
                    "ssm:DescribeMaintenanceWindowExecutionTasks",
                    "ssm:GetMaintenanceWindowExecution",
                    "ssm:GetMaintenanceWindowExecutionTask",
                    "ssm:ListCommandInvocations",
                    "ssm:ListCommands",
                ],
                resources=["*"],
            ),
            iam.PolicyStatement(
                sid="ReadWindows",
                actions=["ssm:GetMaintenanceWindow"],
                resources=[
                    f"arn:aws:ssm:{REGION}:{account}:maintenancewindow/{window_id}"
                    for window_id in install_window_ids
                ],
            ),
            iam.PolicyStatement(
                sid="TellSecurityAccount", actions=["events:PutEvents"], resources=[EVENT_BUS_ARN]
            ),
        ],
        timeout=cdk.Duration.minutes(5),
    )
    define_triggers(
        stack,
        recorder,
        {
            "RingRunsRule": events.CfnRuleProps(
                description="An install window of a ring is over",
                event_pattern={
                    "source": ["aws.ssm"],
                    "detail-type": [WINDOW_EVENT],
                    "detail": {
                        "window-id": install_window_ids,
                        "status": ["SUCCESS", "FAILED", "TIMED_OUT"],
                    },
                },
            )
        },
        account=account,
    )
    runbook = "Runbook: docs/runbooks/ring-run-not-told.md"
    define_function_alarms(
        stack,
        "RingRuns",
        recorder,
        action=action,
        on_error="The security account could not be told how a ring of rollout patching was patched. Lambda "
        f"tries twice more. The log of the function says why. {runbook}",
        on_dead_letter="Runs of rings of rollout patching have no record in the security account, so that "
        "later rings may wait. Read why in the log of the function, mend it, then invoke the function with "
        f"each message of its dead-letter queue. {runbook}",
    )


def define_ring_states(
    stack: cdk.Stack,
    accounts: list[str],
    *,
    event_bus_name: str,
    event_bus_arn: str,
    action: cloudwatch_actions.SnsAction,
) -> None:
    """Define the function that keeps how rings were patched, with its table."""
    key = define_function_key(
        stack, "RingStatesKey", account=SECURITY_ACCOUNT, description="Encrypts how the runs of rings went"
    )
    table = dynamodb.Table(
        stack,
        "RingStatesTable",
        partition_key=dynamodb.Attribute(name="ring-key", type=dynamodb.AttributeType.STRING),
        sort_key=dynamodb.Attribute(name="record-key", type=dynamodb.AttributeType.STRING),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
        encryption_key=key,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    owners = sorted(
        (ring.name, environment.account)
        for environment in ENVIRONMENTS
        for ring in environment.rings
        if ring.install_schedule is not None
    )
    states = define_function(
        stack,
        "RingStates",
        handler="ring_states",
        description="Keeps how the runs of rings went",
        key=key,
        environment={"TABLE_NAME": table.table_name},
        settings_file="ring-owners.json",
        settings=json.dumps(
            {
                "schema-version": 1,
                "owners": [
                    {"rollout": "patching", "ring": ring, "accounts": [account]} for ring, account in owners
                ],
            },
            indent=1,
        ),
        statements=[
            iam.PolicyStatement(sid="KeepRuns", actions=["dynamodb:PutItem"], resources=[table.table_arn])
        ],
        timeout=cdk.Duration.minutes(1),
    )
    events.CfnEventBusPolicy(
        stack,
        "RingRunsOfOwners",
        event_bus_name=event_bus_name,
        statement_id="RingRunsOfOwners",
        statement={
            "Effect": "Allow",
            "Principal": {"AWS": [f"arn:aws:iam::{account}:root" for account in accounts]},
            "Action": "events:PutEvents",
            "Resource": event_bus_arn,
            "Condition": {
                "ForAllValues:StringEquals": {"events:source": RUN_FINISHED["source"][0]},
                "StringEquals": {"events:detail-type": RUN_FINISHED["detail-type"][0]},
            },
        },
    )
    define_triggers(
        stack,
        states,
        {
            "RingStatesRule": events.CfnRuleProps(
                description="A run of a ring is over",
                event_bus_name=event_bus_name,
                event_pattern=RUN_FINISHED,
            )
        },
        account=SECURITY_ACCOUNT,
    )
    runbook = "Runbook: docs/runbooks/ring-run-refused.md"
    define_function_alarms(
        stack,
        "RingStates",
        states,
        action=action,
        on_error="A run of a ring was refused or could not be kept. The log of the function says which "
        "account sent it and why. An account that speaks for a ring that it does not own is either missing "
        f"among the owners, or has been taken over. {runbook}",
        on_dead_letter="Runs of rings that were refused or could not be kept wait in the dead-letter queue. "
        "Read why in the log of the function. Invoke the function again with those that should be kept, "
        f"then purge the queue. {runbook}",
    )
