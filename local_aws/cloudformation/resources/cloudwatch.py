"""AWS::CloudWatch resource types."""

from collections.abc import Mapping
from typing import Any, ClassVar

from typing_extensions import override

from local_aws.aws import Aws
from local_aws.cloudformation.cloudformation_type import (
    CloudFormationType,
    Properties,
    added,
    fit,
    names,
    pick,
    removed_tag_keys,
)
from local_aws.errors import ResourceFailedError
from local_aws.services.alarm_rule import alarms_in


class Alarm(CloudFormationType):
    """AWS::CloudWatch::Alarm.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
    """

    type_name = "AWS::CloudWatch::Alarm"
    create_only = names("AlarmName")
    _stored: ClassVar[frozenset[str]] = names(
        "ActionsEnabled AlarmActions AlarmDescription ComparisonOperator DatapointsToAlarm Dimensions "
        "EvaluationPeriods ExtendedStatistic InsufficientDataActions MetricName Namespace OKActions Period "
        "Statistic Threshold TreatMissingData Unit"
    )
    properties = _stored | names("AlarmName Tags")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        cloudwatch = aws.client("cloudwatch")
        alarm_name = properties.get("AlarmName", fit(name, 255))
        if cloudwatch.describe_alarms(AlarmNames=[alarm_name])["MetricAlarms"]:
            raise self.refuse_taken(alarm_name)
        request = pick(properties, self._stored | {"Tags"})
        cloudwatch.put_metric_alarm(AlarmName=alarm_name, **request)
        # moto starts alarms as OK; AWS has no data yet.
        cloudwatch.set_alarm_state(
            AlarmName=alarm_name,
            StateValue="INSUFFICIENT_DATA",
            StateReason="Unchecked: Initial alarm creation",
        )
        return str(alarm_name)

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        cloudwatch = aws.client("cloudwatch")
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=[physical_id])["MetricAlarms"]
        cloudwatch.put_metric_alarm(AlarmName=physical_id, **pick(properties, self._stored))
        # moto forgets the state with each change; AWS keeps it.
        cloudwatch.set_alarm_state(
            AlarmName=physical_id, StateValue=alarm["StateValue"], StateReason=alarm["StateReason"]
        )
        if keys := removed_tag_keys(properties, previous):
            cloudwatch.untag_resource(ResourceARN=alarm["AlarmArn"], TagKeys=keys)
        if tags := added(properties, previous, "Tags"):
            cloudwatch.tag_resource(ResourceARN=alarm["AlarmArn"], Tags=tags)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("cloudwatch").delete_alarms(AlarmNames=[physical_id])

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {"Arn": aws.arn("cloudwatch", f"alarm:{physical_id}")}


class CompositeAlarm(CloudFormationType):
    """AWS::CloudWatch::CompositeAlarm.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-compositealarm.html
    """

    type_name = "AWS::CloudWatch::CompositeAlarm"
    create_only = names("AlarmName")
    _stored: ClassVar[frozenset[str]] = names(
        "ActionsEnabled AlarmActions AlarmDescription AlarmRule InsufficientDataActions OKActions"
    )
    properties = _stored | names("AlarmName Tags")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        cloudwatch = aws.client("cloudwatch")
        alarm_name = properties.get("AlarmName", fit(name, 255))
        if any(cloudwatch.describe_alarms(AlarmNames=[alarm_name])[kind] for kind in _KINDS):
            raise self.refuse_taken(alarm_name)
        self._refuse_unknown_alarms(aws, properties["AlarmRule"])
        cloudwatch.put_composite_alarm(AlarmName=alarm_name, **pick(properties, self._stored | {"Tags"}))
        cloudwatch.set_alarm_state(
            AlarmName=alarm_name,
            StateValue="INSUFFICIENT_DATA",
            StateReason="Unchecked: Initial alarm creation",
        )
        return str(alarm_name)

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        cloudwatch = aws.client("cloudwatch")
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=[physical_id])["CompositeAlarms"]
        self._refuse_unknown_alarms(aws, properties["AlarmRule"])
        cloudwatch.put_composite_alarm(AlarmName=physical_id, **pick(properties, self._stored))
        cloudwatch.set_alarm_state(
            AlarmName=physical_id, StateValue=alarm["StateValue"], StateReason=alarm["StateReason"]
        )
        if keys := removed_tag_keys(properties, previous):
            cloudwatch.untag_resource(ResourceARN=alarm["AlarmArn"], TagKeys=keys)
        if tags := added(properties, previous, "Tags"):
            cloudwatch.tag_resource(ResourceARN=alarm["AlarmArn"], Tags=tags)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("cloudwatch").delete_alarms(AlarmNames=[physical_id])

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {"Arn": aws.arn("cloudwatch", f"alarm:{physical_id}")}

    def _refuse_unknown_alarms(self, aws: Aws, rule: str) -> None:
        described = aws.client("cloudwatch").describe_alarms()
        known = {alarm["AlarmName"] for kind in _KINDS for alarm in described[kind]}
        if unknown := sorted(alarms_in(rule) - known):
            raise ResourceFailedError(f"Could not save the composite alarm: no alarm {', '.join(unknown)}")


class Dashboard(CloudFormationType):
    """AWS::CloudWatch::Dashboard.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-dashboard.html
    """

    type_name = "AWS::CloudWatch::Dashboard"
    create_only = names("DashboardName")
    properties = names("DashboardBody DashboardName")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        cloudwatch = aws.client("cloudwatch")
        dashboard_name = properties.get("DashboardName", fit(name, 255))
        listed = cloudwatch.list_dashboards(DashboardNamePrefix=dashboard_name)["DashboardEntries"]
        if dashboard_name in {dashboard["DashboardName"] for dashboard in listed}:
            raise self.refuse_taken(dashboard_name)
        cloudwatch.put_dashboard(DashboardName=dashboard_name, DashboardBody=properties["DashboardBody"])
        return str(dashboard_name)

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        aws.client("cloudwatch").put_dashboard(
            DashboardName=physical_id, DashboardBody=properties["DashboardBody"]
        )

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("cloudwatch").delete_dashboards(DashboardNames=[physical_id])


_KINDS = ("MetricAlarms", "CompositeAlarms")
