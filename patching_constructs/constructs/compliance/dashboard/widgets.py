"""Widgets that the dashboards of an account and of an organization share.

See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from patching_constructs.contracts.compliance_metrics import (
    NAMESPACE,
    RING_DIMENSION,
    ROLLOUT_DIMENSION,
    ComplianceMetric,
)

_COLUMNS = 24
_HOUR = 3600

Line = list[Any]
"""A metric of a widget: its namespace, name and dimensions, and how it is shown."""

COURSE_OF_A_WEEK: Mapping[str, Any] = MappingProxyType(
    {
        "view": "timeSeries",
        "stat": "Maximum",
        "start": "-P7D",
        "end": "P0D",
        "yAxis": {"left": {"min": 0}},
    }
)
"""Properties of a widget with the last seven days, whatever period a reader picks."""


def placed(rows: Iterable[Sequence[Mapping[str, Any]]]) -> Iterable[dict[str, Any]]:
    """Give the widgets of a row the same width, and put the rows below each other."""
    y = 0
    for row in rows:
        width = _COLUMNS // len(row)
        for number, widget in enumerate(row):
            yield {**widget, "x": number * width, "y": y, "width": width}
        y += max(widget["height"] for widget in row)


def metric_widget(
    region: str, title: str, lines: Sequence[Line], *, height: int, view: str, stat: str, **more: Any
) -> dict[str, Any]:
    """Return a widget with metrics of an hour each; `more` are further properties."""
    return {
        "type": "metric",
        "height": height,
        "properties": {
            "title": title,
            "region": region,
            "view": view,
            "stat": stat,
            "period": _HOUR,
            "metrics": list(lines),
            **more,
        },
    }


def ring_line(rollout: str, ring: str, metric: ComplianceMetric, options: Mapping[str, str]) -> Line:
    """Return a metric of a ring as widgets name it."""
    return [NAMESPACE, str(metric), ROLLOUT_DIMENSION, rollout, RING_DIMENSION, ring, options]
