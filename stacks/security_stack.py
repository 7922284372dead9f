"""What stands in the security account: one place that hears of every failure in the organisation."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from patching_constructs import ComplianceAlarms, Settings
from stacks.acknowledgements import acknowledge_alarms
from stacks.from_settings import recipients_of

_EVENT_BUS_NAME = "patching"


class SecurityStack(cdk.Stack):
    """Define the organisation's event bus and the alarms on it.

    Args:
        scope: Parent construct.
        id: Id and name of the stack.
        settings: The organisation.
        kwargs: As of any stack.

    Attributes:
        event_bus_arn: The bus to which workload accounts send. It is spelled out, since CloudFormation has no
            references between accounts.
    """

    def __init__(self, scope: Construct, id: str, *, settings: Settings, **kwargs: Any) -> None:
        super().__init__(scope, id, **kwargs)
        account = settings.security_account
        self.event_bus_arn = (
            f"arn:{settings.partition}:events:{settings.regions[0]}:{account.id}:event-bus/{_EVENT_BUS_NAME}"
        )
        event_bus = events.EventBus(
            self, "EventBus", event_bus_name=_EVENT_BUS_NAME, description="Patching events of all accounts"
        )
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-permissions.html
        for workload in settings.workload_accounts:
            event_bus.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=f"Allow-{workload.name}",
                    principals=[iam.AccountPrincipal(workload.id)],
                    actions=["events:PutEvents"],
                    resources=[event_bus.event_bus_arn],
                )
            )
        alarms = ComplianceAlarms(
            self, "Alarms", recipients=recipients_of(settings.recipients), event_bus=event_bus
        )
        acknowledge_alarms(alarms)
