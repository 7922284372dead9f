"""Where Lambda starts the store of ring runs."""

import datetime as dt
import logging
import os
from pathlib import Path
from typing import Any

import boto3

from patching_constructs.contracts.ring_owners import RING_OWNERS_FILE, RingOwners
from patching_constructs.contracts.ring_states import OWNERS_EVENT
from patching_constructs.lambdas._shared.retries import PATIENT
from patching_constructs.lambdas.ring_states.store import accept, store, store_owners

_LOGGER = logging.getLogger(__name__)


def handler(event: Any, context: Any) -> dict[str, object]:  # noqa: ARG001 - Lambda passes it
    """Store the run of a ring that `event` reports, or the owners of rings if `event` is the schedule's.

    An event that is refused is an error.
    """
    owners = RingOwners.from_json(Path(os.environ["LAMBDA_TASK_ROOT"], RING_OWNERS_FILE).read_text("utf-8"))
    dynamodb, table_name = boto3.client("dynamodb", config=PATIENT), os.environ["TABLE_NAME"]
    now = dt.datetime.now(dt.UTC)
    if event == OWNERS_EVENT:
        count = store_owners(dynamodb, owners, table_name=table_name, now=now)
        _LOGGER.info("owners stored", extra={"owners": count})
        return {"owners": count}
    run = accept(event, owners, now=now)
    store(dynamodb, run, table_name=table_name)
    stored = run.to_data()
    _LOGGER.info("ring run stored", extra={"ring_run": stored})
    return stored
