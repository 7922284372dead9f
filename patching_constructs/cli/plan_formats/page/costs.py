"""What the templates cost in a month: units, and money as far as prices are known."""

from dataclasses import dataclass
from fractions import Fraction

from patching_constructs.analysis.costs.billable_amount import BillableUse
from patching_constructs.analysis.costs.costs import Costs, TotalLine
from patching_constructs.analysis.costs.wording import money_words
from patching_constructs.cli.plan_formats.cost_rows import FigureRow, figure_rows
from patching_constructs.model.billable_unit import UNIT_DESCRIPTIONS

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
    """One account and Region: its figures and its units in words."""

    figures: FigureRow
    units: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CostsView:
    """The costs.

    Attributes:
        figures: Those of all accounts and Regions together.
        missing_in_fixed: What has to be known for the fixed costs to be complete.
        missing_in_usage: The same of usage.
        has_prices: Whether a price is known of anything.
        lines: The units of which something is or may be used.
        places: What is used where.
        left_out: How many accounts and Regions are not listed.
        prices: Where prices come from, with the day on which they were true.
        output_kilobytes: How much a command is taken to print on a node.
    """

    figures: FigureRow
    missing_in_fixed: tuple[str, ...]
    missing_in_usage: tuple[str, ...]
    has_prices: bool
    lines: tuple[CostView, ...]
    places: tuple[PlaceView, ...]
    left_out: int
    prices: tuple[tuple[str, str], ...]
    output_kilobytes: int


def costs_view(costs: Costs) -> CostsView:
    """Put the costs into words."""
    used = [line for line in costs.total if not line.use.is_nothing]
    everywhere, *each = figure_rows(costs)
    return CostsView(
        figures=everywhere,
        missing_in_fixed=costs.figures.fixed_third_year.missing,
        missing_in_usage=costs.figures.usage.missing,
        has_prices=any(line.prices for line in used),
        lines=tuple(map(_line, used)),
        places=tuple(
            PlaceView(
                figures=figures,
                units=tuple(
                    f"{UNIT_DESCRIPTIONS[line.use.unit].what}: {_amount(line.use)}" for line in place.lines
                ),
            )
            for place, figures in list(zip(costs.environments, each, strict=True))[:MOST]
        ),
        left_out=max(len(costs.environments) - MOST, 0),
        prices=tuple(
            dict.fromkeys((price.source, str(price.as_of)) for line in used for price in line.prices)
        ),
        output_kilobytes=costs.assumptions.output_kilobytes,
    )


def _line(line: TotalLine) -> CostView:
    use = line.use
    description = UNIT_DESCRIPTIONS[use.unit]
    return CostView(
        what=description.what,
        source=description.source,
        amount=_amount(use),
        unknown=use.unknown,
        assumption=description.assumption,
        money=money_words(line.money, is_complete=line.is_priced),
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
