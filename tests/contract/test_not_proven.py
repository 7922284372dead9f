"""The page of assumptions about AWS, and what refers to it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "not-proven.md"
SECTIONS = {
    section.partition("\n")[0]: section.partition("\n")[2]
    for section in PAGE.read_text("utf-8").split("\n## ")[1:]
}
FOLDERS = ("patching_constructs", "local_aws", "stacks", "demo", "bench", "gates", "tests", "docs")
LINK = re.compile(r"(?<=not-proven\.md#)[A-Za-z0-9-]+")


def references() -> Iterator[tuple[str, str]]:
    """Yield each reference to a section, as the file that has it and the section."""
    files = (
        path for folder in FOLDERS for suffix in ("py", "md") for path in (ROOT / folder).rglob(f"*.{suffix}")
    )
    for path in [ROOT / "README.md", *files]:
        if "node_modules" not in path.parts:
            for slug in LINK.findall(path.read_text("utf-8")):
                yield path.relative_to(ROOT).as_posix(), slug


def test_every_reference_leads_to_a_section() -> None:
    assert [reference for reference in references() if reference[1] not in SECTIONS] == []


def test_something_refers_to_every_section() -> None:
    assert SECTIONS.keys() - {slug for _, slug in references()} == set()


def test_links_within_the_page_lead_to_a_section() -> None:
    assert set(re.findall(r"\]\(#([a-z0-9-]+)\)", PAGE.read_text("utf-8"))) <= SECTIONS.keys()


@pytest.mark.parametrize("slug", SECTIONS)
def test_a_section_has_an_assumption_a_consequence_and_a_command(slug: str) -> None:
    paragraphs = SECTIONS[slug].strip().split("\n\n")
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert paragraphs[0].startswith("Assumed: ")
    settling = next(place for place, text in enumerate(paragraphs) if text.startswith("Settle it: "))
    consequences = [text for text in paragraphs[1:settling] if text.startswith("If ")]
    assert consequences
    assert re.search(r"\baws [a-z0-9-]+ [a-z0-9-]+", "\n".join(paragraphs[settling:]))
