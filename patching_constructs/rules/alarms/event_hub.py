"""Whether people in the security account are notified of patching events."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence

from patching_constructs.contracts.patch_event import PatchEventKind, PatchEventSeverity
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId

_SHORTEST, _LONGEST = dt.timedelta(minutes=1), dt.timedelta(days=90)


def check_notified_severities(recipients: Collection[str], ops_items: Collection[str]) -> Iterator[Finding]:
    """Find that no one is notified of critical events or of failures of the hub, and invalid severities.

    Args:
        recipients: Severities that have recipients.
        ops_items: Severities that become an OpsItem.
    """
    if PatchEventSeverity.CRITICAL not in {*recipients, *ops_items}:
        yield _error(
            FindingId.RECIPIENT_MISSING,
            "recipients",
            "no one would be notified of critical events",
            received="neither a recipient nor an OpsItem for CRITICAL",
            allowed="one of both",
        )
    if not recipients:
        yield _error(
            FindingId.RECIPIENT_MISSING,
            "recipients",
            "no one would be notified of failures of the hub",
            received="no recipient",
            allowed="at least one Recipient for one of the severities",
        )
    for field, severities in (("recipients", recipients), ("ops_items", ops_items)):
        for severity in severities:
            if severity not in set(PatchEventSeverity):
                yield _error(
                    FindingId.EVENT_SEVERITY,
                    field,
                    "not a severity",
                    received=repr(severity),
                    allowed=", ".join(PatchEventSeverity),
                )


def check_event_kinds(kinds: Sequence[str]) -> Iterator[Finding]:
    """Find that no event would be processed, and invalid kinds."""
    if not kinds:
        yield _error(
            FindingId.EVENT_KIND,
            "kinds",
            "no event would be processed",
            received="none",
            allowed=", ".join(PatchEventKind),
        )
    for kind in kinds:
        if kind not in set(PatchEventKind):
            yield _error(
                FindingId.EVENT_KIND,
                "kinds",
                "not a kind",
                received=repr(kind),
                allowed=", ".join(PatchEventKind),
            )


def check_quiet_period(quiet_period: dt.timedelta) -> Iterator[Finding]:
    """Find a period in which repetitions still notify, or in which a failure that returns does not."""
    if not _SHORTEST <= quiet_period <= _LONGEST:
        yield _error(
            FindingId.QUIET_PERIOD,
            "quiet_period",
            "too short or too long",
            received=str(quiet_period),
            allowed="1 minute to 90 days",
        )


def _error(
    id: FindingId, field: str, message: str, *, received: str, allowed: str, source: str | None = None
) -> Finding:
    return Finding(
        id=id,
        level=Level.ERROR,
        field=field,
        message=message,
        received=received,
        allowed=allowed,
        source=source,
    )
