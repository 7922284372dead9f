"""Names in the documentation exist: ids, metrics, alarms, settings, options and commands."""

import io
import json
import re
import shlex
import subprocess
import tokenize
from contextlib import redirect_stdout, suppress
from functools import cache
from pathlib import Path

import pytest
from botocore import xform_name
from botocore.loaders import Loader

from patching_constructs.cli import main
from patching_constructs.model.finding_kinds.finding_id import FindingId

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
NOT_OURS = {
    "CloudFormationExecutionPolicies": "parameter of the CDK's bootstrap template",
    "TrustedAccounts": "parameter of the CDK's bootstrap template",
    "CloudWatchReadOnlyAccess": "managed policy of AWS",
    "ConcurrentExecutions": "metric of Lambda",
    "ExecutedBefore": "key of a filter of Systems Manager",
    "all-ssm": "example of a name",
    "auto_scaling_group": "example of an argument",
    "launch_template": "example of an argument",
    "aws_iam_role_policy_attachment": "resource of Terraform",
}
"""Names that neither this project nor a service model of AWS defines, with who does."""
SERVICES = (
    "cloudformation",
    "cloudwatch",
    "config",
    "dynamodb",
    "ec2",
    "events",
    "iam",
    "kms",
    "lambda",
    "logs",
    "s3",
    "securityhub",
    "sns",
    "sqs",
    "ssm",
)
ALARM_RUNBOOKS = sorted((ROOT / "docs" / "runbooks").glob("*.md"))


@cache
def _source() -> str:
    listed = subprocess.run(
        [
            "git",
            "ls-files",
            "patching_constructs",
            "stacks",
            "demo",
            "gates",
            "local_aws",
            "tests",
            "*.yaml",
            "Makefile",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("the files of the project are listed by git, and this is no checkout")
    files = [ROOT / name for name in listed.stdout.splitlines()]
    return "\n".join(
        file.read_text(encoding="utf-8")
        for file in files
        if (file.suffix in {".py", ".yaml", ".json"} or file.name == "Makefile")
        and "__snapshots__" not in file.parts
        and file != Path(__file__)
    )


@cache
def _our_names() -> set[str]:
    return {*re.findall(r"[A-Za-z_][\w-]*", _source()), *re.findall(r"\w+", _source())}


@cache
def _aws_names() -> set[str]:
    names: set[str] = set()
    for service in SERVICES:
        model = Loader().load_service_model(service, "service-2")
        names.update(model["operations"], model["shapes"])
        names.update(xform_name(operation, "-") for operation in model["operations"])
        for shape in model["shapes"].values():
            names.update(shape.get("members", ()))
    return names


def named_in(text: str) -> set[str]:
    """Return the names between backticks, without placeholders: `kebab-case`, `snake_case`, `CamelCase`."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    spans = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", prose)
    words = {
        word
        for span in spans
        for word in re.findall(r"(?<![\w/.$-])[A-Za-z_][\w-]*[A-Za-z\d](?![\w-])", span)
    }
    return {
        word
        for word in words
        if re.search(r"[a-z\d][-_][a-z\d]|[a-z][A-Z]", word) and not re.search(r"\b[A-Z][A-Z_]+\b", word)
    }


def unknown_names(text: str) -> set[str]:
    """Return the names that neither the source nor AWS's service models have."""
    return named_in(text) - _our_names() - _aws_names() - NOT_OURS.keys()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_names_on_a_page_exist(page: Path) -> None:
    assert unknown_names(page.read_text(encoding="utf-8")) == set()


def test_a_name_that_does_not_exist_is_found() -> None:
    text = (
        "`ring-inversion`, `ring-inversions`, `OverduePatches`, `OverduePatchez`, `soak_hours`, `soak_days`"
    )
    assert unknown_names(text) == {"ring-inversions", "OverduePatchez", "soak_days"}


def wrong_acknowledgement_ids(text: str) -> list[str]:
    """Return ids of acknowledgements that CDK would not match with a warning of this library."""
    tags = r"(?!(?:rollout|ring|ring-order)(?![\w-]))"
    found = re.findall(rf"patching-constructs(:+){tags}([a-z][\w-]*|[<{{][^>}}`]+[>}}])", text)
    return [
        f"patching-constructs{colons}{name}"
        for colons, name in found
        if colons != "::" or (name[0].isalpha() and name not in set(FindingId))
    ]


def _docstrings_and_comments(file: Path) -> str:
    read = (tokenize.STRING, tokenize.COMMENT)
    tokens = tokenize.generate_tokens(io.StringIO(file.read_text(encoding="utf-8")).readline)
    return "\n".join(token.string for token in tokens if token.type in read)


def test_acknowledgement_ids_in_pages_and_docstrings_exist() -> None:
    pages = {page: page.read_text(encoding="utf-8") for page in PAGES}
    modules = {
        file: _docstrings_and_comments(file)
        for folder in ("patching_constructs", "stacks")
        for file in (ROOT / folder).rglob("*.py")
    }
    wrong = {
        str(file.relative_to(ROOT)): found
        for file, text in (pages | modules).items()
        if (found := wrong_acknowledgement_ids(text))
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("`patching-constructs::ring-inversion`", []),
        ("`patching-constructs::<finding id>`", []),
        ("the tag `patching-constructs:ring-order`", []),
        ("`patching-constructs:<finding id>`", ["patching-constructs:<finding id>"]),
        ("`patching-constructs:ring-inversion`", ["patching-constructs:ring-inversion"]),
        ("`patching-constructs::no-such-id`", ["patching-constructs::no-such-id"]),
    ],
)
def test_a_wrong_acknowledgement_id_is_found(text: str, wrong: list[str]) -> None:
    assert wrong_acknowledgement_ids(text) == wrong


@pytest.mark.parametrize("page", ALARM_RUNBOOKS, ids=lambda path: path.stem)
def test_alarms_in_a_runbook_exist(page: Path) -> None:
    alarms = re.findall(r"\*([A-Z][a-z]+(?:[A-Z][a-z]+)+)\*", page.read_text(encoding="utf-8"))
    assert set(alarms) - _our_names() - NOT_OURS.keys() == set()


def test_the_guide_has_each_setting_of_the_file_once() -> None:
    schema = json.loads((ROOT / "patching.schema.json").read_text(encoding="utf-8"))
    rows = re.findall(
        r"^\| ((?:`\w+`(?:, )?)+) \|", (ROOT / "docs/guides/settings.md").read_text(), re.MULTILINE
    )
    keys = [key for row in rows for key in re.findall(r"\w+", row)]
    of_rings = {"scan", "install", "promises"}
    assert sorted(set(keys) - of_rings) == sorted(schema["properties"])
    assert len(keys) == len(set(keys))


def _commands() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8").replace("\\\n", " ")
        lines = re.findall(
            r"^(?:\$ )?(?:\.venv/bin/)?(patching (?:check|plan|evidence)\b[^#\n]*)", text, re.MULTILINE
        )
        spans = re.findall(r"`(patching (?:check|plan|evidence)\b[^`\n]*)`", text)
        found += [(page.name, command.split("|")[0]) for command in (*lines, *spans)]
    return found


@cache
def _help(command: str) -> str:
    printed = io.StringIO()
    with redirect_stdout(printed), suppress(SystemExit):
        main([command, "--help"])
    return printed.getvalue()


def test_options_of_commands_on_pages_exist() -> None:
    commands = _commands()
    assert len(commands) >= 10
    wrong = [
        (page, command, option)
        for page, command in commands
        for option in re.findall(r"(?<!\S)--[a-z-]+", command)
        if not re.search(rf"{option}\b(?!-)", _help(shlex.split(command)[1]))
    ]
    assert wrong == []


def test_make_targets_on_pages_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target
        for page in PAGES
        for line in re.findall(r"(?:^|`)make ([a-z -]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
        for target in line.split("  ")[0].split()
    }
    assert named
    assert named <= targets


def missing_files(page: Path, text: str) -> set[str]:
    """Return the files that a page links to or names between backticks, and that do not exist."""
    links = {
        target for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text) if not target.startswith("/")
    }
    folders = "docs|gates|patching_constructs|stacks|tests|demo|bench|local_aws"
    named = re.findall(rf"(?<!`)`((?:{folders})/[\w./-]+)`(?!`)", text)
    return {target for target in links if not (page.parent / target).exists()} | {
        name for name in named if not (ROOT / name).exists()
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_on_a_page_exist(page: Path) -> None:
    assert missing_files(page, page.read_text(encoding="utf-8")) == set()


def test_a_file_that_does_not_exist_is_found() -> None:
    text = "[a](LICENSE), [b](docs/no-such.md#part), `tests/contract`, `tests/no_such_folder`"
    assert missing_files(ROOT / "README.md", text) == {"docs/no-such.md", "tests/no_such_folder"}
