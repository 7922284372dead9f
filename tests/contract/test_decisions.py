"""Decisions have numbers of their own, which are the same in file name and title."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]


def test_numbers_are_unique_and_without_gaps() -> None:
    assert [int(path.name[:4]) for path in RECORDS] == [*range(1, len(RECORDS) + 1)]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.name[:4])
def test_a_decision_has_its_number_and_its_parts(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.match(rf"# {path.name[:4]}: \S.*\n\nStatus: (accepted|superseded)", text)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE)[:2] == ["Context", "Decision"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_to_decisions_lead_to_one(path: Path) -> None:
    links = re.findall(r"\]\(((?:[./]|\w+/)*\d{4}-[a-z0-9-]+\.md)\)", path.read_text("utf-8"))
    assert [link for link in links if not (path.parent / link).is_file()] == []
