"""What a rule says about a record."""

import enum
from dataclasses import dataclass

from patching_constructs.model.location import Location


class Level(enum.IntEnum):
    """How bad a finding is; comparable, `ERROR` is the highest."""

    INFO = 1
    """A note; nothing to fix."""
    WARNING = 2
    """Legal but probably wrong, or not documented by AWS."""
    ERROR = 3
    """AWS certainly rejects it, or it certainly breaks a promise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One error, warning or note, with everything that a person needs to fix it.

    Attributes:
        id: Stable id, a member of `patching_constructs.model.finding_kinds.finding_id.FindingId`.
        level: Severity.
        field: Path of the field inside its owner, such as `approval_rules[0].approve_after_days`.
        message: What is wrong: one clause, lower case, no full stop.
        received: The value received, as a reader would recognise it, or None when nothing was.
        allowed: The values allowed, or what to do instead, or None.
        source: Address of the AWS page that the limit or behaviour comes from, or None.
        location: Location of the owner; None until it is known.
        undecided: Why the rule could not decide, or None if it did.
    """

    id: str
    level: Level
    field: str
    message: str
    received: str | None = None
    allowed: str | None = None
    source: str | None = None
    location: Location | None = None
    undecided: str | None = None

    def __str__(self) -> str:
        """Render on one line: where, field, what, received, allowed, source."""
        text = f"{self.field}: {self.message}" if self.field else self.message
        if self.location is not None and str(self.location):
            text = f"{self.location}: {text}"
        if self.received is not None:
            text += f", got {self.received}"
        if self.allowed is not None:
            text += f"; allowed: {self.allowed}"
        if self.undecided is not None:
            text += f"; cannot be decided: {self.undecided}"
        if self.source is not None:
            text += f" (see {self.source})"
        return text
