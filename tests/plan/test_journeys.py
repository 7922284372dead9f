"""How patches travel, against an oracle that publishes one patch and waits for it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from patching_constructs.analysis.install_runs import InstallRun
from patching_constructs.analysis.landing import Approval
from patching_constructs.analysis.ring_exposure import ExposureRow, PatchedNodes, RingExposure, measure
from patching_constructs.analysis.ring_order import Lane
from patching_constructs.analysis.supersession import LOOK_AHEAD
from patching_constructs.model.estate import RingMember, RingPlan
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchBaselineRecord
from patching_constructs.model.promises import Severity
from patching_constructs.plan.journeys import Journey, JourneyStep, journeys
from patching_constructs.schedules.patch_tuesday import patch_tuesdays
from patching_constructs.schedules.span import Span

START = datetime(2026, 11, 23, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LINUX, WINDOWS = OperatingSystem.AMAZON_LINUX_2023, OperatingSystem.WINDOWS


def run(starts_at: datetime, hours: int = 2) -> InstallRun:
    closes_at = starts_at + hours * HOUR
    return InstallRun(starts_at=starts_at, closes_at=closes_at, ends_at=closes_at, sees_before=starts_at)


def lane(runs: Sequence[InstallRun], days: int | None = 0, before: datetime | None = None) -> Lane:
    return Lane(name="web", runs=runs, approval=Approval(after_days=days, published_before=before))


def ring_of(system: OperatingSystem, horizon: Span, **lanes_by_severity: Sequence[Lane]) -> RingExposure:
    member = RingMember(
        patch_group="web",
        account="111111111111",
        region="eu-central-1",
        operating_system=system,
        baseline=PatchBaselineRecord(name="web"),
    )
    rows = [
        ExposureRow(
            operating_system=system,
            severity=Severity[severity],
            exposure=measure(system, lanes, horizon),
            out_of_band=None,
            nodes=tuple(PatchedNodes(lane=each, member=member, others=0) for each in lanes),
        )
        for severity, lanes in lanes_by_severity.items()
    ]
    ring = RingPlan(name="prod", order=1, members=(member,))
    return RingExposure(ring=ring, horizon=horizon, rows=tuple(rows), lost=(), unknown=(), never_patched=())


def journey_of(system: OperatingSystem, horizon: Span, lanes: Sequence[Lane]) -> Journey:
    [journey] = journeys(ring_of(system, horizon, CRITICAL=lanes))
    return journey


# --- the oracle ---


def wait_for(nodes: Lane, published: datetime) -> InstallRun | None:
    """Wait for the approval of one patch, then for a run."""
    approval = nodes.approval
    if approval.published_before is not None and published < approval.published_before:
        delay = timedelta()
    elif approval.after_days is not None:
        delay = approval.after_days * 24 * HOUR
    else:
        return None
    return next((each for each in nodes.runs if each.starts_at > published + delay), None)


def follow(
    system: OperatingSystem, lanes: Sequence[Lane], published: datetime
) -> tuple[datetime | None, datetime | None, datetime | None]:
    """Tell when the first nodes start, when the last are done, and when what they wait for is replaced."""
    gone_at = None
    if system is WINDOWS:
        tuesdays = patch_tuesdays(Span(from_=START - 60 * DAY, until=START + 900 * DAY))
        gone_at = next(tuesday for tuesday in tuesdays if tuesday > published)
    runs = [wait_for(each, published) for each in lanes]
    if gone_at is not None:
        runs = [each if each is not None and each.starts_at < gone_at else None for each in runs]
    known = [each for each in runs if each is not None]
    return (
        min((each.starts_at for each in known), default=None),
        max(each.closes_at for each in known) if len(known) == len(runs) else None,
        gone_at if None in runs else None,
    )


def said(step: JourneyStep) -> tuple[datetime | None, datetime | None, datetime | None]:
    return step.starts_at, step.closes_at, step.superseded_at


# --- inputs: a little more than a month of publication, so that Patch Tuesdays fall in and out of it ---

RUNS = st.lists(
    st.tuples(st.integers(1, 100 * 24), st.integers(1, 24)), max_size=14, unique_by=lambda each: each[0]
).map(lambda each: [run(START + start * HOUR, hours) for start, hours in sorted(each)])
APPROVALS = st.one_of(
    st.builds(Approval, after_days=st.integers(0, 40)),
    st.builds(
        Approval,
        after_days=st.none() | st.integers(0, 30),
        published_before=st.integers(-10 * 24, 60 * 24).map(lambda hour: START + hour * HOUR),
    ),
    st.just(Approval()),
)
LANES = st.lists(st.builds(Lane, name=st.just("web"), runs=RUNS, approval=APPROVALS), min_size=1, max_size=3)
HORIZONS = st.builds(
    lambda first, length: Span(from_=START + first * HOUR, until=START + (first + length) * HOUR),
    st.integers(0, 20 * 24),
    st.integers(1, 50 * 24),
)


@settings(deadline=None, max_examples=200)
@given(
    system=st.sampled_from([LINUX, WINDOWS]),
    lanes=LANES,
    horizon=HORIZONS,
    moments=st.lists(st.floats(0, 0.999999), max_size=40),
)
def test_the_step_that_holds_a_moment_tells_what_happens_to_a_patch_of_that_moment(
    system: OperatingSystem, lanes: list[Lane], horizon: Span, moments: list[float]
) -> None:
    steps = journey_of(system, horizon, lanes).steps
    assert (steps[0].published.from_, steps[-1].published.until) == (horizon.from_, horizon.until)
    assert all(step.published.from_ < step.published.until for step in steps)
    assert all(one.published.until == other.published.from_ for one, other in pairwise(steps))
    assert all(said(one) != said(other) for one, other in pairwise(steps)), "neighbours are joined"
    last = timedelta(microseconds=1)
    published = [horizon.from_ + part * (horizon.until - horizon.from_) for part in moments]
    published += [edge for step in steps for edge in (step.published.from_, step.published.until - last)]
    published += list(patch_tuesdays(horizon))
    for moment in published:
        [step] = [each for each in steps if each.published.from_ <= moment < each.published.until]
        assert said(step) == follow(system, lanes, moment), moment


# --- worked examples ---

HORIZON = Span(from_=START, until=START + 70 * DAY)
LONG = Span(from_=START, until=START + 70 * DAY + LOOK_AHEAD)


def test_a_ring_starts_with_its_first_nodes_and_is_done_with_its_last() -> None:
    fast, slow = lane([run(START + DAY)]), lane([run(START + 2 * DAY, hours=4)])
    [first, *_] = journey_of(LINUX, HORIZON, [slow, fast]).steps
    assert said(first) == (START + DAY, START + 2 * DAY + 4 * HOUR, None)


def test_a_ring_with_nodes_that_never_install_starts_but_is_never_done() -> None:
    [first, *_] = journey_of(LINUX, HORIZON, [lane([run(START + DAY)]), lane([])]).steps
    assert said(first) == (START + DAY, None, None)


def test_a_windows_update_that_is_replaced_before_its_run_is_not_installed_by_that_run() -> None:
    [first, second, *_] = patch_tuesdays(LONG)
    steps = journey_of(WINDOWS, HORIZON, [lane([run(second + HOUR)])]).steps
    [step] = [each for each in steps if each.published.from_ == first]
    assert said(step) == (None, None, second)


def test_nodes_that_are_in_time_start_although_others_wait_for_the_successor() -> None:
    [first, second, *_] = patch_tuesdays(LONG)
    in_time, late = lane([run(first + DAY)]), lane([run(second + DAY)])
    steps = journey_of(WINDOWS, HORIZON, [late, in_time]).steps
    [step] = [each for each in steps if each.published.from_ == first]
    assert said(step) == (first + DAY, None, second)


def test_severities_that_travel_in_the_same_way_are_reported_once_with_all_their_delays() -> None:
    runs = [run(START + number * 7 * DAY) for number in range(1, 20)]
    apart = lane(runs, 7)
    never = [lane([], 3), lane([], 4)]
    found = journeys(ring_of(LINUX, HORIZON, CRITICAL=[lane(runs, 0)], HIGH=[apart], MEDIUM=[lane(runs, 7)]))
    assert [(each.severities, each.approve_after_days) for each in found] == [
        ((Severity.CRITICAL,), (0,)),
        ((Severity.HIGH, Severity.MEDIUM), (7,)),
    ]
    [together] = journeys(ring_of(LINUX, HORIZON, LOW=never[:1], MEDIUM=never[1:]))
    assert (together.severities, together.approve_after_days) == ((Severity.LOW, Severity.MEDIUM), (3, 4))
