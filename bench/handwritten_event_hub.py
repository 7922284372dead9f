"""How people are told of events of all accounts, by hand."""

import json

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns

from bench.handwritten_functions import (
    define_function,
    define_function_alarms,
    define_function_key,
    define_triggers,
)
from bench.handwritten_parts import FIVE_MINUTES, define_alarm
from bench.handwritten_places import REGION, SECURITY_ACCOUNT, SOMETHING_HAPPENED

_RUNBOOK = "Runbook: docs/runbooks/event-refused.md"
_ALARMS_OF_THIS_ACCOUNT = {
    "StringEquals": {"aws:SourceAccount": SECURITY_ACCOUNT},
    "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:{REGION}:{SECURITY_ACCOUNT}:alarm:*"},
}


def define_event_hub(
    stack: cdk.Stack, *, recipient: str, event_bus_name: str, event_bus_arn: str
) -> cloudwatch_actions.SnsAction:
    """Define the function that tells each event once, with its table and topics.

    Returns:
        What further alarms do to tell the same people.
    """
    cloud_watch = iam.ServicePrincipal("cloudwatch.amazonaws.com")
    key = define_function_key(
        stack, "EventsKey", account=SECURITY_ACCOUNT, description="Encrypts what is told about patching"
    )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="CloudWatchAlarmsUseKey",
            principals=[cloud_watch],
            actions=["kms:Decrypt", "kms:GenerateDataKey*"],
            resources=["*"],
            conditions=_ALARMS_OF_THIS_ACCOUNT,
        )
    )
    table = dynamodb.Table(
        stack,
        "EventsTable",
        partition_key=dynamodb.Attribute(name="claim", type=dynamodb.AttributeType.STRING),
        time_to_live_attribute="expires-at",
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
        encryption_key=key,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    topics = {}
    for severity in ("CRITICAL", "WARNING"):
        topic = sns.Topic(
            stack,
            f"{severity.capitalize()}Topic",
            display_name=f"Patching: {severity.lower()}",
            master_key=key,
            enforce_ssl=True,
        )
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CloudWatchAlarmsPublish",
                principals=[cloud_watch],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions=_ALARMS_OF_THIS_ACCOUNT,
            )
        )
        sns.Subscription(
            stack,
            f"{severity.capitalize()}Email",
            topic=topic,
            protocol=sns.SubscriptionProtocol.EMAIL,
            endpoint=recipient,
        )
        topics[severity] = topic
    action = cloudwatch_actions.SnsAction(topics["CRITICAL"])
    for severity, topic in topics.items():
        define_alarm(
            stack,
            f"{severity.capitalize()}TopicUndelivered",
            topic.metric_number_of_notifications_failed(period=FIVE_MINUTES, statistic="Sum"),
            "A recipient did not get a message about failed patching. Check the subscriptions of the topic, "
            f"and for a queue its policy, its key and the dead-letter queue. {_RUNBOOK}",
            action=action,
        )
    hub = define_function(
        stack,
        "Events",
        handler="event_hub",
        description="Tells people what happens to patching in all accounts",
        key=key,
        environment={
            "TABLE_NAME": table.table_name,
            **{f"{severity}_TOPIC_ARN": topic.topic_arn for severity, topic in topics.items()},
        },
        settings_file="event-hub.json",
        settings=json.dumps(
            {
                "schema-version": 1,
                "accounts": [],
                "ops-items": [],
                "quiet-seconds": 86400.0,
                "runbooks": "docs/runbooks",
            },
            indent=1,
        ),
        statements=[
            iam.PolicyStatement(
                sid="RememberWhatWasTold", actions=["dynamodb:PutItem"], resources=[table.table_arn]
            ),
            iam.PolicyStatement(
                sid="Tell",
                actions=["sns:Publish"],
                resources=[topic.topic_arn for topic in topics.values()],
            ),
        ],
        timeout=cdk.Duration.minutes(1),
    )
    events.CfnEventBusPolicy(
        stack,
        "PatchEvents",
        event_bus_name=event_bus_name,
        statement_id="PatchEvents",
        statement={
            "Effect": "Allow",
            "Principal": "*",
            "Action": "events:PutEvents",
            "Resource": event_bus_arn,
            "Condition": {
                "ForAllValues:StringEquals": {"events:source": SOMETHING_HAPPENED["source"][0]},
                "StringEquals": {
                    "events:detail-type": SOMETHING_HAPPENED["detail-type"][0],
                    "aws:PrincipalOrgID": "o-a1b2c3d4e5",
                },
            },
        },
    )
    define_triggers(
        stack,
        hub,
        {
            "EventsRule": events.CfnRuleProps(
                description="Something happened to patching in an account",
                event_bus_name=event_bus_name,
                event_pattern=SOMETHING_HAPPENED | {"detail": {"kind": ["WINDOW", "COMMAND", "CALENDAR"]}},
            )
        },
        account=SECURITY_ACCOUNT,
    )
    define_function_alarms(
        stack,
        "Events",
        hub,
        action=action,
        on_error="An event of patching was refused or could not be told. The log of the function says which "
        "account sent it and why. An account that speaks for another one has been taken over, or somebody in "
        f"it is trying things out. {_RUNBOOK}",
        on_dead_letter="Events of patching that were refused or could not be told wait in the dead-letter "
        "queue. Read why in the log of the function. Invoke the function again with those that should be "
        f"told, then purge the queue. {_RUNBOOK}",
    )
    return action
