"""What the compliance reporter asks AWS, and what it occupies, at 5,000 nodes and with throttling.

The local AWS with the fleet is in this process, and the reporter in one of its own, which talks to it over
loopback and has nothing of this project but the bundle that Lambda gets.
"""

import datetime as dt
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from bench.every_node import ask_every_node
from bench.fresh_process import FreshProcess
from bench.limit import Limit
from bench.reporter_fleet import (
    ACCOUNT,
    BUCKET,
    COUNTED,
    REGION,
    ROLLOUT,
    TABLE,
    ReportedFleet,
    make_fleet,
)
from bench.reporter_process import TIME_LIMIT_SECONDS
from local_aws.aws import client
from local_aws.fleet.clock import throttle
from local_aws.server import Server, serve
from local_aws.services.moto_seams import metric_data
from patching_constructs.constructs._shared.functions.bundle import write_bundle
from patching_constructs.contracts.compliance_metrics import AccountMetric
from patching_constructs.contracts.reporter_settings import REPORTER_FILE
from patching_constructs.contracts.ring_document import RINGS_FILE

NODE_COUNTS = (1_000, 5_000)
WRONG_PERCENT = 10
CALLS_PER_SECOND, BURST = 20, 40
"""An assumption, for Systems Manager and EC2 together: AWS publishes no rate for the calls of Patch Manager.

EC2 publishes one for calls that change nothing: 20 a second for each of them, after 100 at once.
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
"""
_MEMORY_LIMIT_MEBIBYTES = 256 * 1000 * 1000 / 1024**2
_SHARE_OF_EVERY_NODE = 0.35
"""With pages of five node states, which both need: docs/not-proven.md#pages-of-node-states."""
_FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:reporter"


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredReport:
    """What a report took.

    Attributes:
        requests: Requests by service and operation, those that were refused included.
        refused: How many of them were refused.
        seconds: How long it took, without the start of the interpreter.
        invocations: How often the function was started for it.
        peak_mebibytes: The most memory that its process occupied.
        unlike_truth: The metrics that differ from what is true of the fleet, by ring and name.
        modules: What was imported.
        code: File of the handler.
    """

    requests: Mapping[str, int]
    refused: int
    seconds: float
    invocations: int
    peak_mebibytes: float
    unlike_truth: list[tuple[str, str]]
    modules: list[str]
    code: str

    @property
    def calls(self) -> int:
        """All requests."""
        return sum(self.requests.values())


def reporter_figures(fresh: FreshProcess, folder: Path) -> tuple[Table, list[Limit]]:
    """Measure reports about 1,000 and 5,000 nodes, and asking every node of the same 5,000."""
    reports: dict[int, MeasuredReport] = {}
    for count in NODE_COUNTS:
        with serve() as server:
            fleet = make_fleet(count, wrong_percent=WRONG_PERCENT, now=dt.datetime.now(dt.UTC))
            throttle.limit(CALLS_PER_SECOND, burst=BURST)
            reports[count] = measure_report(fresh, folder / f"{count}-nodes", server, fleet)
            second = measure_report(fresh, folder / f"{count}-nodes-again", server, fleet)
            calls_to_every_node = count_calls_to_every_node()
    return _table(reports, second, calls_to_every_node), limits(reports, second, calls_to_every_node)


def limits(
    reports: Mapping[int, MeasuredReport], second: MeasuredReport, calls_to_every_node: int
) -> list[Limit]:
    """Hold reports against their limits.

    Args:
        reports: A first report about few and one about many nodes, by the number of nodes.
        second: A second report about the many nodes, none of which has been scanned since the first.
        calls_to_every_node: What asking each of the many nodes takes.
    """
    (fewer, few), (more, many) = reports.items()
    for_each = (many.calls - few.calls) / (more - fewer)
    return [
        Limit(
            name=f"reporter, {more:,} nodes: MiB (256 MB)",
            measured=many.peak_mebibytes,
            at_most=round(_MEMORY_LIMIT_MEBIBYTES, 1),
        ),
        Limit(
            name=f"reporter, {more:,} nodes: calls relative to querying every node",
            measured=many.calls / calls_to_every_node,
            at_most=_SHARE_OF_EVERY_NODE,
        ),
        Limit(
            name=f"reporter, {more:,} nodes: metrics unlike the truth",
            measured=len(many.unlike_truth) + len(second.unlike_truth),
            at_most=0,
        ),
        Limit(
            name=f"reporter, {more:,} nodes: nodes asked by a second report",
            measured=second.requests.get("ssm.DescribeInstancePatches", 0),
            at_most=0,
        ),
        Limit(
            name=f"reporter, {more:,} nodes: seconds (time limit of the function)",
            measured=many.seconds,
            at_most=TIME_LIMIT_SECONDS,
        ),
        Limit(
            name=f"reporter: calls for each node from {fewer:,} to {more:,} relative to each of those before",
            measured=for_each / (few.calls / fewer),
            at_most=1,
        ),
    ]


def measure_report(fresh: FreshProcess, folder: Path, server: Server, fleet: ReportedFleet) -> MeasuredReport:
    """Make a report of the fleet that the local AWS holds.

    Args:
        fresh: Starts the process.
        folder: Where the code of the function is unpacked; it must not exist.
        server: The local AWS.
        fleet: The fleet.

    Raises:
        ValueError: If the report fails.
    """
    refused = throttle.refused
    metric_data(ACCOUNT, REGION).clear()
    code = _unpack_function(fleet, folder)
    measured = fresh.measure(
        ["-I", str(Path(__file__).with_name("reporter_process.py")), str(code)],
        environment={
            **server.environment,
            # Not by name: boto3 would look for buckets in its subdomains.
            "AWS_ENDPOINT_URL_S3": server.url.replace("localhost", "127.0.0.1"),
            "AWS_ACCESS_KEY_ID": server.credentials(ACCOUNT)["aws_access_key_id"],
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "LAMBDA_TASK_ROOT": str(code),
            "FUNCTION_ARN": _FUNCTION_ARN,
            "TABLE_NAME": TABLE,
            "HISTORY_BUCKET": BUCKET,
        },
    )
    if measured.status:
        message = f"the reporter ended with status {measured.status}"
        raise ValueError(message)
    answer: dict[str, Any] = json.loads(measured.printed.splitlines()[-1])
    return MeasuredReport(
        **answer,
        refused=throttle.refused - refused,
        peak_mebibytes=measured.peak_mebibytes,
        unlike_truth=_unlike_truth(fleet),
    )


def count_calls_to_every_node() -> int:
    """Ask every node of the fleet that the local AWS holds, and count the calls."""
    throttle.lift()
    ask_every_node(client("ssm", account=ACCOUNT, region=REGION))
    return throttle.calls


def _unpack_function(fleet: ReportedFleet, folder: Path) -> Path:
    folder.mkdir()
    bundle, code = folder / "bundle.zip", folder / "code"
    write_bundle(
        bundle,
        handler="compliance_reporter.handler",
        texts={RINGS_FILE: fleet.settings.document.to_json(), REPORTER_FILE: fleet.settings.to_json()},
    )
    with zipfile.ZipFile(bundle) as opened:
        opened.extractall(code)
    return code


def _unlike_truth(fleet: ReportedFleet) -> list[tuple[str, str]]:
    published = {}
    for datum in metric_data(ACCOUNT, REGION):
        where = {dimension.name: dimension.value for dimension in datum.dimensions}
        if where.pop("Rollout") == ROLLOUT and where.keys() <= {"Ring"}:
            published[where.get("Ring", ""), datum.name] = datum.value
    truth = fleet.truth(dt.datetime.now(dt.UTC))
    expected = [(ring.name, str(metric)) for ring in fleet.settings.rings for metric in COUNTED]
    expected.append(("", str(AccountMetric.NODES_WITHOUT_GROUP)))
    return [where for where in expected if published.get(where) != truth[where]]


def _table(reports: Mapping[int, MeasuredReport], second: MeasuredReport, calls_to_every_node: int) -> Table:
    table = Table(
        "nodes",
        "calls",
        "for each node",
        "refused",
        "seconds",
        "invocations",
        "MiB",
        title=f"a compliance report at {CALLS_PER_SECOND} calls a second after {BURST} at once",
    )
    more = max(reports)
    rows = [(f"{count:,}", count, report) for count, report in reports.items()]
    for name, count, report in (*rows, (f"{more:,}, again before the next scan", more, second)):
        table.add_row(
            name,
            f"{report.calls:,}",
            f"{report.calls / count:.2f}",
            f"{report.refused:,}",
            f"{report.seconds:.0f}",
            f"{report.invocations}",
            f"{report.peak_mebibytes:.0f}",
        )
    table.add_row(
        f"{more:,}, asking every node",
        f"{calls_to_every_node:,}",
        f"{calls_to_every_node / more:.2f}",
        "",
        f"{(calls_to_every_node - BURST) / CALLS_PER_SECOND:.0f} or more",
        "",
        "",
    )
    table.caption = (
        f"{WRONG_PERCENT} % of the nodes have missing, failed or waiting patches, a third each. Asking every "
        "node was counted without throttling, and its time worked out from the rate."
    )
    return table
