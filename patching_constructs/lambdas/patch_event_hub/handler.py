"""Where Lambda starts the notifier of patching events."""

import datetime as dt
import logging
import os
from pathlib import Path
from typing import Any

import boto3

from patching_constructs.contracts.event_hub_settings import EVENT_HUB_FILE, EventHubSettings
from patching_constructs.contracts.patch_event import PatchEventSeverity
from patching_constructs.lambdas._shared.retries import PATIENT
from patching_constructs.lambdas.patch_event_hub.acceptance import accept
from patching_constructs.lambdas.patch_event_hub.claims import Claims
from patching_constructs.lambdas.patch_event_hub.notifier import Destinations, Notifier

_LOGGER = logging.getLogger(__name__)


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Notify people of `event`; one that is refused, or of which people cannot be notified, is an error."""
    settings = EventHubSettings.from_json(
        Path(os.environ["LAMBDA_TASK_ROOT"], EVENT_HUB_FILE).read_text("utf-8")
    )
    now = dt.datetime.now(dt.UTC)
    accepted = accept(event, settings, now=now)
    notifier = Notifier(
        sns=boto3.client("sns", config=PATIENT),
        ssm=boto3.client("ssm", config=PATIENT),
        claims=Claims(
            dynamodb=boto3.client("dynamodb", config=PATIENT),
            table_name=os.environ["TABLE_NAME"],
            quiet_period=settings.quiet_period,
        ),
        destinations=Destinations(
            topic_arns=_by_severity("TOPIC_ARN"),
            chat_topic_arns=_by_severity("CHAT_TOPIC_ARN"),
            partition=context.invoked_function_arn.split(":")[1],
        ),
        settings=settings,
    )
    outcomes = notifier.notify(accepted, event_id=event["id"], now=now)
    line = {"event-id": event["id"], "outcomes": outcomes, **accepted.to_data()}
    _LOGGER.info("event handled", extra={"event": line})
    return line


def _by_severity(name: str) -> dict[PatchEventSeverity, str]:
    return {
        severity: os.environ[f"{severity}_{name}"]
        for severity in PatchEventSeverity
        if f"{severity}_{name}" in os.environ
    }
