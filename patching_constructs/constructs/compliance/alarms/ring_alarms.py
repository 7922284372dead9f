"""Alarms on what the compliance reporter publishes, and on the reporter itself.

All metrics of the reporter are published together, once in each report. What missing data mean is chosen for
each alarm: when no report comes, counts keep their last state (`ignore`), so that one silent reporter does
not fire once for each of them, and only the alarm on silence takes missing data as bad (`breaching`).

See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from patching_constructs.constructs.compliance.alarms.kinds import (
    REPORTER_RUNBOOK,
    RING_HEALTH_RUNBOOK,
    AlarmKind,
    account_kinds,
    ring_kinds,
)
from patching_constructs.contracts.compliance_metrics import AccountMetric, ComplianceMetric
from patching_constructs.values.compliance_thresholds import AccountThresholds, ComplianceThresholds

if TYPE_CHECKING:  # the reporter brings more of the CDK than alarms without one need
    from patching_constructs.constructs.compliance.compliance_reporter import ComplianceReporter

_HOUR = cdk.Duration.hours(1)
_AT_LEAST = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
_BELOW = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
# When reports stop, all metrics of all rings are missing at once. One alarm says so; the others must
# neither fire with it nor claim that a ring has recovered.
_KEEP_STATE = cloudwatch.TreatMissingData.IGNORE
_FINE = cloudwatch.TreatMissingData.NOT_BREACHING
_BAD = cloudwatch.TreatMissingData.BREACHING
# Alarms that show that a report was made. The rule of a composite alarm holds 10,240 characters.
_FEW = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class RunbookPages:
    """Where the pages stand that say what to do.

    Attributes:
        base: Address or path of the folder.
    """

    base: str

    def __call__(self, page: str) -> str:
        """Return the sentence that names a page."""
        return f"Runbook: {self.base.rstrip('/')}/{page}.md"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReporterSymptoms:
    """The alarms on the reporter itself. They notify no one.

    Attributes:
        silence: Fires while no whole report is made.
        silence_arn: Its ARN.
        others: Those on errors, throttling and dead letters.
    """

    silence: cloudwatch.Alarm
    silence_arn: str
    others: tuple[cloudwatch.Alarm, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RingAlarms:
    """The alarms of a ring.

    Attributes:
        health: In state OK while the ring is healthy, and in ALARM in any other case.
        alarms: One for each thing that can be wrong.
        silent: Those that notify no one and only decide about `health`.
        arns: ARNs of the alarms that have a state since the first report; those that soonest have one first.
    """

    health: cloudwatch.CompositeAlarm
    alarms: tuple[cloudwatch.Alarm, ...]
    silent: tuple[cloudwatch.Alarm, ...]
    arns: tuple[str, ...]


def define_reporter_symptoms(
    scope: Construct, reporter: "ComplianceReporter", thresholds: AccountThresholds
) -> ReporterSymptoms:
    """Define the alarms on errors, throttling, dead letters and silence.

    Errors and throttling fire only when they come again: Lambda repeats what failed.

    See: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    """
    silence = cloudwatch.Alarm(
        scope,
        "ReporterSilent",
        metric=reporter.account_metric(AccountMetric.REPORTS_FINISHED),
        alarm_description=(
            f"The compliance reporter of rollout {reporter.rollout_name}: no complete report. "
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
            ("ReporterErrors", reporter.function.metric_errors(period=_HOUR), 3, "it fails repeatedly"),
            ("ReporterThrottles", reporter.function.metric_throttles(period=_HOUR), 3, "it is throttled"),
            (
                "ReporterDeadLetters",
                reporter.dead_letter_queue.metric_number_of_messages_sent(period=_HOUR),
                1,
                "a report failed three times",
            ),
        )
    ]
    return ReporterSymptoms(silence=silence, silence_arn=silence.alarm_arn, others=tuple(failed))


def define_reporter_failure(
    scope: Construct,
    reporter: "ComplianceReporter",
    symptoms: ReporterSymptoms,
    *,
    reported: Sequence[str],
    runbooks: RunbookPages,
) -> cloudwatch.CompositeAlarm:
    """Define the alarm that sums up the symptoms, and that notifies people in their place.

    Silence counts from the first report on: before it nothing is missed, and CloudWatch takes an alarm on
    silence without any data for silent at once. An alarm that keeps its state while data are missing has
    none until its metric first comes, and one ever after (docs/decisions/0020).

    Args:
        scope: Parent construct.
        reporter: The reporter.
        symptoms: The symptoms.
        reported: ARNs of alarms on metrics of its reports that keep their state while data are missing.
        runbooks: Where the runbook is.
    """
    silence = _is(symptoms.silence_arn, "ALARM")
    if reported:
        has_state = " OR ".join(f"NOT {_is(arn, 'INSUFFICIENT_DATA')}" for arn in reported[:_FEW])
        silence = f"({silence} AND ({has_state}))"
    rule = " OR ".join([silence, *(_is(symptom.alarm_arn, "ALARM") for symptom in symptoms.others)])
    return cloudwatch.CompositeAlarm(
        scope,
        "ReporterFailed",
        alarm_description=(
            f"Compliance of rollout {reporter.rollout_name} is unknown: its compliance reporter is failing, "
            "is throttled, or has not completed a report. Read the log of its function and its dead-letter "
            "queue. " + runbooks(REPORTER_RUNBOOK)
        ),
        alarm_rule=cloudwatch.AlarmRule.from_string(rule),
    )


def define_account_alarms(
    scope: Construct, reporter: "ComplianceReporter", thresholds: AccountThresholds, runbooks: RunbookPages
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
    silence_arn: str,
    runbooks: RunbookPages,
) -> RingAlarms:
    """Define the alarms of a ring, and the one that says whether it is healthy.

    The latter fails closed: it is in state OK only while every alarm that counts is in state OK, so that a
    ring of which nothing was ever reported, or is reported no more, is not healthy. The alarm on silence is
    part of the health of every ring; an alarm may be part of 150 composite ones.

    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
    """
    rollout = reporter.rollout_name
    alarms = {
        kind: _define(
            scope,
            f"Ring-{ring_name}-{kind.metric}",
            kind,
            reporter.ring_metric(ring_name, kind.metric),
            place=f"Ring {ring_name} of rollout {rollout}",
            runbooks=runbooks,
        )
        for kind in ring_kinds(thresholds)
    }
    deciding = {kind: alarm.alarm_arn for kind, alarm in alarms.items() if kind.decides_health}
    rule = " AND ".join(
        [
            _is(silence_arn, "OK"),
            *(
                # Such an alarm has no state until its metric first comes, which also comes when it is over.
                f"NOT {_is(arn, 'ALARM')}" if kind.comes_on_failure else _is(arn, "OK")
                for kind, arn in deciding.items()
            ),
        ]
    )
    health = cloudwatch.CompositeAlarm(
        scope,
        f"Ring-{ring_name}-Health",
        alarm_description=(
            f"Ring {ring_name} of rollout {rollout} is healthy while this alarm is OK. In ALARM, the ring "
            "is not "
            "healthy or its state is unknown: see which alarm of the ring is not OK. This alarm notifies "
            "no one; the alarms of the ring do. " + runbooks(RING_HEALTH_RUNBOOK)
        ),
        alarm_rule=cloudwatch.AlarmRule.from_string(f"NOT ({rule})"),
    )
    return RingAlarms(
        health=health,
        alarms=tuple(alarm for kind, alarm in alarms.items() if kind.notifies),
        silent=tuple(alarm for kind, alarm in alarms.items() if not kind.notifies),
        arns=tuple(
            deciding[kind]
            for kind in sorted(deciding, key=lambda kind: kind.hours)
            if not kind.comes_on_failure
        ),
    )


def _is(alarm_arn: str, state: str) -> str:
    """Return the part of a rule that asks for the state of an alarm.

    `AlarmRule` would take requests to jsii for each alarm and operator.
    """
    return f'{state}("{alarm_arn}")'


def _define(
    scope: Construct,
    id: str,
    kind: AlarmKind[ComplianceMetric] | AlarmKind[AccountMetric],
    metric: cloudwatch.Metric,
    *,
    place: str,
    runbooks: RunbookPages,
) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        scope,
        id,
        metric=metric,
        alarm_description=f"{place}: {kind.what}. {kind.remedy} {runbooks(kind.runbook)}",
        comparison_operator=_AT_LEAST,
        threshold=kind.threshold,
        evaluation_periods=kind.hours,
        # Without a report only the alarm on silence fires.
        treat_missing_data=_FINE if kind.comes_on_failure and kind.notifies else _KEEP_STATE,
    )
