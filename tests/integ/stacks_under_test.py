"""The stacks of the sample, security and workload in one account, with what the script looks at."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs

from patching_constructs import CommandOutput, ComplianceReporter, RingStates, Settings
from stacks.security_stack import SecurityStack
from stacks.workload_stack import WorkloadStack

ROLLOUT, RING, GROUP = "patching-integ", "proof", "integ-nodes"
SECURITY_STACK, NODES_STACK = "PatchingInteg-security", "PatchingInteg-nodes"
RUN_TAG = "patching-integ"
"""Tag of everything that a run makes; its value is the id of the run."""

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Windows:
    """When the windows open, once."""

    scan_at: datetime
    install_at: datetime


def synthesize(folder: Path, *, account: str, region: str, email: str, run_id: str, windows: Windows) -> Path:
    """Synthesize both stacks into `folder`, and return it."""
    context = json.loads((_ROOT / "cdk.json").read_text())["context"]
    app = cdk.App(analytics_reporting=False, context=context, outdir=str(folder))
    settings = _settings(account, region, email, windows)
    # Tags of the stacks, which CloudFormation puts on whatever takes tags.
    of_stacks = {"env": cdk.Environment(account=account, region=region), "tags": {RUN_TAG: run_id}}
    security = SecurityStack(app, SECURITY_STACK, settings=settings, **of_stacks)
    nodes = WorkloadStack(
        app,
        NODES_STACK,
        settings=settings,
        account=settings.workload_accounts[0],
        event_bus_arn=security.event_bus_arn,
        history_bucket_name=security.history_bucket_name,
        history_key_arn=security.history_key_arn,
        **of_stacks,
    )
    _listen_to_events(security)
    _define_outputs(security, nodes)
    app.synth()
    return folder


def _settings(account: str, region: str, email: str, windows: Windows) -> Settings:
    """Build the settings here, as `load_settings` wants an account of its own for security."""
    ready = {"approve_after_days": 0, "ready_made": ["security_and_bugfix_updates"]}
    return Settings.model_validate(
        {
            "rollout_name": ROLLOUT,
            "partition": "aws",
            "regions": [region],
            "accounts": [
                {"name": "security", "id": account, "role": "security"},
                {"name": "nodes", "id": account, "role": "workload"},
            ],
            "recipients": [{"email": email}],
            # The account may have the role already, and its own dashboard does not need it.
            "dashboards": {"sharing_role": False},
            "baselines": [
                {"name": "integ-linux", "operating_system": "AMAZON_LINUX_2023", **ready},
                {"name": "integ-windows", "operating_system": "WINDOWS", **ready},
            ],
            "rings": [
                {
                    "name": RING,
                    "accounts": ["nodes"],
                    "patch_groups": [
                        {"name": GROUP, "node_count": 2, "baselines": ["integ-linux", "integ-windows"]}
                    ],
                    "scan": _window(windows.scan_at),
                    "install": _window(windows.install_at),
                    "reboot_option": "RebootIfNeeded",
                    "max_concurrency": "100%",
                    "max_errors": 0,
                }
            ],
        }
    )


def _window(at: datetime) -> dict[str, object]:
    return {"schedule": {"at": at.isoformat()}, "duration_hours": 3, "cutoff_hours": 1}


def _listen_to_events(security: SecurityStack) -> None:
    """Keep the events about patching of Systems Manager, and all that reach the security account's bus."""
    queue = sqs.Queue(security, "Observed", retention_period=cdk.Duration.days(1))
    bus = security.node.find_child("EventBus")
    assert isinstance(bus, events.EventBus)
    for name, event_bus, source, detail_types in (
        ("ObservedOnBus", bus, "patching-constructs", None),
        # Others, such as those about parameters, have names that are no one else's business.
        ("ObservedFromAws", None, "aws.ssm", events.Match.prefix("Maintenance Window ")),
        ("ObservedCommands", None, "aws.ssm", events.Match.prefix("EC2 Command ")),
        ("ObservedCompliance", None, "aws.ssm", events.Match.prefix("Configuration Compliance ")),
    ):
        events.Rule(
            security,
            name,
            event_bus=event_bus,
            event_pattern=events.EventPattern(source=[source], detail_type=detail_types),
            targets=[targets.SqsQueue(queue)],
        )
    cdk.CfnOutput(security, "ObservedQueueUrl", value=queue.queue_url)


def _define_outputs(security: SecurityStack, nodes: WorkloadStack) -> None:
    states, output, reporter = (
        security.node.find_child("RingStates"),
        nodes.node.find_child("CommandOutput"),
        nodes.node.find_child("Reporter"),
    )
    assert isinstance(states, RingStates)
    assert isinstance(output, CommandOutput)
    assert isinstance(reporter, ComplianceReporter)
    cdk.CfnOutput(security, "RingTable", value=states.table.table_name)
    cdk.CfnOutput(security, "HistoryBucket", value=security.history_bucket_name)
    cdk.CfnOutput(nodes, "OutputBucket", value=output.bucket.bucket_name)
    cdk.CfnOutput(nodes, "ReporterFunction", value=reporter.function.function_name)
