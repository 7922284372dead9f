"""Sums of money in words."""

from collections.abc import Mapping
from fractions import Fraction

from patching_constructs.analysis.costs.costs import CostSum

_CENT = Fraction(1, 100)


def sum_words(amount: CostSum) -> str:
    """Write a sum: `at least` where something is missing, `unknown` where nothing is known."""
    if not amount.money:
        return "0" if amount.is_complete else "unknown"
    return money_words(amount.money, is_complete=amount.is_complete)


def money_words(by_currency: Mapping[str, Fraction], *, is_complete: bool) -> str:
    """Write money by currency; empty if there is none."""
    if not by_currency:
        return ""
    if is_complete:
        return " and ".join(_amount(amount, currency) for currency, amount in by_currency.items())
    known = [_least(amount, currency) for currency, amount in by_currency.items() if amount]
    return f"at least {' and '.join(known)}" if known else "unknown"


def _least(amount: Fraction, currency: str) -> str:
    return f"{float(amount):.1g} {currency}" if amount < _CENT else _amount(amount, currency)


def _amount(amount: Fraction, currency: str) -> str:
    return f"below 0.01 {currency}" if 0 < amount < _CENT else f"{float(amount):,.2f} {currency}"
