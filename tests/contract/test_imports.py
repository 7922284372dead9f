"""Who may import whom: the contracts of import-linter in pyproject.toml, and that each of them bites."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("patching_constructs", "stacks", "local_aws", "demo", "bench", "gates")
WITHOUT_NODE_AND_AWS = (
    "model",
    "contracts",
    "schedules",
    "analysis",
    "templates",
    "rules",
    "values",
    "plan",
    "evidence",
    "cli",
)


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_contract_is_kept() -> None:
    linted = _lint(ROOT)
    assert linted.returncode == 0, linted.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("model/finding.py", "from patching_constructs.rules import ids", "imports only layers below it"),
        ("rules/tags.py", "from patching_constructs.values import ring", "imports only layers below it"),
        (
            "templates/stack.py",
            "from patching_constructs.analysis import margin",
            "imports only layers below",
        ),
        ("model/finding.py", "import demo.tables", "does not know what is built around it"),
        ("cli/main.py", "import aws_cdk", "Only constructs import the CDK"),
        ("rules/tags.py", "import boto3", "Only lambdas import the AWS SDK"),
        ("plan/plan.py", "import pydantic", "Only settings import pydantic"),
        ("contracts/marks.py", "import yaml", "need the standard library alone"),
    ],
)
def test_a_contract_bites(copy: Path, module: str, line: str, contract: str) -> None:
    path = copy / "patching_constructs" / module
    path.write_text(f"{path.read_text()}\n{line}\n")
    linted = _lint(copy)
    broken = [text for text in linted.stdout.splitlines() if text.endswith("BROKEN")]
    assert linted.returncode == 1
    assert any(contract in text for text in broken)


def test_a_new_package_needs_a_layer(copy: Path) -> None:
    (copy / "patching_constructs" / "helpers.py").write_text("")
    linted = _lint(copy)
    assert linted.returncode == 1
    assert "helpers" in linted.stdout


def test_stacks_use_only_public_names() -> None:
    import patching_constructs

    for path in sorted((ROOT / "stacks").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("patching_constructs"):
                assert node.module == "patching_constructs", f"{path.name} imports {node.module}"
                assert {alias.name for alias in node.names} <= set(patching_constructs.__all__), path.name


def test_the_library_without_constructs_needs_neither_node_nor_aws() -> None:
    package = ROOT / "patching_constructs"
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for layer in WITHOUT_NODE_AND_AWS
        for path in sorted((package / layer).rglob("*.py"))
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
