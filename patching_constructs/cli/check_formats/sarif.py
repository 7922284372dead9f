"""The report for code scanning.

See: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from pathlib import Path
from urllib.parse import quote

from patching_constructs._version import __version__
from patching_constructs.cli.report import CheckReport
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.location import Location
from patching_constructs.rules.acknowledged_findings import JudgedFinding

_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}


def format_sarif(report: CheckReport) -> str:
    """Render the report as SARIF 2.1.0."""
    pages: dict[str, str | None] = {}
    for entry in report.judged:
        pages[entry.finding.id] = pages.get(entry.finding.id) or entry.finding.source
    data = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "patching",
                        "semanticVersion": __version__,
                        "rules": [
                            {"id": str(finding_id), **({} if page is None else {"helpUri": page})}
                            for finding_id, page in pages.items()
                        ],
                    }
                },
                "results": [_result(entry) for entry in report.judged],
            }
        ],
    }
    return json.dumps(data, indent=2) + "\n"


def _result(entry: JudgedFinding) -> dict[str, object]:
    finding = entry.finding
    result: dict[str, object] = {
        "ruleId": str(finding.id),
        "level": _LEVELS[finding.level],
        "message": {"text": _text(finding)},
        "locations": [] if finding.location is None else [_location(finding.location)],
    }
    if entry.acknowledgement is not None:
        owner = entry.acknowledgement.owner
        reason = entry.acknowledgement.reason
        result["suppressions"] = [
            {"kind": "external", "justification": reason if owner is None else f"{owner}: {reason}"}
        ]
    return result


def _text(finding: Finding) -> str:
    parts = [f"{finding.field}: {finding.message}" if finding.field else finding.message]
    for label, text in (
        ("got", finding.received),
        ("unknown because", finding.undecided),
        ("fix", finding.allowed),
    ):
        if text is not None:
            parts.append(f"{label}: {text}")
    return "; ".join(parts)


def _location(location: Location) -> dict[str, object]:
    rendered: dict[str, object] = {}
    if location.file is not None:
        rendered["physicalLocation"] = {
            "artifactLocation": {"uri": _uri(location.file)},
            **({} if location.line is None else {"region": {"startLine": location.line}}),
        }
    names = [
        {"fullyQualifiedName": name, "kind": kind}
        for name, kind in ((location.logical_id, "resource"), (location.construct_path, "object"))
        if name is not None
    ]
    return {**rendered, **({"logicalLocations": names} if names else {})}


def _uri(file: str) -> str:
    """Return a path relative to where the command runs if possible, which code scanning can show."""
    path = Path(file)
    if path.is_absolute():
        if not path.is_relative_to(Path.cwd()):
            return path.as_uri()
        path = path.relative_to(Path.cwd())
    return quote(path.as_posix())
