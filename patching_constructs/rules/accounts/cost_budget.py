"""Whether fixed costs stay within a budget."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from patching_constructs.analysis.costs.costs import CostFigures, CostLine, Costs, third_year_money
from patching_constructs.model.billable_unit import UNIT_DESCRIPTIONS
from patching_constructs.model.cost_budget import CostBudget
from patching_constructs.model.estate import Environment
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.unknown import Unknown

# How many parts of a sum a finding names.
_LARGEST = 4
_MISSING = 3


def check_cost_budget(costs: Costs, budget: CostBudget) -> Iterator[Finding]:
    """Find accounts and Regions, and an organization, whose fixed costs are over a budget or not known.

    Args:
        costs: What everything costs.
        budget: The budget.
    """
    for environment in costs.environments:
        account = environment.environment.account
        most = budget.account_and_region if isinstance(account, Unknown) else budget.of(account)
        if most is not None:
            where = _where(environment.environment, budget)
            yield from _check(environment.figures, environment.lines, most, budget, where)
    if budget.organization is not None:
        lines = [line for environment in costs.environments for line in environment.lines]
        yield from _check(costs.figures, lines, budget.organization, budget, "the organization")


def _check(
    figures: CostFigures, lines: Sequence[CostLine], most: Fraction, budget: CostBudget, where: str
) -> Iterator[Finding]:
    first, third = figures.fixed_first_year, figures.fixed_third_year
    money = third.money.get(budget.currency, Fraction())
    others = [currency for currency, more in third.money.items() if more and currency != budget.currency]
    missing = [
        *third.missing,
        *(f"what prices in {currency} are in {budget.currency}" for currency in others),
    ]
    if money > most:
        yield Finding(
            id=FindingId.COST_BUDGET,
            level=Level.ERROR,
            field="monthly_budget",
            message=f"fixed costs of {where} are over the budget",
            received=(
                f"{'at least ' if missing else ''}{_words(money, budget)} a month from the third year on "
                f"({_words(first.money.get(budget.currency, Fraction()), budget)} in the first), most of all "
                f"for {_largest(lines, budget)}"
            ),
            allowed=f"at most {_words(most, budget)}",
        )
    elif missing:
        yield Finding(
            id=FindingId.COST_BUDGET,
            level=Level.WARNING,
            field="monthly_budget",
            message=f"fixed costs of {where} may be over the budget",
            received=f"at least {_words(money, budget)} a month from the third year on",
            allowed=f"at most {_words(most, budget)}",
            undecided="; ".join(missing[:_MISSING]),
        )


def _where(environment: Environment, budget: CostBudget) -> str:
    name = None if isinstance(environment.account, Unknown) else budget.account_names.get(environment.account)
    return f"account {environment}" if name is None else f"account {name} ({environment})"


def _largest(lines: Sequence[CostLine], budget: CostBudget) -> str:
    """Name the units that cost most, the largest first."""
    parts: dict[str, Fraction] = {}
    for line in lines:
        if line.price is not None and line.price.currency == budget.currency:
            what = UNIT_DESCRIPTIONS[line.use.unit].what
            parts[what] = parts.get(what, Fraction()) + third_year_money(line)
    largest = sorted(((what, money) for what, money in parts.items() if money), key=lambda part: -part[1])
    return ", ".join(f"{what} {_words(money, budget)}" for what, money in largest[:_LARGEST])


def _words(money: Fraction, budget: CostBudget) -> str:
    return f"{float(money):,.2f} {budget.currency}"
