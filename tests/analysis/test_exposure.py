"""Exposure against an oracle that publishes a patch every hour and follows each one through time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median_low

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patching_constructs.analysis.exposure import Closing, closings, exposure, exposure_at, slowest
from patching_constructs.analysis.install_runs import InstallRun
from patching_constructs.analysis.landing import Approval
from patching_constructs.analysis.ring_order import Lane
from patching_constructs.analysis.supersession import LOOK_AHEAD, cumulative_closings, lost_updates
from patching_constructs.schedules.patch_tuesday import patch_tuesdays
from patching_constructs.schedules.span import Span

START = datetime(2026, 11, 23, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
HORIZON = Span(from_=START, until=START + 70 * DAY)
YEARS = Span(from_=START, until=START + 730 * DAY)


def run(starts_at: datetime, hours: int = 2) -> InstallRun:
    closes_at = starts_at + hours * HOUR
    return InstallRun(starts_at=starts_at, closes_at=closes_at, ends_at=closes_at, sees_before=starts_at)


def lane(runs: list[InstallRun], days: int | None = 0, before: datetime | None = None) -> Lane:
    return Lane(name="web", runs=runs, approval=Approval(after_days=days, published_before=before))


def every(
    days: int, *, first: int = 0, hours: int = 2, span: Span = HORIZON, more: int = 60
) -> list[InstallRun]:
    starts = range(first, (span.until - span.from_).days + more, days)
    return [run(span.from_ + number * DAY + 6 * HOUR, hours) for number in starts if number >= 0]


# --- the oracle ---


def follow(nodes: Lane, published: datetime) -> datetime | None:
    """Follow one patch: it waits for its approval, then for a run, and is there when the window closes."""
    approval = nodes.approval
    if approval.published_before is not None and published < approval.published_before:
        eligible_after = published
    elif approval.after_days is not None:
        eligible_after = published + approval.after_days * DAY
    else:
        return None
    return next((each.closes_at for each in nodes.runs if each.starts_at > eligible_after), None)


def follow_cumulative(nodes: Lane, published: datetime, releases: Sequence[datetime]) -> datetime | None:
    """Follow a vulnerability through its updates, until one is installed before it is replaced."""
    update = published
    for replaced_at in (release for release in releases if release > published):
        delay = (nodes.approval.after_days or 0) * DAY
        for each in nodes.runs:
            if update + delay < each.starts_at < replaced_at:
                return each.closes_at
        update = replaced_at
    return None


def hours_of(span: Span) -> list[datetime]:
    return [span.from_ + number * HOUR for number in range(int((span.until - span.from_) / HOUR))]


run_lists = st.lists(
    st.tuples(st.integers(0, 90 * 24), st.integers(1, 24)), max_size=12, unique_by=lambda parts: parts[0]
).map(lambda parts: [run(START + start * HOUR, hours) for start, hours in sorted(parts)])
approvals = st.one_of(
    st.integers(0, 30).map(lambda days: Approval(after_days=days)),
    st.tuples(st.none() | st.integers(0, 30), st.integers(-10, 80)).map(
        lambda parts: Approval(after_days=parts[0], published_before=START + parts[1] * DAY)
    ),
    st.just(Approval()),
)
lanes = st.builds(Lane, name=st.just("web"), runs=run_lists, approval=approvals)


@settings(max_examples=150, deadline=None)
@given(st.lists(lanes, min_size=1, max_size=3))
def test_exposure_is_that_of_patches_followed_one_by_one(several: list[Lane]) -> None:
    steps = slowest([closings(each, HORIZON) for each in several])
    assert [step.published.from_ for step in steps[1:]] == [step.published.until for step in steps[:-1]]
    found = exposure(steps)
    open_for: list[timedelta] = []
    for published in hours_of(HORIZON):
        closed = [follow(each, published) for each in several]
        [step] = [step for step in steps if step.published.from_ <= published < step.published.until]
        assert step.closed_at == (None if None in closed else max(one for one in closed if one is not None))
        open_for.append(timedelta.max if step.closed_at is None else step.closed_at - published)
    assert found.worst == (None if timedelta.max in open_for else max(open_for))
    assert found.worst_published == HORIZON.from_ + open_for.index(max(open_for)) * HOUR
    middle = median_low(open_for)
    if found.typical is None:
        assert middle == timedelta.max or sorted(open_for)[len(open_for) // 2] == timedelta.max
    else:
        # All steps begin and end on full hours, so the patches of one hour are open for up to an hour less.
        assert middle - HOUR <= found.typical <= middle


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 400), max_size=12, unique=True),
    st.integers(1, 24),
    st.integers(0, 45),
    st.integers(0, 23),
)
def test_cumulative_updates_are_those_followed_from_one_to_the_next(
    days: list[int], window: int, delay: int, hour: int
) -> None:
    nodes = lane([run(START + day * DAY + hour * HOUR, window) for day in sorted(days)], delay)
    releases = patch_tuesdays(Span(from_=HORIZON.from_, until=HORIZON.until + LOOK_AHEAD))
    steps = cumulative_closings(nodes, HORIZON)
    assert steps[0].published.from_ == HORIZON.from_
    assert steps[-1].published.until == HORIZON.until
    for published in [*hours_of(HORIZON), *patch_tuesdays(HORIZON)]:
        [step] = [step for step in steps if step.published.from_ <= published < step.published.until]
        assert step.closed_at == follow_cumulative(nodes, published, releases)


# --- worked examples ---


def test_a_patch_waits_for_its_approval_the_next_window_and_the_end_of_it() -> None:
    weekly = closings(lane(every(7), 9), HORIZON)
    found = exposure(weekly)
    assert found.worst == 9 * DAY + 7 * DAY + 2 * HOUR
    assert found.worst_closed is not None
    assert found.worst_closed - found.worst_published == found.worst


def test_the_typical_time_is_half_way_between_two_windows_of_a_steady_schedule() -> None:
    span = Span(from_=START + 6 * HOUR, until=START + 70 * DAY + 6 * HOUR)
    found = exposure(closings(lane(every(7, first=7)), span))
    assert found.typical == 3.5 * DAY + 2 * HOUR


def test_a_patch_that_is_approved_as_the_window_opens_waits_for_the_next() -> None:
    at_the_run = Span(from_=START + 6 * HOUR, until=START + 6 * HOUR + timedelta(seconds=1))
    found = exposure(closings(lane(every(7)), at_the_run))
    assert found.worst == 7 * DAY + 2 * HOUR


def test_without_a_run_or_an_approval_nothing_is_ever_closed() -> None:
    for nodes in (lane([], 0), lane(every(7), None)):
        found = exposure(closings(nodes, HORIZON))
        assert (found.worst, found.typical, found.worst_closed) == (None, None, None)
        assert found.worst_published == HORIZON.from_


def test_an_approve_until_date_lets_only_what_is_published_before_it_through() -> None:
    before = START + 60 * DAY
    found = exposure(closings(lane(every(7), None, before), HORIZON))
    assert found.worst is None
    assert found.worst_published == before
    assert found.typical is not None
    assert found.typical < 7 * DAY


def test_a_ring_is_as_slow_as_its_slowest_nodes() -> None:
    fast, slow = closings(lane(every(1)), HORIZON), closings(lane(every(30), 5), HORIZON)
    assert exposure(slowest([fast, slow])) == exposure(slow)


def test_at_single_moments_the_typical_time_is_the_middle_one() -> None:
    steps = closings(lane(every(7)), HORIZON)
    moments = [START + days * DAY + 6 * HOUR for days in (1, 5, 6)]
    found = exposure_at(steps, moments)
    assert found is not None
    assert (found.worst, found.typical) == (6 * DAY + 2 * HOUR, 2 * DAY + 2 * HOUR)
    two = exposure_at(steps, moments[:2])
    assert two is not None
    assert two.typical == 4 * DAY + 2 * HOUR
    assert exposure_at(steps, []) is None


def test_at_single_moments_the_first_that_is_never_closed_is_the_worst() -> None:
    never = [Closing(published=HORIZON, closed_at=None)]
    found = exposure_at(never, [START + 3 * DAY, START + DAY])
    assert found is not None
    assert (found.worst, found.worst_published, found.typical) == (None, START + DAY, None)


# --- supersession ---


def after_patch_tuesday(days: int, hour: int) -> list[InstallRun]:
    """Make a run so many days after every second Tuesday, at an hour in UTC."""
    span = Span(from_=YEARS.from_ - 60 * DAY, until=YEARS.until + LOOK_AHEAD + 60 * DAY)
    midnights = [release.replace(hour=0) for release in patch_tuesdays(span)]
    found = [run(midnight + days * DAY + hour * HOUR) for midnight in midnights]
    return [each for each in found if each.starts_at > YEARS.from_]


def test_patch_tuesday_is_the_second_tuesday_at_ten_in_redmond() -> None:
    span = Span(from_=datetime(2026, 1, 1, tzinfo=UTC), until=datetime(2027, 1, 1, tzinfo=UTC))
    found = patch_tuesdays(span)
    assert [moment.day for moment in found] == [13, 10, 10, 14, 12, 9, 14, 11, 8, 13, 10, 8]
    assert {moment.month for moment in found if moment.hour == 18} == {1, 2, 11, 12}
    assert {moment.hour for moment in found} == {17, 18}


@pytest.mark.parametrize(("delay", "lost"), [(5, 0), (6, 24), (7, 24)])
def test_a_delay_that_ends_after_the_monthly_run_loses_every_update(delay: int, lost: int) -> None:
    found = lost_updates(lane(after_patch_tuesday(6, 2), delay), YEARS)
    assert found.published == 24
    assert len(found.not_yet_approved) == lost
    assert found.without_run == ()


def test_a_run_a_little_after_the_approval_loses_nothing_in_either_season() -> None:
    assert lost_updates(lane(after_patch_tuesday(6, 19), 6), YEARS).not_yet_approved == ()


def test_a_run_between_the_hours_of_summer_and_winter_loses_the_winter() -> None:
    between = [replace(each, starts_at=each.starts_at + HOUR / 2) for each in after_patch_tuesday(6, 17)]
    runs = [replace(each, sees_before=each.starts_at) for each in between]
    found = lost_updates(lane(runs, 6), YEARS)
    assert found.not_yet_approved == tuple(moment for moment in patch_tuesdays(YEARS) if moment.hour == 18)


def test_without_a_run_between_two_patch_tuesdays_the_delay_is_not_to_blame() -> None:
    quarterly = after_patch_tuesday(6, 2)[::3]
    found = lost_updates(lane(quarterly, 5), YEARS)
    assert found.not_yet_approved == ()
    assert len(found.without_run) == 16


def test_a_lost_update_leaves_the_vulnerability_to_the_next_one() -> None:
    monthly = after_patch_tuesday(6, 2)
    without_one = [each for each in monthly if each.starts_at != monthly[2].starts_at]
    releases = patch_tuesdays(YEARS)
    found = exposure_at(cumulative_closings(lane(without_one, 5), YEARS), releases)
    assert found is not None
    assert found.typical is not None
    assert found.typical < 7 * DAY
    assert found.worst_closed == monthly[3].closes_at
    assert found.worst == monthly[3].closes_at - releases[2]
