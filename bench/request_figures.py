"""Requests to the CDK kernel, beside the same template written by hand."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from rich.table import Table

from bench.handwritten_environments import ENVIRONMENTS, Environment
from bench.handwritten_ssm import define_baseline as define_baseline_by_hand
from bench.handwritten_ssm import define_windows as define_windows_by_hand
from bench.jsii_requests import ADD_METADATA, counted_jsii_requests
from bench.limit import Limit
from bench.synthesis import SAMPLE, handwritten, library, new_app
from patching_constructs import (
    AccountSettings,
    CommandOutput,
    RingedMaintenanceWindow,
    Settings,
    load_settings,
)
from stacks.from_settings import define_baseline

SSM_LIMIT = 1.25
SAMPLE_LIMIT = 1.3
"""Guards the limit on the time of the sample by something that does not depend on the machine."""

Templates = list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """Requests that templates cost.

    Attributes:
        requests: How many there were.
        templates: What they defined, one template for each stack.
    """

    requests: int
    templates: Templates

    def per_resource(self, prefix: str = "AWS::") -> float:
        """Return the requests for each resource whose type begins with `prefix`."""
        types: list[str] = [
            resource["Type"] for template in self.templates for resource in template["Resources"].values()
        ]
        return self.requests / sum(resource_type.startswith(prefix) for resource_type in types)


def count_ssm_of_library() -> Count:
    """Count what the Systems Manager resources of the sample cost, metadata aside."""
    settings = load_settings(SAMPLE)
    return _count_ssm(
        [functools.partial(_define_ssm, settings, account) for account in settings.workload_accounts]
    )


def count_ssm_by_hand() -> Count:
    """Count what the same resources cost with L1s."""
    return _count_ssm([functools.partial(_define_ssm_by_hand, environment) for environment in ENVIRONMENTS])


def count_sample_of_library() -> Count:
    """Count what the whole sample costs, metadata and acknowledgements included."""
    return _count_sample(library())


def count_sample_by_hand() -> Count:
    """Count what its handwritten twin costs."""
    return _count_sample(handwritten())


def request_figures() -> tuple[Table, list[Limit]]:
    """Measure and compare."""
    table = Table("resources", "library", "by hand", "ratio", title="jsii requests per resource")
    limits = []
    for name, prefix, ours, by_hand, at_most in (
        (
            "AWS::SSM, without tags and metadata",
            "AWS::SSM::",
            count_ssm_of_library(),
            count_ssm_by_hand(),
            SSM_LIMIT,
        ),
        ("whole sample", "AWS::", count_sample_of_library(), count_sample_by_hand(), SAMPLE_LIMIT),
    ):
        ratio = ours.requests / by_hand.requests
        table.add_row(
            name,
            f"{ours.per_resource(prefix):.2f} ({ours.requests} in all)",
            f"{by_hand.per_resource(prefix):.2f} ({by_hand.requests} in all)",
            f"{ratio:.2f}",
        )
        limits.append(Limit(name=f"jsii requests, {name}: ratio", measured=ratio, at_most=at_most))
    return table, limits


def _count_ssm(definitions: Sequence[Callable[[cdk.Stack, iam.Role, CommandOutput], None]]) -> Count:
    """Count each definition in a stack of its own, where role, bucket and log group stand already."""
    app = new_app()
    requests = 0
    for number, define in enumerate(definitions):
        env = cdk.Environment(account=f"{number:012}", region="eu-central-1")
        stack = cdk.Stack(app, f"Stack{number}", env=env)
        role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ssm.amazonaws.com"))
        output = CommandOutput(stack, "Output")
        with counted_jsii_requests() as sent:
            define(stack, role, output)
        requests += len(sent) - sent.count(ADD_METADATA)
    return Count(requests=requests, templates=_templates(app))


def _define_ssm(
    settings: Settings, account: AccountSettings, stack: cdk.Stack, role: iam.Role, output: CommandOutput
) -> None:
    patch_groups = [group for ring in settings.rings_of(account) for group in ring.patch_groups]
    for baseline in settings.baselines_of(account):
        define_baseline(
            stack,
            baseline,
            patch_groups=[group.name for group in patch_groups if baseline.name in group.baselines],
        )
    RingedMaintenanceWindow(
        stack,
        "Windows",
        rollout_name=settings.rollout_name,
        rings=settings.ring_values_of(account),
        command_output=output,
        service_role=role,
    )


def _define_ssm_by_hand(
    environment: Environment, stack: cdk.Stack, role: iam.Role, output: CommandOutput
) -> None:
    for baseline in environment.baselines:
        define_baseline_by_hand(stack, baseline)
    define_windows_by_hand(
        stack,
        environment.rings,
        service_role_arn=role.role_arn,
        bucket_name=output.bucket.bucket_name,
        log_group_name=output.log_group.log_group_name,
    )


def _count_sample(define: Callable[[cdk.App], None]) -> Count:
    with counted_jsii_requests() as sent:
        app = new_app()
        define(app)
        app.synth()
    return Count(requests=len(sent), templates=_templates(app))


def _templates(app: cdk.App) -> Templates:
    return [stack.template for stack in app.synth().stacks]
