from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patching_constructs.analysis.landing import Approval
from patching_constructs.analysis.patch_classes import NEVER_APPROVED, PatchClass, patch_classes
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchFilterRecord, PatchRuleRecord
from patching_constructs.model.unknown import Unknown

AL2023 = OperatingSystem.AMAZON_LINUX_2023
AT_ONCE = Approval(after_days=0)
LATER = Unknown("a parameter")


def rule(
    days: int | None = None, *, until: Any = None, non_security: Any = None, **filters: Any
) -> PatchRuleRecord:
    return PatchRuleRecord(
        patch_filters=tuple(PatchFilterRecord(key=key, values=values) for key, values in filters.items()),
        approve_after_days=days,
        approve_until_date=until,
        enable_non_security=non_security,
    )


def baseline(*rules: PatchRuleRecord, **changes: Any) -> PatchBaselineRecord:
    return PatchBaselineRecord(name="example", approval_rules=rules, **changes)


def classes(*baselines: PatchBaselineRecord, system: OperatingSystem = AL2023) -> dict[str, list[object]]:
    """Map what the patches are to the days of each baseline, None for never."""
    found = patch_classes(system, baselines)
    assert isinstance(found, tuple)
    return {
        "; ".join(each.names): [
            approval.after_days if approval.published_before is None else approval
            for approval in each.approvals
        ]
        for each in found
    }


def test_two_baselines_divide_patches_where_either_of_them_does() -> None:
    dev = baseline(rule(0, CLASSIFICATION=("Security", "Bugfix")))
    prod = baseline(rule(7, CLASSIFICATION=("Security",), SEVERITY=("Critical",)))
    assert classes(dev, prod) == {
        "CLASSIFICATION Security, SEVERITY Critical": [0, 7],
        "CLASSIFICATION Bugfix, SEVERITY Critical; CLASSIFICATION Bugfix or Security, "
        "SEVERITY other than Critical": [0, None],
    }


def test_the_least_delay_of_all_matching_rules_counts() -> None:
    both = baseline(rule(14, CLASSIFICATION=("*",)), rule(3, SEVERITY=("Critical",)))
    assert classes(both) == {"SEVERITY Critical": [3], "SEVERITY other than Critical": [14]}


def test_a_rule_without_filters_matches_every_patch() -> None:
    assert classes(baseline(rule(5))) == {"all patches": [5]}


def test_global_filters_keep_patches_out_before_any_rule() -> None:
    limited = baseline(
        rule(5), global_filters=(PatchFilterRecord(key="CLASSIFICATION", values=("Security",)),)
    )
    assert classes(limited) == {"CLASSIFICATION Security": [5]}


def test_a_value_that_no_baseline_names_is_a_patch_too_unless_all_values_are_known() -> None:
    severities = ("Critical", "Important", "Medium", "Low")
    assert classes(baseline(rule(5, SEVERITY=severities))) == {
        "SEVERITY Critical, Important, Low or Medium": [5]
    }, "notices need not state a severity"
    sets = baseline(rule(5, PATCH_SET=("OS", "APPLICATION")))
    assert classes(sets, system=OperatingSystem.WINDOWS) == {"all patches": [5]}


def test_a_windows_rule_without_patch_set_leaves_applications_alone() -> None:
    dev = baseline(rule(0, CLASSIFICATION=("SecurityUpdates",)))
    prod = baseline(rule(0, PATCH_SET=("APPLICATION",), CLASSIFICATION=("SecurityUpdates",)))
    assert classes(dev, prod, system=OperatingSystem.WINDOWS) == {
        "CLASSIFICATION SecurityUpdates, PATCH_SET APPLICATION": [None, 0],
        "CLASSIFICATION SecurityUpdates, PATCH_SET OS": [0, None],
    }


def test_an_approved_patch_waits_for_nothing_and_a_rejected_one_forever_even_if_it_is_approved() -> None:
    dev = baseline(rule(0), approved_patches=("kernel",), rejected_patches=("curl*", "zlib"))
    prod = baseline(rule(7), approved_patches=("kernel", "curl-8"), rejected_patches=("zlib",))
    found = classes(dev, prod)
    assert found == {
        "all patches": [0, 7],
        "patch kernel": [0, 0],
        "patch curl-8": [None, 0],
        "patch curl*": [None, 7],
    }


def test_packages_that_enable_non_security_lets_in_without_a_notice_wait_for_nothing() -> None:
    dev = baseline(rule(0, PRODUCT=("*",), non_security=True))
    prod = baseline(rule(7, PRODUCT=("*",), non_security=True))
    assert classes(dev, prod) == {"all patches": [0, 7], "packages without a notice": [0, 0]}
    assert "packages without a notice" not in classes(dev, prod, system=OperatingSystem.WINDOWS)


def test_a_date_approves_what_was_published_by_the_end_of_that_day() -> None:
    (only,) = classes(baseline(rule(until="2026-12-31"), rule(7))).values()
    assert only == [Approval(after_days=7, published_before=datetime(2027, 1, 1, tzinfo=UTC))]


@pytest.mark.parametrize("system", [OperatingSystem.UBUNTU, OperatingSystem.DEBIAN, OperatingSystem.RASPBIAN])
def test_on_apt_systems_every_approval_is_immediate(system: OperatingSystem) -> None:
    assert classes(baseline(rule(7, PRIORITY=("*",))), system=system) == {"all patches": [0]}
    assert classes(baseline(rule(LATER)), system=system) == {"all patches": [0]}  # type: ignore[arg-type]


def test_patches_that_no_one_approves_are_no_class() -> None:
    assert classes(baseline()) == {}


@pytest.mark.parametrize(
    "unknown",
    [
        replace(baseline(), approval_rules=LATER),
        replace(baseline(), global_filters=LATER),
        replace(baseline(), approved_patches=LATER),
        replace(baseline(), rejected_patches=("zlib", LATER)),
        baseline(rule(LATER)),  # type: ignore[arg-type]
        baseline(rule(until=LATER)),
        baseline(rule(7, non_security=LATER)),
        baseline(rule(7, CLASSIFICATION=LATER)),
        baseline(rule(7, CLASSIFICATION=("Security", LATER))),
        baseline(PatchRuleRecord(patch_filters=LATER, approve_after_days=7)),
    ],
)
def test_what_is_not_known_makes_the_classes_unknown(unknown: PatchBaselineRecord) -> None:
    assert patch_classes(AL2023, [baseline(rule(0)), unknown]) == LATER


@pytest.mark.parametrize(
    ("unclear", "reason"),
    [
        (rule(), "an approval rule has no approval time"),
        (rule(until="soon"), "approve_until_date 'soon' is not a date"),
    ],
)
def test_a_rule_without_a_sound_approval_time_makes_the_classes_unknown(
    unclear: PatchRuleRecord, reason: str
) -> None:
    assert patch_classes(AL2023, [baseline(unclear)]) == Unknown(reason)


# --- against every single patch ---

CLASSIFICATIONS = ("Security", "Bugfix", "Enhancement", "Newpackage")
SEVERITIES = ("Critical", "Low", "unheard-of")
VALUES = {"CLASSIFICATION": ("Security", "Bugfix", "*"), "SEVERITY": ("Critical", "Low", "*")}

RULES = st.builds(
    lambda days, filters: rule(days, **filters),
    st.integers(0, 3),
    st.fixed_dictionaries(
        {},
        optional={
            key: st.sets(st.sampled_from(values), min_size=1).map(tuple) for key, values in VALUES.items()
        },
    ),
)
BASELINES = st.builds(
    lambda rules, allowed: baseline(
        *rules,
        global_filters=() if allowed is None else (PatchFilterRecord(key="CLASSIFICATION", values=allowed),),
    ),
    st.lists(RULES, max_size=3),
    st.none() | st.sets(st.sampled_from(CLASSIFICATIONS[:3]), min_size=1).map(tuple),
)


def passes(filters: Any, patch: dict[str, str]) -> bool:
    return all("*" in each.values or patch[each.key] in each.values for each in filters)


def approval(record: PatchBaselineRecord, patch: dict[str, str]) -> Approval:
    assert isinstance(record.approval_rules, tuple)
    days = [
        each.approve_after_days
        for each in record.approval_rules
        if isinstance(each.approve_after_days, int)
        and passes(record.global_filters, patch)
        and passes(each.patch_filters, patch)
    ]
    return Approval(after_days=min(days)) if days else NEVER_APPROVED


@given(st.lists(BASELINES, min_size=1, max_size=3))
def test_the_classes_are_the_decisions_about_every_single_patch(baselines: list[PatchBaselineRecord]) -> None:
    expected = set()
    for classification, severity in product(CLASSIFICATIONS, SEVERITIES):
        patch = {"CLASSIFICATION": classification, "SEVERITY": severity}
        expected.add(tuple(approval(record, patch) for record in baselines))
    expected.discard((NEVER_APPROVED,) * len(baselines))
    found = patch_classes(AL2023, baselines)
    assert isinstance(found, tuple)
    assert {each.approvals for each in found} == expected
    assert len(found) == len(expected)
    assert all(isinstance(each, PatchClass) and each.names for each in found)


def _reason(*baselines: PatchBaselineRecord) -> str:
    found = patch_classes(OperatingSystem.WINDOWS, baselines)
    assert isinstance(found, Unknown)
    return found.reason


def test_what_aws_refuses_anyway_is_not_worked_out() -> None:
    assert "more than 10 rules" in _reason(baseline(*(rule(days) for days in range(11))))
    names = tuple(f"KB{number}" for number in range(51))
    assert "more than 50 patch names" in _reason(baseline(rule(0), approved_patches=names))
    assert "more than 50 patch names" in _reason(baseline(rule(0), rejected_patches=names))


def test_filters_that_tell_millions_of_patches_apart_are_too_many() -> None:
    keys = ("CLASSIFICATION", "MSRC_SEVERITY", "PRODUCT", "PRODUCT_FAMILY")
    several = [
        baseline(*(rule(0, **dict.fromkeys(keys, (f"{name}{number}",))) for number in range(10)))
        for name in ("a", "b", "c")
    ]
    assert "kinds of patches" in _reason(*several)
    assert isinstance(patch_classes(OperatingSystem.WINDOWS, several[:1]), tuple)
