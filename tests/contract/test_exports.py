"""The public face: `patching_constructs.__all__`."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import patching_constructs
from tests.contract.public_face import public_face

ROOT = Path(__file__).parents[2]


def _names_for_type_checkers() -> set[str]:
    tree = ast.parse((ROOT / "patching_constructs" / "__init__.py").read_text())
    guards = [node for node in tree.body if isinstance(node, ast.If)]
    return {
        alias.name
        for guard in guards
        for node in ast.walk(guard)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_the_list_says_each_name_once() -> None:
    assert len(patching_constructs.__all__) == len(set(patching_constructs.__all__))


def test_lazy_names_and_names_for_type_checkers_are_the_same() -> None:
    lazy = set(patching_constructs._EXPORTS)
    assert lazy == _names_for_type_checkers()
    assert lazy | {"__version__"} == set(patching_constructs.__all__)


@pytest.mark.parametrize("name", patching_constructs.__all__)
def test_a_public_name_loads_and_is_documented(name: str) -> None:
    value = getattr(patching_constructs, name)
    if isinstance(value, type):
        assert value.__module__.startswith("patching_constructs.")
        assert value.__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'PatchBaselin'"):
        _ = patching_constructs.PatchBaselin


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = (
        "import sys, patching_constructs; sys.exit(bool({'aws_cdk', 'jsii', 'pydantic'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


STORED: dict[str, Any] = json.loads((ROOT / "tests" / "contract" / "public_face.json").read_text())


def _breaches(stored: dict[str, Any], face: dict[str, Any]) -> list[str]:
    """List what someone may have relied on and no longer finds; what is new is none of it."""
    breaches = [f"{name} is gone" for name in stored["names"] if name not in face["names"]]
    for enumeration, words in stored["words"].items():
        now = face["words"].get(enumeration, {})
        breaches += [
            f"{enumeration}.{word} is not {value!r} any more"
            for word, value in words.items()
            if now.get(word) != value
        ]
    for callee, parameters in stored["parameters"].items():
        now = face["parameters"].get(callee)
        if now is None:
            breaches.append(f"{callee} is gone")
            continue
        breaches += [f"{callee} has no {name} any more" for name in parameters if name not in now]
        breaches += [
            f"{callee} now requires {name}"
            for name, is_required in now.items()
            if is_required and not parameters.get(name, False)
        ]
    return breaches


def test_what_others_rely_on_is_still_there() -> None:
    assert _breaches(STORED, public_face()) == [], (
        "a breaking change: say so in CHANGELOG.md, then "
        "python -m tests.contract.public_face > tests/contract/public_face.json"
    )


@pytest.mark.parametrize(
    ("section", "key", "value", "breach"),
    [
        ("names", None, "Gone", "Gone is gone"),
        ("words", "FindingId", {"GONE": "gone"}, "FindingId.GONE is not 'gone' any more"),
        ("words", "Weekday", {"SUNDAY": "1"}, "Weekday.SUNDAY is not '1' any more"),
        ("parameters", "Gone", {}, "Gone is gone"),
        ("parameters", "PatchGroup", {"name": True, "gone": False}, "PatchGroup has no gone any more"),
        ("parameters", "PatchGroup", {"tag_key": False}, "PatchGroup now requires name"),
    ],
)
def test_the_contract_bites(section: str, key: str | None, value: Any, breach: str) -> None:
    stored: dict[str, Any] = {"names": [], "words": {}, "parameters": {}}
    stored[section] = [value] if key is None else {key: value}
    assert _breaches(stored, public_face()) == [breach]
