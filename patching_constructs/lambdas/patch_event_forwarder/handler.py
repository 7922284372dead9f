"""Where Lambda starts the event forwarder."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from patching_constructs.contracts.patch_event import PATCH_EVENT_DETAIL_TYPE, PATCH_EVENT_SOURCE
from patching_constructs.contracts.ring_document import RINGS_FILE, RingDocument
from patching_constructs.lambdas._shared.delivery import put_event
from patching_constructs.lambdas._shared.retries import PATIENT
from patching_constructs.lambdas.patch_event_forwarder.forwarding import forwarded_event
from patching_constructs.lambdas.patch_event_forwarder.source_event import SourceEvent

_LOGGER = logging.getLogger(__name__)

# Patient enough for throttling; then the event is reported without an answer, while there is time left.
# https://docs.aws.amazon.com/boto3/latest/guide/retries.html
_LOOK_UP = Config(retries={"mode": "adaptive", "total_max_attempts": 5}, connect_timeout=5, read_timeout=10)


def handler(
    event: Mapping[str, Any],
    context: Any,  # noqa: ARG001 - Lambda passes it
) -> dict[str, object] | None:
    """Report `event` to the security account with the names that it lacks, if it is about patching."""
    event_bus_arn = os.environ["EVENT_BUS_ARN"]
    rings = Path(os.environ["LAMBDA_TASK_ROOT"], RINGS_FILE).read_text("utf-8")
    report = forwarded_event(
        SourceEvent(
            event=event,
            settings=RingDocument.from_json(rings),
            ssm=boto3.client("ssm", config=_LOOK_UP),
            ec2=boto3.client("ec2", config=_LOOK_UP),
        )
    )
    if report is None:
        _LOGGER.info("event is not about patching", extra={"event": event["detail"]})
        return None
    data = report.to_data()
    # PutEvents works in the Region of the bus only, which need not be this one.
    bus_region = event_bus_arn.split(":")[3]
    put_event(
        boto3.client("events", region_name=bus_region, config=PATIENT),
        data,
        source=PATCH_EVENT_SOURCE,
        detail_type=PATCH_EVENT_DETAIL_TYPE,
        event_bus_arn=event_bus_arn,
    )
    _LOGGER.info("event forwarded", extra={"event": data})
    return data
