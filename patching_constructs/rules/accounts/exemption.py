"""Rules about exemptions: who answers for them, what they leave out, and until when."""

import datetime as dt
from collections.abc import Iterator, Sequence

from patching_constructs.model.exemption import ExemptionRecord
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId

FAR_AHEAD = dt.timedelta(days=366)
"""Our own limit: who answers for an exemption should look at it once a year."""


def check_exemption(exemption: ExemptionRecord, *, field: str = "") -> Iterator[Finding]:
    """Find invalid exemptions: without an owner, or of everything.

    Args:
        exemption: The exemption.
        field: Prefix of the names of its fields.
    """
    for name, text in (
        ("owner", exemption.owner),
        ("reason", exemption.reason),
        ("ticket", exemption.ticket),
        ("nodes", exemption.nodes),
        ("patches", exemption.patches),
        *((f"patch_groups[{index}]", group) for index, group in enumerate(exemption.patch_groups)),
    ):
        if not text.strip():
            yield Finding(
                id=FindingId.EXEMPTION,
                level=Level.ERROR,
                field=f"{field}{name}",
                message="empty",
                received=repr(text),
                allowed="text",
            )
    if not exemption.patch_groups and _is_everything(exemption.nodes) and _is_everything(exemption.patches):
        yield Finding(
            id=FindingId.EXEMPTION,
            level=Level.ERROR,
            field=field.rstrip("."),
            message="leaves out every patch of every node",
            received="no choice of nodes, patches or patch_groups",
            allowed="at least one of nodes, patches and patch_groups",
        )


def warn_about_exemption(exemption: ExemptionRecord, *, today: dt.date, field: str = "") -> Iterator[Finding]:
    """Find expired exemptions, and those that last too long without a review.

    Args:
        exemption: The exemption.
        today: The day that counts, in UTC.
        field: Prefix of the names of its fields.
    """
    if not exemption.holds_on(today):
        yield Finding(
            id=FindingId.EXEMPTION_EXPIRED,
            level=Level.WARNING,
            field=f"{field}expires",
            message=f"the exemption of {exemption.owner!r} ({exemption.ticket}) has expired",
            received=exemption.expires.isoformat(),
            allowed=f"no such exemption, or a day from {today} on that its owner decides",
        )
    elif exemption.expires - today > FAR_AHEAD:
        yield Finding(
            id=FindingId.EXEMPTION_EXPIRY_FAR_AHEAD,
            level=Level.WARNING,
            field=f"{field}expires",
            message="more than a year ahead, so the exemption is not reviewed every year",
            received=exemption.expires.isoformat(),
            allowed=f"a day until {today + FAR_AHEAD}",
        )


def check_exemptions(exemptions: Sequence[ExemptionRecord], *, field: str = "exemptions") -> list[Finding]:
    """Find the errors of several exemptions."""
    return [
        finding
        for index, exemption in enumerate(exemptions)
        for finding in check_exemption(exemption, field=f"{field}[{index}].")
    ]


def warn_about_exemptions(
    exemptions: Sequence[ExemptionRecord], *, today: dt.date, field: str = "exemptions"
) -> list[Finding]:
    """Find warnings about several exemptions."""
    return [
        finding
        for index, exemption in enumerate(exemptions)
        for finding in warn_about_exemption(exemption, today=today, field=f"{field}[{index}].")
    ]


def _is_everything(pattern: str) -> bool:
    return set(pattern) <= {"*"}
