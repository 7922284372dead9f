"""The whole demonstration, with the real CDK CLI."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import yaml
from PIL import Image, ImageChops

import demo.__main__
from local_aws.server import Server, serve
from tests.sample import ROOT

pytestmark = pytest.mark.slow

SHOWN_PICTURE = ROOT / "docs" / "images" / "quarter.png"


def test_the_organisation_is_deployed_and_read_back_and_nothing_stays_behind() -> None:
    started = time.time()
    result = subprocess.run(
        [sys.executable, "-m", "tests.conformance.models.watched_module", "demo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    for text in (
        "bootstrap 5 accounts",
        "ring 1: dev",
        "ring 4: prod",
        "security-patching@example.com",
        "Stores the runs of rings",
        "questions to the history: who-is-behind",
        "Ring staging of rollout patching: the installation of patches has failed.",
        "UNHEALTHY: 15 of 15 nodes failed; the error budget is 1, 13 of them not reached",
        f"the picture of it: {demo.__main__.PICTURE}",
    ):
        assert text in result.stdout
    assert demo.__main__.PICTURE.stat().st_mtime > started
    assert _share_of_other_pixels(demo.__main__.PICTURE, SHOWN_PICTURE) < 0.01, "run `make picture`"
    assert not any("patching-demo-" in command for command in _running_commands())


def _share_of_other_pixels(one: Path, other: Path) -> float:
    with Image.open(one) as drawn, Image.open(other) as shown:
        if drawn.size != shown.size:
            return 1.0
        difference = ImageChops.difference(drawn.convert("L"), shown.convert("L"))
    same: int = difference.histogram()[0]
    size: int = difference.width * difference.height
    return 1 - same / size


def _running_commands(**environment: str) -> Iterator[str]:
    """Return the command lines of the processes that have `environment`, where the system shows them."""
    wanted = {f"{name}={value}".encode() for name, value in environment.items()}
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if wanted <= set((path / "environ").read_bytes().split(b"\0")):
                yield (path / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


@pytest.mark.parametrize(
    ("ending", "step", "at_work"),
    [
        (signal.SIGINT, "... bootstrap", "bin/cdk"),
        (signal.SIGTERM, "... synthesize", "bin/cdk"),
        (signal.SIGHUP, "... synthesize", "bin/cdk"),
        (signal.SIGINT, "... let 90 days go by", "-m demo"),
    ],
)
def test_who_interrupts_it_sees_no_traceback_and_leaves_no_process_and_no_directory(
    ending: signal.Signals, step: str, at_work: str, tmp_path: Path
) -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "demo"],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert any(line.startswith(step) for line in process.stdout)
        deadline = time.monotonic() + 30
        while not any(at_work in command for command in _running_commands(TMPDIR=str(tmp_path))):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        process.send_signal(ending)
        rest = process.stdout.read()
        assert process.wait(timeout=60) == demo.__main__.INTERRUPTED
    assert "Traceback" not in rest
    assert "interrupted; nothing is left of the local AWS" in rest
    assert list(_running_commands(TMPDIR=str(tmp_path))) == []
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(("patching-demo-", "local-aws-"))]


def test_a_gate_that_says_no_ends_the_demonstration_before_anything_is_deployed(tmp_path: Path) -> None:
    data = yaml.safe_load((ROOT / "patching.yaml").read_text())
    data["rings"].reverse()
    config = tmp_path / "patching.yaml"
    config.write_text(yaml.safe_dump(data, sort_keys=False))
    result = subprocess.run(
        [sys.executable, "-m", "demo"],
        cwd=ROOT,
        env=os.environ | {"PATCHING_CONFIG": str(config)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "patching-constructs::ring-inversion" in result.stdout
    assert result.stdout.endswith("cdk synth ended with exit status 1\n")
    assert "bootstrap" not in result.stdout


def test_the_linter_behind_the_synthesis_is_one_of_the_gates(tmp_path: Path) -> None:
    resource = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "SecureString", "Value": "1"}}
    (tmp_path / "Broken.template.json").write_text(json.dumps({"Resources": {"Broken": resource}}))
    shown: list[str] = []
    with serve() as server, pytest.raises(demo.__main__.GateError, match="cfn-lint ended with exit status"):
        demo.__main__.lint(tmp_path, server, shown.append)
    assert any("SecureString" in line for line in shown)


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
