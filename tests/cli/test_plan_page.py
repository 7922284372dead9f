"""What the page says, before it is put into HTML."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from patching_constructs.analysis.costs.billable_amount import BillableUse
from patching_constructs.analysis.costs.costs import TotalLine
from patching_constructs.analysis.quota_use import QuotaUse
from patching_constructs.cli.plan_formats.page.calendar import calendar
from patching_constructs.cli.plan_formats.page.costs import costs_view
from patching_constructs.cli.plan_formats.page.exposure import exposure_views
from patching_constructs.cli.plan_formats.page.finding_list import MOST, findings_view
from patching_constructs.cli.plan_formats.page.quotas import quota_views
from patching_constructs.cli.plan_formats.page.ring_rows import main_zone, ring_views
from patching_constructs.cli.plan_formats.page.timeline import patch_classes, step_at
from patching_constructs.cli.plan_formats.page.verdict import verdict
from patching_constructs.cli.plan_formats.page.words import moment
from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.model.estate import Environment
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Unknown
from patching_constructs.model.wording import rough_length
from patching_constructs.plan.order import OrderState
from patching_constructs.plan.plan import Plan, PlannedQuota, PlannedWindow
from patching_constructs.rules.acknowledged_findings import JudgedFinding
from patching_constructs.schedules.openings import opening_times
from tests.browser.plans import frozen, sample


def with_windows(plan: Plan, *windows: PlannedWindow) -> Plan:
    """Give the first ring other windows."""
    first, *rest = plan.rings
    return replace(plan, rings=(replace(first, windows=windows), *rest))


def window(
    plan: Plan, expression: str, *, zone: str | None = "UTC", hours: int = 2, scan: bool = False
) -> PlannedWindow:
    schedule = ScheduleRecord(expression=expression, timezone=zone)
    operations = sample().rings[0].windows[1 if scan else 0].operations
    return PlannedWindow(
        name="window",
        operations=operations,
        schedule=schedule,
        duration_hours=hours,
        cutoff_hours=1,
        openings=opening_times(schedule, hours, plan.horizon),
        environments=(Environment(account="111111111111", region="eu-central-1"),),
    )


# --- words ---


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("UTC", "Tue 2026-12-08 23:30\N{NO-BREAK SPACE}UTC"),
        ("Europe/London", "Tue 2026-12-08 23:30 Europe/London (23:30\N{NO-BREAK SPACE}UTC)"),
        ("Europe/Berlin", "Wed 2026-12-09 00:30 Europe/Berlin (Tue 2026-12-08 23:30\N{NO-BREAK SPACE}UTC)"),
        ("Asia/Kolkata", "Wed 2026-12-09 05:00 Asia/Kolkata (Tue 2026-12-08 23:30\N{NO-BREAK SPACE}UTC)"),
    ],
)
def test_moments_are_local_and_utc(zone: str, said: str) -> None:
    assert moment(datetime(2026, 12, 8, 23, 30, tzinfo=UTC), zone) == said


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (timedelta(), "0 minutes"),
        (timedelta(seconds=59), "0 minutes"),
        (timedelta(days=1, hours=1, minutes=1), "1 day 1 hour"),
        (timedelta(days=-2, minutes=-5), "2 days 5 minutes"),
    ],
)
def test_lengths_have_two_units(time: timedelta, said: str) -> None:
    assert rough_length(time) == said


# --- rings ---


@pytest.mark.parametrize(
    ("expression", "zone", "rhythm"),
    [
        ("cron(0 5 ? * * *)", "UTC", "every day, 05:00 to 07:00"),
        ("cron(0 23 ? * WED *)", "Europe/Berlin", "Wednesdays, 23:00 to 01:00"),
        ("cron(0 5 ? * MON,WED *)", "UTC", "Mon, Wed, 05:00 to 07:00"),
        ("cron(0 5 ? * TUE#2 *)", "UTC", "one Tuesday a month, 05:00 to 07:00"),
        ("cron(0 5 1 * ? *)", "UTC", "12 times, 05:00 to 07:00"),
        ("cron(0 5,17 ? * MON *)", "UTC", "104 times"),
        ("at(2026-12-24T12:00:00)", "UTC", "once, Thu 2026-12-24 12:00"),
        ("at(2020-12-24T12:00:00)", "UTC", "never in the period of the plan"),
    ],
)
def test_a_rhythm_is_read_from_the_dates(expression: str, zone: str, rhythm: str) -> None:
    plan = frozen()
    ring = ring_views(with_windows(plan, window(plan, expression, zone=zone)))[0]
    assert ring.windows[0].rhythm == rhythm


def test_what_is_not_known_has_no_rhythm() -> None:
    plan = frozen()
    unknown = replace(window(plan, "cron(0 5 ? * * *)"), openings=Unknown("parameter Start has no default"))
    ring = ring_views(with_windows(plan, unknown))[0]
    assert ring.windows[0].rhythm == "not known: parameter Start has no default"
    assert ring.next_install is None


def test_the_next_install_is_outside_of_freezes() -> None:
    plan = replace(frozen(), today=date(2026, 12, 25))
    dev = ring_views(plan)[0]
    assert dev.next_install == "Sun 2027-02-07 06:00\N{NO-BREAK SPACE}UTC"
    assert (
        ring_views(replace(plan, freezes=()))[0].next_install == "Sun 2027-01-03 06:00\N{NO-BREAK SPACE}UTC"
    )


def test_codes_are_letters_with_numbers_where_they_would_be_in_the_same_way() -> None:
    assert [ring.code for ring in ring_views(sample())] == ["D", "T", "S", "P", "P2"]


# --- calendar ---


def test_a_day_tells_many_runs_together() -> None:
    plan = frozen()
    often = with_windows(plan, window(plan, "cron(0 0/3 ? * * *)", hours=1))
    shown = calendar(often, ring_views(often))
    marks = [mark for month in shown.months for week in month.weeks for day in week for mark in day.marks]
    assert len([mark for mark in marks if mark.ring.number == 0]) == 365
    assert marks[0].text == (
        "dev installs · Thu 2026-11-26 00:00 to 01:00 UTC · "
        "Thu 2026-11-26 03:00 to 04:00 UTC · "
        "Thu 2026-11-26 06:00 to 07:00 UTC · "
        "and 5 more times on this day"
    )


def test_windows_that_open_in_the_same_way_are_one_mark() -> None:
    plan = frozen()
    sundays = window(plan, "cron(0 5 ? * SUN *)")
    grouped = with_windows(plan, sundays, replace(sundays, name="another"))
    marks = [
        mark
        for m in calendar(grouped, ring_views(grouped)).months
        for w in m.weeks
        for d in w
        for mark in d.marks
    ]
    of_first = [mark for mark in marks if mark.ring.number == 0]
    assert len(of_first) == 52
    assert of_first[0].text == "dev installs · Sun 2026-11-29 05:00 to 07:00 UTC"


def test_scans_of_some_days_are_drawn_and_daily_ones_are_said() -> None:
    plan = frozen()
    weekly = with_windows(plan, window(plan, "cron(0 5 ? * MON *)", scan=True))
    assert calendar(weekly, ring_views(weekly)).has_scans
    daily = with_windows(plan, window(plan, "cron(0 5 ? * * *)", scan=True))
    shown = calendar(daily, ring_views(daily))
    assert not shown.has_scans
    assert shown.daily == ("dev every day, 05:00 to 07:00 UTC",)


def test_installs_of_every_day_are_drawn() -> None:
    plan = frozen()
    daily = with_windows(plan, window(plan, "cron(0 5 ? * * *)"))
    shown = calendar(daily, ring_views(daily))
    assert shown.daily == ()
    assert (
        sum(mark.ring.number == 0 for m in shown.months for w in m.weeks for d in w for mark in d.marks)
        == 365
    )


def test_releases_stand_on_the_day_of_the_main_zone() -> None:
    rings = ring_views(sample())
    assert main_zone(rings) == "Europe/Berlin"
    assert main_zone(()) == "UTC"


# --- order ---


def with_state(plan: Plan, state: OrderState) -> Plan:
    order = tuple(
        answer if answer.state is OrderState.FIRST else replace(answer, state=state, reason="it is unknown")
        for answer in plan.order
    )
    return replace(plan, order=order)


def test_the_headline_of_the_sample_names_the_accepted_risk() -> None:
    said = verdict(sample())
    assert (said.state, said.sentence) == ("good", "The rings are in order.")
    assert said.path == ("dev", "test", "staging", "prod")
    assert said.details == ("Except Ubuntu: an accepted risk by platform-team@example.com until 2027-11-30.",)


def test_a_risk_that_no_one_accepts_is_bad() -> None:
    open_ = tuple(replace(entry, acknowledgement=None) for entry in sample().findings)
    said = verdict(replace(sample(), findings=open_))
    assert (said.state, said.sentence) == ("bad", "The rings are not in order.")
    assert said.details[0].startswith("Some patches reach test before dev: Ubuntu, for up to 25.7 %")


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (OrderState.PROVED, ("good", "The rings are in order.")),
        (OrderState.REFUTED, ("bad", "The rings are not in order.")),
        (OrderState.OPEN, ("warn", "The order of the rings is undecided.")),
        (OrderState.FIRST, ("warn", "There are no two rings to compare.")),
    ],
)
def test_the_headline_follows_the_answers(state: OrderState, expected: tuple[str, str]) -> None:
    said = verdict(with_state(frozen(), state))
    assert (said.state, said.sentence) == expected


# --- timeline ---


def test_severities_that_travel_in_the_same_way_are_one_choice() -> None:
    names = [patches.name for patches in patch_classes(ring_views(sample()))]
    assert names == ["Amazon Linux 2023, any severity", "Ubuntu, any severity", "Windows, any severity"]


def test_a_step_holds_from_its_first_moment_to_the_next() -> None:
    for ring in sample().rings:
        for journey in ring.journeys:
            for step in journey.steps:
                assert step_at(journey, step.published.from_) is step
                assert step_at(journey, step.published.until - timedelta(minutes=1)) is step


# --- exposure, quotas, costs, findings ---


def test_exposure_is_judged_against_every_promise() -> None:
    rows = exposure_views(ring_views(frozen()))
    said = {
        (row.ring.name, row.severities): (
            row.state,
            [(each.promise.name, each.kept) for each in row.promises],
        )
        for row in rows
    }
    assert said[("prod", "critical")] == ("missed", [("two weeks", False), ("pci-dss-6.3.3", False)])
    assert said[("prod", "high")] == ("missed", [("two weeks", False)])
    assert all(0 < row.worst_place <= 1 for row in rows)


def test_what_is_never_installed_and_nowhere_promised_is_not_judged() -> None:
    rows = exposure_views(ring_views(frozen()))
    assert [(row.severities, row.state) for row in rows if row.worst is None] == [
        ("medium, low", "never")
    ] * 2


def test_exposure_without_a_promise_is_shown() -> None:
    plan = sample()
    nothing = replace(plan, rings=tuple(replace(ring, promises=()) for ring in plan.rings))
    rows = exposure_views(ring_views(nothing))
    assert {row.state for row in rows} == {"shown"}
    assert len(rows) == 12


@pytest.mark.parametrize(
    ("used", "state"), [(0, "fine"), (79, "fine"), (80, "nearly"), (100, "nearly"), (101, "over")]
)
def test_quotas_say_when_they_are_nearly_used_up(used: int, state: str) -> None:
    use = QuotaUse(name="windows", what="windows", used=used, quota=100)
    plan = replace(
        frozen(), quotas=(PlannedQuota(use=use, environment=Environment(account="1", region="2")),)
    )
    (view,) = quota_views(plan)
    assert view.state == state
    assert view.share <= 1


def test_costs_say_what_is_not_known() -> None:
    total = (
        TotalLine(
            use=BillableUse(unit=BillableUnit.KMS_KEYS, known=Fraction(3)),
            money={"USD": Fraction(3)},
            is_priced=True,
        ),
        TotalLine(
            use=BillableUse(
                unit=BillableUnit.LOG_GIGABYTES, known=Fraction(1, 8), unknown=("no node count",)
            ),
            is_priced=False,
        ),
        TotalLine(use=BillableUse(unit=BillableUnit.DASHBOARDS), is_priced=True),
    )
    view = costs_view(replace(frozen().costs, total=total))
    assert [(line.amount, line.money, line.unknown) for line in view.lines] == [
        ("3", "3.00 USD", ()),
        ("at least 0.12", "", ("no node count",)),
    ]
    assert not view.has_prices, "the lines name none"


def test_a_page_lists_so_many_findings_and_says_how_many_more() -> None:
    finding = JudgedFinding(finding=Finding(id="x", level=Level.INFO, field="", message="x"))
    view = findings_view(replace(frozen(), findings=(finding,) * (MOST + 7)))
    assert (len(view.open), len(view.accepted), view.left_out) == (MOST, 0, 7)
