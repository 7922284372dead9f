"""Figures to CloudWatch."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from patching_constructs.model.compliance_metrics import (
    METRIC_KINDS,
    NAMESPACE,
    OPERATING_SYSTEM_DIMENSION,
    PATCH_GROUP_DIMENSION,
    RING_DIMENSION,
    ROLLOUT_DIMENSION,
    AccountMetric,
    ComplianceMetric,
)
from patching_constructs.runtime.figures import Figures
from patching_constructs.runtime.metric_values import metric_values

_DATA_OF_A_REQUEST = 1_000
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html"""


class MetricPublisher:
    """Collects metrics and publishes them together, all with one time.

    Args:
        cloudwatch: A boto3 client.
        rollout: Name of the rollout.
        now: The moment, with a time zone.
    """

    def __init__(self, cloudwatch: Any, *, rollout: str, now: dt.datetime) -> None:
        self._cloudwatch = cloudwatch
        self._rollout = rollout
        self._now = now
        self._data: list[dict[str, Any]] = []

    def add_ring(self, ring: str, figures: Figures) -> None:
        """Add the metrics of a ring."""
        self._add_figures(figures, {RING_DIMENSION: ring})

    def add_group(self, ring: str, patch_group: str, operating_system: str, figures: Figures) -> None:
        """Add the metrics of a patch group and operating system of a ring."""
        self._add_figures(
            figures,
            {
                RING_DIMENSION: ring,
                PATCH_GROUP_DIMENSION: patch_group,
                OPERATING_SYSTEM_DIMENSION: operating_system,
            },
        )

    def add(self, metric: AccountMetric, value: float) -> None:
        """Add a metric of the account and Region."""
        self._add(metric, value, {})

    def publish(self) -> None:
        """Publish what was added."""
        for first in range(0, len(self._data), _DATA_OF_A_REQUEST):
            self._cloudwatch.put_metric_data(
                Namespace=NAMESPACE, MetricData=self._data[first : first + _DATA_OF_A_REQUEST]
            )
        self._data.clear()

    def _add_figures(self, figures: Figures, dimensions: Mapping[str, str]) -> None:
        for metric, value in metric_values(figures):
            self._add(metric, value, dimensions)

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
                "Timestamp": self._now,
                "Value": float(value),
                "Unit": str(METRIC_KINDS[metric].unit),
            }
        )
