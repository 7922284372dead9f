"""What a check has to say, before it is put into a format."""

import datetime as dt
from dataclasses import dataclass

from patching_constructs.model.finding import Finding, Level
from patching_constructs.rules.acknowledged_findings import JudgedFinding


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckReport:
    """The result of a check.

    Attributes:
        judged: The findings, in the order in which a reader wants them.
        from_: First day of the horizon.
        until: Day after its last.
    """

    judged: tuple[JudgedFinding, ...]
    from_: dt.date
    until: dt.date

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """The findings that have not been accepted."""
        return tuple(entry.finding for entry in self.judged if entry.acknowledgement is None)

    def count(self, level: Level) -> int:
        """Count the open findings of a level."""
        return sum(finding.level is level for finding in self.open_findings)

    @property
    def acknowledged_count(self) -> int:
        """The number of accepted findings."""
        return len(self.judged) - len(self.open_findings)


def in_reading_order(judged: list[JudgedFinding]) -> tuple[JudgedFinding, ...]:
    """Put the worst level first, and within it follow the files."""
    return tuple(sorted(judged, key=_order))


def _order(entry: JudgedFinding) -> tuple[int, str, int, str, str]:
    finding, location = entry.finding, entry.finding.location
    file = "" if location is None else location.file or ""
    line = 0 if location is None else location.line or 0
    return -finding.level, file, line, finding.id, finding.field
