"""Tells an event in every way that is chosen for its severity, each way once."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from patching_constructs.model.event_hub import EventHubSettings
from patching_constructs.model.patch_event import PatchEvent, PatchEventSeverity
from patching_constructs.runtime.event_hub.claims import Claims
from patching_constructs.runtime.event_hub.messages import attributes, chat, ops_item, subject, text

TOLD, DUPLICATE = "told", "duplicate"


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Where events go.

    Attributes:
        topic_arns: Topic for mailboxes and queues by severity.
        chat_topic_arns: Topic for chat channels by severity.
        partition: Partition of the accounts.
    """

    topic_arns: Mapping[PatchEventSeverity, str]
    chat_topic_arns: Mapping[PatchEventSeverity, str]
    partition: str = "aws"


@dataclass(frozen=True, kw_only=True, slots=True)
class Teller:
    """Tells events.

    Attributes:
        sns: A boto3 client.
        ssm: A boto3 client.
        claims: What was told already.
        places: Where events go.
        settings: What becomes an OpsItem, and where runbooks are.
    """

    sns: Any
    ssm: Any
    claims: Claims
    places: Places
    settings: EventHubSettings

    def tell(self, event: PatchEvent, *, event_id: str, now: dt.datetime) -> dict[str, str]:
        """Tell an event if one of its facts is new, and return for each way whether it was `told` now.

        What told nothing new is a `duplicate`. A severity for which no way is chosen has none.

        A way that fails does not keep the others from telling; only what failed is told when the event comes
        again.

        Args:
            event: What happened.
            event_id: Id of EventBridge's event, the same each time that it is delivered.
            now: The moment, with a time zone.

        Raises:
            ExceptionGroup: If a way failed.
        """
        outcomes: dict[str, str] = {}
        failures: list[Exception] = []
        for way, send in self._ways(event):
            try:
                new = self.claims.claim(_keys(event, way), event_id=event_id, now=now)
                if new:
                    send()
                    self.claims.finish(new, event_id=event_id, now=now)
                outcomes[way] = TOLD if new else DUPLICATE
            except (BotoCoreError, ClientError) as error:
                failures.append(error)
        if failures:
            message = f"event {event_id} of account {event.account} could not be told"
            raise ExceptionGroup(message, failures)
        return outcomes

    def _ways(self, event: PatchEvent) -> Iterator[tuple[str, Callable[[], object]]]:
        # https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
        runbooks = self.settings.runbooks
        topic_arn = self.places.topic_arns.get(event.severity)
        if topic_arn is not None:
            yield (
                "topic",
                lambda: self.sns.publish(
                    TopicArn=topic_arn,
                    Subject=subject(event),
                    Message=text(event, runbooks=runbooks),
                    MessageAttributes=attributes(event),
                ),
            )
        chat_topic_arn = self.places.chat_topic_arns.get(event.severity)
        if chat_topic_arn is not None:
            yield (
                "chat",
                lambda: self.sns.publish(TopicArn=chat_topic_arn, Message=chat(event, runbooks=runbooks)),
            )
        if event.severity in self.settings.ops_items:
            yield "ops-item", lambda: self._create_ops_item(event)

    def _create_ops_item(self, event: PatchEvent) -> None:
        # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateOpsItem.html
        request = ops_item(event, runbooks=self.settings.runbooks, partition=self.places.partition)
        try:
            self.ssm.create_ops_item(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] != "OpsItemAlreadyExistsException":
                raise


def _keys(event: PatchEvent, way: str) -> list[str]:
    """Return what is claimed: who is told what.

    The account is part of it, so that no account can silence another, and the severity, so that what was
    told to some does not count as told to others.
    """
    return [
        f"{event.severity}/{way}/{event.account}/{event.region}/{fact}" for fact in dict.fromkeys(event.facts)
    ]
