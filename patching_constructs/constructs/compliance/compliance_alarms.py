"""The construct `ComplianceAlarms`."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patching_constructs.constructs._shared.dead_letter_queue import define_dead_letter_queue, let_rules_send
from patching_constructs.constructs._shared.delivery_alarms import (
    alarm_on_dead_letters,
    alarm_on_delivery,
    alarm_on_failed_commands,
    alarm_on_rule,
)
from patching_constructs.constructs._shared.report import refuse_errors
from patching_constructs.constructs._shared.subscriptions import show_in_chat, subscribe
from patching_constructs.constructs._shared.topics import (
    Publishers,
    define_topic,
)
from patching_constructs.constructs.baselines.patch_baseline import IPatchBaseline
from patching_constructs.constructs.compliance.alarms.alarm_arguments import (
    check_baseline_ids,
    check_key,
    check_pattern_lengths,
    check_recipients,
)
from patching_constructs.constructs.compliance.alarms.event_rules import (
    PatchEventRule,
    non_compliance_rule,
    patch_command_rule,
    window_rules,
)
from patching_constructs.constructs.compliance.alarms.reporter_alarms import (
    ReporterAlarms,
    define_reporter_alarms,
)
from patching_constructs.constructs.compliance.alarms.ring_alarms import RunbookPages
from patching_constructs.constructs.encryption.patching_key import PatchingKey
from patching_constructs.constructs.events.recipient import MicrosoftTeamsRecipient, Recipient, SlackRecipient
from patching_constructs.constructs.windows.ringed_maintenance_window import RingedMaintenanceWindow
from patching_constructs.model.systems_manager_events import PatchCommandNotificationType
from patching_constructs.rules.alarms.alarm_thresholds import check_ring_thresholds
from patching_constructs.rules.alarms.recipient import check_chat_topics
from patching_constructs.values.compliance_thresholds import AccountThresholds, ComplianceThresholds
from patching_constructs.values.declared_types import checked_arguments
from patching_constructs.values.tokens import maybe

if TYPE_CHECKING:  # the reporter brings more of the CDK than alarms without one need
    from patching_constructs.constructs.compliance.compliance_reporter import ComplianceReporter

DEFAULT_RUNBOOKS = "docs/runbooks"
"""Folder of the runbooks in the repository of this library."""


class ComplianceAlarms(Construct):
    """Notify people when patching fails.

    An encrypted, TLS-only topic on which CloudWatch and EventBridge can both publish, with a message in whole
    sentences for

    - patch commands that failed, timed out or were cancelled,
    - executions of the given maintenance windows that failed, timed out or were cancelled, and that were
      skipped because an earlier one was still running,
    - by choice, nodes that became non-compliant,
    - with a reporter, rings whose nodes are overdue, failed, waiting for a reboot or out of sight.

    A patch command that fails inside a window rings twice: once with the command, once with the window.
    Systems Manager delivers its events on a best-effort basis, so silence proves nothing:
    compliance itself has to be looked at.

    Chat channels get the same messages in the form that AWS's chat service shows, through a topic of their
    own; such a channel cannot act on the account. Alarms watch the delivery: messages in the
    dead-letter queue, rules that could not reach a topic, topics that could not reach a recipient. When a
    topic itself cannot deliver, its alarm cannot arrive through it either; with both mailboxes or queues
    and chat channels among the recipients each way reports the other, with one way only look at the
    alarms in CloudWatch now and then. Missing data counts as fine for every alarm on the delivery, because
    each of its metrics is published only while there is something to count.

    With a `reporter` each thing that can be wrong with a ring rings by itself, once. A composite alarm for
    each ring says whether it is healthy: in state OK only while all that counts is known to be fine, so it
    can gate later rings. It notifies no one, so that no fault is reported twice. All that can be wrong with
    the reporter fires one composite alarm. While the reporter is silent the alarms of rings keep their
    state, and no ring is healthy. By default that is 8 alarms and a composite one for each ring, and 7 and
    a composite one for the account and Region.

    Args:
        scope: Parent construct.
        id: Id, unique in `scope`.
        recipients: Who is notified; at least one, unless `topic` is given and has subscribers of its own.
        maintenance_windows: The windows whose failures notify people. An event does not say whether a window
            patches, so each must be given. Default: none; failed patch commands of every window notify.
        non_compliance_of: Baselines whose nodes cause a notification when they become non-compliant. With
        daily scans
            that is every node after every newly approved patch. Default: none.
        patch_command_notification_type: `COMMAND`, one message for each failed command, or `INVOCATION`,
            one for each node on which it failed, those within the error budget of a successful command
            included. Default: `COMMAND`.
        event_bus: Bus of this account and Region on which the rules stand, for events that other accounts
            send to one place; ids of windows and baselines of other accounts cannot be
            named across stacks, so only commands notify there. `PatchEventHub` does more. Default: the
            default bus.
        topic: Topic of this account and Region to publish on instead of a new one. An owned topic and its
            key get the grants for both publishers; on an imported one its owner has to make them.
            Default: a new topic.
        encryption_key: Customer key for new topics, as CloudWatch can publish on no topic with AWS's own key.
            A key of the app gets the grants; on an imported one its owner must make them. Default: the key
            that the constructs of the stack share, `PatchingKey.of(scope)`.
        chat_topic_name: Name of the topic for chat channels, so that another Region can name it. Default:
            CloudFormation chooses it.
        configures_chat: Whether the chat channels among `recipients` get their configuration here. AWS takes
            one for each channel and account, in all Regions together, so let one Region configure them and
            give it the topics of the others. Default: True.
        other_chat_topics: Topics for chat channels in other Regions of the account, which the channels show
            too. They must exist when this stack is deployed. Default: none.
        alarm_on_any_failed_command: Add an alarm on the metric CommandsFailed of Run Command. The metric
            has no dimensions: it counts every failed command of the account and Region, patching or
            not. Default: False.
        reporter: The reporter whose metrics trigger alarms; an alarm also fires when the reporter fails or
        is silent.
            Default: none; only events ring.
        thresholds: From which values on a ring rings. Default: a single one of anything.
        ring_thresholds: Thresholds of single rings, by name, in place of `thresholds`. Default: none.
        account_thresholds: From which values on what is about no ring rings. Default: a single one.
        runbooks: Address or path of the folder with the runbooks, which every text names. Default: their
            path in the repository of this library.

    Attributes:
        topic: Topic for mailboxes and queues; other subscribers are welcome.
        chat_topic: Topic for chat channels, or None without such a recipient.
        encryption_key: Key of the new topics, or None if there is none.
        dead_letter_queue: Queue of what could not be delivered, kept for 14 days. SQS's own key encrypts
            it, so that a fault in `encryption_key` cannot lose the dead letters too.
        alarms: All alarms that notify people.
        ring_health_alarms: The composite alarm of each ring, by name: in state OK while the ring is healthy.
        reporter_alarm: The composite alarm on the reporter, or None without one.
        reporter_symptom_alarms: What `reporter_alarm` is made of; they notify no one by themselves.
        silent_ring_alarms: The alarms that notify no one and only decide whether a ring is healthy.

    Raises:
        InvalidInputError: If no one would be notified, a recipient is given twice or is a FIFO queue, a
            baseline has no id, EventBridge refuses the ids for their length, a key has nothing to encrypt,
            thresholds are for a ring that the reporter does not have, SNS refuses the name of a topic, or
            topics of other Regions are given where no channel is configured.

    Example:
        >>> import aws_cdk as cdk
        >>> from patching_constructs import ComplianceAlarms, Recipient
        >>> stack = cdk.Stack(cdk.App(), "Patching")
        >>> alarms = ComplianceAlarms(
        ...     stack,
        ...     "Alarms",
        ...     recipients=[
        ...         Recipient.email("patching@example.com"),
        ...         Recipient.slack(workspace_id="T0123456789", channel_id="C0123456789"),
        ...     ],
        ... )
        >>> alarms.chat_topic is None
        False
        >>> sorted(alarms.ring_health_alarms)
        []

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-eventbridge-events.html
    """

    @checked_arguments
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        recipients: Sequence[Recipient],
        maintenance_windows: Sequence[RingedMaintenanceWindow] = (),
        non_compliance_of: Sequence[IPatchBaseline] = (),
        patch_command_notification_type: PatchCommandNotificationType = PatchCommandNotificationType.COMMAND,
        event_bus: events.IEventBus | None = None,
        topic: sns.ITopic | None = None,
        encryption_key: kms.IKey | None = None,
        chat_topic_name: str | None = None,
        configures_chat: bool = True,
        other_chat_topics: Sequence[sns.ITopic] = (),
        alarm_on_any_failed_command: bool = False,
        reporter: "ComplianceReporter | None" = None,
        thresholds: ComplianceThresholds | None = None,
        ring_thresholds: Mapping[str, ComplianceThresholds] = MappingProxyType({}),
        account_thresholds: AccountThresholds | None = None,
        runbooks: str = DEFAULT_RUNBOOKS,
    ) -> None:
        channels = [each for each in recipients if isinstance(each, SlackRecipient | MicrosoftTeamsRecipient)]
        baseline_ids = [baseline.patch_baseline_id for baseline in non_compliance_of]
        rules = _rules(patch_command_notification_type, maintenance_windows, baseline_ids)
        rings = () if reporter is None else [ring.name for ring in reporter.rings]
        needs_key = topic is None or bool(channels)
        refuse_errors(
            scope,
            id,
            [
                *check_recipients(recipients, topic_given=topic is not None),
                *check_chat_topics(
                    maybe(chat_topic_name),
                    other_topics=len(other_chat_topics),
                    configures_channels=configures_chat and bool(channels),
                ),
                *check_baseline_ids(baseline_ids),
                *check_pattern_lengths(rules),
                *check_key(encryption_key, needs_key=needs_key),
                *check_ring_thresholds(ring_thresholds, rings),
            ],
            subject="ComplianceAlarms",
        )
        super().__init__(scope, id)

        self.dead_letter_queue: sqs.IQueue = define_dead_letter_queue(self)
        self.encryption_key: kms.IKey | None = None
        if needs_key:
            self.encryption_key = PatchingKey.of(self) if encryption_key is None else encryption_key
        topics = _define_topics(
            self, topic, self.encryption_key, has_channels=bool(channels), chat_topic_name=chat_topic_name
        )
        self.topic: sns.ITopic = topics[0]
        self.chat_topic: sns.ITopic | None = next(iter(topics[1:]), None)
        if channels and configures_chat:
            show_in_chat(self, {channel: [*topics[1:], *other_chat_topics] for channel in channels})
        subscribe(self, self.topic, recipients, dead_letter_queue=self.dead_letter_queue)

        alarms = self._define_event_alarms(rules, event_bus, with_metric=alarm_on_any_failed_command)
        of_reporter = ReporterAlarms()
        if reporter is not None:
            default = thresholds or ComplianceThresholds()
            of_reporter = define_reporter_alarms(
                self,
                reporter,
                of_account=account_thresholds or AccountThresholds(),
                of_ring=lambda ring: ring_thresholds.get(ring, default),
                runbooks=RunbookPages(base=runbooks),
            )
        alarms += of_reporter.alarms
        self.reporter_alarm: cloudwatch.IAlarm | None = of_reporter.failure
        self.reporter_symptom_alarms: tuple[cloudwatch.IAlarm, ...] = of_reporter.symptoms
        self.silent_ring_alarms: tuple[cloudwatch.IAlarm, ...] = of_reporter.silent
        self.ring_health_alarms: Mapping[str, cloudwatch.IAlarm] = MappingProxyType(dict(of_reporter.health))
        actions = [cloudwatch_actions.SnsAction(topic) for topic in topics]
        for alarm in alarms:
            alarm.add_alarm_action(*actions)
        self.alarms: tuple[cloudwatch.IAlarm, ...] = tuple(alarms)

    def _define_event_alarms(
        self, rules: Sequence[PatchEventRule], event_bus: events.IEventBus | None, *, with_metric: bool
    ) -> list[cloudwatch.AlarmBase]:
        """Define the rules on events and the alarms that need no reporter.

        Args:
            rules: The rules.
            event_bus: Bus of the events, or None for the default bus.
            with_metric: Whether to add the alarm on Run Command's metric.
        """
        alarms: list[cloudwatch.AlarmBase] = [alarm_on_dead_letters(self, self.dead_letter_queue)]
        alarms += self._define_rules(rules, event_bus)
        alarms.append(alarm_on_delivery(self, "TopicUndelivered", self.topic))
        if self.chat_topic is not None:
            alarms.append(alarm_on_delivery(self, "ChatTopicUndelivered", self.chat_topic))
        if with_metric:
            alarms.append(alarm_on_failed_commands(self))
        return alarms

    def _define_rules(
        self, rules: Sequence[PatchEventRule], event_bus: events.IEventBus | None
    ) -> list[cloudwatch.Alarm]:
        bus_name = None if event_bus is None else event_bus.event_bus_name
        dead_letter_queue_arn = self.dead_letter_queue.queue_arn
        topic_arn = self.topic.topic_arn
        chat_topic_arn = None if self.chat_topic is None else self.chat_topic.topic_arn
        alarms, rule_arns = [], []
        for rule in rules:
            targets = [_target("Topic", topic_arn, rule, rule.text_template, dead_letter_queue_arn)]
            if chat_topic_arn is not None:
                targets.append(
                    _target("ChatTopic", chat_topic_arn, rule, rule.chat_template, dead_letter_queue_arn)
                )
            rule_arn = events.CfnRule(
                self,
                rule.name,
                description=rule.description,
                event_bus_name=bus_name,
                event_pattern=rule.event_pattern,
                targets=targets,
            ).attr_arn
            rule_arns.append(rule_arn)
            alarms.append(alarm_on_rule(self, rule, rule_arn, bus_name=bus_name))
        let_rules_send(self.dead_letter_queue, rule_arns)
        return alarms


def _target(
    id: str, topic_arn: str, rule: PatchEventRule, template: str, dead_letter_queue_arn: str
) -> events.CfnRule.TargetProperty:
    return events.CfnRule.TargetProperty(
        id=id,
        arn=topic_arn,
        dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=dead_letter_queue_arn),
        input_transformer=events.CfnRule.InputTransformerProperty(
            input_paths_map=rule.input_paths_map, input_template=template
        ),
    )


def _rules(
    notification_type: PatchCommandNotificationType,
    maintenance_windows: Sequence[RingedMaintenanceWindow],
    baseline_ids: Sequence[str | None],
) -> list[PatchEventRule]:
    rules = [patch_command_rule(notification_type)]
    window_ids = [
        window.maintenance_window_id for rollout in maintenance_windows for window in rollout.windows
    ]
    if window_ids:
        rules += window_rules(window_ids)
    if baseline_ids:
        rules.append(
            non_compliance_rule([baseline_id for baseline_id in baseline_ids if baseline_id is not None])
        )
    return rules


def _define_topics(
    scope: Construct,
    topic: sns.ITopic | None,
    key: kms.IKey | None,
    *,
    has_channels: bool,
    chat_topic_name: str | None,
) -> list[sns.ITopic]:
    """Let AWS's services publish to the given topic, and with a key define the topics that are missing.

    Returns:
        The topic, and after it the topic for chat if there are channels.
    """
    publishers = Publishers(scope)
    if topic is not None:
        publishers.grant_publish(topic)
        key_of_topic = topic.master_key
        if key_of_topic is not None:
            publishers.grant_use_of_key(key_of_topic)
    if key is None:
        return [] if topic is None else [topic]
    publishers.grant_use_of_key(key)
    topics = [
        topic or define_topic(scope, "Topic", display_name="Failed patching", key=key, publishers=publishers)
    ]
    if has_channels:
        topics.append(
            define_topic(
                scope,
                "ChatTopic",
                display_name="Failed patching, for chat",
                key=key,
                publishers=publishers,
                topic_name=chat_topic_name,
            )
        )
    return topics
