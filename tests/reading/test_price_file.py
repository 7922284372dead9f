"""The file of prices: what it says, and what is wrong with it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.model.price import PriceLine
from patching_constructs.reading.error import ReadingError
from patching_constructs.reading.price_file import SHIPPED_FILE, read_prices

LINE = """\
  - unit: log-gigabytes
    region: eu-central-1
    currency: EUR
    amount: 0.00695
    per: 1000
    source: https://prices.example.com/list
    as_of: 2026-10-01
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "prices.yaml"
    path.write_text(text)
    return path


def mistakes(tmp_path: Path, text: str) -> str:
    with pytest.raises(ReadingError) as caught:
        read_prices(write(tmp_path, text))
    return str(caught.value).replace(f"{tmp_path}/", "")


def test_a_line_is_read_to_the_last_digit(tmp_path: Path) -> None:
    assert read_prices(write(tmp_path, f"prices:\n{LINE}")) == (
        PriceLine(
            unit=BillableUnit.LOG_GIGABYTES,
            region="eu-central-1",
            currency="EUR",
            amount=Decimal("0.00695"),
            per=Decimal(1000),
            source="https://prices.example.com/list",
            as_of=date(2026, 10, 1),
        ),
    )


def test_no_prices_are_fine(tmp_path: Path) -> None:
    assert read_prices(write(tmp_path, "prices: []\n")) == ()


def test_every_shipped_price_is_from_aws() -> None:
    lines = read_prices(SHIPPED_FILE)
    assert lines
    assert [line for line in lines if not line.source.startswith("https://aws.amazon.com/")] == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("log-gigabytes", "logs", "unit: got 'logs'; allowed: automation-steps, "),
        ("unit: log-gigabytes", "unit: [a]", "unit: got ['a']"),
        (
            "eu-central-1",
            "Frankfurt",
            "region: got 'Frankfurt'; allowed: a Region such as eu-central-1, or '*'",
        ),
        ("EUR", "euro", "currency: got 'euro'; allowed: three letters such as USD"),
        ("0.00695", "-1", "amount: got -1; allowed: a number from 0 to 1000000000000"),
        ("0.00695", ".nan", "amount: got nan"),
        ("0.00695", ".inf", "amount: got inf"),
        ("0.00695", "1e999999999", "amount: got "),
        ("0.00695", "1E-999999999", "amount: got "),
        ("0.00695", "cheap", "amount: got 'cheap'"),
        ("0.00695", "true", "amount: got True"),
        ("0.00695", "[1]", "amount: got [1]"),
        ("1000", "0", "per: got 0; allowed: a number above 0, to 1000000000000"),
        ("https://prices.example.com/list", "a friend", "source: got 'a friend'; allowed: the address"),
        ("2026-10-01", "2026-02-30", "as_of: got '2026-02-30'; allowed: YYYY-MM-DD"),
        ("2026-10-01", "20261001", "as_of: got 20261001"),
        ("    per: 1000\n", "", "per: missing"),
        ("per: 1000", "per: 1000\n    free: 5", "free: unknown key; allowed: unit, region, currency, "),
    ],
)
def test_a_value_that_cannot_be_is_said_with_its_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert f"\nprices.yaml:2: {message}" in mistakes(tmp_path, f"prices:\n{LINE.replace(old, new)}")


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    text = f"prices:\n{LINE.replace('EUR', '1')}  - none\n{LINE}{LINE}"
    assert mistakes(tmp_path, text).splitlines() == [
        "prices.yaml: has mistakes",
        "prices.yaml:2: currency: got 1; allowed: three letters such as USD",
        "prices.yaml:9: not a mapping; allowed: unit, region, currency, amount, per, source, as_of",
        "prices.yaml:17: log-gigabytes has a price in eu-central-1 already, at prices.yaml:10",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "prices.yaml: needs the key prices with a list, and nothing else"),
        ("prices: {}", "prices.yaml: needs the key prices with a list"),
        ("prices: []\nmore: 1", "prices.yaml: needs the key prices with a list"),
        ("prices: }", "prices.yaml:1: not readable: "),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, text: str, message: str) -> None:
    assert mistakes(tmp_path, text).startswith(message)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="cannot be read"):
        read_prices(tmp_path / "none.yaml")
