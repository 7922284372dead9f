"""The report as annotations of a GitHub workflow.

See: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from patching_constructs.cli.report import CheckReport
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.location import Location

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}


def format_github(report: CheckReport) -> str:
    """Render the findings that have not been accepted as workflow commands."""
    return "".join(f"{_command(finding)}\n" for finding in report.open_findings)


def _command(finding: Finding) -> str:
    location = finding.location or Location()
    properties = {
        "file": location.file,
        "line": None if location.line is None else str(location.line),
        "title": str(finding.id),
    }
    rendered = ",".join(f"{name}={_property(text)}" for name, text in properties.items() if text is not None)
    places = " ".join(place for place in (location.logical_id, location.construct_path) if place)
    parts = [f"{finding.field}: {finding.message}" if finding.field else finding.message]
    parts += [
        f"{label}: {text}"
        for label, text in (
            ("got", finding.received),
            ("unknown because", finding.undecided),
            ("fix", finding.allowed),
            ("see", finding.source),
            ("at", places or None),
        )
        if text is not None
    ]
    return f"::{_COMMANDS[finding.level]} {rendered}::{_data(chr(10).join(parts))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
