"""A failed window, from Systems Manager's events in a workload account to the queue of a recipient."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_sqs as sqs

from local_aws.aws import client
from local_aws.fleet.clock import clock
from local_aws.fleet.simulation import simulate
from local_aws.services.lambda_functions import FunctionFailedError, FunctionRunner
from local_aws.services.moto_seams import place
from patching_constructs import (
    PatchEventForwarder,
    PatchEventHub,
    PatchEventSeverity,
    RebootOption,
    Recipient,
)
from tests.deployment import deploy_stack
from tests.lambdas.buses import BUS, BUS_REGION, SECURITY
from tests.lambdas.fleets import ACCOUNT, DAY, GROUP, KERNEL, REGION, START, node, patch
from tests.lambdas.prod_ring import define_prod_ring
from tests.lambdas.test_event_forwarding import command_event

pytestmark = pytest.mark.usefixtures("local_aws")


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
    stack, _, windows = define_prod_ring(
        approve_after_days=0,
        reboot_option=RebootOption.REBOOT_IF_NEEDED,
        max_errors="0",
        production=True,
    )
    PatchEventForwarder(stack, "Events", maintenance_windows=windows, event_bus_arn=BUS)
    return stack


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
    deploy_stack(_security_stack([ACCOUNT]))
    deploy_stack(_workload_stack())
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
    deploy_stack(_security_stack(["333333333333"]))
    deploy_stack(_workload_stack())
    runner = FunctionRunner(tmp_path)
    with pytest.raises(FunctionFailedError, match="it does not own ring 'prod' of rollout 'web'"):
        runner.deliver(_events()[0], account=ACCOUNT, region=REGION)
    assert _tickets() == []
