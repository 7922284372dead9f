"""What an estate costs, in units and, where a price is known, in money."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from patching_constructs.model.estate import Environment
from patching_constructs.model.price import PriceLine
from patching_constructs.plan.billable_amount import BillableTally, BillableUse
from patching_constructs.plan.billable_units import EnvironmentUse
from patching_constructs.plan.price_list import PriceList
from patching_constructs.plan.window_units import CostAssumptions


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


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentCosts:
    """What one account and Region costs.

    Attributes:
        environment: The account and Region.
        lines: The units of which something is or may be used, in the order of the vocabulary.
    """

    environment: Environment
    lines: tuple[CostLine, ...]


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
    """

    assumptions: CostAssumptions
    environments: tuple[EnvironmentCosts, ...]
    total: tuple[TotalLine, ...]

    @property
    def money(self) -> Mapping[str, Fraction]:
        """What all known parts cost in a month, by currency, as far as there are prices."""
        return _sum_by_currency(line.money for line in self.total)

    @property
    def is_priced(self) -> bool:
        """Whether the money is all of it."""
        return all(line.is_priced for line in self.total)


def costs_of(uses: Iterable[EnvironmentUse], prices: PriceList, *, assumptions: CostAssumptions) -> Costs:
    """Put prices on what is used, and add it up."""
    environments = tuple(_environment(use, prices) for use in uses)
    return Costs(
        assumptions=assumptions,
        environments=tuple(environment for environment in environments if environment.lines),
        total=_total(environments),
    )


def _environment(use: EnvironmentUse, prices: PriceList) -> EnvironmentCosts:
    return EnvironmentCosts(
        environment=use.environment,
        lines=tuple(
            CostLine(use=entry, price=prices.find(entry.unit, use.environment.region))
            for entry in use.uses
            if not entry.is_nothing
        ),
    )


def _total(environments: Iterable[EnvironmentCosts]) -> tuple[TotalLine, ...]:
    tally = BillableTally()
    by_unit: dict[str, list[CostLine]] = {}
    for environment in environments:
        for line in environment.lines:
            tally.add_use(line.use)
            by_unit.setdefault(line.use.unit, []).append(line)
    return tuple(
        TotalLine(
            use=use,
            money=_sum_by_currency(_money(line) for line in by_unit.get(use.unit, ())),
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
