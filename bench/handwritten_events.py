"""What is done with events about patching, by hand."""

import json

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from bench.handwritten_parts import FIVE_MINUTES, define_alarm, define_dead_letter_queue, let_rules_send
from bench.handwritten_places import REGION, WINDOW_EVENT

PATCH_DOCUMENTS = [
    "AWS-RunPatchBaseline",
    "AWS-RunPatchBaselineWithHooks",
    "AWS-RunPatchBaselineAssociation",
]
UNSUCCESSFUL_STATUSES = [
    "Failed",
    "TimedOut",
    "Cancelled",
    "DeliveryTimedOut",
    "ExecutionTimedOut",
    "Undeliverable",
    "Terminated",
    "Incomplete",
]


def define_alarms(
    stack: cdk.Stack,
    *,
    account: str,
    recipient: str,
    window_ids: list[str],
) -> cloudwatch_actions.SnsAction:
    """Define the topic, the rules that publish on it, and the alarms on the delivery.

    Returns:
        What further alarms do to tell the same people.
    """
    alarms_of_this_account = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:{REGION}:{account}:alarm:*"},
    }
    cloud_watch = iam.ServicePrincipal("cloudwatch.amazonaws.com")
    event_bridge = iam.ServicePrincipal("events.amazonaws.com")
    key = kms.Key(
        stack,
        "AlarmsKey",
        description="Encrypts the topics that tell about failed patching",
        enable_key_rotation=True,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    topic = sns.Topic(stack, "Topic", display_name="Failed patching", master_key=key, enforce_ssl=True)
    topic_arn = topic.topic_arn
    key_actions = ["kms:Decrypt", "kms:GenerateDataKey*"]
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="CloudWatchAlarmsUseKey",
            principals=[cloud_watch],
            actions=key_actions,
            resources=["*"],
            conditions=alarms_of_this_account,
        )
    )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="EventBridgeUsesKey", principals=[event_bridge], actions=key_actions, resources=["*"]
        )
    )
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            sid="CloudWatchAlarmsPublish",
            principals=[cloud_watch],
            actions=["sns:Publish"],
            resources=[topic_arn],
            conditions=alarms_of_this_account,
        )
    )
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            sid="EventBridgePublishes",
            principals=[event_bridge],
            actions=["sns:Publish"],
            resources=[topic_arn],
        )
    )
    sns.Subscription(stack, "Email", topic=topic, protocol=sns.SubscriptionProtocol.EMAIL, endpoint=recipient)
    queue = define_dead_letter_queue(stack, "AlarmsDeadLetterQueue")
    action = cloudwatch_actions.SnsAction(topic)
    define_alarm(
        stack,
        "DeadLetters",
        queue.metric_approximate_number_of_messages_visible(period=FIVE_MINUTES, statistic="Maximum"),
        "Messages about failed patching could not be delivered and wait in the dead-letter queue. Read them "
        "there: their attributes say which rule failed and why. Mend that, then purge the queue.",
        action=action,
    )
    define_alarm(
        stack,
        "TopicUndelivered",
        topic.metric_number_of_notifications_failed(period=FIVE_MINUTES, statistic="Sum"),
        "A recipient did not get a message about failed patching. Check the subscriptions of the topic, and "
        "for a queue its policy, its key and the dead-letter queue.",
        action=action,
    )
    queue_arn = queue.queue_arn

    def define_rule(
        id: str, *, description: str, pattern: dict[str, object], paths: dict[str, str], message: str
    ) -> str:
        rule_arn = events.CfnRule(
            stack,
            id,
            description=description,
            event_pattern={"source": ["aws.ssm"], **pattern},
            targets=[
                events.CfnRule.TargetProperty(
                    id="Topic",
                    arn=topic_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=queue_arn),
                    input_transformer=events.CfnRule.InputTransformerProperty(
                        input_paths_map={
                            "account": "$.account",
                            "region": "$.region",
                            "time": "$.time",
                            **paths,
                        },
                        input_template=json.dumps(message),
                    ),
                )
            ],
        ).attr_arn
        define_alarm(
            stack,
            f"{id}FailedInvocations",
            cloudwatch.Metric(
                namespace="AWS/Events",
                metric_name="FailedInvocations",
                dimensions_map={"RuleName": cdk.Fn.select(1, cdk.Fn.split("/", rule_arn))},
                period=FIVE_MINUTES,
                statistic="Sum",
            ),
            f"EventBridge could not publish what this rule matched: {description}. Check that the policies "
            "of topic and key let events.amazonaws.com publish, and read the dead-letter queue.",
            action=action,
        )
        return rule_arn

    of_windows = {"window-id": window_ids}
    window_paths = {"window": "$.detail.window-id", "execution": "$.detail.window-execution-id"}
    rule_arns = [
        define_rule(
            "PatchCommandRule",
            description="Patch commands that failed, timed out or were cancelled",
            pattern={
                "detail-type": ["EC2 Command Status-change Notification"],
                "detail": {
                    "document-name": PATCH_DOCUMENTS,
                    "status": UNSUCCESSFUL_STATUSES,
                },
            },
            paths={
                "command": "$.detail.command-id",
                "document": "$.detail.document-name",
                "status": "$.detail.status",
            },
            message="Patch command <command> (<document>) ended with status <status> in account <account>, "
            "Region <region>, at <time>. Nodes may be unpatched: find them and their output with: aws ssm "
            "list-command-invocations --command-id <command> --details --region <region>",
        ),
        define_rule(
            "WindowFailedRule",
            description="Maintenance window executions that failed or timed out",
            pattern={
                "detail-type": [WINDOW_EVENT],
                "detail": {"status": ["FAILED", "TIMED_OUT"], **of_windows},
            },
            paths={**window_paths, "status": "$.detail.status"},
            message="Execution <execution> of maintenance window <window> ended with status <status> in "
            "account <account>, Region <region>, at <time>. Find the task that failed with: aws ssm "
            "describe-maintenance-window-execution-tasks --window-execution-id <execution> --region <region>",
        ),
        define_rule(
            "WindowOverlapRule",
            description="Maintenance window executions that were skipped, an earlier one was still running",
            pattern={
                "detail-type": [WINDOW_EVENT],
                "detail": {"status": ["SKIPPED_OVERLAPPING"], **of_windows},
            },
            paths=window_paths,
            message="Execution <execution> of maintenance window <window> did not start in account "
            "<account>, Region <region>, at <time>: an earlier execution of the window was still running. "
            "This execution patched nothing. Find the earlier execution with: aws ssm "
            "describe-maintenance-window-executions --window-id <window> --region <region>. If this comes "
            "back, give the window fewer nodes, more concurrency or a rarer schedule.",
        ),
    ]
    let_rules_send(queue, rule_arns)
    return action
