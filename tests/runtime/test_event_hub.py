"""Events on the security account's bus: who may send them, who is told, and that nobody is told twice."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from local_aws.aws import client
from local_aws.in_process import in_process
from patching_constructs.model.event_hub import CLAIM_KEY, LONGEST_RUN, EventHubSettings
from patching_constructs.model.patch_event import PatchEvent, PatchEventKind, PatchEventSeverity
from patching_constructs.patch_event_hub import SETTINGS_FILE
from patching_constructs.runtime.event_hub import handler as hub
from patching_constructs.runtime.event_hub.acceptance import RefusedEventError, accept
from patching_constructs.runtime.event_hub.claims import Claims
from patching_constructs.runtime.event_hub.messages import chat, ops_item, subject, text
from patching_constructs.runtime.event_hub.telling import Places, Teller

SECURITY, REGION, TABLE = "222222222222", "eu-central-1", "told"
ACCOUNT, OTHER = "666666666666", "777777777777"
CRITICAL, WARNING, INFO = PatchEventSeverity
NOW = dt.datetime(2026, 12, 19, 3, tzinfo=dt.UTC)
SECOND, QUIET = dt.timedelta(seconds=1), dt.timedelta(hours=24)
SETTINGS = EventHubSettings(
    accounts=frozenset(), ops_items=frozenset({CRITICAL}), quiet_period=QUIET, runbooks="docs/runbooks"
)

EVENT = PatchEvent(
    kind=PatchEventKind.WINDOW,
    severity=CRITICAL,
    account=ACCOUNT,
    account_name="shop-prod",
    region=REGION,
    rollout="web",
    ring="prod",
    patch_group="prod-web",
    subject="mw-0123456789abcdef0",
    subject_name="web-prod-install",
    status="FAILED",
    happened_at=NOW - SECOND,
    facts=("window-execution/1/FAILED",),
    title="Window web-prod-install FAILED in shop-prod",
    text="The window web-prod-install of ring prod ended with status FAILED.",
    next_step="Find the task with: aws ssm describe-maintenance-window-execution-tasks",
)


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


def test_an_account_that_is_listed_may_send() -> None:
    assert accept(event_of(EVENT), replace(SETTINGS, accounts=frozenset({ACCOUNT})), now=NOW) == EVENT


def test_clocks_may_differ_a_little() -> None:
    ahead = replace(EVENT, happened_at=NOW + dt.timedelta(minutes=5))
    assert accept(event_of(ahead), SETTINGS, now=NOW) == ahead


@pytest.mark.parametrize(
    ("event", "refusal"),
    [
        (event_of(EVENT, sender=OTHER), "account 777777777777: it speaks of account '666666666666'"),
        (event_of(replace(EVENT, account=OTHER)), "it speaks of account '777777777777'"),
        (
            event_of(replace(EVENT, account=SECURITY), sender=SECURITY),
            "account 222222222222: it is not among the accounts that may send",
        ),
        (event_of(EVENT, source="aws.ssm"), "no event of patching, got aws.ssm"),
        (
            event_of(EVENT, **{"detail-type": "Patching Ring Run Finished"}),
            "no event of patching, got .*Ring Run",
        ),
        (event_of(EVENT, detail={}), "facts: not a list of texts, got None"),
        (event_of(EVENT, detail={**EVENT.to_data(), "severity": "FATAL"}), "'FATAL' is not a valid"),
        (event_of(replace(EVENT, region="x" * 3000)), "it speaks of no Region"),
        (event_of(replace(EVENT, happened_at=NOW + dt.timedelta(minutes=6))), "it speaks of .* and it is"),
        (event_of(replace(EVENT, facts=tuple(map(str, range(101))))), "101 facts are more than 100"),
        (event_of(replace(EVENT, facts=("é" * 513,))), "a fact is longer than 1024 bytes"),
    ],
    ids=[
        "for another account",
        "of another account",
        "of an account that is not listed",
        "another source",
        "another type",
        "no event",
        "no severity",
        "no Region",
        "to come",
        "too many facts",
        "too long a fact",
    ],
)
def test_what_is_refused(event: dict[str, Any], refusal: str) -> None:
    listed = replace(SETTINGS, accounts=frozenset({ACCOUNT, OTHER}))
    with pytest.raises(RefusedEventError, match=refusal):
        accept(event, listed, now=NOW)


# --- what people read ---


def test_a_mail_says_what_happened_where_and_what_to_do() -> None:
    assert subject(EVENT) == "CRITICAL: Window web-prod-install FAILED in shop-prod"
    assert text(EVENT, runbooks="docs/runbooks/").splitlines() == [
        "Window web-prod-install FAILED in shop-prod",
        "",
        "The window web-prod-install of ring prod ended with status FAILED.",
        "",
        "Account: shop-prod (666666666666), Region eu-central-1",
        "Ring: prod of rollout web, patch group prod-web",
        "Maintenance window: web-prod-install (mw-0123456789abcdef0), status FAILED",
        "Time: 2026-12-19T02:59:59+00:00",
        "",
        "What to do: Find the task with: aws ssm describe-maintenance-window-execution-tasks",
        "",
        "Runbook: docs/runbooks/patching-event.md",
    ]


def test_what_nobody_knows_is_said() -> None:
    unknown = replace(EVENT, ring=None, patch_group=None, next_step="", unknown="the window is gone")
    told = text(unknown, runbooks="docs/runbooks")
    assert "Ring: unknown of rollout web\n" in told
    assert "Not known: the window is gone" in told
    assert "What to do" not in told


def test_a_chat_message_has_the_form_of_custom_notifications() -> None:
    message = json.loads(chat(EVENT, runbooks="docs/runbooks"))
    assert (message["version"], message["source"]) == ("1.0", "custom")
    assert message["content"]["textType"] == "client-markdown"
    assert message["content"]["title"] == "CRITICAL: Window web-prod-install FAILED in shop-prod"
    assert message["content"]["description"].startswith("The window web-prod-install of ring prod")
    assert message["content"]["nextSteps"] == [EVENT.next_step, "Runbook: docs/runbooks/patching-event.md"]


def test_what_an_account_says_is_no_format_no_line_and_no_mention() -> None:
    evil = replace(
        EVENT,
        title='{0} %s ${x} "quoted"\r\nSubject: other',
        text="<!channel> see [this](https://example.com)\x00\u202e",
        account_name="a\nSeverity: INFO",
        ring="é",
    )
    assert subject(evil) == 'CRITICAL: {0} %s ${x} "quoted" Subject: other'
    lines = text(evil, runbooks="docs/runbooks").splitlines()
    assert "Severity: INFO" not in lines, "an account cannot write a line of its own"
    content = json.loads(chat(evil, runbooks="docs/runbooks"))["content"]
    assert content["title"] == 'CRITICAL: {0} %s ${x} "quoted" Subject: other'
    assert "<" not in content["description"]
    assert "](" not in content["description"]


@given(
    st.builds(
        replace,
        st.just(EVENT),
        title=st.text(min_size=1, max_size=3000),
        text=st.text(min_size=1, max_size=9000),
        next_step=st.text(max_size=9000),
        account_name=st.text(min_size=1, max_size=600),
        subject=st.text(min_size=1, max_size=600),
        ring=st.none() | st.text(min_size=1, max_size=600),
        facts=st.lists(st.text(min_size=1), min_size=1).map(tuple),
    )
)
@settings(max_examples=50)
def test_every_message_is_one_that_aws_takes(event: PatchEvent) -> None:
    told = subject(event)
    assert len(told) < 100
    assert told.isascii()
    assert told.isprintable()
    assert len(text(event, runbooks="r").encode()) < 262_144
    assert len(chat(event, runbooks="r").encode()) < 262_144
    request = ops_item(event, runbooks="r", partition="aws")
    with in_process():
        # The local AWS holds the request against the constraints of AWS's own API model.
        client("ssm", account=SECURITY, region=REGION).create_ops_item(**request)
    (resource,) = json.loads(request["OperationalData"]["/aws/resources"]["Value"])
    assert resource["arn"].startswith(f"arn:aws:ssm:{REGION}:{ACCOUNT}:maintenancewindow/")


@pytest.mark.parametrize(
    ("kind", "about", "arn"),
    [
        (PatchEventKind.WINDOW, "mw-1", "arn:aws-cn:ssm:eu-central-1:666666666666:maintenancewindow/mw-1"),
        (PatchEventKind.COMPLIANCE, "i-1", "arn:aws-cn:ec2:eu-central-1:666666666666:instance/i-1"),
        (PatchEventKind.COMPLIANCE, "mi-1", "arn:aws-cn:ssm:eu-central-1:666666666666:managed-instance/mi-1"),
        (PatchEventKind.COMMAND, "c-1", None),
    ],
)
def test_an_ops_item_names_what_it_is_about(kind: PatchEventKind, about: str, arn: str | None) -> None:
    data = ops_item(replace(EVENT, kind=kind, subject=about), runbooks="r", partition="aws-cn")
    resources = data["OperationalData"].get("/aws/resources")
    assert (None if resources is None else json.loads(resources["Value"])) == (
        None if arn is None else [{"arn": arn}]
    )


# --- who is told ---


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

    def teller(self, *, sns: Any = None, ssm: Any = None, **places: Any) -> Teller:
        topics = {"topic_arns": self.topics, "chat_topic_arns": self.chat_topics}
        return Teller(
            sns=sns or self.sns,
            ssm=ssm or self.ssm,
            claims=Claims(dynamodb=self.dynamodb, table_name=TABLE, quiet_period=QUIET),
            places=Places(**{**topics, **places}),
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


ALL_TOLD = {"topic": "told", "chat": "told", "ops-item": "told"}
NONE_TOLD = dict.fromkeys(ALL_TOLD, "duplicate")


def test_what_is_critical_is_told_in_every_way_that_is_chosen(room: Room) -> None:
    assert room.teller().tell(EVENT, event_id="1", now=NOW) == ALL_TOLD
    (mail,) = room.read(CRITICAL)
    assert (mail["Subject"], mail["Message"]) == (subject(EVENT), text(EVENT, runbooks="docs/runbooks"))
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
    assert json.loads(shown["Message"]) == json.loads(chat(EVENT, runbooks="docs/runbooks"))
    (item,) = room.ops_items()
    assert (item["Severity"], item["Source"]) == ("1", "patching-constructs")
    assert item["OperationalData"]["ring"]["Value"] == "prod"
    assert room.read(WARNING) == []


def test_each_severity_goes_where_it_should(room: Room) -> None:
    assert room.teller().tell(replace(EVENT, severity=WARNING), event_id="1", now=NOW) == {"topic": "told"}
    assert room.teller().tell(replace(EVENT, severity=INFO), event_id="2", now=NOW) == {}
    assert (len(room.read(WARNING)), room.read(CRITICAL), room.read("chat")) == (1, [], [])
    assert room.ops_items() == []


@pytest.mark.parametrize("second_id", ["1", "2"], ids=["delivered twice", "told by another event"])
def test_nobody_is_told_twice(room: Room, second_id: str) -> None:
    teller = room.teller()
    teller.tell(EVENT, event_id="1", now=NOW)
    assert teller.tell(EVENT, event_id=second_id, now=NOW + QUIET - SECOND) == NONE_TOLD
    assert (len(room.read(CRITICAL)), len(room.read("chat")), len(room.ops_items())) == (1, 1, 1)


def test_after_the_quiet_period_it_is_told_again_although_dynamodb_has_deleted_nothing(room: Room) -> None:
    teller = room.teller()
    teller.tell(EVENT, event_id="1", now=NOW)
    again = teller.tell(EVENT, event_id="2", now=NOW + QUIET)
    assert again["topic"] == "told"
    assert len(room.read(CRITICAL)) == 2
    assert len(room.ops_items()) == 1, "an OpsItem that is open is not opened again"


def test_one_new_fact_is_enough_and_no_new_fact_is_not(room: Room) -> None:
    teller = room.teller()
    window = replace(EVENT, facts=("window/1", "command/1"))
    teller.tell(window, event_id="1", now=NOW)
    assert teller.tell(replace(EVENT, facts=("command/1",)), event_id="2", now=NOW) == NONE_TOLD
    assert teller.tell(replace(EVENT, facts=("command/1", "command/2")), event_id="3", now=NOW) == ALL_TOLD
    assert teller.tell(replace(EVENT, facts=("command/2", "window/1")), event_id="4", now=NOW) == NONE_TOLD


def test_no_account_or_region_silences_another(room: Room) -> None:
    teller = room.teller()
    for account, region in ((ACCOUNT, REGION), (OTHER, REGION), (ACCOUNT, "eu-west-1")):
        elsewhere = replace(EVENT, account=account, region=region)
        assert teller.tell(elsewhere, event_id="1", now=NOW) == ALL_TOLD
    assert len(room.ops_items()) == 3


def test_what_was_told_to_some_does_not_count_as_told_to_others(room: Room) -> None:
    teller = room.teller()
    teller.tell(replace(EVENT, severity=WARNING), event_id="1", now=NOW)
    assert teller.tell(EVENT, event_id="2", now=NOW) == ALL_TOLD


def test_a_subscriber_may_filter_by_ring(room: Room) -> None:
    (subscription,) = room.sns.list_subscriptions_by_topic(TopicArn=room.topics[CRITICAL])["Subscriptions"]
    room.sns.set_subscription_attributes(
        SubscriptionArn=subscription["SubscriptionArn"],
        AttributeName="FilterPolicy",
        AttributeValue='{"ring": ["staging"]}',
    )
    room.teller().tell(replace(EVENT, ring="prod"), event_id="1", now=NOW)
    room.teller().tell(replace(EVENT, ring=None, facts=("2",)), event_id="2", now=NOW)
    room.teller().tell(replace(EVENT, ring="staging", facts=("3",)), event_id="3", now=NOW)
    assert len(room.read(CRITICAL)) == 1


# --- what goes wrong half way ---


class Crash(BaseException):
    """The function is gone: no handler of errors runs."""


def _dying(*_: Any, **__: Any) -> None:
    raise Crash


def _failing(*_: Any, **__: Any) -> None:
    raise ClientError({"Error": {"Code": "InternalError", "Message": "not now"}}, "Publish")


def test_an_event_whose_function_died_goes_on_when_it_comes_again(room: Room) -> None:
    with pytest.raises(Crash):  # nothing real dies on demand
        room.teller(sns=SimpleNamespace(publish=_dying)).tell(EVENT, event_id="1", now=NOW)
    assert room.teller().tell(EVENT, event_id="1", now=NOW + SECOND) == ALL_TOLD
    assert room.teller().tell(EVENT, event_id="1", now=NOW + 2 * SECOND) == NONE_TOLD


def test_what_another_function_is_telling_is_left_to_it_until_it_cannot_be_alive(room: Room) -> None:
    with pytest.raises(Crash):
        room.teller(sns=SimpleNamespace(publish=_dying)).tell(EVENT, event_id="1", now=NOW)
    early = room.teller().tell(EVENT, event_id="2", now=NOW + LONGEST_RUN - SECOND)
    assert early["topic"] == "duplicate"
    assert room.teller().tell(EVENT, event_id="3", now=NOW + LONGEST_RUN)["topic"] == "told"
    assert room.teller().tell(EVENT, event_id="1", now=NOW + 2 * LONGEST_RUN)["topic"] == "duplicate"
    assert len(room.read(CRITICAL)) == 1


def test_a_way_that_fails_keeps_no_other_from_telling_and_is_told_alone_when_it_comes_again(
    room: Room,
) -> None:
    gone = {"topic_arns": {CRITICAL: f"arn:aws:sns:{REGION}:{SECURITY}:gone"}}
    with pytest.raises(ExceptionGroup, match="event 1 of account 666666666666 could not be told") as failed:
        room.teller(**gone).tell(EVENT, event_id="1", now=NOW)
    assert len(failed.value.exceptions) == 1
    assert (len(room.read("chat")), len(room.ops_items())) == (1, 1)
    assert room.teller().tell(EVENT, event_id="1", now=NOW + SECOND) == {**NONE_TOLD, "topic": "told"}
    assert (len(room.read(CRITICAL)), len(room.read("chat"))) == (1, 0)


def test_an_ops_item_that_stands_open_already_is_fine_and_another_refusal_is_not(room: Room) -> None:
    room.ssm.create_ops_item(**ops_item(EVENT, runbooks="docs/runbooks", partition="aws"))
    assert room.teller().tell(EVENT, event_id="1", now=NOW) == ALL_TOLD
    other = replace(EVENT, facts=("other",))
    with pytest.raises(ExceptionGroup):
        room.teller(ssm=SimpleNamespace(create_ops_item=_failing)).tell(other, event_id="2", now=NOW)


def test_a_table_that_cannot_be_written_is_an_error(room: Room) -> None:
    room.dynamodb.delete_table(TableName=TABLE)
    with pytest.raises(ExceptionGroup):
        room.teller().tell(EVENT, event_id="1", now=NOW)
    assert room.read(CRITICAL) == []


class _Recorder:
    """Stands for SNS, to die or fail on demand and to count what arrived."""

    def __init__(self) -> None:
        self.sent = 0
        self.before: Any = None
        self.after: Any = None

    def publish(self, **_: str) -> None:
        if self.before:
            self.before()
        self.sent += 1
        if self.after:
            self.after()


FACTS = st.lists(st.sampled_from("abcde"), min_size=1, max_size=3, unique=True).map(tuple)
OUTCOMES = st.sampled_from(["well", "dies before", "dies after", "fails"])


@given(
    events=st.lists(FACTS, min_size=1, max_size=4),
    deliveries=st.lists(st.tuples(st.integers(0, 3), OUTCOMES), max_size=12),
    breaks=st.booleans(),
)
@settings(max_examples=60)
def test_every_fact_is_told_at_least_once_and_exactly_once_if_nothing_breaks(
    events: Sequence[tuple[str, ...]], deliveries: Sequence[tuple[int, str]], breaks: bool
) -> None:
    """Deliveries in any order and number; Lambda repeats what died or failed until it went well."""
    with in_process():
        recorder, room, now = _Recorder(), Room(), NOW
        teller = room.teller(sns=recorder, chat_topic_arns={})
        told: set[str] = set()
        news = 0
        queue = [(each % len(events), how if breaks else "well") for each, how in deliveries]
        queue += [(each, "well") for each in range(len(events))]
        while queue:
            each, how = queue.pop(0)
            now += SECOND
            recorder.before = {"dies before": _dying, "fails": _failing}.get(how)
            recorder.after = _dying if how == "dies after" else None
            sent = recorder.sent
            event = replace(EVENT, severity=WARNING, facts=events[each])
            try:
                teller.tell(event, event_id=str(each), now=now)
            except (Crash, ExceptionGroup):
                queue.append((each, "well"))
            news += not told.issuperset(events[each])
            if recorder.sent > sent:
                told.update(events[each])
        assert told == {fact for facts in events for fact in facts}
        if not breaks:
            assert recorder.sent == news


# --- as Lambda starts it ---


CONTEXT = SimpleNamespace(invoked_function_arn=f"arn:aws:lambda:{REGION}:{SECURITY}:function:hub")
PAST = replace(EVENT, happened_at=NOW.replace(year=2020))


@pytest.fixture
def started(room: Room, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Room:
    (tmp_path / SETTINGS_FILE).write_text(SETTINGS.to_json())
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    monkeypatch.setenv("TABLE_NAME", TABLE)
    monkeypatch.setenv("CRITICAL_TOPIC_ARN", room.topics[CRITICAL])
    monkeypatch.setenv("CRITICAL_CHAT_TOPIC_ARN", room.chat_topics[CRITICAL])
    monkeypatch.setattr("boto3.client", lambda name, *, config: getattr(room, name))  # noqa: ARG005
    return room


def test_the_handler_tells_once_and_logs_one_line_for_each_event(
    started: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        hub.handler(event_of(PAST), CONTEXT)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["outcomes"] for line in lines] == [ALL_TOLD, NONE_TOLD]
    assert {line["event-id"] for line in lines} == {"11111111-1111-1111-1111-111111111111"}
    assert len(started.read(CRITICAL)) == 1


def test_the_handler_tells_nothing_of_an_event_that_it_refuses(started: Room) -> None:
    with pytest.raises(RefusedEventError):
        hub.handler(event_of(PAST, sender=OTHER), CONTEXT)
    assert started.read(CRITICAL) == []
    assert started.dynamodb.scan(TableName=TABLE)["Items"] == []


def test_the_handler_reads_the_settings_that_the_construct_writes() -> None:
    assert hub.SETTINGS_FILE == SETTINGS_FILE
    assert EventHubSettings.from_json(SETTINGS.to_json()) == SETTINGS
