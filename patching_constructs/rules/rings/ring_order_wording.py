"""How findings about ring order put their evidence."""

from collections.abc import Iterator, Sequence

from patching_constructs.analysis.install_runs import InstallRun
from patching_constructs.analysis.margin import Margin
from patching_constructs.analysis.ring_order import Case, Lane
from patching_constructs.analysis.ring_proof import OrderVerdict, RingProof
from patching_constructs.model.wording import moment
from patching_constructs.schedules.span import Span

_LISTED_MONTHS = 5


def share(verdict: OrderVerdict) -> str:
    """Write the share of publication times, never as zero if there are any."""
    affected = verdict.order.share
    return "less than 0.1 %" if 0 < affected < 0.001 else f"{100 * affected:.1f} %"


def patches(proof: RingProof) -> str:
    """Write which patches a proof is about."""
    return "; ".join(proof.patches)


def why_equal_delays_fail(proof: RingProof) -> str:
    """Explain what many expect to be safe: the same delay in both rings, and a later weekday."""
    delays = {lane.approval.after_days for lane in (*proof.earlier, *proof.later)}
    if len(delays) > 1:
        return ""
    days = delays.pop()
    return f" (both wait {days} days, so a patch goes to the ring that runs next after its approval)"


def evidence(proof: RingProof, first: Case, horizon: Span) -> Iterator[str]:
    """Yield what shows that a ring is out of order."""
    yield case(proof, first)
    yield from _lane(proof.pair.earlier_name, "last", proof.earlier, first.earlier_lane)
    yield from _lane(proof.pair.later.name, "first", proof.later, first.later_lane)
    yield months(proof.order, horizon)
    if proof.out_of_order_months:
        found = [f"{later.starts_at:%Y-%m}" for _, later in proof.out_of_order_months]
        more = f" and {len(found) - _LISTED_MONTHS} more" if len(found) > _LISTED_MONTHS else ""
        yield (
            f"ring {proof.pair.later.name} runs first in {len(found)} of {len(list(horizon.months()))} "
            f"calendar months: {', '.join(found[:_LISTED_MONTHS])}{more}"
        )


def _lane(ring: str, which: str, lanes: Sequence[Lane], name: str) -> Iterator[str]:
    if len(lanes) > 1:
        yield f"ring {ring} counts by the {which} of its nodes, here {name}"


def case(proof: RingProof, first: Case) -> str:
    """Write when a patch is published, and when it reaches both rings."""
    return (
        f"published {moment(first.published.from_)} or later, before {moment(first.published.until)}: "
        f"{_runs(proof, first.later, first.earlier)}"
    )


def margin_case(proof: RingProof, least: Margin) -> str:
    """Write what happens when a patch is visible later than the margin allows."""
    return (
        f"published just before {moment(least.published_before)} and visible just after "
        f"{moment(least.visible_at)}: {_runs(proof, least.later, least.earlier)}"
    )


def _runs(proof: RingProof, later: InstallRun, earlier: InstallRun | None) -> str:
    return (
        f"ring {proof.pair.later.name} {moment(later.starts_at)}, ring {proof.pair.earlier_name} "
        f"{'never' if earlier is None else moment(earlier.starts_at)}"
    )


def months(verdict: OrderVerdict, horizon: Span) -> str:
    """Write in how many months such patches are published."""
    return f"published in {len(verdict.order.months)} of {len(list(horizon.months()))} months"


def repair(proof: RingProof) -> str | None:
    """Write the smallest changes that are enough, or None if there is none."""
    if proof.repair is None:
        return None
    ways = []
    if proof.repair.approve_after_days is not None:
        ways.append(f"approve_after_days of {proof.repair.approve_after_days} or more")
    if (schedule := proof.repair.schedule) is not None:
        offset = f" with offset {schedule.offset_days}" if schedule.offset_days is not None else ""
        ways.append(f"schedule {schedule.expression}{offset}")
    return f"in ring {proof.pair.later.name} {', or '.join(ways)}" if ways else None
