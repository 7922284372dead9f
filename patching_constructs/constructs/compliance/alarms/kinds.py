"""The alarms on compliance metrics, with their texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from patching_constructs.contracts.compliance_metrics import AccountMetric, ComplianceMetric
from patching_constructs.model.promises import Severity
from patching_constructs.values.compliance_thresholds import AccountThresholds, ComplianceThresholds

RING_HEALTH_RUNBOOK = "ring-not-healthy"
REPORTER_RUNBOOK = "reporter-failed"

# Hours in which a node that is scanned daily has certainly been scanned.
_NEXT_SCAN = 26


_Metric = TypeVar("_Metric", ComplianceMetric, AccountMetric)


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmKind(Generic[_Metric]):
    """An alarm that fires when a metric has been at its threshold for some hours.

    Attributes:
        metric: The metric.
        threshold: From which value on it fires.
        hours: For how many hours in a row.
        decides_health: Whether the ring counts as healthy only while it is not in ALARM.
        notifies: Whether it notifies people, or only decides the health of its ring.
        comes_on_failure: Whether the metric is published only while something fails, so that its absence is
        good. runbook: Page of docs/runbooks, without its ending.
        what: What happened.
        remedy: What to do.
    """

    metric: _Metric
    threshold: int
    hours: int = 1
    decides_health: bool = True
    notifies: bool = True
    comes_on_failure: bool = False
    runbook: str
    what: str
    remedy: str


_MISSING = {
    Severity.CRITICAL: ComplianceMetric.MISSING_CRITICAL,
    Severity.HIGH: ComplianceMetric.MISSING_HIGH,
    Severity.MEDIUM: ComplianceMetric.MISSING_MEDIUM,
    Severity.LOW: ComplianceMetric.MISSING_LOW,
}


def ring_kinds(thresholds: ComplianceThresholds) -> Iterator[AlarmKind[ComplianceMetric]]:
    """Yield the alarms of a ring."""
    yield from _patch_kinds(thresholds)
    yield from _node_kinds(thresholds)
    yield from _scan_kinds(thresholds)
    yield from _unknown_kinds(thresholds)
    yield from _missing_kinds(thresholds)


def _patch_kinds(thresholds: ComplianceThresholds) -> Iterator[AlarmKind[ComplianceMetric]]:
    if thresholds.overdue_patches is not None:
        yield AlarmKind(
            metric=ComplianceMetric.OVERDUE_PATCHES,
            threshold=thresholds.overdue_patches,
            runbook="overdue-patches",
            what="patches are missing for longer than promised, or will be when the next window ends",
            remedy="Find the nodes in the history or in Patch Manager, and patch them outside the window.",
        )
    if thresholds.failed_patches is not None:
        yield AlarmKind(
            metric=ComplianceMetric.FAILED_PATCHES,
            threshold=thresholds.failed_patches,
            runbook="failed-patches",
            what="the installation of patches has failed",
            remedy="Read the output of the install command, fix the cause, and install again.",
        )


def _node_kinds(thresholds: ComplianceThresholds) -> Iterator[AlarmKind[ComplianceMetric]]:
    if thresholds.reboot_overdue_nodes is not None:
        yield AlarmKind(
            metric=ComplianceMetric.REBOOT_OVERDUE_NODES,
            threshold=thresholds.reboot_overdue_nodes,
            runbook="reboot-overdue",
            what="nodes have waited too long for a reboot, so installed patches are not active",
            remedy="Reboot the nodes, then scan them.",
        )
    if thresholds.unmanaged_nodes is not None:
        yield AlarmKind(
            metric=ComplianceMetric.UNMANAGED_NODES,
            threshold=thresholds.unmanaged_nodes,
            hours=3,
            runbook="unmanaged-nodes",
            what="nodes have the tag of a patch group but are not managed by Systems Manager",
            remedy="Check the SSM agent, the instance profile and the network path to the endpoints.",
        )


def _scan_kinds(thresholds: ComplianceThresholds) -> Iterator[AlarmKind[ComplianceMetric]]:
    if thresholds.stale_scan_nodes is not None:
        yield AlarmKind(
            metric=ComplianceMetric.STALE_NODES,
            threshold=thresholds.stale_scan_nodes,
            hours=_NEXT_SCAN,
            runbook="stale-scans",
            what="nodes were not scanned in time, so their missing patches are unknown",
            remedy="Check whether the scan window ran and reached the nodes.",
        )
    if thresholds.wrong_baseline_nodes is not None:
        yield AlarmKind(
            metric=ComplianceMetric.WRONG_BASELINE_NODES,
            threshold=thresholds.wrong_baseline_nodes,
            hours=_NEXT_SCAN,
            runbook="wrong-baseline",
            what="nodes are scanned with a baseline other than that of their patch group",
            remedy="Check for a misspelled tag, a missing registration, or an override.",
        )
    if thresholds.reported_by_others_nodes is not None:
        yield AlarmKind(
            metric=ComplianceMetric.REPORTED_BY_OTHERS_NODES,
            threshold=thresholds.reported_by_others_nodes,
            decides_health=False,
            runbook="reported-by-others",
            what="nodes were scanned by something other than a maintenance window, which overwrote their "
            "results",
            remedy="Find the second scanner, such as a Quick Setup policy or an association, and stop it.",
        )


def _unknown_kinds(thresholds: ComplianceThresholds) -> Iterator[AlarmKind[ComplianceMetric]]:
    if thresholds.unread_nodes is not None:
        yield AlarmKind(
            metric=ComplianceMetric.UNREAD_NODES,
            threshold=thresholds.unread_nodes,
            hours=3,
            runbook="unread-nodes",
            what="the patches of nodes could not be read",
            remedy="Read the log of the compliance reporter: it names the nodes and the errors.",
        )
    if thresholds.lost_nodes is not None:
        yield AlarmKind(
            metric=ComplianceMetric.LOST_NODES,
            threshold=thresholds.lost_nodes,
            notifies=False,
            comes_on_failure=True,
            runbook=RING_HEALTH_RUNBOOK,
            what="all nodes are gone, stopped, or have lost the tag, so the state of the ring is unknown",
            remedy="Check the tags of the nodes. This alarm notifies no one.",
        )


def _missing_kinds(thresholds: ComplianceThresholds) -> Iterator[AlarmKind[ComplianceMetric]]:
    for severity, threshold in thresholds.missing_patches.items():
        yield AlarmKind(
            metric=_MISSING[severity],
            threshold=threshold,
            decides_health=False,
            runbook="missing-patches",
            what=f"patches of {severity} severity are missing, newly approved ones included",
            remedy="Look whether the next window installs them, or patch at once.",
        )


def account_kinds(thresholds: AccountThresholds) -> Iterator[AlarmKind[AccountMetric]]:
    """Yield the alarms of an account and Region."""
    if thresholds.nodes_without_patch_group is not None:
        yield AlarmKind(
            metric=AccountMetric.NODES_WITHOUT_GROUP,
            threshold=thresholds.nodes_without_patch_group,
            hours=3,
            runbook="nodes-without-patch-group",
            what="managed nodes are in no patch group, or in one that no baseline is registered for",
            remedy="Tag the nodes, or correct their tag.",
        )
    if thresholds.changed_baselines is not None:
        yield AlarmKind(
            metric=AccountMetric.BASELINES_CHANGED,
            threshold=thresholds.changed_baselines,
            hours=2,
            runbook="changed-baselines",
            what="patch baselines differ from their definition",
            remedy="Look in CloudTrail who did it, and write the change into the code or take it back.",
        )
    if thresholds.expired_exemptions is not None:
        yield AlarmKind(
            metric=AccountMetric.EXPIRED_EXEMPTIONS,
            threshold=thresholds.expired_exemptions,
            runbook="expired-exemptions",
            what="exemptions have expired and still stand in the configuration",
            remedy="Patch the nodes and take the exemption out, or let its owner renew it.",
        )
    if thresholds.history_failures is not None:
        yield AlarmKind(
            metric=AccountMetric.HISTORY_FAILURES,
            threshold=thresholds.history_failures,
            hours=2,
            comes_on_failure=True,
            runbook="history-not-written",
            what="the compliance reporter cannot write the history, so evidence and reports will have gaps",
            remedy="Read the log of the compliance reporter: it names the error. Metrics are not affected.",
        )
