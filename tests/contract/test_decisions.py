"""Decisions have numbers of their own, which are the same in file name and title."""

import ast
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


def test_the_descriptions_of_a_ring_are_those_of_the_decision_and_at_most_ten() -> None:
    (record,) = (path for path in RECORDS if path.name[:4] == "0026")
    rows = re.findall(r"^\| `([\w/]+\.py)`, `(\w+)` \|", record.read_text("utf-8"), re.MULTILINE)
    assert 5 <= len(rows) <= 10
    for path, name in rows:
        module = ast.parse((ROOT / "patching_constructs" / path).read_text("utf-8"))
        assert name in {node.name for node in module.body if isinstance(node, ast.ClassDef)}, path
