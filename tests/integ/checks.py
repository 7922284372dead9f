"""What a run has to show."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patching_constructs.contracts.compliance_metrics import (
    NAMESPACE,
    PUBLISHED_ON_FAILURE,
    ROLLOUT_DIMENSION,
)
from patching_constructs.contracts.patch_event import PATCH_EVENT_DETAIL_TYPE, PatchEvent
from patching_constructs.contracts.ring_health import RingHealth
from patching_constructs.contracts.ring_run import RingRun
from tests.integ.cloud import Cloud
from tests.integ.evidence import Answer, Site, Stage, window_name
from tests.integ.stacks_under_test import RING, ROLLOUT


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """Something that has to be, and what was seen.

    Attributes:
        name: What has to be.
        passed: Whether it is.
        seen: What was seen.
    """

    name: str
    passed: bool
    seen: str


def check_missing(site: Site, scan: Stage, install: Stage) -> Iterator[Check]:
    """Check that missing patches are counted, by AWS and by the reporter, and fall after the install."""
    for system, node_id in site.nodes.items():
        before, after = scan.missing_by_aws(node_id), install.missing_by_aws(node_id)
        yield Check(
            name=f"{system}: missing patches are counted, and fewer are missing after the install",
            passed=before > 0 and after < before,
            seen=f"AWS counts {before} missing patches after the scan, and {after} after the install",
        )
        reported, left = scan.missing_by_reporter(node_id), install.missing_by_reporter(node_id)
        yield Check(
            name=f"{system}: the reporter counts what AWS counts",
            passed=(reported, left) == (before, after),
            seen=f"the reporter counts {reported} after the scan, and {left} after the install",
        )


def check_windows(scan: Stage, install: Stage) -> Iterator[Check]:
    """Check that the deployed windows ran without an error."""
    for name, stage in (("scan", scan), ("install", install)):
        status = str(stage.execution["Status"])
        yield Check(
            name=f"the {name} window has run",
            passed=status == "SUCCESS",
            seen=f"{status} {stage.execution.get('StatusDetails', '')}".strip(),
        )


def check_rows(site: Site, scan: Stage, install: Stage) -> Iterator[Check]:
    """Check that the history has a row of each node, of nodes that were reached and read."""
    for name, stage in (("scan", scan), ("install", install)):
        read = {node_id for node_id, row in stage.rows.items() if row.is_managed and row.unread is None}
        yield Check(
            name=f"the history has a row of each node after the {name}",
            passed=read == set(site.node_ids),
            seen=f"rows of {len(stage.rows)} nodes, {len(read)} of them read",
        )


def check_output(cloud: Cloud, site: Site) -> Iterator[Check]:
    """Check that each node has written what its commands printed."""
    pages = (
        cloud.client("s3")
        .get_paginator("list_objects_v2")
        .paginate(Bucket=site.outputs["OutputBucket"], Prefix=f"{ROLLOUT}/{RING}/")
    )
    keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
    for step in ("scan", "install"):
        of_step = [key for key in keys if key.startswith(f"{ROLLOUT}/{RING}/{step}/")]
        yield Check(
            name=f"the output of the {step} is in the bucket",
            passed=all(any(node_id in key for key in of_step) for node_id in site.node_ids),
            seen=f"{len(of_step)} objects, the first {of_step[0] if of_step else 'missing'}",
        )


def check_metrics(cloud: Cloud, *, since: dt.datetime) -> Iterator[Check]:
    """Check that each metric that a deployed alarm reads has been published."""
    cloudwatch = cloud.client("cloudwatch")
    alarms = [
        alarm
        for page in cloudwatch.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm"])
        for alarm in page["MetricAlarms"]
    ]
    metrics = {str(metric): metric for alarm in alarms for metric in _metrics_of(alarm)}.values()
    published = {
        metric["MetricName"]
        for metric in metrics
        if cloudwatch.get_metric_statistics(
            **metric, StartTime=since, EndTime=cloud.now(), Period=3600, Statistics=["Maximum"]
        )["Datapoints"]
    }
    wanted = {metric["MetricName"] for metric in metrics} - PUBLISHED_ON_FAILURE
    silent, failures = sorted(wanted - published), sorted(published & PUBLISHED_ON_FAILURE)
    yield Check(
        name="each metric that an alarm reads is published, and none that reports a failure",
        passed=bool(wanted) and not silent and not failures,
        seen=f"{len(published)} metrics"
        + (f", without data: {', '.join(silent)}" if silent else "")
        + (f", failures: {', '.join(failures)}" if failures else ""),
    )


def _metrics_of(alarm: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the metrics of the rollout that an alarm reads, itself or in its expressions."""
    queries = [alarm, *(query.get("MetricStat", {}).get("Metric", {}) for query in alarm.get("Metrics", ()))]
    for metric in queries:
        dimensions = metric.get("Dimensions", [])
        if (
            metric.get("Namespace") == NAMESPACE
            and {
                "Name": ROLLOUT_DIMENSION,
                "Value": ROLLOUT,
            }
            in dimensions
        ):
            yield {"Namespace": NAMESPACE, "MetricName": metric["MetricName"], "Dimensions": dimensions}


def check_ring_run(run: RingRun | None, nodes: Sequence[str]) -> Iterator[Check]:
    """Check that the security account has the run of the ring, and that it is healthy."""
    yield Check(
        name="the security account has recorded the run of the ring",
        passed=run is not None
        and run.health is RingHealth.HEALTHY
        and (run.nodes, run.succeeded, run.failed) == (len(nodes), len(nodes), 0),
        seen="no record" if run is None else f"{run.health}: {run.reason}",
    )


def forwarded(events: Iterable[Answer]) -> PatchEvent | None:
    """Return the event with which the account reports the install window to the security account, if any."""
    for event in events:
        if event["detail-type"] == PATCH_EVENT_DETAIL_TYPE:
            found = PatchEvent.from_data(event["detail"])
            if found.subject_name == window_name("install"):
                return found
    return None


def check_forwarded(events: Sequence[Answer]) -> Iterator[Check]:
    """Check that the event of the install window reached the security account with its names."""
    found = forwarded(events)
    yield Check(
        name="the event of the install window reached the security account",
        passed=found is not None and (found.ring, found.status) == (RING, "SUCCESS") and not found.unknown,
        seen="no such event"
        if found is None
        else f"{found.kind} {found.subject_name} {found.status}, ring {found.ring}",
    )
