"""No function is longer than a screen."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("patching_constructs", "stacks", "local_aws", "demo", "bench", "gates", "tests")
LONGEST = 80
"""Unit: lines, from `def` to the last one, the docstring included."""


def _long_functions(source: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST:
                yield node.name, lines


@pytest.mark.parametrize(("statements", "found"), [(79, []), (80, [("f", 81)])])
def test_a_long_function_is_found(statements: int, found: list[tuple[str, int]]) -> None:
    assert list(_long_functions("def f():\n" + "    pass\n" * statements)) == found


def test_no_function_is_longer_than_80_lines() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {name} has {lines} lines"
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not {"node_modules", "__pycache__"} & set(path.parts)
        for name, lines in _long_functions(path.read_text("utf-8"))
    ]
    assert found == []
