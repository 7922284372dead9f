"""Where Lambda starts the recorder of ring runs."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3

from patching_constructs.contracts.ring_document import RINGS_FILE, RingDocument
from patching_constructs.contracts.ring_run import RING_RUN_DETAIL_TYPE, RING_RUN_SOURCE
from patching_constructs.lambdas._shared.delivery import put_event
from patching_constructs.lambdas._shared.retries import PATIENT
from patching_constructs.lambdas.ring_run_recorder.recorder import read_run

_LOGGER = logging.getLogger(__name__)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, object]:
    """Report the run that `event` announces as over to the security account."""
    event_bus_arn = os.environ["EVENT_BUS_ARN"]
    rings = Path(os.environ["LAMBDA_TASK_ROOT"], RINGS_FILE).read_text("utf-8")
    run = read_run(
        boto3.client("ssm", config=PATIENT),
        RingDocument.from_json(rings),
        event["detail"],
        account=context.invoked_function_arn.split(":")[4],
        region=os.environ["AWS_REGION"],
    )
    report = run.to_data()
    # PutEvents works in the Region of the bus only, which need not be this one.
    bus_region = event_bus_arn.split(":")[3]
    put_event(
        boto3.client("events", region_name=bus_region, config=PATIENT),
        report,
        source=RING_RUN_SOURCE,
        detail_type=RING_RUN_DETAIL_TYPE,
        event_bus_arn=event_bus_arn,
    )
    _LOGGER.info("ring run sent", extra={"ring_run": report})
    return report
