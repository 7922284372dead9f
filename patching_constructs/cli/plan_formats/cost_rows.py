"""Costs as the rows of a table."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from patching_constructs.analysis.costs.billable_amount import BillableUse
from patching_constructs.analysis.costs.costs import CostFigures, CostLine, Costs, TotalLine
from patching_constructs.analysis.costs.wording import money_words, sum_words
from patching_constructs.model.billable_unit import UNIT_DESCRIPTIONS
from patching_constructs.model.price import ANY_REGION, PriceLine

EVERYWHERE = "all"
"""Label of the row that adds up all accounts and Regions."""

_CENT = Fraction(1, 100)


@dataclass(frozen=True, kw_only=True, slots=True)
class CostRow:
    """One unit, in words.

    Attributes:
        where: Account and Region, or `all`.
        what: What is counted.
        amount: How much of it in a month.
        money: What that costs in a month, or that no price is known.
        remark: Why more may come, and where the price is from; may be empty.
        is_known: Whether something is known of the amount.
        has_old_price: Whether a price is older than 12 months.
    """

    where: str
    what: str
    amount: str
    money: str
    remark: str
    is_known: bool = True
    has_old_price: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FigureRow:
    """The figures of an account and Region, in words.

    Attributes:
        where: Account and Region, or `all`.
        fixed_first_year: What is charged for what exists, in its first year.
        fixed_third_year: The same from the third year on.
        usage: What is charged for what happens.
    """

    where: str
    fixed_first_year: str
    fixed_third_year: str
    usage: str


def figure_rows(costs: Costs) -> Iterator[FigureRow]:
    """Yield the figures of all accounts and Regions together, then those of each."""
    yield _figures(EVERYWHERE, costs.figures)
    for environment in costs.environments:
        yield _figures(str(environment.environment), environment.figures)


def cost_rows(costs: Costs, today: dt.date) -> Iterator[CostRow]:
    """Yield every unit that is or may be used: first over all accounts and Regions, then in each.

    Args:
        costs: The costs.
        today: The day on which prices are old or not.
    """
    for line in costs.total:
        if not line.use.is_nothing:
            yield _row(EVERYWHERE, line.use, _total_money(line), line.prices, today)
    for environment in costs.environments:
        for cost in environment.lines:
            prices = () if cost.price is None else (cost.price,)
            yield _row(str(environment.environment), cost.use, _line_money(cost), prices, today)


def _figures(where: str, figures: CostFigures) -> FigureRow:
    return FigureRow(
        where=where,
        fixed_first_year=sum_words(figures.fixed_first_year),
        fixed_third_year=sum_words(figures.fixed_third_year),
        usage=sum_words(figures.usage),
    )


def _row(where: str, use: BillableUse, money: str, prices: Sequence[PriceLine], today: dt.date) -> CostRow:
    return CostRow(
        where=where,
        what=UNIT_DESCRIPTIONS[use.unit].what,
        amount=_amount(use),
        money=money or "no price",
        remark="; ".join([*_few(use.unknown), *(_source(price, today) for price in prices)]),
        is_known=use.known > 0,
        has_old_price=any(price.is_old(today) for price in prices),
    )


def _amount(use: BillableUse) -> str:
    if use.unknown:
        return f"at least {_number(use.known)}" if use.known else "unknown"
    return _number(use.known)


def _total_money(line: TotalLine) -> str:
    return money_words(line.money, is_complete=line.is_priced)


def _line_money(line: CostLine) -> str:
    if line.price is None or line.money is None:
        return ""
    return money_words({line.price.currency: line.money}, is_complete=line.is_priced)


def _number(amount: Fraction) -> str:
    if amount.denominator == 1:
        return f"{amount.numerator:,}"
    return "below 0.01" if amount < _CENT else f"{float(amount):,.2f}"


def _few(reasons: Sequence[str], most: int = 2) -> list[str]:
    if len(reasons) <= most + 1:
        return list(reasons)
    return [*reasons[:most], f"{len(reasons) - most} more reasons"]


def _source(price: PriceLine, today: dt.date) -> str:
    age = "old price" if price.is_old(today) else "price"
    where = "" if price.region == ANY_REGION else f" in {price.region}"
    return f"{age}{where} of {price.as_of}, {price.source}"
