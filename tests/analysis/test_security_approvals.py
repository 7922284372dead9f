from typing import Any

import pytest

from patching_constructs.analysis.landing import Approval
from patching_constructs.analysis.security_approvals import Approvals, security_approvals
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchFilterRecord, PatchRuleRecord
from patching_constructs.model.promises import PROMISES, Severity
from patching_constructs.model.unknown import Unknown

LATER = Unknown("a parameter without a default")
NEVER = frozenset({Approval()})


def rule(days: Any, **filters: Any) -> PatchRuleRecord:
    return PatchRuleRecord(
        approve_after_days=days,
        patch_filters=tuple(
            PatchFilterRecord(key=key, values=values if isinstance(values, Unknown) else tuple(values))
            for key, values in filters.items()
        ),
    )


def approvals(
    operating_system: OperatingSystem, *rules: PatchRuleRecord, **changes: Any
) -> Approvals | Unknown:
    baseline = PatchBaselineRecord(name="web", approval_rules=rules, **changes)
    return security_approvals(operating_system, baseline)


def after(*days: int | None) -> frozenset[Approval]:
    return frozenset(Approval(after_days=count) for count in days)


LINUX = OperatingSystem.AMAZON_LINUX_2023
WINDOWS = OperatingSystem.WINDOWS


def test_every_severity_is_approved_by_the_first_rule_that_lets_it_through() -> None:
    assert approvals(
        LINUX,
        rule(2, CLASSIFICATION=["Security"], SEVERITY=["Critical"]),
        rule(9, CLASSIFICATION=["Security"], SEVERITY=["Critical", "Important"]),
    ) == {
        Severity.CRITICAL: after(2),
        Severity.HIGH: after(9),
        Severity.MEDIUM: NEVER,
        Severity.LOW: NEVER,
    }


def test_a_rule_for_bug_fixes_says_nothing_of_security() -> None:
    found = approvals(LINUX, rule(5, CLASSIFICATION=["Security"]), rule(0, CLASSIFICATION=["Bugfix"]))
    assert found == dict.fromkeys(Severity, after(5))


@pytest.mark.parametrize(
    ("operating_system", "word"),
    [
        (LINUX, "Medium"),
        (OperatingSystem.REDHAT_ENTERPRISE_LINUX, "Moderate"),
        (OperatingSystem.SUSE, "Moderate"),
    ],
)
def test_makers_have_words_of_their_own_for_medium(operating_system: OperatingSystem, word: str) -> None:
    found = approvals(operating_system, rule(4, SEVERITY=[word]))
    assert not isinstance(found, Unknown)
    assert found[Severity.MEDIUM] == after(4)
    assert found[Severity.CRITICAL] == NEVER


def test_windows_is_asked_for_security_updates_by_the_severity_of_microsoft() -> None:
    found = approvals(
        WINDOWS,
        rule(7, CLASSIFICATION=["SecurityUpdates"], MSRC_SEVERITY=["Critical", "Important"]),
        rule(0, CLASSIFICATION=["DefinitionUpdates"]),
        rule(0, PATCH_SET=["APPLICATION"], PRODUCT_FAMILY=["Office"], PRODUCT=["Office 2016"]),
    )
    assert not isinstance(found, Unknown)
    assert (found[Severity.CRITICAL], found[Severity.HIGH]) == (after(7), after(7))
    assert found[Severity.LOW] == NEVER


def test_products_that_no_rule_names_do_not_count() -> None:
    found = approvals(
        WINDOWS,
        rule(3, PRODUCT=["WindowsServer2019"]),
        rule(8, PRODUCT=["WindowsServer2022", "WindowsServer2025"]),
    )
    assert found == dict.fromkeys(Severity, after(3, 8))


def test_products_that_global_filters_keep_out_do_not_count() -> None:
    only = (PatchFilterRecord(key="PRODUCT", values=("WindowsServer2022",)),)
    assert approvals(WINDOWS, rule(3), global_filters=only) == dict.fromkeys(Severity, after(3))


def test_a_rule_for_any_product_speaks_for_all() -> None:
    found = approvals(LINUX, rule(3, PRODUCT=["AmazonLinux2023"]), rule(8, PRODUCT=["*"]))
    assert found == dict.fromkeys(Severity, after(3, 8))


def test_named_patches_are_exceptions() -> None:
    found = approvals(LINUX, rule(3), approved_patches=("kernel*",), rejected_patches=("openssl",))
    assert found == dict.fromkeys(Severity, after(3))


@pytest.mark.parametrize("operating_system", [OperatingSystem.UBUNTU, OperatingSystem.DEBIAN])
def test_apt_tells_no_severity_and_knows_no_delay(operating_system: OperatingSystem) -> None:
    assert approvals(operating_system, rule(7, PRIORITY=["Required"])) == {None: after(0)}
    assert approvals(operating_system) == {None: NEVER}


def test_macos_tells_no_severity_but_knows_delays() -> None:
    assert approvals(OperatingSystem.MACOS, rule(7)) == {None: after(7)}


@pytest.mark.parametrize("operating_system", list(OperatingSystem))
def test_a_baseline_without_rules_approves_nothing(operating_system: OperatingSystem) -> None:
    found = approvals(operating_system)
    assert not isinstance(found, Unknown)
    assert set(found.values()) == {NEVER}


@pytest.mark.parametrize(
    "rules",
    [
        (rule(LATER),),
        (rule(1, SEVERITY=LATER),),
        (rule(1, SEVERITY=[LATER]),),
        (PatchRuleRecord(patch_filters=LATER, approve_after_days=1),),
        LATER,
    ],
)
def test_what_is_not_known_is_said(rules: Any) -> None:
    assert security_approvals(LINUX, PatchBaselineRecord(name="web", approval_rules=rules)) == LATER


# --- promises ---


def test_a_severity_that_no_one_promised_is_not_judged() -> None:
    assert PROMISES["pci-dss-6.3.3"].longest(Severity.HIGH) is None


def test_where_no_severity_is_reported_the_shortest_time_counts() -> None:
    promised = PROMISES["essential-eight-internet-facing"].longest(None)
    assert promised is not None
    assert promised.days == 2


def test_every_named_promise_has_a_source_and_what_to_know() -> None:
    for name, promise in PROMISES.items():
        assert promise.name == name
        assert promise.within
        assert promise.note
        assert promise.source is not None
        assert promise.source.startswith("https://")
