from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from patching_constructs.analysis.ring_exposure import ring_exposure
from patching_constructs.model.estate import RingMember, RingPlan
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.location import Location
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchFilterRecord, PatchRuleRecord
from patching_constructs.model.promises import PROMISES, Promise, Severity
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.rings.exposure import check_exposure
from patching_constructs.schedules.span import Span

LATER = Unknown("a parameter without a default")
HORIZON = Span(from_=datetime(2026, 11, 23, tzinfo=UTC), until=datetime(2028, 11, 23, tzinfo=UTC))
LINUX = OperatingSystem.AMAZON_LINUX_2023
WINDOWS = OperatingSystem.WINDOWS


def window(fields: str, *, hours: Any = 2, offset: int | None = None) -> WindowRecord:
    schedule = ScheduleRecord(expression=f"cron({fields})", offset_days=offset)
    return WindowRecord(name="install", schedule=schedule, duration_hours=hours, cutoff_hours=1)


WEEKLY = window("0 6 ? * TUE *")
AFTER_PATCH_TUESDAY = window("0 2 ? * TUE#2 *", offset=6)


def member(
    operating_system: OperatingSystem, days: Any, *windows: WindowRecord, group: str = "prod", **rule: Any
) -> RingMember:
    severity = "MSRC_SEVERITY" if operating_system is WINDOWS else "SEVERITY"
    filters = (PatchFilterRecord(key=severity, values=("Critical",)),)
    return RingMember(
        patch_group=group,
        account="111111111111",
        region="eu-central-1",
        operating_system=operating_system,
        baseline=PatchBaselineRecord(
            name="prod",
            approval_rules=(
                PatchRuleRecord(
                    approve_after_days=days, patch_filters=() if operating_system.is_apt else filters, **rule
                ),
            ),
        ),
        install_windows=windows,
        location=Location(logical_id=f"Baseline{group.title()}"),
    )


def check(
    *members: RingMember, promise: Promise | None = None, freezes: tuple[Freeze, ...] = ()
) -> list[Finding]:
    ring = RingPlan(name="prod", order=2, members=members)
    found = ring_exposure(ring, HORIZON, freezes=freezes)
    return check_exposure(found, promises=() if promise is None else (promise,))


def judged(*members: RingMember, **options: Any) -> list[Finding]:
    return [finding for finding in check(*members, **options) if finding.id != FindingId.EXPOSURE]


def within(**days: int) -> Promise:
    return Promise(
        name="own", within={Severity(name.upper()): timedelta(days=count) for name, count in days.items()}
    )


def test_without_a_promise_exposure_is_shown_and_not_judged() -> None:
    [finding] = check(member(LINUX, 7, WEEKLY))
    assert (finding.id, finding.level) == (FindingId.EXPOSURE, Level.INFO)
    assert finding.received == (
        "CRITICAL typically 10 days 14 hours 4 minutes, at most 14 days 2 hours; "
        "HIGH never; MEDIUM never; LOW never"
    )


def test_the_worst_case_of_the_public_case_is_six_weeks() -> None:
    [finding] = judged(member(LINUX, 9, window("0 6 ? * TUE#2 *")), promise=PROMISES["pci-dss-6.3.3"])
    assert (finding.id, finding.level) == (FindingId.EXPOSURE_OVER_PROMISE, Level.ERROR)
    assert finding.message.endswith("the worst case is 14 days 2 hours over it on patch group 'prod'")
    assert finding.received == (
        "44 days 2 hours: published Sun 2026-11-29 06:00 UTC, installed by Tue 2027-01-12 08:00 UTC "
        "(approval 9 days, wait 35 days, window 2 hours)"
    )
    assert finding.source == PROMISES["pci-dss-6.3.3"].source
    assert finding.location == Location(logical_id="BaselineProd")


@pytest.mark.parametrize(("days", "kept"), [(14, False), (15, True)])
def test_a_promise_is_kept_up_to_its_last_moment(days: int, kept: bool) -> None:
    assert (judged(member(LINUX, 7, WEEKLY), promise=within(critical=days)) == []) is kept
    to_the_hour = Promise(name="own", within={Severity.CRITICAL: timedelta(days=14, hours=2)})
    assert judged(member(LINUX, 7, WEEKLY), promise=to_the_hour) == []


@pytest.mark.parametrize(
    ("days", "promised", "knob"),
    [
        (7, 14, "approve_after_days of at most 6"),
        (7, 8, "approve_after_days of at most 0"),
        (7, 7, "an install window at least every 6 days 22 hours, with approve_after_days of 0"),
        (0, 7, "an install window at least every 6 days 22 hours, with approve_after_days of 0"),
    ],
)
def test_a_broken_promise_names_the_knob_that_fixes_it(days: int, promised: int, knob: str) -> None:
    [finding] = judged(member(LINUX, days, WEEKLY), promise=within(critical=promised))
    assert finding.allowed == knob


def test_the_delay_that_is_proposed_keeps_the_promise_and_one_more_day_breaks_it() -> None:
    promise = within(critical=14)
    assert judged(member(LINUX, 6, WEEKLY), promise=promise) == []
    assert judged(member(LINUX, 7, WEEKLY), promise=promise) != []


def test_a_window_that_is_longer_than_the_promise_is_the_knob() -> None:
    day_long = window("0 6 ? * * *", hours=24)
    [finding] = judged(member(LINUX, 0, day_long), promise=within(critical=1))
    assert finding.allowed == "a shorter install window"


def test_a_severity_that_no_rule_approves_breaks_its_promise() -> None:
    [finding] = judged(member(LINUX, 0, WEEKLY), promise=within(high=30))
    assert finding.message.endswith("and some are never installed on patch group 'prod'")
    assert finding.allowed == "an approval rule for HIGH security patches of every product"


def test_an_approve_until_date_that_has_passed_breaks_the_promise() -> None:
    stale = member(LINUX, None, WEEKLY, approve_until_date="2027-01-31")
    [finding] = judged(stale, promise=within(critical=30))
    assert finding.received == "never: published Mon 2027-02-01 00:00 UTC"
    assert finding.allowed == "approve_after_days instead of an approve_until_date that stays behind"


def test_where_no_severity_is_reported_the_shortest_promise_counts() -> None:
    ubuntu = member(OperatingSystem.UBUNTU, 7, WEEKLY)
    [finding] = judged(ubuntu, promise=within(critical=2, high=14))
    assert "any patches of UBUNTU within 2 days" in finding.message
    assert judged(ubuntu, promise=within(critical=8)) == []


def test_a_ring_is_judged_by_its_slowest_nodes_and_names_them() -> None:
    fast = member(LINUX, 0, WEEKLY, group="fast")
    slow = member(LINUX, 7, WEEKLY, group="slow")
    [finding] = judged(fast, slow, replace(slow, region="eu-west-1"), promise=within(critical=14))
    assert finding.location == Location(logical_id="BaselineSlow")
    assert finding.message.endswith("on patch group 'slow' and 1 more")


def test_a_freeze_makes_the_wait_longer() -> None:
    freeze = Freeze(
        name="year end", from_=datetime(2026, 12, 15, tzinfo=UTC), until=datetime(2027, 1, 5, tzinfo=UTC)
    )
    [finding] = judged(member(LINUX, 0, WEEKLY), promise=within(critical=8), freezes=(freeze,))
    assert finding.received is not None
    assert finding.received.startswith("28 days 2 hours: published Tue 2026-12-08 06:00 UTC")


def test_the_soonest_of_several_windows_installs() -> None:
    monthly = window("0 6 ? * TUE#2 *")
    both = check(member(LINUX, 0, monthly, WEEKLY))
    assert both[0].received == check(member(LINUX, 0, WEEKLY))[0].received


# --- Windows ---


def test_a_monthly_window_that_is_too_soon_for_its_delay_never_installs_a_windows_update() -> None:
    [finding] = judged(member(WINDOWS, 6, AFTER_PATCH_TUESDAY))
    assert (finding.id, finding.level) == (FindingId.SUPERSEDED_BEFORE_INSTALL, Level.ERROR)
    assert finding.received == (
        "24 of 24 months (100.0 %) with approve_after_days 6, first the update of Tue 2026-12-08 18:00 UTC"
    )
    assert finding.allowed == "approve_after_days of at most 5, or a later window"
    assert finding.location == Location(logical_id="BaselineProd")


def test_with_the_proposed_delay_every_windows_update_is_installed_within_days() -> None:
    assert judged(member(WINDOWS, 5, AFTER_PATCH_TUESDAY), promise=within(critical=6)) == []
    [shown] = check(member(WINDOWS, 5, AFTER_PATCH_TUESDAY))
    assert shown.received == (
        "CRITICAL typically 5 days 11 hours, at most 5 days 11 hours (40 days 2 hours if published out of "
        "band); HIGH never; MEDIUM never; LOW never"
    )


def test_on_other_systems_the_same_delay_and_window_lose_nothing() -> None:
    assert judged(member(LINUX, 6, AFTER_PATCH_TUESDAY)) == []


def test_windows_updates_that_no_window_meets_are_a_warning() -> None:
    [finding] = judged(member(WINDOWS, 0, window("0 2 20 1,4,7,10 ? *")))
    assert (finding.id, finding.level) == (FindingId.SUPERSEDED_BEFORE_INSTALL, Level.WARNING)
    assert finding.received == "16 of 24 months (66.7 %), first the update of Tue 2026-12-08 18:00 UTC"


def test_a_severity_of_windows_that_no_one_approves_is_not_superseded_but_missing() -> None:
    [finding] = judged(member(WINDOWS, 0, WEEKLY), promise=within(low=90))
    assert finding.id == FindingId.EXPOSURE_OVER_PROMISE


# --- what is not known ---


@pytest.mark.parametrize(
    ("unclear", "reason"),
    [
        (member(LINUX, LATER, WEEKLY), LATER.reason),
        (member(LINUX, 0, window("0 6 ? * TUE *", hours=LATER)), LATER.reason),
        (member(LINUX, 0, window("0 6 * * *")), "5 fields"),
    ],
)
def test_what_a_ring_depends_on_and_no_one_knows_is_said(unclear: RingMember, reason: str) -> None:
    [finding] = check(unclear, promise=within(critical=1))
    assert (finding.id, finding.level) == (FindingId.EXPOSURE_OVER_PROMISE, Level.INFO)
    assert finding.undecided is not None
    assert reason in finding.undecided


def test_nodes_that_no_window_patches_are_said_only_where_something_is_promised() -> None:
    image_built = member(LINUX, 0)
    assert check(image_built) == []
    [finding] = check(image_built, promise=within(critical=1))
    assert finding.undecided == "no maintenance window installs on it"


def test_a_window_without_another_run_never_installs() -> None:
    past = replace(WEEKLY, schedule=replace(WEEKLY.schedule, end_date="2026-01-01T00:00:00Z"))
    [finding] = judged(member(LINUX, 0, past), promise=within(critical=30))
    assert finding.received == "never: published Mon 2026-11-23 00:00 UTC"
    assert finding.allowed == "an install window at least every 30 days, with approve_after_days of 0"
