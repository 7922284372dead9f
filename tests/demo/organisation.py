"""A small organisation with all that compliance needs, deployed inside this process."""

import datetime as dt
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events

from patching_constructs import (
    CommandOutput,
    ComplianceAlarms,
    ComplianceMetric,
    ComplianceReporter,
    OperatingSystem,
    PatchBaseline,
    PatchDashboard,
    PatchGroup,
    PatchGroupFleet,
    PatchWindow,
    Promise,
    RebootOption,
    Recipient,
    Ring,
    RingedMaintenanceWindow,
    RingRunRecorder,
    RingStates,
    Schedule,
    Severity,
    Weekday,
)
from tests.deployment import deploy_stack
from tests.sample import stacks_of

REGION = "eu-central-1"
SECURITY = "222222222222"
ACCOUNTS = {"dev": "333333333333", "staging": "555555555555", "prod": "666666666666"}
PLACES = [(account, REGION) for account in (SECURITY, *ACCOUNTS.values())]

_BUS = f"arn:aws:events:{REGION}:{SECURITY}:event-bus/patching"
_DELAYS = {"dev": 0, "staging": 5, "prod": 10}
_INSTALLS = {
    "dev": Schedule.weekly(day=Weekday.WEDNESDAY, hour=22),
    "staging": Schedule.weekly(day=Weekday.MONDAY, hour=6),
    "prod": Schedule.patch_tuesday(plus_days=11, hour=1),
}
_PROMISES = {"staging": 21, "prod": 46}


def deploy(app: cdk.App) -> None:
    """Deploy every stack of an app with its assets."""
    for stack in stacks_of(app):
        deploy_stack(stack)


def small_organisation() -> cdk.App:
    """Define a security account, and three accounts of one ring each."""
    app = cdk.App(analytics_reporting=False)
    security = _stack(app, "Security", SECURITY)
    RingStates(
        security,
        "RingStates",
        event_bus=events.EventBus(security, "EventBus", event_bus_name="patching"),
        owners={"web": {ring: [account] for ring, account in ACCOUNTS.items()}},
    )
    for order, (ring, account) in enumerate(ACCOUNTS.items(), start=1):
        _define_workload(_stack(app, ring.title(), account), ring, order)
    return app


def _stack(app: cdk.App, name: str, account: str) -> cdk.Stack:
    return cdk.Stack(app, name, env=cdk.Environment(account=account, region=REGION))


def _define_workload(stack: cdk.Stack, name: str, order: int) -> None:
    output = CommandOutput(stack, "Output")
    linux: dict[str, Any] = {"operating_system": OperatingSystem.AMAZON_LINUX_2023}
    windows_os: dict[str, Any] = {"operating_system": OperatingSystem.WINDOWS}
    baselines = [
        PatchBaseline.security_updates(
            stack,
            f"Baseline{number}",
            patch_baseline_name=f"{name}-{number}",
            approve_after_days=_DELAYS[name],
            **system,
        )
        for number, system in enumerate((linux, windows_os))
    ]
    fleet = PatchGroupFleet(
        stack,
        "Fleet",
        patch_group=PatchGroup(name=f"{name}-web"),
        baselines=baselines,
        command_output=output,
    )
    promised = _PROMISES.get(name)
    windows = RingedMaintenanceWindow(
        stack,
        "Windows",
        rollout_name="web",
        command_output=output,
        rings=[
            Ring(
                name=name,
                order=order,
                patch_groups=[fleet.patch_group],
                scan=PatchWindow(schedule=Schedule.daily(hour=5), duration_hours=2, cutoff_hours=1),
                install=PatchWindow(schedule=_INSTALLS[name], duration_hours=4, cutoff_hours=1),
                reboot_option=RebootOption.REBOOT_IF_NEEDED,
                max_concurrency="50%",
                max_errors="50%" if order == 1 else "10%",
                production=name == "prod",
                promises=[]
                if promised is None
                else [Promise(name="own", within=dict.fromkeys(Severity, dt.timedelta(days=promised)))],
            )
        ],
    )
    reporter = ComplianceReporter(
        stack,
        "Reporter",
        account_name=name,
        maintenance_windows=windows,
        baselines=baselines,
        published_metrics=list(ComplianceMetric),  # so that tests compare all of them with the fleet
    )
    alarms = ComplianceAlarms(
        stack, "Alarms", recipients=[Recipient.email("a@example.com")], reporter=reporter
    )
    PatchDashboard(stack, "Dashboard", reporter=reporter, alarms=alarms, command_output=output)
    RingRunRecorder(stack, "RingRuns", maintenance_windows=windows, event_bus_arn=_BUS)
