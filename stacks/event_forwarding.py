"""Sends what happens to windows and patch commands from a workload account to the security account."""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct


class EventForwarding(Construct):
    """Define the rule that sends patching events of this account and Region to another account's bus.

    Args:
        scope: Parent construct.
        id: Id, unique in `scope`.
        event_bus_arn: The bus that receives the events.

    Attributes:
        dead_letter_queue: Queue of the events that could not be sent, kept for 14 days.
    """

    def __init__(self, scope: Construct, id: str, *, event_bus_arn: str) -> None:
        super().__init__(scope, id)
        self.dead_letter_queue = sqs.Queue(
            self,
            "DeadLetterQueue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(14),
        )
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
        role = iam.Role(
            self,
            "Role",
            description="Sends patching events to the security account",
            assumed_by=iam.ServicePrincipal("events.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy(
                    self,
                    "Policy",
                    statements=[iam.PolicyStatement(actions=["events:PutEvents"], resources=[event_bus_arn])],
                )
            ],
        )
        # https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-ssm.html
        rule = events.CfnRule(
            self,
            "Rule",
            description="Patch commands and maintenance windows of this account, for the security account",
            event_pattern={
                "source": ["aws.ssm"],
                "$or": [
                    {
                        "detail-type": ["EC2 Command Status-change Notification"],
                        "detail": {"document-name": [{"prefix": "AWS-RunPatchBaseline"}]},
                    },
                    {"detail-type": ["Maintenance Window Execution State-change Notification"]},
                ],
            },
            targets=[
                events.CfnRule.TargetProperty(
                    id="SecurityAccount",
                    arn=event_bus_arn,
                    role_arn=role.role_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=self.dead_letter_queue.queue_arn
                    ),
                )
            ],
        )
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
        self.dead_letter_queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="EventBridgeSendsDeadLetters",
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[self.dead_letter_queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": rule.attr_arn}},
            )
        )
