"""Configurations that others have published, with what a correct tool says about them."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from patching_constructs.cli.arguments import parse_horizon, parse_rings
from patching_constructs.model.finding import Finding, Level
from patching_constructs.rules.estate import CheckOptions, check_estates
from patching_constructs.templates.estate_files import read_estates

CASES = sorted(path.parent for path in Path(__file__).parent.glob("*/expected.yaml"))


def _expected(case: Path) -> dict[str, Any]:
    expected: dict[str, Any] = yaml.safe_load((case / "expected.yaml").read_text())
    return expected


def _findings(case: Path, horizon: str) -> list[Finding]:
    rings = _expected(case)["rings"]
    from_, until = horizon.split("..")
    options = CheckOptions(
        horizon=parse_horizon(from_, until, today=dt.date(2026, 11, 23)),
        rings=() if rings is None else parse_rings(rings),
    )
    return check_estates(read_estates([case / "template.yaml"]), options)


EXPECTATIONS = [
    pytest.param(case, horizon, entry, id=f"{case.name}-{horizon[:4]}-{entry['id']}-{entry['at']}")
    for case in CASES
    for horizon, entries in _expected(case)["horizons"].items()
    for entry in entries
]


def _matches(finding: Finding, entry: dict[str, Any]) -> bool:
    return (
        finding.id == entry["id"]
        and finding.level is Level[entry.get("level", finding.level.name).upper()]
        and ("at" not in entry or (finding.location and finding.location.logical_id) == entry["at"])
        and all(str(text) in str(finding) for text in entry.get("says", ()))
        and not any(str(text) in str(finding) for text in entry.get("never_says", ()))
    )


@pytest.mark.parametrize(("case", "horizon", "entry"), EXPECTATIONS)
def test_what_is_wrong_is_reported_with_its_figures(case: Path, horizon: str, entry: dict[str, Any]) -> None:
    findings = _findings(case, horizon)
    assert any(_matches(finding, entry) for finding in findings), "\n".join(map(str, findings))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_verdict_is_right_and_there_is_no_false_alarm(case: Path) -> None:
    expected = _expected(case)
    for horizon in expected["horizons"]:
        findings = _findings(case, horizon)
        errors = [finding for finding in findings if finding.level is Level.ERROR]
        assert bool(errors) is (expected["verdict"] == "reject"), "\n".join(map(str, errors))
        for entry in expected["must_not_report"]:
            assert not any(_matches(finding, entry) for finding in findings if finding.undecided is None), (
                entry
            )


@pytest.mark.parametrize(("days", "share"), [(7, "4.6 %"), (8, "2.3 %"), (9, None)])
def test_the_inversion_of_the_second_tuesday_goes_away_with_nine_days(
    tmp_path: Path, days: int, share: str | None
) -> None:
    text = (Path(__file__).parent / "noaa-hydrovis-615-fix" / "template.yaml").read_text()
    head, separator, tail = text.partition("  BaselineProd:")
    (tmp_path / "template.yaml").write_text(
        head + separator + tail.replace("ApproveAfterDays: 0", f"ApproveAfterDays: {days}", 1)
    )
    options = CheckOptions(
        horizon=parse_horizon("2024-01-01", "2034-01-01", today=dt.date(2026, 11, 23)),
        rings=parse_rings("dev,prod"),
    )
    inversions = [
        finding
        for finding in check_estates(read_estates([tmp_path / "template.yaml"]), options)
        if finding.id == "ring-inversion"
    ]
    assert [share in finding.message for finding in inversions if share] == ([True] if share else [])
    assert bool(inversions) is (share is not None)
