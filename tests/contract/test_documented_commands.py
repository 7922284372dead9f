"""Commands of the AWS CLI in the documentation, as AWS's own parser of the CLI takes them."""

import gc
import re
import shlex
import warnings
from argparse import ArgumentError
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from awscli.clidriver import create_clidriver

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]


def _commands(text: str) -> Iterator[str]:
    for block in re.findall(r"^```(?:bash|sh)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        for line in block.replace("\\\n", " ").splitlines():
            if line.startswith("aws "):
                yield line
    yield from re.findall(r"`(aws [a-z0-9-]+ [a-z0-9-]+[^`]*)`", text)


PLACEHOLDERS = {
    "ARN": "arn:aws:ssm:eu-central-1:111111111111:patchbaseline/pb-0123456789abcdef0",
    "END": "2026-12-02T00:00:00Z",
    "EXECUTION": "11111111-1111-1111-1111-111111111111",
    "FILE": str(ROOT / "LICENSE"),
    "START": "2026-12-01T00:00:00Z",
    "WINDOW": "mw-0123456789abcdef0",
}
"""What represents values that AWS's models limit; words in capital letters are for readers to replace."""


def _filled(command: str) -> str:
    return re.sub(r"(?<![\w-])[A-Z]+(?![\w-])", lambda word: PLACEHOLDERS.get(word[0], word[0]), command)


COMMANDS = [
    pytest.param(command, id=f"{page.stem}: {command[:60]}")
    for page in PAGES
    for command in dict.fromkeys(_commands(page.read_text(encoding="utf-8")))
]


class _Sent(Exception):  # noqa: N818 - an outcome, not an error
    """The CLI has taken the command, checked its parameters, and would send a request."""


def _is_sent(command: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Let the CLI run a command up to the request, and tell whether it came that far."""
    sent: list[str] = []

    def send(_: object, request: Any) -> None:
        sent.append(request.url)
        raise _Sent

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", send)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_CONFIG_FILE": "/dev/null",
    }.items():
        monkeypatch.setenv(name, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the CLI leaves the file of a body open
        with suppress(SystemExit, ArgumentError):
            create_clidriver().main(shlex.split(command)[1:])
        gc.collect()
    return bool(sent)


def test_there_are_commands() -> None:
    assert len(COMMANDS) >= 15


@pytest.mark.parametrize("command", COMMANDS)
def test_the_cli_takes_each_command(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _is_sent(_filled(command), monkeypatch)


@pytest.mark.parametrize(
    "command",
    [
        "aws ec2 associate-iam-instance-profile --instance-id i-1 --iam-instance-profile Nam=x",
        "aws ec2 associate-iam-instance-profile --instance-id i-1",
        "aws ec2 create-tag --resources i-1 --tags Key=a,Value=b",
    ],
)
def test_a_wrong_command_is_refused(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not _is_sent(command, monkeypatch)
