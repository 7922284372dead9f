"""How late nodes may see a patch before the order of two rings is lost.

Both rings see a patch at the same time, which may be later than its publication. Then a delay that counts
from publication is partly over before a node can install the patch, and the rings come closer to each other.
Nodes look for patches when their turn comes, until the window closes; so a patch that is approved while the
later ring's window is open may still be installed in that run.

See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-release-dates.html
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, product

from patching_constructs.analysis.install_runs import InstallRun
from patching_constructs.analysis.ring_order import Lane, earliest_start
from patching_constructs.schedules.span import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Margin:
    """The largest lag for which the order holds, and what happens beyond it.

    Attributes:
        lag: Largest time from publication to visibility.
        published_before: A patch that is published a moment before this ...
        visible_at: ... and visible at this moment, or a moment after it, breaks the order.
        earlier: The run of the earlier ring that then installs it, or None if none ever does.
        later: The run of the later ring that may then install it.
    """

    lag: timedelta
    published_before: datetime
    visible_at: datetime
    earlier: InstallRun | None
    later: InstallRun


def margin(
    earlier: Sequence[Lane], later: Sequence[Lane], horizon: Span, *, soak: timedelta | None = None
) -> Margin | None:
    """Find the largest lag for which two rings stay in order, or None if every lag within reach is fine.

    Args:
        earlier: Lanes of the earlier ring, with runs through the horizon, the delay and the largest lag.
        later: Lanes of the later ring, with runs through the soak after the last of the earlier ones.
        horizon: When patches are published.
        soak: See `compare`.
    """
    found = (
        each
        for ahead, behind in product(earlier, later)
        for span, first_delay in ahead.approval.delays(horizon)
        for part, second_delay in behind.approval.delays(span)
        if first_delay is not None and second_delay is not None
        for each in _margins(ahead.runs, behind.runs, first_delay, second_delay, part, soak)
    )
    return min(found, key=lambda each: each.lag, default=None)


def _margins(
    earlier: Sequence[InstallRun],
    later: Sequence[InstallRun],
    first_delay: timedelta,
    second_delay: timedelta,
    published: Span,
    soak: timedelta | None,
) -> Iterator[Margin]:
    """Yield for each run of the earlier ring the largest lag that keeps the later ring behind it.

    A patch waits for this run if it is eligible only when the run before has started. So the smallest lag
    that can do harm belongs to the last patch that the later ring still sees in a run that comes too early.
    """
    starts = [run.starts_at for run in later]
    last_to_close = list(accumulate(later, _last_to_close))
    missed = published.from_
    for run in (*earlier, None):
        too_early = earliest_start(run, soak)
        count = bisect_left(starts, too_early)
        if count:
            seen_before = min(last_to_close[count - 1].closes_at, too_early)
            last = min(published.until, seen_before - second_delay)
            if run is not None:
                last = min(last, run.sees_before - first_delay)
            harmful_at_once = max(published.from_, missed - first_delay) < last
            if harmful_at_once or (missed < seen_before and published.from_ < last):
                visible_at = max(missed, last)
                yield Margin(
                    lag=timedelta() if harmful_at_once else missed - last,
                    published_before=last,
                    visible_at=visible_at,
                    earlier=run,
                    later=last_to_close[count - 1],
                )
        if run is not None:
            missed = run.sees_before


def _last_to_close(one: InstallRun, other: InstallRun) -> InstallRun:
    return other if other.closes_at > one.closes_at else one
