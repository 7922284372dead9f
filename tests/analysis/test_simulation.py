"""A simulation of nodes, windows and patches, quarter of an hour by quarter of an hour, beside the proof.

It knows nothing of landing times and steps: windows open, nodes install what is eligible and not yet there,
and in the end the installations of every patch are compared.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patching_constructs.analysis.ring_proof import RingProof, prove_ring_order
from patching_constructs.model.estate import RingMember, RingPlan
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.maintenance_window import TaskRecord, WindowRecord
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchRuleRecord
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.schedules.span import Span

TICK = timedelta(minutes=15)
DAY = timedelta(hours=24)
COMMAND_LIMIT = timedelta(hours=2)
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")

# The clocks of Europe and America change on different Sundays of these weeks.
HORIZON = Span(from_=datetime(2027, 3, 8, tzinfo=UTC), until=datetime(2027, 4, 5, tzinfo=UTC))
LAST_TICK = datetime(2027, 7, 5, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Window:
    """A window on some weekdays, or on one weekday of one week of the month, at an hour of a time zone."""

    weekdays: tuple[str, ...]
    week: int | None
    hour: int
    zone: str
    wait_days: int
    hours_open: int
    cutoff_hours: int
    cancels: bool

    def opens(self, from_: date, until: date) -> Iterator[datetime]:
        """Yield when it opens, looking at every day by itself."""
        day = from_
        while day < until:
            if WEEKDAYS[day.weekday()] in self.weekdays and self.week in (None, (day.day - 1) // 7 + 1):
                runs_on = day + timedelta(days=self.wait_days)
                opens = datetime.combine(runs_on, time(self.hour), ZoneInfo(self.zone))
                yield opens.astimezone(UTC)
            day += timedelta(days=1)

    def last_install_ends(self, opened: datetime) -> datetime:
        """Tell when a node may still work that got its turn just before the cutoff."""
        closes = opened + timedelta(hours=self.hours_open)
        if self.cancels:
            return closes
        return max(closes, closes - timedelta(hours=self.cutoff_hours) + COMMAND_LIMIT)

    @property
    def expression(self) -> str:
        """The cron expression."""
        days = ",".join(self.weekdays) if self.week is None else f"{self.weekdays[0]}#{self.week}"
        return f"cron(0 {self.hour} ? * {days} *)"


@dataclass(kw_only=True)
class Node:
    """A node with its windows; `installed` holds for every patch when its run opened and when it ended."""

    windows: Sequence[Window]
    delay_days: int
    approved_before: datetime | None
    installed: dict[datetime, tuple[datetime, datetime]] = field(default_factory=dict)

    def may_install(self, published: datetime, now: datetime) -> bool:
        """Return whether a patch is approved by now."""
        if self.approved_before is not None and published < self.approved_before:
            return now > published
        return now > published + self.delay_days * DAY


def simulate(nodes: Sequence[Node], freezes: Sequence[Freeze]) -> None:
    """Let every window open, and every node install what it may."""
    published = [HORIZON.from_ + number * TICK for number in range((HORIZON.until - HORIZON.from_) // TICK)]
    for node in nodes:
        openings = sorted(
            (opened, window.last_install_ends(opened))
            for window in node.windows
            for opened in window.opens(date(2027, 2, 20), LAST_TICK.date())
            if opened > HORIZON.from_ and not any(freeze.from_ <= opened < freeze.until for freeze in freezes)
        )
        waiting = published
        for opened, ends in openings:
            for patch in itertools.takewhile(lambda patch: patch < opened, waiting):  # noqa: B023
                if node.may_install(patch, opened):
                    node.installed[patch] = (opened, ends)
            waiting = [patch for patch in waiting if patch not in node.installed]


def share_too_early(earlier: Sequence[Node], later: Sequence[Node], soak: timedelta | None) -> float:
    """Compare every patch on all nodes."""
    patches = [HORIZON.from_ + number * TICK for number in range((HORIZON.until - HORIZON.from_) // TICK)]
    too_early = 0
    for patch in patches:
        if soak is None:
            allowed_from = max(node.installed[patch][0] for node in earlier)
        else:
            allowed_from = max(node.installed[patch][1] for node in earlier) + soak
        too_early += min(node.installed[patch][0] for node in later) < allowed_from
    return too_early / len(patches)


# --- the same as records ---


def member(number: int, node: Node) -> RingMember:
    rule = PatchRuleRecord(
        patch_filters=(),
        approve_after_days=node.delay_days if node.approved_before is None else None,
        approve_until_date=None if node.approved_before is None else str((node.approved_before - DAY).date()),
    )
    return RingMember(
        patch_group=f"group{number}",
        account=f"{number:012}",
        region="eu-west-1",
        operating_system=OperatingSystem.AMAZON_LINUX_2023,
        baseline=PatchBaselineRecord(name="web", approval_rules=(rule,)),
        install_windows=tuple(map(record, node.windows)),
    )


def record(window: Window) -> WindowRecord:
    return WindowRecord(
        name="web",
        schedule=ScheduleRecord(
            expression=window.expression,
            timezone=window.zone,
            offset_days=window.wait_days or None,
        ),
        duration_hours=window.hours_open,
        cutoff_hours=window.cutoff_hours,
        tasks=(
            TaskRecord(
                task_type="RUN_COMMAND",
                task_arn="AWS-RunPatchBaseline",
                priority=1,
                parameters={"Operation": ("Install",)},
                cutoff_behavior="CANCEL_TASK" if window.cancels else None,
            ),
        ),
    )


def prove(
    earlier: Sequence[Node], later: Sequence[Node], soak_hours: int | None, freezes: Sequence[Freeze]
) -> list[RingProof]:
    rings = (
        RingPlan(
            name="dev", order=1, soak_hours=soak_hours, members=tuple(map(member, range(1, 5), earlier))
        ),
        RingPlan(name="prod", order=2, members=tuple(map(member, range(5, 9), later))),
    )
    answers = prove_ring_order(rings, horizon=HORIZON, visibility_lag=timedelta(days=7), freezes=freezes)
    return [answer for answer in answers if isinstance(answer, RingProof)]


WINDOWS = st.builds(
    Window,
    weekdays=st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True).map(tuple),
    week=st.none() | st.integers(1, 4),
    # No clock of these zones skips or repeats these hours.
    hour=st.integers(4, 22),
    zone=st.sampled_from(
        ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]
    ),
    wait_days=st.sampled_from([0, 0, 0, 1, 4, 6]),
    hours_open=st.integers(1, 6),
    cutoff_hours=st.integers(0, 3),
    cancels=st.booleans(),
).map(lambda window: possible(window))


def possible(window: Window) -> Window:
    """Let a window in one week of the month have one weekday, and a cutoff within its duration."""
    return replace(
        window,
        weekdays=window.weekdays if window.week is None else window.weekdays[:1],
        cutoff_hours=min(window.cutoff_hours, window.hours_open - 1),
    )


NODES = st.builds(
    Node,
    windows=st.lists(WINDOWS, min_size=1, max_size=2),
    delay_days=st.integers(0, 21),
    approved_before=st.none(),
)
RINGS = st.lists(NODES, min_size=1, max_size=3)
FREEZES = st.lists(
    st.builds(
        lambda day, length: Freeze(
            name="holidays", from_=HORIZON.from_ + day * DAY, until=HORIZON.from_ + (day + length) * DAY
        ),
        st.integers(0, 40),
        st.integers(1, 12),
    ),
    max_size=2,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RINGS, RINGS, st.none() | st.integers(0, 96), FREEZES)
def test_the_proof_finds_what_the_simulation_finds(
    earlier: list[Node], later: list[Node], soak_hours: int | None, freezes: list[Freeze]
) -> None:
    simulate([*earlier, *later], freezes)
    (proof,) = prove(earlier, later, soak_hours, freezes)
    assert proof.order.uncertainty is None
    assert proof.order.order.share == pytest.approx(share_too_early(earlier, later, None), abs=1e-12)
    if soak_hours is None:
        assert proof.soak is None
        return
    soak = timedelta(hours=soak_hours)
    assert proof.soak is not None
    assert proof.soak.order.share == pytest.approx(share_too_early(earlier, later, soak), abs=1e-12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NODES, NODES, st.dates(date(2027, 3, 1), date(2027, 4, 12)))
def test_an_approval_until_a_date_is_simulated_too(earlier: Node, later: Node, until: date) -> None:
    """What is published after the date is never approved, and so not compared."""
    later.approved_before = datetime(until.year, until.month, until.day, tzinfo=UTC) + DAY
    simulate([earlier, later], ())
    patches = [patch for patch in earlier.installed if patch < later.approved_before]
    too_early = sum(later.installed[patch][0] < earlier.installed[patch][0] for patch in patches)
    proofs = prove([earlier], [later], None, ())
    found = sum(proof.order.order.share for proof in proofs)
    assert found == pytest.approx(too_early / len(earlier.installed), abs=1e-12)


def test_the_simulation_and_the_proof_both_see_an_inversion() -> None:
    """Without this, two machines that find nothing would agree as well."""

    def weekly(weekday: str) -> Node:
        window = Window(
            weekdays=(weekday,),
            week=None,
            hour=6,
            zone="UTC",
            wait_days=0,
            hours_open=2,
            cutoff_hours=1,
            cancels=True,
        )
        return Node(windows=[window], delay_days=0, approved_before=None)

    earlier, later = [weekly("SAT")], [weekly("MON")]
    simulate([*earlier, *later], ())
    assert share_too_early(earlier, later, None) == pytest.approx(2 / 7)
    (proof,) = prove(earlier, later, None, ())
    assert proof.order.order.share == pytest.approx(2 / 7)
