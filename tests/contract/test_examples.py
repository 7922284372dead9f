"""Every example that a reader may copy runs."""

import doctest
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "patching_constructs"
FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def _module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_docstring_examples_run(path: Path) -> None:
    results = doctest.testmod(importlib.import_module(_module_name(path)), optionflags=doctest.ELLIPSIS)
    assert results.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_python_examples_in_prose_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "example"}
    for number, block in enumerate(FENCE.findall(page.read_text()), start=1):
        exec(compile(block, f"{page.name} example {number}", "exec"), namespace)  # noqa: S102


@pytest.mark.parametrize(("page", "least"), [("README.md", 1), ("docs/guides/constructs.md", 8)])
def test_the_page_has_examples_to_run(page: str, least: int) -> None:
    assert len(FENCE.findall((ROOT / page).read_text())) >= least
