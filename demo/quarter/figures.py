"""The figures of the quarter, read from CloudWatch as the deployed dashboards ask for them."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from demo.quarter.deployed import Workload
from demo.quarter.patches import END, START
from local_aws import client
from local_aws.fleet.simulation import SimulatedPlace
from patching_constructs.contracts.compliance_metrics import (
    NAMESPACE,
    RING_DIMENSION,
    ROLLOUT_DIMENSION,
    ComplianceMetric,
)

_HOUR = 3600
_DATAPOINTS = 1_440
"""As many as one answer of GetMetricStatistics may hold.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
"""

Points = Sequence[tuple[datetime, float]]


@dataclass(frozen=True, kw_only=True, slots=True)
class RingPlace:
    """A ring in one account and Region.

    Attributes:
        place: The account and Region.
        rollout: Name of the rollout.
        name: Name of the ring.
        order: Place of the ring in the rollout.
        production: Whether it is production.
        label: Unique label: its name, and the account where several accounts have the ring.
    """

    place: SimulatedPlace
    rollout: str
    name: str
    order: int
    production: bool
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """A widget of the dashboards: one metric of every ring.

    Attributes:
        title: Title of the widget.
        lines: The metric of each ring, by its label.
    """

    title: str
    lines: Mapping[str, Points]


def ring_places(workloads: Iterable[Workload]) -> list[RingPlace]:
    """List the rings of all accounts and Regions, earliest first."""
    found = [(workload, ring) for workload in workloads for ring in workload.settings.rings]
    names = [ring.name for _, ring in found]
    return sorted(
        (
            RingPlace(
                place=workload.place,
                rollout=workload.settings.document.rollout,
                name=ring.name,
                order=ring.order,
                production=ring.production,
                label=ring.name
                if names.count(ring.name) == 1
                else f"{ring.name}, {workload.place.account} {workload.place.region}",
            )
            for workload, ring in found
        ),
        key=lambda ring: (ring.order, ring.label),
    )


def read_panels(rings: Sequence[RingPlace], places: Iterable[tuple[str, str]]) -> list[Panel]:
    """Read every metric of a ring that a dashboard shows, in the order of their widgets.

    Args:
        rings: The rings.
        places: Accounts and Regions with dashboards; a widget may show metrics of other ones.
    """
    labels = {(ring.place.account, ring.place.region, ring.name): ring.label for ring in rings}
    of_places = {(ring.place.account, ring.place.region): ring.place for ring in rings}
    panels: defaultdict[str, dict[str, Points]] = defaultdict(dict)
    for account, region in places:
        for properties in _widgets(account, region):
            for metric in properties["metrics"]:
                namespace, name, *rest = (part for part in metric if isinstance(part, str))
                dimensions = dict(zip(rest[::2], rest[1::2], strict=True))
                if RING_DIMENSION not in dimensions:
                    continue
                options = metric[-1]
                where = options.get("accountId", account), options.get("region", properties["region"])
                label = labels[*where, dimensions[RING_DIMENSION]]
                panels[properties["title"]][label] = _points(
                    of_places[where],
                    namespace,
                    name,
                    dimensions,
                    stat=properties["stat"],
                    period=properties["period"],
                )
    order = [ring.label for ring in rings]
    return [
        Panel(title=title, lines={label: lines[label] for label in order if label in lines})
        for title, lines in panels.items()
    ]


def read_metric(ring: RingPlace, metric: ComplianceMetric) -> Points:
    """Read a metric of a ring, hour by hour."""
    dimensions = {ROLLOUT_DIMENSION: ring.rollout, RING_DIMENSION: ring.name}
    return _points(ring.place, NAMESPACE, str(metric), dimensions, stat="Maximum", period=_HOUR)


def _widgets(account: str, region: str) -> Iterator[dict[str, Any]]:
    """Yield the properties of each widget that shows metrics."""
    cloudwatch = client("cloudwatch", account=account, region=region)
    for page in cloudwatch.get_paginator("list_dashboards").paginate():
        for entry in page["DashboardEntries"]:
            body = cloudwatch.get_dashboard(DashboardName=entry["DashboardName"])["DashboardBody"]
            for widget in json.loads(body)["widgets"]:
                if widget["type"] == "metric":
                    yield widget["properties"]


def _points(
    place: SimulatedPlace, namespace: str, name: str, dimensions: Mapping[str, str], *, stat: str, period: int
) -> Points:
    cloudwatch = client("cloudwatch", account=place.account, region=place.region)
    found: list[tuple[datetime, float]] = []
    start = START
    while start < END:
        end = min(start + _DATAPOINTS * timedelta(seconds=period), END)
        answer = cloudwatch.get_metric_statistics(
            Namespace=namespace,
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=start,
            EndTime=end,
            Period=period,
            Statistics=[stat],
        )
        found += [(point["Timestamp"], point[stat]) for point in answer["Datapoints"]]
        start = end
    return sorted(found)
