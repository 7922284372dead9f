"""The file of prices: what it says, and what is wrong with it."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from patching_constructs.analysis.costs.price_list import PriceList
from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.model.price import ANY_REGION, REFERENCE_REGION, PriceLine
from patching_constructs.templates.price_file import SHIPPED_FILE, read_prices
from patching_constructs.templates.template_error import ReadingError

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
    of_aws = ("https://aws.amazon.com/", "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/")
    for line in read_prices(SHIPPED_FILE):
        assert line.source.startswith(of_aws)
        assert line.currency == "USD"
        if "/offers/" in line.source:
            assert f"/current/{line.region}/" in line.source, "the list is that of the Region"


def test_every_unit_but_those_that_the_file_names_has_a_list_price() -> None:
    lines = read_prices(SHIPPED_FILE)
    priced = {line.unit for line in lines if line.region in (ANY_REGION, REFERENCE_REGION)}
    assert set(BillableUnit) - priced == {
        BillableUnit.ADVANCED_HYBRID_NODE_HOURS,
        BillableUnit.CONFIG_RULE_EVALUATIONS,
        BillableUnit.CONFIG_ITEMS,
    }
    header = SHIPPED_FILE.read_text(encoding="utf-8").partition("prices:")[0]
    assert all(unit in header for unit in set(BillableUnit) - priced)


@pytest.mark.parametrize(
    ("unit", "amount", "per"),
    [
        # Infracost's recorded results, which come from AWS's price list (see the head of prices.yaml)
        (BillableUnit.ALARM_METRICS, "0.10", 1),
        (BillableUnit.HIGH_RESOLUTION_ALARM_METRICS, "0.30", 1),
        (BillableUnit.DASHBOARDS, "3.00", 1),
        (BillableUnit.KMS_KEYS, "1.00", 1),
        (BillableUnit.LOG_GIGABYTES, "0.50", 1),
        (BillableUnit.LOG_STORAGE_GIGABYTES, "0.03", 1),
        (BillableUnit.LAMBDA_REQUESTS, "0.20", 10**6),
        (BillableUnit.LAMBDA_ARM_GIGABYTE_SECONDS, "0.0000133334", 1),
        (BillableUnit.LAMBDA_X86_GIGABYTE_SECONDS, "0.0000166667", 1),
        (BillableUnit.CUSTOM_EVENTS, "1.00", 10**6),
        (BillableUnit.S3_STORAGE_GIGABYTES, "0.023", 1),
        (BillableUnit.S3_WRITE_REQUESTS, "0.005", 1000),
        (BillableUnit.DYNAMODB_STORAGE_GIGABYTES, "0.25", 1),
        (BillableUnit.SNS_REQUESTS, "0.50", 10**6),
        (BillableUnit.SNS_EMAILS, "2.00", 10**5),
        (BillableUnit.SQS_REQUESTS, "0.40", 10**6),
        (BillableUnit.STATE_TRANSITIONS, "0.025", 1000),
        (BillableUnit.KMS_REQUESTS, "0.03", 10**4),
        (BillableUnit.INTERFACE_ENDPOINT_HOURS, "7.30", 730),
        (BillableUnit.INTERFACE_ENDPOINT_GIGABYTES, "0.01", 1),
        (BillableUnit.NAT_GATEWAY_HOURS, "32.85", 730),
        (BillableUnit.NAT_GATEWAY_GIGABYTES, "0.045", 1),
        (BillableUnit.CROSS_REGION_GIGABYTES, "15.00", 750),
        # the facts of 2026-11-30 about CloudWatch and KMS
        (BillableUnit.CUSTOM_METRICS, "0.30", 1),
        (BillableUnit.COMPOSITE_ALARMS, "0.50", 1),
        (BillableUnit.KMS_KEY_ROTATIONS, "1.00", 1),
    ],
)
def test_list_prices_of_us_east_1_are_those_of_a_second_source(
    unit: BillableUnit, amount: str, per: int
) -> None:
    line = PriceList(read_prices(SHIPPED_FILE)).find(unit, REFERENCE_REGION)
    assert line is not None
    assert Fraction(line.amount) / Fraction(line.per) == Fraction(amount) / per


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("log-gigabytes", "logs", "unit: got 'logs'; allowed: custom-metrics, "),
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
