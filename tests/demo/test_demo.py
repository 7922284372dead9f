"""The whole demonstration, with the real CDK CLI."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import demo.__main__
from local_aws.server import Server, serve
from tests.sample import ROOT

pytestmark = pytest.mark.slow


def test_the_organisation_is_deployed_and_read_back_and_nothing_stays_behind() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "demo"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    for text in ("bootstrap 5 accounts", "ring 1: dev", "ring 4: prod", "security-patching@example.com"):
        assert text in result.stdout
    assert not any("patching-demo-" in command for command in _running_commands())


def _running_commands() -> Iterator[str]:
    """Return the command lines of this machine's processes, where the system shows them as files."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            yield path.read_bytes().replace(b"\0", b" ").decode(errors="replace")


def test_a_failed_deployment_names_the_resource_and_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def where_the_name_of_the_bus_is_taken() -> Iterator[Server]:
        with serve() as server:
            events = server.client("events", account="222222222222", region="eu-central-1")
            events.create_event_bus(Name="patching")
            yield server

    monkeypatch.setattr(demo.__main__, "serve", where_the_name_of_the_bus_is_taken)
    assert demo.__main__.main() != 0
    printed = capsys.readouterr().out
    assert "Patching-security" in printed
    assert "AWS::Events::EventBus" in printed
    assert "already exists" in printed


def test_a_mistake_in_the_configuration_ends_the_demonstration_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo.__main__, "CONFIG", "missing.yaml")
    assert demo.__main__.main() == 1
    assert "missing.yaml" in capsys.readouterr().out
