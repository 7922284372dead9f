"""`patching plan`, as people and pipelines meet it."""

import io
import json
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from icalendar import Calendar

from patching_constructs.cli import main
from patching_constructs.cli.plan_formats.data import plan_data
from tests.cli.plans import large, two_rings

CASES = sorted((Path(__file__).parents[1] / "cases").glob("*/template.yaml"))
IN_ORDER = next(str(path) for path in CASES if path.parent.name == "noaa-hydrovis-615-fix-delay9")
HORIZON = ["--from", "2026-11-23", "--until", "2027-11-23"]
FORMATS = ("text", "json", "markdown", "ics")
SCHEMA = json.loads(
    resources.files("patching_constructs.cli.plan_formats").joinpath("plan.schema.json").read_text()
)
VALIDATOR = jsonschema.Draft202012Validator(
    SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        status = main(["plan", *arguments])
    except SystemExit as error:
        status = int(str(error.code))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


# --- exit status ---


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("template", CASES, ids=lambda path: path.parent.name)
def test_every_public_case_has_a_plan_whatever_is_wrong_with_it(
    capsys: pytest.CaptureFixture[str], template: Path, format_: str
) -> None:
    rings = yaml.safe_load((template.parent / "expected.yaml").read_text())["rings"]
    asked = ["--rings", rings] if rings else []
    status, out, err = run(capsys, str(template), "--format", format_, *asked, *HORIZON)
    assert (status, err) == (0, "")
    assert out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: PATH"),
        (["missing.yaml"], "missing.yaml: cannot be read: no such file or directory"),
        ([IN_ORDER, "--from", "23.11.2026"], "--from: not a date, got '23.11.2026'"),
        ([IN_ORDER, "--rings", "dev,dev"], "--rings: duplicate ring, got 'dev'"),
        ([IN_ORDER, "--format", "pdf"], "invalid choice: 'pdf'"),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_one_message(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


# --- the whole way ---


def test_text_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, IN_ORDER, "--rings", "dev,prod", *HORIZON)
    assert out.startswith("Patching plan from 2026-11-23 to 2027-11-23\n")
    assert run(capsys, IN_ORDER, "--rings", "dev,prod", "--format", "text", *HORIZON)[1] == out


@pytest.mark.parametrize("format_", FORMATS)
def test_a_template_without_rings_still_has_a_useful_plan(
    capsys: pytest.CaptureFixture[str], format_: str
) -> None:
    _, out, _ = run(capsys, IN_ORDER, "--format", format_, *HORIZON)
    names = {"text": "dev", "json": '"name": "dev"', "markdown": "| dev |", "ics": "SUMMARY:dev: "}
    assert names[format_] in out


@pytest.mark.parametrize("format_", ["text", "json", "markdown"])
def test_the_way_of_deploying_that_is_shown_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, format_: str
) -> None:
    text = Path(IN_ORDER).read_text()
    for old, new in (
        (
            "\nResources:",
            "\n  Stage: {Type: String}\nConditions: {IsProd: !Equals [!Ref Stage, prod]}\nResources:",
        ),
        ("cron(0 6 ? * TUE#2 *)", "!If [IsProd, cron(0 6 ? * TUE#2 *), cron(0 6 ? * SAT *)]"),
    ):
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "open.yaml").write_text(text)
    _, out, _ = run(capsys, "open.yaml", "--rings", "dev,prod", "--format", format_, *HORIZON)
    assert "parameter Stage is 'prod'" in out
    assert "parameter Stage is" not in run(capsys, IN_ORDER, "--format", format_, *HORIZON)[1]


def test_declared_freezes_and_promises_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    freeze = ["--freeze", "year end=2026-12-20/2027-01-04"]
    asked = [IN_ORDER, "--rings", "dev,prod", *freeze, "--promise", "prod=pci-dss-6.3.3", *HORIZON]
    text = run(capsys, *asked)[1]
    assert "freeze year end: 2026-12-20 to 2027-01-04" in " ".join(text.split())
    assert "pci-dss-6.3.3: broken, " in run(capsys, *asked, "--format", "markdown")[1]
    assert "SUMMARY:freeze: year end" in run(capsys, *asked, "--format", "ics")[1]


def test_the_options_of_a_calendar_reach_it(capsys: pytest.CaptureFixture[str]) -> None:
    scans = next(str(path) for path in CASES if path.parent.name == "jparnaudeau-six-oses")

    def categories(*arguments: str) -> set[bytes]:
        text = run(capsys, scans, IN_ORDER, "--format", "ics", *arguments, *HORIZON)[1]
        events: list[Any] = list(Calendar.from_ical(text).walk("VEVENT"))
        return {event["CATEGORIES"].to_ical() for event in events}

    assert categories() == {b"INSTALL"}
    assert categories("--with-scans") == {b"INSTALL", b"SCAN"}
    assert categories("--with-patch-tuesdays") == {b"INSTALL", b"RELEASE"}


def _bytes_of(monkeypatch: pytest.MonkeyPatch, template: Path, *arguments: str) -> bytes:
    stream = io.BytesIO()
    output = io.TextIOWrapper(stream, encoding="ascii", newline="\n", write_through=True)
    monkeypatch.setattr(sys, "stdout", output)
    assert main(["plan", str(template), *arguments, *HORIZON]) == 0
    return stream.getvalue()


@pytest.fixture
def umlaut(tmp_path: Path) -> Path:
    path = tmp_path / "template.yaml"
    path.write_text(Path(IN_ORDER).read_text().replace("hydrovis", "münchen"), encoding="utf-8")
    assert "münchen" in path.read_text(encoding="utf-8")
    return path


def test_a_terminal_that_knows_only_ascii_gets_ascii(monkeypatch: pytest.MonkeyPatch, umlaut: Path) -> None:
    for format_ in ("text", "json", "markdown"):
        assert _bytes_of(monkeypatch, umlaut, "--format", format_).isascii()


def test_a_calendar_is_utf_8_with_its_own_line_ends_everywhere(
    monkeypatch: pytest.MonkeyPatch, umlaut: Path
) -> None:
    content = _bytes_of(monkeypatch, umlaut, "--format", "ics")
    assert content.count(b"\r\n") == content.count(b"\n") > 10
    assert len(list(Calendar.from_ical(content).walk("VEVENT"))) > 10


def test_a_reader_that_stops_reading_ends_the_command_quietly() -> None:
    command = f"{sys.executable} -m patching_constructs.cli plan {IN_ORDER} --format json | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ('{\n  "schem', "")


# --- JSON ---


def errors(data: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(data)]


def test_the_schema_is_one_and_has_the_findings_of_check() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    check = json.loads(
        resources.files("patching_constructs.cli.check_formats").joinpath("findings.schema.json").read_text()
    )
    assert SCHEMA["$defs"]["finding"] == check["$defs"]["finding"]


@pytest.mark.parametrize("template", CASES, ids=lambda path: path.parent.name)
def test_json_of_every_public_case_follows_the_published_schema(
    capsys: pytest.CaptureFixture[str], template: Path
) -> None:
    rings = yaml.safe_load((template.parent / "expected.yaml").read_text())["rings"]
    for asked in ([], ["--rings", rings or "dev,prod=*"]):
        _, out, _ = run(capsys, str(template), "--format", "json", *asked, *HORIZON)
        assert errors(json.loads(out)) == []


def test_json_of_a_plan_with_everything_in_it_follows_the_schema() -> None:
    data: Any = json.loads(json.dumps(plan_data(two_rings())))
    assert errors(data) == []
    for key in ("assumptions", "freezes", "patch_tuesdays", "rings", "other_windows", "order", "quotas"):
        assert data[key], f"{key} is tested"
    assert errors(json.loads(json.dumps(plan_data(large(3, ringed=True))))) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("rings", 0, "windows", 0, "openings", 0), ["2026-11-23T00:00:00Z"]),
        (("rings", 0, "journeys", 0, "steps", 0, "published_from"), "2026-11-23T00:00:00+01:00"),
        (("rings", 0, "journeys", 0, "steps"), []),
        (("rings", 0, "extra"), 1),
        (("order", 0, "state"), "maybe"),
        (("order", 0, "share"), 1.5),
        (("schema_version",), 2),
    ],
)
def test_the_schema_refuses_what_is_wrong(path: tuple[Any, ...], value: object) -> None:
    data: Any = json.loads(json.dumps(plan_data(two_rings())))
    holder = data
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = value
    assert errors(data) != []


def test_every_key_of_the_schema_is_always_there() -> None:
    for name, definition in {"plan": SCHEMA, **SCHEMA["$defs"]}.items():
        optional = set(definition.get("properties", ())) - set(definition.get("required", ()))
        assert optional == set(), name


# --- speed ---


def test_help_needs_no_format_and_no_rule() -> None:
    program = (
        "import sys\nfrom patching_constructs.cli import main\n"
        "try:\n    main(['plan', '--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {name for name in sys.modules if name.split('.')[0] in ('rich', 'icalendar', 'yaml')}\n"
        "heavy |= {name for name in sys.modules if name.startswith('patching_constructs.rules')}\n"
        "sys.exit(f'loaded {sorted(heavy)}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--with-scans" in done.stdout
