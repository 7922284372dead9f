"""Alarms on what the reporter publishes, and on the reporter itself, by hand."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from constructs import Construct

from bench.handwritten_functions import Function
from bench.handwritten_parts import HOUR, define_alarm

_RUNBOOKS = "Runbook: docs/runbooks"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """An alarm on a metric."""

    metric: str
    hours: int
    runbook: str
    text: str
    decides_health: bool = True


_OF_ACCOUNT = [
    Kind(
        metric="NodesWithoutPatchGroup",
        hours=3,
        runbook="nodes-without-patch-group",
        text="managed nodes are in no patch group, or in one that no baseline is registered for. Tag the "
        "nodes, or correct their tag.",
    ),
    Kind(
        metric="BaselinesUnlikeTheirDefinition",
        hours=2,
        runbook="changed-baselines",
        text="patch baselines differ from their definition. Look in CloudTrail who did it, and write the "
        "change into the code or take it back.",
    ),
    Kind(
        metric="ExpiredExemptions",
        hours=1,
        runbook="expired-exemptions",
        text="exemptions have expired and still stand in the configuration. Patch the nodes and take the "
        "exemption out, or let its owner renew it.",
    ),
]
_OF_RING = [
    Kind(
        metric="OverduePatches",
        hours=1,
        runbook="overdue-patches",
        text="patches are missing for longer than promised, or will be when the next window ends. Find the "
        "nodes in the history or in Patch Manager, and patch them outside the window.",
    ),
    Kind(
        metric="FailedPatches",
        hours=1,
        runbook="failed-patches",
        text="the installation of patches has failed. Read the output of the install command, mend the "
        "cause, and install again.",
    ),
    Kind(
        metric="RebootOverdueNodes",
        hours=1,
        runbook="reboot-overdue",
        text="nodes have waited too long for a reboot, so installed patches are not in force. Reboot the "
        "nodes, then scan them.",
    ),
    Kind(
        metric="UnmanagedNodes",
        hours=3,
        runbook="unmanaged-nodes",
        text="nodes carry the tag of a patch group and Systems Manager does not reach them. Check the SSM "
        "agent, the instance profile and the way to the endpoints.",
    ),
    Kind(
        metric="StaleScanNodes",
        hours=26,
        runbook="stale-scans",
        text="nodes were not scanned in time, so nobody knows what they miss. Look whether the scan window "
        "ran and reached the nodes.",
    ),
    Kind(
        metric="WrongBaselineNodes",
        hours=26,
        runbook="wrong-baseline",
        text="nodes are scanned with another baseline than that of their patch group. Look for a mistyped "
        "tag, a lost registration, or an override.",
    ),
    Kind(
        metric="ReportedByOthersNodes",
        hours=1,
        runbook="reported-by-others",
        text="something else than a window has scanned nodes and overwritten their results. Find the second "
        "scanner, such as a Quick Setup policy or an association, and stop it.",
        decides_health=False,
    ),
    Kind(
        metric="UnreadNodes",
        hours=3,
        runbook="unread-nodes",
        text="the patches of nodes could not be read. Read the log of the compliance reporter: it names the "
        "nodes and the errors.",
    ),
]


def define_compliance_alarms(
    stack: cdk.Stack,
    rings: list[str],
    *,
    reporter: Function,
    action: cloudwatch_actions.SnsAction,
) -> list[str]:
    """Define the alarms.

    Returns:
        The ARNs of those that say whether a ring is healthy, and whether the reporter is.
    """
    alarms = Construct(stack, "Alarms")
    silence, failure = _define_reporter_alarms(alarms, reporter)
    failure.add_alarm_action(action)
    for kind in _OF_ACCOUNT:
        _define_alarm(alarms, kind.metric, kind, {"Rollout": "patching"}, "Rollout patching", action)
    health_alarms = [_define_ring_alarms(alarms, ring, silence=silence, action=action) for ring in rings]
    return [alarm.alarm_arn for alarm in (*health_alarms, failure)]


def _define_reporter_alarms(
    alarms: Construct, reporter: Function
) -> tuple[cloudwatch.Alarm, cloudwatch.CompositeAlarm]:
    silence = define_alarm(
        alarms,
        "ReporterSilent",
        _metric("ReportsFinished", {"Rollout": "patching"}),
        _symptom("no whole report"),
        periods=2,
        missing_data=cloudwatch.TreatMissingData.BREACHING,
        below=True,
    )
    symptoms = [
        silence,
        define_alarm(
            alarms,
            "ReporterErrors",
            reporter.function.metric_errors(period=HOUR),
            _symptom("it fails again and again"),
            periods=3,
        ),
        define_alarm(
            alarms,
            "ReporterThrottles",
            reporter.function.metric_throttles(period=HOUR),
            _symptom("it is throttled"),
            periods=3,
        ),
        define_alarm(
            alarms,
            "ReporterDeadLetters",
            reporter.dead_letter_queue.metric_number_of_messages_sent(period=HOUR),
            _symptom("a report failed three times"),
        ),
    ]
    failure = cloudwatch.CompositeAlarm(
        alarms,
        "ReporterFailed",
        alarm_description="Nobody knows how rollout patching stands: its compliance reporter fails, is "
        "throttled, or has made no whole report. Read the log of its function and its dead-letter queue. "
        f"{_RUNBOOKS}/reporter-failed.md",
        alarm_rule=cloudwatch.AlarmRule.any_of(
            *(cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.ALARM) for alarm in symptoms)
        ),
    )
    return silence, failure


def _define_ring_alarms(
    alarms: Construct, ring: str, *, silence: cloudwatch.Alarm, action: cloudwatch_actions.SnsAction
) -> cloudwatch.CompositeAlarm:
    deciding = [silence]
    for kind in _OF_RING:
        alarm = _define_alarm(
            alarms,
            f"Ring-{ring}-{kind.metric}",
            kind,
            {"Rollout": "patching", "Ring": ring},
            f"Ring {ring} of rollout patching",
            action,
        )
        if kind.decides_health:
            deciding.append(alarm)
    return cloudwatch.CompositeAlarm(
        alarms,
        f"Ring-{ring}-Health",
        alarm_description=f"Ring {ring} of rollout patching is healthy while this alarm is OK. In ALARM "
        "something is wrong with it, or nobody knows how it stands: see which alarm of the ring is not OK. "
        f"It tells nobody; the alarms of the ring do. {_RUNBOOKS}/ring-not-healthy.md",
        alarm_rule=cloudwatch.AlarmRule.not_(
            cloudwatch.AlarmRule.all_of(
                *(cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.OK) for alarm in deciding)
            )
        ),
    )


def _define_alarm(
    alarms: Construct,
    id: str,
    kind: Kind,
    dimensions: dict[str, str],
    place: str,
    action: cloudwatch_actions.SnsAction,
) -> cloudwatch.Alarm:
    return define_alarm(
        alarms,
        id,
        _metric(kind.metric, dimensions),
        f"{place}: {kind.text} {_RUNBOOKS}/{kind.runbook}.md",
        action=action,
        periods=kind.hours,
        missing_data=cloudwatch.TreatMissingData.IGNORE,
    )


def _metric(name: str, dimensions: dict[str, str]) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="PatchingConstructs",
        metric_name=name,
        dimensions_map=dimensions,
        period=HOUR,
        statistic="Maximum",
    )


def _symptom(what: str) -> str:
    return f"The compliance reporter of rollout patching: {what}. See the alarm on the reporter."
