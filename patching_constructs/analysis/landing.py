"""When a patch lands: a step function of the time of its publication.

A patch is eligible strictly after its publication plus the approval delay, and lands at the first install run
from then on. So all patches between two steps land at the same run, and the steps say everything.

See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-release-dates.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from patching_constructs.analysis.install_runs import InstallRun
from patching_constructs.schedules.span import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """When a baseline approves the patches of a class.

    Attributes:
        after_days: Days of 24 hours from publication to approval, or None if no delay ever ends.
        published_before: Patches published before this moment are approved at once, or None.
    """

    after_days: int | None = None
    published_before: datetime | None = None

    @property
    def is_possible(self) -> bool:
        """Whether any patch is ever approved."""
        return self.after_days is not None or self.published_before is not None

    def delays(self, span: Span) -> Iterator[tuple[Span, timedelta | None]]:
        """Divide `span` into parts in which all patches wait for one run; None where never approved."""
        days = None if self.after_days is None else timedelta(days=self.after_days)
        if self.published_before is None or self.published_before <= span.from_:
            yield span, days
        elif self.published_before >= span.until:
            yield span, timedelta()
        else:
            yield Span(from_=span.from_, until=self.published_before), timedelta()
            yield Span(from_=self.published_before, until=span.until), days


@dataclass(frozen=True, kw_only=True, slots=True)
class Landing:
    """One step: patches published within `published` land at `run`, or never if it is None."""

    published: Span
    run: InstallRun | None


def landings(runs: Sequence[InstallRun], approval: Approval, horizon: Span) -> Iterator[Landing]:
    """Yield the steps for patches that are published within `horizon` and visible at once.

    Args:
        runs: Install runs, in order, through the end of the horizon plus the delay; see `InstallRuns`.
        approval: When the patches are approved.
        horizon: When they are published.
    """
    published_from = horizon.from_
    for published_before, run in landing_steps(runs, approval, horizon):
        yield Landing(published=Span(from_=published_from, until=published_before), run=run)
        published_from = published_before


def landing_steps(
    runs: Sequence[InstallRun], approval: Approval, horizon: Span
) -> Iterator[tuple[datetime, InstallRun | None]]:
    """Yield where each step ends and its run; each begins where the one before it ends. See `landings`."""
    for span, delay in approval.delays(horizon):
        published_from, until = span.from_, span.until
        if delay is None:
            yield until, None
            continue
        for run in runs:
            published_before = run.sees_before - delay
            if published_before >= until:
                yield until, run
                break
            if published_from < published_before:
                yield published_before, run
                published_from = published_before
        else:
            yield until, None
