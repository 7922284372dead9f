"""What AWS charges for around patching, and how much of it is counted how."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_SYSTEMS_MANAGER = "https://aws.amazon.com/systems-manager/pricing/"
_CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/"
_CONFIG = "https://aws.amazon.com/config/pricing/"
_PRIVATELINK = "https://aws.amazon.com/privatelink/pricing/"
_VPC = "https://aws.amazon.com/vpc/pricing/"


class BillableUnit(enum.StrEnum):
    """A unit of which AWS charges a price, as the price file calls it."""

    AUTOMATION_STEPS = "automation-steps"
    AUTOMATION_SCRIPT_SECONDS = "automation-script-seconds"
    ADVANCED_PARAMETERS = "advanced-parameters"
    ADVANCED_HYBRID_NODE_HOURS = "advanced-hybrid-node-hours"
    LOG_GIGABYTES = "log-gigabytes"
    LOG_STORAGE_GIGABYTES = "log-storage-gigabytes"
    S3_OUTPUT_GIGABYTES = "s3-output-gigabytes"
    ALARM_METRICS = "alarm-metrics"
    HIGH_RESOLUTION_ALARM_METRICS = "high-resolution-alarm-metrics"
    COMPOSITE_ALARMS = "composite-alarms"
    CUSTOM_METRICS = "custom-metrics"
    DASHBOARDS = "dashboards"
    KMS_KEYS = "kms-keys"
    INTERFACE_ENDPOINT_HOURS = "interface-endpoint-hours"
    INTERFACE_ENDPOINT_GIGABYTES = "interface-endpoint-gigabytes"
    NAT_GATEWAY_HOURS = "nat-gateway-hours"
    NAT_GATEWAY_GIGABYTES = "nat-gateway-gigabytes"
    CROSS_REGION_GIGABYTES = "cross-region-gigabytes"
    EVENTS_TO_OTHER_BUSES = "events-to-other-buses"
    CONFIG_RULE_EVALUATIONS = "config-rule-evaluations"
    CONFIG_ITEMS = "config-items"


@dataclass(frozen=True, slots=True)
class UnitDescription:
    """What a unit is.

    Attributes:
        what: What is counted in a month, in words.
        assumption: What the amount takes for granted.
        source: AWS's page about its price.
    """

    what: str
    assumption: str
    source: str


UNIT_DESCRIPTIONS: Mapping[BillableUnit, UnitDescription] = MappingProxyType(
    {
        BillableUnit.AUTOMATION_STEPS: UnitDescription(
            "Automation steps",
            "each step of the runbook runs once for each node and run of the window; a task without targets "
            "runs the runbook once",
            _SYSTEMS_MANAGER,
        ),
        BillableUnit.AUTOMATION_SCRIPT_SECONDS: UnitDescription(
            "seconds of Automation scripts", "none without a step aws:executeScript", _SYSTEMS_MANAGER
        ),
        BillableUnit.ADVANCED_PARAMETERS: UnitDescription(
            "advanced parameters",
            "a parameter without a tier is a standard one, for which AWS does not charge",
            _SYSTEMS_MANAGER,
        ),
        BillableUnit.ADVANCED_HYBRID_NODE_HOURS: UnitDescription(
            "hours of nodes outside EC2 on the advanced tier",
            "an account and Region is on the standard tier unless a template puts it on the advanced one",
            _SYSTEMS_MANAGER,
        ),
        BillableUnit.LOG_GIGABYTES: UnitDescription(
            "gigabytes of command output sent to CloudWatch Logs",
            "every command prints as much as the plan assumes, and every node is online in every run",
            _CLOUDWATCH,
        ),
        BillableUnit.LOG_STORAGE_GIGABYTES: UnitDescription(
            "gigabytes of command output kept in CloudWatch Logs",
            "the retention has passed once, and nothing is compressed",
            _CLOUDWATCH,
        ),
        BillableUnit.S3_OUTPUT_GIGABYTES: UnitDescription(
            "gigabytes of command output written to S3 in a month",
            "every command prints as much as the plan assumes, and every node is online in every run",
            "https://aws.amazon.com/s3/pricing/",
        ),
        BillableUnit.ALARM_METRICS: UnitDescription(
            "metrics of alarms with periods of a minute or more",
            "an alarm on a formula counts each metric in it",
            _CLOUDWATCH,
        ),
        BillableUnit.HIGH_RESOLUTION_ALARM_METRICS: UnitDescription(
            "metrics of alarms with periods below a minute",
            "an alarm on a formula counts each metric in it",
            _CLOUDWATCH,
        ),
        BillableUnit.COMPOSITE_ALARMS: UnitDescription(
            "composite alarms", "the alarms below them are counted by themselves", _CLOUDWATCH
        ),
        BillableUnit.CUSTOM_METRICS: UnitDescription(
            "custom metrics",
            "those of metric filters and of compliance reporters, published in every hour; what other "
            "programs publish is not in templates",
            _CLOUDWATCH,
        ),
        BillableUnit.DASHBOARDS: UnitDescription("dashboards", "AWS charges for all of them", _CLOUDWATCH),
        BillableUnit.KMS_KEYS: UnitDescription(
            "KMS keys",
            "primary and replica keys alike; versions that rotation adds and requests are not counted",
            "https://aws.amazon.com/kms/pricing/",
        ),
        BillableUnit.INTERFACE_ENDPOINT_HOURS: UnitDescription(
            "hours of interface endpoints",
            "one for each endpoint, subnet and hour, as subnets of one endpoint are in different zones",
            _PRIVATELINK,
        ),
        BillableUnit.INTERFACE_ENDPOINT_GIGABYTES: UnitDescription(
            "gigabytes through interface endpoints", "none without an endpoint", _PRIVATELINK
        ),
        BillableUnit.NAT_GATEWAY_HOURS: UnitDescription(
            "hours of NAT gateways", "one for each gateway and hour", _VPC
        ),
        BillableUnit.NAT_GATEWAY_GIGABYTES: UnitDescription(
            "gigabytes through NAT gateways", "none without a gateway", _VPC
        ),
        BillableUnit.CROSS_REGION_GIGABYTES: UnitDescription(
            "gigabytes to another Region",
            "command output in buckets of another Region, and events to buses there",
            "https://aws.amazon.com/ec2/pricing/on-demand/",
        ),
        BillableUnit.EVENTS_TO_OTHER_BUSES: UnitDescription(
            "events forwarded to other event buses",
            "none without a rule that forwards",
            "https://aws.amazon.com/eventbridge/pricing/",
        ),
        BillableUnit.CONFIG_RULE_EVALUATIONS: UnitDescription(
            "evaluations of Config rules", "none without a rule", _CONFIG
        ),
        BillableUnit.CONFIG_ITEMS: UnitDescription(
            "items that Config records", "none without a recorder", _CONFIG
        ),
    }
)
"""One description for each unit."""

NOT_COUNTED = (
    "nodes themselves, their disks and snapshots",
    "notifications of SNS and requests to SQS",
    "requests to KMS, S3 and Parameter Store, and storage in S3",
    "Lambda functions, and state machines that windows start",
    "tables of DynamoDB, and queries of Athena with what they read",
    "what commands inside runbooks print",
    "free allowances, discounts and taxes",
    "what is in none of the templates",
)
"""What no unit stands for."""
