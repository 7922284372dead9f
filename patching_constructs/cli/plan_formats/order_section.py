"""Whether rings are in order, in words."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from patching_constructs.cli.plan_formats.section import Cell, Limits, Section, Tone, cell, table
from patching_constructs.model.wording import length, moment
from patching_constructs.plan.order import OrderAnswer, OrderState
from patching_constructs.plan.plan import Plan

_TONES = {
    OrderState.PROVED: Tone.GOOD,
    OrderState.REFUTED: Tone.BAD,
    OrderState.OPEN: Tone.UNCERTAIN,
    OrderState.FIRST: Tone.UNCERTAIN,
}


def order_section(plan: Plan, limits: Limits) -> Section:
    """Show for each ring whether it follows the ring before it, out-of-order rings first."""
    grouped: dict[tuple[Cell, ...], list[str]] = {}
    in_order = sorted(plan.order, key=lambda answer: _URGENCY.index(answer.state))
    for answer in in_order:
        rings, *rest = _row(answer)
        grouped.setdefault((rings, *rest), []).append(answer.pair.operating_system)
    return table(
        "Order of rings",
        ("rings", "systems", "verdict", "head start"),
        (
            (rings, cell(*systems), verdict, head_start)
            for (rings, verdict, head_start), systems in grouped.items()
        ),
        most=limits.rows,
        long_rows=True,
    )


_URGENCY = (OrderState.REFUTED, OrderState.OPEN, OrderState.FIRST, OrderState.PROVED)


def _row(answer: OrderAnswer) -> Sequence[Cell]:
    pair = answer.pair
    return (
        cell(f"{pair.later.name} after {pair.earlier_name}" if pair.earlier else pair.later.name),
        cell(*_verdict(answer), tone=_TONES[answer.state]),
        cell("-" if answer.head_start is None else signed_length(answer.head_start)),
    )


def _verdict(answer: OrderAnswer) -> Iterator[str]:
    first = answer.first
    match answer.state:
        case OrderState.PROVED:
            yield "proved"
            if answer.lag is not None:
                yield f"holds while nodes see patches within {length(answer.lag)} of publication"
        case OrderState.REFUTED:
            yield f"refuted for {_share(answer.share)} of publication times"
        case OrderState.OPEN:
            yield f"open: {answer.reason}"
        case OrderState.FIRST:
            yield "no earlier ring has it"
    if first is not None and answer.state is OrderState.REFUTED:
        earlier = "never" if first.earlier is None else moment(first.earlier.starts_at)
        yield f"first: published {moment(first.published.from_)}"
        yield f"reaches {answer.pair.later.name} {moment(first.later.starts_at)}"
        yield f"and {answer.pair.earlier_name} {earlier}"


def _share(share: float) -> str:
    return "less than 0.1 %" if 0 < share < 0.001 else f"{100 * share:.1f} %"


def signed_length(time: timedelta) -> str:
    """Write a length of time that may be negative."""
    return length(time) if time >= timedelta() else f"minus {length(-time)}"
