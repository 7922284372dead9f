"""The progress bar, in a real pseudo-terminal."""

import json
import os
import pty
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from patching_constructs.cli.progress import WORTH_A_BAR

ROOT = Path(__file__).parents[2]
TEMPLATE = '{"Resources": {"Default": {"Type": "AWS::SSM::PatchBaseline", "Properties": {"Name": "web"}}}}'


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    for number in range(WORTH_A_BAR):
        (tmp_path / f"{number:03}.json").write_text(TEMPLATE)
    return tmp_path


def command(path: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "patching_constructs.cli", "check", str(path), *options]


def run_in_terminal(arguments: list[str], *, term: str = "xterm") -> tuple[str, str]:
    """Return what goes to stdout, which is a pipe, and what a person sees on stderr."""
    terminal, stderr = pty.openpty()
    seen: list[bytes] = []

    def watch() -> None:
        while True:
            try:
                chunk = os.read(terminal, 4096)
            except OSError:  # how Linux says that the other end is closed
                return
            if not chunk:
                return
            seen.append(chunk)

    watcher = threading.Thread(target=watch)
    watcher.start()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": term}
    process = subprocess.run(
        arguments, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True, check=False
    )
    os.close(stderr)
    watcher.join()
    os.close(terminal)
    return process.stdout, b"".join(seen).decode()


def run_in_pipeline(arguments: list[str]) -> tuple[str, str]:
    process = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    return process.stdout, process.stderr


def test_a_person_sees_how_far_reading_and_rules_are_and_stdout_stays_clean(templates: Path) -> None:
    stdout, stderr = run_in_terminal(command(templates, "--format", "json"))
    assert "reading templates" in stderr
    assert "checking" in stderr
    assert f"{WORTH_A_BAR}/{WORTH_A_BAR}" in stderr
    assert run_in_pipeline(command(templates, "--format", "json")) == (stdout, "")


def test_the_bar_is_cleared_away_before_an_error_is_reported(templates: Path) -> None:
    artifacts = {
        str(number): {"type": "aws:cloudformation:stack", "properties": {"templateFile": name}}
        for number, name in enumerate([*["000.json"] * WORTH_A_BAR, "missing.json"])
    }
    (templates / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    stdout, stderr = run_in_terminal(command(templates))
    assert stdout == ""
    assert "reading templates" in stderr
    last_line = stderr.rsplit("\x1b[2K", 1)[-1]
    assert last_line.strip().endswith("missing.json: cannot be read: no such file or directory")


def test_few_templates_and_terminals_that_cannot_draw_get_no_bar(templates: Path) -> None:
    assert run_in_terminal(command(templates / "000.json"))[1] == ""
    assert run_in_terminal(command(templates), term="dumb")[1] == ""


def test_a_pipeline_does_not_even_load_the_library_that_draws_it(templates: Path) -> None:
    program = (
        "import sys; from patching_constructs.cli import main; main(sys.argv[1:]); "
        "sys.exit('rich' in sys.modules)"
    )
    process = subprocess.run(
        [sys.executable, "-c", program, "check", str(templates)], cwd=ROOT, capture_output=True, check=False
    )
    assert (process.returncode, process.stderr) == (0, b"")
