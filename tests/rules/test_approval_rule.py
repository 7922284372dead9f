from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.patch_baseline import PatchFilterRecord, PatchRuleRecord, PatchSourceRecord
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.baselines.approval_rule import (
    check_approval_rule,
    check_patch_filter,
    check_patch_filters,
    check_patch_source,
)

LATER = Unknown("a parameter")


def errors(findings: list[Finding]) -> list[str]:
    return [str(finding) for finding in findings if finding.level is Level.ERROR]


@pytest.mark.parametrize("days", [0, 1, 360])
def test_days_within_the_range_are_fine(days: int) -> None:
    assert check_approval_rule(PatchRuleRecord(approve_after_days=days)) == []


@pytest.mark.parametrize("days", [-1, 361, 7.5, "7", True])
def test_days_out_of_range_or_not_whole_are_refused(days: int) -> None:
    findings = check_approval_rule(PatchRuleRecord(approve_after_days=days), field="approval_rules[0]")
    assert [finding.id for finding in findings] == [FindingId.APPROVAL_TIME]
    assert findings[0].field == "approval_rules[0].approve_after_days"
    assert findings[0].received == repr(days)
    assert findings[0].allowed == "a whole number from 0 to 360"


@pytest.mark.parametrize("date", ["2026-11-23", "2024-02-29", "0001-01-01"])
def test_days_of_the_calendar_are_fine(date: str) -> None:
    assert check_approval_rule(PatchRuleRecord(approve_until_date=date)) == []


@pytest.mark.parametrize(
    "date",
    ["2026-02-30", "2025-02-29", "2026-1-1", "20261123", "2026-W48-1", "23.11.2026", "", "2026-11-23T00"],
)
def test_what_is_no_day_of_the_calendar_is_refused(date: str) -> None:
    findings = check_approval_rule(PatchRuleRecord(approve_until_date=date))
    assert [finding.received for finding in findings] == [repr(date)]


@pytest.mark.parametrize(
    ("rule", "received"),
    [
        (PatchRuleRecord(), "neither"),
        (PatchRuleRecord(approve_after_days=0, approve_until_date="2026-01-01"), "both"),
        (PatchRuleRecord(approve_after_days=LATER, approve_until_date=LATER), "both"),
    ],
)
def test_exactly_one_approval_time_is_needed(rule: PatchRuleRecord, received: str) -> None:
    findings = check_approval_rule(rule)
    assert [(finding.id, finding.level, finding.received) for finding in findings] == [
        (FindingId.APPROVAL_TIME, Level.ERROR, received)
    ]


def test_zero_days_count_as_given() -> None:
    assert check_approval_rule(PatchRuleRecord(approve_after_days=0)) == []


@pytest.mark.parametrize(
    "rule", [PatchRuleRecord(approve_after_days=LATER), PatchRuleRecord(approve_until_date=LATER)]
)
def test_an_approval_time_that_is_known_later_is_undecided(rule: PatchRuleRecord) -> None:
    assert [(finding.level, finding.undecided) for finding in check_approval_rule(rule)] == [
        (Level.INFO, "a parameter")
    ]


def test_a_compliance_level_in_lower_case_gets_a_hint() -> None:
    findings = check_approval_rule(PatchRuleRecord(approve_after_days=0, compliance_level="critical"))
    assert "did you mean 'CRITICAL'?" in str(findings[0])


def filters(count: int) -> tuple[PatchFilterRecord, ...]:
    keys = ["PRODUCT", "CLASSIFICATION", "SEVERITY", "PRIORITY", "SECTION"]
    return tuple(PatchFilterRecord(key=keys[index], values=("*",)) for index in range(count))


@pytest.mark.parametrize("count", [0, 1, 4])
def test_four_filters_fit_into_a_group(count: int) -> None:
    assert check_patch_filters(filters(count), field="f") == []


def test_the_fifth_filter_is_refused_although_cloudformation_lets_it_pass() -> None:
    (message,) = errors(check_patch_filters(filters(5), field="f"))
    assert message.startswith("f: wrong number of entries, got 5; allowed: 0 to 4 (see https://docs.aws.")


def test_a_key_is_in_a_group_once() -> None:
    findings = check_patch_filters(filters(1) * 2, field="f")
    assert [(finding.id, finding.received) for finding in findings] == [
        (FindingId.PATCH_BASELINE_DUPLICATE, "'PRODUCT'")
    ]


def test_a_key_that_is_no_filter_key_at_all_gets_a_hint() -> None:
    findings = check_patch_filter(PatchFilterRecord(key="Severity", values=("Critical",)))
    assert [finding.id for finding in findings] == [FindingId.PATCH_FILTER_KEY]
    assert "did you mean 'SEVERITY'?" in str(findings[0])


@pytest.mark.parametrize("count", [1, 20])
def test_a_filter_has_one_to_twenty_values(count: int) -> None:
    values = tuple(f"v{index}" for index in range(count))
    assert check_patch_filter(PatchFilterRecord(key="PRODUCT", values=values)) == []


@pytest.mark.parametrize("count", [0, 21])
def test_no_value_and_more_than_twenty_are_refused(count: int) -> None:
    values = tuple(f"v{index}" for index in range(count))
    findings = check_patch_filter(PatchFilterRecord(key="PRODUCT", values=values))
    assert [(finding.id, finding.received) for finding in findings] == [
        (FindingId.PATCH_BASELINE_COUNT, str(count))
    ]


@pytest.mark.parametrize("length", [1, 64])
def test_a_value_has_up_to_64_characters(length: int) -> None:
    assert check_patch_filter(PatchFilterRecord(key="PRODUCT", values=("x" * length,))) == []


@pytest.mark.parametrize("length", [0, 65])
def test_an_empty_and_a_long_value_are_refused(length: int) -> None:
    findings = check_patch_filter(PatchFilterRecord(key="PRODUCT", values=("x" * length,)))
    assert [(finding.id, finding.field) for finding in findings] == [
        (FindingId.PATCH_BASELINE_LENGTH, "values[0]")
    ]


def test_what_is_no_text_is_reported_like_any_other_mistake() -> None:
    nothing: Any = None
    findings = check_patch_filter(PatchFilterRecord(key="PRODUCT", values=(nothing,)))
    findings += check_patch_source(PatchSourceRecord(name=nothing, products=("x",), configuration="y"))
    assert [(finding.field, finding.message, finding.received) for finding in findings] == [
        ("values[0]", "not text", "None"),
        ("name", "not text", "None"),
    ]


@given(
    key=st.just(LATER) | st.text(),
    values=st.just(LATER) | st.lists(st.just(LATER) | st.text(max_size=70), max_size=25).map(tuple),
    days=st.none() | st.just(LATER) | st.integers(-500, 500),
    date=st.none() | st.just(LATER) | st.text(max_size=12) | st.dates().map(str),
    level=st.none() | st.just(LATER) | st.text(max_size=12),
)
def test_whatever_a_template_says_the_rule_answers(  # type: ignore[no-untyped-def]
    key, values, days, date, level
) -> None:
    rule = PatchRuleRecord(
        patch_filters=(PatchFilterRecord(key=key, values=values),),
        approve_after_days=days,
        approve_until_date=date,
        compliance_level=level,
    )
    for finding in check_approval_rule(rule):
        assert (finding.undecided is not None) == (finding.level is Level.INFO)


SOURCE = PatchSourceRecord(
    name="mirror", products=("Ubuntu24.04",), configuration="deb https://m/ noble main"
)


def test_a_source_within_the_limits_is_fine() -> None:
    assert check_patch_source(SOURCE) == []


@pytest.mark.parametrize(
    ("source", "field"),
    [
        (PatchSourceRecord(name="ab", products=("*",), configuration="x"), "name"),
        (PatchSourceRecord(name="a" * 51, products=("*",), configuration="x"), "name"),
        (PatchSourceRecord(name="my mirror", products=("*",), configuration="x"), "name"),
        (PatchSourceRecord(name="abc", products=(), configuration="x"), "products"),
        (PatchSourceRecord(name="abc", products=("",), configuration="x"), "products[0]"),
        (PatchSourceRecord(name="abc", products=("x" * 129,), configuration="x"), "products[0]"),
        (PatchSourceRecord(name="abc", products=tuple(map(str, range(21))), configuration="x"), "products"),
        (PatchSourceRecord(name="abc", products=("*",), configuration=""), "configuration"),
        (PatchSourceRecord(name="abc", products=("*",), configuration="x" * 1025), "configuration"),
    ],
)
def test_a_source_beyond_a_limit_is_refused(source: PatchSourceRecord, field: str) -> None:
    assert [(finding.level, finding.field) for finding in check_patch_source(source)] == [
        (Level.ERROR, field)
    ]


def test_a_source_that_is_known_later_is_undecided() -> None:
    source = PatchSourceRecord(name=LATER, products=LATER, configuration=LATER)
    assert [finding.undecided for finding in check_patch_source(source)] == ["a parameter"] * 3
