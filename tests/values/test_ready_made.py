import datetime as dt

import pytest

import patching_constructs
from patching_constructs import READY_MADE, ApprovalRule, ComplianceLevel, InvalidInputError, OperatingSystem
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.patch_baseline import PatchBaselineRecord
from patching_constructs.rules.baselines.patch_baseline import check_patch_baseline
from patching_constructs.rules.baselines.patch_baseline_warnings import warn_about_patch_baseline

OS = OperatingSystem
WITHOUT_SEVERITIES = [OS.UBUNTU, OS.DEBIAN, OS.RASPBIAN, OS.MACOS]
FIT: dict[str, list[OperatingSystem]] = {
    "all_updates": list(OS),
    "critical_and_important_security_updates": [system for system in OS if system not in WITHOUT_SEVERITIES],
    "microsoft_application_updates": [OS.WINDOWS],
    "security_and_bugfix_updates": [system for system in OS if system not in WITHOUT_SEVERITIES],
    "security_updates": [system for system in OS if system is not OS.MACOS],
    "windows_desktop_updates": [OS.WINDOWS],
}
FITTING = [(name, system) for name, systems in FIT.items() for system in systems]
UNFIT = [(name, system) for name, systems in FIT.items() for system in OS if system not in systems]


def findings(system: OperatingSystem, rules: tuple[ApprovalRule, ...]) -> list[Finding]:
    record = PatchBaselineRecord(
        name="ready-made", operating_system=system.value, approval_rules=tuple(rule.record for rule in rules)
    )
    today = dt.date(2015, 1, 1)  # before any end of life
    return [*check_patch_baseline(record), *warn_about_patch_baseline(record, today=today)]


def test_every_rule_set_is_public_and_found_by_its_name() -> None:
    assert set(READY_MADE) == set(FIT)
    for name, rule_set in READY_MADE.items():
        assert getattr(patching_constructs, name) is rule_set


@pytest.mark.parametrize(("name", "system"), FITTING)
def test_ready_made_rules_raise_neither_errors_nor_warnings(name: str, system: OperatingSystem) -> None:
    assert findings(system, READY_MADE[name](system)) == []


@pytest.mark.parametrize(("name", "system"), FITTING)
def test_no_ready_made_rule_leaves_the_compliance_level_open(name: str, system: OperatingSystem) -> None:
    assert all(rule.compliance_level is not ComplianceLevel.UNSPECIFIED for rule in READY_MADE[name](system))


@pytest.mark.parametrize(("name", "system"), FITTING)
def test_rules_wait_for_a_week_except_where_waiting_has_no_effect(name: str, system: OperatingSystem) -> None:
    assert {rule.approve_after_days for rule in READY_MADE[name](system)} == {0 if system.is_apt else 7}


@pytest.mark.parametrize(("name", "system"), FITTING)
def test_the_delay_can_be_chosen(name: str, system: OperatingSystem) -> None:
    assert {rule.approve_after_days for rule in READY_MADE[name](system, approve_after_days=3)} == {3}
    assert {rule.approve_after_days for rule in READY_MADE[name](system, approve_after_days=0)} == {0}


@pytest.mark.parametrize(("name", "system"), FITTING)
def test_a_delay_out_of_range_is_refused(name: str, system: OperatingSystem) -> None:
    with pytest.raises(InvalidInputError, match="0 to 360"):
        READY_MADE[name](system, approve_after_days=361)


@pytest.mark.parametrize(("name", "system"), UNFIT)
def test_a_system_that_cannot_tell_such_patches_is_refused_with_those_that_can(
    name: str, system: OperatingSystem
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        READY_MADE[name](system)
    (finding,) = caught.value.findings
    assert finding.level is Level.ERROR
    assert finding.received == system.value
    assert finding.allowed == ", ".join(FIT[name])


def levels(name: str, system: OperatingSystem) -> list[tuple[str, str]]:
    return [
        (rule.compliance_level.value, ",".join(rule.patch_filters[-1].values))
        for rule in READY_MADE[name](system)
    ]


def test_levels_follow_the_severity_of_the_distributor() -> None:
    assert levels("security_updates", OS.AMAZON_LINUX_2023) == [
        ("CRITICAL", "Critical"),
        ("HIGH", "Important"),
        ("MEDIUM", "Medium"),
        ("LOW", "Low"),
    ]
    assert levels("security_updates", OS.ROCKY_LINUX)[2] == ("MEDIUM", "Moderate")
    assert levels("security_updates", OS.WINDOWS) == [
        ("CRITICAL", "Critical"),
        ("HIGH", "Important"),
        ("MEDIUM", "Moderate,Unspecified"),
        ("LOW", "Low"),
    ]


def test_the_narrow_set_takes_the_two_worst_severities() -> None:
    assert levels("critical_and_important_security_updates", OS.SUSE) == [
        ("CRITICAL", "Critical"),
        ("HIGH", "Important"),
    ]


def test_bug_fixes_have_another_word_on_each_kind_of_system() -> None:
    assert levels("security_and_bugfix_updates", OS.ALMA_LINUX)[4:] == [("LOW", "Bugfix")]
    assert levels("security_and_bugfix_updates", OS.SUSE)[4:] == [("LOW", "Recommended")]
    assert levels("security_and_bugfix_updates", OS.WINDOWS)[4:] == [
        ("HIGH", "CriticalUpdates"),
        ("LOW", "UpdateRollups,Updates"),
    ]


def test_all_updates_take_what_is_no_security_update_on_linux_only() -> None:
    for system in OS:
        rules = READY_MADE["all_updates"](system)
        assert rules[-1].enable_non_security is system.is_linux
        assert not any(rule.enable_non_security for rule in rules[:-1])


def test_all_updates_of_windows_name_each_classification_once() -> None:
    rules = READY_MADE["all_updates"](OS.WINDOWS)
    assert "SecurityUpdates" not in rules[-1].patch_filters[0].values
    assert len(rules[-1].patch_filters[0].values) == 9


def test_desktop_rules_are_for_windows_10_and_11() -> None:
    for rule in READY_MADE["windows_desktop_updates"](OS.WINDOWS):
        assert rule.patch_filters[-1].values == ("Windows10", "Windows10LTSB", "Windows11")


def test_application_rules_fit_beside_those_for_windows() -> None:
    rules = (
        *READY_MADE["security_and_bugfix_updates"](OS.WINDOWS),
        *READY_MADE["microsoft_application_updates"](OS.WINDOWS),
    )
    assert len(rules) == 10
    assert findings(OS.WINDOWS, rules) == []
    assert all(rule.patch_filters[0].values == ("APPLICATION",) for rule in rules[6:])
