"""Alarms of the local AWS are judged as CloudWatch judges them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local_aws.errors import NotEmulatedError
from local_aws.services.alarm_rule import alarms_in, holds
from local_aws.services.alarms import AlarmClock, state_of
from tests.local_aws.conftest import ACCOUNT, REGION, Deploy

START = datetime(2026, 12, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
TOPIC = "arn:aws:sns:eu-west-1:111111111111:alerts"

BREACHES = {"0": False, "X": True, "-": None}
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")


@pytest.mark.parametrize(
    ("points", "to_alarm", "expected"),
    [
        ("0-X-X", 3, ("OK", "OK", "OK", "OK")),
        ("----0", 3, ("OK", "OK", "OK", "OK")),
        ("-----", 3, ("INSUFFICIENT_DATA", "same", "ALARM", "OK")),
        ("0XX-X", 3, ("ALARM", "ALARM", "ALARM", "ALARM")),
        ("--X--", 3, ("ALARM", "same", "ALARM", "OK")),
        ("0-X-X", 2, ("ALARM", "ALARM", "ALARM", "ALARM")),
        ("00X0X", 2, ("ALARM", "ALARM", "ALARM", "ALARM")),
        ("0-X--", 2, ("ALARM", "same", "ALARM", "OK")),
        ("----X", 2, ("ALARM", "same", "ALARM", "OK")),
    ],
)
def test_missing_data_as_in_the_tables_of_aws(points: str, to_alarm: int, expected: tuple[str, ...]) -> None:
    """Three periods are judged and five are looked at; the tables show the oldest first.

    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """
    judged = tuple(
        state_of(
            [BREACHES[point] for point in reversed(points)],
            periods=3,
            to_alarm=to_alarm,
            missing=missing,
            state="same",
        )
        for missing in TREATMENTS
    )
    assert judged == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ('ALARM("a")', True),
        ("ALARM(a) AND OK(b)", True),
        ('OK("arn:aws:cloudwatch:eu-west-1:111111111111:alarm:b")', True),
        ('NOT (OK("a") AND OK("b"))', True),
        ('(NOT ((OK("b"))))', False),
        ("OK(a) OR OK(b) AND FALSE", False),
        ("(OK(a) OR OK(b)) AND TRUE", True),
        ("INSUFFICIENT_DATA(c) AND NOT ALARM(b)", True),
    ],
)
def test_rules_of_composite_alarms(rule: str, expected: bool) -> None:
    assert holds(rule, {"a": "ALARM", "b": "OK", "c": "INSUFFICIENT_DATA"}) is expected


@pytest.mark.parametrize("rule", ["", "ALARM(a) ALARM(b)", "(ALARM(a)", "MAYBE(a)", "NOT", "ALARM(a) AND"])
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(NotEmulatedError, match="not a rule"):
        holds(rule, {"a": "OK", "b": "OK"})


def test_alarms_of_a_rule() -> None:
    assert alarms_in('NOT (OK("x:alarm:a") AND ALARM("b"))') == {"a", "b"}


def alarm(name: str, **properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": name,
            "Namespace": "Test",
            "MetricName": "Failures",
            "Dimensions": [{"Name": "Ring", "Value": "prod"}],
            "Statistic": "Maximum",
            "Period": 3600,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "AlarmActions": [TOPIC],
            **properties,
        },
    }


def put(aws: Any, value: float, at: datetime, **dimensions: str) -> None:
    aws("cloudwatch").put_metric_data(
        Namespace="Test",
        MetricData=[
            {
                "MetricName": "Failures",
                "Value": value,
                "Timestamp": at,
                "Dimensions": [
                    {"Name": key, "Value": text} for key, text in ({"Ring": "prod"} | dimensions).items()
                ],
            }
        ],
    )


def test_alarms_ring_when_the_metric_comes_and_composites_follow(aws: Any, deploy: Deploy) -> None:
    health = {
        "Type": "AWS::CloudWatch::CompositeAlarm",
        "Properties": {
            "AlarmName": "health",
            "AlarmRule": {"Fn::Sub": 'NOT (OK("${Failures.Arn}") AND NOT ALARM("${Inner.Arn}"))'},
        },
    }
    inner = {
        "Type": "AWS::CloudWatch::CompositeAlarm",
        "Properties": {"AlarmName": "inner", "AlarmRule": {"Fn::Sub": 'ALARM("${Failures.Arn}")'}},
    }
    deploy({"Failures": alarm("failures"), "Health": health, "Inner": inner})
    clock = AlarmClock(account=ACCOUNT, region=REGION)

    def states(now: datetime) -> dict[str, str]:
        return {change.alarm_name: change.after for change in clock.judge(now)}

    assert states(START) == {"health": "ALARM", "inner": "OK"}  # no one knows, so it is not healthy
    put(aws, 0, START)
    assert states(START) == {"failures": "OK", "health": "OK"}
    put(aws, 3, START + HOUR, OperatingSystem="WINDOWS")  # another metric
    put(aws, 0, START + HOUR)
    assert states(START + HOUR) == {}
    put(aws, 1, START + 2 * HOUR)
    assert states(START + 2 * HOUR) == {"failures": "ALARM", "inner": "ALARM", "health": "ALARM"}
    (fired,) = (change for change in clock.changes if change.notified)
    assert (fired.alarm_name, fired.before, fired.at) == ("failures", "OK", START + 2 * HOUR)
    described = aws("cloudwatch").describe_alarms(AlarmNames=["failures", "health"])
    assert {a["StateValue"] for a in (*described["MetricAlarms"], *described["CompositeAlarms"])} == {"ALARM"}


def test_several_periods_have_to_be_bad(aws: Any, deploy: Deploy) -> None:
    deploy({"Failures": alarm("failures", EvaluationPeriods=3, TreatMissingData="ignore")})
    clock = AlarmClock(account=ACCOUNT, region=REGION)
    found = []
    for hour, value in enumerate([0, 0, 0, 1, 1, 1, 0]):
        put(aws, value, START + hour * HOUR)
        found += [(hour, change.after) for change in clock.judge(START + hour * HOUR)]
    assert found == [(0, "OK"), (5, "ALARM"), (6, "OK")]


def test_what_is_not_judged_is_said(aws: Any) -> None:
    aws("cloudwatch").put_metric_alarm(
        AlarmName="failures",
        Namespace="Test",
        MetricName="Failures",
        ExtendedStatistic="p99",
        Period=3600,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
    )
    with pytest.raises(NotEmulatedError, match="failures"):
        AlarmClock(account=ACCOUNT, region=REGION).judge(START)


def test_an_alarm_is_undecided_while_its_data_speak_against_its_state(aws: Any, deploy: Deploy) -> None:
    deploy({"Failures": alarm("failures", EvaluationPeriods=3, TreatMissingData="ignore")})
    clock = AlarmClock(account=ACCOUNT, region=REGION)
    found = []
    for hour, value in enumerate([0, 1, 1, 1, 0]):
        put(aws, value, START + hour * HOUR)
        clock.judge(START + hour * HOUR)
        found.append(clock.undecided)
    assert found == [(), ("failures",), ("failures",), (), ()]
    clock.judge(START + 20 * HOUR)
    assert clock.undecided == (), "without data nothing speaks against it"


def test_data_that_come_late_are_judged_by_their_time(aws: Any, deploy: Deploy) -> None:
    deploy({"Failures": alarm("failures", EvaluationPeriods=2, TreatMissingData="ignore")})
    clock = AlarmClock(account=ACCOUNT, region=REGION)
    put(aws, 1, START + HOUR)
    put(aws, 0, START - 9 * HOUR)
    put(aws, 1, START)
    assert [change.after for change in clock.judge(START + HOUR)] == ["ALARM"]
