"""Units with prices on them, added up over an organisation."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patching_constructs.analysis.costs.billable_amount import BillableUse, product, total
from patching_constructs.analysis.costs.costs import Costs, CostSum, TotalLine, costs_of
from patching_constructs.analysis.costs.estate_units import EnvironmentUse
from patching_constructs.analysis.costs.price_list import PriceList
from patching_constructs.analysis.costs.window_units import CostAssumptions
from patching_constructs.model.billable_unit import UNIT_DESCRIPTIONS, BillableUnit, CostKind
from patching_constructs.model.estate import Environment
from patching_constructs.model.price import PriceLine
from patching_constructs.model.unknown import Unknown

KEYS, LOGS = BillableUnit.KMS_KEYS, BillableUnit.LOG_GIGABYTES
PRICE = PriceLine(
    unit=KEYS,
    region="*",
    currency="USD",
    amount=Decimal("1.25"),
    per=Decimal(1),
    source="https://example.com",
    as_of=date(2026, 3, 14),
)


def use(unit: BillableUnit, known: int, *unknown: str) -> BillableUse:
    return BillableUse(unit=unit, known=Fraction(known), unknown=unknown)


def there(region: str, *uses: BillableUse, account: str = "111111111111") -> EnvironmentUse:
    return EnvironmentUse(environment=Environment(account=account, region=region), uses=uses)


def costs(uses: Sequence[EnvironmentUse], *files: Sequence[PriceLine]) -> Costs:
    return costs_of(uses, PriceList(*files), assumptions=CostAssumptions())


def line_of(result: Costs, unit: BillableUnit) -> TotalLine:
    (line,) = [line for line in result.total if line.use.unit is unit]
    return line


def test_money_is_amount_times_price() -> None:
    price = replace(PRICE, unit=LOGS, amount=Decimal("0.03"), per=Decimal(10))
    result = costs([there("eu-central-1", use(KEYS, 2), use(LOGS, 50))], [PRICE, price])
    assert [line.money for line in result.environments[0].lines] == [Fraction(5, 2), Fraction(15, 100)]
    assert result.figures.fixed_first_year == CostSum(money={"USD": Fraction(5, 2)})
    assert result.figures.fixed_third_year == result.figures.fixed_first_year, "no key rotates"
    assert result.figures.usage == CostSum(money={"USD": Fraction(15, 100)})


def test_without_a_price_there_is_no_money() -> None:
    result = costs([there("eu-central-1", use(KEYS, 2))])
    assert [(line.money, line.is_priced) for line in result.environments[0].lines] == [(None, False)]
    assert result.figures.fixed_first_year == CostSum(missing=("no price for KMS keys",))


def test_what_is_not_known_is_never_free() -> None:
    result = costs([there("eu-central-1", use(KEYS, 2)), there("us-east-1", use(KEYS, 0, "why"))], [PRICE])
    line = line_of(result, KEYS)
    assert line.use.amount == Unknown("why")
    assert (line.use.known, line.money, line.is_priced) == (Fraction(2), {"USD": Fraction(5, 2)}, False)
    assert result.figures.fixed_third_year == CostSum(money={"USD": Fraction(5, 2)}, missing=("why",))


def test_currencies_are_not_mixed() -> None:
    euros = replace(PRICE, region="eu-central-1", currency="EUR", amount=Decimal(2))
    uses = [there("eu-central-1", use(KEYS, 1)), there("us-east-1", use(KEYS, 1))]
    result = costs(uses, [PRICE, euros])
    assert result.figures.fixed_first_year.money == {"EUR": Fraction(2), "USD": Fraction(5, 4)}
    assert line_of(result, KEYS).prices == (euros, PRICE)


@pytest.mark.parametrize(
    ("region", "amount"),
    [("eu-central-1", "7"), ("us-east-1", "1.25"), ("cn-north-1", None), ("us-gov-west-1", None)],
)
def test_a_price_for_a_region_goes_before_one_for_all(region: str, amount: str | None) -> None:
    own = replace(PRICE, region="eu-central-1", amount=Decimal(7))
    found = PriceList([PRICE, own]).find(KEYS, region)
    assert (None if found is None else str(found.amount)) == amount


def test_list_prices_of_us_east_1_stand_in_for_a_region_without_one() -> None:
    reference = replace(PRICE, region="us-east-1", amount=Decimal(7))
    shipped = [reference, replace(PRICE, unit=LOGS, region="us-east-1"), replace(PRICE, unit=LOGS)]
    prices = PriceList([], shipped)
    assert prices.find(KEYS, "eu-central-1") is reference
    assert prices.find(KEYS, Unknown("?")) is reference
    assert prices.find(KEYS, "cn-north-1") is None, "China has a price list of its own"
    assert prices.find(LOGS, "eu-central-1") is shipped[2], "one for all Regions goes before it"


def test_rotated_keys_cost_more_from_the_third_year_on() -> None:
    rotation = replace(PRICE, unit=BillableUnit.KMS_KEY_ROTATIONS, amount=Decimal(1))
    uses = [there("eu-central-1", use(KEYS, 1), use(BillableUnit.KMS_KEY_ROTATIONS, 2))]
    figures = costs(uses, [PRICE, rotation]).figures
    assert figures.fixed_first_year.money == {"USD": Fraction(5, 4)}
    assert figures.fixed_third_year.money == {"USD": Fraction(13, 4)}
    assert figures.usage == CostSum()


def test_a_price_for_all_regions_holds_where_the_region_is_not_known() -> None:
    assert PriceList([PRICE]).find(KEYS, Unknown("?")) is PRICE


def test_an_own_price_replaces_a_shipped_one_and_leaves_the_others() -> None:
    own = replace(PRICE, amount=Decimal(9))
    shipped = [PRICE, replace(PRICE, region="eu-central-1"), replace(PRICE, unit=LOGS)]
    prices = PriceList([own], shipped)
    assert prices.find(KEYS, "eu-central-1") is own
    assert prices.find(LOGS, "eu-central-1") is shipped[2]


@pytest.mark.parametrize(
    ("today", "is_old"),
    [(date(2027, 3, 14), False), (date(2027, 3, 15), True), (date(2026, 3, 14), False)],
)
def test_a_price_is_old_after_twelve_months(today: date, is_old: bool) -> None:
    assert PRICE.is_old(today) is is_old


def test_a_price_of_a_leap_day_is_old_after_twelve_months() -> None:
    price = replace(PRICE, as_of=date(2028, 2, 29))
    assert [price.is_old(date(2029, 2, 28)), price.is_old(date(2029, 3, 1))] == [False, True]


def test_nothing_used_is_not_listed() -> None:
    result = costs([there("eu-central-1", use(KEYS, 0)), there("us-east-1", use(KEYS, 1))])
    assert [costs.environment.region for costs in result.environments] == ["us-east-1"]
    assert [line.use.unit for line in result.total] == list(BillableUnit)


def test_a_zero_makes_what_is_not_known_harmless() -> None:
    assert product(Unknown("a"), 0) == 0
    assert product(Unknown("a"), 2) == Unknown("a")
    assert total(Unknown("a"), 0) == Unknown("a")


AMOUNTS = st.builds(
    BillableUse,
    unit=st.sampled_from(BillableUnit),
    known=st.fractions(min_value=0, max_value=1000, max_denominator=1000),
    unknown=st.lists(st.sampled_from("abc"), max_size=2, unique=True).map(tuple),
)
USES = st.lists(
    st.builds(
        there,
        st.sampled_from(["eu-central-1", "us-east-1", "cn-north-1"]),
        AMOUNTS,
        account=st.sampled_from(["111111111111", "222222222222"]),
    ),
    max_size=8,
)
PRICES = st.lists(
    st.builds(
        replace,
        st.just(PRICE),
        unit=st.sampled_from(BillableUnit),
        region=st.sampled_from(["*", "eu-central-1"]),
        currency=st.sampled_from(["EUR", "USD"]),
        amount=st.decimals(min_value=0, max_value=10, places=3),
    ),
    max_size=30,
)


FIGURES = {
    "fixed_first_year": {CostKind.FIXED},
    "fixed_third_year": {CostKind.FIXED, CostKind.FIXED_FROM_THIRD_YEAR},
    "usage": {CostKind.USAGE},
}


@given(USES, PRICES)
def test_the_organisation_is_the_sum_of_its_accounts(
    uses: list[EnvironmentUse], prices: list[PriceLine]
) -> None:
    result = costs(uses, prices)
    lines = [line for environment in result.environments for line in environment.lines]
    for total_line in result.total:
        of_unit = [line for line in lines if line.use.unit is total_line.use.unit]
        assert total_line.use.known == sum(line.use.known for line in of_unit)
        assert set(total_line.use.unknown) == {why for line in of_unit for why in line.use.unknown}
        assert total_line.is_priced is all(line.is_priced for line in of_unit)
    for name, kinds in FIGURES.items():
        figure: CostSum = getattr(result.figures, name)
        counted = [line for line in lines if UNIT_DESCRIPTIONS[line.use.unit].kind in kinds]
        for currency in ("EUR", "USD"):
            priced = [line.money for line in counted if line.price and line.price.currency == currency]
            assert figure.money.get(currency, 0) == sum(money for money in priced if money is not None)
        assert figure.is_complete is all(line.is_priced for line in counted)
        each = [getattr(environment.figures, name) for environment in result.environments]
        for currency, money in figure.money.items():
            assert money == sum(one.money.get(currency, 0) for one in each), "exactly the sum of the accounts"
