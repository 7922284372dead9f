"""The security account: it receives every failure, keeps every report and shows all accounts."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from constructs import Construct

from patching_constructs import (
    ComplianceHistory,
    PatchEventHub,
    PatchEventSeverity,
    PatchOrganizationDashboard,
    RingStates,
    Settings,
)
from stacks.access_logs import define_access_logs
from stacks.acknowledgements.compliance import acknowledge_history, acknowledge_ring_states
from stacks.acknowledgements.messages import acknowledge_event_hub
from stacks.from_settings import dashboard_sources, groups_of_rings, recipients_of, ring_owners

_EVENT_BUS_NAME = "patching"


class SecurityStack(cdk.Stack):
    """Define the organisation's event bus, its recipients, the state of every ring, history and dashboard.

    Args:
        scope: Parent construct.
        id: Id and name of the stack.
        settings: The organisation.
        kwargs: As of any stack.

    Attributes:
        event_bus_arn: The bus to which workload accounts send. It is spelled out, as are the others, since
            CloudFormation has no references between accounts.
        history_bucket_name: The bucket in which reporters keep their rows.
        history_key_arn: Every key of this account and Region, since the id of a key cannot be chosen: the
            policy of the bucket's key says who may use it.
    """

    def __init__(self, scope: Construct, id: str, *, settings: Settings, **kwargs: Any) -> None:
        super().__init__(scope, id, **kwargs)
        account, region = settings.security_account, settings.regions[0]
        place = f"{region}:{account.id}"
        self.event_bus_arn = f"arn:{settings.partition}:events:{place}:event-bus/{_EVENT_BUS_NAME}"
        self.history_bucket_name = f"patching-history-{account.id}-{region}"
        self.history_key_arn = f"arn:{settings.partition}:kms:{place}:key/*"
        event_bus = events.EventBus(
            self, "EventBus", event_bus_name=_EVENT_BUS_NAME, description="Patching events of all accounts"
        )
        recipients = recipients_of(settings.recipients)
        event_hub = PatchEventHub(
            self,
            "Events",
            event_bus=event_bus,
            # Events that ask for nothing, such as a window that ended well, are logged only.
            recipients=dict.fromkeys([PatchEventSeverity.CRITICAL, PatchEventSeverity.WARNING], recipients),
            owners={settings.rollout_name: ring_owners(settings)},
            account_names={workload.id: workload.name for workload in settings.workload_accounts},
            patch_groups={settings.rollout_name: groups_of_rings(settings)},
            organization_id=settings.organization_id,
        )
        acknowledge_event_hub(event_hub)
        owners = ring_owners(settings, installing=True)
        if owners:
            states = RingStates(
                self,
                "RingStates",
                event_bus=event_bus,
                owners={settings.rollout_name: owners},
                organization_id=settings.organization_id,
                alarm_topics=[event_hub.topics[PatchEventSeverity.CRITICAL]],
            )
            acknowledge_ring_states(states)
        history = ComplianceHistory(
            self,
            "History",
            bucket_name=self.history_bucket_name,
            rollout_names=[settings.rollout_name],
            account_ids=[workload.id for workload in settings.workload_accounts],
            regions=settings.regions,
            organization_id=settings.organization_id,
            access_logs_bucket=define_access_logs(self),
        )
        acknowledge_history(history)
        PatchOrganizationDashboard(
            self, "Dashboard", rollout_name=settings.rollout_name, sources=dashboard_sources(settings)
        )
