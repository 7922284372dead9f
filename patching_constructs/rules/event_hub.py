"""Whether events of patching reach the security account, and somebody there."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.patch_event import PatchEventKind, PatchEventSeverity
from patching_constructs.model.unknown import Maybe
from patching_constructs.rules.ids import FindingId
from patching_constructs.rules.organization import (
    ACCOUNT_ID,
    ACCOUNT_ID_WORDS,
    check_fits_bus_policy,
    check_organization_id,
)

_SHORTEST, _LONGEST = dt.timedelta(minutes=1), dt.timedelta(days=90)


def check_event_senders(organization_id: Maybe[str] | None, accounts: Sequence[str]) -> Iterator[Finding]:
    """Find that nobody may send events, and what is no account or organisation."""
    if organization_id is None and not accounts:
        yield _error(
            FindingId.EVENT_SENDER,
            "organization_id",
            "nobody could send events",
            received="neither organization_id nor accounts",
            allowed="one of both, or both: accounts of the organisation",
        )
    yield from check_organization_id(organization_id, id=FindingId.EVENT_SENDER)
    yield from check_fits_bus_policy(accounts, field="accounts", id=FindingId.EVENT_SENDER)
    for position, account in enumerate(accounts):
        if not ACCOUNT_ID.fullmatch(account):
            yield _error(
                FindingId.EVENT_SENDER,
                f"accounts[{position}]",
                "not an account id",
                received=repr(account),
                allowed=ACCOUNT_ID_WORDS,
                source="https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html",
            )


def check_told_severities(recipients: Collection[str], ops_items: Collection[str]) -> Iterator[Finding]:
    """Find that nobody is told of the worst, or of the hub's own failures, and words that are no severity.

    Args:
        recipients: Severities that have recipients.
        ops_items: Severities that become an OpsItem.
    """
    if PatchEventSeverity.CRITICAL not in {*recipients, *ops_items}:
        yield _error(
            FindingId.RECIPIENT_MISSING,
            "recipients",
            "nobody would be told of what is critical",
            received="neither a recipient nor an OpsItem for CRITICAL",
            allowed="one of both",
        )
    if not recipients:
        yield _error(
            FindingId.RECIPIENT_MISSING,
            "recipients",
            "nobody would be told when events cannot be told",
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
    """Find that no event would be heard, and words that are no kind."""
    if not kinds:
        yield _error(
            FindingId.EVENT_KIND,
            "kinds",
            "no event would be heard",
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
    """Find a time in which repetitions still ring, or in which what comes back does not."""
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
