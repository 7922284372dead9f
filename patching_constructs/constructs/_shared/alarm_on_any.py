"""Alarms that fire on the first occurrence of something that should not exist."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct


def alarm_on_any(
    scope: Construct, id: str, metric: cloudwatch.IMetric, alarm_description: str
) -> cloudwatch.Alarm:
    """Alarm when a metric is 1 or more; missing data counts as fine."""
    return cloudwatch.Alarm(
        scope,
        id,
        metric=metric,
        alarm_description=alarm_description,
        threshold=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluation_periods=1,
        # AWS publishes such counts only while there is something to count, so no data is good news.
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
