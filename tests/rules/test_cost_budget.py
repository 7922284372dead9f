"""A budget for fixed costs: what is over it, and what cannot be decided."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from patching_constructs.analysis.costs.billable_amount import BillableUse
from patching_constructs.analysis.costs.costs import costs_of
from patching_constructs.analysis.costs.estate_units import EnvironmentUse
from patching_constructs.analysis.costs.price_list import PriceList
from patching_constructs.analysis.costs.window_units import CostAssumptions
from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.model.cost_budget import CostBudget
from patching_constructs.model.estate import Environment
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.price import PriceLine
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.accounts.cost_budget import check_cost_budget

DEV, PROD = "333333333333", "666666666666"
METRIC = PriceLine(
    unit=BillableUnit.CUSTOM_METRICS,
    region="*",
    currency="USD",
    amount=Decimal("0.30"),
    per=Decimal(1),
    source="https://example.com",
    as_of=date(2026, 8, 16),
)
PRICES = (
    METRIC,
    replace(METRIC, unit=BillableUnit.KMS_KEYS, amount=Decimal(1)),
    replace(METRIC, unit=BillableUnit.KMS_KEY_ROTATIONS, amount=Decimal(1)),
    replace(METRIC, unit=BillableUnit.ALARM_METRICS, amount=Decimal("0.10")),
    replace(METRIC, unit=BillableUnit.LAMBDA_REQUESTS, amount=Decimal(1000)),
)
WORKLOAD = (
    BillableUse(unit=BillableUnit.CUSTOM_METRICS, known=Fraction(12)),
    BillableUse(unit=BillableUnit.KMS_KEYS, known=Fraction(1)),
    BillableUse(unit=BillableUnit.KMS_KEY_ROTATIONS, known=Fraction(2)),
    BillableUse(unit=BillableUnit.ALARM_METRICS, known=Fraction(20)),
    BillableUse(unit=BillableUnit.LAMBDA_REQUESTS, unknown=("who knows",)),
)
"""3.60 + 1.00 + 2.00 + 2.00 = 8.60 a month in the third year, 6.60 in the first; usage does not count."""


def check(
    budget: CostBudget,
    *,
    uses: Sequence[BillableUse] = WORKLOAD,
    prices: Sequence[PriceLine] = PRICES,
    accounts: Sequence[str | Unknown] = (DEV, PROD),
) -> list[Finding]:
    places = [
        EnvironmentUse(environment=Environment(account=account, region="eu-central-1"), uses=tuple(uses))
        for account in accounts
    ]
    costs = costs_of(places, PriceList(prices), assumptions=CostAssumptions())
    return list(check_cost_budget(costs, budget))


@pytest.mark.parametrize(
    "budget",
    [
        CostBudget(account_and_region=Fraction("8.60"), organization=Fraction("17.20")),
        CostBudget(accounts={PROD: Fraction("8.60")}),
        CostBudget(),
    ],
)
def test_a_sum_may_be_as_high_as_the_budget(budget: CostBudget) -> None:
    assert check(budget) == []


def test_more_is_an_error_with_account_sum_and_largest_parts() -> None:
    budget = CostBudget(
        account_and_region=Fraction("8.59"),
        accounts={PROD: Fraction(9)},
        account_names={DEV: "dev", PROD: "prod"},
    )
    (finding,) = check(budget)
    assert (finding.id, finding.level, finding.undecided) == (FindingId.COST_BUDGET, Level.ERROR, None)
    assert str(finding) == (
        "monthly_budget: fixed costs of account dev (333333333333/eu-central-1) are over the budget, got "
        "8.60 USD a month from the third year on (6.60 USD in the first), most of all for custom metrics "
        "3.60 USD, rotations of KMS keys 2.00 USD, metrics of alarms with periods of a minute or more 2.00 "
        "USD, KMS keys 1.00 USD; allowed: at most 8.59 USD"
    )


def test_the_organization_has_a_budget_of_its_own() -> None:
    (finding,) = check(CostBudget(account_and_region=Fraction(9), organization=Fraction("17.19")))
    assert "fixed costs of the organization are over the budget, got 17.20 USD" in str(finding)
    assert "custom metrics 7.20 USD" in str(finding)


def test_an_account_that_no_template_names_has_the_budget_of_all() -> None:
    unknown = Unknown("late")
    (finding,) = check(CostBudget(account_and_region=Fraction(8)), accounts=[unknown])
    assert "account ?/eu-central-1" in finding.message


def test_what_is_not_known_is_never_within_the_budget() -> None:
    unreadable = BillableUse(unit=BillableUnit.CUSTOM_METRICS, known=Fraction(1), unknown=("unreadable",))
    (finding,) = check(CostBudget(account_and_region=Fraction(1)), uses=[unreadable], accounts=[DEV])
    assert (finding.level, finding.undecided) == (Level.WARNING, "unreadable")
    assert finding.received == "at least 0.30 USD a month from the third year on"
    (over,) = check(CostBudget(account_and_region=Fraction("0.29")), uses=[unreadable], accounts=[DEV])
    assert over.level is Level.ERROR
    assert over.received is not None
    assert over.received.startswith(
        "at least 0.30 USD a month from the third year on (0.30 USD in the first)"
    )


def test_a_unit_without_a_price_and_a_price_in_another_currency_cannot_be_judged() -> None:
    budget = CostBudget(account_and_region=Fraction(100))
    (unpriced,) = check(budget, prices=PRICES[1:], accounts=[DEV])
    assert unpriced.undecided == "no price for custom metrics"
    euros = (replace(METRIC, currency="EUR"), *PRICES[1:])
    (foreign,) = check(budget, prices=euros, accounts=[DEV])
    assert foreign.undecided == "what prices in EUR are in USD"
