"""What resources use by being there."""

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from patching_constructs.analysis.costs.alarm_units import alarm_uses, metric_filter_uses
from patching_constructs.analysis.costs.service_units import (
    bucket_uses,
    function_uses,
    key_uses,
    replica_key_uses,
    state_machine_uses,
    subscription_uses,
    table_uses,
    topic_uses,
)
from patching_constructs.analysis.costs.window_units import Use
from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.model.estate import ResourceAt
from patching_constructs.model.unknown import PartlyKnown, Reference, Unknown
from patching_constructs.schedules.run_frequency import MONTH

_Properties = Mapping[str, object]

_HOURS = Fraction(MONTH.days * 24 + MONTH.seconds // 3600)
# The advanced tier is a setting of the whole account and Region, and then every hybrid node is charged.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-configure-instance-tiers.html
_ACTIVATION_TIER = "/ssm/managed-instance/activation-tier"
_EVENT_BUS = re.compile(r"arn:[^:]+:events:(?P<region>[^:]+):[^:]+:event-bus/.+")

_RATE = re.compile(r"rate\((?P<count>[1-9][0-9]{0,8}) (?P<unit>minute|hour|day)s?\)")
_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60}

_TRAFFIC = Unknown("how much traffic there is is not in the templates")
_EVENTS = Unknown("how many events rules forward depends on what happens")
_HYBRID_NODES = Unknown("how many nodes outside EC2 there are is not in the templates")
_EVALUATIONS = Unknown("how often Config evaluates depends on how many resources there are and change")
_RECORDED = Unknown("how much Config records depends on what changes")
_INTELLIGENT_TIER = Unknown("AWS chooses the tier of a parameter")
_ASSOCIATION_NODES = Unknown("on how many nodes an association runs is not in the templates")
_QUICK_SETUP = Unknown("what Quick Setup deploys is not in the templates")
_SENT = Unknown("how many events are sent to a bus depends on what happens")
_QUEUED = Unknown("how many messages a queue gets depends on what happens")


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
    # Standard parameters are free.
    elif tier == "Advanced":
        yield BillableUnit.ADVANCED_PARAMETERS, 1
    elif tier == "Intelligent-Tiering":
        yield BillableUnit.ADVANCED_PARAMETERS, _INTELLIGENT_TIER


def _service_setting(_: ResourceAt, properties: _Properties) -> Iterator[Use]:
    setting, value = properties.get("SettingId"), properties.get("SettingValue")
    text = setting.text if isinstance(setting, PartlyKnown) else setting
    if isinstance(text, str) and text.endswith(_ACTIVATION_TIER) and value != "standard":
        yield BillableUnit.ADVANCED_HYBRID_NODE_HOURS, _HYBRID_NODES


def _endpoint(resource: ResourceAt, properties: _Properties) -> Iterator[Use]:
    kind = properties.get("VpcEndpointType", "Gateway")
    if isinstance(resource.properties, Unknown):
        kind = resource.properties
    if isinstance(kind, Unknown):
        yield BillableUnit.INTERFACE_ENDPOINT_HOURS, kind
    # Gateway endpoints are free.
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
    # A regional NAT gateway is charged for each zone that it has expanded to.
    zonal = properties.get("AvailabilityMode", "zonal") == "zonal"
    yield (
        BillableUnit.NAT_GATEWAY_HOURS,
        _HOURS if zonal else Unknown("in how many zones a regional NAT gateway is is not in the templates"),
    )
    yield BillableUnit.NAT_GATEWAY_GIGABYTES, _TRAFFIC


def _rule(resource: ResourceAt, properties: _Properties) -> Iterator[Use]:
    targets = properties.get("Targets")
    schedule = properties.get("ScheduleExpression")
    rate = _RATE.fullmatch(schedule) if isinstance(schedule, str) else None
    for target in targets if isinstance(targets, tuple) else ():
        arn = target.get("Arn") if isinstance(target, Mapping) else None
        text = arn.text if isinstance(arn, PartlyKnown) else arn
        if rate is not None and isinstance(arn, Reference) and arn.resource_type == "AWS::Lambda::Function":
            minutes = int(rate["count"]) * _MINUTES[rate["unit"]]
            yield BillableUnit.LAMBDA_REQUESTS, _HOURS * 60 / minutes
        if isinstance(arn, Reference) and arn.resource_type == "AWS::Events::EventBus":
            yield BillableUnit.EVENTS_TO_OTHER_BUSES, _EVENTS
        elif isinstance(text, str) and (bus := _EVENT_BUS.fullmatch(text)):
            yield BillableUnit.EVENTS_TO_OTHER_BUSES, _EVENTS
            # Traffic between Regions is charged in addition to the event.
            if bus["region"] != resource.environment.region:
                yield BillableUnit.CROSS_REGION_GIGABYTES, _EVENTS


def _association(_: ResourceAt, properties: _Properties) -> Iterator[Use]:
    # Associations of Run Command documents cost nothing themselves; those of runbooks pay for steps.
    if "AutomationTargetParameterName" in properties:
        yield BillableUnit.AUTOMATION_STEPS, _ASSOCIATION_NODES
        yield BillableUnit.AUTOMATION_SCRIPT_SECONDS, _ASSOCIATION_NODES
    if "OutputLocation" in properties:
        yield BillableUnit.S3_STORAGE_GIGABYTES, _ASSOCIATION_NODES


def _quick_setup(_: ResourceAt, __: _Properties) -> Iterator[Use]:
    yield BillableUnit.AUTOMATION_STEPS, _QUICK_SETUP
    yield BillableUnit.S3_STORAGE_GIGABYTES, _QUICK_SETUP


_USES: Mapping[str, Callable[[ResourceAt, _Properties], Iterator[Use]]] = {
    "AWS::CloudWatch::Alarm": alarm_uses,
    "AWS::CloudWatch::CompositeAlarm": _one(BillableUnit.COMPOSITE_ALARMS),
    "AWS::CloudWatch::Dashboard": _one(BillableUnit.DASHBOARDS),
    "AWS::Config::ConfigRule": _unknown(BillableUnit.CONFIG_RULE_EVALUATIONS, _EVALUATIONS),
    "AWS::Config::ConfigurationRecorder": _unknown(BillableUnit.CONFIG_ITEMS, _RECORDED),
    "AWS::Config::OrganizationConfigRule": _unknown(BillableUnit.CONFIG_RULE_EVALUATIONS, _EVALUATIONS),
    "AWS::DynamoDB::Table": table_uses,
    "AWS::EC2::NatGateway": _nat_gateway,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::Events::EventBus": _unknown(BillableUnit.CUSTOM_EVENTS, _SENT),
    "AWS::Events::Rule": _rule,
    "AWS::KMS::Key": key_uses,
    "AWS::KMS::ReplicaKey": replica_key_uses,
    "AWS::Lambda::Function": function_uses,
    "AWS::Logs::MetricFilter": metric_filter_uses,
    "AWS::S3::Bucket": bucket_uses,
    "AWS::SNS::Subscription": subscription_uses,
    "AWS::SNS::Topic": topic_uses,
    "AWS::SQS::Queue": _unknown(BillableUnit.SQS_REQUESTS, _QUEUED),
    "AWS::SSM::Association": _association,
    "AWS::SSM::Parameter": _parameter,
    "AWS::SSM::ServiceSetting": _service_setting,
    "AWS::SSMQuickSetup::ConfigurationManager": _quick_setup,
    "AWS::StepFunctions::StateMachine": state_machine_uses,
}
