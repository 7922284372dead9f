from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from patching_constructs.analysis.collisions import window_traffic
from patching_constructs.analysis.fleet_time import FleetTime, fleet_time
from patching_constructs.analysis.quota_use import quota_use
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.maintenance_window import TargetRecord, TaskRecord, WindowRecord
from patching_constructs.model.patch_baseline import PatchBaselineRecord
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.systems_manager_quotas import SystemsManagerQuotas
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.accounts.systems_manager_quotas import check_quota_use
from patching_constructs.rules.windows.window_runs import check_fleet_time, check_window_runs
from patching_constructs.schedules.span import Span
from patching_constructs.settings.quotas import QuotaSettings

LATER = Unknown("a parameter without a default")
HORIZON = Span(from_=datetime(2026, 12, 1, tzinfo=UTC), until=datetime(2027, 12, 1, tzinfo=UTC))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def target(*groups: str) -> TargetRecord:
    return TargetRecord(resource_type="INSTANCE", targets=(("tag:PatchGroup", groups),))


def task(*groups: str, operation: str = "Install", **changes: Any) -> TaskRecord:
    return replace(
        TaskRecord(
            task_type="RUN_COMMAND",
            task_arn="AWS-RunPatchBaseline",
            priority=1,
            targets=(target(*(groups or ("web",))),),
            max_concurrency="10",
            max_errors="1",
            parameters={"Operation": (operation,)},
        ),
        **changes,
    )


def window(expression: str = "cron(0 2 ? * SUN *)", **changes: Any) -> WindowRecord:
    return replace(
        WindowRecord(
            name="web",
            schedule=ScheduleRecord(expression=expression),
            duration_hours=4,
            cutoff_hours=1,
            tasks=(task(),),
        ),
        **changes,
    )


def check_runs(record: WindowRecord, *freezes: Freeze) -> list[Finding]:
    return check_window_runs(record, HORIZON, freezes=freezes)


CHRISTMAS = Freeze(name="Christmas", from_=utc(2026, 12, 18), until=utc(2027, 1, 3, 2))


def test_a_window_that_runs_outside_all_freezes_has_no_finding() -> None:
    assert check_runs(window("cron(0 2 ? * SUN#1 *)"), CHRISTMAS) == []


def test_installs_in_a_freeze_are_counted_and_dated() -> None:
    [finding] = check_runs(window(), CHRISTMAS)
    assert (finding.id, finding.level) == (FindingId.RUN_IN_FREEZE, Level.ERROR)
    assert finding.message == (
        "falls in the freeze 'Christmas', and maintenance windows honour no calendar: it patches all the same"
    )
    assert finding.received == "2 of 52 runs, first Sun 2026-12-20 02:00 UTC"


def test_each_freeze_that_is_hit_is_a_finding_of_its_own() -> None:
    sales = Freeze(name="sales", from_=utc(2027, 3, 1), until=utc(2027, 3, 8))
    quiet = Freeze(name="quiet", from_=utc(2027, 6, 1), until=utc(2027, 6, 2))
    assert [
        (finding.message.split("'")[1], finding.received)
        for finding in check_runs(window(), CHRISTMAS, quiet, sales)
    ] == [
        ("Christmas", "2 of 52 runs, first Sun 2026-12-20 02:00 UTC"),
        ("sales", "1 of 52 runs, first Sun 2027-03-07 02:00 UTC"),
    ]


@pytest.mark.parametrize(
    ("hours", "frozen"),
    [
        ((6, 7), False),
        ((5, 7), True),
        ((1, 2), False),
        ((1, 3), True),
    ],
)
def test_a_freeze_touches_a_run_from_its_start_to_the_end_of_its_duration(
    hours: tuple[int, int], frozen: bool
) -> None:
    start, end = hours
    freeze = Freeze(name="sales", from_=utc(2026, 12, 6, start), until=utc(2026, 12, 6, end))
    assert bool(check_runs(window(), freeze)) is frozen


def test_a_window_that_was_open_before_a_freeze_may_be_done_with_its_nodes() -> None:
    freeze = Freeze(name="sales", from_=utc(2026, 12, 6, 5), until=utc(2026, 12, 6, 7))
    [finding] = check_runs(window(), freeze)
    assert finding.level is Level.WARNING
    assert finding.message.startswith("may run on into the freeze 'sales'")


def test_a_window_whose_dates_are_not_known_may_run_in_a_freeze() -> None:
    later = window(schedule=ScheduleRecord(expression=LATER))
    [finding] = check_runs(later, CHRISTMAS)
    assert (finding.id, finding.level) == (FindingId.RUN_IN_FREEZE, Level.INFO)
    assert finding.undecided is not None
    assert check_runs(later) == []
    assert check_runs(replace(later, tasks=(task(operation="Scan"),)), CHRISTMAS) == []


def test_scans_go_on_in_a_freeze() -> None:
    assert check_runs(window(tasks=(task(operation="Scan"),)), CHRISTMAS) == []


def test_a_window_that_has_had_its_last_run_is_found_with_its_date() -> None:
    ended = ScheduleRecord(expression="cron(0 2 ? * SUN *)", end_date="2026-06-01T00:00:00Z")
    [finding] = check_runs(window(schedule=ended))
    assert (finding.id, finding.level) == (FindingId.SCHEDULE_NOT_IN_HORIZON, Level.WARNING)
    assert finding.received == "'cron(0 2 ? * SUN *)', which ran last on Sun 2026-05-31 02:00 UTC"


def test_a_window_that_starts_after_the_horizon_is_found_with_its_date() -> None:
    [finding] = check_runs(window("at(2030-05-01T02:00:00)"))
    assert finding.received == "'at(2030-05-01T02:00:00)', which runs next on Wed 2030-05-01 02:00 UTC"


@pytest.mark.parametrize("expression", [LATER, "cron(0 2 31 2 ? *)", "nonsense", "rate(7 days)"])
def test_what_other_rules_say_about_a_schedule_is_not_said_twice(expression: Any) -> None:
    assert check_runs(window(expression)) == []


# --- whether the nodes get their turn ---


def fleet(record: WindowRecord, minutes: int = 30, **nodes: int) -> FleetTime | None:
    return fleet_time(record, node_counts=nodes, minutes_per_node=minutes)


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        (60, FleetTime(nodes=60, not_patched=0, needed_minutes=180)),
        (61, FleetTime(nodes=61, not_patched=1, needed_minutes=210)),
        (75, FleetTime(nodes=75, not_patched=15, needed_minutes=240)),
        (0, FleetTime(nodes=0, not_patched=0, needed_minutes=0)),
    ],
)
def test_waves_that_do_not_start_before_the_cutoff_are_left_out(nodes: int, expected: FleetTime) -> None:
    assert fleet(window(), web=nodes) == expected


def test_cancelling_at_the_cutoff_stops_the_wave_that_is_at_work() -> None:
    cancelled = window(tasks=(task(cutoff_behavior="CANCEL_TASK"),))
    assert fleet(window(), minutes=50, web=40) == FleetTime(nodes=40, not_patched=0, needed_minutes=200)
    assert fleet(cancelled, minutes=50, web=40) == FleetTime(nodes=40, not_patched=10, needed_minutes=200)
    assert fleet(cancelled, minutes=45, web=40) == FleetTime(nodes=40, not_patched=0, needed_minutes=180)


@pytest.mark.parametrize(
    ("concurrency", "needed"), [("100%", 30), ("50%", 60), ("34%", 120), ("1%", 300), ("3", 120), ("20", 30)]
)
def test_a_concurrency_in_percent_is_rounded_down_to_one_node_at_least(concurrency: str, needed: int) -> None:
    found = fleet(window(tasks=(task(max_concurrency=concurrency),)), web=10)
    assert found is not None
    assert found.needed_minutes == needed


def test_targets_of_a_task_take_turns() -> None:
    in_turn = window(tasks=(task(targets=(target("web"), target("db"))),))
    assert fleet(in_turn, web=10, db=10) == FleetTime(nodes=20, not_patched=0, needed_minutes=60)


def test_groups_of_one_target_work_together() -> None:
    together = window(tasks=(task("web", "db"),))
    assert fleet(together, web=5, db=5) == FleetTime(nodes=10, not_patched=0, needed_minutes=30)


@pytest.mark.parametrize(("priority", "needed"), [(1, 30), (2, 60)])
def test_tasks_of_equal_priority_work_side_by_side_and_others_follow(priority: int, needed: int) -> None:
    found = fleet(window(tasks=(task("db", priority=priority), task("web"))), web=10, db=10)
    assert found == FleetTime(nodes=20, not_patched=0, needed_minutes=needed)


@pytest.mark.parametrize(
    "changes",
    [
        {"max_concurrency": LATER},
        {"max_concurrency": "0"},
        {"priority": LATER},
        {"cutoff_behavior": LATER},
        {"targets": (TargetRecord(resource_type="INSTANCE", targets=LATER),)},
        {"targets": (TargetRecord(resource_type="INSTANCE", targets=(("tag:App", ("web",)),)),)},
        {"targets": (target("web", "not-counted"),)},
        {"operation": "Scan"},
    ],
)
def test_without_the_number_of_nodes_or_their_concurrency_nothing_is_worked_out(
    changes: dict[str, Any],
) -> None:
    assert fleet(window(tasks=(task(**changes),)), web=10) is None


@pytest.mark.parametrize("hours", [{"duration_hours": LATER}, {"cutoff_hours": LATER}])
def test_without_the_hours_nothing_is_worked_out(hours: dict[str, Any]) -> None:
    assert fleet(window(**hours), web=10) is None


def check_fleet(record: WindowRecord, minutes: int, nodes: int) -> list[Finding]:
    return check_fleet_time(record, node_counts={"web": nodes}, minutes_per_node=minutes)


def test_a_window_that_leaves_nodes_out_is_an_error_with_the_time_that_it_needs() -> None:
    [finding] = check_fleet(window(), 30, 75)
    assert (finding.id, finding.level) == (FindingId.WINDOW_TOO_SHORT, Level.ERROR)
    assert finding.message == "15 of 75 nodes do not get their turn before the cutoff"
    assert finding.received == (
        "a duration of 4 and a cutoff of 1 hours, where 4 hours are needed at 30 minutes for each node"
    )


def test_nodes_that_work_on_after_the_end_are_a_warning() -> None:
    [finding] = check_fleet(window(), 130, 20)
    assert (finding.id, finding.level) == (FindingId.WINDOW_TOO_SHORT, Level.WARNING)


def test_a_window_that_is_long_enough_or_not_countable_has_no_finding() -> None:
    assert check_fleet(window(), 30, 60) == []
    assert check_fleet(window(tasks=(task("uncounted"),)), 30, 60) == []


# --- quotas ---


def baselines(count: int, groups: int = 0) -> list[PatchBaselineRecord]:
    names = tuple(f"group-{number}" for number in range(groups))
    return [PatchBaselineRecord(name=f"baseline-{number}", patch_groups=names) for number in range(count)]


def uses(baseline_count: int = 0, **counts: Any) -> list[Finding]:
    traffic = window_traffic((), HORIZON)
    return check_quota_use(
        quota_use(windows=(), baselines=baselines(baseline_count), traffic=traffic, **counts)
    )


def test_up_to_its_quotas_an_account_has_no_finding() -> None:
    assert uses(50, associations=2000, associations_per_node=20, managed_nodes=2400, hybrid_nodes=1000) == []


@pytest.mark.parametrize(
    ("counts", "name", "level"),
    [
        ({"baseline_count": 51}, "patch_baselines", Level.ERROR),
        ({"associations": 2001}, "associations", Level.ERROR),
        ({"associations_per_node": 21}, "associations_per_node", Level.ERROR),
        ({"managed_nodes": 2401}, "managed_nodes", Level.WARNING),
        ({"hybrid_nodes": 1001}, "standard_hybrid_nodes", Level.WARNING),
    ],
)
def test_one_more_than_a_quota_is_found(counts: dict[str, int], name: str, level: Level) -> None:
    [finding] = uses(**counts)
    assert (finding.id, finding.level, finding.field) == (FindingId.SYSTEMS_MANAGER_QUOTA, level, name)
    raised = f"set quotas.{name}" in str(finding.allowed)
    assert raised is (name in QuotaSettings.model_fields)


def test_a_raised_quota_counts() -> None:
    assert uses(51, quotas=SystemsManagerQuotas(patch_baselines=60)) == []


def test_use_of_every_quota_is_counted_for_a_plan() -> None:
    many = window(targets=(target("web"),) * 3, tasks=(task(targets=(target("web"),) * 2),) * 4)
    windows = (many, window("cron(0 3 ? * SUN *)"))
    traffic = window_traffic(windows, HORIZON)
    used = quota_use(windows=windows, baselines=baselines(2, groups=7), traffic=traffic)
    assert {use.name: use.used for use in used if use.used} == {
        "windows_per_account_and_region": 2,
        "tasks_per_window": 4,
        "targets_per_window": 3,
        "targets_per_task": 2,
        "executions_at_once": 2,
        "patch_baselines": 2,
        "patch_groups_per_baseline": 7,
    }
    assert len(used) == 11
