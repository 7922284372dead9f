"""The organisation of patching.yaml, written by hand: the same resources without this library."""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from constructs import Construct

from bench.handwritten_compliance_alarms import define_compliance_alarms
from bench.handwritten_dashboard import define_dashboard
from bench.handwritten_environments import ENVIRONMENTS, Environment
from bench.handwritten_event_forwarder import define_event_forwarder
from bench.handwritten_event_hub import define_event_hub
from bench.handwritten_events import define_alarms
from bench.handwritten_history import define_history
from bench.handwritten_nodes import define_command_output, define_fleet, define_window_role
from bench.handwritten_parts import define_access_logs
from bench.handwritten_places import REGION, SECURITY_ACCOUNT
from bench.handwritten_reporter import define_reporter
from bench.handwritten_ring_runs import define_recorder, define_ring_states
from bench.handwritten_ssm import define_baseline, define_windows


def define_organisation(app: cdk.App) -> None:
    """Define every stack of the organisation in `app`."""
    SecurityStack(app, "Patching-security")
    for environment in ENVIRONMENTS:
        WorkloadStack(app, f"Patching-{environment.name}-{REGION}", environment)


class SecurityStack(cdk.Stack):
    """Define the organisation's event bus and who is told, the state of every ring, and the history."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, env=cdk.Environment(account=SECURITY_ACCOUNT, region=REGION))
        event_bus = events.EventBus(
            self, "EventBus", event_bus_name="patching", description="Patching events of all accounts"
        )
        event_bus_arn = event_bus.event_bus_arn
        event_bus_name = event_bus.event_bus_name
        action = define_event_hub(
            self,
            recipient="security-patching@example.com",
            event_bus_name=event_bus_name,
            event_bus_arn=event_bus_arn,
        )
        define_ring_states(
            self,
            [environment.account for environment in ENVIRONMENTS],
            event_bus_name=event_bus_name,
            event_bus_arn=event_bus_arn,
            action=action,
        )
        define_history(self, access_logs=define_access_logs(self))


class WorkloadStack(cdk.Stack):
    """Define baselines, fleets, windows, reports and alarms of one account."""

    def __init__(self, scope: Construct, id: str, environment: Environment) -> None:
        super().__init__(scope, id, env=cdk.Environment(account=environment.account, region=REGION))
        account = environment.account
        key, bucket, log_group = define_command_output(
            self, account=account, access_logs=define_access_logs(self)
        )
        for fleet in environment.fleets:
            define_fleet(self, fleet, account=account, key=key, bucket=bucket, log_group=log_group)
        for baseline in environment.baselines:
            define_baseline(self, baseline)
        log_group_name = log_group.log_group_name
        window_ids = define_windows(
            self,
            environment.rings,
            service_role_arn=define_window_role(self, environment).role_arn,
            bucket_name=bucket.bucket_name,
            log_group_name=log_group_name,
        )
        install_window_ids = [
            window_id for name, window_id in window_ids.items() if name.endswith("-install")
        ]
        action = define_alarms(
            self, account=account, recipient=environment.recipient, window_ids=list(window_ids.values())
        )
        define_event_forwarder(self, environment, action=action)
        reporter = define_reporter(self, environment, install_window_ids)
        rings = [ring.name for ring in environment.rings]
        health_alarm_arns = define_compliance_alarms(self, rings, reporter=reporter, action=action)
        define_dashboard(
            self,
            environment.name,
            rings,
            alarm_arns=health_alarm_arns,
            function_name=reporter.function.function_name,
            reporter_log_group=reporter.log_group.log_group_name,
            output_log_group=log_group_name,
        )
        define_recorder(self, environment, install_window_ids, action=action)
