"""The public face: `patching_constructs.__all__`."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import patching_constructs

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
