"""Derive installations from reports: a missing patch that is no longer among the problems was installed.

Reports are moments. A patch was installed between the last report that still had it and the first one after a
newer scan or install that no longer had it; the exact minute is unknown.
"""

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from patching_constructs.contracts.history_row import HistoryProblem, HistoryRow
from patching_constructs.model.patch_state import PatchState
from patching_constructs.model.promises import Promise, Severity

_NOT_INSTALLED = frozenset({PatchState.MISSING, PatchState.FAILED})


class How(enum.StrEnum):
    """How it is known that a patch is installed."""

    WAITS_FOR_REBOOT = "installed, waits for a reboot"
    """AWS says so."""
    GONE = "no longer missing"
    """It is not among the problems of a newer scan or install. A patch that was superseded or withdrawn looks
    the same."""
    OTHER_BASELINE = "no longer missing, by another baseline"
    """Likewise, and the node was compared with another baseline, which may not approve the patch."""


class Kept(enum.StrEnum):
    """Whether a promise was kept."""

    YES = "yes"
    NO = "no"
    UNSURE = "not decided"
    """The promised time ended between the two reports."""
    NOT_YET = "not due"
    """It is not installed, and there is time left."""
    EXEMPT = "exempt"
    """The node or the patch was exempt, so that no promise counts."""
    INSTALLED = "installed"
    """It only waits for a reboot; whether it was in time is recorded where it was installed."""
    NOTHING_PROMISED = "nothing promised"


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """A patch that a node did not have and has.

    Attributes:
        row: The node in the last report that still had the patch among its problems.
        problem: The patch there.
        not_before: Time of that report.
        not_after: Time of the first report that had it no more.
        how: How that is known.
        due: When the promised time ended, or None if nothing is promised.
        kept: Whether the promise was kept.
    """

    row: HistoryRow
    problem: HistoryProblem
    not_before: datetime
    not_after: datetime
    how: How
    due: datetime | None
    kept: Kept


@dataclass(frozen=True, kw_only=True, slots=True)
class Unfinished:
    """Something that is left to do in the last report of a node.

    Attributes:
        row: The node there.
        problem: What is left to do.
        due: When the promised time ends or ended, or None if nothing is promised.
        kept: Whether the promise is kept.
    """

    row: HistoryRow
    problem: HistoryProblem
    due: datetime | None
    kept: Kept


@dataclass(frozen=True, kw_only=True, slots=True)
class UnknownNode:
    """A node whose last report has no data about its patches.

    Attributes:
        row: The node there.
        known_at: Time of the last report with data about its patches, or None.
    """

    row: HistoryRow
    known_at: datetime | None


class PatchTrail:
    """Follows every node through its reports, which are given in the order of time.

    Args:
        promises: What was promised, by ring.
    """

    def __init__(self, promises: Mapping[str, Iterable[Promise]]) -> None:
        self._within = {ring: _shortest(of_ring) for ring, of_ring in promises.items()}
        self._last: dict[tuple[str, str, str, str], HistoryRow] = {}
        self._known_at: dict[tuple[str, str, str, str], datetime] = {}
        self._open: dict[tuple[str, str, str, str], dict[str, tuple[HistoryRow, HistoryProblem]]] = {}

    def follow(self, row: HistoryRow) -> Iterator[Installation]:
        """Take the next row of a node, and yield what it shows to be installed."""
        key = _key(row)
        self._last[key] = row
        # The node could not be read: what was known before stays open, in place of counting as installed.
        if not row.lists_patches:
            return
        self._known_at[key] = row.seen_at
        states = {problem.patch: problem for problem in row.problems}
        still: dict[str, tuple[HistoryRow, HistoryProblem]] = {}
        for patch, (before, problem) in self._open.get(key, {}).items():
            now = states.get(patch)
            # Reports repeat the last scan of a node, and only a newer scan can show that a patch is
            # installed.
            is_newer = (row.reported_at or row.seen_at) > (before.reported_at or before.seen_at)
            if now is not None and now.state in _NOT_INSTALLED:
                continue
            if not is_newer:
                still[patch] = (before, problem)
                continue
            due = self._due(before.ring, problem)
            yield Installation(
                row=before,
                problem=problem,
                not_before=before.seen_at,
                not_after=row.seen_at,
                how=_how(before, row, now),
                due=due,
                kept=_kept(before, problem, due, before.seen_at, row.seen_at),
            )
        for patch, problem in states.items():
            if problem.state in _NOT_INSTALLED:
                still[patch] = (row, problem)
        self._open[key] = still

    def unfinished(self, *, gone_after: timedelta) -> Iterator[Unfinished]:
        """Yield what is left to do, of the nodes that are still there."""
        for row in self._standing(gone_after):
            for problem in row.problems:
                due = self._due(row.ring, problem)
                kept = Kept.INSTALLED
                if problem.state in _NOT_INSTALLED:
                    kept = _kept(row, problem, due, row.seen_at, None)
                yield Unfinished(row=row, problem=problem, due=due, kept=kept)

    def unknown_nodes(self, *, gone_after: timedelta) -> Iterator[UnknownNode]:
        """Yield the nodes that still exist and have no data about their patches."""
        for row in self._standing(gone_after):
            if not row.lists_patches:
                yield UnknownNode(row=row, known_at=self._known_at.get(_key(row)))

    @property
    def last_rows(self) -> Iterable[HistoryRow]:
        """The last row of every node."""
        return self._last.values()

    def _standing(self, gone_after: timedelta) -> Iterator[HistoryRow]:
        """Yield the last row of each node that the reports of its account and Region still had."""
        ends: dict[tuple[str, str, str], datetime] = {}
        for row in self._last.values():
            ends[row.place] = max(row.seen_at, ends.get(row.place, row.seen_at))
        return (row for row in self._last.values() if row.seen_at >= ends[row.place] - gone_after)

    def _due(self, ring: str, problem: HistoryProblem) -> datetime | None:
        within = self._within.get(ring, {})
        promised = (
            min(within.values(), default=None) if problem.severity is None else within.get(problem.severity)
        )
        return None if promised is None else problem.clock + promised


def _kept(
    row: HistoryRow,
    problem: HistoryProblem,
    due: datetime | None,
    not_before: datetime,
    not_after: datetime | None,
) -> Kept:
    if row.is_exempt or problem.is_exempt:
        return Kept.EXEMPT
    if due is None:
        return Kept.NOTHING_PROMISED
    if not_before > due:
        return Kept.NO
    if not_after is None:
        return Kept.NOT_YET
    return Kept.YES if not_after <= due else Kept.UNSURE


def _key(row: HistoryRow) -> tuple[str, str, str, str]:
    return *row.place, row.node_id


def _how(before: HistoryRow, row: HistoryRow, now: HistoryProblem | None) -> How:
    if now is not None and now.state is PatchState.INSTALLED_PENDING_REBOOT:
        return How.WAITS_FOR_REBOOT
    return How.GONE if before.baseline_id == row.baseline_id else How.OTHER_BASELINE


def _shortest(promises: Iterable[Promise]) -> dict[str, timedelta]:
    """Return the shortest promised time for each severity, and for an unknown severity."""
    within: dict[str, timedelta] = {}
    for promise in promises:
        for severity, time in promise.within.items():
            name = str(Severity(severity))
            within[name] = min(time, within.get(name, time))
    return within
