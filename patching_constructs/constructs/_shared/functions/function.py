"""A function of this library, with everything that a function should have."""

from collections.abc import Mapping, Sequence
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from patching_constructs.constructs._shared.dead_letter_queue import define_dead_letter_queue
from patching_constructs.constructs._shared.functions.bundle import shared_bundle
from patching_constructs.constructs._shared.key_grants import let_logs_encrypt
from patching_constructs.constructs._shared.stack_environment import environment_of
from patching_constructs.contracts.marks import METADATA_KEY, METADATA_SCHEMA_VERSION

# The newest runtime, because it is supported for the longest time.
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
_RUNTIME = lambda_.Runtime.PYTHON_3_14

LONGEST_TIMEOUT = cdk.Duration.minutes(15)
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


class RuntimeFunction(Construct):
    """Define a function that runs a handler of `lambdas/`, with a role, a log group and a queue of its own.

    Args:
        scope: Parent construct.
        id: Id, unique in `scope`.
        handler: Module of the handler below `patching_constructs.lambdas`, such as `ring_states.handler`.
        description: What the function does.
        encryption_key: Customer key of the environment and the log group, or None for AWS's own keys.
        environment: Environment variables.
        texts: Files that are shipped with the code, by name.
        policy_statements: What the function may do in addition to writing its log.
        timeout: How long it may run.
        memory_size: Memory. Unit: MB.
        reserved_concurrent_executions: Concurrency to reserve, which also is how many may run at once, or
            None for what the account has left.
        marks: What readers of the template have to know of it. Default: nothing.

    Attributes:
        function: The function.
        role: Its role.
        log_group: Its log group, kept for a year.
        dead_letter_queue: Queue of the events that it failed on, kept for 14 days. SQS's own key encrypts it,
            so that a fault in `encryption_key` cannot lose the dead letters too.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        handler: str,
        description: str,
        encryption_key: kms.IKey | None,
        environment: Mapping[str, str],
        texts: Mapping[str, str] | None = None,
        policy_statements: Sequence[iam.PolicyStatement],
        timeout: cdk.Duration,
        memory_size: int,
        reserved_concurrent_executions: int | None,
        marks: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(scope, id)
        if encryption_key is not None:
            let_logs_encrypt(encryption_key, environment_of(scope))
        self.log_group = logs.LogGroup(
            self,
            "LogGroup",
            encryption_key=encryption_key,
            retention=logs.RetentionDays.ONE_YEAR,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self.dead_letter_queue = define_dead_letter_queue(self)
        self.role = self._define_role(description, encryption_key, policy_statements)
        self.function = lambda_.Function(
            self,
            "Resource",
            description=description,
            runtime=_RUNTIME,
            # ARM costs less for each millisecond, and the functions are plain Python without binaries.
            architecture=lambda_.Architecture.ARM_64,
            code=lambda_.Code.from_asset(str(shared_bundle(handler, texts))),
            handler=f"patching_constructs.lambdas.{handler}.handler",
            role=self.role.without_policy_updates(),
            environment=dict(environment),
            environment_encryption=encryption_key,
            log_group=self.log_group,
            # Lambda writes what `extra` of a log call has as fields of its own.
            # https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
            logging_format=lambda_.LoggingFormat.JSON,
            dead_letter_queue=self.dead_letter_queue,
            timeout=timeout,
            memory_size=memory_size,
            reserved_concurrent_executions=reserved_concurrent_executions,
        )
        # The reference to the role says the same, and cfn-lint takes the repetition for a mistake (W3005).
        resource = cast("lambda_.CfnFunction", self.function.node.default_child)
        resource.add_deletion_override("DependsOn")
        if marks is not None:
            resource.add_metadata(METADATA_KEY, {"schema-version": METADATA_SCHEMA_VERSION, **marks})

    def _define_role(
        self,
        description: str,
        encryption_key: kms.IKey | None,
        policy_statements: Sequence[iam.PolicyStatement],
    ) -> iam.Role:
        return iam.Role(
            self,
            "Role",
            description=f"{description}: its function",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy(
                    self,
                    "Policy",
                    statements=[
                        # https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
                        iam.PolicyStatement(
                            sid="WriteLog",
                            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                            resources=[self.log_group.log_group_arn],
                        ),
                        iam.PolicyStatement(
                            sid="SendDeadLetters",
                            actions=["sqs:SendMessage"],
                            resources=[self.dead_letter_queue.queue_arn],
                        ),
                        *_use_of_key(encryption_key),
                        *policy_statements,
                    ],
                )
            ],
        )


def _use_of_key(key: kms.IKey | None) -> list[iam.PolicyStatement]:
    """Return what a function needs for its environment, and for what else the key encrypts."""
    if key is None:
        return []
    # Lambda decrypts the environment with the role of the function, not with a grant of its own.
    return [iam.PolicyStatement(sid="Decrypt", actions=["kms:Decrypt"], resources=[key.key_arn])]
