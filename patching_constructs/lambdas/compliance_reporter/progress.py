"""How far a report has come, so that it can go on in a further call."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from patching_constructs.lambdas.compliance_reporter.figures import Figures


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a report has come.

    Attributes:
        run_id: Id of the report.
        now: The moment that the report is about, when it began.
        group: Number of the group that is next.
        after: Last node of that group that is done, or None.
        part: How often the report was resumed.
        figures: Figures of what is done, by ring, patch group and operating system.
        failures: What could not be read, in words.
        unread_rings: Rings of which a group could not be read as a whole.
        history_failures: Why parts of the history could not be written.
    """

    run_id: str
    now: dt.datetime
    group: int = 0
    after: str | None = None
    part: int = 0
    figures: Mapping[tuple[str, str, str], Figures] = field(default_factory=dict)
    failures: tuple[str, ...] = ()
    unread_rings: frozenset[str] = frozenset()
    history_failures: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """Return the progress as data that JSON can hold."""
        return {
            "run-id": self.run_id,
            "now": self.now.isoformat(),
            "group": self.group,
            "after": self.after,
            "part": self.part,
            "figures": [[*where, figure.to_data()] for where, figure in self.figures.items()],
            "failures": list(self.failures),
            "unread-rings": sorted(self.unread_rings),
            "history-failures": list(self.history_failures),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_data` has written."""
        return cls(
            run_id=data["run-id"],
            now=dt.datetime.fromisoformat(data["now"]),
            group=data["group"],
            after=data["after"],
            part=data["part"],
            figures={
                (ring, group, system): Figures.from_data(figure)
                for ring, group, system, figure in data["figures"]
            },
            failures=tuple(data["failures"]),
            unread_rings=frozenset(data["unread-rings"]),
            history_failures=tuple(data["history-failures"]),
        )
