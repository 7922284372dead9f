"""The report for code scanning.

See: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from patching_constructs._version import __version__
from patching_constructs.cli.finding_explanations import FINDINGS_PAGE, as_markdown, as_text
from patching_constructs.cli.report import CheckReport
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.catalogue import CATALOGUE
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.finding_kinds.finding_kind import FindingKind
from patching_constructs.model.location import Location
from patching_constructs.rules.acknowledged_findings import JudgedFinding

_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}


def format_sarif(report: CheckReport) -> str:
    """Render the report as SARIF 2.1.0."""
    findings = [entry.finding for entry in report.judged]
    fingerprints = _fingerprints(findings)
    data = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "patching",
                        "semanticVersion": __version__,
                        "informationUri": FINDINGS_PAGE,
                        "rules": [
                            _rule(CATALOGUE[FindingId(finding_id)])
                            for finding_id in dict.fromkeys(finding.id for finding in findings)
                        ],
                    }
                },
                # Code scanning takes what precedes the last slash as the category of the run.
                "automationDetails": {"id": "patching-check/"},
                "results": [
                    _result(entry, fingerprint)
                    for entry, fingerprint in zip(report.judged, fingerprints, strict=True)
                ],
            }
        ],
    }
    return json.dumps(data, indent=2) + "\n"


def _rule(kind: FindingKind) -> dict[str, object]:
    severity = (
        {} if kind.security_severity is None else {"security-severity": f"{kind.security_severity:.1f}"}
    )
    return {
        "id": str(kind.id),
        "shortDescription": {"text": kind.title},
        "fullDescription": {"text": kind.explanation},
        "help": {"text": as_text(kind), "markdown": as_markdown(kind)},
        "helpUri": f"{FINDINGS_PAGE}#{kind.id}",
        "defaultConfiguration": {"level": _LEVELS[kind.level]},
        "properties": {"tags": list(kind.tags), **severity},
    }


def _fingerprints(findings: Sequence[Finding]) -> list[str]:
    """Return what identifies each finding when lines move: its id, its resource and its field.

    Findings that agree in all of these are counted, because code scanning merges results of one fingerprint.
    """
    seen: Counter[str] = Counter()
    fingerprints = []
    for finding in findings:
        location = finding.location or Location()
        names = (
            str(finding.id),
            "" if location.file is None else _uri(location.file),
            location.logical_id or "",
            location.construct_path or "",
            finding.field,
        )
        digest = hashlib.sha256("\0".join(names).encode("utf-8", "surrogatepass")).hexdigest()
        seen[digest] += 1
        fingerprints.append(f"{digest}:{seen[digest]}")
    return fingerprints


def _result(entry: JudgedFinding, fingerprint: str) -> dict[str, object]:
    finding = entry.finding
    result: dict[str, object] = {
        "ruleId": str(finding.id),
        "level": _LEVELS[finding.level],
        "message": {"text": _text(finding)},
        "locations": [] if finding.location is None else [_location(finding.location)],
        "partialFingerprints": {"patchingFinding/v1": fingerprint},
    }
    if finding.source is not None:
        result["properties"] = {"source": finding.source}
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
