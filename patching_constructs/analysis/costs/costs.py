"""What an estate costs, in units and, where a price is known, in money."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from patching_constructs.analysis.costs.billable_amount import BillableTally, BillableUse
from patching_constructs.analysis.costs.estate_units import EnvironmentUse
from patching_constructs.analysis.costs.price_list import PriceList
from patching_constructs.analysis.costs.window_units import CostAssumptions
from patching_constructs.model.billable_unit import UNIT_DESCRIPTIONS, BillableUnit, CostKind
from patching_constructs.model.estate import Environment
from patching_constructs.model.price import PriceLine

_FIRST_YEAR = (CostKind.FIXED,)
_THIRD_YEAR = (CostKind.FIXED, CostKind.FIXED_FROM_THIRD_YEAR)
_USAGE = (CostKind.USAGE,)


@dataclass(frozen=True, kw_only=True, slots=True)
class CostLine:
    """One unit in one account and Region.

    Attributes:
        use: How much of it is used in a month.
        price: What it costs there, or None if no file says so.
    """

    use: BillableUse
    price: PriceLine | None = None

    @property
    def money(self) -> Fraction | None:
        """What the known part of it costs in a month, in the currency of the price."""
        if self.price is None:
            return None
        return self.use.known * Fraction(self.price.amount) / Fraction(self.price.per)

    @property
    def is_priced(self) -> bool:
        """Whether the money is all of it."""
        return self.use.is_nothing or (self.price is not None and not self.use.unknown)

    @property
    def missing(self) -> tuple[str, ...]:
        """What has to be known for the money to be all of it."""
        what = UNIT_DESCRIPTIONS[self.use.unit].what
        unpriced = () if self.price is not None or self.is_priced else (f"no price for {what}",)
        return (*self.use.unknown, *unpriced)


@dataclass(frozen=True, kw_only=True, slots=True)
class CostSum:
    """A sum of money in a month.

    Attributes:
        money: The known part of it, by currency.
        missing: What has to be known for it to be all; empty if it is.
    """

    money: Mapping[str, Fraction] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether the money is all of it."""
        return not self.missing


@dataclass(frozen=True, kw_only=True, slots=True)
class CostFigures:
    """The figures of an account and Region, or of all of them, in a month.

    Attributes:
        fixed_first_year: What is charged for what exists, whatever happens, in its first year.
        fixed_third_year: The same from the third year on, when rotated keys cost more.
        usage: What is charged for what happens.
    """

    fixed_first_year: CostSum
    fixed_third_year: CostSum
    usage: CostSum


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentCosts:
    """What one account and Region costs.

    Attributes:
        environment: The account and Region.
        lines: The units of which something is or may be used, in the order of the vocabulary.
        figures: Their sums.
    """

    environment: Environment
    lines: tuple[CostLine, ...]
    figures: CostFigures


@dataclass(frozen=True, kw_only=True, slots=True)
class TotalLine:
    """One unit over all accounts and Regions.

    Attributes:
        use: How much of it is used in a month.
        money: What the known part of it costs in a month, by currency, as far as there are prices.
        is_priced: Whether the money is all of it.
        prices: The prices that were taken.
    """

    use: BillableUse
    money: Mapping[str, Fraction] = field(default_factory=dict)
    is_priced: bool
    prices: tuple[PriceLine, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Costs:
    """What the templates cost in a month.

    Attributes:
        assumptions: What is taken for granted, as no template says it.
        environments: The accounts and Regions of which something is or may be used.
        total: Every unit over all of them, in the order of the vocabulary.
        figures: The sums over all of them.
    """

    assumptions: CostAssumptions
    environments: tuple[EnvironmentCosts, ...]
    total: tuple[TotalLine, ...]
    figures: CostFigures


def costs_of(uses: Iterable[EnvironmentUse], prices: PriceList, *, assumptions: CostAssumptions) -> Costs:
    """Put prices on what is used, and add it up."""
    environments = tuple(_environment(use, prices) for use in uses)
    return Costs(
        assumptions=assumptions,
        environments=tuple(environment for environment in environments if environment.lines),
        total=_total(environments),
        figures=added(environment.figures for environment in environments),
    )


def third_year_money(line: CostLine) -> Fraction:
    """Return what a line adds to the fixed costs of the third year."""
    is_fixed = UNIT_DESCRIPTIONS[line.use.unit].kind in _THIRD_YEAR
    return (line.money or Fraction()) if is_fixed else Fraction()


def _environment(use: EnvironmentUse, prices: PriceList) -> EnvironmentCosts:
    lines = tuple(
        CostLine(use=entry, price=prices.find(entry.unit, use.environment.region))
        for entry in use.uses
        if not entry.is_nothing
    )
    return EnvironmentCosts(
        environment=use.environment,
        lines=lines,
        figures=CostFigures(
            fixed_first_year=_sum(lines, _FIRST_YEAR),
            fixed_third_year=_sum(lines, _THIRD_YEAR),
            usage=_sum(lines, _USAGE),
        ),
    )


def _sum(lines: Iterable[CostLine], kinds: tuple[CostKind, ...]) -> CostSum:
    counted = [line for line in lines if UNIT_DESCRIPTIONS[line.use.unit].kind in kinds]
    return CostSum(
        money=_sum_by_currency(map(_money, counted)),
        missing=tuple(dict.fromkeys(reason for line in counted for reason in line.missing)),
    )


def added(several: Iterable[CostFigures]) -> CostFigures:
    """Add the figures of several accounts and Regions."""
    figures = list(several)
    return CostFigures(
        fixed_first_year=_added_sums([each.fixed_first_year for each in figures]),
        fixed_third_year=_added_sums([each.fixed_third_year for each in figures]),
        usage=_added_sums([each.usage for each in figures]),
    )


def _added_sums(sums: list[CostSum]) -> CostSum:
    return CostSum(
        money=_sum_by_currency(each.money for each in sums),
        missing=tuple(dict.fromkeys(reason for each in sums for reason in each.missing)),
    )


def _total(environments: Iterable[EnvironmentCosts]) -> tuple[TotalLine, ...]:
    tally = BillableTally()
    by_unit: dict[BillableUnit, list[CostLine]] = {}
    for environment in environments:
        for line in environment.lines:
            tally.add_use(line.use)
            by_unit.setdefault(line.use.unit, []).append(line)
    return tuple(
        TotalLine(
            use=use,
            money=_sum_by_currency(map(_money, by_unit.get(use.unit, ()))),
            is_priced=all(line.is_priced for line in by_unit.get(use.unit, ())),
            prices=tuple(
                dict.fromkeys(line.price for line in by_unit.get(use.unit, ()) if line.price is not None)
            ),
        )
        for use in tally.uses()
    )


def _money(line: CostLine) -> Mapping[str, Fraction]:
    return {} if line.price is None or line.money is None else {line.price.currency: line.money}


def _sum_by_currency(parts: Iterable[Mapping[str, Fraction]]) -> dict[str, Fraction]:
    added: dict[str, Fraction] = {}
    for part in parts:
        for currency, money in part.items():
            added[currency] = added.get(currency, Fraction()) + money
    return dict(sorted(added.items()))
