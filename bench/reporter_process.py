"""Runs the compliance reporter as Lambda does: `python -I bench/reporter_process.py FOLDER`.

FOLDER holds what the bundle of the function holds. Nothing else of this project is imported, so that what the
process occupies is what the function occupies. Where Lambda would start the function again, because a report
goes on in a further call, this process does.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import boto3

TIME_LIMIT_SECONDS = 900
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html"""


class Context:
    """The context that Lambda passes to a function."""

    aws_request_id = "report"

    def __init__(self) -> None:
        self.invoked_function_arn = os.environ["FUNCTION_ARN"]
        self._ends_at = time.monotonic() + TIME_LIMIT_SECONDS

    def get_remaining_time_in_millis(self) -> int:
        """Return the remaining time in milliseconds."""
        return int(1000 * (self._ends_at - time.monotonic()))


def main() -> None:
    """Make a report to its end, and print what it took.

    A request that is refused and sent again counts each time.
    """
    from patching_constructs.lambdas.compliance_reporter.handler import handler

    sent: Counter[str] = Counter()
    waiting: list[dict[str, Any]] = [{}]

    def count(event_name: str, **_: object) -> None:
        sent[event_name.removeprefix("before-send.")] += 1

    def start_again(params: Mapping[str, Any], **_: object) -> tuple[Any, dict[str, Any]]:
        waiting.append(json.loads(params["body"]))
        return SimpleNamespace(status_code=202), {}

    boto3.setup_default_session()
    session: Any = boto3.DEFAULT_SESSION
    session.events.register("before-send", count)
    session.events.register("before-call.lambda.Invoke", start_again)
    started_at = time.perf_counter()
    invocations = 0
    while waiting:
        handler(waiting.pop(), Context())
        invocations += 1
    answer = {
        "seconds": time.perf_counter() - started_at,
        "requests": sent,
        "invocations": invocations,
        "modules": sorted(sys.modules),
        "code": sys.modules[handler.__module__].__file__,
    }
    print(json.dumps(answer))  # noqa: T201 -- for the process that asks


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    main()
