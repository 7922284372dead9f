"""The stack of a workload account and Region: patching of its nodes, and reports about their state."""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from patching_constructs import (
    AccountSettings,
    BaselineSettings,
    CommandOutput,
    ComplianceAlarms,
    ComplianceReporter,
    IPatchBaseline,
    PatchBaseline,
    PatchDashboard,
    PatchEventForwarder,
    PatchGroupFleet,
    PatchOperation,
    PatchOrganizationDashboard,
    RingedMaintenanceWindow,
    RingRunRecorder,
    Settings,
)
from stacks.access_logs import define_access_logs
from stacks.acknowledgements.compliance import acknowledge_reporter, acknowledge_ring_runs
from stacks.acknowledgements.messages import (
    acknowledge_alarms,
    acknowledge_event_forwarder,
    acknowledge_findings,
)
from stacks.acknowledgements.patching import acknowledge_fleets, acknowledge_windows
from stacks.acknowledgements.s3_buckets import acknowledge_command_output
from stacks.from_settings import (
    alarm_recipients,
    chat_topic_name,
    create_last,
    define_config_rules,
    define_default_baselines,
    define_findings,
    define_group_baselines,
    other_chat_topics,
    recipients_of,
    shares_chat,
)
from stacks.joining import define_joining_outputs
from stacks.sharing_role import define_sharing_role


class WorkloadStack(cdk.Stack):
    """Define baselines, fleets, windows, reports and alarms of one account and Region.

    Args:
        scope: Parent construct.
        id: Id and name of the stack.
        settings: The organisation.
        account: The account of this stack.
        event_bus_arn: The security account's bus.
        history_bucket_name: The security account's bucket for the rows of reports.
        history_key_arn: Its key, as far as it can be spelled out.
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
        history_bucket_name: str,
        history_key_arn: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        command_output = CommandOutput(self, "CommandOutput", access_logs_bucket=define_access_logs(self))
        acknowledge_command_output(command_output)

        definitions = {baseline.name: baseline for baseline in settings.baselines_of(account)}
        default_baselines = define_default_baselines(self, definitions.values())
        group_baselines = self._define_fleets(settings, account, definitions, command_output)

        windows = RingedMaintenanceWindow(
            self,
            "Windows",
            rollout_name=settings.rollout_name,
            rings=settings.ring_values_of(account),
            command_output=command_output,
            quotas=settings.quotas.to_value(),
        )
        acknowledge_windows(windows)

        reporter = ComplianceReporter(
            self,
            "Reporter",
            account_name=account.name,
            maintenance_windows=windows,
            baselines=[
                baseline
                for baseline in [*default_baselines, *group_baselines]
                if isinstance(baseline, PatchBaseline)
            ],
            exemptions=settings.exemptions_of(account),
            history_bucket_name=history_bucket_name,
            history_key_arn=history_key_arn,
            published_metrics=PatchOrganizationDashboard.METRICS,
        )
        acknowledge_reporter(
            self, reporter, history_bucket_name=history_bucket_name, history_key_arn=history_key_arn
        )
        alarms = self._define_alarms(settings, account, windows, reporter)
        self._define_event_forwarder(windows, event_bus_arn, alarms)
        if settings.dashboards.account_dashboards:
            PatchDashboard(self, "Dashboard", reporter=reporter, alarms=alarms, command_output=command_output)
        if settings.dashboards.sharing_role and self.region == settings.regions[0]:
            define_sharing_role(
                self, partition=settings.partition, monitoring_account=settings.security_account
            )
        if any(window.operation is PatchOperation.INSTALL for window in windows.windows):
            self._define_recorder(windows, event_bus_arn, alarms)
        findings = define_findings(self, settings, account, topic=alarms.topic)
        if findings is not None:
            acknowledge_findings(findings)
        if settings.has_config_rules(account):
            define_config_rules(
                self, [group.to_value() for ring in settings.rings_of(account) for group in ring.patch_groups]
            )
        create_last(self, default_baselines)

    def _define_fleets(
        self,
        settings: Settings,
        account: AccountSettings,
        definitions: Mapping[str, BaselineSettings],
        command_output: CommandOutput,
    ) -> list[IPatchBaseline]:
        """Define the baselines and the fleet of each patch group, and return the baselines."""
        patch_groups = [group for ring in settings.rings_of(account) for group in ring.patch_groups]
        baselines = {
            group.name: define_group_baselines(
                self, group.name, [definitions[name] for name in group.baselines]
            )
            for group in patch_groups
        }
        fleets = [
            PatchGroupFleet(
                self,
                f"Fleet-{group.name}",
                patch_group=group.to_value(),
                baselines=baselines[group.name],
                command_output=command_output,
                name=settings.fleet_name_of(group, region=self.region),
            )
            for group in patch_groups
        ]
        for fleet in fleets:
            define_joining_outputs(fleet)
        acknowledge_fleets(self, fleets, command_output=command_output)
        return [baseline for of_group in baselines.values() for baseline in of_group]

    def _define_alarms(
        self,
        settings: Settings,
        account: AccountSettings,
        windows: RingedMaintenanceWindow,
        reporter: ComplianceReporter,
    ) -> ComplianceAlarms:
        shared_chat = shares_chat(settings, account)
        configures_chat = self.region == settings.regions[0]
        alarms = ComplianceAlarms(
            self,
            "Alarms",
            recipients=recipients_of(alarm_recipients(settings, account)),
            maintenance_windows=[windows],
            reporter=reporter,
            # An account has one configuration of a chat channel: that of its first Region shows all topics.
            chat_topic_name=chat_topic_name(settings) if shared_chat else None,
            configures_chat=configures_chat or not shared_chat,
            other_chat_topics=other_chat_topics(self, settings) if shared_chat and configures_chat else (),
        )
        acknowledge_alarms(alarms)
        return alarms

    def _define_event_forwarder(
        self, windows: RingedMaintenanceWindow, event_bus_arn: str, alarms: ComplianceAlarms
    ) -> None:
        event_forwarder = PatchEventForwarder(
            self,
            "Events",
            maintenance_windows=windows,
            event_bus_arn=event_bus_arn,
            alarm_topics=[alarms.topic],
        )
        acknowledge_event_forwarder(self, event_forwarder)

    def _define_recorder(
        self, windows: RingedMaintenanceWindow, event_bus_arn: str, alarms: ComplianceAlarms
    ) -> None:
        recorder = RingRunRecorder(
            self,
            "RingRuns",
            maintenance_windows=windows,
            event_bus_arn=event_bus_arn,
            alarm_topics=[alarms.topic],
        )
        acknowledge_ring_runs(recorder)
