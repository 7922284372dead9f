from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from patching_constructs.analysis.install_runs import (
    InstallSequence,
    InstallWindow,
    at_the_earliest,
    at_the_latest,
    install_window,
)
from patching_constructs.analysis.landing import Approval, landings
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.maintenance_window import TaskRecord, WindowRecord
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Unknown
from patching_constructs.schedules.schedule_error import PhaseUnknownError
from patching_constructs.schedules.span import Span

HOUR = timedelta(hours=1)
YEAR_2026 = Span(from_=datetime(2026, 1, 1, tzinfo=UTC), until=datetime(2027, 1, 1, tzinfo=UTC))
SUNDAYS = InstallWindow(
    schedule=ScheduleRecord(expression="cron(0 6 ? * SUN *)"), duration=2 * HOUR, run_on=HOUR
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def runs(
    *windows: InstallWindow, horizon: Span = YEAR_2026, freezes: tuple[Freeze, ...] = ()
) -> InstallSequence:
    return InstallSequence(windows, after=horizon.from_, freezes=freezes)


def steps(approval: Approval, horizon: Span, *windows: InstallWindow) -> list[tuple[str, str | None]]:
    found = landings(
        runs(*(windows or (SUNDAYS,)), horizon=horizon).through(horizon.until + timedelta(days=30)),
        approval,
        horizon,
    )
    return [
        (
            f"{step.published.from_:%m-%d %H}..{step.published.until:%m-%d %H}",
            f"{step.run.starts_at:%m-%d %H}" if step.run else None,
        )
        for step in found
    ]


def test_a_patch_published_at_the_very_start_of_a_run_is_not_yet_eligible() -> None:
    horizon = Span(from_=at("2026-01-04T06:00"), until=at("2026-01-11T07:00"))
    assert steps(Approval(after_days=0), horizon) == [
        ("01-04 06..01-11 06", "01-11 06"),
        ("01-11 06..01-11 07", "01-18 06"),
    ]


def test_a_delay_counts_days_of_24_hours_from_publication() -> None:
    horizon = Span(from_=at("2026-01-01T00:00"), until=at("2026-01-10T00:00"))
    assert steps(Approval(after_days=2), horizon) == [
        ("01-01 00..01-02 06", "01-04 06"),
        ("01-02 06..01-09 06", "01-11 06"),
        ("01-09 06..01-10 00", "01-18 06"),
    ]


def test_patches_published_by_a_date_are_approved_at_once_and_later_ones_by_their_delay_or_never() -> None:
    horizon = Span(from_=at("2026-01-01T00:00"), until=at("2026-01-10T00:00"))
    until = at("2026-01-06T00:00")
    assert steps(Approval(published_before=until), horizon) == [
        ("01-01 00..01-04 06", "01-04 06"),
        ("01-04 06..01-06 00", "01-11 06"),
        ("01-06 00..01-10 00", None),
    ]
    assert steps(Approval(published_before=until, after_days=7), horizon)[2:] == [
        ("01-06 00..01-10 00", "01-18 06")
    ]


def test_what_no_rule_approves_never_lands() -> None:
    assert steps(Approval(), YEAR_2026) == [("01-01 00..01-01 00", None)]


def test_nothing_lands_after_the_last_run_of_a_schedule_that_ends() -> None:
    window = replace(SUNDAYS, schedule=replace(SUNDAYS.schedule, end_date="2026-01-10T00:00:00Z"))
    horizon = Span(from_=at("2026-01-01T00:00"), until=at("2026-02-01T00:00"))
    assert steps(Approval(after_days=0), horizon, window) == [
        ("01-01 00..01-04 06", "01-04 06"),
        ("01-04 06..02-01 00", None),
    ]


def test_the_runs_of_several_windows_count_in_order_of_time() -> None:
    wednesdays = replace(SUNDAYS, schedule=ScheduleRecord(expression="cron(0 6 ? * WED *)"))
    horizon = Span(from_=at("2026-01-01T00:00"), until=at("2026-01-08T00:00"))
    assert [run for _, run in steps(Approval(after_days=0), horizon, SUNDAYS, wednesdays)] == [
        "01-04 06",
        "01-07 06",
        "01-11 06",
    ]


def test_a_run_that_starts_in_a_freeze_is_no_run() -> None:
    freeze = Freeze(name="sales", from_=at("2026-01-04T06:00"), until=at("2026-01-11T06:00"))
    found = runs(SUNDAYS, freezes=(freeze,)).through(at("2026-01-11T05:00"))
    assert [run.starts_at for run in found] == [at("2026-01-11T06:00")]


def test_runs_reach_just_beyond_what_was_asked_for_whatever_was_asked_before() -> None:
    found = runs(SUNDAYS)
    far = found.through(at("2026-02-01T06:00"))
    assert far[-1].starts_at == at("2026-02-08T06:00")
    assert found.through(at("2026-01-04T05:59")) == far[:1]
    assert found.through(at("2026-01-04T06:00")) == far[:2]


def test_a_local_time_that_the_clock_skips_is_carried_as_uncertain_and_shifts_both_ways() -> None:
    window = InstallWindow(
        schedule=ScheduleRecord(expression="cron(30 2 29 3 ? 2026)", timezone="Europe/Berlin"),
        duration=2 * HOUR,
    )
    (run,) = runs(window).through(YEAR_2026.until)
    assert run.starts_at == at("2026-03-29T01:30")
    assert run.uncertain_by == HOUR
    (late,), (early,) = at_the_latest([run]), at_the_earliest([run])
    assert (late.starts_at, late.sees_before) == (run.starts_at + HOUR, run.starts_at - HOUR)
    assert (early.starts_at, early.sees_before) == (run.starts_at - HOUR, run.starts_at + HOUR)
    assert (late.ends_at, early.closes_at) == (run.ends_at + HOUR, run.closes_at - HOUR)


def test_a_schedule_without_known_dates_is_refused() -> None:
    with pytest.raises(PhaseUnknownError):
        runs(replace(SUNDAYS, schedule=ScheduleRecord(expression="rate(7 days)")))


@pytest.mark.parametrize(
    ("cutoff_hours", "cutoff_behavior", "task_type", "run_on_hours"),
    [
        (1, None, "RUN_COMMAND", 1),
        (0, "CONTINUE_TASK", "RUN_COMMAND", 2),
        (3, "CONTINUE_TASK", "RUN_COMMAND", 0),
        (1, "CANCEL_TASK", "RUN_COMMAND", 0),
        (1, "CANCEL_TASK", "AUTOMATION", 1),
        (1, Unknown("a parameter"), "RUN_COMMAND", 1),
        (Unknown("a parameter"), None, "RUN_COMMAND", 2),
    ],
)
def test_installs_run_on_behind_the_cutoff_unless_their_command_is_cancelled(
    cutoff_hours: int, cutoff_behavior: str, task_type: str, run_on_hours: int
) -> None:
    task = TaskRecord(
        task_type=task_type,
        task_arn="AWS-RunPatchBaseline",
        priority=1,
        cutoff_behavior=cutoff_behavior,
        parameters={"Operation": ("Install",)},
    )
    window = WindowRecord(
        name="install",
        schedule=SUNDAYS.schedule,
        duration_hours=4,
        cutoff_hours=cutoff_hours,
        tasks=(task,),
    )
    assert install_window(window) == InstallWindow(
        schedule=SUNDAYS.schedule, duration=4 * HOUR, run_on=run_on_hours * HOUR
    )


def test_a_span_names_the_months_that_it_touches() -> None:
    span = Span(from_=at("2026-11-23T00:00"), until=at("2027-02-01T00:00"))
    assert [f"{month:%Y-%m}" for month in span.months()] == ["2026-11", "2026-12", "2027-01"]
    assert len(list(Span(from_=at("2024-01-01T00:00"), until=at("2034-01-01T00:00")).months())) == 120
