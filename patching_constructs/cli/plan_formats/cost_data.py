"""Costs as plain data."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction

from patching_constructs.analysis.costs.billable_amount import BillableUse
from patching_constructs.analysis.costs.costs import (
    CostFigures,
    CostLine,
    Costs,
    CostSum,
    EnvironmentCosts,
    TotalLine,
)
from patching_constructs.model.billable_unit import NOT_COUNTED, UNIT_DESCRIPTIONS, BillableUnit
from patching_constructs.model.price import PriceLine
from patching_constructs.model.unknown import Unknown
from patching_constructs.schedules.run_frequency import MONTH


def cost_data(costs: Costs, today: dt.date) -> dict[str, object]:
    """Return what templates cost in a month as data that JSON can hold.

    An unknown amount is null, with the known part as `at_least` and the reasons.
    Money is null where no price is known.

    Args:
        costs: The costs.
        today: The day on which prices are old or not.
    """
    return {
        "hours_per_month": MONTH.days * 24 + MONTH.seconds // 3600,
        "output_kilobytes": costs.assumptions.output_kilobytes,
        "not_counted": list(NOT_COUNTED),
        "units": [_description(unit) for unit in BillableUnit],
        "total": {
            "figures": _figures(costs.figures),
            "units": [_total(line, today) for line in costs.total],
        },
        "environments": [_environment(environment, today) for environment in costs.environments],
    }


def _description(unit: BillableUnit) -> dict[str, object]:
    description = UNIT_DESCRIPTIONS[unit]
    return {
        "unit": unit,
        "what": description.what,
        "assumption": description.assumption,
        "source": description.source,
        "kind": description.kind,
    }


def _figures(figures: CostFigures) -> dict[str, object]:
    return {
        "fixed_first_year": _sum(figures.fixed_first_year),
        "fixed_third_year": _sum(figures.fixed_third_year),
        "usage": _sum(figures.usage),
    }


def _sum(amount: CostSum) -> dict[str, object]:
    return {
        "money": _money(amount.money),
        "is_complete": amount.is_complete,
        "missing": list(amount.missing),
    }


def _total(line: TotalLine, today: dt.date) -> dict[str, object]:
    return {
        **_use(line.use),
        "money": _money(line.money),
        "money_is_complete": line.is_priced,
        "prices": [_price(price, today) for price in line.prices],
    }


def _environment(costs: EnvironmentCosts, today: dt.date) -> dict[str, object]:
    account, region = costs.environment.account, costs.environment.region
    return {
        "account": None if isinstance(account, Unknown) else account,
        "region": None if isinstance(region, Unknown) else region,
        "figures": _figures(costs.figures),
        "units": [_line(line, today) for line in costs.lines],
    }


def _line(line: CostLine, today: dt.date) -> dict[str, object]:
    return {
        **_use(line.use),
        "money": None if line.money is None else float(line.money),
        "money_is_complete": line.is_priced,
        "price": None if line.price is None else _price(line.price, today),
    }


def _use(use: BillableUse) -> dict[str, object]:
    return {
        "unit": use.unit,
        "amount": None if use.unknown else float(use.known),
        "at_least": float(use.known),
        "unknown": list(use.unknown),
    }


def _price(price: PriceLine, today: dt.date) -> dict[str, object]:
    return {
        "region": price.region,
        "currency": price.currency,
        "amount": float(price.amount),
        "per": float(price.per),
        "source": price.source,
        "as_of": str(price.as_of),
        "is_old": price.is_old(today),
    }


def _money(by_currency: Mapping[str, Fraction]) -> list[dict[str, object]]:
    return [{"currency": currency, "amount": float(amount)} for currency, amount in by_currency.items()]
