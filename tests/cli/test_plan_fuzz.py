"""Whatever is in a template, its plan is made in every format, or its reading is refused."""

import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from patching_constructs.cli.arguments import parse_horizon, parse_rings
from patching_constructs.cli.plan_formats.ics import format_ics
from patching_constructs.cli.plan_formats.json import format_json
from patching_constructs.cli.plan_formats.markdown import MAX_CHARACTERS, format_markdown
from patching_constructs.cli.plan_formats.text import format_text
from patching_constructs.model.estate import Estate
from patching_constructs.plan.build import build_plan
from patching_constructs.plan.plan import Plan
from patching_constructs.rules.acknowledged_findings import judge
from patching_constructs.rules.estate import CheckOptions, check_estates
from patching_constructs.templates.estate_files import read_estates
from patching_constructs.templates.template_error import ReadingError
from tests.cli.plans import RELEASE, YEAR_END
from tests.cli.test_plan import errors
from tests.templates.test_fuzz import NODES, PLACES, VALID

TODAY = dt.date(2026, 11, 23)
OPTIONS = CheckOptions(
    horizon=parse_horizon("2026-11-23", "2027-02-23", today=TODAY),
    rings=parse_rings("dev,prod=*"),
    freezes=(YEAR_END, RELEASE),
)


def plans(folder: Path, text: str) -> list[Plan]:
    path = folder / "template.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    try:
        estates: tuple[Estate, ...] = read_estates([path])
    except ReadingError:
        return []
    findings = judge(check_estates(estates, OPTIONS), estates[0].acknowledgements, today=TODAY)
    return [build_plan(estate, OPTIONS, findings=findings, today=TODAY) for estate in estates[:2]]


def put_into_every_format(plan: Plan) -> None:
    assert errors(json.loads(format_json(plan))) == []
    text = format_text(plan, width=80, colour=False)
    assert all(len(line) <= 160 for line in text.splitlines())
    assert all(character.isprintable() for character in text.replace("\n", ""))
    assert len(format_markdown(plan)) <= MAX_CHARACTERS
    calendar = Calendar.from_ical(format_ics(plan, with_scans=True, with_patch_tuesdays=True))
    assert calendar.errors == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def test_the_template_that_is_corrupted_has_a_plan_by_itself(folder: Path) -> None:
    [plan] = plans(folder, json.dumps(VALID))
    assert [ring.ring.name for ring in plan.rings] == ["dev", "prod"]
    put_into_every_format(plan)


@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(changes=st.lists(st.tuples(st.sampled_from(PLACES), NODES), min_size=1, max_size=4))
def test_a_template_with_anything_in_the_wrong_place(
    folder: Path, changes: list[tuple[tuple[str | int, ...], object]]
) -> None:
    template = copy.deepcopy(VALID)
    for path, node in changes:
        holder: Any = template
        try:
            for part in path[:-1]:
                holder = holder[part]
            holder[path[-1]] = node
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change has taken the place away
    for plan in plans(folder, json.dumps(template)):
        put_into_every_format(plan)


NAMES = st.text(min_size=1, max_size=20)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(group=NAMES, window_name=NAMES)
@example(group="\ud800", window_name="half a character \udfff")
def test_a_template_with_any_names(folder: Path, group: str, window_name: str) -> None:
    template = copy.deepcopy(VALID)
    resources: Any = template["Resources"]
    resources["Window"]["Properties"]["Name"] = window_name
    resources["Baseline"]["Properties"]["PatchGroups"] = [group]
    resources["Target"]["Properties"]["Targets"] = [{"Key": "tag:PatchGroup", "Values": [group]}]
    for plan in plans(folder, json.dumps(template)):
        assert any(ring.windows for ring in plan.rings) or plan.other_windows
        put_into_every_format(plan)
