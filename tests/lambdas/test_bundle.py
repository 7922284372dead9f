"""The code that goes into AWS: the same on every machine, and enough by itself."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from patching_constructs.constructs._shared.functions.bundle import shared_bundle, write_bundle
from patching_constructs.constructs.compliance.compliance_reporter import SETTINGS_FILE
from patching_constructs.lambdas.compliance_reporter import handler

ROOT = Path(__file__).parents[2]
HANDLERS = sorted((ROOT / "patching_constructs" / "lambdas").rglob("handler.py"))


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bundle") / "code.zip"
    write_bundle(file, texts={SETTINGS_FILE: "{}"})
    return file


def test_the_bundle_is_the_same_every_time(bundle: Path, tmp_path: Path) -> None:
    write_bundle(tmp_path / "again.zip", texts={SETTINGS_FILE: "{}"})
    assert (tmp_path / "again.zip").read_bytes() == bundle.read_bytes()


def test_other_settings_make_another_bundle(bundle: Path, tmp_path: Path) -> None:
    write_bundle(tmp_path / "other.zip", texts={SETTINGS_FILE: "[]"})
    assert (tmp_path / "other.zip").read_bytes() != bundle.read_bytes()


def test_functions_with_the_same_files_share_a_bundle_until_the_process_ends(bundle: Path) -> None:
    shared = shared_bundle({SETTINGS_FILE: "{}"})
    assert shared.read_bytes() == bundle.read_bytes()
    assert shared_bundle({SETTINGS_FILE: "{}"}) == shared
    assert shared_bundle({SETTINGS_FILE: "[]"}) != shared
    assert shared_bundle() != shared


def test_no_shared_bundle_outlives_its_process() -> None:
    module = "patching_constructs.constructs._shared.functions.bundle"
    program = f"from {module} import shared_bundle; print(shared_bundle())"
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    file = Path(result.stdout.strip())
    assert file.name == "code.zip"
    assert not file.parents[1].exists()


def test_the_bundle_holds_the_runtime_and_the_model_and_nothing_else(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as opened:
        rooms = {"/".join(name.split("/")[:2]) for name in opened.namelist()}
    assert rooms == {
        SETTINGS_FILE,
        "patching_constructs/__init__.py",
        "patching_constructs/_version.py",
        "patching_constructs/contracts",
        "patching_constructs/model",
        "patching_constructs/lambdas",
    }


@pytest.mark.parametrize("module", HANDLERS, ids=lambda path: path.parent.name)
def test_a_handler_needs_nothing_but_boto3(bundle: Path, module: Path) -> None:
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


def test_the_handler_reads_the_settings_that_the_construct_writes() -> None:
    assert handler.SETTINGS_FILE == SETTINGS_FILE
