from dataclasses import replace
from typing import Any

import pytest

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.ring import RingRecord
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.rings.ring import check_ring, check_rollout

SCHEDULE = ScheduleRecord(expression="cron(0 2 ? * SUN *)")
LATER = Unknown("a parameter without a default")


def _ring(name: str = "dev", **changes: Any) -> RingRecord:
    ring = RingRecord(
        name=name,
        order=1,
        patch_groups=(f"{name}-web",),
        scan=SCHEDULE,
        install=SCHEDULE,
        reboot_option="RebootIfNeeded",
        max_concurrency="50%",
        max_errors="10%",
        soak_hours=None,
    )
    return replace(ring, **changes)


def _found(findings: list[Finding]) -> list[tuple[str, str]]:
    assert {finding.level for finding in findings} <= {Level.ERROR}
    return [(finding.id, finding.field) for finding in findings]


def test_a_sound_ring_has_no_finding() -> None:
    assert check_ring(_ring()) == []


@pytest.mark.parametrize("name", ["", "pre prod", "dev,test", 'dev"', "{dev}", "prüf", "dev/1"])
def test_a_ring_name_that_cannot_stand_in_a_window_name_or_a_tag(name: str) -> None:
    assert _found(check_ring(_ring(name))) == [(FindingId.RING_NAME, "name")]


@pytest.mark.parametrize("name", ["d", "pre-prod", "Wave_1.2"])
def test_a_ring_name_that_can(name: str) -> None:
    assert check_ring(_ring(name)) == []


@pytest.mark.parametrize("patch_groups", [(), ("web", "batch", "web")])
def test_a_ring_has_groups_and_none_twice(patch_groups: tuple[str, ...]) -> None:
    findings = check_ring(_ring(patch_groups=patch_groups))
    assert _found(findings) == [(FindingId.RING_PATCH_GROUPS, "patch_groups")]


def test_an_install_needs_an_explicit_reboot_choice() -> None:
    (finding,) = check_ring(_ring(reboot_option=None))
    assert str(finding) == (
        "reboot_option: a ring that installs needs an explicit choice; allowed: RebootIfNeeded, NoReboot"
    )


def test_a_reboot_choice_without_an_install_is_a_mistake() -> None:
    assert _found(check_ring(_ring(install=None))) == [(FindingId.RING_REBOOT_OPTION, "reboot_option")]


def test_a_ring_that_only_scans_needs_no_reboot_choice() -> None:
    assert check_ring(_ring(install=None, reboot_option=None)) == []


def test_a_reboot_choice_that_aws_does_not_know() -> None:
    findings = check_ring(_ring(reboot_option="Auto"))
    assert _found(findings) == [(FindingId.TASK_REBOOT_OPTION, "reboot_option")]


def test_the_budget_follows_the_rules_of_window_tasks() -> None:
    findings = check_ring(_ring(max_concurrency="0", max_errors="all"))
    assert _found(findings) == [
        (FindingId.TASK_BUDGET, "max_concurrency"),
        (FindingId.TASK_BUDGET, "max_errors"),
    ]


@pytest.mark.parametrize(("value", "found"), [(0, True), (1, False), (1.5, True), (True, True), (-3, True)])
def test_order_and_soak_are_whole_numbers_from_one(value: Any, found: bool) -> None:
    assert _found(check_ring(_ring(order=value))) == [(FindingId.RING_ORDER, "order")] * found
    assert _found(check_ring(_ring(soak_hours=value))) == [(FindingId.RING_SOAK_HOURS, "soak_hours")] * found


def test_numbers_that_are_not_known_are_not_judged() -> None:
    assert check_ring(_ring(order=LATER, soak_hours=LATER)) == []


def test_a_rollout_of_rings_in_order_has_no_finding() -> None:
    rings = [_ring("dev"), _ring("test", order=2), _ring("prod", order=7)]
    assert check_rollout("web", rings, []) == []


def test_a_rollout_needs_a_ring() -> None:
    assert _found(check_rollout("web", [], [])) == [(FindingId.RING_MISSING, "rings")]


@pytest.mark.parametrize("second", ["dev", "Dev"])
def test_two_rings_with_one_name(second: str) -> None:
    rings = [_ring("dev"), _ring(second, order=2, patch_groups=("other",))]
    assert _found(check_rollout("web", rings, [])) == [(FindingId.RING_NAME_DUPLICATE, "rings[1].name")]


@pytest.mark.parametrize("order", [1, 2])
def test_the_order_of_rings_increases(order: int) -> None:
    rings = [_ring("dev", order=2), _ring("prod", order=order)]
    (finding,) = check_rollout("web", rings, [])
    assert (finding.id, finding.field, finding.allowed) == (
        FindingId.RING_ORDER,
        "rings[1].order",
        "3 or more",
    )


def test_one_patch_group_in_two_rings() -> None:
    rings = [_ring("dev"), _ring("test", order=2), _ring("prod", order=3, patch_groups=("new", "dev-web"))]
    (finding,) = check_rollout("web", rings, [])
    assert (finding.id, finding.field) == (FindingId.RING_PATCH_GROUP_SHARED, "rings[2].patch_groups")
    assert str(finding).startswith(
        "rings[2].patch_groups: ring 'dev' already holds this group, got 'dev-web' (see https://"
    )


def test_a_group_twice_in_one_ring_is_not_shared_between_rings() -> None:
    assert check_rollout("web", [_ring(patch_groups=("web", "web"))], []) == []


def test_names_and_groups_that_are_not_known_are_not_compared() -> None:
    rings = [
        _ring(order=1, patch_groups=(LATER,)),
        replace(_ring(order=2, patch_groups=(LATER,)), name=LATER),
        replace(_ring(order=LATER, patch_groups=("web",)), name=LATER),
    ]
    assert check_rollout("web", rings, []) == []


def test_a_wrong_rollout_name_is_reported_once_and_not_for_each_window() -> None:
    windows = [
        WindowRecord(name=f"my rollout-dev-{step}", schedule=SCHEDULE, duration_hours=0, cutoff_hours=0)
        for step in ("scan", "install")
    ]
    assert [finding.id for finding in check_rollout("my rollout", [_ring()], windows)] == [
        FindingId.ROLLOUT_NAME,
        FindingId.WINDOW_DURATION,
        FindingId.WINDOW_DURATION,
    ]


def test_names_that_are_together_too_long_for_a_window() -> None:
    name = f"{'r' * 60}-{'d' * 64}-install"
    window = WindowRecord(name=name, schedule=SCHEDULE, duration_hours=2, cutoff_hours=1)
    assert _found(check_rollout("r" * 60, [_ring("d" * 64)], [window])) == [
        (FindingId.WINDOW_NAME, f"windows[{name}].name")
    ]
