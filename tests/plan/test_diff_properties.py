"""What holds for all pairs of templates."""

import copy
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from patching_constructs.cli.diff_formats.json import format_json
from patching_constructs.cli.diff_formats.markdown import format_markdown
from patching_constructs.cli.diff_formats.text import format_text
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.plan.diff import all_changes as changes
from patching_constructs.plan.diff import window_changes
from patching_constructs.plan.diff.change import Area, Comparison
from patching_constructs.schedules.runs import runs
from patching_constructs.schedules.span import Span
from patching_constructs.templates.template_error import ReadingError
from tests.plan.diff_templates import Template, baseline, compare_paths, compare_templates, ring
from tests.templates.test_fuzz import NODES, PLACES, VALID

TWO_YEARS = Span(from_=datetime(2026, 11, 23, tzinfo=UTC), until=datetime(2028, 11, 23, tzinfo=UTC))
SHORT = Span(from_=datetime(2026, 11, 23, tzinfo=UTC), until=datetime(2027, 1, 23, tzinfo=UTC))
ZONE = "Europe/Berlin"
NAMES = ("dev", "test", "prod")
SCHEDULES = (
    "cron(0 22 ? * WED *)",
    "cron(0 22 ? * 4 *)",
    "cron(0 22 ? * SAT *)",
    "cron(0 2 ? * TUE#2 *)",
    "cron(0 2 ? 3,9 TUE#2 *)",
    "cron(0 2 29 2 ? *)",
    "cron(0 2 ? * SUN 2028)",
)


Dates = dict[str, frozenset[tuple[str, datetime]]]
"""When which group of each ring is patched."""


@st.composite
def holdings(draw: st.DrawFn) -> tuple[tuple[tuple[str, ...], ...], frozenset[str]]:
    """Draw which groups each ring holds, and which a baseline registers."""
    groups = tuple(draw(st.permutations(["a", "b", "c", "d"])))
    cuts = sorted(draw(st.lists(st.integers(1, 3), min_size=2, max_size=2)))
    registered = draw(st.frozensets(st.sampled_from(groups), min_size=1))
    return (groups[: cuts[0]], groups[cuts[0] : cuts[1]], groups[cuts[1] :]), registered


THREE_SCHEDULES = st.lists(st.sampled_from(SCHEDULES), min_size=3, max_size=3)


def fleet(
    holding: tuple[tuple[tuple[str, ...], ...], frozenset[str]], schedules: list[str]
) -> tuple[Template, Dates]:
    of_rings, registered = holding
    resources: Template = {"Base": baseline(*sorted(registered), days=2)}
    dates: Dates = {}
    for order, (name, schedule, held) in enumerate(zip(NAMES, schedules, of_rings, strict=True), start=1):
        if not held:
            continue
        resources |= ring(name, order, *held, schedule=schedule)
        record = ScheduleRecord(expression=schedule, timezone=ZONE)
        dates[name] = frozenset(
            (group, run.starts_at.astimezone(UTC))
            for group in held
            if group in registered
            for run in runs(record, from_=TWO_YEARS.from_, until=TWO_YEARS.until)
        )
    return resources, dates


def not_reported(old: tuple[Template, Dates], new: tuple[Template, Dates]) -> set[str]:
    """Return rings whose runs differ, and about whose windows, nodes or baselines nothing is said."""
    with tempfile.TemporaryDirectory() as folder:
        comparison = compare_templates(Path(folder), old[0], new[0], horizon=TWO_YEARS)
    reported = {
        name
        for change in comparison.changes
        if change.area in (Area.RINGS, Area.WINDOWS, Area.BASELINES)
        for name in change.rings
    }
    nothing: frozenset[tuple[str, datetime]] = frozenset()
    return {name for name in NAMES if old[1].get(name, nothing) != new[1].get(name, nothing)} - reported


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(holdings(), holdings(), THREE_SCHEDULES, THREE_SCHEDULES)
def test_every_ring_whose_runs_differ_is_mentioned(
    old: tuple[tuple[tuple[str, ...], ...], frozenset[str]],
    new: tuple[tuple[tuple[str, ...], ...], frozenset[str]],
    before: list[str],
    after: list[str],
) -> None:
    assert not_reported(fleet(old, before), fleet(new, after)) == set()


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(holdings(), THREE_SCHEDULES, THREE_SCHEDULES)
def test_every_ring_with_another_schedule_is_mentioned(
    holding: tuple[tuple[tuple[str, ...], ...], frozenset[str]], before: list[str], after: list[str]
) -> None:
    assert not_reported(fleet(holding, before), fleet(holding, after)) == set()


def test_the_oracle_bites(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the words about schedules, and without what replaces them, a ring is missing."""
    holding = ((("a",), ("b",), ("c",)), frozenset("abc"))
    old, new = (fleet(holding, [first, SCHEDULES[2], SCHEDULES[3]]) for first in SCHEDULES[:3:2])
    monkeypatch.setattr(window_changes, "_schedule", lambda *_, **__: iter(()))
    assert not_reported(old, new) == set(), "the dates of the ring stand in"
    monkeypatch.setattr(changes, "runs_changed", lambda *_, **__: iter(()))
    assert not_reported(old, new) == {"dev"}


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SCHEDULES), st.sampled_from(SCHEDULES))
def test_the_first_difference_is_the_first(old: str, new: str) -> None:
    assume(old != new)
    times = [
        {
            run.starts_at.astimezone(UTC)
            for run in runs(
                ScheduleRecord(expression=each, timezone=ZONE), from_=TWO_YEARS.from_, until=TWO_YEARS.until
            )
        }
        for each in (old, new)
    ]
    templates = [{"Base": baseline("prod"), **ring("prod", 1, schedule=each)} for each in (old, new)]
    with tempfile.TemporaryDirectory() as folder:
        comparison = compare_templates(Path(folder), templates[0], templates[1], horizon=TWO_YEARS)
    (change,) = (change for change in comparison.changes if change.kind == "window-schedule")
    assert change.dates is not None
    assert change.dates.first_difference == min(times[0] ^ times[1], default=None)
    for runs_, expected in zip((change.dates.old, change.dates.new), times, strict=True):
        assert runs_ is not None
        assert runs_.next == min(expected, default=None)


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(holdings(), THREE_SCHEDULES, st.randoms(use_true_random=False))
def test_a_fleet_against_itself_changes_nothing(
    holding: tuple[tuple[tuple[str, ...], ...], frozenset[str]], schedules: list[str], random: Random
) -> None:
    template, _ = fleet(holding, schedules)
    shuffled = list(template.items())
    random.shuffle(shuffled)
    with tempfile.TemporaryDirectory() as folder:
        comparison = compare_templates(Path(folder), template, dict(shuffled), horizon=SHORT)
    assert (comparison.changes, comparison.warnings) == ((), ())


def corrupted(corruptions: list[tuple[tuple[str | int, ...], object]]) -> Template:
    template = copy.deepcopy(VALID)
    for path, node in corruptions:
        holder: Any = template
        try:
            for part in path[:-1]:
                holder = holder[part]
            holder[path[-1]] = node
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change has taken the place away
    return template


CORRUPTIONS = st.lists(st.tuples(st.sampled_from(PLACES), NODES), max_size=3)


def compared(folder: Path, old: Template, new: Template) -> Comparison | None:
    paths = folder / "old.json", folder / "new.json"
    for path, template in zip(paths, (old, new), strict=True):
        path.write_text(json.dumps(template))
    try:
        return compare_paths(*paths, horizon=SHORT)
    except ReadingError:
        return None


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(CORRUPTIONS, CORRUPTIONS)
def test_whatever_is_in_templates_there_is_no_traceback(
    first: list[tuple[tuple[str | int, ...], object]], second: list[tuple[tuple[str | int, ...], object]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        comparison = compared(Path(folder), corrupted(first), corrupted(second))
        same = compared(Path(folder), corrupted(first), corrupted(first))
    if comparison is not None:
        for render in (format_text, format_markdown, format_json):
            assert render(comparison) == render(comparison)
    if same is not None:
        assert (same.changes, same.warnings) == ((), ())
