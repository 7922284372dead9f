"""Whether the rings are in order: the headline, and the table that it is drawn from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from patching_constructs.cli.plan_formats.page.words import system_name
from patching_constructs.model.acknowledgement import Acknowledgement
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.wording import moment as utc_moment
from patching_constructs.model.wording import rough_length
from patching_constructs.plan.order import OrderAnswer, OrderState
from patching_constructs.plan.plan import Plan

_ABOUT_ORDER = (FindingId.RING_INVERSION, FindingId.RING_SOAK, FindingId.RING_ORDER_NOT_POSSIBLE)


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderView:
    """Two rings and an operating system.

    Attributes:
        answer: The answer.
        systems: The operating systems that it is the answer for.
        state: `proved`, `refuted`, `open`, `first`, or `accepted` for an accepted finding.
        words: The state in words.
        detail: Why, or how well.
        accepted_by: Who accepts it, or None.
    """

    answer: OrderAnswer
    systems: tuple[str, ...]
    state: str
    words: str
    detail: tuple[str, ...]
    accepted_by: Acknowledgement | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Headline:
    """The headline.

    Attributes:
        state: `good`, `warn` or `bad`.
        sentence: It in one sentence.
        details: What belongs to it.
        path: The rings in their order, if there is one rollout and its order is good.
        rows: The answers in the order of the rings.
    """

    state: str
    sentence: str
    details: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    rows: tuple[OrderView, ...]


def verdict(plan: Plan) -> Headline:
    """Put the answers about all rings into one sentence."""
    rows = tuple(_joined([_row(answer, plan) for answer in plan.order]))
    compared = [row for row in rows if row.state != OrderState.FIRST]
    refuted = [row for row in compared if row.state == OrderState.REFUTED]
    undecided = [row for row in compared if row.state == OrderState.OPEN]
    accepted = [row for row in compared if row.state == "accepted"]
    details = tuple(_accepted(accepted))
    if refuted:
        return Headline(
            state="bad",
            sentence="The rings are not in order.",
            details=(*_pairs("Some patches reach", "before", refuted), *details),
            rows=rows,
        )
    if undecided:
        return Headline(
            state="warn",
            sentence="The order of the rings is undecided.",
            details=(*_pairs("It is undecided for", "after", undecided), *details),
            rows=rows,
        )
    if not compared:
        return Headline(state="warn", sentence="There are no two rings to compare.", rows=rows)
    if len(accepted) == len(compared):
        return Headline(
            state="warn",
            sentence="The rings are not in order, which has been accepted.",
            details=details,
            rows=rows,
        )
    return Headline(
        state="good", sentence="The rings are in order.", details=details, path=_path(compared), rows=rows
    )


def _path(rows: Sequence[OrderView]) -> tuple[str, ...]:
    if len({row.answer.pair.later.rollout for row in rows}) > 1:
        return ()
    rings = {
        ring.name: ring.order for row in rows for ring in (*row.answer.pair.earlier, row.answer.pair.later)
    }
    return tuple(sorted(rings, key=lambda name: rings[name]))


def _pairs(begin: str, then: str, rows: Sequence[OrderView]) -> Iterator[str]:
    for (later, earlier), several in groupby(
        rows, key=lambda row: (row.answer.pair.later.name, row.answer.pair.earlier_name)
    ):
        of_pair = list(several)
        systems = ", ".join(system for row in of_pair for system in row.systems)
        share = max(row.answer.share for row in of_pair)
        upto = f", for up to {100 * share:.1f} % of publication times" if share else ""
        yield f"{begin} {later} {then} {earlier}: {systems}{upto}."


def _accepted(rows: Sequence[OrderView]) -> Iterator[str]:
    systems: dict[str, dict[str, None]] = {}
    for row in rows:
        accepted = row.accepted_by
        if accepted is not None:
            until = "" if accepted.expires is None else f" until {accepted.expires}"
            by = f" by {accepted.owner}" if accepted.owner else ""
            systems.setdefault(f"{by}{until}", {}).update(dict.fromkeys(row.systems))
    for terms, names in systems.items():
        yield f"Except {', '.join(names)}: an accepted risk{terms}."


def _joined(rows: Sequence[OrderView]) -> Iterator[OrderView]:
    """Join neighbours that differ in nothing but the operating system."""
    grouped: dict[object, list[OrderView]] = {}
    for row in rows:
        pair = row.answer.pair
        rings = (pair.later.rollout, pair.later.order, pair.later.name, pair.earlier_name)
        grouped.setdefault((rings, row.state, row.detail, row.accepted_by), []).append(row)
    for several in grouped.values():
        yield replace(several[0], systems=tuple(system for row in several for system in row.systems))


def _row(answer: OrderAnswer, plan: Plan) -> OrderView:
    acknowledgement = _acknowledgement(answer, plan) if answer.state is OrderState.REFUTED else None
    state = answer.state.value if acknowledgement is None else "accepted"
    words = {
        "proved": "in order",
        "refuted": "not in order",
        "open": "not decided",
        "first": "first ring",
        "accepted": "not in order, accepted",
    }
    return OrderView(
        answer=answer,
        systems=(system_name(answer.pair.operating_system),),
        state=state,
        words=words.get(state, state),
        detail=tuple(_details(answer)),
        accepted_by=acknowledgement,
    )


def _acknowledgement(answer: OrderAnswer, plan: Plan) -> Acknowledgement | None:
    """Return who accepts that rings are out of order, or None if one finding about it is not accepted."""
    field = f"rings.{answer.pair.later.name}.{answer.pair.operating_system}"
    about = [
        entry for entry in plan.findings if entry.finding.field == field and entry.finding.id in _ABOUT_ORDER
    ]
    if not about or any(entry.acknowledgement is None for entry in about):
        return None
    return about[0].acknowledgement


def _details(answer: OrderAnswer) -> Iterator[str]:
    pair, first = answer.pair, answer.first
    if answer.state is OrderState.PROVED:
        if answer.head_start is not None:
            yield f"{pair.earlier_name} starts at least {rough_length(answer.head_start)} earlier"
        if pair.soak is not None:
            yield f"with a soak of {rough_length(pair.soak)} after {pair.earlier_name}"
        if answer.lag is not None:
            yield f"holds if nodes see patches within {rough_length(answer.lag)} of publication"
    if answer.reason is not None:
        yield answer.reason
    if answer.share:
        yield f"{100 * answer.share:.1f} % of publication times"
    if first is not None:
        earlier = "never" if first.earlier is None else utc_moment(first.earlier.starts_at)
        yield (
            f"first case: published {utc_moment(first.published.from_)}, {pair.later.name} "
            f"{utc_moment(first.later.starts_at)}, {pair.earlier_name} {earlier}"
        )
