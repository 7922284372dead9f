"""What the reporter remembers of a node: what is left to do on it, since when, and what said so."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from patching_constructs.lambdas.compliance_reporter.nodes import FoundProblem, LastReport
from patching_constructs.model.patch_state import PatchState
from patching_constructs.model.promises import Severity

# AWS does not say how soon after an operation its counts and its patches are all there to be read.
_SETTLED_AFTER = dt.timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenProblem(FoundProblem):
    """A patch of which something is left to do, and since when.

    Attributes:
        first_seen: When the reporter first saw it.
    """

    first_seen: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RememberedNode:
    """What is left to do on a node.

    Attributes:
        problems: The patches.
        operation_ended_at: When the scan or install ended that said so, or None if it may have more to say.
        written_at: When it was remembered.
    """

    problems: tuple[SeenProblem, ...]
    operation_ended_at: dt.datetime | None
    written_at: dt.datetime = field(compare=False)

    @classmethod
    def of(
        cls,
        found: Iterable[FoundProblem],
        *,
        last_report: LastReport | None,
        before: Self | None,
        is_whole: bool = True,
        now: dt.datetime,
    ) -> Self:
        """Return what to remember of a node, with the ages of what was remembered before.

        Args:
            found: The patches of which something is left to do.
            last_report: The report that they are of.
            before: What was remembered of the node, or None.
            is_whole: Whether there are no others. If there may be, those from before stay, and the node is
                asked again.
            now: The moment of the report, with a time zone.
        """
        earlier = () if before is None else before.problems
        first_seen = {_identity(each): each.first_seen for each in earlier}
        problems = tuple(
            SeenProblem(
                patch=problem.patch,
                state=problem.state,
                severity=problem.severity,
                # A report that was resumed may be about an earlier moment than the one that wrote.
                first_seen=min(first_seen.get(_identity(problem), now), now),
            )
            for problem in found
        )
        if not is_whole:
            listed = {problem.patch for problem in problems}
            problems += tuple(problem for problem in earlier if problem.patch not in listed)
        ended_at = None if last_report is None else last_report.ended_at
        is_settled = is_whole and ended_at is not None and now - ended_at >= _SETTLED_AFTER
        return cls(
            problems=problems,
            operation_ended_at=ended_at if is_settled else None,
            written_at=now,
        )

    def is_of(self, last_report: LastReport | None) -> bool:
        """Return whether the patches are those of a report, so that they need not be queried again.

        Only a scan or an install changes the state of a patch, and its end is the time of the report. Patches
        that are not as many as the report counts were not read as a whole.

        See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-compliance-reports.html
        """
        return (
            last_report is not None
            and last_report.ended_at is not None
            and last_report.ended_at == self.operation_ended_at
            and Counter(problem.state for problem in self.problems) == Counter(last_report.counts)
        )

    def to_data(self) -> dict[str, Any]:
        """Return it as data that JSON can hold."""
        return {
            "problems": [
                [problem.patch, problem.state, problem.severity, problem.first_seen.isoformat()]
                for problem in self.problems
            ],
            "operation-ended": None
            if self.operation_ended_at is None
            else self.operation_ended_at.isoformat(),
            "written": self.written_at.isoformat(),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_data` has written."""
        ended = data["operation-ended"]
        return cls(
            problems=tuple(
                SeenProblem(
                    patch=patch,
                    state=PatchState(state),
                    severity=None if severity is None else Severity(severity),
                    first_seen=dt.datetime.fromisoformat(first_seen),
                )
                for patch, state, severity, first_seen in data["problems"]
            ),
            operation_ended_at=None if ended is None else dt.datetime.fromisoformat(ended),
            written_at=dt.datetime.fromisoformat(data["written"]),
        )


def _identity(problem: FoundProblem) -> tuple[PatchState, str]:
    """Tell which problem it is.

    A patch that is missing and one whose installation has failed are one problem: each run that fails would
    renew the age of the patch otherwise, and the next scan once more.
    """
    state = PatchState.MISSING if problem.state is PatchState.FAILED else problem.state
    return state, problem.patch
