"""The costs of a plan, as people and programs meet them."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from patching_constructs.analysis.costs.billable_amount import BillableUse
from patching_constructs.analysis.costs.costs import Costs, costs_of
from patching_constructs.analysis.costs.estate_units import EnvironmentUse
from patching_constructs.analysis.costs.price_list import PriceList
from patching_constructs.analysis.costs.window_units import CostAssumptions
from patching_constructs.cli import main
from patching_constructs.cli.plan_formats.cost_data import cost_data
from patching_constructs.cli.plan_formats.cost_rows import cost_rows, figure_rows
from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.model.estate import Environment
from patching_constructs.model.price import PriceLine
from patching_constructs.model.unknown import Unknown

TODAY = dt.date(2026, 11, 26)
PRICE = PriceLine(
    unit=BillableUnit.KMS_KEYS,
    region="*",
    currency="USD",
    amount=Decimal(1),
    per=Decimal(1),
    source="https://example.com/kms",
    as_of=dt.date(2026, 3, 14),
)
STORAGE = replace(PRICE, unit=BillableUnit.LOG_GIGABYTES, amount=Decimal("0.001"))
HERE = Environment(account="111111111111", region="eu-central-1")
NOWHERE = Environment(account=Unknown("why"), region=Unknown("why"))
TEMPLATE = """
Resources:
  Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {}}}
  Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {MetricName: m, Period: 60}}
"""


def use(unit: BillableUnit, known: Fraction | int, *unknown: str) -> BillableUse:
    return BillableUse(unit=unit, known=Fraction(known), unknown=unknown)


def costs(*environments: tuple[Environment, tuple[BillableUse, ...]], prices: PriceList) -> Costs:
    uses = [EnvironmentUse(environment=environment, uses=found) for environment, found in environments]
    return costs_of(uses, prices, assumptions=CostAssumptions())


TWO = costs(
    (HERE, (use(BillableUnit.LOG_GIGABYTES, Fraction(1, 3)), use(BillableUnit.KMS_KEYS, 1200))),
    (NOWHERE, (use(BillableUnit.LOG_GIGABYTES, 0, "a", "b", "c", "d"), use(BillableUnit.KMS_KEYS, 1))),
    prices=PriceList([PRICE, STORAGE]),
)


# --- rows ---


def test_rows_say_amount_money_and_source_for_all_and_for_each() -> None:
    kms = "price of 2026-03-14, https://example.com/kms"
    rows = [(row.where, row.amount, row.money, row.remark) for row in cost_rows(TWO, TODAY)]
    assert rows == [
        ("all", "1,201", "1,201.00 USD", kms),
        ("all", "at least 0.33", "at least 0.0003 USD", f"a; b; 2 more reasons; {kms}"),
        ("111111111111/eu-central-1", "0.33", "below 0.01 USD", kms),
        ("111111111111/eu-central-1", "1,200", "1,200.00 USD", kms),
        ("?/?", "unknown", "unknown", f"a; b; 2 more reasons; {kms}"),
        ("?/?", "1", "1.00 USD", kms),
    ]
    assert [
        (row.where, row.fixed_first_year, row.fixed_third_year, row.usage) for row in figure_rows(TWO)
    ] == [
        ("all", "1,201.00 USD", "1,201.00 USD", "at least 0.0003 USD"),
        ("111111111111/eu-central-1", "1,200.00 USD", "1,200.00 USD", "below 0.01 USD"),
        ("?/?", "1.00 USD", "1.00 USD", "unknown"),
    ]


def test_units_without_a_price_say_so() -> None:
    (row, _) = cost_rows(costs((HERE, (use(BillableUnit.DASHBOARDS, 2),)), prices=PriceList()), TODAY)
    assert (row.what, row.amount, row.money, row.remark) == ("dashboards", "2", "no price", "")


def test_what_has_no_price_is_unknown_and_what_is_not_used_is_nothing() -> None:
    (_, row) = figure_rows(costs((HERE, (use(BillableUnit.DASHBOARDS, 2),)), prices=PriceList()))
    assert (row.fixed_first_year, row.usage) == ("unknown", "0")


def test_an_old_price_is_marked() -> None:
    later = dt.date(2027, 3, 15)
    assert [row.has_old_price for row in cost_rows(TWO, TODAY)] == [False] * 6
    assert [row.has_old_price for row in cost_rows(TWO, later)] == [True] * 6
    assert all("old price of 2026-03-14" in row.remark for row in cost_rows(TWO, later))


# --- data ---


def test_data_tells_what_is_not_known_apart_from_zero() -> None:
    data: Any = json.loads(json.dumps(cost_data(TWO, TODAY)))
    here, nowhere = data["environments"]
    assert (nowhere["account"], nowhere["region"]) == (None, None)
    price = {
        "region": "*",
        "currency": "USD",
        "amount": 1.0,
        "per": 1.0,
        "source": "https://example.com/kms",
        "as_of": "2026-03-14",
        "is_old": False,
    }
    assert here["units"][1] == {
        "unit": "kms-keys",
        "amount": 1200.0,
        "at_least": 1200.0,
        "unknown": [],
        "money": 1200.0,
        "money_is_complete": True,
        "price": price,
    }
    assert nowhere["units"][0]["amount"] is None
    assert nowhere["units"][0]["unknown"] == ["a", "b", "c", "d"]
    totals = {unit["unit"]: unit for unit in data["total"]["units"]}
    assert list(totals) == list(BillableUnit)
    assert totals["kms-keys"]["money"] == [{"currency": "USD", "amount": 1201.0}]
    assert totals["kms-keys"]["prices"] == [price]
    assert (totals["dashboards"]["amount"], totals["dashboards"]["money"]) == (0.0, [])
    assert data["total"]["figures"] == {
        "fixed_first_year": {
            "money": [{"currency": "USD", "amount": 1201.0}],
            "is_complete": True,
            "missing": [],
        },
        "fixed_third_year": {
            "money": [{"currency": "USD", "amount": 1201.0}],
            "is_complete": True,
            "missing": [],
        },
        "usage": {
            "money": [{"currency": "USD", "amount": pytest.approx(1 / 3000)}],
            "is_complete": False,
            "missing": ["a", "b", "c", "d"],
        },
    }
    assert here["figures"]["usage"]["is_complete"]
    assert [unit["kind"] for unit in data["units"] if unit["unit"] == "kms-key-rotations"] == [
        "fixed-from-third-year"
    ]
    assert data["hours_per_month"] == 730
    assert data["not_counted"]


def test_data_without_a_price_has_no_money() -> None:
    data: Any = cost_data(costs((HERE, (use(BillableUnit.DASHBOARDS, 2),)), prices=PriceList()), TODAY)
    assert data["environments"][0]["units"][0]["money"] is None
    assert data["total"]["figures"]["fixed_first_year"] == {
        "money": [],
        "is_complete": False,
        "missing": ["no price for dashboards"],
    }


# --- command line ---


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("template.yaml").write_text(TEMPLATE)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        status = main(["plan", "template.yaml", "--format", "json", *arguments])
    except SystemExit as error:
        status = int(str(error.code))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def totals(out: str) -> dict[str, Any]:
    return {unit["unit"]: unit for unit in json.loads(out)["costs"]["total"]["units"]}


def test_a_plan_takes_the_shipped_prices(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys)
    assert status == 0
    assert totals(out)["kms-keys"]["money"] == [{"currency": "USD", "amount": 1.0}]
    assert totals(out)["alarm-metrics"]["money"] == [{"currency": "USD", "amount": 0.1}]
    figures = json.loads(out)["costs"]["total"]["figures"]
    assert figures["fixed_third_year"]["money"] == [{"currency": "USD", "amount": 1.1}]
    assert figures["usage"]["missing"] == ["how often a key is used depends on what happens"]


def test_own_prices_replace_and_extend_the_shipped_ones(capsys: pytest.CaptureFixture[str]) -> None:
    rest = "region: '*', currency: EUR, per: 10, source: 'https://example.com', as_of: 2026-11-01}\n"
    Path("own.yaml").write_text(
        f"prices:\n- {{unit: kms-keys, amount: 5, {rest}- {{unit: alarm-metrics, amount: 3, {rest}"
    )
    _, out, _ = run(capsys, "--prices", "own.yaml")
    assert totals(out)["kms-keys"]["money"] == [{"currency": "EUR", "amount": 0.5}]
    assert totals(out)["alarm-metrics"]["money"] == [{"currency": "EUR", "amount": 0.3}]


def test_mistakes_in_own_prices_end_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    Path("own.yaml").write_text("prices:\n- {unit: keys}\n- none\n")
    status, out, err = run(capsys, "--prices", "own.yaml")
    assert (status, out) == (2, "")
    assert err.startswith("patching: own.yaml: has mistakes\nown.yaml:2: region: missing\n")
    assert "\nown.yaml:2: unit: got 'keys'; allowed: custom-metrics, " in err
    assert "\nown.yaml:3: not a mapping" in err


def test_what_a_command_prints_can_be_reported(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "--output-kilobytes", "7")
    assert json.loads(out)["costs"]["output_kilobytes"] == 7


@pytest.mark.parametrize("text", ["-1", "1.5", "much", "", "1234567890", "²"])
def test_kilobytes_that_are_no_number_end_with_2(capsys: pytest.CaptureFixture[str], text: str) -> None:
    status, _, err = run(capsys, f"--output-kilobytes={text}")
    assert status == 2
    assert f"--output-kilobytes: not a number, got {text!r}; allowed: 0 to 999999999" in err
