"""What a downstream repository installs."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import patching_constructs

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(directory), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return next(directory.glob("*.whl"))


def test_the_wheel_holds_the_library_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {
        "patching_constructs",
        f"patching_constructs-{patching_constructs.__version__}.dist-info",
    }
    shipped = {name for name in names if name.startswith("patching_constructs/")}
    in_tree = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "patching_constructs").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert shipped == in_tree
    assert "patching_constructs/py.typed" in shipped
    page = "patching_constructs/cli/plan_formats/page/templates"
    assert {f"{page}/page.html.jinja", f"{page}/page.css", f"{page}/page.js"} <= shipped


def test_dependencies_are_ranges(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(name for name in archive.namelist() if name.endswith("METADATA"))
        text = archive.read(metadata).decode()
    requirements = re.findall(r"^Requires-Dist: (.*)$", text, re.MULTILINE)
    assert requirements
    assert not [requirement for requirement in requirements if "==" in requirement]


def test_the_changelog_knows_the_version_or_says_unreleased() -> None:
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased" or headings[0].startswith(patching_constructs.__version__)


@pytest.mark.slow
def test_the_wheel_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    python = environment / "bin" / "python"
    uv = Path(sys.executable).parent / "uv"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, environment], check=True)
    pins = [
        line
        for line in (ROOT / "requirements.lock").read_text().splitlines()
        if "==" in line and not line.startswith(" ")
    ]
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("\n".join(line.removesuffix(" \\") for line in pins))
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", python, "--constraint", constraints, wheel], check=True
    )
    program = (
        "import patching_constructs as library\n"
        "for name in library.__all__:\n"
        "    getattr(library, name)\n"
        "import aws_cdk as cdk\n"
        "amazon_linux = library.OperatingSystem.AMAZON_LINUX_2023\n"
        "stack = cdk.Stack(cdk.App(), 'Patching')\n"
        "library.PatchBaseline.security_updates(\n"
        "    stack, 'Baseline', patch_baseline_name='web', operating_system=amazon_linux\n"
        ")\n"
        "print(library.__file__)\n"
    )
    result = subprocess.run(
        [python, "-c", program],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(str(environment))
    template = ROOT / "tests" / "cases" / "noaa-hydrovis-615-fix" / "template.yaml"
    page = subprocess.run(
        [environment / "bin" / "patching", "plan", template, "--rings", "dev,prod", "--format", "html"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "<h1>The rings are not in order.</h1>" in page
