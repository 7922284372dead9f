"""Figures to CloudWatch."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from patching_constructs.contracts.compliance_metrics import (
    METRIC_KINDS,
    NAMESPACE,
    RING_DIMENSION,
    ROLLOUT_DIMENSION,
    AccountMetric,
    ComplianceMetric,
)
from patching_constructs.contracts.published_metrics import PublishedMetrics
from patching_constructs.lambdas.compliance_reporter.figures import Figures
from patching_constructs.lambdas.compliance_reporter.metric_values import metric_values

# PutMetricData takes 1,000 metrics in one request, and refuses all of them if there is one more.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
_DATA_OF_A_REQUEST = 1_000


class MetricPublisher:
    """Collects the metrics that have a reader and publishes them together, all with one time.

    Args:
        cloudwatch: A boto3 client.
        rollout: Name of the rollout.
        published: The metrics that have a reader; others are left out. None: publish every metric.
        now: The moment, with a time zone.
    """

    def __init__(
        self, cloudwatch: Any, *, rollout: str, published: PublishedMetrics | None, now: dt.datetime
    ) -> None:
        self._cloudwatch = cloudwatch
        self._rollout = rollout
        self._published = published
        self._now = now
        self._data: list[dict[str, Any]] = []

    def add_ring(self, ring: str, figures: Figures, *, lost_nodes: int | None) -> None:
        """Add the metrics of a ring.

        Args:
            ring: Its name.
            figures: Figures of its nodes.
            lost_nodes: How many nodes it had, if it has none any more; None if there is no news of that.
        """
        values = [*metric_values(figures)]
        if lost_nodes is not None:
            values.append((ComplianceMetric.LOST_NODES, lost_nodes))
        for metric, value in values:
            if self._published is None or metric in self._published.rings.get(ring, ()):
                self._add(metric, value, {RING_DIMENSION: ring})

    def add(self, metric: AccountMetric, value: float) -> None:
        """Add a metric of the account and Region."""
        if self._published is None or metric in self._published.account:
            self._add(metric, value, {})

    def publish(self) -> None:
        """Publish what was added."""
        for first in range(0, len(self._data), _DATA_OF_A_REQUEST):
            self._cloudwatch.put_metric_data(
                Namespace=NAMESPACE, MetricData=self._data[first : first + _DATA_OF_A_REQUEST]
            )
        self._data.clear()

    def _add(
        self, metric: ComplianceMetric | AccountMetric, value: float, dimensions: Mapping[str, str]
    ) -> None:
        self._data.append(
            {
                "MetricName": str(metric),
                "Dimensions": [
                    {"Name": name, "Value": text}
                    for name, text in {ROLLOUT_DIMENSION: self._rollout, **dimensions}.items()
                ],
                # One time for all parts: a resumed report would spread one ring over two periods.
                "Timestamp": self._now,
                "Value": float(value),
                "Unit": str(METRIC_KINDS[metric].unit),
            }
        )
