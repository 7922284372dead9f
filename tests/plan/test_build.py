"""The plan of an estate, put together."""

import datetime as dt
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from patching_constructs.analysis.ring_plans import RingChoice
from patching_constructs.model.estate import (
    BaselineAt,
    Environment,
    Estate,
    ResourceAt,
    RolloutMarks,
    WindowAt,
)
from patching_constructs.model.finding import Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.location import Location
from patching_constructs.model.maintenance_window import TargetRecord, TaskRecord, WindowRecord
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchRuleRecord
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.promises import Promise, Severity
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.plan.build import build_plan
from patching_constructs.plan.plan import Plan, PlannedQuota, PlannedRing
from patching_constructs.rules.acknowledged_findings import judge
from patching_constructs.rules.estate import CheckOptions, check_estates
from patching_constructs.schedules.span import Span

TODAY = dt.date(2026, 11, 23)
HORIZON = Span(from_=datetime(2026, 11, 23, tzinfo=UTC), until=datetime(2027, 5, 23, tzinfo=UTC))
HERE = Environment(account="111111111111", region="eu-central-1")
THERE = Environment(account="222222222222", region="eu-central-1")
INSTALL, SCAN = PatchOperation.INSTALL, PatchOperation.SCAN
SUNDAYS = ScheduleRecord(expression="cron(0 6 ? * SUN *)", timezone="Europe/Berlin")
UNKNOWN = Unknown("parameter Start has no default")
EXPRESSION_UNKNOWN = Unknown(f"expression is not known: {UNKNOWN.reason}")
DEV_AND_PROD = (RingChoice(name="dev"), RingChoice(name="prod"))


def baseline(
    *groups: str, system: str = "AMAZON_LINUX_2023", days: int = 0, at: Environment = HERE
) -> BaselineAt:
    record = PatchBaselineRecord(
        name="baseline",
        operating_system=system,
        approval_rules=(PatchRuleRecord(approve_after_days=days),),
        patch_groups=groups,
    )
    return BaselineAt(record=record, environment=at)


def task(target: TargetRecord, operation: Maybe[str]) -> TaskRecord:
    return TaskRecord(
        task_type="RUN_COMMAND",
        task_arn="AWS-RunPatchBaseline",
        priority=1,
        targets=(target,),
        parameters={"Operation": (operation,)},
    )


def window(
    group: str,
    operation: Maybe[str] = "Install",
    *,
    name: str | None = None,
    schedule: ScheduleRecord = SUNDAYS,
    at: Environment = HERE,
    key: str = "tag:PatchGroup",
) -> WindowAt:
    target = TargetRecord(resource_type="INSTANCE", targets=((key, (group,)),))
    record = WindowRecord(
        name=name or f"{group}-window",
        schedule=schedule,
        duration_hours=4,
        cutoff_hours=1,
        targets=(target,),
        tasks=(task(target, operation),),
    )
    return WindowAt(record=record, environment=at)


def plan_of(estate: Estate, **options: object) -> Plan:
    chosen = CheckOptions(horizon=HORIZON, **options)  # type: ignore[arg-type]
    findings = judge(check_estates([estate], chosen), (), today=TODAY)
    return build_plan(estate, chosen, findings=findings, today=TODAY)


def ring_named(plan: Plan, name: str) -> PlannedRing:
    [ring] = [each for each in plan.rings if each.ring.name == name]
    return ring


# --- rings and groups ---


def test_rings_come_first_and_groups_that_are_in_none_follow_without_an_order() -> None:
    estate = Estate(
        baselines=(baseline("db", "prod", "dev"),),
        windows=(window("dev"), window("prod"), window("db")),
    )
    plan = plan_of(estate, rings=DEV_AND_PROD)
    assert [(ring.ring.name, ring.has_order) for ring in plan.rings] == [
        ("dev", True),
        ("prod", True),
        ("db", False),
    ]
    assert [(answer.pair.later.name, answer.state) for answer in plan.order] == [("prod", "proved")]


def test_without_any_ring_the_groups_are_the_plan() -> None:
    plan = plan_of(Estate(baselines=(baseline("db"),), windows=(window("db"),)))
    [ring] = plan.rings
    assert (ring.ring.name, ring.has_order, plan.order) == ("db", False, ())
    assert [opening.from_ for opening in _openings(ring)][:1] == [datetime(2026, 11, 29, 5, tzinfo=UTC)]
    assert len(ring.journeys) == 1


def _openings(ring: PlannedRing) -> tuple[Span, ...]:
    openings = ring.windows[0].openings
    assert not isinstance(openings, Unknown)
    return openings


def test_a_ring_says_where_it_is_and_which_systems_it_has() -> None:
    estate = Estate(
        baselines=(
            baseline("prod"),
            baseline("prod", system="WINDOWS"),
            baseline("prod", at=THERE),
        ),
        windows=(window("prod"), window("prod", at=THERE)),
    )
    ring = ring_named(plan_of(estate, rings=(RingChoice(name="prod"),)), "prod")
    assert ring.environments == (HERE, THERE)
    assert ring.operating_systems == ("AMAZON_LINUX_2023", "WINDOWS")


def test_a_ring_has_the_promises_that_are_made_for_it() -> None:
    promise = Promise(name="own", within={Severity.CRITICAL: timedelta(days=1)})
    estate = Estate(baselines=(baseline("dev", "prod"),), windows=(window("dev"), window("prod")))
    plan = plan_of(estate, rings=DEV_AND_PROD, promises={"prod": (promise,)})
    assert [ring.promises for ring in plan.rings] == [(), (promise,)]


def test_freezes_and_patch_tuesdays_are_reported() -> None:
    freeze = Freeze(
        name="year end",
        from_=datetime(2026, 12, 20, tzinfo=UTC),
        until=datetime(2027, 1, 4, tzinfo=UTC),
    )
    estate = Estate(baselines=(baseline("prod"),), windows=(window("prod"),))
    plan = plan_of(estate, freezes=(freeze,))
    assert plan.freezes == (freeze,)
    assert [f"{tuesday:%m-%d}" for tuesday in plan.patch_tuesdays] == [
        *("12-08", "01-12", "02-09", "03-09", "04-13", "05-11")
    ]
    [journey] = plan.rings[0].journeys
    assert not any(step.starts_at and freeze.holds(step.starts_at) for step in journey.steps)


def test_a_ring_that_only_scans_has_scans_and_no_journey() -> None:
    estate = Estate(
        baselines=(baseline("dev", "prod"),),
        windows=(window("dev"), window("prod", "Scan")),
    )
    ring = ring_named(plan_of(estate, rings=DEV_AND_PROD), "prod")
    assert [(each.operations, each.installs) for each in ring.windows] == [((SCAN,), False)]
    assert ring.journeys == ()
    assert [member.patch_group for member in ring.exposure.never_patched] == ["prod"]


# --- windows ---


def test_windows_that_differ_in_nothing_but_their_place_are_one() -> None:
    estate = Estate(
        baselines=(baseline("prod"), baseline("prod", at=THERE)),
        windows=(
            window("prod", "Scan", name="scan"),
            window("prod", name="install"),
            window("prod", name="install", at=THERE),
        ),
    )
    windows = plan_of(estate).rings[0].windows
    assert [(each.name, each.operations, each.environments) for each in windows] == [
        ("install", (INSTALL,), (HERE, THERE)),
        ("scan", (SCAN,), (HERE,)),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"schedule": replace(SUNDAYS, timezone="UTC")},
        {"schedule": replace(SUNDAYS, offset_days=1)},
        {"operation": "Scan"},
    ],
)
def test_windows_that_differ_in_more_stay_apart(change: dict[str, object]) -> None:
    there = window("prod", at=THERE, **{"name": "window", **change})  # type: ignore[arg-type]
    estate = Estate(
        baselines=(baseline("prod"), baseline("prod", at=THERE)),
        windows=(window("prod", name="window"), there),
    )
    windows = plan_of(estate).rings[0].windows
    assert [each.environments for each in windows] == [(HERE,), (THERE,)]


def test_a_window_that_scans_one_group_and_installs_on_another_is_reported_once_with_both() -> None:
    first = window("prod", name="both")
    [other] = window("canary", "Scan").record.targets
    record = replace(first.record, targets=(*first.record.targets, other))
    record = replace(record, tasks=(*record.tasks, task(other, "Scan")))
    estate = Estate(
        baselines=(baseline("canary", "prod"),), windows=(WindowAt(record=record, environment=HERE),)
    )
    ring = ring_named(plan_of(estate, rings=(RingChoice(name="all", glob="*"),)), "all")
    assert [each.operations for each in ring.windows] == [(INSTALL, SCAN)]


def test_a_schedule_that_is_not_known_is_said_and_the_rest_is_reported() -> None:
    estate = Estate(
        baselines=(baseline("dev", "prod"),),
        windows=(
            window("dev"),
            window("prod", schedule=ScheduleRecord(expression=UNKNOWN)),
        ),
    )
    plan = plan_of(estate, rings=DEV_AND_PROD)
    prod = ring_named(plan, "prod")
    assert [each.openings for each in prod.windows] == [EXPRESSION_UNKNOWN]
    assert [(member.patch_group, why) for member, why in prod.exposure.unknown] == [
        ("prod", EXPRESSION_UNKNOWN)
    ]
    assert prod.journeys == ()
    assert [(answer.state, answer.reason) for answer in plan.order] == [("open", EXPRESSION_UNKNOWN.reason)]
    assert ring_named(plan, "dev").journeys != ()


def test_windows_on_nodes_of_no_registered_group_are_reported_by_themselves() -> None:
    notify = window("x", name="notify")
    no_patching = replace(
        notify.record, tasks=(replace(notify.record.tasks[0], task_type="LAMBDA", task_arn="notify"),)
    )
    estate = Estate(
        baselines=(baseline("prod"),),
        windows=(
            window("prod"),
            window("i-1", "Scan", name="scans", key="InstanceIds"),
            window("unregistered", name="default-baseline"),
            window("web", name="by-tag", key="tag:Application"),
            window("i-2", UNKNOWN, name="either", key="InstanceIds"),
            WindowAt(record=no_patching, environment=HERE),
        ),
    )
    plan = plan_of(estate)
    assert [(each.name, each.operations) for each in plan.other_windows] == [
        ("default-baseline", (INSTALL,)),
        ("by-tag", (INSTALL,)),
        ("scans", (SCAN,)),
        ("either", ()),
    ]


def association(name: str, **properties: object) -> ResourceAt:
    return ResourceAt(
        type="AWS::SSM::Association",
        properties={
            "Name": "AWS-RunPatchBaseline",
            "ScheduleExpression": "rate(1 day)",
            "Parameters": {"Operation": ("Install",)},
            **properties,
        },
        environment=HERE,
        location=Location(file="template.yaml", logical_id=name),
    )


def test_associations_that_patch_are_reported_with_their_group_or_by_themselves() -> None:
    of_group = ({"Key": "tag:PatchGroup", "Values": ("prod",)},)
    of_nodes = ({"Key": "tag:Application", "Values": ("shop",)},)
    estate = Estate(
        baselines=(baseline("prod"),),
        resources=(
            association("OfGroup", Targets=of_group),
            association("OfNodes", Targets=of_nodes),
            association("Inventory", Targets=of_nodes, Name="AWS-GatherSoftwareInventory"),
        ),
    )
    plan = plan_of(estate)
    assert [each.name for each in plan.rings[0].windows] == ["OfGroup"]
    assert [(each.name, each.operations) for each in plan.other_windows] == [("OfNodes", (INSTALL,))]


def test_a_ring_of_one_rollout_is_not_taken_for_that_of_another() -> None:
    def marked(rollout: str, order: int, group: str) -> WindowAt:
        marks = RolloutMarks(rollout=rollout, ring="prod", ring_order=order, production=True)
        return replace(window(group, name=rollout), tag_marks=marks, metadata_marks=marks)

    estate = Estate(
        baselines=(baseline("web", "db"),), windows=(marked("web", 1, "web"), marked("db", 1, "db"))
    )
    plan = plan_of(estate)
    assert [(ring.ring.rollout, [each.name for each in ring.windows]) for ring in plan.rings] == [
        ("db", ["db"]),
        ("web", ["web"]),
    ]


# --- quotas ---


def _quota(plan: Plan, name: str) -> PlannedQuota:
    [quota] = [each for each in plan.quotas if each.use.name == name]
    return quota


def test_each_quota_is_reported_where_the_most_of_it_is_used() -> None:
    estate = Estate(
        baselines=(
            baseline("a"),
            baseline("b"),
            baseline("a", "b", "c", at=THERE),
        ),
        windows=(window("a", at=THERE),),
    )
    plan = plan_of(estate, node_counts={"a": 10, "b": 20, "c": 30, "elsewhere": 1_000})
    used = {name: _quota(plan, name) for name in ("patch_baselines", "patch_groups_per_baseline")}
    assert [(each.use.used, each.environment) for each in used.values()] == [(2, HERE), (3, THERE)]
    nodes = _quota(plan, "managed_nodes")
    assert (nodes.use.used, nodes.environment) == (60, THERE)
    assert nodes.share == 60 / 2_400
    assert len({each.use.name for each in plan.quotas}) == len(plan.quotas)


def test_a_group_that_only_a_window_names_counts_its_nodes_once() -> None:
    estate = Estate(
        baselines=(baseline("a"), baseline("a", system="WINDOWS")),
        windows=(window("a"), window("b"), window("b", "Scan", name="scan")),
    )
    plan = plan_of(estate, node_counts={"a": 7, "b": 5})
    assert _quota(plan, "managed_nodes").use.used == 12


@pytest.mark.parametrize(("nodes", "levels"), [(2_400, []), (2_401, [Level.WARNING])])
def test_more_nodes_than_an_account_and_region_should_have_is_a_warning(
    nodes: int, levels: list[Level]
) -> None:
    estate = Estate(
        baselines=(baseline("web", "db"), baseline("web", at=THERE)), windows=(window("web"), window("db"))
    )
    plan = plan_of(estate, node_counts={"web": nodes - 1, "db": 1})
    found = [
        entry.finding
        for entry in plan.findings
        if entry.finding.id == FindingId.SYSTEMS_MANAGER_QUOTA and entry.finding.field == "managed_nodes"
    ]
    assert [finding.level for finding in found] == levels


# --- findings and assumptions ---


def test_open_findings_are_counted_by_level() -> None:
    estate = Estate(baselines=(baseline("dev"), baseline("prod")), windows=(window("dev"), window("prod")))
    plan = plan_of(estate, rings=DEV_AND_PROD)
    levels = [entry.finding.level for entry in plan.findings if entry.acknowledgement is None]
    assert {level: plan.count(level) for level in Level} == {level: levels.count(level) for level in Level}
    assert levels


def test_what_is_assumed_about_open_conditions_is_named() -> None:
    assumed = ("parameter Stage is 'prod'",)
    assert plan_of(Estate(assumptions=assumed)).assumptions == assumed


def test_an_estate_with_nothing_to_patch_has_an_empty_plan() -> None:
    plan = plan_of(Estate())
    assert (plan.rings, plan.order, plan.other_windows, plan.quotas) == ((), (), (), ())
