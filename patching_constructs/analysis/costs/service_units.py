"""What keys, functions, tables, buckets, topics and state machines use."""

from collections.abc import Iterator, Mapping

from patching_constructs.analysis.costs.window_units import Use
from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.model.estate import ResourceAt
from patching_constructs.model.unknown import Maybe, Unknown

_Properties = Mapping[str, object]

_DAYS_UNTIL_THIRD_YEAR = 730
# AWS charges for the first and the second rotation of a key. https://aws.amazon.com/kms/pricing/
_CHARGED_ROTATIONS = 2
# The rotation period of a key that enables rotation without saying how often.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
_ROTATION_DAYS = 365

_REPLICA = Unknown("a replica key rotates as its primary key does, wherever that is")
_REQUESTS = Unknown("how often a key is used depends on what happens")
_STARTS = Unknown("how often events start a function depends on what happens")
_DURATION = Unknown("how long functions run is not in the templates")
_FUNCTION_LOGS = Unknown("how much functions log is not in the templates")
_TABLE = Unknown("how much is written to a table, kept in it and read from it depends on what happens")
_BUCKET = Unknown("how much is written to a bucket besides command output depends on what happens")
_EXECUTIONS = Unknown("how often a state machine runs, and through which states, depends on what happens")
_PUBLISHED = Unknown("how many messages are published depends on what happens")


def key_uses(resource: ResourceAt, properties: _Properties) -> Iterator[Use]:
    """Yield what a key uses; its rotations count from the third year on."""
    yield BillableUnit.KMS_KEYS, 1
    yield BillableUnit.KMS_REQUESTS, _REQUESTS
    unknown = resource.properties if isinstance(resource.properties, Unknown) else None
    yield BillableUnit.KMS_KEY_ROTATIONS, unknown or _rotations(properties)


def _rotations(properties: _Properties) -> Maybe[int]:
    """Count the rotations of two years that AWS charges for."""
    enabled = properties.get("EnableKeyRotation", False)
    if isinstance(enabled, Unknown):
        return enabled
    if str(enabled).lower() != "true":
        return 0
    days = properties.get("RotationPeriodInDays", _ROTATION_DAYS)
    if isinstance(days, Unknown):
        return days
    text = str(days)
    if not text.isdecimal() or int(text) == 0:
        return Unknown("the rotation period of a key is no number of days")
    return min(_CHARGED_ROTATIONS, _DAYS_UNTIL_THIRD_YEAR // int(text))


def replica_key_uses(_: ResourceAt, __: _Properties) -> Iterator[Use]:
    """Yield what a replica key uses."""
    yield BillableUnit.KMS_KEYS, 1
    yield BillableUnit.KMS_KEY_ROTATIONS, _REPLICA
    yield BillableUnit.KMS_REQUESTS, _REQUESTS


def function_uses(resource: ResourceAt, properties: _Properties) -> Iterator[Use]:
    """Yield what a function uses; how often and how long it runs is not known."""
    yield BillableUnit.LAMBDA_REQUESTS, _STARTS
    yield BillableUnit.LOG_GIGABYTES, _FUNCTION_LOGS
    architectures = properties.get("Architectures")
    if isinstance(resource.properties, Unknown) or isinstance(architectures, Unknown):
        yield BillableUnit.LAMBDA_ARM_GIGABYTE_SECONDS, _DURATION
        yield BillableUnit.LAMBDA_X86_GIGABYTE_SECONDS, _DURATION
    elif architectures == ("arm64",):
        yield BillableUnit.LAMBDA_ARM_GIGABYTE_SECONDS, _DURATION
    else:
        yield BillableUnit.LAMBDA_X86_GIGABYTE_SECONDS, _DURATION


def table_uses(_: ResourceAt, __: _Properties) -> Iterator[Use]:
    """Yield what a table uses, whose amounts are unknown."""
    yield BillableUnit.DYNAMODB_WRITE_UNITS, _TABLE
    yield BillableUnit.DYNAMODB_READ_UNITS, _TABLE
    yield BillableUnit.DYNAMODB_STORAGE_GIGABYTES, _TABLE


def bucket_uses(_: ResourceAt, __: _Properties) -> Iterator[Use]:
    """Yield what a bucket uses besides command output, whose amounts are unknown."""
    yield BillableUnit.S3_STORAGE_GIGABYTES, _BUCKET
    yield BillableUnit.S3_WRITE_REQUESTS, _BUCKET


def topic_uses(_: ResourceAt, __: _Properties) -> Iterator[Use]:
    """Yield what a topic uses, whose amounts are unknown."""
    yield BillableUnit.SNS_REQUESTS, _PUBLISHED


def subscription_uses(resource: ResourceAt, properties: _Properties) -> Iterator[Use]:
    """Yield what a subscription uses; deliveries to queues and chat services are free."""
    protocol = properties.get("Protocol")
    if isinstance(resource.properties, Unknown) or isinstance(protocol, Unknown):
        yield BillableUnit.SNS_EMAILS, Unknown("how a topic reaches a subscriber is not in the templates")
    elif protocol in ("email", "email-json"):
        yield BillableUnit.SNS_EMAILS, _PUBLISHED


def state_machine_uses(resource: ResourceAt, properties: _Properties) -> Iterator[Use]:
    """Yield what a standard state machine uses."""
    if isinstance(resource.properties, Unknown) or properties.get("StateMachineType") != "EXPRESS":
        yield BillableUnit.STATE_TRANSITIONS, _EXECUTIONS
