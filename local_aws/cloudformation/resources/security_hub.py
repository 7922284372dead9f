"""AWS::SecurityHub resource types."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from local_aws.aws import Aws
from local_aws.cloudformation.cloudformation_type import CloudFormationType, Properties, names
from local_aws.errors import NotEmulatedError


class Hub(CloudFormationType):
    """AWS::SecurityHub::Hub without tags: Security Hub CSPM of an account and Region.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-securityhub-hub.html
    """

    type_name = "AWS::SecurityHub::Hub"
    properties = names("EnableDefaultStandards")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        hub = aws.client("securityhub")
        hub.enable_security_hub(EnableDefaultStandards=properties.get("EnableDefaultStandards", True))
        return str(hub.describe_hub()["HubArn"])

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        raise NotEmulatedError("the local AWS does not change Security Hub")

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("securityhub").disable_security_hub()

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {"ARN": physical_id}


class ProductSubscription(CloudFormationType):
    """AWS::SecurityHub::ProductSubscription.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-securityhub-productsubscription.html
    """

    type_name = "AWS::SecurityHub::ProductSubscription"
    create_only = names("ProductArn")
    properties = names("ProductArn")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        made = aws.client("securityhub").enable_import_findings_for_product(**properties)
        return str(made["ProductSubscriptionArn"])

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("securityhub").disable_import_findings_for_product(ProductSubscriptionArn=physical_id)

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {"ProductSubscriptionArn": physical_id}
