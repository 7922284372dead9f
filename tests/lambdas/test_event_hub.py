"""Events on the security account's bus: who may send them, who is notified, and that no one is twice."""

import datetime as dt
import json
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given

from local_aws.aws import client
from local_aws.in_process import in_process
from patching_constructs.contracts.event_hub_settings import (
    CLAIM_KEY,
    EVENT_HUB_FILE,
    LONGEST_RUN,
    EventHubSettings,
)
from patching_constructs.contracts.patch_event import (
    MOST_FACTS,
    PatchEvent,
    PatchEventKind,
    PatchEventSeverity,
)
from patching_constructs.contracts.ring_owners import RingOwners
from patching_constructs.lambdas.patch_event_hub import handler as hub
from patching_constructs.lambdas.patch_event_hub.acceptance import RefusedEventError, accept
from patching_constructs.lambdas.patch_event_hub.claims import Claims
from patching_constructs.lambdas.patch_event_hub.messages import Messages
from patching_constructs.lambdas.patch_event_hub.notifier import Destinations, Notifier
from tests.lambdas.malformed import malformed_events

SECURITY, REGION, TABLE = "222222222222", "eu-central-1", "claims"
ACCOUNT, OTHER = "666666666666", "777777777777"
CRITICAL, WARNING, INFO = PatchEventSeverity
NOW = dt.datetime(2026, 12, 19, 3, tzinfo=dt.UTC)
SECOND, QUIET = dt.timedelta(seconds=1), dt.timedelta(hours=24)
SETTINGS = EventHubSettings(
    owners=RingOwners(
        accounts={
            ("web", "prod"): frozenset({ACCOUNT}),
            ("web", "staging"): frozenset({ACCOUNT}),
            ("web", "dev"): frozenset({OTHER}),
            ("db", "prod"): frozenset({OTHER}),
        }
    ),
    account_names={ACCOUNT: "shop-prod", OTHER: "shop-dev"},
    patch_groups={("web", "prod"): frozenset({"prod-web", "prod-db"})},
    ops_items=frozenset({CRITICAL}),
    quiet_period=QUIET,
    runbooks="docs/runbooks",
)

EVENT = PatchEvent(
    kind=PatchEventKind.WINDOW,
    severity=CRITICAL,
    account=ACCOUNT,
    region=REGION,
    rollout="web",
    ring="prod",
    patch_group="prod-web",
    subject="mw-0123456789abcdef0",
    subject_name="web-prod-install",
    status="FAILED",
    happened_at=NOW - SECOND,
    facts=("window-execution/1/FAILED",),
    execution="b60fb56e-776c",
)
MESSAGES = Messages(event=EVENT, account_name="shop-prod", runbooks="docs/runbooks")


def event_of(event: PatchEvent, *, sender: str = ACCOUNT, **changes: Any) -> dict[str, Any]:
    """Return the event as EventBridge delivers it; the account is the sender's."""
    return {
        "id": "11111111-1111-1111-1111-111111111111",
        "account": sender,
        "region": REGION,
        "source": "patching-constructs",
        "detail-type": "Patching Event",
        "detail": json.loads(json.dumps(event.to_data())),
        **changes,
    }


# --- who may send ---


def test_an_account_says_what_happened_in_it() -> None:
    assert accept(event_of(EVENT), SETTINGS, now=NOW) == EVENT


@pytest.mark.parametrize(
    "event", [replace(EVENT, ring=None, patch_group=None), replace(EVENT, patch_group=None)]
)
def test_an_account_may_not_know_the_ring_or_the_group(event: PatchEvent) -> None:
    assert accept(event_of(event), SETTINGS, now=NOW) == event


@pytest.mark.parametrize("ring", ["staging", None])
def test_a_patch_group_that_cannot_be_checked_is_not_shown(ring: str | None) -> None:
    event = replace(EVENT, ring=ring, patch_group="dev-web")
    assert accept(event_of(event), SETTINGS, now=NOW) == replace(event, patch_group=None)


def test_clocks_may_differ_a_little() -> None:
    ahead = replace(EVENT, happened_at=NOW + dt.timedelta(minutes=5))
    assert accept(event_of(ahead), SETTINGS, now=NOW) == ahead


@pytest.mark.parametrize(
    ("event", "refusal"),
    [
        (event_of(EVENT, sender=OTHER), "account 777777777777: it reports about account '666666666666'"),
        (event_of(replace(EVENT, account=OTHER)), "it reports about account '777777777777'"),
        (
            event_of(replace(EVENT, account=OTHER), sender=OTHER),
            "account 777777777777: it does not own ring 'prod' of rollout 'web'",
        ),
        (event_of(replace(EVENT, ring="dev")), "it does not own ring 'dev' of rollout 'web'"),
        (event_of(replace(EVENT, ring="images")), "it does not own ring 'images' of rollout 'web'"),
        (event_of(replace(EVENT, ring="prod", rollout="db")), "it does not own ring 'prod' of rollout 'db'"),
        (event_of(replace(EVENT, ring=None, rollout="db")), "it owns no ring of rollout 'db'"),
        (
            event_of(replace(EVENT, account=SECURITY, ring=None), sender=SECURITY),
            "account 222222222222: it owns no ring of rollout 'web'",
        ),
        (
            event_of(replace(EVENT, patch_group="dev-web")),
            "patch group 'dev-web' is not in ring 'prod' of rollout 'web'",
        ),
        (event_of(EVENT, source="aws.ssm"), "expected a patching event, got 'aws.ssm'"),
        (
            event_of(EVENT, **{"detail-type": "Patching Ring Run Finished"}),
            "expected a patching event, got .*Ring Run",
        ),
        (
            event_of(EVENT, detail={}),
            "kind: expected one of WINDOW, COMMAND, COMPLIANCE, CALENDAR, got nothing",
        ),
        (
            event_of(EVENT, detail=EVENT.to_data() | {"severity": "FATAL"}),
            "severity: expected one of CRITICAL, WARNING, got 'FATAL'",
        ),
        (event_of(replace(EVENT, severity=INFO)), "severity: expected one of CRITICAL, WARNING, got 'INFO'"),
        (event_of(replace(EVENT, status="SUCCESS")), "severity: expected one of INFO, got 'CRITICAL'"),
        (event_of(replace(EVENT, status="Failed")), "status: expected one of SUCCESS, FAILED"),
        (event_of(replace(EVENT, region="x" * 3000)), "region: expected a Region such as eu-central-1"),
        (
            event_of(replace(EVENT, happened_at=NOW + dt.timedelta(minutes=6))),
            "it reports about .*; the time is",
        ),
        (
            event_of(replace(EVENT, facts=tuple(map(str, range(21))))),
            "facts: expected a list of 1 to 20 entries",
        ),
        (event_of(replace(EVENT, facts=("é",))), r"facts\[0\]: expected 1 to 512 visible ASCII characters"),
        (
            event_of(replace(EVENT, facts=("x" * 513,))),
            r"facts\[0\]: expected 1 to 512 visible ASCII characters",
        ),
    ],
    ids=[
        "for another account",
        "of another account",
        "of a ring of another account",
        "of a ring that it does not own",
        "of a ring that no account owns",
        "of a rollout in which it owns another ring",
        "of no ring, in a rollout in which it owns none",
        "of an account that owns nothing",
        "of a patch group of another ring",
        "another source",
        "another type",
        "no event",
        "no severity",
        "a failure as information",
        "a success as critical",
        "a status of another kind",
        "no Region",
        "to come",
        "too many facts",
        "a fact that is no key",
        "too long a fact",
    ],
)
def test_what_is_refused(event: dict[str, Any], refusal: str) -> None:
    with pytest.raises(RefusedEventError, match=refusal):
        accept(event, SETTINGS, now=NOW)


@given(malformed_events(event_of(EVENT)))
def test_a_malformed_event_is_refused_as_such_whatever_its_shape(event: Any) -> None:
    with suppress(RefusedEventError):
        assert accept(event, SETTINGS, now=NOW).account == ACCOUNT


@given(malformed_events(event_of(EVENT)))
def test_the_reason_of_a_refusal_is_one_short_line(event: Any) -> None:
    reason = ""
    try:
        accept(event, SETTINGS, now=NOW)
    except RefusedEventError as refused:
        reason = str(refused)
    assert len(reason) < 500
    assert reason.isprintable()


def test_no_field_says_anything_about_another_account() -> None:
    """Whatever an account writes into an event: the texts name its own account, and none of its words."""
    evil = "Maintenance window web-prod-install FAILED in account shop-prod, eu-central-1"
    data = replace(EVENT, account=OTHER, ring="dev", patch_group=None).to_data()
    lies = dict.fromkeys(("title", "text", "next-step", "account-name"), evil)
    event = accept(event_of(EVENT, sender=OTHER, detail=data | lies), SETTINGS, now=NOW)
    messages = Messages(event=event, account_name=SETTINGS.name_of(event.account), runbooks="docs/runbooks")
    for message in (messages.subject, messages.text, messages.chat, json.dumps(messages.ops_item)):
        assert "shop-dev" in message
        assert "shop-prod" not in message
    assert {name: value["StringValue"] for name, value in messages.attributes.items()} == {
        "kind": "WINDOW",
        "severity": "CRITICAL",
        "account": OTHER,
        "region": REGION,
        "rollout": "web",
        "ring": "dev",
    }


# --- who is notified ---


class Room:
    """A local security account with a table, and a queue on the topics of each severity."""

    def __init__(self) -> None:
        self.dynamodb, self.sns, self.sqs, self.ssm = (
            client(service, account=SECURITY, region=REGION) for service in ("dynamodb", "sns", "sqs", "ssm")
        )
        self.dynamodb.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": CLAIM_KEY, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": CLAIM_KEY, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.queues: dict[str, str] = {}
        self.topics = {severity: self._topic(severity) for severity in (CRITICAL, WARNING)}
        self.chat_topics = {CRITICAL: self._topic("chat")}

    def _topic(self, name: str) -> str:
        topic_arn = str(self.sns.create_topic(Name=name)["TopicArn"])
        self.queues[name] = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        queue_arn = f"arn:aws:sqs:{REGION}:{SECURITY}:{name}"
        self.sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=queue_arn)
        return topic_arn

    def notifier(self, *, sns: Any = None, ssm: Any = None, **destinations: Any) -> Notifier:
        topics = {"topic_arns": self.topics, "chat_topic_arns": self.chat_topics}
        return Notifier(
            sns=sns or self.sns,
            ssm=ssm or self.ssm,
            claims=Claims(dynamodb=self.dynamodb, table_name=TABLE, quiet_period=QUIET),
            destinations=Destinations(**{**topics, **destinations}),
            settings=SETTINGS,
        )

    def read(self, name: str) -> list[dict[str, Any]]:
        """Take all messages out of a queue."""
        found = []
        while batch := self.sqs.receive_message(QueueUrl=self.queues[name], MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in batch:
                found.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=self.queues[name], ReceiptHandle=message["ReceiptHandle"])
        return found

    def ops_items(self) -> list[dict[str, Any]]:
        return list(self.ssm.describe_ops_items()["OpsItemSummaries"])


@pytest.fixture
def room() -> Iterator[Room]:
    with in_process():
        yield Room()


ALL_NOTIFIED = {"topic": "notified", "chat": "notified", "ops-item": "notified"}
ALL_DUPLICATE = dict.fromkeys(ALL_NOTIFIED, "duplicate")


def test_people_are_notified_of_a_critical_event_in_every_way_that_is_chosen(room: Room) -> None:
    assert room.notifier().notify(EVENT, event_id="1", now=NOW) == ALL_NOTIFIED
    (mail,) = room.read(CRITICAL)
    assert (mail["Subject"], mail["Message"]) == (MESSAGES.subject, MESSAGES.text)
    assert {name: value["Value"] for name, value in mail["MessageAttributes"].items()} == {
        "kind": "WINDOW",
        "severity": "CRITICAL",
        "account": ACCOUNT,
        "region": REGION,
        "rollout": "web",
        "ring": "prod",
        "patch-group": "prod-web",
    }
    (shown,) = room.read("chat")
    assert json.loads(shown["Message"]) == json.loads(MESSAGES.chat)
    (item,) = room.ops_items()
    assert (item["Severity"], item["Source"]) == ("1", "patching-constructs")
    assert item["OperationalData"]["ring"]["Value"] == "prod"
    assert room.read(WARNING) == []


def test_each_severity_goes_where_it_should(room: Room) -> None:
    assert room.notifier().notify(replace(EVENT, severity=WARNING), event_id="1", now=NOW) == {
        "topic": "notified"
    }
    assert (
        room.notifier().notify(replace(EVENT, severity=INFO, status="SUCCESS"), event_id="2", now=NOW) == {}
    )
    assert (len(room.read(WARNING)), room.read(CRITICAL), room.read("chat")) == (1, [], [])
    assert room.ops_items() == []


@pytest.mark.parametrize("second_id", ["1", "2"], ids=["delivered twice", "reported by another event"])
def test_no_one_is_notified_twice(room: Room, second_id: str) -> None:
    notifier = room.notifier()
    notifier.notify(EVENT, event_id="1", now=NOW)
    assert notifier.notify(EVENT, event_id=second_id, now=NOW + QUIET - SECOND) == ALL_DUPLICATE
    assert (len(room.read(CRITICAL)), len(room.read("chat")), len(room.ops_items())) == (1, 1, 1)


def test_after_the_quiet_period_people_are_notified_again_although_dynamodb_has_deleted_nothing(
    room: Room,
) -> None:
    notifier = room.notifier()
    notifier.notify(EVENT, event_id="1", now=NOW)
    again = notifier.notify(EVENT, event_id="2", now=NOW + QUIET)
    assert again["topic"] == "notified"
    assert len(room.read(CRITICAL)) == 2
    assert len(room.ops_items()) == 1, "an OpsItem that is open is not opened again"


def test_one_new_fact_is_enough_and_no_new_fact_is_not(room: Room) -> None:
    notifier = room.notifier()
    window = replace(EVENT, facts=("window/1", "command/1"))
    notifier.notify(window, event_id="1", now=NOW)
    assert notifier.notify(replace(EVENT, facts=("command/1",)), event_id="2", now=NOW) == ALL_DUPLICATE
    assert (
        notifier.notify(replace(EVENT, facts=("command/1", "command/2")), event_id="3", now=NOW)
        == ALL_NOTIFIED
    )
    assert (
        notifier.notify(replace(EVENT, facts=("command/2", "window/1")), event_id="4", now=NOW)
        == ALL_DUPLICATE
    )


def test_no_account_or_region_silences_another(room: Room) -> None:
    notifier = room.notifier()
    for account, region in ((ACCOUNT, REGION), (OTHER, REGION), (ACCOUNT, "eu-west-1")):
        elsewhere = replace(EVENT, account=account, region=region)
        assert notifier.notify(elsewhere, event_id="1", now=NOW) == ALL_NOTIFIED
    assert len(room.ops_items()) == 3


def test_a_message_to_some_does_not_count_as_one_to_others(room: Room) -> None:
    notifier = room.notifier()
    notifier.notify(replace(EVENT, severity=WARNING), event_id="1", now=NOW)
    assert notifier.notify(EVENT, event_id="2", now=NOW) == ALL_NOTIFIED


def test_a_subscriber_may_filter_by_ring(room: Room) -> None:
    (subscription,) = room.sns.list_subscriptions_by_topic(TopicArn=room.topics[CRITICAL])["Subscriptions"]
    room.sns.set_subscription_attributes(
        SubscriptionArn=subscription["SubscriptionArn"],
        AttributeName="FilterPolicy",
        AttributeValue='{"ring": ["staging"]}',
    )
    room.notifier().notify(replace(EVENT, ring="prod"), event_id="1", now=NOW)
    room.notifier().notify(replace(EVENT, ring=None, facts=("2",)), event_id="2", now=NOW)
    room.notifier().notify(replace(EVENT, ring="staging", facts=("3",)), event_id="3", now=NOW)
    assert len(room.read(CRITICAL)) == 1


class _Counting:
    """Counts the calls of a client."""

    def __init__(self, client: Any, calls: Counter[str]) -> None:
        self._client, self._calls = client, calls

    def __getattr__(self, name: str) -> Any:
        self._calls[name] += 1
        return getattr(self._client, name)


def test_the_largest_event_costs_a_bounded_number_of_calls(room: Room) -> None:
    """One that floods the bus with such events must not keep those of others waiting for long."""
    calls: Counter[str] = Counter()
    room.dynamodb, room.sns, room.ssm = (
        _Counting(each, calls) for each in (room.dynamodb, room.sns, room.ssm)
    )
    largest = replace(EVENT, facts=tuple(f"{number:0512}" for number in range(MOST_FACTS)))
    assert accept(event_of(largest), SETTINGS, now=NOW) == largest
    assert room.notifier().notify(largest, event_id="1", now=NOW) == ALL_NOTIFIED
    assert calls == {"put_item": 3 * 2 * MOST_FACTS, "publish": 2, "create_ops_item": 1}


# --- what goes wrong half way ---


class Crash(BaseException):
    """The function is gone: no handler of errors runs."""


def _dying(*_: Any, **__: Any) -> None:
    raise Crash


def _failing(*_: Any, **__: Any) -> None:
    raise ClientError({"Error": {"Code": "InternalError", "Message": "not now"}}, "Publish")


def test_an_event_whose_function_died_goes_on_when_it_comes_again(room: Room) -> None:
    with pytest.raises(Crash):  # nothing real dies on demand
        room.notifier(sns=SimpleNamespace(publish=_dying)).notify(EVENT, event_id="1", now=NOW)
    assert room.notifier().notify(EVENT, event_id="1", now=NOW + LONGEST_RUN) == ALL_NOTIFIED
    assert room.notifier().notify(EVENT, event_id="1", now=NOW + LONGEST_RUN + SECOND) == ALL_DUPLICATE


def test_a_fact_that_another_event_has_claimed_is_left_to_it_while_its_function_may_run(room: Room) -> None:
    with pytest.raises(Crash):
        room.notifier(sns=SimpleNamespace(publish=_dying)).notify(EVENT, event_id="1", now=NOW)
    early = room.notifier().notify(EVENT, event_id="2", now=NOW + LONGEST_RUN - SECOND)
    assert early["topic"] == "duplicate"
    assert room.notifier().notify(EVENT, event_id="3", now=NOW + LONGEST_RUN)["topic"] == "notified"
    assert room.notifier().notify(EVENT, event_id="1", now=NOW + 2 * LONGEST_RUN)["topic"] == "duplicate"
    assert len(room.read(CRITICAL)) == 1


def test_a_way_that_fails_stops_no_other_and_is_repeated_alone(
    room: Room,
) -> None:
    gone = {"topic_arns": {CRITICAL: f"arn:aws:sns:{REGION}:{SECURITY}:gone"}}
    with pytest.raises(
        ExceptionGroup, match="people could not be notified of event 1 of account 666666666666"
    ) as failed:
        room.notifier(**gone).notify(EVENT, event_id="1", now=NOW)
    assert len(failed.value.exceptions) == 1
    assert (len(room.read("chat")), len(room.ops_items())) == (1, 1)
    assert room.notifier().notify(EVENT, event_id="1", now=NOW + SECOND) == {
        **ALL_DUPLICATE,
        "topic": "notified",
    }
    assert (len(room.read(CRITICAL)), len(room.read("chat"))) == (1, 0)


def test_an_ops_item_that_is_open_already_is_fine_and_another_refusal_is_not(room: Room) -> None:
    room.ssm.create_ops_item(**MESSAGES.ops_item)
    assert room.notifier().notify(EVENT, event_id="1", now=NOW) == ALL_NOTIFIED
    other = replace(EVENT, facts=("other",))
    with pytest.raises(ExceptionGroup):
        room.notifier(ssm=SimpleNamespace(create_ops_item=_failing)).notify(other, event_id="2", now=NOW)


def test_a_table_that_cannot_be_written_is_an_error(room: Room) -> None:
    room.dynamodb.delete_table(TableName=TABLE)
    with pytest.raises(ExceptionGroup):
        room.notifier().notify(EVENT, event_id="1", now=NOW)
    assert room.read(CRITICAL) == []


# --- as Lambda starts it ---


CONTEXT = SimpleNamespace(invoked_function_arn=f"arn:aws:lambda:{REGION}:{SECURITY}:function:hub")
PAST = replace(EVENT, happened_at=NOW.replace(year=2020))


@pytest.fixture
def started(room: Room, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Room:
    (tmp_path / EVENT_HUB_FILE).write_text(SETTINGS.to_json())
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    monkeypatch.setenv("TABLE_NAME", TABLE)
    monkeypatch.setenv("CRITICAL_TOPIC_ARN", room.topics[CRITICAL])
    monkeypatch.setenv("CRITICAL_CHAT_TOPIC_ARN", room.chat_topics[CRITICAL])
    monkeypatch.setattr("boto3.client", lambda name, *, config: getattr(room, name))  # noqa: ARG005
    return room


def test_the_handler_notifies_once_and_logs_one_line_for_each_event(
    started: Room, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for _ in range(2):
        hub.handler(event_of(PAST), CONTEXT)
    lines = [vars(record)["event"] for record in caplog.records if record.message == "event handled"]
    assert [line["outcomes"] for line in lines] == [ALL_NOTIFIED, ALL_DUPLICATE]
    assert {line["event-id"] for line in lines} == {"11111111-1111-1111-1111-111111111111"}
    assert len(started.read(CRITICAL)) == 1


def test_the_handler_notifies_no_one_of_an_event_that_it_refuses(started: Room) -> None:
    with pytest.raises(RefusedEventError):
        hub.handler(event_of(PAST, sender=OTHER), CONTEXT)
    assert started.read(CRITICAL) == []
    assert started.dynamodb.scan(TableName=TABLE)["Items"] == []

    assert EventHubSettings.from_json(SETTINGS.to_json()) == SETTINGS
