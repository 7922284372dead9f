"""The sweep over openings, against an oracle that asks every minute which windows are open."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patching_constructs.analysis.collisions import window_traffic
from patching_constructs.model.maintenance_window import TargetRecord, TaskRecord, WindowRecord
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Unknown
from patching_constructs.schedules.openings import opening_times, sweep
from patching_constructs.schedules.span import Span

MIDNIGHT = datetime(2026, 12, 1, tzinfo=UTC)
HORIZON = Span(from_=MIDNIGHT, until=MIDNIGHT + timedelta(days=31))


def at(minute: int) -> datetime:
    return MIDNIGHT + timedelta(minutes=minute)


def opening(start: int, end: int) -> Span:
    return Span(from_=at(start), until=at(end))


opening_lists = st.lists(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda parts: opening(parts[0], sum(parts))),
        max_size=5,
    ),
    max_size=5,
)


def open_at(windows: list[list[Span]], minute: int) -> list[tuple[int, int]]:
    """Ask every opening whether it holds a minute: (number of the window, number of its opening)."""
    return [
        (number, index)
        for number, openings in enumerate(windows)
        for index, one in enumerate(openings)
        if one.from_ <= at(minute) < one.until
    ]


@settings(max_examples=300, deadline=None)
@given(opening_lists)
def test_overlaps_are_those_that_a_look_at_every_minute_finds(windows: list[list[Span]]) -> None:
    minutes_of: dict[tuple[int, int], dict[tuple[int, int], list[int]]] = {}
    for minute in range(81):
        open_now = open_at(windows, minute)
        for first in open_now:
            for second in open_now:
                if first < second:
                    pairs = minutes_of.setdefault((first[0], second[0]), {})
                    pairs.setdefault((first[1], second[1]), []).append(minute)
    found = sweep(windows).overlaps
    assert {pair: overlap.count for pair, overlap in found.items()} == {
        pair: len(openings) for pair, openings in minutes_of.items()
    }
    for pair, overlap in found.items():
        together = [opening(minutes[0], minutes[-1] + 1) for minutes in minutes_of[pair].values()]
        assert overlap.first in together
        assert overlap.first.from_ == min(one.from_ for one in together)


@settings(max_examples=300, deadline=None)
@given(opening_lists)
def test_the_peak_is_the_busiest_minute(windows: list[list[Span]]) -> None:
    busy = [sorted({number for number, _ in open_at(windows, minute)}) for minute in range(81)]
    most = max(busy, key=len)
    peak = sweep(windows).peak
    if not most:
        assert peak is None
    else:
        assert peak is not None
        assert peak.at == at(busy.index(most))
        assert peak.windows == tuple(most)


def test_a_window_that_opens_as_another_closes_does_not_overlap_it() -> None:
    assert sweep([[opening(0, 60)], [opening(60, 90)]]).overlaps == {}


def test_a_window_that_opens_twice_at_once_counts_once_in_the_peak() -> None:
    peak = sweep([[opening(0, 60), opening(30, 90)], [opening(30, 40)]]).peak
    assert peak is not None
    assert peak.windows == (0, 1)


def test_openings_last_for_the_duration_from_each_run_on() -> None:
    weekly = ScheduleRecord(expression="cron(0 1 ? * SUN *)", timezone="Europe/Berlin")
    times = opening_times(weekly, 4, HORIZON)
    assert not isinstance(times, Unknown)
    assert [one.from_.day for one in times] == [6, 13, 20, 27]
    assert times[0] == Span(
        from_=datetime(2026, 12, 6, 0, tzinfo=UTC), until=datetime(2026, 12, 6, 4, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("expression", "duration", "reason"),
    [
        (Unknown("parameter Schedule has no default"), 2, "parameter Schedule has no default"),
        ("cron(0 1 * * *)", 2, "5 fields"),
        ("rate(1 day)", 2, "moment when the window is made"),
        ("cron(0 1 ? * SUN *)", Unknown("Duration is imported"), "Duration is imported"),
        ("cron(0 1 ? * SUN *)", 10**20, "refuses the duration"),
        ("cron(* * * ? * * *)", 2, "more often"),
    ],
)
def test_openings_that_cannot_be_listed_are_unknown_and_say_why(
    expression: str | Unknown, duration: int | Unknown, reason: str
) -> None:
    times = opening_times(ScheduleRecord(expression=expression), duration, HORIZON)
    assert isinstance(times, Unknown)
    assert reason in times.reason


def test_a_rate_of_a_minute_is_not_listed_although_its_start_is_known() -> None:
    often = ScheduleRecord(expression="rate(1 minute)", start_date="2026-01-01T00:00:00Z")
    assert isinstance(opening_times(often, 1, HORIZON), Unknown)


EXPRESSIONS = ("cron(0 6 ? * MON *)", "cron(0 8 ? * MON *)", "cron(0 0/3 ? * * *)", "cron(0 6 ? * TUE#2 *)")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(EXPRESSIONS), st.integers(1, 6)), max_size=8))
def test_windows_that_open_together_are_swept_as_one_with_the_same_result(
    opened: list[tuple[str, int]],
) -> None:
    """Windows with equal schedules are put together before the sweep and taken apart after it."""
    target = TargetRecord(resource_type="INSTANCE", targets=(("tag:PatchGroup", ("web",)),))
    task = TaskRecord(
        task_type="RUN_COMMAND",
        task_arn="AWS-RunPatchBaseline",
        priority=1,
        targets=(target,),
        parameters={"Operation": ("Install",)},
    )
    windows = [
        WindowRecord(
            name=f"window{number}",
            schedule=ScheduleRecord(expression=expression),
            duration_hours=hours,
            cutoff_hours=0,
            tasks=(task,),
        )
        for number, (expression, hours) in enumerate(opened)
    ]
    times = [opening_times(window.schedule, window.duration_hours, HORIZON) for window in windows]
    one_by_one = sweep([each for each in times if not isinstance(each, Unknown)])
    traffic = window_traffic(windows, HORIZON)
    overlaps = {
        (windows.index(window), windows.index(window)): overlap for window, overlap in traffic.overruns
    }
    for collision in traffic.collisions:
        first, second = map(windows.index, collision.windows)
        overlaps[first, second] = collision.overlap
    assert overlaps == one_by_one.overlaps
    peak = one_by_one.peak
    assert traffic.busiest_at == (peak.at if peak else None)
    assert traffic.busiest == (tuple(windows[number] for number in peak.windows) if peak else ())
