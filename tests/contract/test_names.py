"""One thing has one name, and one name means one thing."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("patching_constructs", "stacks", "local_aws")
Places = dict[str, list[str]]


def sources() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def classes(modules: Iterator[tuple[str, ast.Module]]) -> Places:
    found: Places = defaultdict(list)
    for path, module in modules:
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(path)
    return found


def module_names(modules: Iterator[tuple[str, ast.Module]]) -> Places:
    found: Places = defaultdict(list)
    for path, _ in modules:
        found[Path(path).stem].append(path)
    return found


def shared_names(places: Places) -> Places:
    return {name: paths for name, paths in places.items() if len(paths) > 1}


def plurals(places: Places) -> Places:
    return {name: places[name] + places[f"{name}s"] for name in places if f"{name}s" in places}


def test_no_two_classes_share_a_name() -> None:
    assert not shared_names(classes(sources()))


@pytest.mark.parametrize("names", [classes, module_names])
def test_no_two_names_differ_only_by_a_plural_s(names: object) -> None:
    assert callable(names)
    assert not plurals(names(sources()))


def test_the_checks_bite() -> None:
    modules = [
        ("a/run.py", ast.parse("class Run: ...")),
        ("b/runs.py", ast.parse("class Run: ...\nclass Runs: ...")),
    ]
    assert shared_names(classes(iter(modules))) == {"Run": ["a/run.py", "b/runs.py"]}
    assert list(plurals(classes(iter(modules)))) == ["Run"]
    assert list(plurals(module_names(iter(modules)))) == ["run"]
