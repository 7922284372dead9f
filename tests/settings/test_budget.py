"""`monthly_budget` in patching.yaml."""

from fractions import Fraction
from pathlib import Path

import pytest

from patching_constructs import CostBudget
from tests.settings.sample import changed, load, mistakes

PLACE = "recipients:\n  - email"


def with_budget(text: str) -> str:
    return changed((PLACE, f"monthly_budget: {text}\n{PLACE}"))


def test_without_the_key_there_is_no_limit(tmp_path: Path) -> None:
    assert load(tmp_path, changed()).cost_budget is None


def test_amounts_are_exact_and_accounts_become_ids(tmp_path: Path) -> None:
    text = "{account_and_region: 9.1, accounts: [{name: security, most: 7}], organization: 30.25}"
    assert load(tmp_path, with_budget(text)).cost_budget == CostBudget(
        account_and_region=Fraction("9.1"),
        accounts={"111111111111": Fraction(7)},
        organization=Fraction("30.25"),
        account_names={"111111111111": "security", "222222222222": "dev", "333333333333": "prod"},
    )


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("{}", "monthly_budget: a budget without a limit, got none of them; allowed: account_and_region, "),
        ("{currency: EUR}", "monthly_budget: a budget without a limit"),
        (
            "{account_and_region: -1}",
            "monthly_budget.account_and_region: out of range, got -1; allowed: a number",
        ),
        ("{account_and_region: .nan}", "monthly_budget.account_and_region: out of range, got .nan"),
        (
            "{organization: '9'}",
            "monthly_budget.organization: not a number, got '9'; allowed: a number from 0",
        ),
        ("{organization: true}", "monthly_budget.organization: not a number, got true"),
        ("{organization: 9, currency: usd}", "monthly_budget.currency: not of the right form, got 'usd'"),
        (
            "{accounts: [{name: pord, most: 9}]}",
            "monthly_budget.accounts[0].name: no account has this name, got 'pord'; allowed: security, dev, ",
        ),
        (
            "{accounts: [{name: prod, most: 9}, {name: prod, most: 8}]}",
            "monthly_budget.accounts[1].name: duplicate value, got 'prod'",
        ),
    ],
)
def test_a_mistake_is_said_with_its_line(tmp_path: Path, text: str, mistake: str) -> None:
    lines = mistakes(tmp_path, with_budget(text))
    assert [line for line in lines if line.startswith(f"patching.yaml:8: {mistake}")] != [], lines
