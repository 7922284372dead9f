"""Who may import whom: the picture in docs/architecture.md, as a test."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "patching_constructs"

MAY_IMPORT: dict[str, set[str]] = {
    "model": {"model"},
    "_tokens": {"model"},
    "_declared_types": {"_tokens", "errors", "model", "rules"},
    "errors": {"model"},
    "rollout": {"errors", "model", "rollout"},
    "costs": {"costs", "model", "rollout"},
    "rules": {"costs", "errors", "model", "rollout", "rules"},
    "values": {"_declared_types", "_tokens", "errors", "model", "rollout", "rules", "values"},
    "config": {"config", "errors", "model", "rollout", "rules", "values"},
    "reading": {"errors", "model", "reading"},
    "runtime": {"model", "runtime"},
    "plan": {"costs", "model", "plan", "rollout", "rules"},
    "evidence": {"evidence", "model", "plan"},
    "cli": {
        "_version",
        "cli",
        "config",
        "costs",
        "errors",
        "evidence",
        "model",
        "plan",
        "reading",
        "rollout",
        "rules",
    },
    "_version": set(),
    "patching_checks": {
        "_declared_types",
        "_version",
        "costs",
        "errors",
        "model",
        "reading",
        "rollout",
        "rules",
    },
    "constructs": {
        "_declared_types",
        "_tokens",
        "constructs",
        "errors",
        "model",
        "rollout",
        "rules",
        "values",
    },
}
"""Rooms of the package, and the rooms that each may import; modules beside the rooms are constructs."""

THIRD_PARTY: dict[str, set[str]] = {
    "model": set(),
    "_tokens": set(),
    "_declared_types": set(),
    "errors": set(),
    "rollout": {"cronsim"},
    "costs": set(),
    "rules": set(),
    "values": set(),
    "config": {"pydantic", "pydantic_core", "yaml"},
    "reading": {"yaml"},
    "runtime": {"boto3", "botocore"},
    "plan": set(),
    "evidence": set(),
    "cli": {"icalendar", "jinja2", "rich"},
    "_version": set(),
    "patching_checks": {"aws_cdk", "jsii"},
    "constructs": {"aws_cdk", "constructs", "jsii"},
}


def _room(module: str) -> str:
    first = module.split(".")[1]
    return first if first in MAY_IMPORT else "constructs"


def _imports(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found.add(node.module or "")
    return found


def _modules() -> list[Path]:
    skipped = {PACKAGE / "__init__.py", PACKAGE / "_version.py"}
    return sorted(path for path in PACKAGE.rglob("*.py") if path not in skipped)


def _breaches(path: Path, source: str) -> list[str]:
    room = _room(".".join(path.relative_to(ROOT).with_suffix("").parts))
    breaches = []
    for name in sorted(_imports(source)):
        top = name.split(".")[0]
        if top == "patching_constructs":
            if "." not in name or _room(name) not in MAY_IMPORT[room]:
                breaches.append(f"{room} imports {name}")
        elif top not in sys.stdlib_module_names and top not in THIRD_PARTY[room]:
            breaches.append(f"{room} imports {name}")
    return breaches


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_what_stands_below_it(path: Path) -> None:
    assert _breaches(path, path.read_text()) == []


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("model", "import aws_cdk"),
        ("model", "from patching_constructs.rules import ids"),
        ("rules", "import boto3"),
        ("rules", "from patching_constructs.values.ring import Ring"),
        ("values", "import pydantic"),
        ("reading", "import boto3"),
        ("reading", "from patching_constructs.rules import ids"),
        ("cli", "import aws_cdk"),
        ("config", "from patching_constructs.constructs.baselines.patch_baseline import PatchBaseline"),
    ],
)
def test_the_import_gate_bites(room: str, line: str) -> None:
    assert _breaches(PACKAGE / room / "example.py", line) != []


def test_a_construct_does_not_read_the_configuration_file() -> None:
    assert (
        _breaches(PACKAGE / "example.py", "from patching_constructs.settings.settings import Settings") != []
    )


@pytest.mark.parametrize("folder", ["stacks", "gates"])
def test_stacks_and_gates_use_only_the_public_face(folder: str) -> None:
    import patching_constructs

    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("patching_constructs"):
                assert node.module == "patching_constructs", f"{path.name} imports {node.module}"
                assert {alias.name for alias in node.names} <= set(patching_constructs.__all__), path.name


def test_the_middle_of_the_house_needs_neither_node_nor_aws() -> None:
    rooms = ("model", "rollout", "costs", "rules", "values", "reading", "plan", "cli")
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for room in rooms
        for path in sorted((PACKAGE / room).rglob("*.py"))
        if path.name != "__main__.py"
    ]
    program = "\n".join(
        [
            "import sys",
            *(f"import {name}" for name in names),
            "heavy = {'aws_cdk', 'jsii', 'constructs', 'boto3', 'botocore', 'pydantic'} & set(sys.modules)",
            "sys.exit(f'loaded {heavy}' if heavy else 0)",
        ]
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
