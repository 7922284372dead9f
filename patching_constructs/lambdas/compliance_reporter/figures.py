"""Nodes to figures: how a ring, a patch group and an operating system stand at one moment.

Figures of parts add up to those of the whole, so that a report can be made in pieces.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Self

from patching_constructs.model.exemption import ExemptionRecord
from patching_constructs.model.node_report import NodeReport, PatchProblem
from patching_constructs.model.patch_state import PatchState
from patching_constructs.model.promises import Severity
from patching_constructs.model.ring_terms import RingTerms

# By how much the end of a scan may be ahead of a report, which is about the moment at which it began.
# A report takes three hours at most. A scan further ahead has a wrong time, so its age is unknown.
_AHEAD = timedelta(hours=4)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """How nodes stand at one moment.

    Attributes:
        nodes: Nodes in scope, those that are exempt left out.
        exempt_nodes: Nodes that need not comply.
        compliant_nodes: Nodes that are managed, scanned in time with the right baseline, and have nothing
            left to do but what the next window still installs in time.
        unmanaged_nodes: Nodes that carry the tag and that Systems Manager does not reach.
        stale_nodes: Managed nodes whose last scan is too old or in the future, or that were never scanned.
        wrong_baseline_nodes: Nodes that were scanned with another baseline than that of their group.
        reported_by_others_nodes: Nodes that something else than a window of the rollout reported last.
        unread_nodes: Nodes whose patches could not be read as a whole.
        missing: Missing patches by severity, counted on each node; None where the severity is unknown.
        overdue_patches: Missing patches that break a promise, or that no next window installs in time.
        failed_patches: Patches whose installation has failed.
        rejected_patches: Patches that are installed and rejected.
        reboot_debt_nodes: Nodes that wait for a reboot.
        reboot_overdue_nodes: Those that wait for longer than the ring allows.
        oldest_missing_first_seen: Longest time since a missing patch was first seen, or None.
        oldest_missing_published: Longest time since a missing patch was published, of those for which AWS
            says when, or None.
        most_over_promise: The most by which a missing patch is over its promise, or None if none is.
        oldest_reboot_debt: Longest time since a node was first seen waiting for its reboot, or None.
    """

    nodes: int = 0
    exempt_nodes: int = 0
    compliant_nodes: int = 0
    unmanaged_nodes: int = 0
    stale_nodes: int = 0
    wrong_baseline_nodes: int = 0
    reported_by_others_nodes: int = 0
    unread_nodes: int = 0
    missing: Counter[Severity | None] = field(default_factory=Counter)
    overdue_patches: int = 0
    failed_patches: int = 0
    rejected_patches: int = 0
    reboot_debt_nodes: int = 0
    reboot_overdue_nodes: int = 0
    oldest_missing_first_seen: timedelta | None = None
    oldest_missing_published: timedelta | None = None
    most_over_promise: timedelta | None = None
    oldest_reboot_debt: timedelta | None = None

    def __add__(self, other: "Figures") -> "Figures":
        """Put the figures of two sets of nodes together that have no node in common."""
        return Figures(
            nodes=self.nodes + other.nodes,
            exempt_nodes=self.exempt_nodes + other.exempt_nodes,
            compliant_nodes=self.compliant_nodes + other.compliant_nodes,
            unmanaged_nodes=self.unmanaged_nodes + other.unmanaged_nodes,
            stale_nodes=self.stale_nodes + other.stale_nodes,
            wrong_baseline_nodes=self.wrong_baseline_nodes + other.wrong_baseline_nodes,
            reported_by_others_nodes=self.reported_by_others_nodes + other.reported_by_others_nodes,
            unread_nodes=self.unread_nodes + other.unread_nodes,
            missing=self.missing + other.missing,
            overdue_patches=self.overdue_patches + other.overdue_patches,
            failed_patches=self.failed_patches + other.failed_patches,
            rejected_patches=self.rejected_patches + other.rejected_patches,
            reboot_debt_nodes=self.reboot_debt_nodes + other.reboot_debt_nodes,
            reboot_overdue_nodes=self.reboot_overdue_nodes + other.reboot_overdue_nodes,
            oldest_missing_first_seen=_most(self.oldest_missing_first_seen, other.oldest_missing_first_seen),
            oldest_missing_published=_most(self.oldest_missing_published, other.oldest_missing_published),
            most_over_promise=_most(self.most_over_promise, other.most_over_promise),
            oldest_reboot_debt=_most(self.oldest_reboot_debt, other.oldest_reboot_debt),
        )

    def to_data(self) -> dict[str, Any]:
        """Return the figures as data that JSON can hold: times in seconds, severities by name."""
        data: dict[str, Any] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, Counter):
                value = [[severity, count] for severity, count in value.items()]
            data[each.name] = value.total_seconds() if isinstance(value, timedelta) else value
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_data` has written."""
        missing = {
            None if severity is None else Severity(severity): count for severity, count in data["missing"]
        }
        times = {
            name: None if data[name] is None else timedelta(seconds=data[name])
            for name in (
                "oldest_missing_first_seen",
                "oldest_missing_published",
                "most_over_promise",
                "oldest_reboot_debt",
            )
        }
        return cls(**{**data, **times, "missing": Counter(missing)})

    @property
    def compliant_percent(self) -> float | None:
        """Share of the nodes in scope that are compliant, 0 to 100, or None if there is none."""
        return None if self.nodes == 0 else 100.0 * self.compliant_nodes / self.nodes


def figures(
    nodes: Iterable[NodeReport],
    terms: RingTerms,
    *,
    exemptions: Sequence[ExemptionRecord] = (),
    now: datetime,
) -> Figures:
    """Work out how nodes of one ring stand.

    Args:
        nodes: The nodes, each once.
        terms: What they are measured against.
        exemptions: Nodes and patches that need not comply; those that have expired do not count.
        now: The moment, with a time zone.
    """
    in_force = [exemption for exemption in exemptions if exemption.holds_on(now.date())]
    return sum((_of_node(node, terms, in_force, now) for node in nodes), Figures())


def is_overdue(problem: PatchProblem, terms: RingTerms, now: datetime) -> bool:
    """Return whether a missing patch is late, or will be when its ring's next window closes.

    Where something is promised the time counts from publication, or from when the patch was first seen where
    the publication is unknown. Where nothing is, the first run after it was first seen should have had it.
    """
    promised = terms.promised(problem.severity)
    if promised is None:
        last = terms.runs.last_started_at
        return last is not None and problem.first_seen < last
    lands = now if terms.runs.next_ends_at is None else max(now, terms.runs.next_ends_at)
    return lands > _clock(problem) + promised


def _of_node(
    node: NodeReport, terms: RingTerms, exemptions: Sequence[ExemptionRecord], now: datetime
) -> Figures:
    covering = [
        exemption
        for exemption in exemptions
        if exemption.covers_node(node_id=node.node_id, name=node.name, patch_group=node.patch_group)
    ]
    if any(exemption.covers_whole_nodes for exemption in covering):
        return Figures(exempt_nodes=1)
    if not node.is_managed:
        return Figures(nodes=1, unmanaged_nodes=1)
    problems = [
        problem
        for problem in node.problems
        if not any(exemption.covers_patch(problem.patch) for exemption in covering)
    ]
    missing = [problem for problem in problems if problem.state is PatchState.MISSING]
    waiting = [problem for problem in problems if problem.state is PatchState.INSTALLED_PENDING_REBOOT]
    is_stale = (
        node.reported_at is None
        or now - node.reported_at > terms.scanned_within
        or node.reported_at - now > _AHEAD
    )
    has_wrong_baseline = (
        node.baseline_id is not None
        and node.expected_baseline_id is not None
        and node.baseline_id != node.expected_baseline_id
    )
    overdue = sum(is_overdue(problem, terms, now) for problem in missing)
    failed = _count(problems, PatchState.FAILED)
    rejected = _count(problems, PatchState.INSTALLED_REJECTED)
    reboot_debt = max((now - problem.first_seen for problem in waiting), default=None)
    reboot_is_overdue = reboot_debt is not None and reboot_debt > terms.reboot_within
    is_unread = node.unread is not None
    return Figures(
        nodes=1,
        compliant_nodes=not (
            is_stale or has_wrong_baseline or overdue or failed or rejected or reboot_is_overdue or is_unread
        ),
        stale_nodes=is_stale,
        wrong_baseline_nodes=has_wrong_baseline,
        reported_by_others_nodes=node.is_reported_by_others,
        unread_nodes=is_unread,
        missing=Counter(problem.severity for problem in missing),
        overdue_patches=overdue,
        failed_patches=failed,
        rejected_patches=rejected,
        reboot_debt_nodes=reboot_debt is not None,
        reboot_overdue_nodes=reboot_is_overdue,
        oldest_missing_first_seen=max((now - problem.first_seen for problem in missing), default=None),
        oldest_missing_published=max(
            (now - problem.published for problem in missing if problem.published is not None), default=None
        ),
        most_over_promise=max(_times_over_promise(missing, terms, now), default=None),
        oldest_reboot_debt=reboot_debt,
    )


def _times_over_promise(
    missing: Iterable[PatchProblem], terms: RingTerms, now: datetime
) -> Iterable[timedelta]:
    for problem in missing:
        promised = terms.promised(problem.severity)
        if promised is not None and now > _clock(problem) + promised:
            yield now - _clock(problem) - promised


def _clock(problem: PatchProblem) -> datetime:
    return problem.first_seen if problem.published is None else problem.published


def _count(problems: Iterable[PatchProblem], state: PatchState) -> int:
    return sum(problem.state is state for problem in problems)


def _most(one: timedelta | None, other: timedelta | None) -> timedelta | None:
    return max((each for each in (one, other) if each is not None), default=None)
