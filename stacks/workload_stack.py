"""What stands in a workload account and Region: everything that patches its nodes."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct

from patching_constructs import (
    AccountSettings,
    CommandOutput,
    ComplianceAlarms,
    PatchGroupFleet,
    RingedMaintenanceWindow,
    Settings,
)
from stacks.acknowledgements import (
    acknowledge_access_logs,
    acknowledge_alarms,
    acknowledge_command_output,
    acknowledge_event_forwarding,
    acknowledge_findings,
    acknowledge_fleets,
    acknowledge_windows,
)
from stacks.event_forwarding import EventForwarding
from stacks.from_settings import define_baseline, define_config_rules, recipients_of


class WorkloadStack(cdk.Stack):
    """Define baselines, fleets, windows and alarms of one account and Region.

    Args:
        scope: Parent construct.
        id: Id and name of the stack.
        settings: The organisation.
        account: The account of this stack.
        event_bus_arn: The security account's bus.
        kwargs: As of any stack.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: Settings,
        account: AccountSettings,
        event_bus_arn: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        rings = settings.rings_of(account)
        patch_groups = [group for ring in rings for group in ring.patch_groups]

        access_logs = s3.Bucket(
            self,
            "AccessLogs",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=cdk.Duration.days(365), noncurrent_version_expiration=cdk.Duration.days(30)
                )
            ],
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        acknowledge_access_logs(access_logs)
        command_output = CommandOutput(self, "CommandOutput", access_logs_bucket=access_logs)
        acknowledge_command_output(command_output)

        baselines = {
            baseline.name: define_baseline(
                self,
                baseline,
                patch_groups=[group.name for group in patch_groups if baseline.name in group.baselines],
            )
            for baseline in settings.baselines_of(account)
        }
        fleets = [
            PatchGroupFleet(
                self,
                f"Fleet-{group.name}",
                patch_group=group.to_value(),
                baselines=[baselines[name] for name in group.baselines],
                command_output=command_output,
            )
            for group in patch_groups
        ]
        acknowledge_fleets(self, fleets, command_output=command_output)

        windows = RingedMaintenanceWindow(
            self,
            "Windows",
            rollout_name=settings.rollout_name,
            rings=settings.ring_values_of(account),
            command_output=command_output,
            quotas=settings.quotas.to_value(),
        )
        acknowledge_windows(windows)

        acknowledge_event_forwarding(EventForwarding(self, "EventForwarding", event_bus_arn=event_bus_arn))
        ring_recipients = recipients_of(recipient for ring in rings for recipient in ring.recipients)
        if ring_recipients:
            alarms = ComplianceAlarms(
                self, "Alarms", recipients=ring_recipients, maintenance_windows=[windows]
            )
            acknowledge_alarms(alarms)
            security_hub = settings.security_hub_of(account)
            if security_hub is not None:
                from patching_constructs import PatchFindings  # only where it is switched on

                findings = PatchFindings(
                    self,
                    "Findings",
                    topics=dict.fromkeys(security_hub.severities, alarms.topic),
                    subscribe=security_hub.subscribe,
                    enable_security_hub=security_hub.enable_security_hub,
                )
                acknowledge_findings(findings)
        if settings.has_config_rules(account):
            define_config_rules(self, [group.to_value() for group in patch_groups])
