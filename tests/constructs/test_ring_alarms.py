"""What `ComplianceAlarms` says of a reporter and of its rings."""

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from patching_constructs import (
    AccountThresholds,
    CommandOutput,
    ComplianceAlarms,
    ComplianceReporter,
    ComplianceThresholds,
    Exemption,
    FindingId,
    InvalidInputError,
    OperatingSystem,
    PatchBaseline,
    PatchGroup,
    PatchWindow,
    Recipient,
    Ring,
    RingedMaintenanceWindow,
    Schedule,
    Severity,
)
from patching_constructs.constructs.compliance.alarms.kinds import ring_kinds
from patching_constructs.contracts.compliance_metrics import AccountMetric, ComplianceMetric
from patching_constructs.contracts.published_metrics import PublishedMetrics
from tests.nag import nag_findings

ROOT = Path(__file__).parents[2]
EMAIL = Recipient.email("patching@example.com")


EXEMPTION = Exemption(
    owner="team@example.com",
    reason="The vendor supports no newer kernel.",
    ticket="CHG-1",
    expires=dt.date(2027, 5, 31),
    nodes="gateway-*",
)


def reported(
    stack: cdk.Stack, *names: str, bare: bool = False, history_bucket_name: str | None = None
) -> ComplianceReporter:
    """Make a reporter of rings with these names; a bare one has neither baselines nor exemptions."""
    rings = [
        Ring(
            name=name,
            patch_groups=[PatchGroup(name=f"{name}-web")],
            scan=PatchWindow(schedule=Schedule.daily(hour=5), duration_hours=2, cutoff_hours=1),
            max_concurrency="10%",
            max_errors="5%",
            production=name == "prod",
        )
        for name in names
    ]
    windows = RingedMaintenanceWindow(
        stack, "Windows", rollout_name="web", command_output=CommandOutput(stack, "Output"), rings=rings
    )
    baseline = PatchBaseline.security_updates(
        stack,
        "Baseline",
        patch_baseline_name="web",
        operating_system=OperatingSystem.WINDOWS,
        approve_after_days=0,
    )
    return ComplianceReporter(
        stack,
        "Reporter",
        account_name="main",
        maintenance_windows=windows,
        baselines=[] if bare else [baseline],
        exemptions=[] if bare else [EXEMPTION],
        history_bucket_name=history_bucket_name,
    )


def _stack() -> cdk.Stack:
    return cdk.Stack(
        cdk.App(analytics_reporting=False),
        "Patching",
        env=cdk.Environment(account="666666666666", region="eu-central-1"),
    )


def _alarms(stack: cdk.Stack) -> dict[str, dict[str, Any]]:
    """Return the alarms on compliance and on the reporter."""
    return {
        name: resource
        for name, resource in Template.from_stack(stack).to_json()["Resources"].items()
        if resource["Type"] in {"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"}
        and re.match("AlarmsR(ing|eporter)|Alarms(Nodes|Baselines|Expired|History)", name)
    }


@pytest.fixture(scope="module")
def minimal() -> dict[str, dict[str, Any]]:
    stack = _stack()
    ComplianceAlarms(stack, "Alarms", recipients=[EMAIL], reporter=reported(stack, "prod"))
    return _alarms(stack)


def _published(stack: cdk.Stack) -> PublishedMetrics:
    (function,) = Template.from_stack(stack).find_resources("AWS::Lambda::Function").values()
    return PublishedMetrics.from_json(function["Properties"]["Environment"]["Variables"]["PUBLISHED_METRICS"])


def _of_metric(alarms: Mapping[str, dict[str, Any]], metric: str) -> dict[str, Any]:
    (found,) = (
        alarm["Properties"] for alarm in alarms.values() if alarm["Properties"].get("MetricName") == metric
    )
    return dict(found)


def _rule(alarm: Mapping[str, Any]) -> str:
    """Return the rule of a composite alarm, with logical ids in place of ARNs."""
    parts = alarm["Properties"]["AlarmRule"]["Fn::Join"][1]
    return "".join(part if isinstance(part, str) else part["Fn::GetAtt"][0] for part in parts)


def test_minimal(
    minimal: dict[str, dict[str, Any]], template_snapshot: Callable[[dict[str, Any]], None]
) -> None:
    template_snapshot({"Resources": minimal})
    assert len(minimal) == 18


def test_full(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    ComplianceAlarms(
        stack,
        "Alarms",
        recipients=[EMAIL, Recipient.slack(workspace_id="T0123456789", channel_id="C0123456789")],
        reporter=reported(stack, "dev", "prod"),
        thresholds=ComplianceThresholds(
            overdue_patches=5, unmanaged_nodes=None, stale_scan_nodes=None, reported_by_others_nodes=None
        ),
        ring_thresholds={"prod": ComplianceThresholds(missing_patches={Severity.CRITICAL: 2})},
        account_thresholds=AccountThresholds(nodes_without_patch_group=None, silent_hours=12),
        runbooks="https://example.com/runbooks/",
    )
    alarms = _alarms(stack)
    template_snapshot({"Resources": alarms})
    thresholds = {
        (alarm["Properties"]["Dimensions"][0]["Value"], alarm["Properties"]["Threshold"])
        for alarm in alarms.values()
        if alarm["Properties"].get("MetricName") == "OverduePatches"
    }
    assert thresholds == {("dev", 5), ("prod", 1)}
    assert _of_metric(alarms, "MissingCriticalPatches")["Threshold"] == 2
    assert _of_metric(alarms, "ReportsFinished")["EvaluationPeriods"] == 12
    assert "NodesWithoutPatchGroup" not in str(alarms)


def test_every_alarm_that_tells_names_place_remedy_and_a_runbook_that_exists(
    minimal: dict[str, dict[str, Any]],
) -> None:
    texts = [
        alarm["Properties"]["AlarmDescription"]
        for name, alarm in minimal.items()
        if "AlarmActions" in alarm["Properties"] or name.startswith("AlarmsRing")
    ]
    pages = set()
    for text in texts:
        assert "rollout web" in text.lower()
        page = re.search(r"Runbook: (docs/runbooks/[a-z-]+\.md)$", text)
        assert page is not None, text
        pages.add(page[1])
        assert (
            len(text) <= 1024
        )  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    assert {page for page in pages if not (ROOT / page).is_file()} == set()
    unused = {str(path.relative_to(ROOT)) for path in (ROOT / "docs/runbooks").glob("*.md")} - pages
    assert unused == {
        "docs/runbooks/missing-patches.md",  # no such alarm by default
        "docs/runbooks/history-not-written.md",  # without a history
        # of other constructs than the alarms on compliance:
        "docs/runbooks/event-not-forwarded.md",
        "docs/runbooks/event-refused.md",
        "docs/runbooks/patching-event.md",
        "docs/runbooks/ring-run-not-reported.md",
        "docs/runbooks/ring-run-refused.md",
    }


def test_alarms_of_a_ring_name_the_ring(minimal: dict[str, dict[str, Any]]) -> None:
    of_ring = [alarm["Properties"] for name, alarm in minimal.items() if name.startswith("AlarmsRingprod")]
    assert len(of_ring) == 10
    assert all(alarm["AlarmDescription"].startswith("Ring prod of rollout web") for alarm in of_ring)


def test_every_metric_is_one_that_is_published_with_these_dimensions(
    minimal: dict[str, dict[str, Any]],
) -> None:
    for alarm in (alarm["Properties"] for alarm in minimal.values()):
        if alarm.get("Namespace") != "PatchingConstructs":
            continue
        dimensions = {item["Name"] for item in alarm["Dimensions"]}
        expected = {"Rollout", "Ring"} if alarm["MetricName"] in set(ComplianceMetric) else {"Rollout"}
        assert dimensions == expected
        assert alarm["MetricName"] in {*ComplianceMetric, *AccountMetric}


def test_missing_data_is_bad_for_silence_only_and_keeps_the_state_of_counts(
    minimal: dict[str, dict[str, Any]],
) -> None:
    choices = {
        alarm["Properties"]["MetricName"]: alarm["Properties"]["TreatMissingData"]
        for alarm in minimal.values()
        if "MetricName" in alarm["Properties"]
    }
    assert {name for name, choice in choices.items() if choice == "breaching"} == {"ReportsFinished"}
    assert {name for name, choice in choices.items() if choice == "notBreaching"} == {
        "Errors",
        "Throttles",
        "NumberOfMessagesSent",
    }
    assert len([choice for choice in choices.values() if choice == "ignore"]) == 12


def test_a_ring_is_healthy_only_while_everything_that_counts_is_known_to_be_fine(
    minimal: dict[str, dict[str, Any]],
) -> None:
    (rule,) = (_rule(alarm) for name, alarm in minimal.items() if "Health" in name)
    assert rule.startswith('NOT (OK("AlarmsReporterSilent')
    (lost,) = re.findall(r'NOT ALARM\("(\w+)"\)', rule)
    assert minimal[lost]["Properties"]["MetricName"] == "LostNodes"
    assert rule.count("ALARM(") == 1
    names = set(re.findall(r'OK\("(\w+)"\)', rule))
    metrics = {minimal[name]["Properties"]["MetricName"] for name in names}
    assert metrics == {
        "ReportsFinished",
        "OverduePatches",
        "FailedPatches",
        "RebootOverdueNodes",
        "UnmanagedNodes",
        "StaleScanNodes",
        "WrongBaselineNodes",
        "UnreadNodes",
    }


def test_silence_counts_once_an_alarm_on_a_report_has_a_state(minimal: dict[str, dict[str, Any]]) -> None:
    (rule,) = (_rule(alarm) for name, alarm in minimal.items() if "ReporterFailed" in name)
    assert re.match(r'\(ALARM\("AlarmsReporterSilent\w+"\) AND \(NOT INSUFFICIENT_DATA\(', rule)
    reported = set(re.findall(r'INSUFFICIENT_DATA\("(\w+)"\)', rule))
    metrics = {minimal[name]["Properties"]["MetricName"] for name in reported}
    assert metrics == {"OverduePatches"}
    # So it has a state from the first report on and for good, whatever that report says.
    alarms = [minimal[name]["Properties"] for name in reported]
    assert {(alarm["TreatMissingData"], alarm["EvaluationPeriods"]) for alarm in alarms} == {("ignore", 1)}


def test_without_any_other_alarm_silence_counts_at_once() -> None:
    stack = _stack()
    ComplianceAlarms(
        stack,
        "Alarms",
        recipients=[EMAIL],
        reporter=reported(stack, "prod", bare=True),
        thresholds=ComplianceThresholds(
            overdue_patches=None,
            failed_patches=None,
            reboot_overdue_nodes=None,
            unmanaged_nodes=None,
            stale_scan_nodes=None,
            wrong_baseline_nodes=None,
            reported_by_others_nodes=None,
            unread_nodes=None,
            lost_nodes=None,
        ),
        account_thresholds=AccountThresholds(nodes_without_patch_group=None),
    )
    (rule,) = (_rule(alarm) for name, alarm in _alarms(stack).items() if "ReporterFailed" in name)
    assert rule.startswith('ALARM("AlarmsReporterSilent')
    assert "INSUFFICIENT_DATA" not in rule


def test_a_history_that_is_not_written_has_an_alarm_that_is_ok_while_nothing_fails() -> None:
    stack = _stack()
    reporter = reported(stack, "prod", history_bucket_name="history")
    ComplianceAlarms(stack, "Alarms", recipients=[EMAIL], reporter=reporter)
    alarm = _of_metric(_alarms(stack), "HistoryFailures")
    assert (alarm["TreatMissingData"], alarm["Threshold"], alarm["EvaluationPeriods"]) == (
        "notBreaching",
        1,
        2,
    )
    assert "history-not-written.md" in alarm["AlarmDescription"]
    assert alarm["AlarmActions"]
    assert AccountMetric.HISTORY_FAILURES in _published(stack).account
    assert "HistoryFailures" not in json.dumps(
        [alarm for name, alarm in _alarms(stack).items() if "Health" in name]
    ), "the history says nothing about the health of a ring"


def test_nothing_tells_twice(minimal: dict[str, dict[str, Any]]) -> None:
    """What a composite alarm is made of either tells by itself, or the composite alarm does."""
    telling = {name for name, alarm in minimal.items() if alarm["Properties"].get("AlarmActions")}
    composites = {name: alarm for name, alarm in minimal.items() if "AlarmRule" in alarm["Properties"]}
    for name, alarm in composites.items():
        if name in telling:
            assert not telling & set(re.findall(r'\bALARM\("(\w+)"\)', _rule(alarm)))
    assert telling & composites.keys() == {name for name in composites if "ReporterFailed" in name}
    unreported = {minimal[name]["Properties"].get("MetricName") for name in minimal.keys() - telling}
    assert unreported == {None, "ReportsFinished", "Errors", "Throttles", "NumberOfMessagesSent", "LostNodes"}


def test_what_cannot_happen_has_neither_alarm_nor_metric() -> None:
    stack = _stack()
    ComplianceAlarms(stack, "Alarms", recipients=[EMAIL], reporter=reported(stack, "prod", bare=True))
    metrics = {alarm["Properties"].get("MetricName") for alarm in _alarms(stack).values()}
    assert metrics & set(AccountMetric) == {AccountMetric.NODES_WITHOUT_GROUP, AccountMetric.REPORTS_FINISHED}
    assert _published(stack).account == metrics & set(AccountMetric)


def test_an_alarm_that_is_switched_off_publishes_no_metric() -> None:
    stack = _stack()
    ComplianceAlarms(
        stack,
        "Alarms",
        recipients=[EMAIL],
        reporter=reported(stack, "dev", "prod"),
        thresholds=ComplianceThresholds(unread_nodes=None),
        ring_thresholds={"prod": ComplianceThresholds(missing_patches={Severity.HIGH: 3})},
        account_thresholds=AccountThresholds(nodes_without_patch_group=None),
    )
    published = _published(stack)
    default = {ComplianceMetric(kind.metric) for kind in ring_kinds(ComplianceThresholds())}
    assert published.rings == {
        "dev": default - {ComplianceMetric.UNREAD_NODES},
        "prod": default | {ComplianceMetric.MISSING_HIGH},
    }
    assert published.account == set(AccountMetric) - {
        AccountMetric.NODES_WITHOUT_GROUP,
        AccountMetric.HISTORY_FAILURES,  # no history is kept
    }


def test_metrics_for_other_readers_are_published_for_every_ring_or_for_one() -> None:
    stack = _stack()
    reporter = reported(stack, "dev", "prod")
    metric = reporter.ring_metric("prod", ComplianceMetric.NODES)
    assert (metric.namespace, metric.metric_name) == ("PatchingConstructs", "NodesInScope")
    assert metric.dimensions == {"Rollout": "web", "Ring": "prod"}
    assert _published(stack).rings == {"dev": frozenset(), "prod": {ComplianceMetric.NODES}}
    with pytest.raises(InvalidInputError, match="dev, prod") as caught:
        reporter.ring_metric("prd", ComplianceMetric.NODES)
    assert [finding.id for finding in caught.value.findings] == [FindingId.REPORTED_METRIC]


def test_a_ring_that_is_not_reported_has_no_thresholds() -> None:
    stack = _stack()
    with pytest.raises(InvalidInputError, match="dev, prod") as caught:
        ComplianceAlarms(
            stack,
            "Alarms",
            recipients=[EMAIL],
            reporter=reported(stack, "prod", "dev"),
            ring_thresholds={"prd": ComplianceThresholds()},
        )
    assert [finding.id for finding in caught.value.findings] == [FindingId.ALARM_THRESHOLD_WITHOUT_RING]


def test_thresholds_need_a_reporter() -> None:
    with pytest.raises(InvalidInputError, match="there is no reporter"):
        ComplianceAlarms(
            _stack(), "Alarms", recipients=[EMAIL], ring_thresholds={"prod": ComplianceThresholds()}
        )


def test_users_acknowledge_besides_that_what_a_composite_alarm_tells_tells_nothing_itself() -> None:
    stack = _stack()
    alarms = ComplianceAlarms(stack, "Alarms", recipients=[EMAIL], reporter=reported(stack, "prod"))
    found = {finding for finding in nag_findings(stack) if finding[1].startswith("Patching/Alarms/")}
    assert found == {
        ("AwsSolutions-SQS3", "Patching/Alarms/DeadLetterQueue/Resource"),
        *(
            ("NIST.800.53.R5-CloudWatchAlarmAction", f"{alarm.node.path}/Resource")
            for alarm in (*alarms.reporter_symptom_alarms, *alarms.silent_ring_alarms)
        ),
    }
    assert len(alarms.reporter_symptom_alarms) == 4
    assert len(alarms.silent_ring_alarms) == 1
