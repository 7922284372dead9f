"""What alarms and metric filters use."""

import re
from collections.abc import Iterator, Mapping

from patching_constructs.analysis.costs.window_units import Use
from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.model.estate import ResourceAt
from patching_constructs.model.unknown import Maybe, Unknown

_Properties = Mapping[str, object]

# CloudWatch charges more for an alarm whose period is shorter than a minute.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
_HIGH_RESOLUTION_BELOW_SECONDS = 60

_NO_METRIC = Unknown("an alarm asks for something else than metrics")
_QUERY = Unknown("how many metrics the query of an alarm finds is not in the templates")
_BAND = Unknown("AWS counts the metrics of an alarm on an anomaly band by itself")


def alarm_uses(_: ResourceAt, properties: _Properties) -> Iterator[Use]:
    """Yield the metrics of an alarm: AWS charges for each one in a formula."""
    metrics = properties.get("Metrics")
    if isinstance(metrics, Unknown):
        yield BillableUnit.ALARM_METRICS, metrics
    elif not isinstance(metrics, tuple):
        amount = 1 if "MetricName" in properties else _NO_METRIC
        yield _resolution(properties.get("Period")), amount
    else:
        queries = [query for query in metrics if isinstance(query, Mapping)]
        stats = [stat for query in queries if isinstance(stat := query.get("MetricStat"), Mapping)]
        units = [_resolution(stat.get("Period")) for stat in stats]
        unit = (
            BillableUnit.HIGH_RESOLUTION_ALARM_METRICS
            if BillableUnit.HIGH_RESOLUTION_ALARM_METRICS in units
            else BillableUnit.ALARM_METRICS
        )
        yield unit, _metrics_of([query.get("Expression") for query in queries], len(stats))


def _metrics_of(expressions: list[object], metrics: int) -> Maybe[int]:
    for expression in expressions:
        if isinstance(expression, Unknown):
            return expression
        if isinstance(expression, str) and "ANOMALY_DETECTION_BAND" in expression.upper():
            return _BAND
        if isinstance(expression, str) and re.match(r"\s*SELECT\b", expression, re.IGNORECASE):
            return _QUERY
    return metrics or _NO_METRIC


def _resolution(period: object) -> BillableUnit:
    seconds = int(period) if isinstance(period, str) and period.isdecimal() else period
    is_high = isinstance(seconds, int) and seconds < _HIGH_RESOLUTION_BELOW_SECONDS
    return BillableUnit.HIGH_RESOLUTION_ALARM_METRICS if is_high else BillableUnit.ALARM_METRICS


def metric_filter_uses(_: ResourceAt, properties: _Properties) -> Iterator[Use]:
    """Yield the metrics that a metric filter publishes."""
    transformations = properties.get("MetricTransformations")
    if isinstance(transformations, Unknown):
        yield BillableUnit.CUSTOM_METRICS, transformations
        return
    for transformation in transformations if isinstance(transformations, tuple) else ():
        with_dimensions = isinstance(transformation, Mapping) and transformation.get("Dimensions")
        yield (
            BillableUnit.CUSTOM_METRICS,
            Unknown("how many values the dimensions of a metric filter take is not in the templates")
            if with_dimensions or isinstance(transformation, Unknown)
            else 1,
        )
