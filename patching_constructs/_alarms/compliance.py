"""Alarms on what the compliance reporter publishes, and on the reporter itself.

All metrics of the reporter are published together, once in each report. What missing data mean is chosen for
each alarm: when no report comes, counts keep their last state (`ignore`), so that one silence does not ring
once for each of them, and only the alarm on silence takes missing data as bad (`breaching`).

See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from patching_constructs._alarms.kinds import (
    REPORTER_RUNBOOK,
    RING_HEALTH_RUNBOOK,
    AlarmKind,
    account_kinds,
    ring_kinds,
)
from patching_constructs.model.compliance_metrics import AccountMetric, ComplianceMetric
from patching_constructs.values.compliance_thresholds import AccountThresholds, ComplianceThresholds

if TYPE_CHECKING:  # the reporter brings more of the CDK than alarms without one need
    from patching_constructs.compliance_reporter import ComplianceReporter

_HOUR = cdk.Duration.hours(1)
_AT_LEAST = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
_BELOW = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
_KEEP_STATE = cloudwatch.TreatMissingData.IGNORE
_FINE = cloudwatch.TreatMissingData.NOT_BREACHING
_BAD = cloudwatch.TreatMissingData.BREACHING


@dataclass(frozen=True, kw_only=True, slots=True)
class Runbooks:
    """Where the pages stand that say what to do.

    Attributes:
        base: Address or path of the folder.
    """

    base: str

    def __call__(self, page: str) -> str:
        """Return the sentence that names a page."""
        return f"Runbook: {self.base.rstrip('/')}/{page}.md"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReporterAlarms:
    """The alarms on the reporter itself.

    Attributes:
        silence: Rings when no whole report was made.
        failure: Says that the reporter fails in one way or another; the only one that tells people.
        symptoms: What `failure` is made of, silence included.
    """

    silence: cloudwatch.Alarm
    failure: cloudwatch.CompositeAlarm
    symptoms: tuple[cloudwatch.Alarm, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RingAlarms:
    """The alarms of a ring.

    Attributes:
        health: In state OK while the ring is healthy, and in ALARM in any other case.
        alarms: One for each thing that can be wrong.
    """

    health: cloudwatch.CompositeAlarm
    alarms: tuple[cloudwatch.Alarm, ...]


def define_reporter_alarms(
    scope: Construct, reporter: "ComplianceReporter", thresholds: AccountThresholds, runbooks: Runbooks
) -> ReporterAlarms:
    """Define the alarms on errors, throttling, dead letters and silence, and one that sums them up.

    Errors and throttling ring only when they come again: Lambda repeats what failed, and a report after an
    install may meet the hourly one.

    See: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    """
    silence = cloudwatch.Alarm(
        scope,
        "ReporterSilent",
        metric=reporter.account_metric(AccountMetric.REPORTS_FINISHED),
        alarm_description=(
            f"The compliance reporter of rollout {reporter.rollout_name}: no whole report. "
            "See the alarm on the reporter."
        ),
        comparison_operator=_BELOW,
        threshold=1,
        evaluation_periods=thresholds.silent_hours,
        treat_missing_data=_BAD,  # silence is what it is about
    )
    failed = [
        cloudwatch.Alarm(
            scope,
            symptom_id,
            metric=metric,
            alarm_description=(
                f"The compliance reporter of rollout {reporter.rollout_name}: {what}. "
                "See the alarm on the reporter."
            ),
            comparison_operator=_AT_LEAST,
            threshold=1,
            evaluation_periods=hours,
            treat_missing_data=_FINE,  # published only while there is something to count
        )
        for symptom_id, metric, hours, what in (
            ("ReporterErrors", reporter.function.metric_errors(period=_HOUR), 3, "it fails again and again"),
            ("ReporterThrottles", reporter.function.metric_throttles(period=_HOUR), 3, "it is throttled"),
            (
                "ReporterDeadLetters",
                reporter.dead_letter_queue.metric_number_of_messages_sent(period=_HOUR),
                1,
                "a report failed three times",
            ),
        )
    ]
    symptoms = (silence, *failed)
    failure = cloudwatch.CompositeAlarm(
        scope,
        "ReporterFailed",
        alarm_description=(
            f"Nobody knows how rollout {reporter.rollout_name} stands: its compliance reporter fails, is "
            "throttled, or has made no whole report. Read the log of its function and its dead-letter queue. "
            + runbooks(REPORTER_RUNBOOK)
        ),
        alarm_rule=cloudwatch.AlarmRule.any_of(
            *(cloudwatch.AlarmRule.from_alarm(symptom, cloudwatch.AlarmState.ALARM) for symptom in symptoms)
        ),
    )
    return ReporterAlarms(silence=silence, failure=failure, symptoms=symptoms)


def define_account_alarms(
    scope: Construct, reporter: "ComplianceReporter", thresholds: AccountThresholds, runbooks: Runbooks
) -> list[cloudwatch.Alarm]:
    """Define the alarms that are about no ring, on the metrics that can have a value."""
    return [
        _define(
            scope,
            str(kind.metric),
            kind,
            reporter.account_metric(kind.metric),
            place=f"Rollout {reporter.rollout_name}",
            runbooks=runbooks,
        )
        for kind in account_kinds(thresholds)
        if kind.metric in reporter.account_metrics
    ]


def define_ring_alarms(
    scope: Construct,
    reporter: "ComplianceReporter",
    ring_name: str,
    thresholds: ComplianceThresholds,
    *,
    silence: cloudwatch.Alarm,
    runbooks: Runbooks,
) -> RingAlarms:
    """Define the alarms of a ring, and the one that says whether it is healthy.

    The latter fails closed: it is in state OK only while every alarm that counts is in state OK, so that a
    ring of which nothing was ever reported, or is reported no more, is not healthy. The alarm on silence is
    part of the health of every ring; an alarm may be part of 150 composite ones.

    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
    """
    rollout = reporter.rollout_name
    kinds = list(ring_kinds(thresholds))
    alarms = [
        _define(
            scope,
            f"Ring-{ring_name}-{kind.metric}",
            kind,
            reporter.ring_metric(ring_name, kind.metric),
            place=f"Ring {ring_name} of rollout {rollout}",
            runbooks=runbooks,
        )
        for kind in kinds
    ]
    deciding = [silence, *(alarm for alarm, kind in zip(alarms, kinds, strict=True) if kind.decides_health)]
    health = cloudwatch.CompositeAlarm(
        scope,
        f"Ring-{ring_name}-Health",
        alarm_description=(
            f"Ring {ring_name} of rollout {rollout} is healthy while this alarm is OK. In ALARM something is "
            "wrong with it, or nobody knows how it stands: see which alarm of the ring is not OK. It tells "
            "nobody; the alarms of the ring do. " + runbooks(RING_HEALTH_RUNBOOK)
        ),
        alarm_rule=cloudwatch.AlarmRule.not_(
            cloudwatch.AlarmRule.all_of(
                *(cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.OK) for alarm in deciding)
            )
        ),
    )
    return RingAlarms(health=health, alarms=tuple(alarms))


def _define(
    scope: Construct,
    id: str,
    kind: AlarmKind[ComplianceMetric] | AlarmKind[AccountMetric],
    metric: cloudwatch.Metric,
    *,
    place: str,
    runbooks: Runbooks,
) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        scope,
        id,
        metric=metric,
        alarm_description=f"{place}: {kind.what}. {kind.remedy} {runbooks(kind.runbook)}",
        comparison_operator=_AT_LEAST,
        threshold=kind.threshold,
        evaluation_periods=kind.hours,
        treat_missing_data=_KEEP_STATE,  # without a report only the alarm on silence fires
    )
