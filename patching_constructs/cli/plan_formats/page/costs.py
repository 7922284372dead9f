"""What the templates cost in a month: units, and money as far as prices are known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from patching_constructs.model.billable_unit import UNIT_DESCRIPTIONS
from patching_constructs.plan.billable_amount import BillableUse
from patching_constructs.plan.costs import Costs

MOST = 100
"""How many accounts and Regions a page lists."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CostView:
    """One unit.

    Attributes:
        what: What is counted.
        source: AWS's page about its price.
        amount: How much of it, in words.
        unknown: Why there may be more; empty if that is all.
        assumption: What the amount takes for granted.
        money: What it costs, or nothing if no price is known.
    """

    what: str
    source: str
    amount: str
    unknown: tuple[str, ...]
    assumption: str
    money: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceView:
    """One account and Region: its units in words."""

    name: str
    units: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CostsView:
    """The costs.

    Attributes:
        money: All of it, or nothing if no price is known.
        is_priced: Whether that is everything.
        lines: The units of which something is or may be used.
        places: What is used where.
        left_out: How many accounts and Regions are not listed.
        prices: Where prices come from, with the day on which they were true.
        output_kilobytes: How much a command is taken to print on a node.
    """

    money: str
    is_priced: bool
    lines: tuple[CostView, ...]
    places: tuple[PlaceView, ...]
    left_out: int
    prices: tuple[tuple[str, str], ...]
    output_kilobytes: int


def costs_view(costs: Costs) -> CostsView:
    """Put the costs into words."""
    used = [line for line in costs.total if not line.use.is_nothing]
    return CostsView(
        money=_money(costs.money),
        is_priced=costs.is_priced,
        lines=tuple(_line(line.use, line.money) for line in used),
        places=tuple(
            PlaceView(
                name=str(place.environment),
                units=tuple(
                    f"{UNIT_DESCRIPTIONS[line.use.unit].what}: {_amount(line.use)}" for line in place.lines
                ),
            )
            for place in costs.environments[:MOST]
        ),
        left_out=max(len(costs.environments) - MOST, 0),
        prices=tuple(
            dict.fromkeys((price.source, str(price.as_of)) for line in used for price in line.prices)
        ),
        output_kilobytes=costs.assumptions.output_kilobytes,
    )


def _line(use: BillableUse, money: Mapping[str, Fraction]) -> CostView:
    description = UNIT_DESCRIPTIONS[use.unit]
    return CostView(
        what=description.what,
        source=description.source,
        amount=_amount(use),
        unknown=use.unknown,
        assumption=description.assumption,
        money=_money(money),
    )


def _amount(use: BillableUse) -> str:
    if not use.unknown:
        return _number(use.known)
    return f"at least {_number(use.known)}" if use.known else "not known"


def _number(amount: Fraction) -> str:
    """Write an amount with as many decimals as a small one needs."""
    if amount.denominator == 1:
        return f"{amount.numerator:,}"
    return f"{float(amount):,.2f}" if amount >= 1 else f"{float(amount):.2g}"


def _money(money: Mapping[str, Fraction]) -> str:
    return " + ".join(_amounts(money))


def _amounts(money: Mapping[str, Fraction]) -> Iterator[str]:
    for currency, amount in money.items():
        yield f"{float(amount):,.2f} {currency}"
