"""A failed window, from Systems Manager's events in a workload account to the queue of a recipient."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from local_aws import deploy_template
from local_aws.aws import client
from local_aws.fleet.clock import clock
from local_aws.fleet.simulation import simulate
from local_aws.services.lambda_functions import FunctionFailedError, FunctionRunner
from local_aws.services.moto_seams import place
from patching_constructs import (
    CommandOutput,
    OperatingSystem,
    PatchBaseline,
    PatchEventForwarder,
    PatchEventHub,
    PatchEventSeverity,
    PatchGroup,
    PatchGroupFleet,
    PatchWindow,
    RebootOption,
    Recipient,
    Ring,
    RingedMaintenanceWindow,
    Schedule,
    Weekday,
)
from tests.lambdas.fleets import ACCOUNT, DAY, GROUP, KERNEL, REGION, START, node, patch
from tests.lambdas.test_event_forwarding import command_event

pytestmark = pytest.mark.usefixtures("local_aws")

SECURITY, BUS_REGION = "222222222222", "eu-west-1"
BUS = f"arn:aws:events:{BUS_REGION}:{SECURITY}:event-bus/patching"


def _security_stack(senders: list[str]) -> cdk.Stack:
    stack = cdk.Stack(
        cdk.App(analytics_reporting=False),
        "Security",
        env=cdk.Environment(account=SECURITY, region=BUS_REGION),
    )
    tickets = sqs.Queue(stack, "Tickets", queue_name="tickets")
    PatchEventHub(
        stack,
        "PatchEvents",
        event_bus=events.EventBus(stack, "EventBus", event_bus_name="patching"),
        owners={"web": {"prod": senders}},
        account_names={ACCOUNT: "shop"},
        patch_groups={"web": {"prod": [GROUP]}},
        recipients={PatchEventSeverity.CRITICAL: [Recipient.queue(tickets)]},
    )
    return stack


def _workload_stack() -> cdk.Stack:
    stack = cdk.Stack(
        cdk.App(analytics_reporting=False), "Patching", env=cdk.Environment(account=ACCOUNT, region=REGION)
    )
    output = CommandOutput(stack, "Output")
    baseline = PatchBaseline.security_updates(
        stack,
        "Baseline",
        patch_baseline_name="prod-linux",
        operating_system=OperatingSystem.AMAZON_LINUX_2023,
        approve_after_days=0,
    )
    fleet = PatchGroupFleet(
        stack, "Fleet", patch_group=PatchGroup(name=GROUP), baselines=[baseline], command_output=output
    )
    windows = RingedMaintenanceWindow(
        stack,
        "Windows",
        rollout_name="web",
        command_output=output,
        rings=[
            Ring(
                name="prod",
                patch_groups=[fleet.patch_group],
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
    PatchEventForwarder(stack, "Events", maintenance_windows=windows, event_bus_arn=BUS)
    return stack


def _deploy(stack: cdk.Stack) -> None:
    app = cdk.Stage.of(stack)
    assert app is not None
    template = dict(Template.from_stack(stack).to_json())
    account, region = stack.account, stack.region
    s3 = client("s3", account=account, region=region)
    bucket = f"cdk-hnb659fds-assets-{account}-{region}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
    for bundle in Path(app.outdir).glob("asset.*.zip"):
        s3.put_object(Bucket=bucket, Key=bundle.name.removeprefix("asset."), Body=bundle.read_bytes())
    deploy_template(template, stack_name=stack.stack_name, account=account, region=region)


def _events() -> list[dict[str, Any]]:
    """Let the ring be patched once and fail; return the events of its window and of its command."""
    clock.set(START)
    here = place(ACCOUNT, REGION)
    here.fleet.add(node(1, refuses={KERNEL}), patch(KERNEL, START - DAY))
    fired = list(simulate([here], from_=START, until=START + 3 * DAY))
    (window,) = [run for run in fired if run.name == "web-prod-install"]
    (failed,) = [run for run in window.execution.commands.values() if run.status == "FAILED"]
    command = {**command_event(failed.command_id), "account": ACCOUNT, "region": REGION}
    return [window.event, command, window.event]


def _tickets() -> list[dict[str, Any]]:
    queues = client("sqs", account=SECURITY, region=BUS_REGION)
    url = queues.get_queue_url(QueueName="tickets")["QueueUrl"]
    found = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"]) for message in found]


def test_a_window_that_fails_with_its_command_is_one_message_with_names(tmp_path: Path) -> None:
    _deploy(_security_stack([ACCOUNT]))
    _deploy(_workload_stack())
    runner = FunctionRunner(tmp_path)
    started = [len(runner.deliver(event, account=ACCOUNT, region=REGION)) for event in _events()]
    assert started == [1, 1, 1], "each event starts the forwarder, which starts the hub"
    (message,) = _tickets()
    assert message["Subject"].startswith("CRITICAL: ")
    lines = message["Message"].splitlines()
    assert f"Account: shop ({ACCOUNT}), Region {REGION}" in lines
    assert f"Ring: prod of rollout web, patch group {GROUP}" in lines
    assert any(line.startswith("What to do: ") and "aws ssm" in line for line in lines)


def test_an_account_that_owns_no_ring_is_refused_even_if_the_bus_lets_it_in(tmp_path: Path) -> None:
    """The local AWS does not enforce the policy of a bus."""
    _deploy(_security_stack(["333333333333"]))
    _deploy(_workload_stack())
    runner = FunctionRunner(tmp_path)
    with pytest.raises(FunctionFailedError, match="it does not own ring 'prod' of rollout 'web'"):
        runner.deliver(_events()[0], account=ACCOUNT, region=REGION)
    assert _tickets() == []
