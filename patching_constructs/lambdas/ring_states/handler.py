"""Where Lambda starts the store of ring runs."""

import datetime as dt
import logging
import os
from pathlib import Path
from typing import Any

import boto3

from patching_constructs.contracts.ring_run_settings import RingOwners
from patching_constructs.lambdas._shared.retries import PATIENT
from patching_constructs.lambdas.ring_states.store import accept, store

_LOGGER = logging.getLogger(__name__)

SETTINGS_FILE = "ring-owners.json"
"""Name of the settings, beside the code."""


def handler(event: Any, context: Any) -> dict[str, object]:  # noqa: ARG001 - Lambda passes it
    """Store the run of a ring that `event` reports; one that is refused is an error."""
    owners = Path(os.environ["LAMBDA_TASK_ROOT"], SETTINGS_FILE).read_text("utf-8")
    run = accept(event, RingOwners.from_json(owners), now=dt.datetime.now(dt.UTC))
    store(boto3.client("dynamodb", config=PATIENT), run, table_name=os.environ["TABLE_NAME"])
    stored = run.to_data()
    _LOGGER.info("ring run stored", extra={"ring_run": stored})
    return stored
