"""Rules about the order in which patches reach the rings of a rollout."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby

from patching_constructs.analysis.pinned_sources import has_pinned_sources
from patching_constructs.analysis.ring_order import Case
from patching_constructs.analysis.ring_pair import RingPair
from patching_constructs.analysis.ring_proof import NoEarlierRing, NotProved, RingProof, prove_ring_order
from patching_constructs.model.estate import RingPlan
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.location import Location
from patching_constructs.model.unknown import Unknown
from patching_constructs.model.wording import length, moment
from patching_constructs.rules.rings import ring_order_wording as words
from patching_constructs.schedules.span import Span

DEFAULT_VISIBILITY_LAG = timedelta(days=7)
"""AWS's own example of a notice whose package followed six days later, and a day more.

https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-release-dates.html
"""

_RELEASE_DATES_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-release-dates.html"
)
_RULE_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchRule.html"
_TASK_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/APIReference/"
    "API_RegisterTaskWithMaintenanceWindow.html"
)
_SOURCES_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-alternative-source-repository.html"


def check_ring_order(
    rings: Sequence[RingPlan],
    *,
    horizon: Span,
    visibility_lag: timedelta = DEFAULT_VISIBILITY_LAG,
    freezes: Sequence[Freeze] = (),
) -> list[Finding]:
    """Find patches that reach a later ring too early, for every operating system and class of patches.

    Args:
        rings: The rings of one or more rollouts.
        horizon: When the patches are published.
        visibility_lag: How much later than published nodes may see a patch; zero turns `ring-margin` off.
        freezes: A run that starts within one of them is no run.
    """
    answers = prove_ring_order(rings, horizon=horizon, visibility_lag=visibility_lag, freezes=freezes)
    findings: list[Finding] = []
    for pair, of_pair in groupby(answers, key=lambda answer: answer.pair):
        proofs = []
        for answer in of_pair:
            match answer:
                case NotProved():
                    findings.append(_undecided(_order_id(pair), pair, answer.reason))
                case NoEarlierRing():
                    findings.append(_no_earlier_ring(pair))
                case RingProof():
                    proofs.append(answer)
        for proof in proofs:
            findings += _check_order(proof, horizon)
            findings += _check_soak(proof, horizon)
        findings += _check_margin(proofs, visibility_lag)
    return findings


def _order_id(pair: RingPair) -> FindingId:
    return FindingId.RING_ORDER_NOT_POSSIBLE if pair.operating_system.is_apt else FindingId.RING_INVERSION


# --- order ---


def _check_order(proof: RingProof, horizon: Span) -> Iterator[Finding]:
    pair, first = proof.pair, proof.order.order.first
    is_ever_first = any(lane.approval.is_possible for lane in proof.earlier)
    if proof.order.uncertainty is not None:
        yield _undecided(_order_id(pair), pair, proof.order.uncertainty)
    elif pair.operating_system.is_apt and is_ever_first:
        yield from _check_apt(proof)
    elif first is not None:
        later, earlier = pair.later.name, pair.earlier_name
        yield Finding(
            id=FindingId.RING_INVERSION,
            level=Level.ERROR,
            field=_field(pair),
            message=f"for {words.share(proof.order)} of publication times a patch reaches ring {later} "
            f"before ring {earlier}: {words.patches(proof)}{words.why_equal_delays_fail(proof)}"
            if is_ever_first
            else f"ring {later} installs what ring {earlier} never approves: {words.patches(proof)}",
            received="; ".join(words.evidence(proof, first, horizon)),
            allowed=words.repair(proof) or f"the same patches approved in ring {earlier}",
            source=_RULE_PAGE,
            location=_location(pair),
        )


def _check_apt(proof: RingProof) -> Iterator[Finding]:
    pair = proof.pair
    pinned = has_pinned_sources(pair)
    if isinstance(pinned, Unknown):
        yield _undecided(FindingId.RING_ORDER_NOT_POSSIBLE, pair, pinned.reason)
    elif not pinned:
        first = proof.order.order.first
        yield Finding(
            id=FindingId.RING_ORDER_NOT_POSSIBLE,
            level=Level.ERROR if pair.later.promised else Level.WARNING,
            field=_field(pair),
            message=f"no schedule gives ring order, as {pair.operating_system} does not support approval "
            f"delays: for {words.share(proof.order)} of publication times a patch reaches ring "
            f"{pair.later.name} before ring {pair.earlier_name}",
            received=None if first is None else words.case(proof, first),
            allowed="a pinned repository (sources) in the baseline of each ring, or an acknowledged risk",
            source=_SOURCES_PAGE,
            location=_location(pair),
        )


def _no_earlier_ring(pair: RingPair) -> Finding:
    return Finding(
        id=FindingId.RING_WITHOUT_EARLIER_RING,
        level=Level.WARNING,
        field=_field(pair),
        message=f"no ring before ring {pair.later.name} installs on {pair.operating_system}, "
        "so patches are tried nowhere",
        allowed=f"an earlier ring with {pair.operating_system} nodes and an install window",
        location=_location(pair),
    )


# --- soak ---


def _check_soak(proof: RingProof, horizon: Span) -> Iterator[Finding]:
    pair, soak = proof.pair, proof.soak
    if pair.soak is None or pair.operating_system.is_apt:
        return
    if proof.unknown_hours is not None:
        yield _undecided(FindingId.RING_SOAK, pair, proof.unknown_hours)
    elif soak is not None and soak.uncertainty is not None:
        yield _undecided(FindingId.RING_SOAK, pair, soak.uncertainty)
    elif soak is not None and (first := soak.order.first) is not None:
        yield Finding(
            id=FindingId.RING_SOAK,
            level=Level.ERROR,
            field=_field(pair),
            message=f"for {words.share(soak)} of publication times ring {pair.later.name} starts before ring "
            f"{pair.earlier_name} has finished and soaked for {length(pair.soak)}: {words.patches(proof)}",
            received="; ".join((words.case(proof, first), *_finish(first), words.months(soak, horizon))),
            allowed=words.repair(proof),
            source=_TASK_PAGE,
            location=_location(pair),
        )


def _finish(first: Case) -> Iterator[str]:
    if first.earlier is None:
        return
    run_on = first.earlier.ends_at - first.earlier.closes_at
    yield f"finished {moment(first.earlier.ends_at)}" + (
        f", as the cutoff behavior lets installs run on for {length(run_on)}" if run_on else ""
    )


# --- margin ---


def _check_margin(proofs: Sequence[RingProof], visibility_lag: timedelta) -> Iterator[Finding]:
    """Find the smallest margin of two rings, if it is too small."""
    if not visibility_lag:
        return
    in_order = [proof for proof in proofs if proof.order.holds and not proof.pair.operating_system.is_apt]
    for proof in in_order[:1]:
        if proof.unknown_hours is not None:
            yield _undecided(FindingId.RING_MARGIN, proof.pair, proof.unknown_hours)
    margins = [
        (proof.margin, proof)
        for proof in in_order
        if proof.margin is not None and proof.margin.lag < visibility_lag
    ]
    if not margins:
        return
    least, proof = min(margins, key=lambda margin_of: margin_of[0].lag)
    later, earlier = proof.pair.later.name, proof.pair.earlier_name
    yield Finding(
        id=FindingId.RING_MARGIN,
        level=Level.WARNING,
        field=_field(proof.pair),
        message=f"ring {later} is certain to stay behind ring {earlier} only if nodes see patches within "
        f"{length(least.lag - least.lag % timedelta(minutes=1))} of publication: {words.patches(proof)}",
        received=words.margin_case(proof, least),
        allowed=f"a lag of {length(visibility_lag)}, by a longer delay in ring {later} or a run of ring "
        f"{earlier} closer to it",
        source=_RELEASE_DATES_PAGE,
        location=_location(proof.pair),
    )


# --- all of them ---


def _undecided(id: FindingId, pair: RingPair, reason: str) -> Finding:
    return Finding(
        id=id,
        level=Level.INFO,
        field=_field(pair),
        message=f"whether ring {pair.later.name} stays behind ring {pair.earlier_name}"
        if pair.earlier
        else f"when ring {pair.later.name} installs",
        undecided=reason,
        location=_location(pair),
    )


def _field(pair: RingPair) -> str:
    return f"rings.{pair.later.name}.{pair.operating_system}"


def _location(pair: RingPair) -> Location | None:
    """Return the location of the later ring's baseline, which is the first thing to change."""
    return pair.later_members[0].location
