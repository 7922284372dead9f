"""Tells people in the security account what happens to patching in all accounts."""

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patching_constructs._alarms.any import alarm_on_any
from patching_constructs._alarms.checks import check_each_recipient
from patching_constructs._alarms.compliance import Runbooks
from patching_constructs._alarms.delivery import alarm_on_delivery
from patching_constructs._alarms.subscriptions import show_in_chat, subscribe
from patching_constructs._alarms.topics import AlarmsOnly, define_topic
from patching_constructs._bus_policy import let_accounts_send
from patching_constructs._declared_types import checked_arguments
from patching_constructs._functions.function import RuntimeFunction, define_key
from patching_constructs._functions.trigger import Trigger, start_on
from patching_constructs._functions.watch import watch
from patching_constructs._report import refuse_errors
from patching_constructs._tokens import maybe
from patching_constructs.compliance_alarms import DEFAULT_RUNBOOKS
from patching_constructs.model.event_hub import CLAIM_KEY, EXPIRES_AT, LONGEST_RUN, EventHubSettings
from patching_constructs.model.patch_event import (
    PATCH_EVENT_DETAIL_TYPE,
    PATCH_EVENT_SOURCE,
    PatchEventKind,
    PatchEventSeverity,
)
from patching_constructs.recipient import MicrosoftTeamsRecipient, QueueRecipient, Recipient, SlackRecipient
from patching_constructs.rules.event_hub import (
    check_event_kinds,
    check_event_senders,
    check_quiet_period,
    check_told_severities,
)

SETTINGS_FILE = "event-hub.json"
STATEMENT_ID = "PatchEvents"


class PatchEventHub(Construct):
    """Tell people what happens to patching in all accounts, by severity and once.

    A rule on the event bus starts a function. It tells an event only if the account from which it came, as
    EventBridge says, is the account of which the event speaks, and only what is new in it: each fact of an
    event is remembered for the `quiet_period`, so that the window, the command and the node that fail
    together ring once. It publishes on a topic for mailboxes and queues and on one for chat channels, of the
    severity of the event, and opens an OpsItem where that is chosen. What is refused or cannot be told is an
    error that rings, and waits in the dead-letter queue. Nothing is lost by a function that dies half way; it
    may tell something twice.

    The policy of the bus lets the accounts of the organisation send events of patching. Whatever else they
    may send is not changed.

    All that can go wrong here is told on the topics of the most severe events. When a topic itself cannot
    deliver, its alarm cannot arrive through it either; with both mailboxes or queues and chat channels among
    these recipients each way reports the other.

    Args:
        scope: Parent construct.
        id: Id, unique in `scope`.
        event_bus: Bus of this account and Region to which `PatchEventForwarder` sends. One construct for each
            bus.
        recipients: Who is told of events of each severity. Those of a severity that is not named are logged
            only, unless it is among the `ops_items`.
        organization_id: The organisation whose accounts may send. Default: only `accounts` may.
        accounts: Ids of the accounts that may send; with `organization_id` they have to be of it as well.
            Default: every account of the organisation.
        ops_items: Severities that become an OpsItem of this account and Region; each that is opened costs
            money. Default: none.
        kinds: Kinds of events that are heard; others do not start the function. With daily scans each newly
            approved patch makes most nodes non-compliant, and `COMPLIANCE` tells each of them; the alarms on
            a `ComplianceReporter` ring once for a ring. Default: all.
        quiet_period: For how long nobody is told the same again. Range: 1 minute to 90 days. Default: 24
            hours.
        encryption_key: Key of topics, table, log group and environment; it has to let CloudWatch Logs of this
            account and Region in. An owned key gets the grant for CloudWatch's alarms; on an imported one its
            owner has to make it. Default: a new key with yearly rotation.
        runbooks: Address or path of the folder with the runbooks, which every text names. Default: their
            path in the repository of this library.
        reserved_concurrent_executions: How many functions may run at once; further events wait. With more
            than one, an event that EventBridge delivers twice at the same moment may be told twice. None
            where the account's limit leaves nothing to reserve. Default: 1.

    Attributes:
        topics: Topic for mailboxes and queues of each severity that has recipients; other subscribers are
            welcome.
        chat_topics: Topic for chat channels of each severity that has some.
        table: What was told. It goes with the stack: what is in it is told again then.
        function: The function.
        role: Role of the function.
        dead_letter_queue: Queue of the events that were refused or could not be told, for 14 days.
        delivery_dead_letter_queue: Queue of what SNS could not deliver to queues, for 14 days, or None if
            there is none among the recipients. SQS's own key encrypts both, so that a fault in
            `encryption_key` cannot lose the dead letters too.
        encryption_key: The key of all of them.
        alarms: Alarms on failures of the function, on both queues, and on what the topics cannot deliver.

    Raises:
        InvalidInputError: If nobody may send, an id is none or the accounts are too many, nobody would be
            told of what is critical or of the hub's own failures, a severity or a kind is none, a recipient
            stands there twice for one severity or is a FIFO queue, or the quiet period is out of its range.

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
        organization_id: str | None = None,
        accounts: Sequence[str] = (),
        ops_items: Sequence[PatchEventSeverity] = (),
        kinds: Sequence[PatchEventKind] = tuple(PatchEventKind),
        quiet_period: dt.timedelta = dt.timedelta(hours=24),
        encryption_key: kms.IKey | None = None,
        runbooks: str = DEFAULT_RUNBOOKS,
        reserved_concurrent_executions: int | None = 1,
    ) -> None:
        refuse_errors(
            scope,
            id,
            [
                *check_event_senders(maybe(organization_id), accounts),
                *check_told_severities(
                    [severity for severity in recipients if recipients[severity]], ops_items
                ),
                *(
                    finding
                    for severity, told in recipients.items()
                    for finding in check_each_recipient(told, field=f"recipients[{severity}]")
                ),
                *check_event_kinds(kinds),
                *check_quiet_period(quiet_period),
            ],
            subject="PatchEventHub",
        )
        super().__init__(scope, id)
        runbook = Runbooks(base=runbooks)("event-refused")
        self.encryption_key: kms.IKey = (
            define_key(self, "Key", description="Encrypts what is told about patching")
            if encryption_key is None
            else encryption_key
        )
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name=CLAIM_KEY, type=dynamodb.AttributeType.STRING),
            time_to_live_attribute=EXPIRES_AT,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self.encryption_key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self.delivery_dead_letter_queue: sqs.IQueue | None = None
        alarms: list[cloudwatch.Alarm] = []
        if any(isinstance(each, QueueRecipient) for told in recipients.values() for each in told):
            self.delivery_dead_letter_queue = sqs.Queue(
                self,
                "DeliveryDeadLetterQueue",
                encryption=sqs.QueueEncryption.SQS_MANAGED,
                enforce_ssl=True,
                retention_period=cdk.Duration.days(14),
            )
            alarms.append(self._alarm_on_delivery_dead_letters(self.delivery_dead_letter_queue, runbook))
        topics, chat_topics, undelivered = self._define_topics(recipients, runbook)
        self.topics: Mapping[PatchEventSeverity, sns.ITopic] = MappingProxyType(topics)
        self.chat_topics: Mapping[PatchEventSeverity, sns.ITopic] = MappingProxyType(chat_topics)
        function = RuntimeFunction(
            self,
            "Function",
            handler="event_hub.handler",
            description="Tells people what happens to patching in all accounts",
            encryption_key=self.encryption_key,
            environment={
                "TABLE_NAME": self.table.table_name,
                **{f"{severity}_TOPIC_ARN": topic.topic_arn for severity, topic in topics.items()},
                **{f"{severity}_CHAT_TOPIC_ARN": topic.topic_arn for severity, topic in chat_topics.items()},
            },
            texts={
                SETTINGS_FILE: EventHubSettings(
                    accounts=frozenset(accounts),
                    ops_items=frozenset(map(PatchEventSeverity, ops_items)),
                    quiet_period=quiet_period,
                    runbooks=runbooks,
                ).to_json()
            },
            policy_statements=self._policy_statements(opens_ops_items=bool(ops_items)),
            timeout=cdk.Duration.seconds(LONGEST_RUN.total_seconds()),
            memory_size=256,
            reserved_concurrent_executions=reserved_concurrent_executions,
        )
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
            accounts=accounts,
        )
        start_on(
            self,
            function,
            [
                Trigger(
                    id="Rule",
                    description="Something happened to patching in an account",
                    event_bus_name=event_bus.event_bus_name,
                    event_pattern=_pattern(kinds),
                )
            ],
        )

        most_severe = next(iter(topics))
        told = [topics[most_severe], *([chat_topics[most_severe]] if most_severe in chat_topics else [])]
        alarms += undelivered
        for alarm in alarms:
            alarm.add_alarm_action(*(cloudwatch_actions.SnsAction(topic) for topic in told))
        self.alarms: tuple[cloudwatch.IAlarm, ...] = (
            *watch(
                self,
                function,
                told,
                runbook=runbook,
                on_error="An event of patching was refused or could not be told. The log of the function "
                "says which account sent it and why. An account that speaks for another one has been taken "
                "over, or somebody in it is trying things out.",
                on_dead_letter="Events of patching that were refused or could not be told wait in the "
                "dead-letter queue. Read why in the log of the function. Invoke the function again with "
                "those that should be told, then purge the queue.",
            ),
            *alarms,
        )

    def _alarm_on_delivery_dead_letters(self, queue: sqs.IQueue, runbook: str) -> cloudwatch.Alarm:
        return alarm_on_any(
            self,
            "DeliveryDeadLetters",
            queue.metric_approximate_number_of_messages_visible(
                period=cdk.Duration.minutes(5), statistic=cloudwatch.Stats.MAXIMUM
            ),
            "Messages about patching could not be delivered to a queue and wait in the dead-letter queue of "
            "the subscriptions. Mend the policy or the key of the queue, read the messages, and purge the "
            f"dead-letter queue. {runbook}",
        )

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
            told = recipients.get(severity, ())
            if not told:
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
            subscribe(of_severity, topic, told, dead_letter_queue=self.delivery_dead_letter_queue)
            undelivered.append(alarm_on_delivery(of_severity, "TopicUndelivered", topic, runbook=runbook))
            channels = [each for each in told if isinstance(each, SlackRecipient | MicrosoftTeamsRecipient)]
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
                sid="RememberWhatWasTold", actions=["dynamodb:PutItem"], resources=[self.table.table_arn]
            ),
            # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
            iam.PolicyStatement(
                sid="Tell",
                actions=["sns:Publish"],
                resources=[topic.topic_arn for topic in (*self.topics.values(), *self.chat_topics.values())],
            ),
        ]
        if opens_ops_items:
            # CreateOpsItem cannot be limited to a resource.
            # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
            statements.append(
                iam.PolicyStatement(sid="OpenOpsItems", actions=["ssm:CreateOpsItem"], resources=["*"])
            )
        return statements


def _pattern(kinds: Sequence[PatchEventKind]) -> dict[str, Any]:
    """Return what is heard; where that is all, what is of no kind too, so that it is refused aloud."""
    pattern: dict[str, Any] = {"source": [PATCH_EVENT_SOURCE], "detail-type": [PATCH_EVENT_DETAIL_TYPE]}
    if set(kinds) != set(PatchEventKind):
        pattern["detail"] = {"kind": [str(kind) for kind in PatchEventKind if kind in kinds]}
    return pattern
