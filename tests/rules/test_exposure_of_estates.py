from dataclasses import replace
from datetime import UTC, datetime, timedelta

from patching_constructs.analysis.ring_plans import RingChoice, ring_plans, unringed_plans
from patching_constructs.model.estate import BaselineAt, Environment, Estate, RolloutMarks, WindowAt
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.maintenance_window import TargetRecord, TaskRecord, WindowRecord
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchRuleRecord
from patching_constructs.model.promises import Promise, Severity
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.rules.estate import CheckOptions, check_estate
from patching_constructs.schedules.span import Span

HERE = Environment(account="111111111111", region="eu-central-1")
HORIZON = Span(from_=datetime(2026, 11, 23, tzinfo=UTC), until=datetime(2028, 11, 23, tzinfo=UTC))
EXPOSURE_IDS = {
    FindingId.EXPOSURE,
    FindingId.EXPOSURE_OVER_PROMISE,
    FindingId.SUPERSEDED_BEFORE_INSTALL,
}


def baseline(operating_system: str, days: int, *groups: str) -> BaselineAt:
    record = PatchBaselineRecord(
        name="baseline",
        operating_system=operating_system,
        approval_rules=(PatchRuleRecord(approve_after_days=days),),
        patch_groups=groups,
    )
    return BaselineAt(record=record, environment=HERE)


def install(group: str) -> WindowAt:
    target = TargetRecord(resource_type="INSTANCE", targets=(("tag:PatchGroup", (group,)),))
    task = TaskRecord(
        task_type="RUN_COMMAND",
        task_arn="AWS-RunPatchBaseline",
        priority=1,
        targets=(target,),
        max_concurrency="1",
        max_errors="1",
        parameters={"Operation": ("Install",), "RebootOption": ("RebootIfNeeded",)},
    )
    record = WindowRecord(
        name=f"{group}-install",
        schedule=ScheduleRecord(expression="cron(0 2 ? * TUE#2 *)", offset_days=6),
        duration_hours=2,
        cutoff_hours=1,
        targets=(target,),
        tasks=(task,),
    )
    return WindowAt(record=record, environment=HERE)


ESTATE = Estate(
    baselines=(baseline("WINDOWS", 6, "office"), baseline("AMAZON_LINUX_2023", 6, "web", "db")),
    windows=(install("office"), install("web")),
)


def check(**options: object) -> list[Finding]:
    found = check_estate(ESTATE, CheckOptions(horizon=HORIZON, **options))  # type: ignore[arg-type]
    return [finding for finding in found if finding.id in EXPOSURE_IDS]


def test_lost_windows_updates_are_found_although_no_one_named_a_ring() -> None:
    found = {(finding.id, finding.field) for finding in check()}
    assert found == {
        (FindingId.EXPOSURE, "office"),
        (FindingId.SUPERSEDED_BEFORE_INSTALL, "office"),
        (FindingId.EXPOSURE, "web"),
    }


def test_what_is_promised_for_a_ring_is_asked_of_this_ring_only() -> None:
    promise = Promise(name="own", within={Severity.CRITICAL: timedelta(days=1)})
    rings = (RingChoice(name="web"), RingChoice(name="prod", glob="office"))
    broken = [
        finding.field
        for finding in check(rings=rings, promises={"web": (promise,)})
        if finding.id == FindingId.EXPOSURE_OVER_PROMISE
    ]
    assert broken == ["web"]


def within(days: int, name: str = "own") -> Promise:
    return Promise(name=name, within={Severity.CRITICAL: timedelta(days=days)})


def marked(*promises: Maybe[Promise]) -> Estate:
    """The same estate with its web window marked as ring prod, by our constructs."""
    marks = RolloutMarks(rollout="org", ring="prod", ring_order=1)
    office, web = ESTATE.windows
    web = replace(web, tag_marks=marks, metadata_marks=replace(marks, promises=promises))
    return replace(ESTATE, windows=(office, web))


def broken(estate: Estate, **options: object) -> list[tuple[str, str]]:
    found = check_estate(estate, CheckOptions(horizon=HORIZON, **options))  # type: ignore[arg-type]
    return [
        (finding.field, finding.message.split()[0])
        for finding in found
        if finding.id == FindingId.EXPOSURE_OVER_PROMISE and finding.undecided is None
    ]


def test_what_the_template_promises_is_judged_without_any_option() -> None:
    assert broken(marked()) == []
    assert broken(marked(within(400))) == []
    assert broken(marked(within(1))) == [("prod", "own")]


def test_options_come_on_top_of_what_the_template_promises_and_loosen_nothing() -> None:
    options = {"promises": {"prod": (within(400), within(2, "two"))}}
    assert broken(marked(within(1)), **options) == [("prod", "own"), ("prod", "two")]


def test_the_same_promise_of_template_and_options_is_reported_once() -> None:
    assert broken(marked(within(1)), promises={"prod": (within(1),)}) == [("prod", "own")]


def test_a_promise_for_all_is_for_groups_in_no_ring_too() -> None:
    assert sorted(broken(marked(), promises_for_all=(within(1),))) == [("office", "own"), ("prod", "own")]


def test_a_promise_that_the_template_leaves_open_is_undecided() -> None:
    (finding,) = (
        finding
        for finding in check_estate(marked(within(400), Unknown("a Ref")), CheckOptions(horizon=HORIZON))
        if finding.id == FindingId.EXPOSURE_OVER_PROMISE
    )
    assert (finding.level, finding.undecided) == (Level.INFO, "a Ref")


def test_a_promise_for_a_ring_that_the_templates_do_not_have_is_reported() -> None:
    options = CheckOptions(horizon=HORIZON, promises={"prod": (within(1),), "offce": (within(1),)})
    reported = [finding for finding in check_estate(marked(), options) if "promise-without" in finding.id]
    assert [(finding.received, finding.level) for finding in reported] == [("'offce'", Level.WARNING)]


def test_patch_groups_of_a_ring_are_not_reported_of_twice() -> None:
    plans = ring_plans(ESTATE, (RingChoice(name="web"),))
    assert [(plan.name, plan.groups) for plan in unringed_plans(ESTATE, plans)] == [
        ("office", ("office",)),
        ("db", ("db",)),
    ]
