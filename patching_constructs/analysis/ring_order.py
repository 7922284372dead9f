"""Whether every patch reaches an earlier ring before a later one.

This is a proof about schedules and approvals, not about outcomes: it does not know whether a run succeeded,
whether a node was reachable, or whether the result was checked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

from patching_constructs.analysis.install_runs import InstallRun
from patching_constructs.analysis.landing import Approval, landing_steps
from patching_constructs.schedules.span import Span

NEVER = datetime.max.replace(tzinfo=UTC)
"""Later than everything."""
_AT_ONCE = timedelta()


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """Nodes of a ring that are patched at the same times.

    Attributes:
        name: What they are called.
        runs: Their install runs, in order.
        approval: When the patches in question are approved for them.
    """

    name: str
    runs: Sequence[InstallRun]
    approval: Approval


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """Patches that reach a later ring too early.

    Attributes:
        published: When they are published.
        earlier: The run of the earlier ring that installs them, or None if none ever does.
        later: The run of the later ring that does.
        earlier_lane: Name of the nodes of the earlier ring.
        later_lane: Name of the nodes of the later ring.
    """

    published: Span
    earlier: InstallRun | None
    later: InstallRun
    earlier_lane: str
    later_lane: str

    @property
    def lead(self) -> timedelta:
        """How long the later ring's run is before the earlier ring's."""
        return (NEVER if self.earlier is None else self.earlier.starts_at) - self.later.starts_at


@dataclass(frozen=True, kw_only=True, slots=True)
class RingOrder:
    """The answer for two rings and one class of patches.

    Attributes:
        share: Share of publication times for which the later ring is too early, 0 to 1.
        months: First days of the months in which such patches are published.
        first: The first case, or None if the rings are in order.
        worst: The case in which the later ring is the most ahead, or None.
        head_start: Shortest time from the earlier ring's start to the later ring's for one patch; negative if
            they are not in order; None if no patch reaches both.
    """

    share: float
    months: tuple[date, ...]
    first: Case | None
    worst: Case | None
    head_start: timedelta | None


def compare(
    earlier: Sequence[Lane], later: Sequence[Lane], horizon: Span, *, soak: timedelta | None = None
) -> RingOrder:
    """Compare two rings for every time at which a patch may be published.

    The earlier ring has a patch when the last of its lanes has it, the later ring when its first one has.

    Args:
        earlier: Lanes of the earlier ring.
        later: Lanes of the later ring.
        horizon: When patches are published; they are visible at once.
        soak: How long after the end of the earlier ring's run the later ring may start. Default: it may start
            when the earlier ring does.
    """
    cases: list[Case] = []
    head_start: timedelta | None = None
    for ahead, behind in product(earlier, later):
        for from_, until, first, second in _steps(ahead, behind, horizon):
            # The later ring never gets these patches, so it cannot be too early.
            if second is None:
                continue
            # The later ring gets patches that the earlier one never gets.
            too_early = first is None
            if first is not None:
                lead = second.starts_at - first.starts_at
                if head_start is None or lead < head_start:
                    head_start = lead
                too_early = (
                    lead < _AT_ONCE if soak is None else second.starts_at < earliest_start(first, soak)
                )
            if too_early:
                cases.append(
                    Case(
                        published=Span(from_=from_, until=until),
                        earlier=first,
                        later=second,
                        earlier_lane=ahead.name,
                        later_lane=behind.name,
                    )
                )
    affected = _union(case.published for case in cases)
    return RingOrder(
        share=sum((span.until - span.from_ for span in affected), timedelta())
        / (horizon.until - horizon.from_),
        months=tuple(dict.fromkeys(month for span in affected for month in span.months())),
        first=min(cases, key=lambda case: (case.published.from_, -case.lead), default=None),
        worst=max(cases, key=lambda case: case.lead, default=None),
        head_start=head_start,
    )


def earliest_start(earlier: InstallRun | None, soak: timedelta | None) -> datetime:
    """Return when a later ring may start to install what `earlier` installs; None if there is no run."""
    if earlier is None:
        return NEVER
    return earlier.starts_at if soak is None else earlier.ends_at + soak


def _steps(
    earlier: Lane, later: Lane, horizon: Span
) -> Iterator[tuple[datetime, datetime, InstallRun | None, InstallRun | None]]:
    """Walk through the steps of both lanes at once."""
    firsts = landing_steps(earlier.runs, earlier.approval, horizon)
    seconds = landing_steps(later.runs, later.approval, horizon)
    (first_until, first), (second_until, second) = next(firsts), next(seconds)
    published_from = horizon.from_
    while True:
        until = min(second_until, first_until)
        yield published_from, until, first, second
        if until == horizon.until:
            return
        published_from = until
        if first_until == until:
            first_until, first = next(firsts)
        if second_until == until:
            second_until, second = next(seconds)


def _union(spans: Iterator[Span]) -> list[Span]:
    """Join spans that touch."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: span.from_):
        if joined and span.from_ <= joined[-1].until:
            joined[-1] = replace(joined[-1], until=max(joined[-1].until, span.until))
        else:
            joined.append(span)
    return joined


def months_out_of_order(
    earlier: Sequence[InstallRun], later: Sequence[InstallRun], horizon: Span
) -> list[tuple[InstallRun, InstallRun]]:
    """List the runs of the months in which both rings run once, the later ring first; months are in UTC."""
    first_runs, second_runs = _by_month(earlier, horizon), _by_month(later, horizon)
    return [
        (first_runs[month][0], second_runs[month][0])
        for month in ((first_day.year, first_day.month) for first_day in horizon.months())
        if len(first_runs.get(month, ())) == len(second_runs.get(month, ())) == 1
        and second_runs[month][0].starts_at < first_runs[month][0].starts_at
    ]


def _by_month(runs: Sequence[InstallRun], horizon: Span) -> dict[tuple[int, int], list[InstallRun]]:
    by_month: dict[tuple[int, int], list[InstallRun]] = {}
    for run in runs:
        if horizon.from_ <= run.starts_at < horizon.until:
            by_month.setdefault((run.starts_at.year, run.starts_at.month), []).append(run)
    return by_month
