"""The alarms that fired in the quarter, and when rings were not healthy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from demo.quarter.figures import RingPlace
from demo.quarter.patches import END
from local_aws.services.alarm_rule import alarms_in
from local_aws.services.alarms import AlarmClock
from patching_constructs.contracts.compliance_metrics import RING_DIMENSION

Where = tuple[str, str]
Span = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class FiredAlarm:
    """An alarm that fired.

    Attributes:
        ring: Label of the ring, or of the first ring of the account that the alarm is about.
        is_of_account: Whether it is about the account.
        at: When it notified people.
        until: When it was over, or None if it is still in ALARM.
        sentence: The first sentence of its message.
    """

    ring: str
    is_of_account: bool
    at: datetime
    until: datetime | None
    sentence: str


def fired_alarms(rings: Sequence[RingPlace], clocks: Mapping[Where, AlarmClock]) -> list[FiredAlarm]:
    """List the alarms that notified people, in order of time."""
    labels = _labels(rings)
    return sorted(
        (
            FiredAlarm(
                ring=labels[where, _ring_of(clock.alarms[name])],
                is_of_account=_ring_of(clock.alarms[name]) is None,
                at=start,
                until=end,
                sentence=_first_sentence(clock.alarms[name]["AlarmDescription"]),
            )
            for where, clock in clocks.items()
            for name, start, end, is_notified in _times_in_alarm(clock)
            if is_notified
        ),
        key=lambda fired: fired.at,
    )


def unhealthy_times(rings: Sequence[RingPlace], clocks: Mapping[Where, AlarmClock]) -> dict[str, list[Span]]:
    """Return when the health alarm of each ring was not OK, by the label of the ring."""
    times: dict[str, list[Span]] = {ring.label: [] for ring in rings}
    labels = _labels(rings)
    for where, clock in clocks.items():
        for name, start, end, _ in _times_in_alarm(clock):
            rule = clock.alarms[name].get("AlarmRule", "")
            about = {_ring_of(clock.alarms[inner]) for inner in alarms_in(rule)} - {None}
            for ring in about:
                times[labels[where, ring]].append((start, end or END))
    return times


def _times_in_alarm(clock: AlarmClock) -> Iterator[tuple[str, datetime, datetime | None, bool]]:
    """Yield name, start and end of each time in ALARM, and whether people were notified."""
    for number, change in enumerate(clock.changes):
        if change.after == "ALARM":
            later = (each for each in clock.changes[number + 1 :] if each.alarm_name == change.alarm_name)
            end = next((each.at for each in later), None)
            yield change.alarm_name, change.at, end, bool(change.notified)


def _labels(rings: Sequence[RingPlace]) -> dict[tuple[Where, str | None], str]:
    """Find the label of a ring by its place and name, and that of a place's first ring by None."""
    labels: dict[tuple[Where, str | None], str] = {}
    for ring in rings:
        where = ring.place.account, ring.place.region
        labels[where, ring.name] = ring.label
        labels.setdefault((where, None), ring.label)
    return labels


def _ring_of(alarm: Mapping[str, Any]) -> str | None:
    return next(
        (item["Value"] for item in alarm.get("Dimensions", ()) if item["Name"] == RING_DIMENSION), None
    )


def _first_sentence(description: str) -> str:
    return description.partition(". ")[0] + "."
