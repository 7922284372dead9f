"""Rules about the metrics of a compliance reporter."""

from collections.abc import Iterator, Sequence

from patching_constructs.contracts.compliance_metrics import ComplianceMetric
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId


def check_published_metrics(metrics: Sequence[str]) -> Iterator[Finding]:
    """Find what is no metric of a ring."""
    known = list(ComplianceMetric)
    for position, metric in enumerate(metrics):
        if metric not in known:
            yield Finding(
                id=FindingId.REPORTED_METRIC,
                level=Level.ERROR,
                field=f"published_metrics[{position}]",
                message="not a metric of a ring",
                received=repr(metric),
                allowed=", ".join(known),
            )


def check_reported_ring(ring: str, rings: Sequence[str]) -> Iterator[Finding]:
    """Find a ring that the reporter does not have."""
    if ring not in rings:
        yield Finding(
            id=FindingId.REPORTED_METRIC,
            level=Level.ERROR,
            field="ring",
            message="the reporter has no such ring",
            received=repr(ring),
            allowed=", ".join(rings),
        )
