"""The README is short, and shows what the tool prints."""

import re
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from patching_constructs.cli import main

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
SHOWN = re.compile(
    r"^```console\n\$ \.venv/bin/patching (?P<command>.+)\n(?P<output>(?:.*\n)+?)```$", re.MULTILINE
)


def shown() -> re.Match[str]:
    """Return the command that the README shows, with its output."""
    found = SHOWN.search(README.read_text(encoding="utf-8"))
    assert found, "the README shows no command with its output"
    return found


def first_finding(command: str) -> str:
    """Run the command and return the first paragraph that it prints."""
    printed = StringIO()
    with redirect_stdout(printed):
        main(command.split())
    return printed.getvalue().split("\n\n")[0] + "\n"


def test_the_readme_shows_the_finding_as_it_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    finding = first_finding(shown()["command"])
    assert "ring-inversion" in finding
    assert shown()["output"] == finding, "run `make readme`"


def test_the_readme_is_short_and_shows_the_finding_and_the_page_first() -> None:
    lines = README.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 150
    first_screen = "\n".join(lines[:30])
    assert shown()[0] in first_screen
    assert "](docs/images/plan.png)" in first_screen


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    sys.stdout.write(first_finding(shown()["command"]))
    start, end = shown().span("output")
    README.write_text(text[:start] + first_finding(shown()["command"]) + text[end:], encoding="utf-8")
