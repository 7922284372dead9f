"""Rules about accepted findings: what they silence, when they expire, and when they are of no use."""

import datetime as dt
import fnmatch
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from patching_constructs.model.acknowledgement import Acknowledgement
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.location import Location


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedFinding:
    """A finding, and the acknowledgement that silences it, or None."""

    finding: Finding
    acknowledgement: Acknowledgement | None = None


def judge(
    findings: Sequence[Finding], acknowledgements: Sequence[Acknowledgement], *, today: dt.date
) -> list[JudgedFinding]:
    """Silence what is accepted, and find acknowledgements that have expired or match nothing."""
    by_id: dict[str, list[Acknowledgement]] = {}
    for acknowledgement in acknowledgements:
        if acknowledgement.expires is None or today <= acknowledgement.expires:
            by_id.setdefault(acknowledgement.finding_id, []).append(acknowledgement)
    judged = []
    for finding in findings:
        matching = (entry for entry in by_id.get(finding.id, ()) if _matches(entry, finding))
        judged.append(JudgedFinding(finding=finding, acknowledgement=next(matching, None)))
    warnings = [
        warning
        for acknowledgement in acknowledgements
        for warning in _warning(acknowledgement, findings, today=today)
    ]
    return judged + [JudgedFinding(finding=warning) for warning in warnings]


def _matches(acknowledgement: Acknowledgement, finding: Finding) -> bool:
    if finding.id != acknowledgement.finding_id:
        return False
    location = finding.location or Location()
    where = acknowledgement.where
    if acknowledgement.with_children:
        return f"{location.construct_path}/".startswith(f"{where}/")
    places = (location.logical_id, location.construct_path, location.file)
    return where == "*" or any(place is not None and fnmatch.fnmatchcase(place, where) for place in places)


def _warning(
    acknowledgement: Acknowledgement, findings: Sequence[Finding], *, today: dt.date
) -> Iterator[Finding]:
    if acknowledgement.expires is not None and acknowledgement.expires < today:
        yield Finding(
            id=FindingId.ACKNOWLEDGEMENT_EXPIRED,
            level=Level.WARNING,
            field="expires",
            message=f"{acknowledgement.owner} has accepted {acknowledgement.finding_id} at "
            f"{acknowledgement.where} until then",
            received=str(acknowledgement.expires),
            allowed="fix the accepted finding, or renew the acknowledgement",
            location=acknowledgement.location,
        )
    elif acknowledgement.owner is not None and not any(
        _matches(acknowledgement, finding) for finding in findings
    ):
        yield Finding(
            id=FindingId.ACKNOWLEDGEMENT_UNUSED,
            level=Level.INFO,
            field="id",
            message=f"there is no such finding at {acknowledgement.where}",
            received=repr(acknowledgement.finding_id),
            allowed="remove the acknowledgement",
            location=acknowledgement.location,
        )
