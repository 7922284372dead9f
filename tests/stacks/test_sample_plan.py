"""The plan of the sample organisation, in every format."""

import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from icalendar import Calendar

from patching_constructs import load_settings
from patching_constructs.cli import main
from stacks.organisation import define_organisation
from tests.cli.test_plan import errors
from tests.sample import ROOT


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan") / "cdk.out"
    context = json.loads(Path(ROOT, "cdk.json").read_text())["context"]
    app = cdk.App(outdir=str(folder), context=context, analytics_reporting=False)
    define_organisation(app, load_settings(ROOT / "patching.yaml"))
    app.synth()
    return folder


def plan(capsys: pytest.CaptureFixture[str], assembly: Path, *arguments: str) -> str:
    assert main(["plan", str(assembly), "--from", "2026-11-23", "--until", "2028-11-23", *arguments]) == 0
    return capsys.readouterr().out


def test_json_follows_the_schema_and_knows_all_there_is_to_know(
    capsys: pytest.CaptureFixture[str], assembly: Path
) -> None:
    data = json.loads(plan(capsys, assembly, "--format", "json"))
    assert errors(data) == []
    assert [ring["name"] for ring in data["rings"]] == ["dev", "test", "staging", "prod", "prod-scan-only"]
    assert data["other_windows"] == []
    assert all(window["unknown"] is None for ring in data["rings"] for window in ring["windows"])
    verdicts = {(answer["later"], answer["operating_system"]): answer["state"] for answer in data["order"]}
    assert {system for (_, system), state in verdicts.items() if state == "proved"} == {
        "AMAZON_LINUX_2023",
        "WINDOWS",
    }
    assert {state for (_, system), state in verdicts.items() if system == "UBUNTU"} == {"refuted"}


def test_text_fits_on_a_few_screens(capsys: pytest.CaptureFixture[str], assembly: Path) -> None:
    lines = plan(capsys, assembly).splitlines()
    assert lines[0] == "Patching plan from 2026-11-23 to 2028-11-23"
    assert "  4 prod, production" in lines
    assert len(lines) < 225


def test_markdown_is_one_comment(capsys: pytest.CaptureFixture[str], assembly: Path) -> None:
    text = plan(capsys, assembly, "--format", "markdown")
    assert len(text) < 60_000
    assert "| 4 prod<br>production | prod-office, prod-web<br>" in text


def test_the_calendar_has_every_patch_tuesday_of_production(
    capsys: pytest.CaptureFixture[str], assembly: Path
) -> None:
    calendar = Calendar.from_ical(plan(capsys, assembly, "--format", "ics"))
    summaries = [str(event["SUMMARY"]) for event in calendar.walk("VEVENT")]
    assert summaries.count("prod: patching-prod-install installs (4 h)") == 23, (
        "from December 2026 to October 2028"
    )
