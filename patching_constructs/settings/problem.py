"""A mistake in patching.yaml before its line is known."""

from dataclasses import dataclass
from typing import Self

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.location import Location
from patching_constructs.settings.yaml_document import Path, SettingsDocument


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """An error or a warning at one place of the file.

    Attributes:
        path: Keys and indexes to the value.
        id: Id of the finding.
        message: What is wrong.
        allowed: The values allowed.
        received: The value received, if it differs from the value at `path`.
        level: Severity.
        source: Address of the AWS page, or None.
    """

    path: Path
    id: str
    message: str
    allowed: str | None
    received: str | None = None
    level: Level = Level.ERROR
    source: str | None = None

    @classmethod
    def of(cls, finding: Finding, *, path: Path) -> Self:
        """Return what a rule found as a problem of the value at `path`."""
        return cls(
            path=path,
            id=finding.id,
            message=finding.message,
            allowed=finding.allowed,
            received=finding.received,
            level=finding.level,
            source=finding.source,
        )

    def to_finding(self, document: SettingsDocument) -> Finding:
        """Return the finding, with its line in `document`."""
        return Finding(
            id=self.id,
            level=self.level,
            field=_rendered(self.path),
            message=self.message,
            received=document.received(self.path) if self.received is None else self.received,
            allowed=self.allowed,
            source=self.source,
            location=Location(file=document.file, line=document.line_of(self.path)),
        )


def _rendered(path: Path) -> str:
    """Return `path` in the form in which findings name fields, such as `rings[0].accounts[1]`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
