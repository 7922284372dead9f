"""Deliveries of events at the same moment, in any interleaving, with functions that fail and die."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from local_aws.in_process import in_process
from patching_constructs.contracts.event_hub_settings import LONGEST_RUN
from patching_constructs.contracts.patch_event import PatchEventSeverity
from patching_constructs.lambdas.patch_event_hub.claims import Claims, InProgressError
from patching_constructs.lambdas.patch_event_hub.notifier import Destinations, Notifier
from tests.lambdas.test_event_hub import EVENT, NOW, QUIET, SETTINGS, TABLE, Crash, Room

WARNING = PatchEventSeverity.WARNING


class Worker(threading.Thread):
    """A delivery that stops before each call to AWS until it is allowed one more step."""

    def __init__(self, work: Callable[["Worker"], None]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._go, self._paused = threading.Semaphore(0), threading.Semaphore(0)
        self.is_done = False
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        self._go.acquire()
        try:
            self._work(self)
        except BaseException as error:
            self.error = error
        self.is_done = True
        self._paused.release()

    def pause(self) -> None:
        self._paused.release()
        self._go.acquire()

    def step(self) -> None:
        self._go.release()
        assert self._paused.acquire(timeout=20)


class PacedTable:
    """DynamoDB, one call at a step."""

    def __init__(self, dynamodb: Any, worker: Worker) -> None:
        self._dynamodb, self._worker = dynamodb, worker

    def put_item(self, **request: Any) -> Any:
        self._worker.pause()
        return self._dynamodb.put_item(**request)


class PacedTopic:
    """SNS, one call at a step, which may fail or end the function."""

    def __init__(self, sent: list[str], event_id: str, fault: str, worker: Worker) -> None:
        self._sent, self._event_id, self._fault, self._worker = sent, event_id, fault, worker

    def publish(self, **_: Any) -> None:
        self._worker.pause()
        if self._fault == "dies before":
            raise Crash
        if self._fault == "fails":
            raise ClientError({"Error": {"Code": "InternalError", "Message": "not now"}}, "Publish")
        self._sent.append(self._event_id)
        if self._fault == "dies after":
            raise Crash


class Deliveries:
    """A hub that gets several deliveries at once."""

    def __init__(self, events: Sequence[tuple[str, ...]]) -> None:
        self.room = Room()
        self.events = events
        self.now = NOW
        self.sent: list[str] = []

    def deliver(self, number: int, fault: str) -> Worker:
        event, event_id, now = (
            replace(EVENT, severity=WARNING, facts=self.events[number]),
            str(number),
            self.now,
        )

        def work(worker: Worker) -> None:
            Notifier(
                sns=PacedTopic(self.sent, event_id, fault, worker),
                ssm=None,
                claims=Claims(
                    dynamodb=PacedTable(self.room.dynamodb, worker), table_name=TABLE, quiet_period=QUIET
                ),
                destinations=Destinations(topic_arns={WARNING: "topic"}, chat_topic_arns={}),
                settings=SETTINGS,
            ).notify(event, event_id=event_id, now=now)

        return Worker(work)

    def at_once(self, planned: Sequence[tuple[int, str]], choose: Callable[[list[int]], int]) -> list[int]:
        """Let deliveries run together, in the chosen order of steps; return those that Lambda repeats."""
        workers = [self.deliver(number, fault) for number, fault in planned]
        while running := [place for place, worker in enumerate(workers) if not worker.is_done]:
            workers[choose(running)].step()
        # Lambda waits for a minute before it repeats what failed.
        self.now += LONGEST_RUN
        for worker in workers:
            assert isinstance(worker.error, Crash | ExceptionGroup | None)
        return [
            number for (number, _), worker in zip(planned, workers, strict=True) if worker.error is not None
        ]


FACTS = st.lists(st.sampled_from("abc"), min_size=1, max_size=2, unique=True).map(tuple)
FAULTS = st.sampled_from(["none", "none", "fails", "dies before", "dies after"])


@given(facts=FACTS, copies=st.integers(2, 3), data=st.data())
@settings(max_examples=60, deadline=None)
def test_deliveries_of_one_event_at_the_same_moment_notify_once(
    facts: tuple[str, ...], copies: int, data: st.DataObject
) -> None:
    with in_process():
        deliveries = Deliveries([facts])
        waiting = [0] * copies
        while waiting:
            waiting = deliveries.at_once(
                [(number, "none") for number in waiting], lambda running: data.draw(st.sampled_from(running))
            )
        assert deliveries.sent == ["0"]


@given(
    events=st.lists(FACTS, min_size=1, max_size=3),
    planned=st.lists(st.tuples(st.integers(0, 2), FAULTS), min_size=1, max_size=4),
    data=st.data(),
)
@settings(max_examples=80, deadline=None)
def test_every_fact_is_reported_at_least_once_and_no_event_twice_if_nothing_breaks(
    events: Sequence[tuple[str, ...]], planned: Sequence[tuple[int, str]], data: st.DataObject
) -> None:
    with in_process():
        deliveries = Deliveries(events)
        round_ = [(number % len(events), fault) for number, fault in planned]
        round_ += [(number, "none") for number in range(len(events))]
        breaks = any(fault != "none" for _, fault in round_)
        while round_:
            again = deliveries.at_once(round_, lambda running: data.draw(st.sampled_from(running)))
            round_ = [(number, "none") for number in again]
        reported = {fact for event_id in deliveries.sent for fact in events[int(event_id)]}
        assert reported == {fact for facts in events for fact in facts}
        if not breaks:
            assert max(Counter(deliveries.sent).values()) == 1
            assert len(deliveries.sent) <= len(reported), "each message reports a fact that no other does"


def test_a_delivery_that_meets_another_one_of_its_event_is_repeated() -> None:
    with in_process():
        deliveries = Deliveries([("a",)])
        first, second = deliveries.deliver(0, "none"), deliveries.deliver(0, "none")
        for _ in range(2):
            first.step()  # it has claimed the fact and is about to publish
        while not second.is_done:
            second.step()
        assert isinstance(second.error, ExceptionGroup)
        assert second.error.subgroup(InProgressError) is not None
        assert deliveries.sent == []
        while not first.is_done:
            first.step()
        assert (first.error, deliveries.sent) == (None, ["0"])


@pytest.mark.parametrize(("seconds", "repeated"), [(59, True), (60, False)])
def test_a_claim_lasts_as_long_as_a_function_may_run(seconds: int, repeated: bool) -> None:
    with in_process():
        deliveries = Deliveries([("a",)])
        assert deliveries.at_once([(0, "dies before")], lambda running: running[0]) == [0]
        deliveries.now = NOW.replace(second=0) + LONGEST_RUN * seconds / 60
        again = deliveries.at_once([(0, "none")], lambda running: running[0])
        assert (again == [0], deliveries.sent) == (repeated, [] if repeated else ["0"])
