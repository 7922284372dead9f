"""The report for people in a terminal."""

from collections.abc import Iterator

from patching_constructs.cli.report import CheckReport
from patching_constructs.model.acknowledgement import Acknowledgement
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.wording import plural

_WHAT_IS_PROVED = "These results are computed from schedules. No instance was queried."


def format_text(report: CheckReport) -> str:
    """Render the report as text."""
    lines = [
        line for entry in report.judged for line in (*_finding(entry.finding, entry.acknowledgement), "")
    ]
    return "\n".join([*lines, _summary(report), _WHAT_IS_PROVED, ""])


def _finding(finding: Finding, acknowledgement: Acknowledgement | None) -> Iterator[str]:
    place = "" if finding.location is None else str(finding.location)
    level = finding.level.name.lower()
    yield f"{level if acknowledgement is None else f'acknowledged {level}'} {finding.id}" + (
        f"  {place}" if place else ""
    )
    yield f"  {finding.field}: {finding.message}" if finding.field else f"  {finding.message}"
    for label, text in (
        ("got", finding.received),
        ("unknown because", finding.undecided),
        ("fix", finding.allowed),
        ("see", finding.source),
    ):
        if text is not None:
            yield f"    {label}: {text}"
    if acknowledgement is not None:
        until = "" if acknowledgement.expires is None else f" until {acknowledgement.expires}"
        yield f"    accepted by {acknowledgement.owner or 'the app'}{until}: {acknowledgement.reason}"


def _summary(report: CheckReport) -> str:
    counts = ", ".join(
        plural(report.count(level), word)
        for level, word in ((Level.ERROR, "error"), (Level.WARNING, "warning"), (Level.INFO, "note"))
    )
    accepted = f", {report.acknowledged_count} acknowledged" if report.acknowledged_count else ""
    return f"{counts}{accepted}; looked at {report.from_} to {report.until}"
