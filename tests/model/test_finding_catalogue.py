"""Every finding id has one entry that says what it means, and rules produce it on the levels of its entry."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from patching_constructs.model.finding import Level
from patching_constructs.model.finding_kinds import catalogue
from patching_constructs.model.finding_kinds.catalogue import CATALOGUE
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.finding_kinds.finding_kind import FindingKind

PACKAGE = Path(__file__).parents[2] / "patching_constructs"
KINDS = list(CATALOGUE.values())
PATTERN = re.compile(r"\[\^|\\[dws]|\{\d+,\d*\}|\(\?:")


def test_every_id_has_one_entry() -> None:
    assert set(CATALOGUE) == set(FindingId)
    assert len(catalogue._KINDS) == len(CATALOGUE)


def test_titles_are_unique() -> None:
    assert len({kind.title for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.id))
def test_an_entry_is_complete(kind: FindingKind) -> None:
    assert 0 < len(kind.title) <= 70
    assert not kind.title.endswith(".")
    assert kind.explanation.endswith(".")
    assert kind.fix.endswith(".")
    assert kind.example
    assert "`" not in kind.example
    assert kind.source is None or kind.source.startswith("https://")
    assert kind.level not in kind.other_levels
    for text in (kind.title, kind.explanation, kind.fix, kind.example, *kind.other_levels.values()):
        assert text == " ".join(text.split())
        assert not PATTERN.search(text), text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.id))
def test_severity_is_for_errors_about_security(kind: FindingKind) -> None:
    if kind.security_severity is not None:
        assert 0 < kind.security_severity <= 10
    expected = kind.level is Level.ERROR and "security" in kind.tags
    assert (kind.security_severity is not None) is expected


def produced(module: ast.Module) -> Iterator[tuple[frozenset[str], str, int]]:
    """Yield ids, level and line of each finding that is written with both."""
    for node in ast.walk(module):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "Finding"):
            continue
        arguments = {keyword.arg: keyword.value for keyword in node.keywords}
        if not {"id", "level"} <= set(arguments) or "undecided" in arguments:
            continue
        ids = frozenset(re.findall(r"FindingId\.([A-Z_]+)", ast.unparse(arguments["id"])))
        for level in re.findall(r"Level\.([A-Z]+)", ast.unparse(arguments["level"])):
            if ids:
                yield ids, level, node.lineno


def levels(ids: Iterable[str]) -> set[Level]:
    return {level for name in ids for level in CATALOGUE[FindingId[name]].levels}


def test_rules_use_the_levels_of_the_catalogue() -> None:
    sites = [
        (path.relative_to(PACKAGE).as_posix(), *site)
        for path in sorted(PACKAGE.rglob("*.py"))
        for site in produced(ast.parse(path.read_text("utf-8")))
    ]
    assert len(sites) > 100
    wrong = [
        f"{path}:{line}: {sorted(ids)} is {level}, expected one of {sorted(levels(ids))}"
        for path, ids, level, line in sites
        if Level[level] not in levels(ids)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_check_of_levels_sees_conditions() -> None:
    module = ast.parse("Finding(id=FindingId.TAG, level=Level.ERROR if x else Level.INFO, field='f')")
    assert list(produced(module)) == [(frozenset({"TAG"}), level, 1) for level in ("ERROR", "INFO")]
    assert Level.INFO not in levels({"TAG"})
