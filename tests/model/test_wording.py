"""How texts write counts, lists, lengths of time and values; and that they are written in one place."""

import ast
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from patching_constructs.model.unknown import Unknown
from patching_constructs.model.wording import few, length, listed, plural, quantity, rough_length, words

PACKAGE = Path(__file__).parents[2] / "patching_constructs"

# An expression of AWS, which has no separators of thousands: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rate-expressions.html
NO_TEXT = {"values/schedule.py"}


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 runs"), (1, "1 run"), (2, "2 runs"), (1200, "1,200 runs")]
)
def test_a_count_has_its_word(count: int, text: str) -> None:
    assert plural(count, "run") == text


@pytest.mark.parametrize(
    ("names", "most", "text"),
    [
        ([], 2, ""),
        (["a"], 2, "a"),
        (["a", "b"], 2, "a and b"),
        (["a", "b", "c"], 2, "a, b and 1 more"),
        (["a", "b", "c"], None, "a, b and c"),
        ([*"abcdefghij"], None, "a, b, c, d, e, f, g, h, i and j"),
    ],
)
def test_a_list_ends_with_and(names: list[str], most: int | None, text: str) -> None:
    assert listed(names, most=most) == text


@pytest.mark.parametrize(
    ("names", "text"),
    [(["a", "b"], "a, b"), (["a", "b", "c"], "a, b, c"), (["a", "b", "c", "d"], "a, b and 2 more")],
)
def test_a_single_name_more_is_written_out(names: list[str], text: str) -> None:
    assert few(names, 2) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1 hour"), (4, "4 hours"), (Unknown("a parameter"), "not known (a parameter)"), (None, "not given")],
)
def test_a_quantity_has_its_unit_or_the_reason(value: object, text: str) -> None:
    assert quantity(value, "hour") == text


@pytest.mark.parametrize(
    ("value", "text"), [(True, "yes"), (False, "no"), ((), "none"), (("a", None), "a, not given"), (7, "7")]
)
def test_values_are_written_for_people(value: object, text: str) -> None:
    assert words(value) == text


def test_lengths_are_exact_or_rough() -> None:
    time = dt.timedelta(days=9, hours=4, minutes=30, seconds=1)
    assert length(time) == "9 days 4 hours 31 minutes"
    assert rough_length(time) == "9 days 4 hours"
    assert rough_length(-time) == "9 days 4 hours"
    assert length(dt.timedelta()) == rough_length(dt.timedelta(seconds=59)) == "0 minutes"


def _plurals(source: str) -> Iterator[int]:
    """Yield the lines that choose between a plural s and nothing."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.IfExp):
            ends = [each.value for each in (node.body, node.orelse) if isinstance(each, ast.Constant)]
            if sorted(map(str, ends)) == ["", "s"]:
                yield node.lineno


def test_plurals_are_made_in_one_place() -> None:
    assert list(_plurals("text = f\"{count} day{'' if count == 1 else 's'}\"")) == [1]
    found = {
        path.relative_to(PACKAGE).as_posix(): list(_plurals(path.read_text("utf-8")))
        for path in PACKAGE.rglob("*.py")
    }
    assert {path for path, lines in found.items() if lines} - NO_TEXT == set()
