"""Whether a ring is behind the ones before it, in one answer for each operating system."""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from patching_constructs.rollout.ring_order import Case
from patching_constructs.rollout.ring_pair import RingPair
from patching_constructs.rollout.ring_proof import NoEarlierRing, NotProved, RingProof


class OrderState(enum.StrEnum):
    """What is known about the order of two rings."""

    PROVED = "proved"
    """Every patch reaches the earlier ring first."""
    REFUTED = "refuted"
    """Some patches reach the later ring first, or before the soak of the earlier one is over."""
    OPEN = "open"
    """It depends on what is not known."""
    FIRST = "first"
    """No earlier ring has the operating system."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderAnswer:
    """The answer for two rings and one operating system, over all classes of patches.

    Attributes:
        pair: What is compared.
        state: What is known.
        share: Largest share of publication times for which a class of patches is out of order, 0 to 1.
        head_start: Shortest time from the earlier ring's start to the later one's for one patch, or None.
        lag: Largest time from publication to visibility for which the order holds, or None if every lag
            within reach is fine or the order does not hold.
        first: The first patch that is out of order, or None.
        reason: Why it is open, or None.
    """

    pair: RingPair
    state: OrderState
    share: float = 0.0
    head_start: timedelta | None = None
    lag: timedelta | None = None
    first: Case | None = None
    reason: str | None = None


def order_answers(answers: Iterator[RingProof | NotProved | NoEarlierRing]) -> Iterator[OrderAnswer]:
    """Put the answers for all classes of patches together."""
    for pair, of_pair in groupby(answers, key=lambda answer: answer.pair):
        proofs: list[RingProof] = []
        for answer in of_pair:
            match answer:
                case NotProved():
                    yield OrderAnswer(pair=pair, state=OrderState.OPEN, reason=answer.reason)
                case NoEarlierRing():
                    yield OrderAnswer(pair=pair, state=OrderState.FIRST)
                case RingProof():
                    proofs.append(answer)
        if proofs:
            yield _together(pair, proofs)


def _together(pair: RingPair, proofs: Sequence[RingProof]) -> OrderAnswer:
    verdicts = [verdict for proof in proofs for verdict in (proof.order, proof.soak) if verdict is not None]
    broken = [verdict for verdict in verdicts if not verdict.holds]
    certain = [verdict for verdict in broken if verdict.doubt is None]
    cases = [verdict.order.first for verdict in certain or broken if verdict.order.first is not None]
    head_starts = [proof.order.order.head_start for proof in proofs]
    lags = [proof.margin.lag for proof in proofs if proof.margin is not None]
    return OrderAnswer(
        pair=pair,
        state=OrderState.REFUTED if certain else OrderState.OPEN if broken else OrderState.PROVED,
        share=max((verdict.order.share for verdict in broken), default=0.0),
        head_start=min((each for each in head_starts if each is not None), default=None),
        lag=min(lags, default=None),
        first=min(cases, key=lambda case: case.published.from_, default=None),
        reason=next((verdict.doubt for verdict in broken if verdict.doubt is not None), None)
        if not certain
        else None,
    )
