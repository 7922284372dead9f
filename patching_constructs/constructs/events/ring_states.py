"""Stores the runs of every ring in the security account."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patching_constructs.constructs._shared.functions.function import RuntimeFunction
from patching_constructs.constructs._shared.functions.trigger import Trigger, start_on
from patching_constructs.constructs._shared.functions.watch import watch
from patching_constructs.constructs._shared.report import refuse_errors
from patching_constructs.constructs._shared.table import define_table
from patching_constructs.constructs.compliance.alarms.ring_alarms import RunbookPages
from patching_constructs.constructs.compliance.compliance_alarms import DEFAULT_RUNBOOKS
from patching_constructs.constructs.encryption.patching_key import EncryptionKey, customer_key
from patching_constructs.constructs.events.bus_policy import let_accounts_send
from patching_constructs.contracts.ring_owners import RING_OWNERS_FILE, RingOwners, by_ring
from patching_constructs.contracts.ring_run import RING_RUN_DETAIL_TYPE, RING_RUN_SOURCE
from patching_constructs.contracts.ring_states import EXPIRES, OWNERS_EVENT, RECORD_KEY, RING_KEY
from patching_constructs.rules.rings.ring_owners import check_ring_owners, check_senders
from patching_constructs.values.declared_types import checked_arguments
from patching_constructs.values.tokens import maybe


class RingStates(Construct):
    """Store the runs of every ring, for gates and reports.

    A table that only one function writes, which a rule on the event bus starts. It stores a run only if the
    account that sent it, according to EventBridge, owns the ring and is the account in the run, and if the
    figures and the health in the run follow from the results of its tasks. Everything else is an error and
    ends in the dead-letter queue, whose alarm fires. Each run is stored once, however often and in whatever
    order it arrives, and is deleted 400 days after its start; so is the latest of each ring, account and
    Region, which stays. Once a day the function stores since when each account owns a ring.

    The policy of the bus lets the owners send runs of rings. What other statements allow is not changed.

    Args:
        scope: Parent construct.
        id: Id, unique in `scope`.
        event_bus: Bus of this account and Region to which `RingRunRecorder` sends. One construct for each
            bus: it receives the runs of every ring, and refuses those of rings without an owner.
        owners: Ids of the accounts with nodes of a ring, by rollout and ring.
        organization_id: The organization of the accounts, in AWS Organizations: the policy of the bus then
            names it instead of the accounts, which limits their number. Default: the policy names up to 110
            `owners`.
        alarm_topics: Topics that the alarms on the function notify. Default: none.
        runbooks: Address or path of the folder with the runbooks, which every text names. Default: their
            path in the repository of this library.
        reserved_concurrent_executions: How many functions may run at once; further events wait. The account's
            quota "Concurrent executions" must be at least the sum of all reservations of the account and
            Region and 100 more; a new account has 10, and AWS refuses any reservation there. Default: no
            reservation.
        encryption_key: Key of the table, the log group and the environment. A key of the app gets the grants;
            on an imported one its owner must make them. `EncryptionKey.AWS_OWNED`: AWS's own keys, free of
            charge. Default: the key that the constructs of the stack share, `PatchingKey.of(scope)`.

    Attributes:
        table: The table.
        function: The function.
        role: Role of the function.
        dead_letter_queue: Queue of the events that were refused or could not be stored, kept for 14 days.
        encryption_key: The customer key of all of them, or None.
        alarms: Alarms on events that wait for the function, and on messages in its queue.

    Raises:
        InvalidInputError: If no ring has an owner, a ring has none, an owner is not an account id, the
            organization is not valid, or the accounts are too many for the policy.

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
        reserved_concurrent_executions: int | None = None,
        encryption_key: kms.IKey | EncryptionKey | None = None,
    ) -> None:
        refuse_errors(
            scope,
            id,
            [*check_ring_owners(owners), *check_senders(maybe(organization_id), owners)],
            subject="RingStates",
        )
        super().__init__(scope, id)
        ring_owners = RingOwners(accounts=by_ring(owners))
        self.encryption_key: kms.IKey | None = customer_key(self, encryption_key)
        self.table = define_table(
            self,
            partition_key=RING_KEY,
            sort_key=RECORD_KEY,
            time_to_live=EXPIRES,
            encryption_key=self.encryption_key,
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        function = RuntimeFunction(
            self,
            "Function",
            handler="ring_states.handler",
            description="Stores the runs of rings",
            encryption_key=self.encryption_key,
            environment={"TABLE_NAME": self.table.table_name},
            texts={RING_OWNERS_FILE: ring_owners.to_json()},
            policy_statements=[
                # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
                iam.PolicyStatement(
                    sid="StoreRuns", actions=["dynamodb:PutItem"], resources=[self.table.table_arn]
                )
            ],
            timeout=cdk.Duration.minutes(5),
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
            _triggers(event_bus),
        )
        self.alarms: tuple[cloudwatch.IAlarm, ...] = watch(
            self,
            function,
            alarm_topics,
            runbook=RunbookPages(base=runbooks)("ring-run-refused"),
            on_dead_letter="Runs of rings were refused or could not be stored. The log of the function says "
            "which account sent them and why they failed. Invoke the function again with those that should "
            "be stored, then purge the dead-letter queue.",
            on_wait="Runs of rings wait for 15 minutes or longer before they are stored, so later rings may "
            "wait. The function is throttled, or an account sends very many events.",
        )

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` read the records of a ring, and use the key for it, but not list all rings.

        Args:
            grantee: Who may read.
        """
        if self.encryption_key is not None:
            self.encryption_key.grant_decrypt(grantee)
        return self.table.grant(grantee, "dynamodb:GetItem", "dynamodb:Query")


def _triggers(event_bus: events.IEventBus) -> list[Trigger]:
    return [
        Trigger(
            id="Rule",
            description="A run of a ring is over",
            event_bus_name=event_bus.event_bus_name,
            event_pattern={"source": [RING_RUN_SOURCE], "detail-type": [RING_RUN_DETAIL_TYPE]},
        ),
        Trigger(
            id="Owners",
            description="Accounts may own a ring that did not own it yesterday",
            schedule_expression="rate(1 day)",
            input=OWNERS_EVENT,
        ),
    ]
