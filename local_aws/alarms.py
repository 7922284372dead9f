"""Alarms that ring: deployed alarms are judged by the metrics that were published.

See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from local_aws.alarm_rule import alarms_in, holds
from local_aws.aws import client
from local_aws.errors import NotEmulatedError
from local_aws.moto_seams import metric_data

_MORE_PERIODS = 2
"""How many periods CloudWatch looks back further than it is told: the number of AWS's example.

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
class Change:
    """A change of the state of an alarm.

    Attributes:
        at: When.
        alarm_name: Name of the alarm.
        before: The state that it had.
        after: The state that it has.
        told: Topics that CloudWatch tells.
    """

    at: datetime
    alarm_name: str
    before: str
    after: str
    told: tuple[str, ...]


class AlarmClock:
    """Judges the alarms of an account and Region, whenever it is asked to.

    It takes alarms on one metric and composite alarms. Only periods are judged that metrics were published
    for with exactly the dimensions of the alarm, as CloudWatch does.

    Args:
        account: The account.
        region: The Region.

    Attributes:
        changes: All changes so far.
    """

    def __init__(self, *, account: str, region: str) -> None:
        self._cloudwatch = client("cloudwatch", account=account, region=region)
        self._where = account, region
        self._seen = 0
        self._points: dict[_Metric, list[tuple[datetime, float]]] = {}
        self.changes: list[Change] = []

    def judge(self, now: datetime) -> list[Change]:
        """Set the state of every alarm, and give the changes.

        Args:
            now: The time, with a time zone. Periods end there, as they do each time that CloudWatch looks.
        """
        self._read_points()
        described = self._cloudwatch.describe_alarms()
        alarms = {
            alarm["AlarmName"]: alarm
            for kind in ("MetricAlarms", "CompositeAlarms")
            for alarm in described[kind]
        }
        states = {name: alarm["StateValue"] for name, alarm in alarms.items()}
        before = dict(states)
        for alarm in described["MetricAlarms"]:
            states[alarm["AlarmName"]] = self._state(alarm, now)
        for name in _inner_first({a["AlarmName"]: a["AlarmRule"] for a in described["CompositeAlarms"]}):
            states[name] = "ALARM" if holds(alarms[name]["AlarmRule"], states) else "OK"
        changes = [
            Change(
                at=now,
                alarm_name=name,
                before=before[name],
                after=state,
                told=tuple(alarms[name].get(_ACTIONS[state], ())) if alarms[name]["ActionsEnabled"] else (),
            )
            for name, state in states.items()
            if state != before[name]
        ]
        for change in changes:
            self._cloudwatch.set_alarm_state(
                AlarmName=change.alarm_name, StateValue=change.after, StateReason=f"judged at {now}"
            )
        self.changes += changes
        return changes

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
            self._points.setdefault(key, []).append((at, datum.value))
        self._seen = len(data)

    def _state(self, alarm: Mapping[str, Any], now: datetime) -> str:
        if "MetricName" not in alarm or "Statistic" not in alarm:
            raise NotEmulatedError(f"only alarms on one metric are judged, not {alarm['AlarmName']}")
        key = (
            alarm["Namespace"],
            alarm["MetricName"],
            frozenset((item["Name"], item["Value"]) for item in alarm["Dimensions"]),
        )
        compare = _COMPARISONS[alarm["ComparisonOperator"]]
        periods = alarm["EvaluationPeriods"]
        values = self._values(
            key,
            now=now,
            period=timedelta(seconds=alarm["Period"]),
            periods=periods + _MORE_PERIODS,
            statistic=_STATISTICS[alarm["Statistic"]],
        )
        return state_of(
            [None if value is None else compare(value, alarm["Threshold"]) for value in values],
            periods=periods,
            to_alarm=alarm.get("DatapointsToAlarm") or periods,
            missing=alarm.get("TreatMissingData") or "missing",
            state=alarm["StateValue"],
        )

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
            if 0 <= number < periods:
                found[number].append(value)
        return [statistic(values) if values else None for values in found]


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
