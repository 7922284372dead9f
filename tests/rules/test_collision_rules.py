from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from patching_constructs.analysis.collisions import window_traffic
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.location import Location
from patching_constructs.model.maintenance_window import TargetRecord, TaskRecord, WindowRecord
from patching_constructs.model.maintenance_window_limits import MaintenanceWindowQuotas
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.windows.collisions import check_collisions
from patching_constructs.schedules.span import Span

LATER = Unknown("a parameter without a default")


def target(*groups: str, key: str = "tag:PatchGroup") -> TargetRecord:
    return TargetRecord(resource_type="INSTANCE", targets=((key, groups),))


def window(name: str, cron: str, *groups: str, operation: str = "Install", **changes: Any) -> WindowRecord:
    targets = (target(*(groups or ("web",))),)
    task = TaskRecord(
        task_type="RUN_COMMAND",
        task_arn="AWS-RunPatchBaseline",
        priority=1,
        targets=targets,
        max_concurrency="10%",
        max_errors="1",
        parameters={"Operation": (operation,)},
    )
    return replace(
        WindowRecord(
            name=name,
            schedule=ScheduleRecord(expression=f"cron({cron})"),
            duration_hours=3,
            cutoff_hours=1,
            targets=targets,
            tasks=(task,),
            location=Location(logical_id=name.title()),
        ),
        **changes,
    )


def check(*windows: WindowRecord, **quotas: int) -> list[Finding]:
    traffic = window_traffic(
        windows,
        Span(from_=datetime(2026, 12, 1, tzinfo=UTC), until=datetime(2027, 12, 1, tzinfo=UTC)),
    )
    return check_collisions(traffic, quotas=MaintenanceWindowQuotas(**quotas))


def test_windows_of_different_groups_may_be_open_at_once() -> None:
    assert check(window("web", "0 2 ? * SUN *", "web"), window("db", "0 2 ? * SUN *", "db")) == []


def test_windows_of_one_group_that_follow_each_other_do_not_collide() -> None:
    scan = window("scan", "0 18 ? * WED *", operation="Scan")
    assert check(scan, window("install", "0 21 ? * WED *")) == []


def test_two_installs_on_one_group_collide_with_the_first_date_and_the_count() -> None:
    [finding] = check(window("weekly", "0 2 ? * SUN *"), window("monthly", "0 4 ? * SUN#1 *"))
    assert (finding.id, finding.level) == (FindingId.WINDOWS_COLLIDE, Level.ERROR)
    assert finding.received == "12 times, first from Sun 2026-12-06 04:00 UTC to Sun 2026-12-06 05:00 UTC"
    assert finding.location == Location(logical_id="Weekly")
    assert "'monthly'" in finding.message


def test_installs_whose_tags_a_node_may_have_both_are_warnings() -> None:
    by_app = window("app", "0 2 ? * SUN *")
    task = replace(by_app.tasks[0], targets=(target("shop", key="tag:App"),))
    [finding] = check(replace(by_app, tasks=(task,)), window("web", "0 2 ? * SUN *"))
    assert (finding.id, finding.level) == (FindingId.WINDOWS_COLLIDE, Level.WARNING)
    assert "if they have the tags of both" in finding.message


@pytest.mark.parametrize("scan_first", [True, False])
def test_a_scan_of_nodes_that_are_being_patched_is_a_warning_at_the_install(scan_first: bool) -> None:
    install = window("install", "0 2 ? * SUN *")
    scan = window("scan", "0 3 * * ? *", operation="Scan")
    [finding] = check(*((scan, install) if scan_first else (install, scan)))
    assert (finding.id, finding.level) == (FindingId.SCAN_DURING_INSTALL, Level.WARNING)
    assert finding.location == Location(logical_id="Install")
    assert finding.received is not None
    assert finding.received.startswith("52 times, first from Sun 2026-12-06 03:00 UTC")


def test_two_scans_at_once_harm_no_one() -> None:
    scan = window("scan", "0 3 * * ? *", operation="Scan")
    assert check(scan, replace(scan, name="again")) == []


def test_targets_that_are_not_known_are_said_and_not_taken_for_others() -> None:
    other = window("other", "0 2 ? * SUN *")
    task = replace(other.tasks[0], targets=(TargetRecord(resource_type="INSTANCE", targets=LATER),))
    [finding] = check(window("web", "0 2 ? * SUN *"), replace(other, tasks=(task,)))
    assert (finding.id, finding.level) == (FindingId.WINDOWS_COLLIDE, Level.INFO)
    assert finding.undecided == f"the nodes of both are not known: {LATER.reason}"


def test_an_operation_that_is_not_known_may_install() -> None:
    other = window("other", "0 2 ? * SUN *")
    task = replace(other.tasks[0], parameters={"Operation": LATER})
    [finding] = check(window("web", "0 2 ? * SUN *"), replace(other, tasks=(task,)))
    assert finding.undecided is not None


def test_each_task_and_each_target_of_a_window_counts() -> None:
    other = window("other", "0 2 ? * SUN *", "db")
    [task] = other.tasks
    two = replace(task, targets=(target("web"), target("db")))
    for tasks in ((replace(task, targets=(target("web"),)), task), (two, task), (task, two)):
        [finding] = check(window("web", "0 2 ? * SUN *"), replace(other, tasks=tasks))
        assert (finding.id, finding.level) == (FindingId.WINDOWS_COLLIDE, Level.ERROR)


def test_a_task_that_may_install_adds_to_those_that_do() -> None:
    other = window("other", "0 2 ? * SUN *")
    [task] = other.tasks
    perhaps = replace(task, parameters={"Operation": LATER}, targets=(target("db"),))
    [finding] = check(window("web", "0 2 ? * SUN *"), replace(other, tasks=(task, perhaps)))
    assert (finding.id, finding.level) == (FindingId.WINDOWS_COLLIDE, Level.ERROR)


def test_a_schedule_that_is_not_known_cannot_be_compared() -> None:
    later = window("later", "0 2 ? * SUN *", schedule=ScheduleRecord(expression=LATER))
    [finding] = check(window("web", "0 2 ? * SUN *"), later)
    assert (finding.level, finding.location) == (Level.INFO, Location(logical_id="Later"))
    assert finding.undecided == f"expression is not known: {LATER.reason}"


@pytest.mark.parametrize(("operation", "level"), [("Install", Level.ERROR), ("Scan", Level.WARNING)])
def test_a_window_that_starts_again_before_it_is_over_loses_runs(operation: str, level: Level) -> None:
    [finding] = check(window("often", "0 0/2 * * ? *", operation=operation))
    assert (finding.id, finding.level) == (FindingId.WINDOW_RUN_OVERLAPPING, level)
    assert finding.received is not None
    assert "first from Tue 2026-12-01 02:00 UTC to Tue 2026-12-01 03:00 UTC" in finding.received


def test_a_window_that_starts_again_as_it_ends_loses_none() -> None:
    assert check(window("often", "0 0/3 * * ? *")) == []


def many(count: int) -> list[WindowRecord]:
    return [window(f"w{number}", "0 2 ? * SUN *", f"group-{number}") for number in range(count)]


def test_five_windows_may_be_at_work_at_once() -> None:
    assert check(*many(5)) == []


def test_a_sixth_window_at_once_is_more_than_aws_runs() -> None:
    [finding] = check(*many(6))
    assert (finding.id, finding.level) == (FindingId.WINDOW_EXECUTIONS_AT_ONCE, Level.ERROR)
    assert finding.received == "6 at Sun 2026-12-06 02:00 UTC: 'w0', 'w1', 'w2', 'w3', 'w4', 'w5'"


def test_a_raised_quota_of_executions_counts() -> None:
    assert check(*many(6), executions_at_once=6) == []


def test_a_window_without_a_known_name_is_called_by_its_place() -> None:
    first = replace(window("first", "0 2 ? * SUN *"), name=LATER)
    [finding] = check(first, window("second", "0 2 ? * SUN *"))
    assert finding.field == "windows[First]"
