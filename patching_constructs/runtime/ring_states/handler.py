"""Where Lambda starts the keeper of ring states."""

import datetime as dt
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3

from patching_constructs.model.ring_run_settings import RingOwners
from patching_constructs.runtime.retries import PATIENT
from patching_constructs.runtime.ring_states.keeper import accept, keep

SETTINGS_FILE = "ring-owners.json"
"""Name of the settings, beside the code."""


def handler(event: Mapping[str, Any], context: Any) -> dict[str, str | int]:  # noqa: ARG001 - Lambda passes it
    """Keep the run of a ring that `event` tells of; one that is refused is an error, which rings."""
    owners = Path(os.environ["LAMBDA_TASK_ROOT"], SETTINGS_FILE).read_text("utf-8")
    run = accept(event, RingOwners.from_json(owners), now=dt.datetime.now(dt.UTC))
    keep(boto3.client("dynamodb", config=PATIENT), run, table_name=os.environ["TABLE_NAME"])
    kept = run.to_data()
    print(json.dumps(kept))  # noqa: T201 - what a function prints is its log
    return kept
