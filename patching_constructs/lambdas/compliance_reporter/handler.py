"""Where Lambda starts the reporter."""

import datetime as dt
import json
import logging
import os
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from patching_constructs.contracts.published_metrics import PUBLISHED_METRICS_VARIABLE, PublishedMetrics
from patching_constructs.contracts.reporter_settings import REPORTER_FILE, ReporterSettings
from patching_constructs.contracts.ring_document import RINGS_FILE, RingDocument
from patching_constructs.lambdas.compliance_reporter.lease import Lease
from patching_constructs.lambdas.compliance_reporter.progress import Progress
from patching_constructs.lambdas.compliance_reporter.report import (
    Clients,
    Reporter,
    ReportPlaces,
    ReportResult,
)

_LOGGER = logging.getLogger(__name__)

MOST_CALLS_IN_A_ROW = 12
"""How often the function calls itself: Lambda stops one that does so about 16 times in a row.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
"""

# How many unread nodes the log names of each part of a report; all are in the history and in the figures.
_NAMED_NODES = 50

# Waits when AWS throttles, and asks more slowly from then on.
# Pauses double up to 20 seconds, so that a call that always fails takes 91 seconds of them at most.
# https://docs.aws.amazon.com/boto3/latest/guide/retries.html
_PATIENT = Config(retries={"mode": "adaptive", "max_attempts": 8})


class UnfinishedReportError(Exception):
    """A report did not read every group. It is raised so that Lambda counts an error."""


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Make a report, or go on with the one that `event` names.

    While another report is made nothing is done, except that a note is left: then one more follows.

    Raises:
        UnfinishedReportError: If a group could not be read, or the report was resumed too often.
    """
    now = dt.datetime.now(dt.UTC)
    clients = Clients(
        **{
            name: boto3.client(name, config=_PATIENT)
            for name in ("ssm", "ec2", "dynamodb", "cloudwatch", "s3")
        }
    )
    reporter = _reporter(clients, context)
    progress = Progress(run_id=context.aws_request_id, now=now)
    if "resume" in event:
        stopped = reporter.load(event["resume"], now=now)
        if stopped is None:
            message = f"report {event['resume']} cannot be resumed: how far it came is not known"
            raise UnfinishedReportError(message)
        progress = stopped
    lease = Lease(
        dynamodb=clients.dynamodb,
        table_name=os.environ["TABLE_NAME"],
        run_id=progress.run_id,
        part=progress.part,
    )
    if not lease.take(now=now, remaining=_remaining(context)):
        return _logged({"report": progress.run_id, "waits": "another report is being made"})
    try:
        report = reporter.make(progress)
    except BaseException:
        lease.give_back()
        raise
    summary = _logged(_summary(report))
    calls = event.get("calls", 0)
    if report.is_stopped and calls < MOST_CALLS_IN_A_ROW:
        lease.keep_for_next_part(now=dt.datetime.now(dt.UTC))
        _call_again(context, {"resume": report.progress.run_id, "calls": calls + 1})
        return summary
    is_wanted_again = lease.give_back()
    if not report.is_finished:
        raise UnfinishedReportError(json.dumps(summary))
    if is_wanted_again and calls < MOST_CALLS_IN_A_ROW:
        _call_again(context, {"calls": calls + 1})
    return summary


def _reporter(clients: Clients, context: Any) -> Reporter:
    published = os.environ.get(PUBLISHED_METRICS_VARIABLE)
    folder = Path(os.environ["LAMBDA_TASK_ROOT"])
    rings = RingDocument.from_json((folder / RINGS_FILE).read_text("utf-8"))
    return Reporter(
        ReporterSettings.from_json((folder / REPORTER_FILE).read_text("utf-8"), rings),
        clients=clients,
        places=ReportPlaces(
            account=context.invoked_function_arn.split(":")[4],
            region=os.environ["AWS_REGION"],
            table_name=os.environ["TABLE_NAME"],
            history_bucket=os.environ.get("HISTORY_BUCKET"),
            published_metrics=None if published is None else PublishedMetrics.from_json(published),
        ),
        remaining=lambda: _remaining(context),
    )


def _remaining(context: Any) -> dt.timedelta:
    return dt.timedelta(milliseconds=context.get_remaining_time_in_millis())


def _summary(report: ReportResult) -> dict[str, Any]:
    return {
        "report": report.progress.run_id,
        "finished": report.is_finished,
        "parts": report.progress.part + 1,
        "nodes": sum(figure.nodes for figure in report.progress.figures.values()),
        "unread": dict(islice(report.unread.items(), _NAMED_NODES)),
        "lost_nodes": dict(report.lost_nodes),
        "failures": list(report.progress.failures),
        "history_failures": list(report.progress.history_failures),
        "without_publication": list(report.without_publication),
        "changed_baselines": list(report.changed_baselines),
    }


def _logged(summary: dict[str, Any]) -> dict[str, Any]:
    _LOGGER.info("report", extra={"summary": summary})
    return summary


def _call_again(context: Any, event: Mapping[str, Any]) -> None:
    boto3.client("lambda", config=_PATIENT).invoke(
        FunctionName=context.invoked_function_arn, InvocationType="Event", Payload=json.dumps(event)
    )
