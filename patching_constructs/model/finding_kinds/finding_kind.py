"""What is known about a finding before it is found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from patching_constructs.model.finding import Level
from patching_constructs.model.finding_kinds.finding_id import FindingId


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingKind:
    """The meaning of a finding id, the same wherever it is found.

    Attributes:
        id: The stable id.
        level: Usual level.
        title: What is wrong, in a few words without a full stop.
        explanation: Why it is wrong and what happens, in full sentences.
        example: What triggers it, as short as possible.
        fix: One instruction, with a full stop.
        source: Address of the page that the limit or behavior comes from; None if it is a rule of this
            library, or if each finding has a page of its own.
        other_levels: When a finding of this id has another level. A finding that cannot be decided
            may be `INFO` without an entry.
        tags: The area, and `security` where nodes stay vulnerable or permissions are too wide.
        security_severity: Severity of an error with the tag `security`, above 0 and up to 10 as in CVSS,
            or None.
    """

    id: FindingId
    level: Level
    title: str
    explanation: str
    example: str
    fix: str
    source: str | None = None
    other_levels: Mapping[Level, str] = field(default_factory=lambda: MappingProxyType({}))
    tags: tuple[str, ...]
    security_severity: float | None = None

    @property
    def levels(self) -> frozenset[Level]:
        """Every level that a finding of this id can have."""
        return frozenset({self.level, *self.other_levels})
