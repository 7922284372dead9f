"""What resources use by being there."""

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.model.estate import ResourceAt
from patching_constructs.model.unknown import Maybe, PartlyKnown, Reference, Unknown
from patching_constructs.plan.window_units import Use
from patching_constructs.rollout.run_frequency import MONTH

_Properties = Mapping[str, object]

_HOURS = Fraction(MONTH.days * 24 + MONTH.seconds // 3600)
_HIGH_RESOLUTION_BELOW_SECONDS = 60
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html"""
_ACTIVATION_TIER = "/ssm/managed-instance/activation-tier"
"""https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-configure-instance-tiers.html"""
_EVENT_BUS = re.compile(r"arn:[^:]+:events:(?P<region>[^:]+):[^:]+:event-bus/.+")

_TRAFFIC = Unknown("how much traffic there is is not in the templates")
_EVENTS = Unknown("how many events rules forward depends on what happens")
_HYBRID_NODES = Unknown("how many nodes outside EC2 there are is not in the templates")
_EVALUATIONS = Unknown("how often Config evaluates depends on how many resources there are and change")
_RECORDED = Unknown("how much Config records depends on what changes")
_INTELLIGENT_TIER = Unknown("AWS chooses the tier of a parameter")
_ASSOCIATION_NODES = Unknown("on how many nodes an association runs is not in the templates")
_QUICK_SETUP = Unknown("what Quick Setup deploys is not in the templates")
_NO_METRIC = Unknown("an alarm asks for something else than metrics")
_QUERY = Unknown("how many metrics the query of an alarm finds is not in the templates")
_BAND = Unknown("AWS counts the metrics of an alarm on an anomaly band by itself")


def resource_uses(resource: ResourceAt) -> Iterator[Use]:
    """Yield what a resource uses in a month."""
    uses = _USES.get(resource.type)
    if uses is not None:
        properties = resource.properties
        yield from uses(resource, {} if isinstance(properties, Unknown) else properties)


def _one(unit: BillableUnit) -> Callable[[ResourceAt, _Properties], Iterator[Use]]:
    def uses(_: ResourceAt, __: _Properties) -> Iterator[Use]:
        yield unit, 1

    return uses


def _unknown(unit: BillableUnit, reason: Unknown) -> Callable[[ResourceAt, _Properties], Iterator[Use]]:
    def uses(_: ResourceAt, __: _Properties) -> Iterator[Use]:
        yield unit, reason

    return uses


def _parameter(resource: ResourceAt, properties: _Properties) -> Iterator[Use]:
    tier = resource.properties if isinstance(resource.properties, Unknown) else properties.get("Tier")
    if isinstance(tier, Unknown):
        yield BillableUnit.ADVANCED_PARAMETERS, tier
    elif tier == "Advanced":
        yield BillableUnit.ADVANCED_PARAMETERS, 1
    elif tier == "Intelligent-Tiering":
        yield BillableUnit.ADVANCED_PARAMETERS, _INTELLIGENT_TIER


def _service_setting(_: ResourceAt, properties: _Properties) -> Iterator[Use]:
    setting, value = properties.get("SettingId"), properties.get("SettingValue")
    text = setting.text if isinstance(setting, PartlyKnown) else setting
    if isinstance(text, str) and text.endswith(_ACTIVATION_TIER) and value != "standard":
        yield BillableUnit.ADVANCED_HYBRID_NODE_HOURS, _HYBRID_NODES


def _alarm(_: ResourceAt, properties: _Properties) -> Iterator[Use]:
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


def _metric_filter(_: ResourceAt, properties: _Properties) -> Iterator[Use]:
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


def _endpoint(resource: ResourceAt, properties: _Properties) -> Iterator[Use]:
    kind = properties.get("VpcEndpointType", "Gateway")
    if isinstance(resource.properties, Unknown):
        kind = resource.properties
    if isinstance(kind, Unknown):
        yield BillableUnit.INTERFACE_ENDPOINT_HOURS, kind
    elif kind != "Interface":
        return
    else:
        subnets = properties.get("SubnetIds")
        if isinstance(subnets, tuple):
            yield BillableUnit.INTERFACE_ENDPOINT_HOURS, len(subnets) * _HOURS
        else:
            yield (
                BillableUnit.INTERFACE_ENDPOINT_HOURS,
                Unknown("in how many subnets an interface endpoint is is not in the templates"),
            )
    yield BillableUnit.INTERFACE_ENDPOINT_GIGABYTES, _TRAFFIC


def _nat_gateway(_: ResourceAt, properties: _Properties) -> Iterator[Use]:
    zonal = properties.get("AvailabilityMode", "zonal") == "zonal"
    yield (
        BillableUnit.NAT_GATEWAY_HOURS,
        _HOURS if zonal else Unknown("in how many zones a regional NAT gateway is is not in the templates"),
    )
    yield BillableUnit.NAT_GATEWAY_GIGABYTES, _TRAFFIC


def _rule(resource: ResourceAt, properties: _Properties) -> Iterator[Use]:
    targets = properties.get("Targets")
    for target in targets if isinstance(targets, tuple) else ():
        arn = target.get("Arn") if isinstance(target, Mapping) else None
        text = arn.text if isinstance(arn, PartlyKnown) else arn
        if isinstance(arn, Reference) and arn.resource_type == "AWS::Events::EventBus":
            yield BillableUnit.EVENTS_TO_OTHER_BUSES, _EVENTS
        elif isinstance(text, str) and (bus := _EVENT_BUS.fullmatch(text)):
            yield BillableUnit.EVENTS_TO_OTHER_BUSES, _EVENTS
            if bus["region"] != resource.environment.region:
                yield BillableUnit.CROSS_REGION_GIGABYTES, _EVENTS


def _association(_: ResourceAt, properties: _Properties) -> Iterator[Use]:
    if "AutomationTargetParameterName" in properties:
        yield BillableUnit.AUTOMATION_STEPS, _ASSOCIATION_NODES
        yield BillableUnit.AUTOMATION_SCRIPT_SECONDS, _ASSOCIATION_NODES
    if "OutputLocation" in properties:
        yield BillableUnit.S3_OUTPUT_GIGABYTES, _ASSOCIATION_NODES


def _quick_setup(_: ResourceAt, __: _Properties) -> Iterator[Use]:
    yield BillableUnit.AUTOMATION_STEPS, _QUICK_SETUP
    yield BillableUnit.S3_OUTPUT_GIGABYTES, _QUICK_SETUP


_USES: Mapping[str, Callable[[ResourceAt, _Properties], Iterator[Use]]] = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::CompositeAlarm": _one(BillableUnit.COMPOSITE_ALARMS),
    "AWS::CloudWatch::Dashboard": _one(BillableUnit.DASHBOARDS),
    "AWS::Config::ConfigRule": _unknown(BillableUnit.CONFIG_RULE_EVALUATIONS, _EVALUATIONS),
    "AWS::Config::ConfigurationRecorder": _unknown(BillableUnit.CONFIG_ITEMS, _RECORDED),
    "AWS::Config::OrganizationConfigRule": _unknown(BillableUnit.CONFIG_RULE_EVALUATIONS, _EVALUATIONS),
    "AWS::EC2::NatGateway": _nat_gateway,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::Events::Rule": _rule,
    "AWS::KMS::Key": _one(BillableUnit.KMS_KEYS),
    "AWS::KMS::ReplicaKey": _one(BillableUnit.KMS_KEYS),
    "AWS::Logs::MetricFilter": _metric_filter,
    "AWS::SSM::Association": _association,
    "AWS::SSM::Parameter": _parameter,
    "AWS::SSM::ServiceSetting": _service_setting,
    "AWS::SSMQuickSetup::ConfigurationManager": _quick_setup,
}
