from dataclasses import replace
from datetime import timedelta

import pytest

from patching_constructs import (
    PROMISES,
    InvalidInputError,
    PatchGroup,
    PatchGroupTagKey,
    PatchOperation,
    PatchWindow,
    Promise,
    RebootOption,
    Ring,
    Schedule,
    Severity,
)
from patching_constructs.model.unknown import Unknown
from patching_constructs.values.ring_windows import ring_windows

SCAN = PatchWindow(schedule=Schedule.daily(hour=3), duration_hours=2, cutoff_hours=1)
INSTALL = PatchWindow(schedule=Schedule.patch_tuesday(plus_days=8, hour=2), duration_hours=5, cutoff_hours=2)
RING = Ring(
    name="prod",
    patch_groups=[PatchGroup(name="prod-web"), PatchGroup(name="prod-batch")],
    scan=SCAN,
    install=INSTALL,
    reboot_option=RebootOption.NO_REBOOT,
    max_concurrency="10%",
    max_errors="1",
)
SCANNED_RING = replace(RING, install=None, reboot_option=None)


def test_groups_cannot_be_changed_after_the_ring_was_checked() -> None:
    groups = [PatchGroup(name="prod-web")]
    ring = replace(RING, patch_groups=groups)
    groups.append(PatchGroup(name="prod-batch"))
    assert ring.patch_groups == (PatchGroup(name="prod-web"),)


def test_all_mistakes_are_raised_together_under_the_name_of_the_ring() -> None:
    with pytest.raises(InvalidInputError) as caught:
        Ring(name="prod", patch_groups=[], scan=SCAN, install=INSTALL, max_concurrency="0", max_errors="-1")
    assert [finding.field for finding in caught.value.findings] == [
        "patch_groups",
        "reboot_option",
        "max_concurrency",
        "max_errors",
    ]
    assert str(caught.value).startswith(
        "Ring 'prod': patch_groups: a ring needs at least one patch group, got none"
    )


def test_promises_are_kept_as_they_were_checked() -> None:
    promises = [PROMISES["cyber-essentials"]]
    ring = replace(RING, promises=promises)
    promises.clear()
    assert ring.record.promises == (PROMISES["cyber-essentials"],)


def test_a_ring_that_only_scans_promises_nothing() -> None:
    with pytest.raises(InvalidInputError, match="promises: a ring that only scans installs nothing"):
        replace(SCANNED_RING, promises=[PROMISES["cyber-essentials"]])


def test_a_promise_that_cannot_be_judged_is_refused_with_the_others() -> None:
    promise = Promise(name="own", within={Severity.HIGH: timedelta(minutes=5)})
    with pytest.raises(InvalidInputError) as caught:
        replace(RING, max_errors="-1", promises=[promise])
    assert [finding.field for finding in caught.value.findings] == ["max_errors", "promises[0].within[HIGH]"]


def test_there_is_no_silent_reboot() -> None:
    with pytest.raises(
        InvalidInputError, match="reboot_option: a ring that installs needs an explicit choice"
    ):
        replace(RING, reboot_option=None)


def test_a_ring_becomes_a_scan_and_an_install_window() -> None:
    windows = ring_windows("web", RING, separate_tasks=False)
    assert {operation: window.name for operation, window in windows.items()} == {
        PatchOperation.SCAN: "web-prod-scan",
        PatchOperation.INSTALL: "web-prod-install",
    }
    assert windows[PatchOperation.SCAN].schedule == SCAN.schedule.record
    assert windows[PatchOperation.INSTALL].schedule == INSTALL.schedule.record
    assert windows[PatchOperation.INSTALL].duration_hours == 5
    assert windows[PatchOperation.INSTALL].cutoff_hours == 2


def test_a_ring_that_is_only_scanned_becomes_one_window() -> None:
    assert list(ring_windows("web", SCANNED_RING, separate_tasks=False)) == [PatchOperation.SCAN]


def test_one_task_on_one_target_makes_the_budget_the_ring_s() -> None:
    window = ring_windows("web", RING, separate_tasks=False)[PatchOperation.SCAN]
    assert [target.targets for target in window.targets] == [
        (("tag:PatchGroup", ("prod-web", "prod-batch")),)
    ]
    (task,) = window.tasks
    assert task.targets == window.targets
    assert (task.max_concurrency, task.max_errors) == ("10%", "1")


def test_separate_tasks_have_one_group_each_and_equal_priority() -> None:
    ring = replace(RING, update_agent=False)
    window = ring_windows("web", ring, separate_tasks=True)[PatchOperation.INSTALL]
    assert [target.targets for target in window.targets] == [
        (("tag:PatchGroup", ("prod-web",)),),
        (("tag:PatchGroup", ("prod-batch",)),),
    ]
    assert [task.targets for task in window.tasks] == [(target,) for target in window.targets]
    assert len({task.priority for task in window.tasks}) == 1


def test_the_agent_is_updated_before_the_install_and_never_before_the_scan() -> None:
    windows = ring_windows("web", RING, separate_tasks=False)
    assert [task.task_arn for task in windows[PatchOperation.SCAN].tasks] == ["AWS-RunPatchBaseline"]
    agent, patch = windows[PatchOperation.INSTALL].tasks
    assert (agent.task_arn, patch.task_arn) == ("AWS-UpdateSSMAgent", "AWS-RunPatchBaseline")
    assert isinstance(agent.priority, int)
    assert isinstance(patch.priority, int)
    assert agent.priority < patch.priority


def test_the_agent_stays_as_it_is_where_the_ring_does_not_want_it_updated() -> None:
    windows = ring_windows("web", replace(RING, update_agent=False), separate_tasks=False)
    assert [task.task_arn for task in windows[PatchOperation.INSTALL].tasks] == ["AWS-RunPatchBaseline"]


def _agent_targets(ring: Ring, *, separate_tasks: bool = False) -> list[object]:
    windows = ring_windows("web", ring, separate_tasks=separate_tasks, snap_managed=["prod-web"])
    tasks = windows[PatchOperation.INSTALL].tasks
    return [
        target.targets for task in tasks if task.task_arn == "AWS-UpdateSSMAgent" for target in task.targets
    ]


@pytest.mark.parametrize("separate_tasks", [False, True])
def test_an_agent_that_is_a_snap_is_left_alone_unless_the_ring_wants_it_updated(separate_tasks: bool) -> None:
    open_ring, wanted = replace(RING, update_agent=None), replace(RING, update_agent=True)
    batch = (("tag:PatchGroup", ("prod-batch",)),)
    assert _agent_targets(open_ring, separate_tasks=separate_tasks) == [batch]
    only_snaps = replace(open_ring, patch_groups=open_ring.patch_groups[:1])
    assert _agent_targets(only_snaps, separate_tasks=separate_tasks) == []
    groups = {str(targets) for targets in _agent_targets(wanted, separate_tasks=separate_tasks)}
    assert "prod-web" in "".join(groups)


def test_the_further_target_of_agents_is_registered_on_the_install_window_alone() -> None:
    windows = ring_windows("web", RING, separate_tasks=False, snap_managed=["prod-web"])
    assert [len(windows[operation].targets) for operation in PatchOperation] == [1, 2]
    agent, patch = windows[PatchOperation.INSTALL].tasks
    assert (*patch.targets, *agent.targets) == windows[PatchOperation.INSTALL].targets


def test_the_reboot_choice_is_always_written_and_no_snapshot_id_ever() -> None:
    windows = ring_windows("web", RING, separate_tasks=False)
    assert windows[PatchOperation.SCAN].tasks[0].parameters == {"Operation": ("Scan",)}
    assert windows[PatchOperation.INSTALL].tasks[-1].parameters == {
        "Operation": ("Install",),
        "RebootOption": ("NoReboot",),
    }


def test_groups_under_both_tag_keys_keep_their_keys() -> None:
    ring = replace(
        RING,
        patch_groups=[
            PatchGroup(name="a"),
            PatchGroup(name="b", tag_key=PatchGroupTagKey.PATCH_GROUP_WITH_SPACE),
            PatchGroup(name="c"),
        ],
    )
    (target,) = ring_windows("web", ring, separate_tasks=False)[PatchOperation.SCAN].targets
    assert target.targets == (("tag:PatchGroup", ("a", "c")), ("tag:Patch Group", ("b",)))


def test_the_service_role_is_unknown_until_the_construct_defines_it() -> None:
    (task,) = ring_windows("web", SCANNED_RING, separate_tasks=False)[PatchOperation.SCAN].tasks
    assert isinstance(task.service_role_arn, Unknown)
