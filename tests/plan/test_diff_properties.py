"""What holds for all pairs of templates."""

import copy
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from patching_constructs.cli.diff_formats.json import format_json
from patching_constructs.cli.diff_formats.markdown import format_markdown
from patching_constructs.cli.diff_formats.text import format_text
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.plan.change import Comparison
from patching_constructs.reading.error import ReadingError
from patching_constructs.rollout.runs import runs
from patching_constructs.rollout.span import Span
from tests.plan.diff_templates import Template, baseline, compare_paths, compare_templates, ring
from tests.reading.test_fuzz import NODES, PLACES, VALID

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


@st.composite
def fleets(draw: st.DrawFn) -> tuple[Template, dict[str, frozenset[tuple[str, datetime]]]]:
    """Draw rings with windows on some groups, and when which group of each ring is patched."""
    groups = draw(st.permutations(["a", "b", "c", "d"]))
    schedules = draw(st.lists(st.sampled_from(SCHEDULES), min_size=3, max_size=3))
    registered = draw(st.sets(st.sampled_from(groups), min_size=1))
    resources: Template = {"Base": baseline(*sorted(registered), days=draw(st.integers(0, 3)))}
    dates: dict[str, frozenset[tuple[str, datetime]]] = {}
    cuts = sorted(draw(st.lists(st.integers(1, 3), min_size=2, max_size=2)))
    of_rings = (groups[: cuts[0]], groups[cuts[0] : cuts[1]], groups[cuts[1] :])
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


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(fleets(), fleets())
def test_every_ring_whose_runs_differ_is_mentioned(
    old: tuple[Template, dict[str, frozenset[tuple[str, datetime]]]],
    new: tuple[Template, dict[str, frozenset[tuple[str, datetime]]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        comparison = compare_templates(Path(folder), old[0], new[0], horizon=TWO_YEARS)
    told = {name for change in comparison.changes for name in change.rings}
    nothing: frozenset[tuple[str, datetime]] = frozenset()
    differ = {name for name in NAMES if old[1].get(name, nothing) != new[1].get(name, nothing)}
    assert differ <= told


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
@given(fleets(), st.randoms())
def test_a_fleet_against_itself_changes_nothing(
    fleet: tuple[Template, dict[str, frozenset[tuple[str, datetime]]]], random: Any
) -> None:
    shuffled = list(fleet[0].items())
    random.shuffle(shuffled)
    with tempfile.TemporaryDirectory() as folder:
        comparison = compare_templates(Path(folder), fleet[0], dict(shuffled), horizon=SHORT)
    assert (comparison.changes, comparison.warnings) == ((), ())


def corrupted(changes: list[tuple[tuple[str | int, ...], object]]) -> Template:
    template = copy.deepcopy(VALID)
    for path, node in changes:
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
def test_whatever_stands_in_templates_there_is_no_traceback(
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
