"""The plan as a comment on a pull request."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from patching_constructs.cli.plan_formats.markdown import MAX_CHARACTERS, escaped, format_markdown
from patching_constructs.cli.plan_formats.section import printable
from patching_constructs.plan.plan import Plan
from tests.cli.plans import large, two_rings

# GitHub's dialect; what it adds to the page afterwards (mentions, links) is looked at by itself below.
PARSER = MarkdownIt("commonmark").enable("table").enable("strikethrough")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return two_rings()


def cells(text: str) -> list[list[list[str]]]:
    """Return the tables of a rendered text: rows of cells, as a reader sees them."""
    page = PARSER.render(text)
    return [
        [
            [_seen(cell) for cell in re.findall(r"<t[hd]>(.*?)</t[hd]>", row, re.DOTALL)]
            for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
        ]
        for table in re.findall(r"<table>(.*?)</table>", page, re.DOTALL)
    ]


def _seen(cell: str) -> str:
    text = re.sub(r"</?strong>", "", cell).replace("<br>", "\n")
    assert "<" not in text, f"markup in {cell!r}"
    return html.unescape(text).replace("\u200b", "")


def test_every_table_has_as_many_cells_in_each_row_as_heads(plan: Plan) -> None:
    tables = cells(format_markdown(plan))
    assert [table[0][0] for table in tables] == [
        *("ring", "patch group", "window", "month", "rings", "ring", "what", "id")
    ]
    for table in tables:
        assert {len(row) for row in table} == {len(table[0])}
        assert len(table) > 1


def test_long_parts_are_folded_and_short_ones_are_not(plan: Plan) -> None:
    text = format_markdown(plan)
    assert "### Rings\n" in text
    assert "<summary><b>Order of rings</b>" not in text
    long = format_markdown(large(20, ringed=False))
    assert "<details><summary><b>Patch groups in no ring</b> (40 rows)</summary>\n\n| patch group" in long
    assert long.count("<details>") == long.count("</details>") >= 1


NASTY = [
    *("a|b", "<script>alert(1)</script>", "`code`", "two\nlines", "_x_", "__init__", "*b*", "[a](http://b)"),
    *("![a](http://b)", "back\\slash", "end\\", "&lt;", "~~x~~", "$x$", "\x1b[31m", "<!-- -->", "</details>"),
    *("münchen", "-->", "a||b", "\\|"),
]


@pytest.mark.parametrize("name", NASTY)
def test_names_are_shown_as_they_are(name: str) -> None:
    [rings, *_] = cells(format_markdown(two_rings(dev_group=name)))
    assert printable(name) in rings[1][1].split("\n")


@settings(deadline=None, max_examples=60)
@given(st.text(min_size=1, max_size=30).filter(lambda text: text.strip() == text and "," not in text))
def test_whatever_a_name_is_it_stays_in_its_cell(name: str) -> None:
    [[_, [cell]]] = cells(f"| head |\n| --- |\n| {escaped(name)} |\n")
    assert cell == printable(name).replace("\u200b", "")


@pytest.mark.parametrize(
    "name", ["@someone", "#12", "https://example.com", "www.example.com", ":tada:", "org/x#1"]
)
def test_github_makes_no_mention_link_or_picture_of_a_name(name: str) -> None:
    page = PARSER.render(format_markdown(two_rings(dev_group=name)))
    assert name not in html.unescape(page)
    assert name in html.unescape(page).replace("\u200b", "")


@pytest.mark.parametrize(("accounts", "ringed"), [(1_000, True), (200, False)])
def test_a_large_plan_is_shortened_and_says_so(accounts: int, ringed: bool) -> None:
    text = format_markdown(large(accounts, ringed=ringed))
    assert len(text) <= MAX_CHARACTERS < 65_536
    assert ("Shortened to fit into a comment" in text) is not ringed
    for table in cells(text):
        assert {len(row) for row in table} == {len(table[0])}


def test_a_small_plan_is_not_shortened(plan: Plan) -> None:
    assert "Shortened" not in format_markdown(plan)


def test_even_names_without_end_fit() -> None:
    name = "x|" * 20_000
    text = format_markdown(two_rings(dev_group=name))
    assert len(text) <= MAX_CHARACTERS
    assert "Patching plan" in text
    assert text.endswith("No instance was queried.\n")
