"""Lets other accounts send events to a bus."""

from collections.abc import Collection
from typing import Any

from aws_cdk import aws_events as events
from constructs import Construct

from patching_constructs.constructs._shared.stack_environment import environment_of


def let_accounts_send(
    scope: Construct,
    event_bus: events.IEventBus,
    *,
    statement_id: str,
    source: str,
    detail_type: str,
    organization_id: str | None,
    accounts: Collection[str],
) -> None:
    """Add a statement to the policy of a bus; whatever else others may send is not changed.

    `events:source` and `events:detail-type` are lists for IAM, so a condition without a set operator is never
    true of them. With it the condition is true of a request without the key too, hence `Null`.

    Args:
        scope: Parent construct of the statement.
        event_bus: The bus.
        statement_id: Id of the statement, unique in the policy of the bus.
        source: The only source of the events.
        detail_type: Their only detail type.
        organization_id: The organization that senders have to be of, or None.
        accounts: Ids of the accounts that may send; if there are none, every account of the organization.

    See: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-example-policy-cross-account-custom-bus-source.html
    See: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbuspolicy.html
    """
    partition = environment_of(scope).partition
    principal: Any = (
        {"AWS": [f"arn:{partition}:iam::{account}:root" for account in sorted(set(accounts))]}
        if accounts
        else "*"
    )
    conditions: dict[str, dict[str, str]] = {
        "ForAllValues:StringEquals": {"events:source": source, "events:detail-type": detail_type},
        "Null": {"events:source": "false", "events:detail-type": "false"},
    }
    if organization_id is not None:
        conditions["StringEquals"] = {"aws:PrincipalOrgID": organization_id}
    events.CfnEventBusPolicy(
        scope,
        "BusPolicy",
        event_bus_name=event_bus.event_bus_name,
        statement_id=statement_id,
        statement={
            "Effect": "Allow",
            "Principal": principal,
            "Action": "events:PutEvents",
            "Resource": event_bus.event_bus_arn,
            "Condition": conditions,
        },
    )
