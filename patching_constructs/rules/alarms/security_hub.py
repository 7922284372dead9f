"""Rules about the findings of Security Hub: they have recipients, by valid severities."""

from collections.abc import Iterator, Sequence

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.security_hub import FindingSeverity


def check_finding_topics(severities: Sequence[str]) -> Iterator[Finding]:
    """Find missing topics and invalid severities."""
    if not severities:
        yield _finding("topics", "empty, so findings have no recipient", received="nothing")
    for severity in severities:
        if severity not in set(FindingSeverity):
            yield _finding("topics", "not a severity", received=repr(severity))


def _finding(field: str, message: str, *, received: str) -> Finding:
    return Finding(
        id=FindingId.FINDING_TOPICS,
        level=Level.ERROR,
        field=field,
        message=message,
        received=received,
        allowed=", ".join(FindingSeverity),
        source="https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Severity.html",
    )
