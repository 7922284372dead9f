"""What keeps a schedule from becoming dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from patching_constructs.errors import PatchingError


@dataclass(frozen=True, kw_only=True, slots=True)
class Mistake:
    """One reason why a schedule is not understood.

    Attributes:
        message: What is wrong: one clause, lower case, no full stop.
        received: The value found.
        allowed: What may stand there.
        field: Field of the schedule's record.
    """

    message: str
    received: str
    allowed: str
    field: str = "expression"

    def __str__(self) -> str:
        """Render on one line: field, what, received, allowed."""
        return f"{self.field}: {self.message}, got {self.received}; allowed: {self.allowed}"


class ScheduleSyntaxError(PatchingError):
    """A schedule that cannot be turned into dates, with all of its mistakes.

    Attributes:
        mistakes: The mistakes, in the order in which the fields stand.
    """

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class RunsUnknownError(PatchingError):
    """A schedule without a mistake whose dates depend on something that is not known."""


class PhaseUnknownError(RunsUnknownError):
    """A rate without a start date: its clock starts when AWS makes the window.

    Attributes:
        interval: Time from one start to the next, which is known.
    """

    def __init__(self, interval: timedelta) -> None:
        self.interval = interval
        super().__init__(
            "start_date: a rate without start date counts from the moment when the window is made, "
            "which is not known, got None; allowed: a start date"
        )
