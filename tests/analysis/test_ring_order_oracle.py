"""The exact comparison of rings against an oracle that tries every hour of publication and every lag.

Runs, delays and horizons are whole hours here, so that all patches of one hour have the same fate.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patching_constructs.analysis.install_runs import InstallRun, InstallSequence, InstallWindow
from patching_constructs.analysis.landing import Approval
from patching_constructs.analysis.margin import margin
from patching_constructs.analysis.ring_order import Lane, compare
from patching_constructs.analysis.ring_repair import least_delay_days
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.schedules.span import Span

HOUR = timedelta(hours=1)
START = datetime(2026, 11, 23, tzinfo=UTC)
NO_END = datetime.max.replace(tzinfo=UTC)


# --- the oracle ---


def hours(span: Span) -> Iterator[datetime]:
    time = span.from_
    while time < span.until:
        yield time
        time += HOUR


def eligible_after(approval: Approval, released: datetime, visible: datetime) -> datetime | None:
    if approval.published_before is not None and released < approval.published_before:
        return max(released, visible)
    if approval.after_days is None:
        return None
    return max(released + approval.after_days * 24 * HOUR, visible)


def lands(lane: Lane, released: datetime, visible: datetime) -> InstallRun | None:
    eligible = eligible_after(lane.approval, released, visible)
    if eligible is None:
        return None
    for run in lane.runs:
        if run.starts_at > eligible:
            return run
    return None


def may_start(earlier: Lane, released: datetime, visible: datetime, soak: timedelta | None) -> datetime:
    """When a later ring may start on a patch."""
    run = lands(earlier, released, visible)
    if run is None:
        return NO_END
    return run.starts_at if soak is None else run.ends_at + soak


def first_sight(later: Lane, released: datetime, visible: datetime) -> datetime | None:
    """When the first node may install a patch, if nodes look for patches while their window is open."""
    eligible = eligible_after(later.approval, released, visible)
    if eligible is None:
        return None
    seen = [max(run.starts_at, eligible) for run in later.runs if run.closes_at > eligible]
    return min(seen, default=None)


def too_early_hours(
    earlier: Sequence[Lane], later: Sequence[Lane], horizon: Span, soak: timedelta | None
) -> list[datetime]:
    found = []
    for released in hours(horizon):
        allowed_from = max(may_start(lane, released, released, soak) for lane in earlier)
        starts = [run.starts_at for lane in later if (run := lands(lane, released, released))]
        if starts and min(starts) < allowed_from:
            found.append(released)
    return found


def is_harmful(
    earlier: Sequence[Lane], later: Sequence[Lane], horizon: Span, soak: timedelta | None, lag: timedelta
) -> bool:
    for released in hours(horizon):
        allowed_from = max(may_start(lane, released, released + lag, soak) for lane in earlier)
        seen = [time for lane in later if (time := first_sight(lane, released, released + lag)) is not None]
        if seen and min(seen) < allowed_from:
            return True
    return False


# --- inputs ---


def run_at(hour: int, duration: int, run_on: int = 0) -> InstallRun:
    starts_at = START + hour * HOUR
    return InstallRun(
        starts_at=starts_at,
        closes_at=starts_at + duration * HOUR,
        ends_at=starts_at + (duration + run_on) * HOUR,
        sees_before=starts_at,
    )


@st.composite
def run_lists(draw: st.DrawFn) -> list[InstallRun]:
    if draw(st.booleans()):
        starts = sorted(draw(st.sets(st.integers(1, 400), max_size=12)))
    else:
        first, step = draw(st.integers(1, 168)), draw(st.sampled_from([24, 84, 168]))
        starts = list(range(first, 600, step))
    duration, run_on = draw(st.integers(1, 24)), draw(st.integers(0, 2))
    return [run_at(start, duration, run_on) for start in starts]


DAYS = st.integers(0, 6)
APPROVALS = st.one_of(
    st.builds(Approval, after_days=DAYS),
    st.builds(Approval, after_days=DAYS),
    st.builds(
        Approval,
        after_days=st.none() | DAYS,
        published_before=st.integers(-10, 250).map(lambda hour: START + hour * HOUR),
    ),
    st.just(Approval()),
)
LANES = st.builds(Lane, name=st.just("web"), runs=run_lists(), approval=APPROVALS)
DELAYED = st.builds(
    Lane, name=st.just("web"), runs=run_lists(), approval=st.builds(Approval, after_days=DAYS)
)
RINGS = st.lists(LANES, min_size=1, max_size=2)
HORIZONS = st.builds(
    lambda first, length: Span(from_=START + first * HOUR, until=START + (first + length) * HOUR),
    st.integers(0, 48),
    st.integers(1, 240),
)
SOAKS = st.none() | st.integers(0, 72).map(lambda count: count * HOUR)


# --- the comparison ---


@settings(deadline=None)
@given(RINGS, RINGS, HORIZONS, SOAKS)
def test_the_comparison_finds_every_hour_that_the_oracle_finds(
    earlier: list[Lane], later: list[Lane], horizon: Span, soak: timedelta | None
) -> None:
    order = compare(earlier, later, horizon, soak=soak)
    expected = too_early_hours(earlier, later, horizon, soak)
    assert order.share == pytest.approx(len(expected) * HOUR / (horizon.until - horizon.from_), abs=1e-12)
    assert order.months == tuple(dict.fromkeys(time.date().replace(day=1) for time in expected))
    if not expected:
        assert order.first is order.worst is None
        return
    assert order.first is not None
    assert order.first.published.from_ == expected[0]
    for released in hours(order.first.published):
        assert order.first.earlier in [lands(lane, released, released) for lane in earlier]
        assert order.first.later in [lands(lane, released, released) for lane in later]


@settings(deadline=None)
@given(DELAYED, DELAYED, HORIZONS)
def test_the_head_start_is_the_shortest_time_between_both_runs_of_one_patch(
    earlier: Lane, later: Lane, horizon: Span
) -> None:
    pairs = [(lands(earlier, time, time), lands(later, time, time)) for time in hours(horizon)]
    times = [second.starts_at - first.starts_at for first, second in pairs if first and second]
    assert compare([earlier], [later], horizon).head_start == min(times, default=None)


@settings(max_examples=60, deadline=None)
@given(st.lists(DELAYED, min_size=1, max_size=2), st.lists(DELAYED, min_size=1, max_size=2), HORIZONS, SOAKS)
def test_the_margin_is_the_largest_lag_that_does_no_harm(
    earlier: list[Lane], later: list[Lane], horizon: Span, soak: timedelta | None
) -> None:
    found = margin(earlier, later, horizon, soak=soak)
    reach = 24 * 7
    harmful = next(
        (lag for lag in range(reach) if is_harmful(earlier, later, horizon, soak, lag * HOUR)), None
    )
    if harmful is None:
        assert found is None or found.lag >= (reach - 1) * HOUR
    else:
        # Just beyond a margin of whole hours lies the next hour, where publication is an hour earlier.
        assert found is not None
        assert found.lag == max(0, harmful - 1) * HOUR


@settings(max_examples=60, deadline=None)
@given(st.lists(DELAYED, min_size=1, max_size=2), st.lists(DELAYED, min_size=1, max_size=2), HORIZONS, SOAKS)
def test_the_repaired_delay_is_enough_and_one_day_less_is_not(
    earlier: list[Lane], later: list[Lane], horizon: Span, soak: timedelta | None
) -> None:
    def with_delay(days: int) -> list[Lane]:
        return [Lane(name=lane.name, runs=lane.runs, approval=Approval(after_days=days)) for lane in later]

    days = least_delay_days(earlier, later, horizon, soak=soak)
    if days is None:
        return
    assert too_early_hours(earlier, with_delay(days), horizon, soak) == []
    assert days == 0 or too_early_hours(earlier, with_delay(days - 1), horizon, soak) != []


SCHEDULES = st.builds(
    ScheduleRecord,
    expression=st.builds(
        "cron(0 {} ? * {} *)".format,
        st.integers(0, 23),
        st.sampled_from(["*", "MON", "WED,SAT", "SUN", "TUE#2", "SUN#1", "6L"]),
    ),
    timezone=st.sampled_from([None, "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]),
    offset_days=st.none() | st.integers(1, 6),
)


@settings(max_examples=25, deadline=None)
@given(SCHEDULES, SCHEDULES, st.integers(0, 14), st.integers(0, 14))
def test_schedules_in_different_time_zones_are_compared_as_the_oracle_does(
    first: ScheduleRecord, second: ScheduleRecord, first_days: int, second_days: int
) -> None:
    # Clocks change within these weeks; Kathmandu is 45 minutes off, so quarters of an hour are tried.
    horizon = Span(from_=datetime(2027, 3, 1, tzinfo=UTC), until=datetime(2027, 4, 5, tzinfo=UTC))
    lanes = [
        Lane(
            name="web",
            runs=InstallSequence(
                [InstallWindow(schedule=schedule, duration=2 * HOUR)], after=horizon.from_
            ).through(horizon.until + timedelta(days=120)),
            approval=Approval(after_days=days),
        )
        for schedule, days in ((first, first_days), (second, second_days))
    ]
    quarter = HOUR / 4
    steps = int((horizon.until - horizon.from_) / quarter)
    inverted = 0
    for step in range(steps):
        released = horizon.from_ + step * quarter
        ahead, behind = (lands(lane, released, released) for lane in lanes)
        assert ahead is not None
        assert behind is not None
        inverted += behind.starts_at < ahead.starts_at
    assert compare(lanes[:1], lanes[1:], horizon).share == pytest.approx(inverted / steps, abs=1e-12)
