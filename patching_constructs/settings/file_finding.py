"""Findings about values of patching.yaml, which get the line of the value when all are known."""

from dataclasses import replace
from typing import TypeAlias

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.location import Location
from patching_constructs.settings.yaml_document import Path, SettingsDocument

FileFinding: TypeAlias = tuple[Path, Finding]
"""Keys and indexes to a value of the file, and what is wrong with it."""


def file_finding(
    path: Path,
    *,
    id: str,
    message: str,
    allowed: str | None,
    received: str | None = None,
    level: Level = Level.ERROR,
    source: str | None = None,
) -> FileFinding:
    """Return a finding about the value at `path`; without `received`, the value is what was received."""
    return path, Finding(
        id=id,
        level=level,
        field="",
        message=message,
        received=received,
        allowed=allowed,
        source=source,
    )


def in_document(path: Path, finding: Finding, document: SettingsDocument) -> Finding:
    """Return a finding with its line in the file, the name of the field and the value received."""
    return replace(
        finding,
        field="".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip("."),
        received=document.received(path) if finding.received is None else finding.received,
        location=Location(file=document.file, line=document.line_of(path)),
    )
