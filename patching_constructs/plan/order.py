"""Ring order: whether each ring is patched after the one before it, for each operating system."""

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from patching_constructs.analysis.pinned_sources import has_pinned_sources
from patching_constructs.analysis.ring_order import Case
from patching_constructs.analysis.ring_pair import RingPair
from patching_constructs.analysis.ring_proof import NoEarlierRing, NotProved, OrderVerdict, RingProof
from patching_constructs.model.unknown import Unknown


class OrderState(enum.StrEnum):
    """What is known about the order of two rings."""

    PROVED = "proved"
    """Every patch reaches the earlier ring first."""
    REFUTED = "refuted"
    """Some patches reach the later ring first, or before the soak of the earlier one is over."""
    OPEN = "open"
    """It depends on unknown values."""
    FIRST = "first"
    """No earlier ring has the operating system."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderAnswer:
    """The answer for two rings and one operating system, over all classes of patches.

    Attributes:
        pair: What is compared.
        state: What is known.
        share: Largest share of publication times for which a class of patches is out of order, 0 to 1; where
            it is open, the largest that is possible.
        head_start: Shortest time from the earlier ring's start to the later one's for one patch, or None.
        lag: Largest time from publication to visibility for which the order holds, or None if every lag
            within reach is fine, if the order is not proved, or if hours of a window are not known.
        first: The first patch that is out of order, or may be, or None.
        reason: Why it is open, or None.
    """

    pair: RingPair
    state: OrderState
    share: float = 0.0
    head_start: timedelta | None = None
    lag: timedelta | None = None
    first: Case | None = None
    reason: str | None = None


def order_answers(answers: Iterable[RingProof | NotProved | NoEarlierRing]) -> Iterator[OrderAnswer]:
    """Put the answers for all classes of patches together."""
    for pair, of_pair in groupby(answers, key=lambda answer: answer.pair):
        proofs: list[RingProof] = []
        reasons: list[str] = []
        for answer in of_pair:
            match answer:
                case NotProved():
                    reasons.append(answer.reason)
                case RingProof():
                    proofs.append(answer)
        if proofs or reasons:
            yield _together(pair, proofs, reasons)
        else:
            yield OrderAnswer(pair=pair, state=OrderState.FIRST)


def _together(pair: RingPair, proofs: Sequence[RingProof], reasons: Sequence[str]) -> OrderAnswer:
    verdicts = [entry for proof in proofs for entry in _verdicts(proof)]
    broken = [(verdict, uncertainty) for verdict, uncertainty in verdicts if not verdict.holds]
    certain = [verdict for verdict, uncertainty in broken if uncertainty is None]
    open_because = [
        *reasons,
        *(uncertainty for _, uncertainty in broken if uncertainty is not None),
        *(proof.unknown_hours for proof in proofs if proof.unknown_hours and _asks_for_soak(pair)),
    ]
    state = OrderState.REFUTED if certain else OrderState.OPEN if open_because else OrderState.PROVED
    shown = certain or [verdict for verdict, _ in broken]
    cases = [verdict.order.first for verdict in shown if verdict.order.first is not None]
    head_starts = [proof.order.order.head_start for proof in proofs]
    lags = [proof.margin.lag for proof in proofs if proof.margin is not None]
    return OrderAnswer(
        pair=pair,
        state=state,
        share=max((verdict.order.share for verdict in shown), default=0.0),
        head_start=min((each for each in head_starts if each is not None), default=None),
        lag=min(lags, default=None) if state is OrderState.PROVED else None,
        first=min(cases, key=lambda case: case.published.from_, default=None),
        reason=open_because[0] if state is OrderState.OPEN else None,
    )


def _asks_for_soak(pair: RingPair) -> bool:
    """Return whether a soak is declared that a schedule can keep: apt systems ignore the approval delay."""
    return pair.soak is not None and not pair.operating_system.is_apt


def _verdicts(proof: RingProof) -> Iterator[tuple[OrderVerdict, str | None]]:
    """Yield what counts for the order, each with the reason why it is uncertain."""
    yield proof.order, proof.order.uncertainty or _decided_elsewhere(proof)
    if proof.soak is not None and _asks_for_soak(proof.pair):
        yield proof.soak, proof.soak.uncertainty


def _decided_elsewhere(proof: RingProof) -> str | None:
    """Say why schedules do not decide the order of apt systems, or may not; None if they do."""
    if not proof.pair.operating_system.is_apt or not any(lane.approval.is_possible for lane in proof.earlier):
        return None
    pinned = has_pinned_sources(proof.pair)
    if isinstance(pinned, Unknown):
        return pinned.reason
    return "the repositories of its baselines decide the order, not schedules" if pinned else None
