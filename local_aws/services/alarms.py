"""Evaluate deployed alarms by the metrics that were published.

See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import bisect
import functools
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from local_aws.aws import client
from local_aws.errors import NotEmulatedError
from local_aws.services.alarm_rule import alarms_in, holds
from local_aws.services.moto_seams import metric_data

_MORE_PERIODS = 2
"""How many periods CloudWatch looks back further than configured: the number of AWS's example.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}
_STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Average": lambda values: sum(values) / len(values),
    "Maximum": max,
    "Minimum": min,
    "SampleCount": len,
    "Sum": sum,
}

_Metric = tuple[str, str, frozenset[tuple[str, str]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmChange:
    """A change of the state of an alarm.

    Attributes:
        at: When.
        alarm_name: Name of the alarm.
        before: The state that it had.
        after: The state that it has.
        notified: Topics that CloudWatch notifies.
    """

    at: datetime
    alarm_name: str
    before: str
    after: str
    notified: tuple[str, ...]


class AlarmClock:
    """Judges the alarms of an account and Region, whenever it is asked to.

    It takes alarms on one metric and composite alarms. Only periods are judged that metrics were published
    for with exactly the dimensions of the alarm, as CloudWatch does. Alarms are read when they are judged
    first; later ones are not known.

    Args:
        account: The account.
        region: The Region.

    Attributes:
        changes: All changes so far.
        undecided: Names of the alarms on one metric whose latest data speak against their state: they change
            if that goes on for long enough.
    """

    def __init__(self, *, account: str, region: str) -> None:
        self._cloudwatch = client("cloudwatch", account=account, region=region)
        self._where = account, region
        self._seen = 0
        self._points: dict[_Metric, list[tuple[datetime, float]]] = {}
        self.changes: list[AlarmChange] = []
        self.undecided: tuple[str, ...] = ()

    def judge(self, now: datetime) -> list[AlarmChange]:
        """Set the state of every alarm, and give the changes.

        Args:
            now: The time, with a time zone. Periods end there, as they do each time that CloudWatch looks.
        """
        self._read_points()
        before = {name: alarm["StateValue"] for name, alarm in self.alarms.items()}
        undecided = []
        for name in self._order:
            alarm = self.alarms[name]
            if "AlarmRule" in alarm:
                states = {each: self.alarms[each]["StateValue"] for each in self.alarms}
                alarm["StateValue"] = "ALARM" if holds(alarm["AlarmRule"], states) else "OK"
                continue
            breaches = self._breaches(alarm, now)
            alarm["StateValue"] = _state(alarm, breaches)
            if breaches[0] is not None and breaches[0] != (alarm["StateValue"] == "ALARM"):
                undecided.append(name)
        self.undecided = tuple(undecided)
        changes = [
            AlarmChange(
                at=now,
                alarm_name=name,
                before=before[name],
                after=alarm["StateValue"],
                notified=tuple(alarm.get(_ACTIONS[alarm["StateValue"]], ()))
                if alarm["ActionsEnabled"]
                else (),
            )
            for name, alarm in self.alarms.items()
            if alarm["StateValue"] != before[name]
        ]
        for change in changes:
            self._cloudwatch.set_alarm_state(
                AlarmName=change.alarm_name, StateValue=change.after, StateReason=f"judged at {now}"
            )
        self.changes += changes
        return changes

    @functools.cached_property
    def alarms(self) -> dict[str, dict[str, Any]]:
        """The alarms by name, as CloudWatch describes them, with their present state."""
        pages = self._cloudwatch.get_paginator("describe_alarms").paginate()
        return {
            alarm["AlarmName"]: alarm
            for page in pages
            for alarm in (*page["MetricAlarms"], *page["CompositeAlarms"])
        }

    @functools.cached_property
    def _order(self) -> list[str]:
        """The alarms so that each comes after those that it is about."""
        rules = {name: alarm["AlarmRule"] for name, alarm in self.alarms.items() if "AlarmRule" in alarm}
        return [*(name for name in self.alarms if name not in rules), *_inner_first(rules)]

    def _read_points(self) -> None:
        data = metric_data(*self._where)
        for datum in data[self._seen :]:
            if not hasattr(datum, "value"):
                raise NotEmulatedError("sets of statistics are not part of the local AWS")
            key = (
                datum.namespace,
                datum.name,
                frozenset((dimension.name, dimension.value) for dimension in datum.dimensions),
            )
            at = datum.timestamp if datum.timestamp.tzinfo else datum.timestamp.replace(tzinfo=UTC)
            bisect.insort(self._points.setdefault(key, []), (at, datum.value))
        self._seen = len(data)

    def _breaches(self, alarm: Mapping[str, Any], now: datetime) -> list[bool | None]:
        """Return whether each period was beyond the threshold, None without data; the latest first."""
        if "MetricName" not in alarm or "Statistic" not in alarm:
            raise NotEmulatedError(f"only alarms on one metric are judged, not {alarm['AlarmName']}")
        key = (
            alarm["Namespace"],
            alarm["MetricName"],
            frozenset((item["Name"], item["Value"]) for item in alarm["Dimensions"]),
        )
        compare = _COMPARISONS[alarm["ComparisonOperator"]]
        values = self._values(
            key,
            now=now,
            period=timedelta(seconds=alarm["Period"]),
            periods=alarm["EvaluationPeriods"] + _MORE_PERIODS,
            statistic=_STATISTICS[alarm["Statistic"]],
        )
        return [None if value is None else compare(value, alarm["Threshold"]) for value in values]

    def _values(
        self,
        key: _Metric,
        *,
        now: datetime,
        period: timedelta,
        periods: int,
        statistic: Callable[[Sequence[float]], float],
    ) -> list[float | None]:
        found: list[list[float]] = [[] for _ in range(periods)]
        for at, value in reversed(self._points.get(key, ())):
            number = (now - at) // period
            if number >= periods:
                break
            if number >= 0:
                found[number].append(value)
        return [statistic(values) if values else None for values in found]


def _state(alarm: Mapping[str, Any], breaches: Sequence[bool | None]) -> str:
    periods = alarm["EvaluationPeriods"]
    return state_of(
        breaches,
        periods=periods,
        to_alarm=alarm.get("DatapointsToAlarm") or periods,
        missing=alarm.get("TreatMissingData") or "missing",
        state=alarm["StateValue"],
    )


def state_of(
    breaches: Sequence[bool | None], *, periods: int, to_alarm: int, missing: str, state: str
) -> str:
    """Judge an alarm.

    Args:
        breaches: Whether each period is beyond the threshold, None without data; the latest first.
        periods: How many are judged.
        to_alarm: How many of them have to be beyond it.
        missing: What missing data mean, in CloudWatch's words.
        state: The state so far.

    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """
    real = [breach for breach in breaches if breach is not None][:periods]
    filled = periods - len(real)
    bad = sum(real)
    if filled and missing == "breaching":
        bad, filled = bad + filled, 0
    if bad >= to_alarm:
        return "ALARM"
    if not filled or missing == "notBreaching" or bad + filled < to_alarm:
        return "OK"
    if missing == "ignore":
        return state
    return "ALARM" if bad else "INSUFFICIENT_DATA"


def _inner_first(rules: Mapping[str, str]) -> Iterator[str]:
    """Give composite alarms so that each comes after those that its rule is about."""
    left = dict(rules)
    while left:
        ready = [name for name, rule in left.items() if not (alarms_in(rule) & left.keys())]
        if not ready:
            raise NotEmulatedError(f"composite alarms that are about each other: {', '.join(sorted(left))}")
        for name in ready:
            yield name
            del left[name]


_ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
