"""A table of this library, with everything that a table should have."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from patching_constructs.constructs._shared.key_grants import let_dynamodb_encrypt
from patching_constructs.constructs._shared.stack_environment import environment_of


def define_table(
    scope: Construct,
    *,
    partition_key: str,
    sort_key: str | None = None,
    time_to_live: str | None = None,
    encryption_key: kms.IKey | None,
    removal_policy: cdk.RemovalPolicy,
) -> dynamodb.Table:
    """Define a table whose keys are texts; without a customer key DynamoDB's own encrypts it."""
    if encryption_key is not None:
        let_dynamodb_encrypt(encryption_key, environment_of(scope))
    return dynamodb.Table(
        scope,
        "Table",
        partition_key=_text(partition_key),
        sort_key=None if sort_key is None else _text(sort_key),
        time_to_live_attribute=time_to_live,
        # Reports and events come in bursts, for which provisioned capacity would idle or throttle.
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption=(
            dynamodb.TableEncryption.DEFAULT
            if encryption_key is None
            else dynamodb.TableEncryption.CUSTOMER_MANAGED
        ),
        encryption_key=encryption_key,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=removal_policy,
    )


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
