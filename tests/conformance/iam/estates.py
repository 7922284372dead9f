"""The stacks whose policies are judged: the sample organization, and two stacks with what it leaves out."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from local_aws import deploy_template
from patching_constructs import (
    CommandOutput,
    ComplianceAlarms,
    ComplianceHistory,
    ComplianceReporter,
    FindingSeverity,
    NodeDataSync,
    OperatingSystem,
    PatchBaseline,
    PatchEventForwarder,
    PatchEventHub,
    PatchEventKind,
    PatchEventSeverity,
    PatchFindings,
    PatchGroup,
    PatchGroupFleet,
    PatchWindow,
    RebootOption,
    Recipient,
    Ring,
    RingedMaintenanceWindow,
    RingRunRecorder,
    RingStates,
    Schedule,
    Weekday,
)
from stacks.access_logs import define_access_logs
from tests.deployment import publish_assets
from tests.sample import ROOT, sample_app, stacks_of

REGION = "eu-central-1"
ORGANIZATION = "o-a1b2c3d4e5"

# --- the sample ---

SECURITY, DEV, PROD = "222222222222", "333333333333", "666666666666"
SECURITY_STACK = "Patching-security"
DEV_STACK, PROD_STACK = f"Patching-dev-{REGION}", f"Patching-prod-{REGION}"

# --- what the sample leaves out ---

OWN_SECURITY, SHOP = "888888888888", "999999999999"
OWN_SECURITY_STACK, SHOP_STACK = "OwnSecurity", "Shop"
STACKS = (SECURITY_STACK, DEV_STACK, PROD_STACK, OWN_SECURITY_STACK, SHOP_STACK)

_BUS = f"arn:aws:events:{REGION}:{OWN_SECURITY}:event-bus/patching"
_HISTORY = "own-patching-history"

_WITHOUT_POLICIES = ("AWS::Chatbot::", "AWS::SSM::ResourceDataSync")
"""Types that the local AWS does not have, and that no policy belongs to."""


def deploy_estates() -> None:
    """Deploy what is judged into the local AWS."""
    sample = sample_app()
    wanted = {SECURITY_STACK, DEV_STACK, PROD_STACK}
    for stack in stacks_of(sample):
        if stack.stack_name in wanted:
            _deploy(sample, stack)
    own = _own_app()
    for stack in stacks_of(own):
        _deploy(own, stack)


def _deploy(app: cdk.App, stack: cdk.Stack) -> None:
    template: dict[str, Any] = dict(Template.from_stack(stack).to_json())
    template["Resources"] = {
        logical_id: resource
        for logical_id, resource in template["Resources"].items()
        if not resource["Type"].startswith(_WITHOUT_POLICIES)
    }
    account, region = stack.account, stack.region
    publish_assets(app, account=account, region=region)
    deploy_template(template, stack_name=stack.stack_name, account=account, region=region)


def _own_app() -> cdk.App:
    """Define a security and a workload account that use what the sample does not."""
    app = cdk.App(analytics_reporting=False, context=_context())
    _define_security(
        cdk.Stack(app, OWN_SECURITY_STACK, env=cdk.Environment(account=OWN_SECURITY, region=REGION))
    )
    _define_shop(cdk.Stack(app, SHOP_STACK, env=cdk.Environment(account=SHOP, region=REGION)))
    return app


def _context() -> dict[str, Any]:
    context: dict[str, Any] = json.loads(Path(ROOT, "cdk.json").read_text())["context"]
    return context


def _define_security(stack: cdk.Stack) -> None:
    """Name accounts in place of an organization, encrypted queues, OpsItems and Resource Data Syncs."""
    bus = events.EventBus(stack, "EventBus", event_bus_name="patching")
    PatchEventHub(
        stack,
        "Hub",
        event_bus=bus,
        owners={"web": {"shop": [SHOP]}},
        recipients={
            PatchEventSeverity.CRITICAL: [
                _encrypted_queue(stack),
                Recipient.slack(workspace_id="T0123456789", channel_id="C0123456789"),
            ],
            PatchEventSeverity.WARNING: [Recipient.email("warnings@example.com")],
        },
        ops_items=[PatchEventSeverity.CRITICAL],
    )
    states = RingStates(stack, "States", event_bus=bus, owners={"web": {"shop": [SHOP]}})
    states.grant_read(iam.Role(stack, "Gate", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")))
    ComplianceHistory(
        stack,
        "History",
        bucket_name=_HISTORY,
        rollout_names=["web"],
        account_ids=[SHOP],
        regions=[REGION],
        takes_resource_data_sync=True,
        access_logs_bucket=define_access_logs(stack),
    )


def _define_shop(stack: cdk.Stack) -> None:
    """Use AWS's default baseline, a role of one's own, Security Hub, and a task for each patch group."""
    output = CommandOutput(stack, "Output")
    linux = PatchBaseline.security_updates(
        stack,
        "Linux",
        patch_baseline_name="shop-linux",
        operating_system=OperatingSystem.AMAZON_LINUX_2023,
        approve_after_days=0,
    )
    web = PatchGroupFleet(
        stack,
        "Web",
        patch_group=PatchGroup(name="shop-web"),
        baselines=[linux],
        command_output=output,
        role=iam.Role(
            stack,
            "OwnRole",
            assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
            description="A role of the caller, to which the fleet attaches its policies",
        ),
    )
    office = PatchGroupFleet(
        stack,
        "Office",
        patch_group=PatchGroup(name="shop-office"),
        baselines=[PatchBaseline.aws_default(OperatingSystem.WINDOWS)],
        command_output=output,
    )
    windows = _define_windows_of_shop(stack, output, [web.patch_group, office.patch_group])
    reporter = ComplianceReporter(
        stack,
        "Reporter",
        account_name="shop",
        maintenance_windows=windows,
        baselines=[linux],
        history_bucket_name=_HISTORY,
        history_key_arn=f"arn:aws:kms:{REGION}:{OWN_SECURITY}:key/*",
    )
    alarms = ComplianceAlarms(
        stack,
        "Alarms",
        recipients=[
            _encrypted_queue(stack),
            Recipient.slack(workspace_id="T0123456789", channel_id="C0123456789"),
        ],
        maintenance_windows=[windows],
        non_compliance_of=[linux],
        reporter=reporter,
    )
    PatchFindings(stack, "Findings", topics={FindingSeverity.CRITICAL: alarms.topic})
    PatchEventForwarder(
        stack,
        "Forwarder",
        kinds=list(PatchEventKind),
        maintenance_windows=windows,
        event_bus_arn=_BUS,
        alarm_topics=[alarms.topic],
    )
    RingRunRecorder(
        stack, "Recorder", maintenance_windows=windows, event_bus_arn=_BUS, alarm_topics=[alarms.topic]
    )
    NodeDataSync(
        stack,
        "Sync",
        bucket_name=_HISTORY,
        bucket_region=REGION,
        key_arn=f"arn:aws:kms:{REGION}:{OWN_SECURITY}:key/12345678-1234-1234-1234-123456789012",
    )


def _define_windows_of_shop(
    stack: cdk.Stack, output: CommandOutput, patch_groups: list[PatchGroup]
) -> RingedMaintenanceWindow:
    return RingedMaintenanceWindow(
        stack,
        "Windows",
        rollout_name="web",
        command_output=output,
        separate_tasks=True,
        rings=[
            Ring(
                name="shop",
                patch_groups=patch_groups,
                scan=PatchWindow(schedule=Schedule.daily(hour=5), duration_hours=2, cutoff_hours=1),
                install=PatchWindow(
                    schedule=Schedule.weekly(day=Weekday.WEDNESDAY, hour=22), duration_hours=4, cutoff_hours=1
                ),
                reboot_option=RebootOption.REBOOT_IF_NEEDED,
                max_concurrency="100%",
                max_errors="0",
                production=True,
            )
        ],
    )


def _encrypted_queue(stack: cdk.Stack) -> Recipient:
    key = kms.Key(stack, "TicketsKey", enable_key_rotation=True)
    queue = sqs.Queue(
        stack, "Tickets", encryption=sqs.QueueEncryption.KMS, encryption_master_key=key, enforce_ssl=True
    )
    return Recipient.queue(queue)
