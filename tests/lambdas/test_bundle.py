"""The code that goes into AWS: the same on every machine, and enough by itself."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from patching_constructs.constructs._shared.functions import bundle as bundle_module
from patching_constructs.constructs._shared.functions.bundle import (
    function_sources,
    shared_bundle,
    write_bundle,
)
from patching_constructs.contracts.reporter_settings import REPORTER_FILE

ROOT = Path(__file__).parents[2]
REPORTER = "compliance_reporter.handler"
HANDLERS = sorted((ROOT / "patching_constructs" / "lambdas").rglob("handler.py"))


def _handler(module: Path) -> str:
    return f"{module.parent.name}.{module.stem}"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bundle") / "code.zip"
    write_bundle(file, handler=REPORTER, texts={REPORTER_FILE: "{}"})
    return file


def test_the_bundle_is_the_same_every_time(bundle: Path, tmp_path: Path) -> None:
    write_bundle(tmp_path / "again.zip", handler=REPORTER, texts={REPORTER_FILE: "{}"})
    assert (tmp_path / "again.zip").read_bytes() == bundle.read_bytes()


def test_other_settings_make_another_bundle(bundle: Path, tmp_path: Path) -> None:
    write_bundle(tmp_path / "other.zip", handler=REPORTER, texts={REPORTER_FILE: "[]"})
    assert (tmp_path / "other.zip").read_bytes() != bundle.read_bytes()


def test_functions_with_the_same_files_share_a_bundle_until_the_process_ends(bundle: Path) -> None:
    shared = shared_bundle(REPORTER, {REPORTER_FILE: "{}"})
    assert shared.read_bytes() == bundle.read_bytes()
    assert shared_bundle(REPORTER, {REPORTER_FILE: "{}"}) == shared
    assert shared_bundle(REPORTER, {REPORTER_FILE: "[]"}) != shared
    assert shared_bundle(REPORTER) != shared


def test_no_shared_bundle_outlives_its_process() -> None:
    module = "patching_constructs.constructs._shared.functions.bundle"
    program = f"from {module} import shared_bundle; print(shared_bundle({REPORTER!r}))"
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    file = Path(result.stdout.strip())
    assert file.name == "code.zip"
    assert not file.parents[1].exists()


@pytest.mark.parametrize("module", HANDLERS, ids=lambda path: path.parent.name)
def test_a_function_ships_what_it_imports_and_little_else(module: Path) -> None:
    """All functions shipped 88 files before, so that a docstring in the price list deployed them again."""
    names = [Path(name) for name in function_sources(_handler(module))]
    assert {name.parts[1] for name in names if len(name.parts) > 2} <= {"contracts", "lambdas", "model"}
    assert {name.parts[2] for name in names if name.parts[1] == "lambdas" and len(name.parts) > 3} <= {
        module.parent.name,
        "_shared",
    }
    assert 10 <= len([name for name in names if name.name != "__init__.py"]) <= 30


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the package that a test may change."""
    copy = tmp_path / "patching_constructs"
    shutil.copytree(ROOT / "patching_constructs", copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(bundle_module, "_PACKAGE", copy)
    function_sources.cache_clear()
    yield copy
    function_sources.cache_clear()


@pytest.mark.parametrize(
    ("changed", "is_deployed_again"),
    [
        ("lambdas/compliance_reporter/nodes.py", True),
        ("model/patch_state.py", True),
        ("lambdas/patch_event_hub/messages.py", False),
        ("model/price.py", False),
        ("__init__.py", False),
        ("_version.py", False),
    ],
)
def test_only_a_change_of_what_it_ships_deploys_a_function_again(
    package: Path, changed: str, is_deployed_again: bool
) -> None:
    before = dict(function_sources(REPORTER))
    (package / changed).write_text(f"{(package / changed).read_text()}\n# a change\n")
    function_sources.cache_clear()
    assert (function_sources(REPORTER) != before) == is_deployed_again


@pytest.mark.parametrize(
    ("line", "is_shipped"),
    [
        ("from patching_constructs.model import price", True),
        ("import patching_constructs.model.price", True),
        ("def later():\n    from patching_constructs.model.price import Price", True),
        (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import patching_constructs.model.price",
            False,
        ),
        ("import json", False),
    ],
)
def test_every_form_of_import_counts_but_those_for_type_checkers(
    package: Path, line: str, is_shipped: bool
) -> None:
    handler_file = package / "lambdas" / "compliance_reporter" / "handler.py"
    handler_file.write_text(f"{handler_file.read_text()}\n{line}\n")
    function_sources.cache_clear()
    assert ("patching_constructs/model/price.py" in function_sources(REPORTER)) == is_shipped


@pytest.mark.parametrize("module", HANDLERS, ids=lambda path: path.parent.name)
def test_a_handler_needs_nothing_but_its_bundle_and_boto3(tmp_path: Path, module: Path) -> None:
    bundle = tmp_path / "code.zip"
    write_bundle(bundle, handler=_handler(module))
    name = ".".join(module.relative_to(ROOT).with_suffix("").parts)
    # boto3 and botocore come with the runtime of Lambda; nothing else that is installed here does.
    isolated = "\n".join(
        [
            "import sys",
            "sys.path[:] = [path for path in sys.path if 'site-packages' not in path]",
            f"sys.path.insert(0, {str(bundle)!r})",
            "import types",
            "modules = 'boto3 boto3.dynamodb boto3.dynamodb.types'",
            "modules += ' botocore botocore.config botocore.exceptions'",
            "for name in modules.split():",
            "    sys.modules[name] = types.ModuleType(name)",
            "sys.modules['boto3.dynamodb.types'].TypeSerializer = object",
            "sys.modules['botocore.config'].Config = lambda **options: options",
            "sys.modules['botocore.exceptions'].BotoCoreError = Exception",
            "sys.modules['botocore.exceptions'].ClientError = Exception",
            f"import {name} as handler",
            "assert callable(handler.handler)",
            f"assert handler.__file__.startswith({str(bundle)!r}), handler.__file__",
        ]
    )
    subprocess.run([sys.executable, "-I", "-c", isolated], check=True, cwd="/")
