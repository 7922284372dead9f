import dataclasses
import datetime as dt
from typing import Any

import pytest

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.location import Location
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchFilterRecord, PatchRuleRecord
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.baselines.patch_baseline_warnings import (
    check_shared_with_production,
    warn_about_patch_baseline,
)

OS = OperatingSystem
TODAY = dt.date(2026, 11, 23)
LATER = Unknown("a parameter")
APT = [OS.UBUNTU, OS.DEBIAN, OS.RASPBIAN]


def group(**filters: tuple[Any, ...]) -> tuple[PatchFilterRecord, ...]:
    return tuple(PatchFilterRecord(key=key, values=values) for key, values in filters.items())


def rule(days: Any = 7, **filters: tuple[Any, ...]) -> PatchRuleRecord:
    return PatchRuleRecord(patch_filters=group(**filters), approve_after_days=days)


def baseline(
    *rules: PatchRuleRecord, system: OS = OS.AMAZON_LINUX_2023, **changes: Any
) -> PatchBaselineRecord:
    record = PatchBaselineRecord(name="web", operating_system=system.value, approval_rules=rules or (rule(),))
    return dataclasses.replace(record, **changes)


def warnings(record: PatchBaselineRecord, today: dt.date = TODAY) -> list[Finding]:
    return [f for f in warn_about_patch_baseline(record, today=today) if f.level is Level.WARNING]


def ids(record: PatchBaselineRecord, today: dt.date = TODAY) -> list[str]:
    return [finding.id for finding in warnings(record, today)]


def test_a_sensible_baseline_raises_no_warning() -> None:
    assert warn_about_patch_baseline(baseline(), today=TODAY) == []


@pytest.mark.parametrize("system", APT)
@pytest.mark.parametrize("days", [1, 7, 360])
def test_a_delay_on_apt_has_no_effect(system: OS, days: int) -> None:
    (finding,) = warnings(baseline(rule(0), rule(days, PRIORITY=("Extra",)), system=system))
    assert finding.id == "approval-delay-on-apt"
    assert finding.field == "approval_rules[1].approve_after_days"
    assert finding.received == str(days)


@pytest.mark.parametrize("system", APT)
def test_an_approval_date_on_apt_has_no_effect_either(system: OS) -> None:
    dated = PatchRuleRecord(approve_until_date="2026-01-31")
    (finding,) = warnings(baseline(dated, system=system))
    assert (finding.id, finding.field) == ("approval-delay-on-apt", "approval_rules[0].approve_until_date")
    assert finding.received == "2026-01-31"
    assert finding.message == f"has no effect on {system}: its patches are approved at once"
    assert finding.allowed == "approve_after_days=0, and a pinned repository where rings must differ"
    assert (
        finding.source == "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchRule.html"
    )


@pytest.mark.parametrize("system", [OS.UBUNTU, OS.AMAZON_LINUX_2023])
def test_a_delay_that_is_known_later_is_undecided(system: OS) -> None:
    found = warn_about_patch_baseline(baseline(rule(LATER), system=system), today=TODAY)
    expected = FindingId.APPROVAL_DELAY_ON_APT if system.is_apt else FindingId.CRITICAL_APPROVAL_DELAY
    assert [(f.field, f.undecided) for f in found if f.id == expected] == [
        ("approval_rules[0].approve_after_days", LATER.reason)
    ]


def test_a_long_delay_of_critical_patches_is_explained() -> None:
    (finding,) = warnings(baseline(rule(31)))
    page = "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-release-dates.html"
    assert finding.field == "approval_rules[0].approve_after_days"
    assert finding.message == "patches of critical severity wait for more than 30 days"
    assert (finding.received, finding.allowed) == ("31", "at most 30 days for critical severity")
    assert finding.source == page


def test_filters_that_are_known_later_may_match_critical_patches() -> None:
    unread = PatchRuleRecord(patch_filters=LATER, approve_after_days=31)
    assert FindingId.CRITICAL_APPROVAL_DELAY in ids(baseline(unread))


@pytest.mark.parametrize("system", OS)
def test_no_delay_raises_no_warning_about_delays_anywhere(system: OS) -> None:
    delays = {FindingId.APPROVAL_DELAY_ON_APT, FindingId.CRITICAL_APPROVAL_DELAY}
    assert not delays & set(ids(baseline(rule(0), system=system)))


@pytest.mark.parametrize(("days", "warns"), [(30, False), (31, True), (360, True)])
@pytest.mark.parametrize(
    "filters",
    [
        {"SEVERITY": ("Critical", "Low")},
        {"SEVERITY": ("*",)},
        {"SEVERITY": (LATER,)},
        {"CLASSIFICATION": ("Security",)},
        {},
    ],
)
def test_critical_patches_that_wait_for_more_than_30_days(
    days: int, warns: bool, filters: dict[str, tuple[Any, ...]]
) -> None:
    expected = ["critical-approval-delay"] if warns else []
    assert ids(baseline(rule(days, **filters))) == expected


@pytest.mark.parametrize(
    ("system", "filters"),
    [
        (OS.AMAZON_LINUX_2023, {"SEVERITY": ("Important", "Low")}),
        (OS.WINDOWS, {"MSRC_SEVERITY": ("Important",)}),
    ],
)
def test_patches_that_are_not_critical_may_wait(system: OS, filters: dict[str, tuple[str, ...]]) -> None:
    assert ids(baseline(rule(90, **filters), system=system)) == []


def test_rules_with_the_same_filters_in_another_order_are_warnings() -> None:
    first = rule(7, CLASSIFICATION=("Security", "Bugfix"), SEVERITY=("Critical",))
    second = rule(0, SEVERITY=("Critical",), CLASSIFICATION=("Bugfix", "Security"))
    (finding,) = warnings(baseline(first, rule(7), second))
    assert finding.id == "same-patch-filters"
    assert finding.field == "approval_rules[2].patch_filters"
    assert "approval_rules[0]" in finding.message


def test_each_repetition_is_counted_from_the_first() -> None:
    findings = warnings(baseline(rule(0), rule(1), rule(2)))
    assert [finding.field for finding in findings] == [
        "approval_rules[1].patch_filters",
        "approval_rules[2].patch_filters",
    ]


def test_security_updates_and_all_updates_of_the_same_packages_are_two_selections() -> None:
    everything = dataclasses.replace(rule(7), enable_non_security=True)
    assert ids(baseline(rule(7), everything)) == []


@pytest.mark.parametrize(("today", "is_over"), [(dt.date(2026, 6, 30), False), (dt.date(2026, 7, 1), True)])
def test_an_operating_system_is_past_its_end_of_life_from_the_next_day(today: dt.date, is_over: bool) -> None:
    findings = warnings(baseline(system=OS.AMAZON_LINUX_2), today)
    assert [(f.id, f.field) for f in findings] == (
        [("operating-system-end-of-life", "operating_system")] if is_over else []
    )


def test_each_end_of_life_is_reported_once_where_it_is_first_named() -> None:
    products = ("WindowsServer2012", "WindowsServer2012R2", "WindowsServer2022")
    again = rule(0, PRODUCT=("WindowsServer2012",))
    findings = warnings(baseline(rule(7, PRODUCT=products), again, system=OS.WINDOWS))
    assert [(f.field, f.received) for f in findings] == [
        ("approval_rules[0].patch_filters[0].values", "WindowsServer2012"),
        ("approval_rules[0].patch_filters[0].values", "WindowsServer2012R2"),
    ]


def test_point_releases_end_with_their_release() -> None:
    products = ("RedhatEnterpriseLinux7.8", "RedhatEnterpriseLinux7.9", "RedhatEnterpriseLinux9.4")
    (finding,) = warnings(baseline(rule(7, PRODUCT=products), system=OS.REDHAT_ENTERPRISE_LINUX))
    assert finding.received == "RedhatEnterpriseLinux7.8, RedhatEnterpriseLinux7.9"


def test_releases_in_global_filters_are_looked_at_too() -> None:
    record = baseline(rule(0), system=OS.UBUNTU, global_filters=group(PRODUCT=("Ubuntu18.04",)))
    assert [f.field for f in warnings(record)] == ["global_filters[0].values"]


def test_the_account_default_is_a_warning() -> None:
    assert ids(baseline(default_baseline=True)) == ["account-default-baseline"]
    assert ids(baseline(default_baseline=False)) == []


@pytest.mark.parametrize(
    "record",
    [
        baseline(rule(LATER, SEVERITY=("Critical",))),
        baseline(rule(LATER), system=OS.UBUNTU),
        baseline(rule(7, SEVERITY=(LATER,))),
        baseline(PatchRuleRecord(patch_filters=LATER, approve_after_days=7)),
        baseline(default_baseline=LATER),
    ],
)
def test_what_is_known_later_is_undecided_and_no_warning(record: PatchBaselineRecord) -> None:
    (finding,) = warn_about_patch_baseline(record, today=TODAY)
    assert (finding.level, finding.undecided) == (Level.INFO, "a parameter")


def test_rules_or_a_system_that_are_known_later_raise_no_warning() -> None:
    assert warnings(baseline(operating_system=LATER)) == []
    assert warnings(baseline(approval_rules=LATER)) == []


RINGS = {"dev-web": "dev", "test-web": "test", "prod-web": "prod", "prod-db": "prod"}


def shared(*groups: Any) -> list[Finding]:
    record = baseline(patch_groups=groups, location=Location(construct_path="Stack/Baseline"))
    return check_shared_with_production(record, ring_by_patch_group=RINGS, production_ring="prod")


def test_a_baseline_that_production_shares_with_another_ring_is_a_warning() -> None:
    (finding,) = shared("prod-web", "dev-web", "test-web")
    assert (finding.id, finding.level) == ("shared-with-production", Level.WARNING)
    assert finding.received == "rings dev, test, prod"
    assert finding.location == Location(construct_path="Stack/Baseline")


@pytest.mark.parametrize(
    "groups",
    [(), ("prod-web", "prod-db"), ("dev-web", "test-web"), ("prod-web", "in-no-ring"), ("prod-web", LATER)],
)
def test_a_baseline_of_one_side_only_is_fine(groups: tuple[Any, ...]) -> None:
    assert shared(*groups) == []


def test_groups_that_are_known_later_are_undecided() -> None:
    record = baseline(patch_groups=LATER)
    (finding,) = check_shared_with_production(record, ring_by_patch_group=RINGS, production_ring="prod")
    assert finding.level is Level.INFO


@pytest.mark.parametrize(
    ("own", "everywhere", "expected"),
    [
        ({"PRODUCT": ("AmazonLinux2",)}, {"PRODUCT": ("AmazonLinux2.0",)}, ["AmazonLinux2"]),
        ({"PRODUCT": ("AmazonLinux2", "AmazonLinux2.0")}, {"PRODUCT": ("AmazonLinux2.0",)}, []),
        ({"PRODUCT": ("*",)}, {"PRODUCT": ("AmazonLinux2.0",)}, []),
        ({"PRODUCT": ("AmazonLinux2",)}, {"PRODUCT": ("*",)}, []),
        ({"PRODUCT": ("AmazonLinux2",)}, {"SEVERITY": ("Critical",)}, []),
        ({"PRODUCT": ("AmazonLinux2", LATER)}, {"PRODUCT": ("AmazonLinux2.0",)}, []),
        ({"PRODUCT": ("AmazonLinux2",)}, {"PRODUCT": (LATER,)}, []),
        ({"PRODUCT": ("AmazonLinux2",)}, {}, []),
    ],
)
def test_a_rule_of_which_the_global_filters_leave_nothing(
    own: dict[str, Any], everywhere: dict[str, Any], expected: list[str]
) -> None:
    record = baseline(rule(**own), system=OS.AMAZON_LINUX_2, global_filters=group(**everywhere))
    findings = [
        each
        for each in warn_about_patch_baseline(record, today=dt.date(2026, 1, 1))
        if each.id == "rule-without-patches"
    ]
    assert [finding.received for finding in findings] == expected
