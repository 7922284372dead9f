"""Where Lambda starts the reporter."""

import datetime as dt
import json
import os
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from patching_constructs.model.published_metrics import PUBLISHED_METRICS_VARIABLE, PublishedMetrics
from patching_constructs.model.reporter_settings import ReporterSettings
from patching_constructs.runtime.reporter.report import Clients, Places, Progress, Reporter

SETTINGS_FILE = "reporter.json"
"""Name of the settings, beside the code."""

MOST_PARTS = 12
"""How often a report may be resumed: Lambda stops a function that calls itself about 16 times in a row.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
"""

_NAMED_NODES = 50
"""How many unread nodes the log names of each part of a report; all are in the history and in the figures."""

_PATIENT = Config(retries={"mode": "adaptive", "max_attempts": 8})
"""Waits when AWS throttles, and asks more slowly from then on.

Pauses double up to 20 seconds, so that a call that always fails takes 91 seconds of them at most.

https://docs.aws.amazon.com/boto3/latest/guide/retries.html
"""


class UnfinishedReportError(Exception):
    """A report did not read every group. It is raised so that Lambda counts an error, which rings."""


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Make a report, or go on with the one that `event` names.

    Raises:
        UnfinishedReportError: If a group could not be read, or the report was resumed too often.
    """
    now = dt.datetime.now(dt.UTC)
    account = context.invoked_function_arn.split(":")[4]
    settings = Path(os.environ["LAMBDA_TASK_ROOT"], SETTINGS_FILE).read_text("utf-8")
    published = os.environ.get(PUBLISHED_METRICS_VARIABLE)
    reporter = Reporter(
        ReporterSettings.from_json(settings),
        clients=Clients(
            **{
                name: boto3.client(name, config=_PATIENT)
                for name in ("ssm", "ec2", "dynamodb", "cloudwatch", "s3")
            }
        ),
        places=Places(
            account=account,
            region=os.environ["AWS_REGION"],
            table_name=os.environ["TABLE_NAME"],
            history_bucket=os.environ.get("HISTORY_BUCKET"),
            published_metrics=None if published is None else PublishedMetrics.from_json(published),
        ),
        remaining=lambda: dt.timedelta(milliseconds=context.get_remaining_time_in_millis()),
    )
    progress = Progress(run_id=context.aws_request_id, now=now)
    if "resume" in event:
        stopped = reporter.load(event["resume"], now=now)
        if stopped is None:
            message = f"report {event['resume']} cannot be resumed: nobody knows how far it came"
            raise UnfinishedReportError(message)
        progress = stopped
    report = reporter.make(progress)
    summary = {
        "report": report.progress.run_id,
        "finished": report.is_finished,
        "parts": report.progress.part + 1,
        "nodes": sum(figure.nodes for figure in report.progress.figures.values()),
        "unread": dict(islice(report.unread.items(), _NAMED_NODES)),
        "failures": list(report.progress.failures),
        "changed_baselines": list(report.changed_baselines),
    }
    print(json.dumps(summary))  # noqa: T201 - what a function prints is its log
    if report.is_finished:
        return summary
    if not report.is_stopped or report.progress.part > MOST_PARTS:
        raise UnfinishedReportError(json.dumps(summary))
    boto3.client("lambda", config=_PATIENT).invoke(
        FunctionName=context.invoked_function_arn,
        InvocationType="Event",
        Payload=json.dumps({"resume": report.progress.run_id}),
    )
    return summary
