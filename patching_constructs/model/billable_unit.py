"""What AWS charges for around patching, and how much of it is counted how."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_SYSTEMS_MANAGER = "https://aws.amazon.com/systems-manager/pricing/"
_CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/"
_CONFIG = "https://aws.amazon.com/config/pricing/"
_DYNAMODB = "https://aws.amazon.com/dynamodb/pricing/on-demand/"
_EVENTBRIDGE = "https://aws.amazon.com/eventbridge/pricing/"
_KMS = "https://aws.amazon.com/kms/pricing/"
_LAMBDA = "https://aws.amazon.com/lambda/pricing/"
_PRIVATELINK = "https://aws.amazon.com/privatelink/pricing/"
_S3 = "https://aws.amazon.com/s3/pricing/"
_SNS = "https://aws.amazon.com/sns/pricing/"
_VPC = "https://aws.amazon.com/vpc/pricing/"


class BillableUnit(enum.StrEnum):
    """A unit of which AWS charges a price, as the price file calls it."""

    CUSTOM_METRICS = "custom-metrics"
    ALARM_METRICS = "alarm-metrics"
    HIGH_RESOLUTION_ALARM_METRICS = "high-resolution-alarm-metrics"
    COMPOSITE_ALARMS = "composite-alarms"
    DASHBOARDS = "dashboards"
    KMS_KEYS = "kms-keys"
    KMS_KEY_ROTATIONS = "kms-key-rotations"
    AUTOMATION_STEPS = "automation-steps"
    AUTOMATION_SCRIPT_SECONDS = "automation-script-seconds"
    ADVANCED_PARAMETERS = "advanced-parameters"
    ADVANCED_HYBRID_NODE_HOURS = "advanced-hybrid-node-hours"
    LOG_GIGABYTES = "log-gigabytes"
    LOG_STORAGE_GIGABYTES = "log-storage-gigabytes"
    S3_STORAGE_GIGABYTES = "s3-storage-gigabytes"
    S3_WRITE_REQUESTS = "s3-write-requests"
    LAMBDA_REQUESTS = "lambda-requests"
    LAMBDA_ARM_GIGABYTE_SECONDS = "lambda-arm-gigabyte-seconds"
    LAMBDA_X86_GIGABYTE_SECONDS = "lambda-x86-gigabyte-seconds"
    CUSTOM_EVENTS = "custom-events"
    EVENTS_TO_OTHER_BUSES = "events-to-other-buses"
    DYNAMODB_WRITE_UNITS = "dynamodb-write-units"
    DYNAMODB_READ_UNITS = "dynamodb-read-units"
    DYNAMODB_STORAGE_GIGABYTES = "dynamodb-storage-gigabytes"
    SNS_REQUESTS = "sns-requests"
    SNS_EMAILS = "sns-emails"
    SQS_REQUESTS = "sqs-requests"
    STATE_TRANSITIONS = "state-transitions"
    KMS_REQUESTS = "kms-requests"
    INTERFACE_ENDPOINT_HOURS = "interface-endpoint-hours"
    INTERFACE_ENDPOINT_GIGABYTES = "interface-endpoint-gigabytes"
    NAT_GATEWAY_HOURS = "nat-gateway-hours"
    NAT_GATEWAY_GIGABYTES = "nat-gateway-gigabytes"
    CROSS_REGION_GIGABYTES = "cross-region-gigabytes"
    CONFIG_RULE_EVALUATIONS = "config-rule-evaluations"
    CONFIG_ITEMS = "config-items"


class CostKind(enum.StrEnum):
    """In which of the two figures of a plan a unit counts."""

    FIXED = "fixed"
    """Charged for what exists, whatever happens: the templates say all of it."""
    FIXED_FROM_THIRD_YEAR = "fixed-from-third-year"
    """The same, from the third year on."""
    USAGE = "usage"
    """Charged for what happens."""


@dataclass(frozen=True, slots=True)
class UnitDescription:
    """What a unit is.

    Attributes:
        what: What is counted in a month, in words.
        assumption: What the amount takes for granted.
        source: AWS's page about its price.
        kind: In which figure it counts.
    """

    what: str
    assumption: str
    source: str
    kind: CostKind = CostKind.USAGE


UNIT_DESCRIPTIONS: Mapping[BillableUnit, UnitDescription] = MappingProxyType(
    {
        BillableUnit.CUSTOM_METRICS: UnitDescription(
            "custom metrics",
            "those of metric filters and of compliance reporters, published in every hour; AWS charges less "
            "for each above 10,000 of an account and Region",
            _CLOUDWATCH,
            CostKind.FIXED,
        ),
        BillableUnit.ALARM_METRICS: UnitDescription(
            "metrics of alarms with periods of a minute or more",
            "an alarm on a formula counts each metric in it",
            _CLOUDWATCH,
            CostKind.FIXED,
        ),
        BillableUnit.HIGH_RESOLUTION_ALARM_METRICS: UnitDescription(
            "metrics of alarms with periods below a minute",
            "an alarm on a formula counts each metric in it",
            _CLOUDWATCH,
            CostKind.FIXED,
        ),
        BillableUnit.COMPOSITE_ALARMS: UnitDescription(
            "composite alarms", "the alarms below them are counted by themselves", _CLOUDWATCH, CostKind.FIXED
        ),
        BillableUnit.DASHBOARDS: UnitDescription(
            "dashboards", "AWS charges for all of them", _CLOUDWATCH, CostKind.FIXED
        ),
        BillableUnit.KMS_KEYS: UnitDescription("KMS keys", "primary and replica keys", _KMS, CostKind.FIXED),
        BillableUnit.KMS_KEY_ROTATIONS: UnitDescription(
            "rotations of KMS keys",
            "those of two years; AWS charges for the first and the second rotation of a key only",
            _KMS,
            CostKind.FIXED_FROM_THIRD_YEAR,
        ),
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
            "gigabytes sent to CloudWatch Logs",
            "every command prints as much as the plan assumes, and every node is online in every run",
            _CLOUDWATCH,
        ),
        BillableUnit.LOG_STORAGE_GIGABYTES: UnitDescription(
            "gigabytes kept in CloudWatch Logs",
            "the retention has passed once, and nothing is compressed",
            _CLOUDWATCH,
        ),
        BillableUnit.S3_STORAGE_GIGABYTES: UnitDescription(
            "gigabytes kept in S3",
            "storage class Standard; every command prints as much as the plan assumes, and output is kept "
            "until the bucket lets it expire",
            _S3,
        ),
        BillableUnit.S3_WRITE_REQUESTS: UnitDescription("writes to S3", "none without a bucket", _S3),
        BillableUnit.LAMBDA_REQUESTS: UnitDescription(
            "starts of Lambda functions", "a schedule starts its function once each time", _LAMBDA
        ),
        BillableUnit.LAMBDA_ARM_GIGABYTE_SECONDS: UnitDescription(
            "gigabyte-seconds of Lambda functions on ARM", "none without a function on ARM", _LAMBDA
        ),
        BillableUnit.LAMBDA_X86_GIGABYTE_SECONDS: UnitDescription(
            "gigabyte-seconds of Lambda functions on x86", "none without a function on x86", _LAMBDA
        ),
        BillableUnit.CUSTOM_EVENTS: UnitDescription(
            "events sent to event buses", "events of AWS services are free", _EVENTBRIDGE
        ),
        BillableUnit.EVENTS_TO_OTHER_BUSES: UnitDescription(
            "events that rules forward to other event buses",
            "none without a rule that forwards",
            _EVENTBRIDGE,
        ),
        BillableUnit.DYNAMODB_WRITE_UNITS: UnitDescription(
            "write units of DynamoDB tables on demand", "none without a table", _DYNAMODB
        ),
        BillableUnit.DYNAMODB_READ_UNITS: UnitDescription(
            "read units of DynamoDB tables on demand", "none without a table", _DYNAMODB
        ),
        BillableUnit.DYNAMODB_STORAGE_GIGABYTES: UnitDescription(
            "gigabytes kept in DynamoDB tables", "table class Standard", _DYNAMODB
        ),
        BillableUnit.SNS_REQUESTS: UnitDescription(
            "messages published on topics", "none without a topic", _SNS
        ),
        BillableUnit.SNS_EMAILS: UnitDescription(
            "mails that topics send", "none without a subscription by mail", _SNS
        ),
        BillableUnit.SQS_REQUESTS: UnitDescription(
            "requests to queues", "none without a queue", "https://aws.amazon.com/sqs/pricing/"
        ),
        BillableUnit.STATE_TRANSITIONS: UnitDescription(
            "state transitions of standard state machines",
            "none without a state machine",
            "https://aws.amazon.com/step-functions/pricing/",
        ),
        BillableUnit.KMS_REQUESTS: UnitDescription("requests to KMS keys", "none without a key", _KMS),
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
    "EC2: nodes themselves, their disks and snapshots",
    "commands and sessions on nodes outside EC2",
    "requests to CloudWatch and Parameter Store, and reads from S3",
    "point-in-time recovery of DynamoDB tables, and queries of Athena with what they read",
    "what commands inside runbooks print",
    "free allowances, volume discounts and taxes",
    "what is in none of the templates",
)
"""Costs that no unit covers."""
