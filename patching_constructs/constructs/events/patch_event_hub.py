"""Notifies people in the security account of patching events in all accounts."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patching_constructs.constructs._shared.alarm_on_any import alarm_on_any
from patching_constructs.constructs._shared.dead_letter_queue import define_dead_letter_queue
from patching_constructs.constructs._shared.delivery_alarms import alarm_on_delivery
from patching_constructs.constructs._shared.functions.function import RuntimeFunction
from patching_constructs.constructs._shared.functions.trigger import Trigger, start_on
from patching_constructs.constructs._shared.functions.watch import watch
from patching_constructs.constructs._shared.report import refuse_errors
from patching_constructs.constructs._shared.subscriptions import show_in_chat, subscribe
from patching_constructs.constructs._shared.table import define_table
from patching_constructs.constructs._shared.topics import AlarmsOnly, define_topic
from patching_constructs.constructs.compliance.alarms.alarm_arguments import check_each_recipient
from patching_constructs.constructs.compliance.alarms.ring_alarms import RunbookPages
from patching_constructs.constructs.compliance.compliance_alarms import DEFAULT_RUNBOOKS
from patching_constructs.constructs.encryption.patching_key import PatchingKey
from patching_constructs.constructs.events.bus_policy import let_accounts_send
from patching_constructs.constructs.events.recipient import (
    MicrosoftTeamsRecipient,
    QueueRecipient,
    Recipient,
    SlackRecipient,
)
from patching_constructs.contracts.event_hub_settings import (
    CLAIM_KEY,
    EVENT_HUB_FILE,
    EXPIRES_AT,
    LONGEST_RUN,
    EventHubSettings,
)
from patching_constructs.contracts.patch_event import (
    PATCH_EVENT_DETAIL_TYPE,
    PATCH_EVENT_SOURCE,
    PatchEventKind,
    PatchEventSeverity,
)
from patching_constructs.contracts.ring_owners import RingOwners, by_ring
from patching_constructs.model.finding import Finding
from patching_constructs.rules.alarms.event_hub import (
    check_event_kinds,
    check_notified_severities,
    check_quiet_period,
)
from patching_constructs.rules.rings.ring_owners import (
    check_account_names,
    check_groups_of_rings,
    check_ring_owners,
    check_senders,
)
from patching_constructs.values.declared_types import checked_arguments
from patching_constructs.values.tokens import maybe

STATEMENT_ID = "PatchEvents"


class PatchEventHub(Construct):
    """Notify people of patching events in all accounts, routed by severity and deduplicated.

    A rule on the event bus starts a function. It accepts an event only if the account that sent it, according
    to EventBridge, is the account in the event and owns the ring in it. The name of the account comes from
    `account_names`, and the function writes the sentences itself, so an account can report about itself only.

    Each fact of an event is remembered for the `quiet_period`, so that the window, the command and the node
    that fail together lead to one message. The function publishes on a topic for mailboxes and queues and on
    one for chat channels, by the severity of the event, and opens an OpsItem where that is chosen. An event
    that is refused, or of which people cannot be notified, is an error and ends in the dead-letter queue,
    whose alarm fires. A function that dies half way loses nothing, but may notify people twice.

    The work for one event is bounded, and the number of functions at once is not, so that an account that
    floods the bus delays the events of others as little as possible; an alarm fires when events wait.

    The policy of the bus lets the accounts send patching events. What other statements allow is not changed.

    All alarms of the hub notify the topics of the most severe events. When a topic itself cannot deliver, its
    alarm cannot arrive through it either; with both mailboxes or queues and chat channels among these
    recipients each way reports the other.

    Args:
        scope: Parent construct.
        id: Id, unique in `scope`.
        event_bus: Bus of this account and Region to which `PatchEventForwarder` sends. One construct for each
            bus.
        recipients: Who is notified of events of each severity. Those of a severity that is not named are
            logged only, unless it is among the `ops_items`.
        owners: Ids of the accounts with nodes of a ring, by rollout and ring, including rings that are only
            scanned. Events of other accounts are refused, and so is a ring that its sender does not own.
        account_names: What people call the accounts, by id. Default: their ids.
        patch_groups: Names of the patch groups of each ring, by rollout and ring. An event of one of these
            rings that names another group is refused. Default: messages name no patch group.
        organization_id: The organization of the accounts, in AWS Organizations: the policy of the bus then
            names it instead of the accounts, which limits their number. Default: the policy names up to 110
            `owners`.
        ops_items: Severities that become an OpsItem of this account and Region; each that is opened costs
            money. Default: none.
        kinds: Kinds of events that start the function. Default: all that arrive. `PatchEventForwarder` sends
            `COMPLIANCE` only if asked to.
        quiet_period: How long no one is notified of the same fact again. Range: 1 minute to 90 days. Default:
            24 hours.
        encryption_key: Customer key of topics, table, log group and environment, as CloudWatch can publish on
            no topic with AWS's own key. A key of the app gets the grants; on an imported one its owner must
            make them. Default: the key that the constructs of the stack share, `PatchingKey.of(scope)`.
        runbooks: Address or path of the folder with the runbooks, which every text names. Default: their
            path in the repository of this library.
        reserved_concurrent_executions: How many functions may run at once; further events wait, so that one
            account that floods the bus delays the others. The account's quota "Concurrent executions" must be
            at least the sum of all reservations of the account and Region and 100 more; a new account has 10,
            and AWS refuses any reservation there. Default: no reservation.

    Attributes:
        topics: Topic for mailboxes and queues of each severity that has recipients; other subscribers are
            welcome.
        chat_topics: Topic for chat channels of each severity that has some.
        table: Facts that people were notified of. It is deleted with the stack, and people may then be
            notified again.
        function: The function.
        role: Role of the function.
        dead_letter_queue: Queue of the events that were refused or failed, kept for 14 days.
        delivery_dead_letter_queue: Queue of what SNS could not deliver to queues, for 14 days, or None if
            there is none among the recipients. SQS's own key encrypts both, so that a fault in
            `encryption_key` cannot lose the dead letters too.
        encryption_key: The key of all of them.
        alarms: Alarms on events that wait, on both queues, and on what the topics cannot deliver.

    Raises:
        InvalidInputError: If no ring has an owner, an id or a name is not valid, the accounts are too many
            for the policy, no one would be notified of critical events or of failures of the hub, a severity
            or a kind is not valid, a recipient is given twice for one severity or is a FIFO queue, or the
            quiet period is out of its range.

    Example:
        >>> import aws_cdk as cdk
        >>> from aws_cdk import aws_events as events
        >>> from patching_constructs import PatchEventHub, PatchEventSeverity, Recipient
        >>> stack = cdk.Stack(cdk.App(), "Security")
        >>> hub = PatchEventHub(
        ...     stack,
        ...     "PatchEvents",
        ...     event_bus=events.EventBus(stack, "EventBus"),
        ...     organization_id="o-a1b2c3d4e5",
        ...     owners={"web": {"dev": ["333333333333"], "prod": ["555555555555", "666666666666"]}},
        ...     account_names={"333333333333": "dev", "555555555555": "shop", "666666666666": "crm"},
        ...     recipients={
        ...         PatchEventSeverity.CRITICAL: [Recipient.email("on-call@example.com")],
        ...         PatchEventSeverity.WARNING: [
        ...             Recipient.slack(workspace_id="T0123456789", channel_id="C0123456789")
        ...         ],
        ...     },
        ...     ops_items=[PatchEventSeverity.CRITICAL],
        ... )
        >>> [str(severity) for severity in hub.topics]
        ['CRITICAL', 'WARNING']

    See: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
    """

    @checked_arguments
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        event_bus: events.IEventBus,
        recipients: Mapping[PatchEventSeverity, Sequence[Recipient]],
        owners: Mapping[str, Mapping[str, Sequence[str]]],
        account_names: Mapping[str, str] = MappingProxyType({}),
        patch_groups: Mapping[str, Mapping[str, Sequence[str]]] = MappingProxyType({}),
        organization_id: str | None = None,
        ops_items: Sequence[PatchEventSeverity] = (),
        kinds: Sequence[PatchEventKind] = tuple(PatchEventKind),
        quiet_period: dt.timedelta = dt.timedelta(hours=24),
        encryption_key: kms.IKey | None = None,
        runbooks: str = DEFAULT_RUNBOOKS,
        reserved_concurrent_executions: int | None = None,
    ) -> None:
        refuse_errors(
            scope,
            id,
            [
                *check_ring_owners(owners),
                *check_senders(maybe(organization_id), owners),
                *check_account_names({account: maybe(name) for account, name in account_names.items()}),
                *check_groups_of_rings(patch_groups, owners),
                *_check_recipients(recipients, ops_items),
                *check_event_kinds(kinds),
                *check_quiet_period(quiet_period),
            ],
            subject="PatchEventHub",
        )
        super().__init__(scope, id)
        runbook = RunbookPages(base=runbooks)("event-refused")
        settings = EventHubSettings(
            owners=RingOwners(accounts=by_ring(owners)),
            account_names=account_names,
            patch_groups=by_ring(patch_groups),
            ops_items=frozenset(map(PatchEventSeverity, ops_items)),
            quiet_period=quiet_period,
            runbooks=runbooks,
        )
        self.encryption_key: kms.IKey = PatchingKey.of(self) if encryption_key is None else encryption_key
        self.table = define_table(
            self,
            partition_key=CLAIM_KEY,
            time_to_live=EXPIRES_AT,
            encryption_key=self.encryption_key,
            # Claims are worth nothing after the quiet period, so the table is not kept with the data.
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self.delivery_dead_letter_queue: sqs.IQueue | None = None
        alarms = self._define_delivery_queue(recipients, runbook)
        topics, chat_topics, undelivered = self._define_topics(recipients, runbook)
        self.topics: Mapping[PatchEventSeverity, sns.ITopic] = MappingProxyType(topics)
        self.chat_topics: Mapping[PatchEventSeverity, sns.ITopic] = MappingProxyType(chat_topics)
        function = self._define_function(settings, reserved_concurrent_executions)
        self.function: lambda_.IFunction = function.function
        self.role: iam.IRole = function.role
        self.dead_letter_queue: sqs.IQueue = function.dead_letter_queue
        let_accounts_send(
            self,
            event_bus,
            statement_id=STATEMENT_ID,
            source=PATCH_EVENT_SOURCE,
            detail_type=PATCH_EVENT_DETAIL_TYPE,
            organization_id=organization_id,
            # The function compares the sender with the owners of the ring.
            accounts=() if organization_id else frozenset().union(*settings.owners.accounts.values()),
        )
        start_on(self, function, [_trigger(event_bus, kinds)])

        most_severe = next(iter(topics))
        notified = [of[most_severe] for of in (topics, chat_topics) if most_severe in of]
        for alarm in (*alarms, *undelivered):
            alarm.add_alarm_action(*(cloudwatch_actions.SnsAction(topic) for topic in notified))
        watching = _watch(self, function, notified, runbook)
        self.alarms: tuple[cloudwatch.IAlarm, ...] = (*watching, *alarms, *undelivered)

    def _define_function(
        self, settings: EventHubSettings, reserved_concurrent_executions: int | None
    ) -> RuntimeFunction:
        chat_topics = self.chat_topics.items()
        return RuntimeFunction(
            self,
            "Function",
            handler="patch_event_hub.handler",
            description="Notifies people of patching events in all accounts",
            encryption_key=self.encryption_key,
            environment={
                "TABLE_NAME": self.table.table_name,
                # ARNs are known at deployment only, so they cannot be in the settings file of the bundle.
                **{f"{severity}_TOPIC_ARN": topic.topic_arn for severity, topic in self.topics.items()},
                **{f"{severity}_CHAT_TOPIC_ARN": topic.topic_arn for severity, topic in chat_topics},
            },
            texts={EVENT_HUB_FILE: settings.to_json()},
            policy_statements=self._policy_statements(opens_ops_items=bool(settings.ops_items)),
            timeout=cdk.Duration.seconds(LONGEST_RUN.total_seconds()),
            memory_size=256,
            reserved_concurrent_executions=reserved_concurrent_executions,
        )

    def _define_delivery_queue(
        self, recipients: Mapping[PatchEventSeverity, Sequence[Recipient]], runbook: str
    ) -> list[cloudwatch.Alarm]:
        """Define the queue of what SNS cannot deliver to queues, and its alarm, if there are any."""
        if not any(isinstance(each, QueueRecipient) for several in recipients.values() for each in several):
            return []
        queue = define_dead_letter_queue(self, "DeliveryDeadLetterQueue")
        self.delivery_dead_letter_queue = queue
        alarm = alarm_on_any(
            self,
            "DeliveryDeadLetters",
            queue.metric_approximate_number_of_messages_visible(
                period=cdk.Duration.minutes(5), statistic=cloudwatch.Stats.MAXIMUM
            ),
            "Messages about patching could not be delivered to a queue and are in the dead-letter queue of "
            "the subscriptions. Fix the policy or the key of the queue, read the messages, and purge the "
            f"dead-letter queue. {runbook}",
        )
        return [alarm]

    def _define_topics(
        self, recipients: Mapping[PatchEventSeverity, Sequence[Recipient]], runbook: str
    ) -> tuple[
        dict[PatchEventSeverity, sns.ITopic], dict[PatchEventSeverity, sns.ITopic], list[cloudwatch.Alarm]
    ]:
        """Define the topics of each severity, most severe first, and the alarms on their delivery."""
        publishers = AlarmsOnly(self)
        publishers.grant_use_of_key(self.encryption_key)
        topics: dict[PatchEventSeverity, sns.ITopic] = {}
        chat_topics: dict[PatchEventSeverity, sns.ITopic] = {}
        topics_of: dict[SlackRecipient | MicrosoftTeamsRecipient, list[sns.ITopic]] = {}
        undelivered = []
        for severity in PatchEventSeverity:
            notified = recipients.get(severity, ())
            if not notified:
                continue
            of_severity = Construct(self, severity.capitalize())
            topic = define_topic(
                of_severity,
                "Topic",
                display_name=f"Patching: {severity.lower()}",
                key=self.encryption_key,
                publishers=publishers,
            )
            topics[severity] = topic
            subscribe(of_severity, topic, notified, dead_letter_queue=self.delivery_dead_letter_queue)
            undelivered.append(alarm_on_delivery(of_severity, "TopicUndelivered", topic, runbook=runbook))
            channels = [
                each for each in notified if isinstance(each, SlackRecipient | MicrosoftTeamsRecipient)
            ]
            if channels:
                chat_topic = define_topic(
                    of_severity,
                    "ChatTopic",
                    display_name=f"Patching: {severity.lower()}, for chat",
                    key=self.encryption_key,
                    publishers=publishers,
                )
                chat_topics[severity] = chat_topic
                undelivered.append(
                    alarm_on_delivery(of_severity, "ChatTopicUndelivered", chat_topic, runbook=runbook)
                )
                for channel in channels:
                    topics_of.setdefault(channel, []).append(chat_topic)
        if topics_of:
            show_in_chat(self, topics_of)
        return topics, chat_topics, undelivered

    def _policy_statements(self, *, opens_ops_items: bool) -> list[iam.PolicyStatement]:
        statements = [
            # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
            iam.PolicyStatement(
                sid="RememberFacts", actions=["dynamodb:PutItem"], resources=[self.table.table_arn]
            ),
            # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
            iam.PolicyStatement(
                sid="Notify",
                actions=["sns:Publish"],
                resources=[topic.topic_arn for topic in (*self.topics.values(), *self.chat_topics.values())],
            ),
            # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
            iam.PolicyStatement(
                sid="EncryptMessages",
                actions=["kms:GenerateDataKey"],
                resources=[self.encryption_key.key_arn],
            ),
        ]
        if opens_ops_items:
            # CreateOpsItem cannot be limited to a resource.
            # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
            statements.append(
                iam.PolicyStatement(sid="OpenOpsItems", actions=["ssm:CreateOpsItem"], resources=["*"])
            )
        return statements


def _check_recipients(
    recipients: Mapping[PatchEventSeverity, Sequence[Recipient]], ops_items: Sequence[PatchEventSeverity]
) -> Iterator[Finding]:
    yield from check_notified_severities(
        [severity for severity in recipients if recipients[severity]], ops_items
    )
    for severity, notified in recipients.items():
        yield from check_each_recipient(notified, field=f"recipients[{severity}]")


def _trigger(event_bus: events.IEventBus, kinds: Sequence[PatchEventKind]) -> Trigger:
    return Trigger(
        id="Rule",
        description="A patching event of an account",
        event_bus_name=event_bus.event_bus_name,
        event_pattern=_pattern(kinds),
    )


def _watch(
    scope: Construct, function: RuntimeFunction, topics: Sequence[sns.ITopic], runbook: str
) -> tuple[cloudwatch.Alarm, ...]:
    return watch(
        scope,
        function,
        topics,
        runbook=runbook,
        on_dead_letter="Patching events were refused, or people could not be notified of them. The "
        "log of the function says which account sent them and why they failed. Invoke the function "
        "again with those that people should know of, then purge the dead-letter queue.",
        on_wait="Patching events wait for 15 minutes or longer before people are notified. The "
        "function is throttled, or an account sends very many events: its log names the account.",
    )


def _pattern(kinds: Sequence[PatchEventKind]) -> dict[str, Any]:
    """Return which events start the function; with all kinds also those of an invalid one, to refuse them."""
    pattern: dict[str, Any] = {"source": [PATCH_EVENT_SOURCE], "detail-type": [PATCH_EVENT_DETAIL_TYPE]}
    if set(kinds) != set(PatchEventKind):
        pattern["detail"] = {"kind": [str(kind) for kind in PatchEventKind if kind in kinds]}
    return pattern
