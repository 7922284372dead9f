import dataclasses
import datetime as dt

import pytest

from patching_constructs import (
    ApprovalRule,
    ComplianceLevel,
    InvalidInputError,
    PatchFilter,
    PatchFilterKey,
    PatchSource,
)
from patching_constructs.model.patch_baseline import PatchFilterRecord, PatchRuleRecord
from patching_constructs.model.unknown import Unknown

STRING_TOKEN = "${Token[TOKEN.42]}"
NUMBER_TOKEN = -1.8881545897087503e289


@pytest.mark.parametrize(
    ("patch_filter", "key"),
    [
        (PatchFilter.classification("Security"), PatchFilterKey.CLASSIFICATION),
        (PatchFilter.severity("Critical"), PatchFilterKey.SEVERITY),
        (PatchFilter.msrc_severity("Critical"), PatchFilterKey.MSRC_SEVERITY),
        (PatchFilter.product("Ubuntu24.04"), PatchFilterKey.PRODUCT),
        (PatchFilter.product_family("Office"), PatchFilterKey.PRODUCT_FAMILY),
        (PatchFilter.priority("Required"), PatchFilterKey.PRIORITY),
        (PatchFilter.section("libs"), PatchFilterKey.SECTION),
        (PatchFilter.patch_set("OS"), PatchFilterKey.PATCH_SET),
    ],
)
def test_each_key_has_a_short_way_to_write_it(patch_filter: PatchFilter, key: PatchFilterKey) -> None:
    assert patch_filter == PatchFilter(key=key, values=list(patch_filter.values))


def test_every_key_has_a_short_way_to_write_it() -> None:
    assert all(hasattr(PatchFilter, key.lower()) for key in PatchFilterKey)


def test_a_filter_without_values_is_refused() -> None:
    with pytest.raises(InvalidInputError, match=r"PatchFilter: values: wrong number of entries, got 0"):
        PatchFilter.severity()


def test_values_are_equal_and_hashable_whatever_sequence_they_were_made_from() -> None:
    rule = ApprovalRule(patch_filters=[PatchFilter.severity("Low")], approve_after_days=1)
    same = ApprovalRule(patch_filters=(PatchFilter.severity("Low"),), approve_after_days=1)
    assert rule == same
    assert len({rule, same}) == 1


def test_values_cannot_be_changed() -> None:
    rule = ApprovalRule(patch_filters=[], approve_after_days=1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        rule.approve_after_days = 2  # type: ignore[misc]


def test_a_date_may_be_given_as_a_date() -> None:
    rule = ApprovalRule(patch_filters=[], approve_until_date=dt.date(2026, 1, 2))
    assert rule == ApprovalRule(patch_filters=[], approve_until_date="2026-01-02")
    assert rule.record.approve_until_date == "2026-01-02"


def test_all_mistakes_of_a_rule_are_reported_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        ApprovalRule(
            patch_filters=[PatchFilter.severity(str(number)) for number in range(5)],
            approve_after_days=400,
            compliance_level="SEVERE",  # type: ignore[arg-type]
        )
    assert [finding.field for finding in caught.value.findings] == [
        "patch_filters",
        "patch_filters",
        "approve_after_days",
        "compliance_level",
    ]


def test_a_rule_is_a_record_for_the_rules() -> None:
    record = ApprovalRule(
        patch_filters=[PatchFilter.severity("Low")],
        approve_after_days=3,
        compliance_level=ComplianceLevel.LOW,
        enable_non_security=True,
    ).record
    assert record == PatchRuleRecord(
        patch_filters=(PatchFilterRecord(key="SEVERITY", values=("Low",)),),
        approve_after_days=3,
        compliance_level="LOW",
        enable_non_security=True,
    )


def test_tokens_are_taken_and_unknown_to_the_rules() -> None:
    patch_filter = PatchFilter.product(STRING_TOKEN)
    dated = ApprovalRule(patch_filters=[patch_filter], approve_until_date=STRING_TOKEN)
    delayed = ApprovalRule(patch_filters=[], approve_after_days=NUMBER_TOKEN)  # type: ignore[arg-type]
    source = PatchSource(name=STRING_TOKEN, products=[STRING_TOKEN], configuration=STRING_TOKEN)
    assert isinstance(dated.record.approve_until_date, Unknown)
    assert isinstance(delayed.record.approve_after_days, Unknown)
    assert isinstance(source.record.configuration, Unknown)
    assert patch_filter.record.values == (Unknown("a CDK token, known only at deployment"),)


def test_a_source_that_aws_refuses() -> None:
    with pytest.raises(InvalidInputError, match=r"PatchSource: name: .* got 'my mirror'"):
        PatchSource(name="my mirror", products=["*"], configuration="[main]")
