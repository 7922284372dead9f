"""The order of all rings, for every operating system and every class of patches."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from patching_constructs.analysis.install_runs import (
    InstallRun,
    InstallSequence,
    InstallWindow,
    at_the_earliest,
    at_the_latest,
    install_window,
)
from patching_constructs.analysis.landing import Approval
from patching_constructs.analysis.margin import Margin, margin
from patching_constructs.analysis.patch_classes import PatchClass, patch_classes
from patching_constructs.analysis.ring_order import (
    Lane,
    RingOrder,
    compare,
    months_out_of_order,
)
from patching_constructs.analysis.ring_pair import RingPair, ring_pairs
from patching_constructs.analysis.ring_repair import least_delay_days, schedule_moves
from patching_constructs.errors import PatchingError
from patching_constructs.model.estate import RingMember, RingPlan
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchBaselineRecord
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Unknown
from patching_constructs.schedules.span import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderVerdict:
    """Whether two rings keep their distance.

    Attributes:
        order: The comparison; where uncertain, with every uncertain run at its worst.
        uncertainty: Why it can neither be proved nor refuted, or None if it is certain.
    """

    order: RingOrder
    uncertainty: str | None = None

    @property
    def holds(self) -> bool:
        """Whether it is proved."""
        return self.order.first is None


@dataclass(frozen=True, kw_only=True, slots=True)
class Repair:
    """The smallest changes, each of which is enough by itself.

    Attributes:
        approve_after_days: Least delay in the later ring, or None if none is enough.
        schedule: Schedule of the later ring that differs in weekday, week or offset only, or None if no such
            change is enough.
    """

    approve_after_days: int | None
    schedule: ScheduleRecord | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RingProof:
    """The answer for two rings, one operating system, and patches that both treat in the same way.

    Attributes:
        pair: What is compared.
        patches: What the patches are, one text for each kind.
        earlier: The lanes of the earlier ring.
        later: The lanes of the later ring.
        order: Whether every patch reaches the earlier ring first.
        out_of_order_months: Runs of months in which each ring runs once, and the later one first.
        soak: Whether the soak is kept; None if none is declared or hours of a window are not known.
        margin: How late nodes may see a patch; None if the order does not hold, if any lag within reach is
            fine, or if hours of a window are not known.
        repair: What puts the rings in order, or None if nothing has to.
        unknown_hours: Why soak and margin are unknown, or None.
    """

    pair: RingPair
    patches: tuple[str, ...]
    earlier: tuple[Lane, ...]
    later: tuple[Lane, ...]
    order: OrderVerdict
    out_of_order_months: tuple[tuple[InstallRun, InstallRun], ...] = ()
    soak: OrderVerdict | None = None
    margin: Margin | None = None
    repair: Repair | None = None
    unknown_hours: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NotProved:
    """Two rings whose order is undecided.

    Attributes:
        pair: What would be compared; without earlier rings if the later one is not even known to install.
        reason: Why not.
    """

    pair: RingPair
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NoEarlierRing:
    """A ring that is not the first, with an operating system that no ring before it installs on."""

    pair: RingPair


def prove_ring_order(
    rings: Sequence[RingPlan], *, horizon: Span, visibility_lag: timedelta, freezes: Sequence[Freeze] = ()
) -> Iterator[RingProof | NotProved | NoEarlierRing]:
    """Compare every ring with the nearest earlier ring, for every operating system and class of patches.

    Args:
        rings: The rings of one or more rollouts; those of different rollouts are not compared.
        horizon: When patches are published.
        visibility_lag: The largest lag that the margin is worked out for.
        freezes: A run that starts within one of them does not count.
    """
    prover = _Prover(horizon=horizon, visibility_lag=visibility_lag, freezes=freezes)
    first_order: dict[str, int] = {}
    without_window: set[tuple[str, OperatingSystem]] = set()
    for pair in ring_pairs(rings):
        rollout, order = pair.later.rollout, pair.later.order
        # Pairs come in order, so the first one of a rollout has its earliest ring.
        first_order.setdefault(rollout, order)
        if not any(member.install_windows for member in pair.later_members):
            if not any(member.scan_windows for member in pair.later_members):
                without_window.add((rollout, pair.operating_system))
                unknown = (member.unknown_windows for member in pair.later_members if member.unknown_windows)
                why = next((each.reason for each in unknown), "no window is known that patches its nodes")
                yield NotProved(pair=pair, reason=why)
        elif pair.earlier:
            yield from prover.prove(pair)
        elif (rollout, pair.operating_system) in without_window:
            yield NotProved(pair=pair, reason="no window is known that patches the nodes of an earlier ring")
        elif order > first_order[rollout]:
            yield NoEarlierRing(pair=pair)


_WEEKS = timedelta(weeks=12)


@dataclass(frozen=True, slots=True)
class _Nodes:
    """Nodes with the same baseline rules and windows."""

    name: str
    baseline: int
    windows: tuple[InstallWindow, ...]


def _nodes(
    members: Sequence[RingMember], number_of: dict[Hashable, int], baselines: list[PatchBaselineRecord]
) -> list[_Nodes]:
    """Join members that are patched in the same way, and number baselines with different approvals."""
    names: dict[tuple[int, tuple[InstallWindow, ...]], list[str]] = {}
    several = Counter(_name(member) for member in members if member.install_windows)
    for member in members:
        if not member.install_windows:
            continue
        baseline = member.baseline
        key = (
            baseline.approval_rules,
            baseline.global_filters,
            baseline.approved_patches,
            baseline.rejected_patches,
        )
        if key not in number_of:
            number_of[key] = len(baselines)
            baselines.append(baseline)
        windows = tuple(map(install_window, member.install_windows))
        names.setdefault((number_of[key], windows), []).append(
            _name(member) if several[_name(member)] == 1 else f"{_name(member)} by {_window_names(member)}"
        )
    return [
        _Nodes(first if not others else f"{first} and {len(others)} more", baseline, windows)
        for (baseline, windows), (first, *others) in names.items()
    ]


def _name(member: RingMember) -> str:
    place = "/".join(part for part in (member.account, member.region) if isinstance(part, str))
    return f"{member.patch_group} in {place}" if place else member.patch_group


def _window_names(member: RingMember) -> str:
    names = [window.name for window in member.install_windows if isinstance(window.name, str)]
    return f"window {' and '.join(names)}" if names else "another window"


def _unknown_hours(members: Iterable[RingMember]) -> str | None:
    return next(
        (
            hours.reason
            for member in members
            for window in member.install_windows
            for hours in (window.duration_hours, window.cutoff_hours)
            if isinstance(hours, Unknown)
        ),
        None,
    )


class _Prover:
    """Compares rings over one horizon; works out runs, and rings that are patched in the same way, once."""

    def __init__(self, *, horizon: Span, visibility_lag: timedelta, freezes: Sequence[Freeze]) -> None:
        self._horizon = horizon
        self._visibility_lag = visibility_lag
        self._freezes = freezes
        self._runs: dict[tuple[InstallWindow, ...], InstallSequence] = {}
        self._proofs: dict[Hashable, RingProof] = {}

    def prove(self, pair: RingPair) -> Iterator[RingProof | NotProved]:
        """Compare two rings, class by class."""
        for member in (*pair.earlier_members, *pair.later_members):
            if member.unknown_windows is not None:
                yield NotProved(pair=pair, reason=member.unknown_windows.reason)
                return
        number_of: dict[Hashable, int] = {}
        baselines: list[PatchBaselineRecord] = []
        earlier = _nodes(pair.earlier_members, number_of, baselines)
        later = _nodes(pair.later_members, number_of, baselines)
        classes = patch_classes(pair.operating_system, baselines)
        if isinstance(classes, Unknown):
            yield NotProved(pair=pair, reason=classes.reason)
            return
        try:
            for patches in classes:
                if any(patches.approvals[nodes.baseline].is_possible for nodes in later):
                    yield self._proof(pair, patches, earlier, later)
        except PatchingError as error:
            yield NotProved(pair=pair, reason=str(error))

    def _proof(
        self, pair: RingPair, patches: PatchClass, earlier: Sequence[_Nodes], later: Sequence[_Nodes]
    ) -> RingProof:
        """Compare two rings, unless nodes with these names, windows and delays are compared already."""
        question = (
            *(
                tuple((each.name, patches.approvals[each.baseline], each.windows) for each in nodes)
                for nodes in (earlier, later)
            ),
            pair.soak,
            _unknown_hours((*pair.earlier_members, *pair.later_members)),
        )
        # Operating systems often have the same windows and delays, and then the same proof.
        if question not in self._proofs:
            self._proofs[question] = self._prove(pair, patches, earlier, later)
        return replace(self._proofs[question], pair=pair, patches=patches.names)

    def _prove(
        self, pair: RingPair, patches: PatchClass, earlier: Sequence[_Nodes], later: Sequence[_Nodes]
    ) -> RingProof:
        # Patches that are published on the last day are installed this much later.
        delay = timedelta(days=max(each.after_days or 0 for each in patches.approvals))
        reach = self._horizon.until + delay + self._visibility_lag
        ahead = self._lanes(patches, earlier, reach)
        last = max(
            (run for lane in ahead for run in lane.runs[-1:]), key=lambda run: run.ends_at, default=None
        )
        if last is not None:
            # The later ring may wait for the soak of the last run, so its own runs are needed beyond the
            # horizon.
            reach = max(reach, last.ends_at + (pair.soak or timedelta()))
        behind = self._lanes(patches, later, reach)
        order = _judge(ahead, behind, self._horizon, None)
        unknown_hours = _unknown_hours((*pair.earlier_members, *pair.later_members))
        declared = pair.soak if unknown_hours is None else None
        soak = None if declared is None else _judge(ahead, behind, self._horizon, declared)
        kept = declared if soak is not None and soak.holds else None
        broken = not order.holds or (soak is not None and not soak.holds)
        one_to_one = len(ahead) == len(behind) == 1
        return RingProof(
            pair=pair,
            patches=patches.names,
            earlier=ahead,
            later=behind,
            order=order,
            out_of_order_months=tuple(
                months_out_of_order(ahead[0].runs, behind[0].runs, self._horizon)
                if one_to_one and not order.holds
                else ()
            ),
            soak=soak,
            margin=margin(ahead, behind, self._horizon, soak=kept)
            if order.holds and unknown_hours is None
            else None,
            repair=self._repair(ahead, behind, later, reach, declared) if broken else None,
            unknown_hours=unknown_hours,
        )

    def _lanes(self, patches: PatchClass, nodes: Sequence[_Nodes], reach: datetime) -> tuple[Lane, ...]:
        lanes: dict[tuple[Approval, tuple[InstallWindow, ...]], Lane] = {}
        for each in nodes:
            approval = patches.approvals[each.baseline]
            lane = Lane(name=each.name, runs=self._through(each.windows, reach), approval=approval)
            lanes.setdefault((approval, each.windows), lane)
        return tuple(lanes.values())

    def _through(self, windows: tuple[InstallWindow, ...], reach: datetime) -> list[InstallRun]:
        if windows not in self._runs:
            self._runs[windows] = InstallSequence(windows, after=self._horizon.from_, freezes=self._freezes)
        return self._runs[windows].through(reach)

    def _repair(
        self,
        earlier: Sequence[Lane],
        later: Sequence[Lane],
        nodes: Sequence[_Nodes],
        reach: datetime,
        soak: timedelta | None,
    ) -> Repair:
        windows = {window for each in nodes for window in each.windows}
        # A date in place of a delay cannot be repaired by a longer delay.
        days = [lane.approval.after_days for lane in later if lane.approval.published_before is None]
        window = next(iter(windows))
        return Repair(
            approve_after_days=least_delay_days(earlier, later, self._horizon, soak=soak)
            if len(days) == len(later)
            else None,
            schedule=self._moved(window, earlier, later, reach, soak or timedelta())
            if len(windows) == 1
            else None,
        )

    def _moved(
        self,
        window: InstallWindow,
        earlier: Sequence[Lane],
        later: Sequence[Lane],
        reach: datetime,
        soak: timedelta,
    ) -> ScheduleRecord | None:
        """Find the first move after which the later ring waits for the end of the earlier one."""
        # Most moves fail within weeks, and runs over years take their time.
        beginning = Span(
            from_=self._horizon.from_, until=min(self._horizon.from_ + _WEEKS, self._horizon.until)
        )
        stages = ((beginning, min(beginning.until + 2 * _WEEKS, reach)), (self._horizon, reach))
        for schedule in schedule_moves(window.schedule):
            moved = (replace(window, schedule=schedule),)
            if all(
                compare(
                    earlier,
                    [replace(lane, runs=self._through(moved, stage_reach)) for lane in later],
                    span,
                    soak=soak,
                ).first
                is None
                for span, stage_reach in stages
            ):
                return schedule
        return None


def _judge(
    earlier: Sequence[Lane], later: Sequence[Lane], horizon: Span, soak: timedelta | None
) -> OrderVerdict:
    order = compare(earlier, later, horizon, soak=soak)
    uncertainty = next(
        (run.why_uncertain for lane in (*earlier, *later) for run in lane.runs if run.why_uncertain), None
    )
    if uncertainty is None:
        return OrderVerdict(order=order)
    best = compare(_shift(earlier, at_the_earliest), _shift(later, at_the_latest), horizon, soak=soak)
    worst = compare(_shift(earlier, at_the_latest), _shift(later, at_the_earliest), horizon, soak=soak)
    if best.first is None and worst.first is not None:
        return OrderVerdict(order=worst, uncertainty=uncertainty)
    return OrderVerdict(order=order)


def _shift(
    lanes: Sequence[Lane], shift: Callable[[Sequence[InstallRun]], Sequence[InstallRun]]
) -> list[Lane]:
    return [replace(lane, runs=shift(lane.runs)) for lane in lanes]
