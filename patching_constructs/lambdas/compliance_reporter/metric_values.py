"""Figures to metrics."""

from collections.abc import Iterator
from datetime import timedelta

from patching_constructs.contracts.compliance_metrics import ComplianceMetric
from patching_constructs.lambdas.compliance_reporter.figures import Figures
from patching_constructs.model.promises import Severity

_MISSING = {
    ComplianceMetric.MISSING_CRITICAL: Severity.CRITICAL,
    ComplianceMetric.MISSING_HIGH: Severity.HIGH,
    ComplianceMetric.MISSING_MEDIUM: Severity.MEDIUM,
    ComplianceMetric.MISSING_LOW: Severity.LOW,
    ComplianceMetric.MISSING_UNRATED: None,
}


def metric_values(figures: Figures) -> Iterator[tuple[ComplianceMetric, float]]:
    """Yield every metric that has a value; ages and times over a promise are 0 where there is nothing old."""
    yield ComplianceMetric.NODES, figures.nodes
    if figures.compliant_percent is not None:
        yield ComplianceMetric.COMPLIANT_PERCENT, figures.compliant_percent
    yield ComplianceMetric.EXEMPT_NODES, figures.exempt_nodes
    yield ComplianceMetric.UNMANAGED_NODES, figures.unmanaged_nodes
    yield ComplianceMetric.STALE_NODES, figures.stale_nodes
    yield ComplianceMetric.WRONG_BASELINE_NODES, figures.wrong_baseline_nodes
    yield ComplianceMetric.REPORTED_BY_OTHERS_NODES, figures.reported_by_others_nodes
    yield ComplianceMetric.UNREAD_NODES, figures.unread_nodes
    for metric, severity in _MISSING.items():
        yield metric, figures.missing[severity]
    yield ComplianceMetric.OVERDUE_PATCHES, figures.overdue_patches
    yield ComplianceMetric.FAILED_PATCHES, figures.failed_patches
    yield ComplianceMetric.REJECTED_PATCHES, figures.rejected_patches
    yield ComplianceMetric.REBOOT_DEBT_NODES, figures.reboot_debt_nodes
    yield ComplianceMetric.REBOOT_OVERDUE_NODES, figures.reboot_overdue_nodes
    yield ComplianceMetric.OLDEST_MISSING_FIRST_SEEN, _hours(figures.oldest_missing_first_seen)
    yield ComplianceMetric.OLDEST_MISSING_PUBLISHED, _hours(figures.oldest_missing_published)
    yield ComplianceMetric.OVER_PROMISE, _hours(figures.most_over_promise)
    yield ComplianceMetric.OLDEST_REBOOT_DEBT, _hours(figures.oldest_reboot_debt)


def _hours(time: timedelta | None) -> float:
    return 0.0 if time is None else time / timedelta(hours=1)
