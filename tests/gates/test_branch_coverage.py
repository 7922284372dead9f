"""Coverage below the floor fails, whichever of the three packages it is in."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gates.branch_coverage import FLOOR_PERCENT, HELD, main

ROOT = Path(__file__).parents[2]
SUBPROCESS = "import subprocess, sys; subprocess.run([sys.executable, '-m', 'worked'], check=True)"
WORKED = "import sys\nif len(sys.argv) > 1:\n    print('with')\nelse:\n    print('without')\n"


def report(**taken_of_100: int) -> dict[str, Any]:
    """What `coverage json` says of packages with a hundred branches each."""
    return {
        "files": {
            f"patching_constructs/{package}/module.py": {
                "summary": {"num_branches": 100},
                "missing_branches": [[line, -1] for line in range(taken, 100)],
            }
            for package, taken in taken_of_100.items()
        }
    }


def run(directory: Path, content: dict[str, Any]) -> int:
    path = directory / "report.json"
    path.write_text(json.dumps(content))
    return main([str(path)])


def test_exactly_the_floor_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = report(analysis=FLOOR_PERCENT, rules=FLOOR_PERCENT, lambdas=FLOOR_PERCENT, cli=10)
    assert run(tmp_path, content) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[-1] == "cli                     10 of   100 branches   10.00 %"
    assert not printed.err


@pytest.mark.parametrize("low", HELD)
def test_one_branch_below_the_floor_fails_and_names_what_is_missing(
    low: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = report(**(dict.fromkeys(HELD, 100) | {low: FLOOR_PERCENT - 1}))
    assert run(tmp_path, content) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{low}: 94.00 % is below 95 %; not taken:\n")
    assert f"  patching_constructs/{low}/module.py:94 -> -1\n" in said


@pytest.mark.parametrize("absent", HELD)
def test_a_package_that_no_test_measured_fails(
    absent: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = report(**{name: 100 for name in HELD if name != absent})
    assert run(tmp_path, content) == 1
    assert capsys.readouterr().err == f"{absent}: not measured\n"


def test_branches_that_only_a_subprocess_takes_count(
    tmp_path: Path,
) -> None:
    (tmp_path / "worked.py").write_text(WORKED)
    (tmp_path / "start.py").write_text(SUBPROCESS)
    settings = f"--rcfile={ROOT / 'pyproject.toml'}"
    for arguments in (["run", "--source=.", "start.py"], ["combine"], ["json", "-o", "report.json"]):
        command, *options = arguments
        subprocess.run(
            [sys.executable, "-m", "coverage", command, settings, *options], cwd=tmp_path, check=True
        )
    summary = json.loads((tmp_path / "report.json").read_text())["files"]["worked.py"]["summary"]
    assert (summary["num_branches"], summary["covered_branches"]) == (2, 1)
