"""Quotas in AWS's own service models and examples; the rest is on pages that `account_quota_use` names."""

import re
from importlib.metadata import distribution
from pathlib import Path

import botocore.session
import pytest

from patching_constructs.analysis import account_quota_use
from patching_constructs.model.account_quotas import NEW_ACCOUNT_QUOTAS, AccountQuotas
from patching_constructs.model.systems_manager_quotas import AWS_SYSTEMS_MANAGER_QUOTAS

EXAMPLES = Path(str(distribution("awscli").locate_file("awscli"))) / "examples"
MANY = AccountQuotas(lambda_concurrent_executions=1_000)


def documentation(service: str, *, operation: str = "", shape: str = "", member: str = "") -> str:
    model = botocore.session.get_session().get_service_model(service)
    if operation:
        text = model.operation_model(operation).documentation
    else:
        found = model.shape_for(shape)
        text = (found.members[member] if member else found).documentation
    return re.sub(r"<[^>]+>", "", text)


@pytest.mark.parametrize(
    ("quota", "statement", "text"),
    [
        (
            MANY.unreserved_lambda_executions,
            "at least {} simultaneous executions unreserved",
            documentation("lambda", operation="PutFunctionConcurrency"),
        ),
        (
            NEW_ACCOUNT_QUOTAS.log_groups,
            "up to {} log groups per Region per account",
            documentation("logs", operation="CreateLogGroup"),
        ),
        (
            NEW_ACCOUNT_QUOTAS.topics,
            "at most {} standard topics",
            documentation("sns", operation="CreateTopic"),
        ),
        (
            NEW_ACCOUNT_QUOTAS.buckets,
            "default general purpose bucket quota of {}",
            documentation("s3", operation="ListBuckets"),
        ),
        (
            NEW_ACCOUNT_QUOTAS.documents,
            "at most {} active SSM documents",
            documentation("ssm", shape="DocumentLimitExceeded"),
        ),
        (
            AWS_SYSTEMS_MANAGER_QUOTAS.associations,
            "at most {} active associations",
            documentation("ssm", shape="AssociationLimitExceeded"),
        ),
        (
            account_quota_use._MOST_ALARMS_OF_A_COMPOSITE,
            "as many as {} underlying alarms",
            documentation("cloudwatch", operation="PutCompositeAlarm"),
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_the_service_model_states_the_quota(quota: int, statement: str, text: str) -> None:
    assert statement.format(f"{quota:,}") in re.sub(r"\s+", " ", text)


def test_the_service_model_states_the_number_of_config_rules() -> None:
    text = documentation("config", shape="MaxNumberOfConfigRulesExceededException")
    assert f"the maximum number of {NEW_ACCOUNT_QUOTAS.config_rules} rules" in text


def test_the_service_model_limits_the_actions_of_an_alarm() -> None:
    shape = botocore.session.get_session().get_service_model("cloudwatch").shape_for("ResourceList")
    assert shape.metadata["max"] == account_quota_use._MOST_ACTIONS_OF_A_STATE


def test_the_example_of_an_account_summary_states_the_size_of_trust_policies() -> None:
    example = (EXAMPLES / "iam" / "get-account-summary.rst").read_text()
    assert f'"AssumeRolePolicySizeQuota": {NEW_ACCOUNT_QUOTAS.role_trust_policy_characters},' in example
