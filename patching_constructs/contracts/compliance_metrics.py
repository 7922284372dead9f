"""The metrics that AWS does not publish, and that the reporter does where an alarm or a dashboard reads them.

Their dimensions are `Rollout` and `Ring`, or `Rollout` alone for an account and Region. Figures by patch
group, operating system and node are in the history. Names are public contract.

See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/publishingMetrics.html
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

NAMESPACE = "PatchingConstructs"

ROLLOUT_DIMENSION = "Rollout"
RING_DIMENSION = "Ring"


class Unit(enum.StrEnum):
    """Unit of a metric, in CloudWatch's words; hours have none.

    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
    """

    COUNT = "Count"
    PERCENT = "Percent"
    NONE = "None"


@dataclass(frozen=True, slots=True)
class MetricKind:
    """What a metric means.

    Attributes:
        unit: Its unit.
        meaning: What it counts, in words for people.
    """

    unit: Unit
    meaning: str


class ComplianceMetric(enum.StrEnum):
    """Names of the metrics of a ring; names of ages say from which clock they count, in hours."""

    NODES = "NodesInScope"
    COMPLIANT_PERCENT = "CompliantNodesPercent"
    EXEMPT_NODES = "ExemptNodes"
    UNMANAGED_NODES = "UnmanagedNodes"
    STALE_NODES = "StaleScanNodes"
    WRONG_BASELINE_NODES = "WrongBaselineNodes"
    REPORTED_BY_OTHERS_NODES = "ReportedByOthersNodes"
    UNREAD_NODES = "UnreadNodes"
    LOST_NODES = "LostNodes"
    MISSING_CRITICAL = "MissingCriticalPatches"
    MISSING_HIGH = "MissingHighPatches"
    MISSING_MEDIUM = "MissingMediumPatches"
    MISSING_LOW = "MissingLowPatches"
    MISSING_UNRATED = "MissingUnratedPatches"
    OVERDUE_PATCHES = "OverduePatches"
    FAILED_PATCHES = "FailedPatches"
    REJECTED_PATCHES = "InstalledRejectedPatches"
    REBOOT_DEBT_NODES = "RebootDebtNodes"
    REBOOT_OVERDUE_NODES = "RebootOverdueNodes"
    OLDEST_MISSING_FIRST_SEEN = "OldestMissingHoursSinceFirstSeen"
    OLDEST_MISSING_PUBLISHED = "OldestMissingHoursSincePublication"
    OVER_PROMISE = "MostHoursOverPromise"
    OLDEST_REBOOT_DEBT = "OldestRebootDebtHoursSinceFirstSeen"


class AccountMetric(enum.StrEnum):
    """Names of the metrics of an account and Region; their only dimension is `Rollout`."""

    NODES_WITHOUT_GROUP = "NodesWithoutPatchGroup"
    BASELINES_CHANGED = "BaselinesUnlikeTheirDefinition"
    EXPIRED_EXEMPTIONS = "ExpiredExemptions"
    HISTORY_FAILURES = "HistoryFailures"
    REPORTS_FINISHED = "ReportsFinished"


_C, _H = Unit.COUNT, Unit.NONE

METRIC_KINDS: Mapping[ComplianceMetric | AccountMetric, MetricKind] = MappingProxyType(
    {
        ComplianceMetric.NODES: MetricKind(_C, "nodes that carry the tag of a patch group of the ring"),
        ComplianceMetric.COMPLIANT_PERCENT: MetricKind(
            Unit.PERCENT,
            "share of those nodes that have nothing left to do but what the next window installs; none for "
            "a ring without nodes",
        ),
        ComplianceMetric.EXEMPT_NODES: MetricKind(_C, "nodes that an exemption leaves out"),
        ComplianceMetric.UNMANAGED_NODES: MetricKind(_C, "nodes that Systems Manager does not reach"),
        ComplianceMetric.STALE_NODES: MetricKind(_C, "nodes whose last scan is too old or in the future"),
        ComplianceMetric.WRONG_BASELINE_NODES: MetricKind(
            _C, "nodes that were scanned with another baseline than that of their group"
        ),
        ComplianceMetric.REPORTED_BY_OTHERS_NODES: MetricKind(
            _C, "nodes whose results something else than a window of the rollout has overwritten"
        ),
        ComplianceMetric.UNREAD_NODES: MetricKind(_C, "nodes whose patches could not be read"),
        ComplianceMetric.LOST_NODES: MetricKind(
            _C,
            "nodes that a ring had that has none any more; published only then, and once after it",
        ),
        ComplianceMetric.MISSING_CRITICAL: MetricKind(
            _C, "missing patches of critical severity, on each node"
        ),
        ComplianceMetric.MISSING_HIGH: MetricKind(_C, "missing patches of high severity, on each node"),
        ComplianceMetric.MISSING_MEDIUM: MetricKind(_C, "missing patches of medium severity, on each node"),
        ComplianceMetric.MISSING_LOW: MetricKind(_C, "missing patches of low severity, on each node"),
        ComplianceMetric.MISSING_UNRATED: MetricKind(_C, "missing patches of unknown severity"),
        ComplianceMetric.OVERDUE_PATCHES: MetricKind(
            _C, "missing patches that break a promise, or that the next window will not install in time"
        ),
        ComplianceMetric.FAILED_PATCHES: MetricKind(_C, "patches whose installation has failed"),
        ComplianceMetric.REJECTED_PATCHES: MetricKind(_C, "patches that are installed and rejected"),
        ComplianceMetric.REBOOT_DEBT_NODES: MetricKind(_C, "nodes that wait for a reboot"),
        ComplianceMetric.REBOOT_OVERDUE_NODES: MetricKind(
            _C, "nodes that wait for a reboot for longer than the ring allows"
        ),
        ComplianceMetric.OLDEST_MISSING_FIRST_SEEN: MetricKind(
            _H, "hours since the oldest missing patch was first seen missing"
        ),
        ComplianceMetric.OLDEST_MISSING_PUBLISHED: MetricKind(
            _H, "hours since the oldest missing patch was published, where AWS says when"
        ),
        ComplianceMetric.OVER_PROMISE: MetricKind(
            _H, "hours by which the latest missing patch is over its promise"
        ),
        ComplianceMetric.OLDEST_REBOOT_DEBT: MetricKind(
            _H, "hours since a node was first seen waiting for its reboot"
        ),
        AccountMetric.NODES_WITHOUT_GROUP: MetricKind(
            _C,
            "managed nodes without a tag of a patch group, or in a group that no baseline is registered for",
        ),
        AccountMetric.BASELINES_CHANGED: MetricKind(_C, "baselines that differ from their definition"),
        AccountMetric.EXPIRED_EXEMPTIONS: MetricKind(
            _C, "exemptions that have expired and still stand there"
        ),
        AccountMetric.HISTORY_FAILURES: MetricKind(
            _C, "files of the history that could not be written; published only if there are any"
        ),
        AccountMetric.REPORTS_FINISHED: MetricKind(_C, "reports that read every group"),
    }
)

PUBLISHED_ON_FAILURE = frozenset({ComplianceMetric.LOST_NODES, AccountMetric.HISTORY_FAILURES})
"""Metrics that are missing while nothing fails: CloudWatch charges for the hours in which a metric comes.

https://aws.amazon.com/cloudwatch/pricing/
"""
