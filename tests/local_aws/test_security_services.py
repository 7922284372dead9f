"""Security Hub and AWS Config: deployed, read back with boto3, and refused as AWS refuses."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import DeploymentError

PRODUCT = "arn:aws:securityhub:eu-west-1::product/aws/ssm-patch-manager"
SUBSCRIPTION = "arn:aws:securityhub:eu-west-1:111111111111:product-subscription/aws/ssm-patch-manager"
HUB = {"Type": "AWS::SecurityHub::Hub", "Properties": {"EnableDefaultStandards": False}}


def subscription(product_arn: str = PRODUCT, **attributes: Any) -> dict[str, Any]:
    properties = {"ProductArn": product_arn}
    return {"Type": "AWS::SecurityHub::ProductSubscription", "Properties": properties, **attributes}


def rule(identifier: str = "REQUIRED_TAGS", **properties: Any) -> dict[str, Any]:
    source = {"Owner": "AWS", "SourceIdentifier": identifier}
    return {"Type": "AWS::Config::ConfigRule", "Properties": {"Source": source, **properties}}


@pytest.fixture
def record(aws: Any) -> Callable[[], None]:
    """Let AWS Config record the account."""
    return lambda: aws("config").put_configuration_recorder(
        ConfigurationRecorder={"name": "default", "roleARN": "arn:aws:iam::111111111111:role/config"}
    )


# ---- Security Hub


def test_security_hub_and_an_integration_are_switched_on_read_back_and_switched_off(
    aws: Any, deploy: Any, delete: Any
) -> None:
    hub = aws("securityhub")
    outcome = deploy({"Hub": HUB, "Subscription": subscription(DependsOn=["Hub"])})
    assert outcome.physical_ids["Hub"] == hub.describe_hub()["HubArn"]
    assert outcome.physical_ids["Subscription"] == SUBSCRIPTION
    assert hub.list_enabled_products_for_import()["ProductSubscriptions"] == [SUBSCRIPTION]
    deploy({"Hub": HUB})
    assert hub.list_enabled_products_for_import()["ProductSubscriptions"] == []
    delete()
    with pytest.raises(ClientError, match="InvalidAccessException"):
        hub.describe_hub()


def test_security_hub_that_is_on_is_not_switched_on_again_and_stays_on(aws: Any, deploy: Any) -> None:
    hub = aws("securityhub")
    hub.enable_security_hub()
    with pytest.raises(DeploymentError, match="Account is already subscribed to Security Hub"):
        deploy({"Hub": HUB})
    assert hub.describe_hub()["HubArn"].endswith(":hub/default")


def test_an_integration_needs_security_hub(deploy: Any) -> None:
    with pytest.raises(DeploymentError, match="Account 111111111111 is not subscribed to AWS Security Hub"):
        deploy({"Subscription": subscription()})


def test_an_integration_that_is_on_is_not_switched_on_again_and_stays_on(aws: Any, deploy: Any) -> None:
    hub = aws("securityhub")
    hub.enable_security_hub()
    hub.enable_import_findings_for_product(ProductArn=PRODUCT)
    with pytest.raises(DeploymentError, match="ResourceConflictException from EnableImportFindings"):
        deploy({"Subscription": subscription()})
    assert hub.list_enabled_products_for_import()["ProductSubscriptions"] == [SUBSCRIPTION]


def test_a_product_of_another_region_is_none(deploy: Any) -> None:
    with pytest.raises(DeploymentError, match="no product of this Region"):
        deploy(
            {
                "Hub": HUB,
                "Elsewhere": subscription(PRODUCT.replace("eu-west-1", "us-east-1"), DependsOn="Hub"),
            }
        )


def test_what_is_not_on_cannot_be_switched_off(aws: Any) -> None:
    hub = aws("securityhub")
    hub.enable_security_hub()
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        hub.disable_import_findings_for_product(ProductSubscriptionArn=SUBSCRIPTION)


# ---- AWS Config


def test_a_rule_reads_back_changes_in_place_and_goes(
    aws: Any, deploy: Any, delete: Any, record: Callable[[], None]
) -> None:
    config = aws("config")
    record()

    def read() -> dict[str, Any]:
        (found,) = config.describe_config_rules()["ConfigRules"]
        return dict(found)

    scope = {"ComplianceResourceTypes": ["AWS::EC2::Instance"]}
    parameters = {"tag1Key": "PatchGroup", "tag1Value": "web,office"}
    created = deploy({"Rule": rule(Description="old", Scope=scope, InputParameters=parameters)})
    name = created.physical_ids["Rule"]
    assert name.startswith("stack-Rule-")
    assert (read()["ConfigRuleName"], read()["Description"], read()["Scope"]) == (name, "old", scope)
    assert read()["Source"] == {"Owner": "AWS", "SourceIdentifier": "REQUIRED_TAGS"}
    assert json.loads(read()["InputParameters"]) == parameters
    changed = deploy(
        {"Rule": rule(Description="new", Scope=scope, InputParameters={"tag1Key": "Patch Group"})}
    )
    assert changed.physical_ids == created.physical_ids
    assert read()["Description"] == "new"
    assert json.loads(read()["InputParameters"]) == {"tag1Key": "Patch Group"}
    delete()
    assert config.describe_config_rules()["ConfigRules"] == []


def test_a_rule_of_aws_needs_a_recorder(deploy: Any) -> None:
    with pytest.raises(DeploymentError, match="NoAvailableConfigurationRecorderException from PutConfigRule"):
        deploy({"Rule": rule("EC2_INSTANCE_MANAGED_BY_SSM")})


def test_the_name_of_a_rule_is_taken_once(deploy: Any, record: Callable[[], None]) -> None:
    record()
    named = rule("EC2_INSTANCE_MANAGED_BY_SSM", ConfigRuleName="managed")
    deploy({"Rule": named})
    with pytest.raises(DeploymentError, match="'managed' already exists"):
        deploy({"Rule": named}, stack_name="other")
