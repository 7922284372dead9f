"""What a pull request to the sample organisation changes in its schedule."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from patching_constructs import load_settings
from patching_constructs.cli import main
from stacks.organisation import define_organisation
from tests.sample import ROOT

SETTINGS = (ROOT / "patching.yaml").read_text()


@pytest.fixture(scope="module")
def synthesize(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    known: dict[str, Path] = {}

    def synthesize(settings: str) -> Path:
        if settings not in known:
            folder = tmp_path_factory.mktemp("diff")
            (folder / "patching.yaml").write_text(settings)
            app = cdk.App(outdir=str(folder / "cdk.out"), context=context, analytics_reporting=False)
            define_organisation(app, load_settings(folder / "patching.yaml"))
            app.synth()
            known[settings] = folder / "cdk.out"
        return known[settings]

    return synthesize


@pytest.fixture
def diff(capsys: pytest.CaptureFixture[str], synthesize: Callable[[str], Path]) -> Callable[[str, str], Any]:
    def diff(old: str, new: str) -> Any:
        paths = [str(synthesize(text)) for text in (old, new)]
        arguments = ["--from", "2026-11-23", "--until", "2027-11-23", "--format", "json"]
        assert main(["plan", "--diff", *paths, *arguments]) == 0
        return json.loads(capsys.readouterr().out)

    return diff


def changed(old: str, new: str) -> str:
    assert SETTINGS.count(old) == 1, "the sample has another text there"
    return SETTINGS.replace(old, new)


def test_the_sample_against_itself_changes_nothing(diff: Callable[[str, str], Any]) -> None:
    data = diff(SETTINGS, SETTINGS)
    assert (data["changes"], data["warnings"], data["not_compared"]) == ([], [], [])


def test_another_weekday_of_a_ring(diff: Callable[[str, str], Any]) -> None:
    data = diff(SETTINGS, changed("weekly: {day: FRI, hour: 17}", "weekly: {day: MON, hour: 17}"))
    (schedule,) = (change for change in data["changes"] if change["kind"] == "window-schedule")
    assert schedule["rings"] == ["test"]
    assert schedule["old"].startswith("weekly on Friday at 17:00 Europe/Berlin (next run Fri 2026-11-27")
    assert schedule["new"].startswith("weekly on Monday at 17:00 Europe/Berlin (next run Mon 2026-11-23")
    assert {change["area"] for change in data["changes"]} <= {
        "windows",
        "order",
        "exposure",
        "findings",
    }
    assert {change["rings"][0] for change in data["changes"] if change["area"] == "order"} <= {
        "test",
        "staging",
    }
    assert data["warnings"] == []


def test_a_baseline_with_another_name_in_patching_yaml_changes_in_place(
    diff: Callable[[str, str], Any],
) -> None:
    data = diff(SETTINGS, SETTINGS.replace("prod-windows", "production-windows"))
    assert data["warnings"] == []
    assert [(change["kind"], change["old"], change["new"]) for change in data["changes"]] == [
        ("baseline-renamed", "prod-windows.prod-office", "production-windows.prod-office")
    ]


def test_a_group_with_another_baseline_in_patching_yaml_changes_in_place(
    diff: Callable[[str, str], Any],
) -> None:
    group = "name: prod-web\n        node_count: 40\n        baselines: [prod-amazon-linux-2023, prod-ubuntu]"
    data = diff(SETTINGS, changed(group, group.replace("prod-amazon", "staging-amazon")))
    assert data["warnings"] == []
    assert {change["baseline"] for change in data["changes"] if change["area"] == "baselines"} == {
        "staging-amazon-linux-2023.prod-web"
    }
    assert {change["kind"] for change in data["changes"]} >= {"baseline-renamed", "baseline-rules"}
