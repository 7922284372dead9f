from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from patching_constructs.model.estate import RingMember, RingPlan
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.location import Location
from patching_constructs.model.maintenance_window import TaskRecord, WindowRecord
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import (
    PatchBaselineRecord,
    PatchFilterRecord,
    PatchRuleRecord,
    PatchSourceRecord,
)
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.rules.rings.ring_order import check_ring_order
from patching_constructs.schedules.span import Span
from patching_constructs.values.approval_rule import ApprovalRule, PatchFilter
from patching_constructs.values.ready_made import all_updates, security_and_bugfix_updates, security_updates
from patching_constructs.values.schedule import Schedule, Weekday

TEN_YEARS = Span(from_=datetime(2024, 1, 1, tzinfo=UTC), until=datetime(2034, 1, 1, tzinfo=UTC))
TWO_YEARS = Span(from_=datetime(2026, 11, 23, tzinfo=UTC), until=datetime(2028, 11, 23, tzinfo=UTC))
AL2023 = OperatingSystem.AMAZON_LINUX_2023
INSTALL = TaskRecord(
    task_type="RUN_COMMAND",
    task_arn="AWS-RunPatchBaseline",
    priority=1,
    parameters={"Operation": ("Install",)},
)
LATER = Unknown("a parameter without a default")

FIRST_SUNDAY = ScheduleRecord(expression="cron(0 6 ? * SUN#1 *)", timezone="UTC")
FIRST_TUESDAY = ScheduleRecord(expression="cron(0 6 ? * TUE#1 *)", timezone="UTC")
SECOND_TUESDAY = ScheduleRecord(expression="cron(0 6 ? * TUE#2 *)", timezone="UTC")


def weekly(day: str, hour: int = 6, timezone: str | None = None) -> ScheduleRecord:
    return ScheduleRecord(expression=f"cron(0 {hour} ? * {day} *)", timezone=timezone)


def window(schedule: ScheduleRecord, duration_hours: Maybe[int] = 2) -> WindowRecord:
    return WindowRecord(
        name="install", schedule=schedule, duration_hours=duration_hours, cutoff_hours=1, tasks=(INSTALL,)
    )


def baseline(days: Maybe[int] = 0, **changes: object) -> PatchBaselineRecord:
    rule = PatchRuleRecord(
        patch_filters=(
            PatchFilterRecord(key="CLASSIFICATION", values=("Security",)),
            PatchFilterRecord(key="SEVERITY", values=("Critical", "Important")),
        ),
        approve_after_days=days,
    )
    return replace(PatchBaselineRecord(name="example", approval_rules=(rule,)), **changes)  # type: ignore[arg-type]


def member(
    group: str,
    *schedules: ScheduleRecord,
    rules: PatchBaselineRecord | None = None,
    system: OperatingSystem = AL2023,
    account: str = "111111111111",
    duration_hours: Maybe[int] = 2,
) -> RingMember:
    return RingMember(
        patch_group=group,
        account=account,
        region="eu-central-1",
        operating_system=system,
        baseline=rules or baseline(),
        install_windows=tuple(window(schedule, duration_hours) for schedule in schedules),
        location=Location(logical_id=f"Baseline{group}"),
    )


def ring(order: int, *members: RingMember, soak_hours: int | None = None, promised: bool = False) -> RingPlan:
    return RingPlan(
        name=members[0].patch_group,
        order=order,
        soak_hours=soak_hours,
        groups=tuple(each.patch_group for each in members),
        members=members,
        promised=promised,
    )


def check(*rings: RingPlan, horizon: Span = TEN_YEARS, lag_days: int = 0) -> list[Finding]:
    return check_ring_order(rings, horizon=horizon, visibility_lag=timedelta(days=lag_days))


def ids(findings: Sequence[Finding]) -> list[str]:
    return [finding.id for finding in findings]


def dev_and_prod(prod: ScheduleRecord, days: int = 0, **dev: object) -> tuple[RingPlan, RingPlan]:
    return (
        replace(ring(1, member("dev", FIRST_SUNDAY)), **dev),  # type: ignore[arg-type]
        ring(2, member("prod", prod, rules=baseline(days))),
    )


# --- the public case of NOAA hydrovis, issue 615 ---


def test_first_sunday_and_first_tuesday_invert_in_the_calendar_and_for_single_patches() -> None:
    (finding,) = check(*dev_and_prod(FIRST_TUESDAY))
    assert (finding.id, finding.level) == (FindingId.RING_INVERSION, Level.ERROR)
    assert str(finding.location) == "Baselineprod"
    assert finding.field == "rings.prod.AMAZON_LINUX_2023"
    assert finding.message == (
        "for 31.2 % of publication times a patch reaches ring prod before ring dev: CLASSIFICATION Security, "
        "SEVERITY Critical or Important (both wait 0 days, so a patch goes to the ring that runs next after "
        "its approval)"
    )
    assert finding.received == (
        "published Mon 2024-01-01 00:00 UTC or later, before Tue 2024-01-02 06:00 UTC: "
        "ring prod Tue 2024-01-02 06:00 UTC, ring dev Sun 2024-01-07 06:00 UTC; "
        "published in 120 of 120 months; ring prod runs first in 36 of 120 calendar months: "
        "2024-01, 2024-04, 2024-07, 2024-10, 2025-04 and 31 more"
    )
    assert finding.allowed == "in ring prod approve_after_days of 30 or more"


def test_first_sunday_and_second_tuesday_invert_for_single_patches_but_not_in_the_calendar() -> None:
    (finding,) = check(*dev_and_prod(SECOND_TUESDAY))
    assert finding.message.startswith(
        "for 22.7 % of publication times a patch reaches ring prod before ring dev"
    )
    assert finding.received == (
        "published Sun 2024-01-07 06:00 UTC or later, before Tue 2024-01-09 06:00 UTC: ring prod "
        "Tue 2024-01-09 06:00 UTC, ring dev Sun 2024-02-04 06:00 UTC; published in 120 of 120 months"
    )
    assert finding.allowed == "in ring prod approve_after_days of 9 or more"


@pytest.mark.parametrize(
    ("prod", "days", "share"),
    [
        (SECOND_TUESDAY, 7, "4.6 %"),
        (SECOND_TUESDAY, 8, "2.3 %"),
        (SECOND_TUESDAY, 9, None),
        (FIRST_TUESDAY, 29, "0.9 %"),
        (FIRST_TUESDAY, 30, None),
    ],
)
def test_the_repaired_delay_is_the_first_one_that_is_enough(
    prod: ScheduleRecord, days: int, share: str | None
) -> None:
    findings = check(*dev_and_prod(prod, days))
    assert [finding.message.split(" of ")[0] for finding in findings] == ([f"for {share}"] if share else [])


@pytest.mark.parametrize(
    ("prod", "published", "runs"),
    [
        (
            FIRST_TUESDAY,
            "published Mon 2026-11-23 00:00 UTC or later, before Tue 2026-12-01 06:00 UTC",
            ("ring prod Tue 2026-12-01 06:00 UTC", "ring dev Sun 2026-12-06 06:00 UTC"),
        ),
        (
            SECOND_TUESDAY,
            "published Sun 2026-12-06 06:00 UTC or later, before Tue 2026-12-08 06:00 UTC",
            ("ring prod Tue 2026-12-08 06:00 UTC", "ring dev Sun 2027-01-03 06:00 UTC"),
        ),
    ],
)
def test_the_first_case_depends_on_where_the_horizon_begins(
    prod: ScheduleRecord, published: str, runs: tuple[str, str]
) -> None:
    (finding,) = check(*dev_and_prod(prod), horizon=TWO_YEARS)
    assert finding.received is not None
    assert finding.received.startswith(f"{published}: {', '.join(runs)}; ")
    if prod is FIRST_TUESDAY:
        assert finding.received.endswith("2026-12, 2027-02, 2027-03, 2027-06, 2027-11 and 3 more")


# --- order ---


def test_a_later_weekday_is_no_head_start_when_both_rings_wait_in_the_same_way() -> None:
    (finding,) = check(
        ring(1, member("dev", weekly("WED"), rules=baseline(7))),
        ring(2, member("prod", weekly("SAT"), rules=baseline(7))),
        horizon=TWO_YEARS,
    )
    assert "for 42.8 % of publication times" in finding.message
    assert "both wait 7 days" in finding.message
    assert finding.allowed == "in ring prod approve_after_days of 10 or more"


def test_the_very_delay_between_both_runs_is_enough_because_approval_is_strictly_after_it() -> None:
    dev = ring(1, member("dev", weekly("WED")))
    assert check(dev, ring(2, member("prod", weekly("SAT"), rules=baseline(3)))) == []
    assert ids(check(dev, ring(2, member("prod", weekly("SAT", 7), rules=baseline(3))))) == ["ring-inversion"]


def test_another_weekday_or_offset_is_offered_where_it_is_enough() -> None:
    dev = ring(1, member("dev", weekly("WED")))
    (weekday,) = check(dev, ring(2, member("prod", weekly("SUN"), rules=baseline(3))), horizon=TWO_YEARS)
    assert weekday.allowed == (
        "in ring prod approve_after_days of 4 or more, or schedule cron(0 6 ? * SAT *)"
    )
    (offset,) = check(
        ring(1, member("dev", SECOND_TUESDAY)),
        ring(2, member("prod", replace(SECOND_TUESDAY, offset_days=6), rules=baseline(5))),
        horizon=TWO_YEARS,
    )
    assert offset.allowed == (
        "in ring prod approve_after_days of 6 or more, or schedule cron(0 6 ? * TUE#2 *) with offset 5"
    )


def test_what_the_earlier_ring_never_approves_is_an_inversion_even_on_apt() -> None:
    dev = baseline(0)
    prod = baseline(30, approved_patches=("kernel",), rejected_patches=())
    nothing = replace(dev, approval_rules=())
    for system in (AL2023, OperatingSystem.UBUNTU):
        findings = check(
            ring(1, member("dev", weekly("WED"), rules=nothing, system=system)),
            ring(2, member("prod", weekly("SAT"), rules=replace(prod, approved_patches=()), system=system)),
            horizon=TWO_YEARS,
        )
        assert [(finding.id, finding.level) for finding in findings] == [("ring-inversion", Level.ERROR)]
        assert findings[0].message.startswith("ring prod installs what ring dev never approves")
        assert findings[0].allowed == "the same patches approved in ring dev"


def test_an_approved_patch_waits_for_nothing_whatever_its_class_is() -> None:
    findings = check(
        ring(1, member("dev", weekly("WED"))),
        ring(2, member("prod", weekly("SAT"), rules=baseline(3, approved_patches=("kernel",)))),
        horizon=TWO_YEARS,
    )
    assert sorted(finding.message.partition(": ")[0] for finding in findings) == [
        "for 42.8 % of publication times a patch reaches ring prod before ring dev",
        "ring prod installs what ring dev never approves",
    ]
    assert all("patch kernel" in finding.message for finding in findings)


def test_with_several_groups_the_last_of_the_earlier_and_the_first_of_the_later_ring_count() -> None:
    (finding,) = check(
        ring(1, member("dev", weekly("MON")), member("dev-far", weekly("THU"))),
        ring(
            2,
            member("prod", weekly("SUN"), rules=baseline(6)),
            member("prod-near", weekly("SAT"), rules=baseline(1)),
        ),
        horizon=TWO_YEARS,
    )
    assert finding.received is not None
    assert (
        "ring dev counts by the last of its nodes, here dev in 111111111111/eu-central-1" in finding.received
    )
    assert (
        "ring prod counts by the first of its nodes, here prod-near in 111111111111/eu-central-1"
        in finding.received
    )


def test_nodes_that_are_patched_in_the_same_way_count_as_one() -> None:
    accounts = [member("dev", weekly("WED"), account=f"{number:012}") for number in range(50)]
    (finding,) = check(ring(1, *accounts), ring(2, member("prod", weekly("SAT"))), horizon=TWO_YEARS)
    assert "counts by" not in str(finding)


def test_the_nearest_earlier_ring_that_installs_on_the_operating_system_counts() -> None:
    windows = OperatingSystem.WINDOWS
    findings = check(
        ring(1, member("dev", weekly("MON")), member("dev", weekly("MON"), system=windows)),
        ring(2, member("test", weekly("TUE"), rules=baseline(1))),
        ring(
            3, member("prod", weekly("WED"), rules=baseline(1)), member("prod", weekly("WED"), system=windows)
        ),
        horizon=TWO_YEARS,
    )
    assert [(finding.field, "before ring dev" in finding.message) for finding in findings] == [
        ("rings.prod.AMAZON_LINUX_2023", False),
        ("rings.prod.WINDOWS", True),
    ]


def test_rings_of_the_same_order_are_one_earlier_ring_and_not_compared_with_each_other() -> None:
    rings = (
        ring(1, member("dev", weekly("MON"))),
        ring(1, member("lab", weekly("FRI"))),
        ring(2, member("prod", weekly("SAT"), rules=baseline(6))),
    )
    assert check(*rings, horizon=TWO_YEARS) == []
    (finding,) = check(*rings[:2], ring(2, member("prod", weekly("SAT"))), horizon=TWO_YEARS)
    assert "before ring dev and lab" in finding.message


def test_rings_of_different_rollouts_are_not_compared() -> None:
    prod = replace(ring(2, member("prod", weekly("SAT"))), rollout="office")
    assert check(ring(1, member("dev", weekly("WED"))), prod) == []


def test_scans_are_no_runs_and_a_ring_that_only_scans_is_no_earlier_ring() -> None:
    scanned = replace(
        member("test", weekly("TUE")), install_windows=(), scan_windows=(window(weekly("TUE")),)
    )
    assert check(ring(1, scanned)) == []
    (finding,) = check(ring(1, scanned), ring(2, member("prod", weekly("SAT"))))
    assert (finding.id, finding.level) == (FindingId.RING_WITHOUT_EARLIER_RING, Level.WARNING)
    assert "no ring before ring prod installs on AMAZON_LINUX_2023" in finding.message


def test_a_run_in_a_freeze_is_no_run() -> None:
    freeze = Freeze(
        name="year end", from_=datetime(2026, 12, 15, tzinfo=UTC), until=datetime(2027, 1, 10, tzinfo=UTC)
    )
    rings = (
        ring(1, member("dev", weekly("WED"))),
        ring(2, member("prod", weekly("SAT"), rules=baseline(3))),
    )
    assert check(*rings, horizon=TWO_YEARS) == []
    findings = check_ring_order(rings, horizon=TWO_YEARS, visibility_lag=timedelta(), freezes=[freeze])
    assert findings == [], "with the whole delay in between, both rings wait for the end of the freeze"
    short = Freeze(name="sales", from_=freeze.from_, until=datetime(2026, 12, 17, tzinfo=UTC))
    (finding,) = check_ring_order(rings, horizon=TWO_YEARS, visibility_lag=timedelta(), freezes=[short])
    assert finding.received is not None
    assert "ring prod Sat 2026-12-19 06:00 UTC, ring dev Wed 2026-12-23 06:00 UTC" in finding.received


# --- apt ---


@pytest.mark.parametrize(("promised", "level"), [(True, Level.ERROR), (False, Level.WARNING)])
def test_no_schedule_gives_ring_order_on_apt(promised: bool, level: Level) -> None:
    ubuntu = OperatingSystem.UBUNTU
    (finding,) = check(
        ring(1, member("dev", weekly("WED"), system=ubuntu)),
        ring(2, member("prod", weekly("SAT"), rules=baseline(30), system=ubuntu), promised=promised),
        horizon=TWO_YEARS,
        lag_days=7,
    )
    assert (finding.id, finding.level) == (FindingId.RING_ORDER_NOT_POSSIBLE, level)
    assert "for 42.8 % of publication times a patch reaches ring prod before ring dev" in finding.message


SNAPSHOT = PatchSourceRecord(
    name="snapshot", products=("*",), configuration="deb https://example.com/2026-11 main"
)


@pytest.mark.parametrize(
    ("dev", "prod", "expected"),
    [
        ((), (SNAPSHOT,), []),
        ((replace(SNAPSHOT, configuration="deb https://example.com/2026-12 main"),), (SNAPSHOT,), []),
        ((SNAPSHOT,), (SNAPSHOT,), [Level.WARNING]),
        ((SNAPSHOT,), (), [Level.WARNING]),
        ((), LATER, [Level.INFO]),
        ((), (replace(SNAPSHOT, configuration=LATER),), [Level.INFO]),
    ],
)
def test_a_pinned_repository_of_its_own_gives_a_ring_its_order_on_apt(
    dev: object, prod: object, expected: list[Level]
) -> None:
    ubuntu = OperatingSystem.UBUNTU
    findings = check(
        ring(1, member("dev", weekly("WED"), rules=baseline(sources=dev), system=ubuntu)),
        ring(2, member("prod", weekly("SAT"), rules=baseline(sources=prod), system=ubuntu)),
        horizon=TWO_YEARS,
    )
    assert [finding.level for finding in findings] == expected
    assert set(ids(findings)) <= {FindingId.RING_ORDER_NOT_POSSIBLE}


# --- soak ---


@pytest.mark.parametrize(
    ("soak_hours", "expected"), [(None, []), (69, []), (70, ["ring-soak"])], ids=["none", "kept", "broken"]
)
def test_a_soak_counts_from_the_end_of_the_window_and_of_what_runs_on(
    soak_hours: int | None, expected: list[str]
) -> None:
    # Dev is finished on Wednesday at 09:00, after 2 open hours and 1 of running on: 69 hours before prod.
    findings = check(
        ring(1, member("dev", weekly("WED")), soak_hours=soak_hours),
        ring(2, member("prod", weekly("SAT"), rules=baseline(3))),
        horizon=TWO_YEARS,
    )
    assert ids(findings) == expected
    for finding in findings:
        assert finding.level is Level.ERROR
        assert "has finished and soaked for 2 days 22 hours" in finding.message
        assert "as the cutoff behavior lets installs run on for 1 hour" in str(finding.received)
        assert finding.allowed == "in ring prod approve_after_days of 10 or more"


# --- margin ---


@pytest.mark.parametrize(
    ("lag_days", "days", "expected"), [(0, 5, []), (7, 5, ["46 hours"]), (1, 5, []), (7, 11, [])]
)
def test_the_margin_is_what_is_left_of_the_delay_when_the_last_node_looks(
    lag_days: int, days: int, expected: list[str]
) -> None:
    # Published Monday 08:00, 5 days before prod closes; dev last looks 46 hours later, on Wednesday 06:00.
    findings = check(
        ring(1, member("dev", weekly("WED"))),
        ring(2, member("prod", weekly("SAT"), rules=baseline(days))),
        horizon=TWO_YEARS,
        lag_days=lag_days,
    )
    if not expected:
        assert findings == []
        return
    (finding,) = findings
    assert (finding.id, finding.level) == (FindingId.RING_MARGIN, Level.WARNING)
    assert "only if nodes see patches within 1 day 22 hours of publication" in finding.message
    assert finding.received == (
        "published just before Mon 2026-11-23 08:00 UTC and visible just after Wed 2026-11-25 06:00 UTC: "
        "ring prod Sat 2026-11-28 06:00 UTC, ring dev Wed 2026-12-02 06:00 UTC"
    )


def test_a_patch_that_is_approved_while_the_window_is_open_counts_against_the_margin_only() -> None:
    (finding,) = check(
        ring(1, member("dev", weekly("WED"))),
        ring(2, member("prod", weekly("SAT"), rules=baseline(3))),
        horizon=TWO_YEARS,
        lag_days=7,
    )
    assert finding.id == FindingId.RING_MARGIN
    assert "within 0 minutes of publication" in finding.message


# --- what is not known ---


@pytest.mark.parametrize(
    ("changed", "undecided"),
    [
        ({"rules": baseline(LATER)}, ["ring-inversion"]),
        ({"duration_hours": LATER}, ["ring-soak", "ring-margin"]),
    ],
)
def test_what_is_not_known_is_reported_and_the_rest_is_reported(
    changed: dict[str, object], undecided: list[str]
) -> None:
    prod = {"rules": baseline(3)} | changed
    findings = check(
        ring(1, member("dev", weekly("WED")), soak_hours=24),
        ring(2, member("prod", weekly("SAT"), **prod)),  # type: ignore[arg-type]
        horizon=TWO_YEARS,
        lag_days=7,
    )
    assert ids(findings) == undecided
    assert {(finding.level, finding.undecided) for finding in findings} == {(Level.INFO, LATER.reason)}


@pytest.mark.parametrize(
    "schedule",
    [
        ScheduleRecord(expression=LATER),
        ScheduleRecord(expression="rate(7 days)"),
        ScheduleRecord(expression="every week"),
    ],
)
def test_a_schedule_without_known_dates_leaves_the_order_undecided(schedule: ScheduleRecord) -> None:
    (finding,) = check(ring(1, member("dev", weekly("WED"))), ring(2, member("prod", schedule)))
    assert (finding.id, finding.level) == (FindingId.RING_INVERSION, Level.INFO)
    assert finding.undecided


def test_a_group_that_no_window_is_known_to_patch_leaves_its_ring_undecided() -> None:
    findings = check(ring(1, member("dev")), ring(2, member("prod", weekly("SAT"))))
    assert [(finding.field, finding.undecided) for finding in findings] == [
        ("rings.dev.AMAZON_LINUX_2023", "no window is known that patches its nodes"),
        ("rings.prod.AMAZON_LINUX_2023", "no window is known that patches the nodes of an earlier ring"),
    ]


def test_an_order_that_hangs_on_an_hour_that_the_clock_skips_is_neither_proved_nor_refuted() -> None:
    # On 2027-03-28 there is no 02:30 in Berlin: dev runs at 00:30, 01:30 or 02:30 UTC; prod at 01:30 UTC.
    dev = ring(
        1, member("dev", ScheduleRecord(expression="cron(30 2 28 3 ? 2027)", timezone="Europe/Berlin"))
    )
    prod = ring(2, member("prod", ScheduleRecord(expression="cron(30 1 28 3 ? 2027)")))
    (finding,) = check(dev, prod, horizon=replace(TWO_YEARS, until=datetime(2027, 1, 1, tzinfo=UTC)))
    assert (finding.id, finding.level) == (FindingId.RING_INVERSION, Level.INFO)
    assert finding.undecided == "2027-03-28 02:30:00 does not exist in Europe/Berlin: the clock changes"


def test_an_uncertain_hour_that_changes_nothing_is_not_mentioned() -> None:
    dev = ring(1, member("dev", weekly("SUN", 2, "Europe/Berlin")))
    assert check(dev, ring(2, member("prod", weekly("TUE", 2, "Europe/Berlin"), rules=baseline(3)))) == []
    assert [finding.level for finding in check(dev, ring(2, member("prod", weekly("TUE"))))] == [Level.ERROR]


# --- the sample configuration ---

BERLIN = "Europe/Berlin"


def sample(system: OperatingSystem, rules: Sequence[Sequence[ApprovalRule]]) -> list[RingPlan]:
    schedules = [
        Schedule.weekly(day=Weekday.WEDNESDAY, hour=22, timezone=BERLIN),
        Schedule.weekly(day=Weekday.FRIDAY, hour=17, timezone=BERLIN),
        Schedule.weekly(day=Weekday.MONDAY, hour=6, timezone=BERLIN),
        Schedule.patch_tuesday(plus_days=11, hour=1, timezone=BERLIN),
    ]
    return [
        ring(
            order,
            member(
                name,
                schedule.record,
                rules=PatchBaselineRecord(
                    name=name, approval_rules=tuple(rule.record for rule in ring_rules)
                ),
                system=system,
                duration_hours=3 if name == "staging" else 4,
            ),
            soak_hours=72 if name == "staging" else None,
            promised=True,
        )
        for order, (name, schedule, ring_rules) in enumerate(
            zip(("dev", "test", "staging", "prod"), schedules, rules, strict=True), start=1
        )
    ]


def linux(days: Sequence[int | None], system: OperatingSystem) -> list[RingPlan]:
    dev, test, staging, prod = days
    return sample(
        system,
        [
            all_updates(system, approve_after_days=dev),
            security_and_bugfix_updates(system, approve_after_days=test),
            security_and_bugfix_updates(system, approve_after_days=staging),
            security_updates(system, approve_after_days=prod),
        ],
    )


def windows(days: Sequence[int]) -> list[RingPlan]:
    *before, prod = days
    system = OperatingSystem.WINDOWS
    return sample(
        system,
        [
            *(security_and_bugfix_updates(system, approve_after_days=each) for each in before),
            [
                ApprovalRule(
                    patch_filters=[
                        PatchFilter.classification("SecurityUpdates"),
                        PatchFilter.msrc_severity("Critical"),
                    ],
                    approve_after_days=prod,
                ),
                ApprovalRule(
                    patch_filters=[
                        PatchFilter.classification("SecurityUpdates", "UpdateRollups"),
                        PatchFilter.msrc_severity("Important", "Moderate", "Low", "Unspecified"),
                    ],
                    approve_after_days=prod,
                ),
            ],
        ],
    )


@pytest.mark.parametrize("horizon", [TWO_YEARS, TEN_YEARS])
def test_the_sample_is_in_order_on_amazon_linux_and_windows(horizon: Span) -> None:
    assert check(*linux([0, 2, 5, 10], AL2023), horizon=horizon) == []
    assert check(*windows([0, 2, 5, 10]), horizon=horizon) == []


@pytest.mark.parametrize("position", [1, 2, 3])
def test_the_sample_is_out_of_order_as_soon_as_a_ring_waits_as_long_as_the_one_before_it(
    position: int,
) -> None:
    days = [0, 2, 5, 10]
    days[position] = days[position - 1]
    name = ("dev", "test", "staging", "prod")[position]
    for rings in (linux(days, AL2023), windows(days)):
        findings = check(*rings, horizon=TWO_YEARS)
        assert "ring-inversion" in ids(findings)
        assert any(finding.field.startswith(f"rings.{name}.") for finding in findings)


def test_packages_without_a_notice_have_no_order_where_two_rings_let_them_in() -> None:
    rules = [all_updates(AL2023, approve_after_days=days) for days in (0, 2, 5, 10)]
    findings = check(*sample(AL2023, rules), horizon=TWO_YEARS)
    assert {finding.id for finding in findings} == {"ring-inversion", "ring-soak"}
    assert all("packages without a notice" in finding.message for finding in findings)


def test_the_sample_promises_on_ubuntu_what_no_schedule_can_keep() -> None:
    ubuntu = OperatingSystem.UBUNTU
    rules = [all_updates(ubuntu), all_updates(ubuntu), security_updates(ubuntu), security_updates(ubuntu)]
    findings = check(*sample(ubuntu, rules), horizon=TWO_YEARS)
    assert [(finding.id, finding.level) for finding in findings] == [
        (FindingId.RING_ORDER_NOT_POSSIBLE, Level.ERROR)
    ] * 3


def test_operating_systems_that_are_patched_in_the_same_way_are_each_reported_as_if_they_were_alone() -> None:
    by_system = [linux([0, 2, 2, 10], AL2023), windows([0, 2, 2, 10]), linux([0, 2, 5, 5], AL2023)]
    for first in by_system:
        for second in by_system:
            both = [
                replace(ring, members=(*ring.members, *other.members))
                for ring, other in zip(first, second, strict=True)
            ]
            if first[0].members[0].operating_system is not second[0].members[0].operating_system:
                found = check(*both, horizon=TWO_YEARS)
                assert sorted(found, key=str) == sorted(
                    [*check(*first, horizon=TWO_YEARS), *check(*second, horizon=TWO_YEARS)], key=str
                )
                assert len(found) > 1
