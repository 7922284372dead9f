"""Shows how the rings of an account and Region stand."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from patching_constructs.constructs._shared.stack_environment import environment_of
from patching_constructs.constructs.compliance.compliance_alarms import ComplianceAlarms
from patching_constructs.constructs.compliance.compliance_reporter import ComplianceReporter
from patching_constructs.constructs.compliance.dashboard.body import (
    LAST_WEEK,
    METRICS_OF_A_RING,
    METRICS_OF_THE_ACCOUNT,
    NOW,
    Shown,
    dashboard_body,
)
from patching_constructs.constructs.windows.command_output import CommandOutput
from patching_constructs.contracts.compliance_metrics import AccountMetric
from patching_constructs.values.declared_types import checked_arguments


class PatchDashboard(Construct):
    """Show in ten seconds which ring is behind, which nodes are overdue for a reboot and what ran last night.

    Rings are side by side: the state of their alarms, then compliant nodes, overdue and failed patches and
    nodes overdue for a reboot, then the last week of nodes that are not reached, not scanned or on another
    baseline, then the reporter and what ran in the last 24 hours.

    A dashboard costs 3 USD a month beyond CloudWatch's free allowance, which is three dashboards of up to 50
    metrics each for the whole organization (https://aws.amazon.com/cloudwatch/pricing/). This one has 7
    metrics for each ring and 4 more, so that six rings fit into the allowance. A dashboard may have 2,500
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html).

    Args:
        scope: Parent construct.
        id: Id, unique in `scope`.
        reporter: The reporter whose metrics are shown.
        alarms: Alarms with the same reporter, whose state is shown. Default: no state is shown.
        command_output: Where the windows' commands write, for what ran last night. Default: only numbers.
        dashboard_name: Name, unique in the account over all Regions. Characters: a-z A-Z 0-9 - _. A new name
            replaces the dashboard. Default: `patching-ROLLOUT-REGION`.

    Attributes:
        dashboard_name: Its name.
        metric_count: How many metrics it has.

    Example:
        >>> import aws_cdk as cdk
        >>> from patching_constructs import (
        ...     CommandOutput, ComplianceReporter, PatchDashboard, PatchGroup, PatchWindow, Ring,
        ...     RingedMaintenanceWindow, Schedule,
        ... )
        >>> stack = cdk.Stack(cdk.App(), "Patching")
        >>> output = CommandOutput(stack, "CommandOutput")
        >>> windows = RingedMaintenanceWindow(
        ...     stack,
        ...     "Windows",
        ...     rollout_name="web",
        ...     command_output=output,
        ...     rings=[
        ...         Ring(
        ...             name="images",
        ...             patch_groups=[PatchGroup(name="web-images")],
        ...             scan=PatchWindow(schedule=Schedule.daily(hour=5), duration_hours=2, cutoff_hours=1),
        ...             max_concurrency="50%",
        ...             max_errors="10%",
        ...         )
        ...     ],
        ... )
        >>> reporter = ComplianceReporter(
        ...     stack, "Reporter", account_name="prod", maintenance_windows=windows
        ... )
        >>> PatchDashboard(stack, "Dashboard", reporter=reporter, command_output=output).metric_count
        11

    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html
    """

    @checked_arguments
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        reporter: ComplianceReporter,
        alarms: ComplianceAlarms | None = None,
        command_output: CommandOutput | None = None,
        dashboard_name: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        here = environment_of(self)
        reporter.account_metric(AccountMetric.REPORTS_FINISHED)
        for ring in reporter.rings:
            for metric in (*NOW, *LAST_WEEK):
                reporter.ring_metric(ring.name, metric)
        alarm_arns = []
        if alarms is not None:
            alarm_arns = [alarm.alarm_arn for alarm in alarms.ring_health_alarms.values()]
            if alarms.reporter_alarm is not None:
                alarm_arns.append(alarms.reporter_alarm.alarm_arn)
        shown = Shown(
            rollout=reporter.rollout_name,
            account_name=reporter.account_name,
            region=here.region,
            rings=[ring.name for ring in reporter.rings],
            function_name=reporter.function.function_name,
            reporter_log_group=reporter.log_group.log_group_name,
            alarm_arns=alarm_arns,
            output_log_group=None if command_output is None else command_output.log_group.log_group_name,
        )
        self.metric_count = METRICS_OF_A_RING * len(shown.rings) + METRICS_OF_THE_ACCOUNT
        self.dashboard_name: str = (
            f"patching-{shown.rollout.replace('.', '-')}-{here.region}"
            if dashboard_name is None
            else dashboard_name
        )
        cloudwatch.CfnDashboard(
            self,
            "Resource",
            dashboard_name=self.dashboard_name,
            dashboard_body=here.stack.to_json_string(dashboard_body(shown)),
        )
