import os

os.environ.setdefault("CDK_VALIDATION", "false")
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "1")

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import settings
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from tests.conformance.models.plugin import ServiceModels
from tests.depth import DEEP

# A deadline measures how busy the machine is, not what the code does.
settings.register_profile("any-machine", deadline=None)
settings.register_profile(DEEP, deadline=None)
settings.load_profile("any-machine")

_ASSET_HASH = re.compile(r"[0-9a-f]{64}")


def pytest_configure(config: pytest.Config) -> None:
    """Check every request and every answer of the suite against botocore's service models."""
    config.pluginmanager.register(ServiceModels())


_not_run: list[str] = []


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Remember the slow tests that are left out."""
    _not_run.extend(item.nodeid for item in items if item.get_closest_marker("slow"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the slow tests that did not run, so that a green run does not look like a full one."""
    if _not_run:
        terminalreporter.section("slow tests, run by make test-full", sep="-")
        for name in _not_run:
            terminalreporter.line(name)


def normalised(template: dict[str, Any]) -> dict[str, Any]:
    """Remove what changes without a reason in our code: asset hashes and the bootstrap version check."""
    text = _ASSET_HASH.sub("<asset-hash>", json.dumps(template))
    result: dict[str, Any] = json.loads(text)
    for section, name in (("Parameters", "BootstrapVersion"), ("Rules", "CheckBootstrapVersion")):
        result.get(section, {}).pop(name, None)
        if not result.get(section, True):
            del result[section]
    return result


@pytest.fixture
def template_snapshot(snapshot: SnapshotAssertion) -> Callable[[dict[str, Any]], None]:
    """Assert a synthesized template against its stored JSON, one file per test."""
    stored = snapshot.use_extension(JSONSnapshotExtension)

    def check(template: dict[str, Any]) -> None:
        assert normalised(template) == stored

    return check
