"""Keeps in the security account how the runs of every ring went."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patching_constructs._alarms.compliance import Runbooks
from patching_constructs._bus_policy import let_accounts_send
from patching_constructs._declared_types import checked_arguments
from patching_constructs._functions.function import RuntimeFunction, define_key
from patching_constructs._functions.trigger import Trigger, start_on
from patching_constructs._functions.watch import watch
from patching_constructs._report import refuse_errors
from patching_constructs._tokens import maybe
from patching_constructs.compliance_alarms import DEFAULT_RUNBOOKS
from patching_constructs.model.ring_run import RING_RUN_DETAIL_TYPE, RING_RUN_SOURCE
from patching_constructs.model.ring_run_settings import RingOwners
from patching_constructs.model.ring_states import RECORD_KEY, RING_KEY
from patching_constructs.rules.ring_states import check_ring_owners

SETTINGS_FILE = "ring-owners.json"


class RingStates(Construct):
    """Keep how the runs of every ring went: what gates and reports read.

    A table that only one function writes, which a rule on the event bus starts. It keeps a run only if the
    account from which it came, as EventBridge says, owns the ring and is the account of which the run speaks;
    everything else is an error that rings, and waits in the dead-letter queue. Each run is kept once, however
    often and in whatever order it arrives, and the latest of each ring, account and Region besides.

    The policy of the bus lets the owners, or all accounts of the organization, send runs of rings. Whatever
    else they may send is not changed.

    Args:
        scope: Parent construct.
        id: Id, unique in `scope`.
        event_bus: Bus of this account and Region to which `RingRunRecorder` sends. One construct for each
            bus: it hears of every ring, and refuses those that it does not know.
        owners: Ids of the accounts with nodes of a ring, by rollout and ring.
        organization_id: The organization of all owners. Every account in it may then send runs of rings, and
            the function refuses those of rings that the sender does not own; the policy of the bus has room
            for about 250 account ids. Default: the policy lists the owners.
        alarm_topics: Where the alarms on the function tell. Default: nowhere.
        runbooks: Address or path of the folder with the runbooks, which every text names. Default: their
            path in the repository of this library.
        reserved_concurrent_executions: How many functions may run at once; further events wait. None where
            the account's limit leaves nothing to reserve. Default: 1.
        encryption_key: Key of the table, the log group and the environment; it has to let
            CloudWatch Logs of this account and Region in. Default: a new key with yearly rotation.

    Attributes:
        table: The table.
        function: The function.
        role: Role of the function.
        dead_letter_queue: Queue of the events that were refused or could not be kept, for 14 days.
        encryption_key: The key of all of them.
        alarms: Alarms on failures of the function, and on messages in its queue.

    Raises:
        InvalidInputError: If no ring has an owner, a ring has none, an owner is no account id, the
            organization is none, or the owners are too many for the policy of the bus.

    Example:
        >>> import aws_cdk as cdk
        >>> from aws_cdk import aws_events as events
        >>> from patching_constructs import RingStates
        >>> stack = cdk.Stack(cdk.App(), "Security")
        >>> states = RingStates(
        ...     stack,
        ...     "RingStates",
        ...     event_bus=events.EventBus(stack, "EventBus"),
        ...     owners={"web": {"dev": ["333333333333"], "prod": ["555555555555", "666666666666"]}},
        ... )

    See: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
    """

    @checked_arguments
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        event_bus: events.IEventBus,
        owners: Mapping[str, Mapping[str, Sequence[str]]],
        organization_id: str | None = None,
        alarm_topics: Sequence[sns.ITopic] = (),
        runbooks: str = DEFAULT_RUNBOOKS,
        reserved_concurrent_executions: int | None = 1,
        encryption_key: kms.IKey | None = None,
    ) -> None:
        refuse_errors(scope, id, check_ring_owners(owners, maybe(organization_id)), subject="RingStates")
        super().__init__(scope, id)
        ring_owners = RingOwners(
            accounts={
                (rollout, ring): frozenset(accounts)
                for rollout, rings in owners.items()
                for ring, accounts in rings.items()
            }
        )
        self.encryption_key: kms.IKey = (
            define_key(self, "Key", description="Encrypts how the runs of rings went")
            if encryption_key is None
            else encryption_key
        )
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name=RING_KEY, type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name=RECORD_KEY, type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self.encryption_key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        function = RuntimeFunction(
            self,
            "Function",
            handler="ring_states.handler",
            description="Keeps how the runs of rings went",
            encryption_key=self.encryption_key,
            environment={"TABLE_NAME": self.table.table_name},
            texts={SETTINGS_FILE: ring_owners.to_json()},
            policy_statements=[
                # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
                iam.PolicyStatement(
                    sid="KeepRuns", actions=["dynamodb:PutItem"], resources=[self.table.table_arn]
                )
            ],
            timeout=cdk.Duration.minutes(1),
            memory_size=256,
            reserved_concurrent_executions=reserved_concurrent_executions,
        )
        self.function: lambda_.IFunction = function.function
        self.role: iam.IRole = function.role
        self.dead_letter_queue: sqs.IQueue = function.dead_letter_queue
        let_accounts_send(
            self,
            event_bus,
            statement_id="RingRunsOfOwners",
            source=RING_RUN_SOURCE,
            detail_type=RING_RUN_DETAIL_TYPE,
            organization_id=organization_id,
            # The function compares the sender with the owners of the ring.
            accounts=() if organization_id else frozenset().union(*ring_owners.accounts.values()),
        )
        start_on(
            self,
            function,
            [
                Trigger(
                    id="Rule",
                    description="A run of a ring is over",
                    event_bus_name=event_bus.event_bus_name,
                    event_pattern={"source": [RING_RUN_SOURCE], "detail-type": [RING_RUN_DETAIL_TYPE]},
                )
            ],
        )
        self.alarms: tuple[cloudwatch.IAlarm, ...] = watch(
            self,
            function,
            alarm_topics,
            runbook=Runbooks(base=runbooks)("ring-run-refused"),
            on_error="A run of a ring was refused or could not be kept. The log of the function says which "
            "account sent it and why. An account that speaks for a ring that it does not own is either "
            "missing among the owners, or has been taken over.",
            on_dead_letter="Runs of rings that were refused or could not be kept wait in the dead-letter "
            "queue. Read why in the log of the function. Invoke the function again with those that "
            "should be kept, then purge the queue.",
        )

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` read the records by their ring, and use the key for it; nobody may list all rings.

        Args:
            grantee: Who may read.
        """
        self.encryption_key.grant_decrypt(grantee)
        return self.table.grant(grantee, "dynamodb:GetItem", "dynamodb:Query")
