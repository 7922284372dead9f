"""Render the report as JSON; `findings.schema.json` in this folder is its JSON Schema."""

import json

from patching_constructs.cli.report import CheckReport
from patching_constructs.model.acknowledgement import Acknowledgement
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.location import Location

SCHEMA_VERSION = 1


def format_json(report: CheckReport) -> str:
    """Render the report as JSON."""
    data = {
        "schema_version": SCHEMA_VERSION,
        "from": str(report.from_),
        "until": str(report.until),
        "summary": {
            "errors": report.count(Level.ERROR),
            "warnings": report.count(Level.WARNING),
            "infos": report.count(Level.INFO),
            "acknowledged": report.acknowledged_count,
        },
        "findings": [finding_data(entry.finding, entry.acknowledgement) for entry in report.judged],
    }
    return json.dumps(data, indent=2) + "\n"


def finding_data(finding: Finding, acknowledgement: Acknowledgement | None) -> dict[str, object]:
    """Return a finding as data that JSON can hold, with the acknowledgement that silences it."""
    location = finding.location or Location()
    return {
        "id": str(finding.id),
        "level": finding.level.name.lower(),
        "file": location.file,
        "line": location.line,
        "logical_id": location.logical_id,
        "construct_path": location.construct_path,
        "field": finding.field,
        "message": finding.message,
        "received": finding.received,
        "undecided": finding.undecided,
        "fix": finding.allowed,
        "source": finding.source,
        "acknowledgement": None if acknowledgement is None else _acknowledgement(acknowledgement),
    }


def _acknowledgement(acknowledgement: Acknowledgement) -> dict[str, object]:
    expires = acknowledgement.expires
    return {
        "owner": acknowledgement.owner,
        "reason": acknowledgement.reason,
        "expires": None if expires is None else str(expires),
    }
