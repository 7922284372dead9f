"""patching.schema.json: what editors read is what the model demands."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from patching_constructs import READY_MADE, OperatingSystem, Weekday
from patching_constructs.settings.schema import rendered
from patching_constructs.settings.yaml_document import SettingsDocument
from tests.settings.sample import TEXT, changed

ROOT = Path(__file__).parents[2]
SCHEMA_FILE = ROOT / "patching.schema.json"
SCHEMA: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_the_schema_file_is_that_of_the_model() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == rendered(), (
        "renew it: python -m patching_constructs.settings.schema > patching.schema.json"
    )


def test_the_command_prints_the_schema() -> None:
    command = [sys.executable, "-m", "patching_constructs.settings.schema"]
    result = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert result.stdout == rendered()


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_editors_find_the_schema_from_the_sample() -> None:
    first_line = (ROOT / "patching.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first_line == f"# yaml-language-server: $schema={SCHEMA_FILE.name}"


@pytest.mark.parametrize("text", [TEXT, (ROOT / "patching.yaml").read_text(encoding="utf-8")])
def test_a_good_file_fits_the_schema(text: str) -> None:
    VALIDATOR.validate(SettingsDocument(text, file="patching.yaml").data)


def test_editors_can_offer_closed_sets_of_words() -> None:
    definitions = SCHEMA["$defs"]
    assert definitions["OperatingSystem"]["enum"] == list(OperatingSystem)
    assert definitions["Weekday"]["enum"] == list(Weekday)
    ready_made = definitions["BaselineSettings"]["properties"]["ready_made"]["anyOf"][0]
    assert ready_made["items"]["enum"] == sorted(READY_MADE)


def test_every_key_has_a_description() -> None:
    definitions = [SCHEMA, *SCHEMA["$defs"].values()]
    undescribed = [
        (definition.get("title"), key)
        for definition in definitions
        for key, value in definition.get("properties", {}).items()
        if not value.get("description")
    ]
    assert undescribed == []


@pytest.mark.parametrize(
    "change",
    [
        ("rollout_name:", "rolout_name: x\nrollout_name:"),
        ("partition: aws\n", ""),
        ('"222222222222"', "222222222222"),
        ('"222222222222"', '"2222"'),
        ("[eu-central-1]", "[]"),
        ("operating_system: WINDOWS", "operating_system: WINDOWS_SERVER"),
        ("[security_updates]", "[security_update]"),
        ("SEVERITY:", "SEVERTY:"),
        ("    ready_made: [security_updates]\n", ""),
        (
            "    ready_made: [security_updates]\n",
            "    ready_made: [security_updates]\n    aws_default: true\n",
        ),
        ("day: WED", "day: Wednesday"),
        ("weekly: {day: WED, hour: 22}", "weekly: {day: WED, hour: 22}, daily: {hour: 3}"),
        ("hour: 22", "hour: 24"),
        ("plus_days: 11", "plus_days: 21"),
        ("duration_hours: 4", "duration_hours: 25"),
        ("max_concurrency: 10%", "max_concurrency: 101%"),
        ("    reboot_option: RebootIfNeeded\n", ""),
        ("baselines:\n", "freezes: [{name: a, from: soon, until: 2027-01-01}]\nbaselines:\n"),
        ("baselines:\n", "freezes: [{name: a, from: 2026-12-01}]\nbaselines:\n"),
        (
            "baselines:\n",
            "exemptions: [{owner: a, reason: b, ticket: c, expires: soon, nodes: d}]\nbaselines:\n",
        ),
        ("baselines:\n", "exemptions: [{owner: a, reason: b, ticket: c, expires: 2027-01-01}]\nbaselines:\n"),
        ("baselines:\n", "visibility_lag_days: 361\nbaselines:\n"),
        ("    max_errors: 1\n", "    max_errors: 1\n    promises: [{public: pci}]\n"),
        ("    max_errors: 1\n", "    max_errors: 1\n    promises: [{days: {LOW: 1}}]\n"),
        ("    max_errors: 1\n", "    max_errors: 1\n    promises: [{name: a}]\n"),
        ("    max_errors: 1\n", "    max_errors: 1\n    promises: [{name: a, days: {LOW: 0}}]\n"),
    ],
)
def test_editors_underline_what_the_model_refuses(change: tuple[str, str]) -> None:
    assert not VALIDATOR.is_valid(SettingsDocument(changed(change), file="patching.yaml").data)
