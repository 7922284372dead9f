"""Functions with everything that a function should have, by hand.

Their code is no part of the comparison: both sides deploy the same files.
"""

import functools
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs

from bench.handwritten_parts import (
    FIVE_MINUTES,
    define_alarm,
    define_dead_letter_queue,
    let_logs_encrypt,
    let_rules_send,
)

_CODE = Path(__file__).parents[1]
_FILES = (
    "patching_constructs/__init__.py",
    "patching_constructs/_version.py",
    "patching_constructs/model/**/*.py",
    "patching_constructs/runtime/**/*.py",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """A function with its log group and its queue."""

    function: lambda_.Function
    role: iam.Role
    log_group: logs.LogGroup
    dead_letter_queue: sqs.Queue


def define_function_key(stack: cdk.Stack, id: str, *, account: str, description: str) -> kms.Key:
    """Define a key for a function, its log group and its table."""
    key = kms.Key(
        stack,
        id,
        description=description,
        enable_key_rotation=True,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    let_logs_encrypt(key, account)
    return key


def define_function(
    stack: cdk.Stack,
    id: str,
    *,
    handler: str,
    description: str,
    key: kms.Key,
    environment: dict[str, str],
    settings_file: str,
    settings: str,
    statements: Sequence[iam.PolicyStatement],
    timeout: cdk.Duration,
    at_once: int = 1,
) -> Function:
    """Define a function with a role, a log group and a queue of its own."""
    log_group = logs.LogGroup(
        stack,
        f"{id}LogGroup",
        encryption_key=key,
        retention=logs.RetentionDays.ONE_YEAR,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    queue = define_dead_letter_queue(stack, f"{id}DeadLetterQueue")
    role = iam.Role(
        stack,
        f"{id}Role",
        description=f"{description}: its function",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        managed_policies=[
            iam.ManagedPolicy(
                stack,
                f"{id}Policy",
                statements=[
                    iam.PolicyStatement(
                        sid="WriteLog",
                        actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                        resources=[log_group.log_group_arn],
                    ),
                    iam.PolicyStatement(
                        sid="SendDeadLetters", actions=["sqs:SendMessage"], resources=[queue.queue_arn]
                    ),
                    iam.PolicyStatement(
                        sid="UseKey",
                        actions=["kms:Decrypt", "kms:GenerateDataKey"],
                        resources=[key.key_arn],
                    ),
                    *statements,
                ],
            )
        ],
    )
    with tempfile.TemporaryDirectory() as folder:
        code = Path(folder, "code.zip")
        _write_zip(code, settings_file, settings)
        function = lambda_.Function(
            stack,
            id,
            description=description,
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            code=lambda_.Code.from_asset(str(code)),
            handler=f"patching_constructs.runtime.{handler}.handler.handler",
            role=role.without_policy_updates(),
            environment=environment,
            environment_encryption=key,
            log_group=log_group,
            dead_letter_queue=queue,
            timeout=timeout,
            memory_size=256,
            reserved_concurrent_executions=at_once,
        )
    return Function(function=function, role=role, log_group=log_group, dead_letter_queue=queue)


def define_triggers(
    stack: cdk.Stack, started: Function, rules: Mapping[str, events.CfnRuleProps], *, account: str
) -> None:
    """Define rules that start a function, by their construct ids."""
    function_arn = started.function.function_arn
    function_name = started.function.function_name
    rule_arns = []
    for rule_id, rule in rules.items():
        rule_arn = events.CfnRule(
            stack,
            rule_id,
            description=rule.description,
            event_bus_name=rule.event_bus_name,
            event_pattern=rule.event_pattern,
            schedule_expression=rule.schedule_expression,
            targets=[
                events.CfnRule.TargetProperty(
                    id="Function",
                    arn=function_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=started.dead_letter_queue.queue_arn
                    ),
                )
            ],
        ).attr_arn
        lambda_.CfnPermission(
            stack,
            f"{rule_id}Permission",
            action="lambda:InvokeFunction",
            principal="events.amazonaws.com",
            function_name=function_name,
            source_arn=rule_arn,
            source_account=account,
        )
        rule_arns.append(rule_arn)
    let_rules_send(started.dead_letter_queue, rule_arns)


def define_function_alarms(
    stack: cdk.Stack,
    id: str,
    watched: Function,
    *,
    action: cloudwatch_actions.SnsAction,
    on_error: str,
    on_dead_letter: str,
) -> None:
    """Define alarms on what a function failed on."""
    define_alarm(
        stack,
        f"{id}Errors",
        watched.function.metric_errors(period=FIVE_MINUTES, statistic="Sum"),
        on_error,
        action=action,
    )
    define_alarm(
        stack,
        f"{id}DeadLetters",
        watched.dead_letter_queue.metric_approximate_number_of_messages_visible(
            period=FIVE_MINUTES, statistic="Maximum"
        ),
        on_dead_letter,
        action=action,
    )


def _write_zip(path: Path, settings_file: str, settings: str) -> None:
    """Write code and settings, so that the same files give the same zip everywhere."""
    with zipfile.ZipFile(path, "w") as code:
        for name, text in sorted([*_code(), (settings_file, settings)]):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100644 << 16
            code.writestr(entry, text)


@functools.cache
def _code() -> list[tuple[str, str]]:
    paths = [path for pattern in _FILES for path in _CODE.glob(pattern)]
    return [(path.relative_to(_CODE).as_posix(), path.read_text("utf-8")) for path in paths]
