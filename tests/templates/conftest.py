"""Templates in a few lines."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patching_constructs.model.estate import Estate
from patching_constructs.templates.estate_files import read_estates

ReadAll = Callable[..., tuple[Estate, ...]]

WINDOW: dict[str, Any] = {
    "Name": "web-prod",
    "Schedule": "cron(0 2 ? * SUN *)",
    "Duration": 4,
    "Cutoff": 1,
    "AllowUnassociatedTargets": False,
}


def window(**properties: object) -> dict[str, Any]:
    return {"Type": "AWS::SSM::MaintenanceWindow", "Properties": {**WINDOW, **properties}}


@pytest.fixture
def read_all(tmp_path: Path) -> ReadAll:
    """Write a template with these sections and read it."""

    def read(**sections: Any) -> tuple[Estate, ...]:
        path = tmp_path / "template.json"
        path.write_text(json.dumps(sections))
        return read_estates([path])

    return read


@pytest.fixture
def resolved(read_all: ReadAll) -> Callable[..., object]:
    """Resolve one node as the name of a window."""

    def resolve(node: object, **sections: Any) -> object:
        resources = {"Window": window(Name=node), **sections.pop("Resources", {})}
        (estate,) = read_all(Resources=resources, **sections)
        assert estate.mistakes == ()
        return estate.windows[0].record.name

    return resolve
