"""Notifies people of an event in every way that is chosen for its severity, once in each."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from patching_constructs.contracts.event_hub_settings import EventHubSettings
from patching_constructs.contracts.patch_event import PatchEvent, PatchEventSeverity
from patching_constructs.lambdas.patch_event_hub.claims import Claims, InProgressError
from patching_constructs.lambdas.patch_event_hub.messages import Messages

NOTIFIED, DUPLICATE = "notified", "duplicate"


@dataclass(frozen=True, kw_only=True, slots=True)
class Destinations:
    """Where messages go.

    Attributes:
        topic_arns: Topic for mailboxes and queues by severity.
        chat_topic_arns: Topic for chat channels by severity.
        partition: Partition of the accounts.
    """

    topic_arns: Mapping[PatchEventSeverity, str]
    chat_topic_arns: Mapping[PatchEventSeverity, str]
    partition: str = "aws"


@dataclass(frozen=True, kw_only=True, slots=True)
class Notifier:
    """Notifies people of events.

    Attributes:
        sns: A boto3 client.
        ssm: A boto3 client.
        claims: The facts that people were notified of already.
        destinations: Where messages go.
        settings: Names of accounts, which severities become an OpsItem, and where runbooks are.
    """

    sns: Any
    ssm: Any
    claims: Claims
    destinations: Destinations
    settings: EventHubSettings

    def notify(self, event: PatchEvent, *, event_id: str, now: dt.datetime) -> dict[str, str]:
        """Notify people if a fact of the event is new, and return for each way whether it was `notified`.

        A way in which nothing is new is a `duplicate`. A severity for which no way is chosen has none.

        A way that fails does not stop the others; only the failed one is repeated when the event is delivered
        again.

        Args:
            event: What happened.
            event_id: Id of EventBridge's event, the same in each delivery.
            now: The current time, with a time zone.

        Raises:
            ExceptionGroup: If a way failed, or another delivery of the event is being processed.
        """
        outcomes: dict[str, str] = {}
        failures: list[Exception] = []
        for way, send in self._ways(event):
            try:
                outcomes[way] = self._notify(_keys(event, way), send, event_id=event_id, now=now)
            except InProgressError as error:
                # The other ways are claimed by the same delivery, so trying them would only fail again.
                failures.append(error)
                break
            except (BotoCoreError, ClientError) as error:
                failures.append(error)
        if failures:
            message = f"people could not be notified of event {event_id} of account {event.account}"
            # An error makes Lambda retry the event, and in the end puts it into the dead-letter queue.
            raise ExceptionGroup(message, failures)
        return outcomes

    def _notify(self, keys: list[str], send: Callable[[], object], *, event_id: str, now: dt.datetime) -> str:
        new = self.claims.claim(keys, event_id=event_id, now=now)
        if not new:
            return DUPLICATE
        try:
            send()
        except (BotoCoreError, ClientError):
            # So that the next delivery need not wait until the claim runs out.
            self.claims.release(new, event_id=event_id, now=now)
            raise
        self.claims.finish(new, event_id=event_id, now=now)
        return NOTIFIED

    def _ways(self, event: PatchEvent) -> Iterator[tuple[str, Callable[[], object]]]:
        # https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
        messages = Messages(
            event=event,
            account_name=self.settings.name_of(event.account),
            runbooks=self.settings.runbooks,
            partition=self.destinations.partition,
        )
        topic_arn = self.destinations.topic_arns.get(event.severity)
        if topic_arn is not None:
            yield (
                "topic",
                lambda: self.sns.publish(
                    TopicArn=topic_arn,
                    Subject=messages.subject,
                    Message=messages.text,
                    MessageAttributes=messages.attributes,
                ),
            )
        chat_topic_arn = self.destinations.chat_topic_arns.get(event.severity)
        if chat_topic_arn is not None:
            yield "chat", lambda: self.sns.publish(TopicArn=chat_topic_arn, Message=messages.chat)
        if event.severity in self.settings.ops_items:
            yield "ops-item", lambda: self._create_ops_item(messages)

    def _create_ops_item(self, messages: Messages) -> None:
        # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateOpsItem.html
        try:
            self.ssm.create_ops_item(**messages.ops_item)
        except ClientError as error:
            if error.response["Error"]["Code"] != "OpsItemAlreadyExistsException":
                raise


def _keys(event: PatchEvent, way: str) -> list[str]:
    """Return what is claimed: the facts, for each way.

    The account is part of it, so that no account can silence another, and the severity, so that a message to
    some recipients does not count as one to others.
    """
    return [
        f"{event.severity}/{way}/{event.account}/{event.region}/{fact}" for fact in dict.fromkeys(event.facts)
    ]
