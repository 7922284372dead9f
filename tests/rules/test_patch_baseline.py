import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import (
    PatchBaselineRecord,
    PatchFilterRecord,
    PatchRuleRecord,
    PatchSourceRecord,
)
from patching_constructs.model.patch_choices import AvailableSecurityUpdatesComplianceStatus
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.baselines.patch_baseline import check_patch_baseline, check_patch_groups

OS = OperatingSystem
LATER = Unknown("a parameter")
ANY_PRODUCT = PatchFilterRecord(key="PRODUCT", values=("*",))
RULE = PatchRuleRecord(
    patch_filters=(ANY_PRODUCT,),
    approve_after_days=7,
    compliance_level="HIGH",
)
SOURCE = PatchSourceRecord(name="mirror", products=("*",), configuration="[main]")


def baseline(**changes: Any) -> PatchBaselineRecord:
    plain = PatchBaselineRecord(name="web-prod", operating_system="AMAZON_LINUX_2023", approval_rules=(RULE,))
    return dataclasses.replace(plain, **changes)


def errors(record: PatchBaselineRecord) -> list[tuple[str, str]]:
    return [(f.id, f.field) for f in check_patch_baseline(record) if f.level is Level.ERROR]


@pytest.mark.parametrize("operating_system", OS)
def test_a_plain_baseline_is_fine_on_every_operating_system(operating_system: OS) -> None:
    assert check_patch_baseline(baseline(operating_system=operating_system.value)) == []


@pytest.mark.parametrize("name", ["abc", "a" * 128, "A.b_c-9"])
def test_a_name_within_the_limits_is_fine(name: str) -> None:
    assert errors(baseline(name=name)) == []


@pytest.mark.parametrize("name", ["", "ab", "a" * 129, "two words", "näme", "abc\n", "a/b/c"])
def test_a_name_that_aws_refuses(name: str) -> None:
    assert errors(baseline(name=name)) == [(FindingId.PATCH_BASELINE_NAME, "patch_baseline_name")]


@pytest.mark.parametrize(("length", "is_legal"), [(0, False), (1, True), (1024, True), (1025, False)])
def test_a_description_has_1_to_1024_characters(length: int, is_legal: bool) -> None:
    assert (errors(baseline(description="x" * length)) == []) is is_legal


def test_without_an_operating_system_it_is_windows() -> None:
    rule = dataclasses.replace(RULE, patch_filters=(PatchFilterRecord(key="SEVERITY", values=("*",)),))
    (finding,) = check_patch_baseline(baseline(operating_system=None, approval_rules=(rule,)))
    assert "WINDOWS has no such patch property" in str(finding)


def test_an_operating_system_that_patch_manager_does_not_know_is_refused_with_a_hint() -> None:
    (finding,) = check_patch_baseline(baseline(operating_system="AmazonLinux2023"))
    assert finding.id == FindingId.OPERATING_SYSTEM
    assert "did you mean 'AMAZON_LINUX_2023'?" in str(finding)


def test_a_baseline_that_approves_nothing_is_refused() -> None:
    record = baseline(approval_rules=(), rejected_patches=("kernel",))
    assert errors(record) == [(FindingId.PATCH_BASELINE_EMPTY, "approval_rules")]


def test_approved_patches_alone_approve_something() -> None:
    assert errors(baseline(approval_rules=(), approved_patches=("kernel",))) == []


@pytest.mark.parametrize(("count", "is_legal"), [(10, True), (11, False)])
def test_ten_rules_fit_into_a_baseline(count: int, is_legal: bool) -> None:
    assert (errors(baseline(approval_rules=(RULE,) * count)) == []) is is_legal


def test_the_fields_of_rules_and_filters_are_named_with_their_place() -> None:
    bad = dataclasses.replace(
        RULE, patch_filters=(ANY_PRODUCT, PatchFilterRecord(key="SEVERITY", values=("High",)))
    )
    assert errors(baseline(approval_rules=(RULE, bad))) == [
        (FindingId.PATCH_FILTER_VALUE, "approval_rules[1].patch_filters[1].values[0]")
    ]


def test_global_filters_follow_the_same_rules() -> None:
    filters = (PatchFilterRecord(key="MSRC_SEVERITY", values=("Critical",)),)
    assert errors(baseline(global_filters=filters)) == [(FindingId.PATCH_FILTER_KEY, "global_filters[0].key")]


@pytest.mark.parametrize("field", ["approved_patches", "rejected_patches"])
def test_fifty_patch_names_fit_into_a_list(field: str) -> None:
    names = tuple(f"package-{index}" for index in range(51))
    assert errors(baseline(**{field: names[:50]})) == []
    assert errors(baseline(**{field: names})) == [(FindingId.PATCH_BASELINE_COUNT, field)]


@pytest.mark.parametrize("field", ["approved_patches", "rejected_patches"])
def test_a_patch_name_has_up_to_100_characters(field: str) -> None:
    assert errors(baseline(**{field: ("x" * 100,)})) == []
    assert errors(baseline(**{field: ("x" * 101,)})) == [(FindingId.PATCH_BASELINE_LENGTH, f"{field}[0]")]


def test_a_patch_name_in_a_format_of_another_package_manager_is_refused() -> None:
    record = baseline(approved_patches=("kernel", "KB123456 "), rejected_patches=("CVE-2024-1234",))
    assert errors(record) == [
        (FindingId.PATCH_NAME_FORMAT, "approved_patches[1]"),
        (FindingId.PATCH_NAME_FORMAT, "rejected_patches[0]"),
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"approved_patches": ("kernel", "kernel")}, "approved_patches"),
        ({"rejected_patches": ("kernel", "kernel")}, "rejected_patches"),
        ({"patch_groups": ("prod", "prod")}, "patch_groups"),
        ({"sources": (SOURCE, SOURCE)}, "sources"),
    ],
)
def test_an_entry_that_is_a_duplicate_is_refused(changes: dict[str, Any], field: str) -> None:
    assert errors(baseline(**changes)) == [(FindingId.PATCH_BASELINE_DUPLICATE, field)]


@pytest.mark.parametrize("field", ["approved_patches_compliance_level", "rejected_patches_action"])
def test_a_word_outside_of_the_closed_set_is_refused(field: str) -> None:
    assert errors(baseline(**{field: "SEVERE"})) == [(FindingId.PATCH_BASELINE_CHOICE, field)]


@pytest.mark.parametrize("operating_system", [OS.WINDOWS, OS.MACOS])
def test_linux_settings_are_refused_elsewhere(operating_system: OS) -> None:
    record = baseline(
        operating_system=operating_system.value,
        approval_rules=(dataclasses.replace(RULE, enable_non_security=True),),
        approved_patches_enable_non_security=True,
        sources=(SOURCE,),
    )
    assert errors(record) == [
        (FindingId.LINUX_ONLY, "approved_patches_enable_non_security"),
        (FindingId.LINUX_ONLY, "sources"),
        (FindingId.LINUX_ONLY, "approval_rules[0].enable_non_security"),
    ]


@pytest.mark.parametrize("operating_system", [system for system in OS if system.is_linux])
def test_linux_settings_are_fine_on_linux(operating_system: OS) -> None:
    record = baseline(
        operating_system=operating_system.value,
        approval_rules=(dataclasses.replace(RULE, enable_non_security=True),),
        approved_patches_enable_non_security=True,
        sources=(SOURCE,),
    )
    assert errors(record) == []


def test_the_default_value_of_a_linux_setting_is_fine_on_windows() -> None:
    record = baseline(
        operating_system="WINDOWS",
        approval_rules=(dataclasses.replace(RULE, enable_non_security=False),),
        approved_patches_enable_non_security=False,
    )
    assert errors(record) == []


@pytest.mark.parametrize("operating_system", OS)
def test_the_windows_setting_is_refused_elsewhere(operating_system: OS) -> None:
    record = baseline(
        operating_system=operating_system.value, available_security_updates_compliance_status="NON_COMPLIANT"
    )
    expected = [(FindingId.WINDOWS_ONLY, "available_security_updates_compliance_status")]
    assert errors(record) == ([] if operating_system is OS.WINDOWS else expected)


def test_a_refused_choice_is_shown_as_people_write_it() -> None:
    record = baseline(
        operating_system="UBUNTU",
        available_security_updates_compliance_status=AvailableSecurityUpdatesComplianceStatus.COMPLIANT,
    )
    assert [finding.received for finding in check_patch_baseline(record)] == ["COMPLIANT"]


@pytest.mark.parametrize(("count", "is_legal"), [(25, True), (26, False)])
def test_25_patch_groups_fit_on_a_baseline(count: int, is_legal: bool) -> None:
    groups = tuple(f"group-{index}" for index in range(count))
    assert (check_patch_groups(groups, field="patch_groups") == []) is is_legal


def test_a_patch_group_that_aws_refuses() -> None:
    (finding,) = check_patch_groups(("prod", "prod,web"), field="patch_groups")
    assert (finding.id, finding.field) == (FindingId.PATCH_GROUP_NAME, "patch_groups[1]")


@pytest.mark.parametrize(("count", "is_legal"), [(20, True), (21, False)])
def test_20_sources_fit_on_a_baseline(count: int, is_legal: bool) -> None:
    sources = tuple(dataclasses.replace(SOURCE, name=f"mirror-{index}") for index in range(count))
    assert (errors(baseline(sources=sources)) == []) is is_legal


def test_all_mistakes_are_found_at_once() -> None:
    record = baseline(
        name="a",
        description="",
        approval_rules=(PatchRuleRecord(),),
        rejected_patches=("a b",),
        patch_groups=("",),
    )
    assert [finding_id for finding_id, _ in errors(record)] == [
        FindingId.PATCH_BASELINE_NAME,
        FindingId.PATCH_BASELINE_LENGTH,
        FindingId.APPROVAL_TIME,
        FindingId.PATCH_NAME_FORMAT,
        FindingId.PATCH_GROUP_NAME,
    ]


FIELDS = [field.name for field in dataclasses.fields(PatchBaselineRecord) if field.name != "location"]


@pytest.mark.parametrize("field", [field for field in FIELDS if field != "default_baseline"])
def test_a_field_that_is_known_later_is_undecided_and_no_mistake(field: str) -> None:
    findings = check_patch_baseline(baseline(**{"operating_system": "WINDOWS", field: LATER}))
    assert {finding.level for finding in findings} == {Level.INFO}
    assert {finding.undecided for finding in findings} == {"a parameter"}


def _maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.just(LATER) | values


WORDS = st.text(max_size=8) | st.sampled_from(["WINDOWS", "UBUNTU", "SUSE", "BLOCK", "HIGH", "KB123456", "*"])
LISTS = _maybe(st.lists(_maybe(WORDS), max_size=5).map(tuple))


@given(
    record=st.builds(
        PatchBaselineRecord,
        name=_maybe(WORDS),
        operating_system=st.none() | _maybe(WORDS),
        approval_rules=_maybe(st.lists(st.just(RULE), max_size=2).map(tuple)),
        approved_patches=LISTS,
        approved_patches_compliance_level=st.none() | _maybe(WORDS),
        approved_patches_enable_non_security=st.none() | _maybe(st.booleans()),
        rejected_patches=LISTS,
        rejected_patches_action=st.none() | _maybe(WORDS),
        patch_groups=LISTS,
        description=st.none() | _maybe(WORDS),
    )
)
def test_whatever_a_template_says_every_finding_can_be_read(record: PatchBaselineRecord) -> None:
    findings: list[Finding] = check_patch_baseline(record)
    for finding in findings:
        assert finding.field
        assert "\n" not in finding.message
        assert not finding.message.endswith(".")
