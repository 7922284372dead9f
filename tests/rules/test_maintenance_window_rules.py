from dataclasses import replace
from typing import Any

import pytest

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.maintenance_window import TargetRecord, TaskRecord, WindowRecord
from patching_constructs.model.maintenance_window_limits import MaintenanceWindowQuotas
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.windows.maintenance_window import (
    check_maintenance_window,
    check_maintenance_windows,
)

LATER = Unknown("a parameter without a default")


def _target(*values: str, key: str = "tag:PatchGroup") -> TargetRecord:
    return TargetRecord(resource_type="INSTANCE", targets=((key, values or ("prod",)),))


def _task(**changes: Any) -> TaskRecord:
    task = TaskRecord(
        task_type="RUN_COMMAND",
        task_arn="AWS-RunPatchBaseline",
        priority=1,
        targets=(_target(),),
        max_concurrency="10%",
        max_errors="1",
        cutoff_behavior="CONTINUE_TASK",
        parameters={"Operation": ("Install",), "RebootOption": ("NoReboot",)},
    )
    return replace(task, **changes)


def _window(**changes: Any) -> WindowRecord:
    window = WindowRecord(
        name="web-prod-install",
        schedule=ScheduleRecord(expression="cron(0 2 ? * SUN *)"),
        duration_hours=4,
        cutoff_hours=1,
        targets=(_target(),),
        tasks=(_task(),),
    )
    return replace(window, **changes)


def _check_task(**changes: Any) -> list[Finding]:
    return check_maintenance_window(_window(tasks=(_task(**changes),)))


def _ids(findings: list[Finding]) -> list[str]:
    return [finding.id for finding in findings]


def test_a_sound_window_has_no_finding() -> None:
    assert check_maintenance_window(_window()) == []


def test_every_mistake_of_a_window_is_found_at_once() -> None:
    findings = check_maintenance_window(
        _window(
            name="no",
            schedule=ScheduleRecord(expression="cron(0 2 * * *)"),
            duration_hours=25,
            tasks=(_task(max_errors="many"),),
        )
    )
    assert _ids(findings) == [
        FindingId.WINDOW_NAME,
        FindingId.SCHEDULE_EXPRESSION,
        FindingId.WINDOW_DURATION,
        FindingId.TASK_BUDGET,
    ]
    assert {finding.level for finding in findings} == {Level.ERROR}


@pytest.mark.parametrize("name", ["abc", "a" * 128, "A-z_0.9"])
def test_a_name_that_aws_accepts(name: str) -> None:
    assert check_maintenance_window(_window(name=name)) == []


@pytest.mark.parametrize("name", ["", "ab", "a" * 129, "patch window", "prüfung", "abc\n"])
def test_a_name_that_aws_refuses(name: str) -> None:
    assert _ids(check_maintenance_window(_window(name=name))) == [FindingId.WINDOW_NAME]


@pytest.mark.parametrize(("length", "found"), [(0, True), (1, False), (128, False), (129, True)])
def test_a_description_has_1_to_128_characters(length: int, found: bool) -> None:
    findings = check_maintenance_window(_window(description="x" * length))
    assert _ids(findings) == [FindingId.WINDOW_TEXT] * found


@pytest.mark.parametrize(("duration", "found"), [(0, True), (2, False), (24, False), (25, True), (3.5, True)])
def test_a_window_is_open_for_1_to_24_whole_hours(duration: Any, found: bool) -> None:
    findings = check_maintenance_window(_window(duration_hours=duration))
    assert _ids(findings) == [FindingId.WINDOW_DURATION] * found


@pytest.mark.parametrize(("cutoff", "found"), [(-1, True), (0, False), (23, False), (24, True), (True, True)])
def test_a_cutoff_is_0_to_23_whole_hours(cutoff: Any, found: bool) -> None:
    findings = check_maintenance_window(_window(duration_hours=24, cutoff_hours=cutoff))
    assert _ids(findings) == [FindingId.WINDOW_CUTOFF] * found


@pytest.mark.parametrize(("duration", "cutoff"), [(1, 1), (4, 4), (4, 5), (4, 23)])
def test_no_command_can_start_when_the_cutoff_is_not_below_the_duration(duration: int, cutoff: int) -> None:
    (finding,) = check_maintenance_window(_window(duration_hours=duration, cutoff_hours=cutoff))
    assert str(finding).startswith(
        f"cutoff_hours: not below duration_hours {duration}, so that no command can ever start, "
        f"got {cutoff}; allowed: 0 to {duration - 1} whole hours"
    )


def test_the_shortest_window_has_no_cutoff() -> None:
    assert check_maintenance_window(_window(duration_hours=1, cutoff_hours=0)) == []


@pytest.mark.parametrize("hours", [{"duration_hours": LATER}, {"cutoff_hours": LATER}])
def test_hours_that_are_not_known_are_said_to_be_undecided(hours: dict[str, Any]) -> None:
    (finding,) = check_maintenance_window(_window(**hours))
    assert (finding.level, finding.undecided) == (Level.INFO, LATER.reason)


def test_hours_that_are_known_are_judged_beside_one_that_is_not() -> None:
    findings = check_maintenance_window(_window(duration_hours=LATER, cutoff_hours=24))
    assert [finding.level for finding in findings] == [Level.INFO, Level.ERROR]


@pytest.mark.parametrize(("keys", "found"), [(0, True), (1, False), (5, False), (6, True)])
def test_a_target_has_1_to_5_keys(keys: int, found: bool) -> None:
    target = TargetRecord(
        resource_type="INSTANCE", targets=tuple((f"tag:Key{index}", ("x",)) for index in range(keys))
    )
    findings = check_maintenance_window(_window(targets=(target,)))
    assert _ids(findings) == [FindingId.WINDOW_TARGET] * found


@pytest.mark.parametrize(("values", "found"), [(1, False), (50, False), (51, True)])
def test_a_key_has_at_most_50_values(values: int, found: bool) -> None:
    target = _target(*(f"group-{index}" for index in range(values)))
    findings = check_maintenance_window(_window(targets=(target,)))
    assert _ids(findings) == [FindingId.WINDOW_TARGET] * found


def test_a_key_without_values_is_refused() -> None:
    target = TargetRecord(resource_type="INSTANCE", targets=(("tag:PatchGroup", ()),))
    (finding,) = check_maintenance_window(_window(targets=(target,)))
    assert finding.field == "targets[0].targets[tag:PatchGroup]"


def test_both_tag_keys_of_a_patch_group_in_one_target_match_no_node() -> None:
    target = TargetRecord(
        resource_type="INSTANCE", targets=(("tag:PatchGroup", ("a",)), ("tag:Patch Group", ("b",)))
    )
    (finding,) = check_maintenance_window(_window(targets=(target,)))
    assert finding.id == FindingId.WINDOW_TARGET_MIXED_TAG_KEYS
    assert finding.level is Level.ERROR


def test_other_tag_keys_may_stand_together() -> None:
    target = TargetRecord(
        resource_type="INSTANCE", targets=(("tag:PatchGroup", ("a",)), ("tag:Critical", ("no",)))
    )
    assert check_maintenance_window(_window(targets=(target,))) == []


def test_a_target_names_what_it_registers() -> None:
    target = replace(_target(), resource_type="NODE", name="x", owner_information="y" * 129)
    findings = check_maintenance_window(_window(targets=(target,)))
    assert [(finding.id, finding.field) for finding in findings] == [
        (FindingId.WINDOW_TARGET, "targets[0].resource_type"),
        (FindingId.WINDOW_NAME, "targets[0].name"),
        (FindingId.WINDOW_TEXT, "targets[0].owner_information"),
    ]


@pytest.mark.parametrize(
    "target",
    [
        TargetRecord(resource_type="INSTANCE", targets=LATER),
        TargetRecord(resource_type=LATER, targets=(("tag:PatchGroup", LATER),)),
    ],
)
def test_a_target_that_is_not_known_is_no_error(target: TargetRecord) -> None:
    findings = check_maintenance_window(_window(targets=(target,)))
    assert [finding.level for finding in findings] == [Level.INFO]


@pytest.mark.parametrize("max_concurrency", ["1", "50", "9999999", "1%", "10%", "99%", "100%"])
def test_a_concurrency_that_aws_accepts(max_concurrency: str) -> None:
    assert _check_task(max_concurrency=max_concurrency) == []


@pytest.mark.parametrize(
    "max_concurrency", ["0", "0%", "", "01", "101%", "00%", "10 %", "ten", "-1", "1.5", "10000000", 10]
)
def test_a_concurrency_that_aws_refuses(max_concurrency: Any) -> None:
    findings = _check_task(max_concurrency=max_concurrency)
    assert [(finding.id, finding.field) for finding in findings] == [
        (FindingId.TASK_BUDGET, "tasks[0].max_concurrency")
    ]


@pytest.mark.parametrize("max_errors", ["0", "0%", "1", "9999999", "5%", "99%", "100%"])
def test_an_error_budget_that_aws_accepts(max_errors: str) -> None:
    assert _check_task(max_errors=max_errors) == []


@pytest.mark.parametrize("max_errors", ["", "00", "01%", "101%", "none", "-1", 0])
def test_an_error_budget_that_aws_refuses(max_errors: Any) -> None:
    findings = _check_task(max_errors=max_errors)
    assert [(finding.id, finding.field) for finding in findings] == [
        (FindingId.TASK_BUDGET, "tasks[0].max_errors")
    ]


def test_a_task_with_targets_needs_both_budgets() -> None:
    findings = _check_task(max_concurrency=None, max_errors=None)
    assert [finding.field for finding in findings] == ["tasks[0].max_concurrency", "tasks[0].max_errors"]


def test_a_task_without_targets_takes_no_budget() -> None:
    findings = _check_task(targets=())
    assert [finding.message for finding in findings] == ["refused for a task without targets"] * 2


def test_a_lambda_task_without_targets_and_budget_is_legal() -> None:
    task = TaskRecord(
        task_type="LAMBDA", task_arn="arn:aws:lambda:eu-west-1:111111111111:function:x", priority=0
    )
    assert check_maintenance_window(_window(tasks=(task,))) == []


@pytest.mark.parametrize(
    ("changes", "id"),
    [
        ({"task_type": "RUN"}, FindingId.TASK_TYPE),
        ({"priority": -1}, FindingId.TASK_PRIORITY),
        ({"cutoff_behavior": "STOP"}, FindingId.TASK_CUTOFF_BEHAVIOR),
        ({"parameters": {"Operation": ("Patch",)}}, FindingId.TASK_OPERATION),
        ({"parameters": {"Operation": ("Scan", "Install")}}, FindingId.TASK_OPERATION),
        ({"parameters": {}}, FindingId.TASK_OPERATION),
        (
            {"parameters": {"Operation": ("Install",), "RebootOption": ("Never",)}},
            FindingId.TASK_REBOOT_OPTION,
        ),
    ],
)
def test_a_task_that_aws_refuses(changes: dict[str, Any], id: FindingId) -> None:
    findings = _check_task(**changes)
    assert [(finding.id, finding.level) for finding in findings] == [(id, Level.ERROR)]


def test_an_install_that_leaves_the_reboot_to_the_default_is_a_warning() -> None:
    (finding,) = _check_task(parameters={"Operation": ("Install",)})
    assert (finding.id, finding.level) == (FindingId.TASK_REBOOT_OPTION_IMPLICIT, Level.WARNING)


def test_a_scan_never_reboots_so_it_needs_no_choice() -> None:
    assert _check_task(parameters={"Operation": ("Scan",)}) == []


def test_parameters_of_other_documents_are_not_judged() -> None:
    assert _check_task(task_arn="AWS-UpdateSSMAgent", parameters={}) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"task_type": LATER},
        {"cutoff_behavior": LATER},
        {"max_concurrency": LATER},
        {"max_errors": LATER},
        {"parameters": {"Operation": LATER}},
        {"parameters": {"Operation": (LATER,)}},
        {"parameters": {"Operation": ("Install",), "RebootOption": LATER}},
        {"parameters": {"Operation": ("Install",), "RebootOption": (LATER,)}},
    ],
)
def test_a_task_field_that_is_not_known_is_said_to_be_undecided(changes: dict[str, Any]) -> None:
    (finding,) = _check_task(**changes)
    assert (finding.level, finding.undecided) == (Level.INFO, LATER.reason)


def test_a_priority_that_is_not_known_is_no_error() -> None:
    assert _check_task(priority=LATER) == []


@pytest.mark.parametrize(("tasks", "found"), [(20, False), (21, True)])
def test_a_window_has_at_most_20_tasks(tasks: int, found: bool) -> None:
    findings = check_maintenance_window(_window(tasks=(_task(),) * tasks))
    assert [finding.field for finding in findings] == ["tasks"] * found


@pytest.mark.parametrize(("targets", "found"), [(100, False), (101, True)])
def test_a_window_has_at_most_100_targets(targets: int, found: bool) -> None:
    findings = check_maintenance_window(_window(targets=(_target(),) * targets))
    assert [finding.field for finding in findings] == ["targets"] * found


@pytest.mark.parametrize(("targets", "found"), [(10, False), (11, True)])
def test_a_task_has_at_most_10_targets(targets: int, found: bool) -> None:
    findings = _check_task(targets=(_target(),) * targets)
    assert [finding.field for finding in findings] == ["tasks[0].targets"] * found


@pytest.mark.parametrize(("windows", "found"), [(50, False), (51, True)])
def test_an_account_and_region_has_at_most_50_windows(windows: int, found: bool) -> None:
    findings = check_maintenance_windows([_window()] * windows)
    assert _ids(findings) == [FindingId.WINDOW_QUOTA] * found


def test_more_than_a_quota_names_the_quota_to_raise() -> None:
    window = _window(targets=(_target(),) * 101, tasks=(_task(targets=(_target(),) * 11),) * 21)
    allowed = {finding.allowed for finding in check_maintenance_windows([window] * 51)}
    assert {
        f"up to {quota}; if AWS has raised the quota, set quotas.{name}"
        for name, quota in {
            "windows_per_account_and_region": 50,
            "tasks_per_window": 20,
            "targets_per_window": 100,
            "targets_per_task": 10,
        }.items()
    } <= allowed


def test_a_quota_that_aws_has_raised_counts() -> None:
    quotas = MaintenanceWindowQuotas(
        windows_per_account_and_region=51, tasks_per_window=21, targets_per_window=101, targets_per_task=11
    )
    window = _window(targets=(_target(),) * 101, tasks=(_task(targets=(_target(),) * 11),) * 21)
    assert check_maintenance_windows([window] * 51, quotas=quotas) == []


def test_findings_about_several_windows_say_which_one() -> None:
    (finding,) = check_maintenance_windows([_window(), _window(name="web-dev-scan", duration_hours=0)])
    assert finding.field == "windows[web-dev-scan].duration_hours"
