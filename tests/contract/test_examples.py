"""Examples of the pages run; those of docstrings are collected by `--doctest-modules` in pyproject.toml."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_python_examples_in_prose_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "example"}
    for number, block in enumerate(FENCE.findall(page.read_text()), start=1):
        exec(compile(block, f"{page.name} example {number}", "exec"), namespace)  # noqa: S102


@pytest.mark.parametrize(("page", "least"), [("README.md", 1), ("docs/guides/constructs.md", 8)])
def test_the_page_has_examples_to_run(page: str, least: int) -> None:
    assert len(FENCE.findall((ROOT / page).read_text())) >= least
