"""AWS::DynamoDB resource types."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from local_aws.aws import Aws
from local_aws.cloudformation.cloudformation_type import (
    CloudFormationType,
    Properties,
    added,
    fit,
    names,
    removed_tag_keys,
)
from local_aws.errors import NotEmulatedError


class DynamoDbTableType(CloudFormationType):
    """AWS::DynamoDB::Table with a key and no index.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
    """

    type_name = "AWS::DynamoDB::Table"
    create_only = names("TableName KeySchema AttributeDefinitions")
    properties = names(
        "TableName KeySchema AttributeDefinitions BillingMode SSESpecification "
        "PointInTimeRecoverySpecification TimeToLiveSpecification Tags"
    )

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        dynamodb = aws.client("dynamodb")
        table_name = properties.get("TableName", fit(name, 255))
        try:
            dynamodb.create_table(
                TableName=table_name,
                KeySchema=properties["KeySchema"],
                AttributeDefinitions=properties["AttributeDefinitions"],
                BillingMode=properties.get("BillingMode", "PROVISIONED"),
                SSESpecification=_encryption(properties),
                Tags=properties.get("Tags", []),
            )
        except dynamodb.exceptions.ResourceInUseException:
            raise self.refuse_taken(table_name) from None
        return str(table_name)

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        dynamodb = aws.client("dynamodb")
        recovery = properties.get("PointInTimeRecoverySpecification", {"PointInTimeRecoveryEnabled": False})
        dynamodb.update_continuous_backups(TableName=physical_id, PointInTimeRecoverySpecification=recovery)
        wanted, had = (each.get("TimeToLiveSpecification") for each in (properties, previous))
        if wanted is not None:
            dynamodb.update_time_to_live(TableName=physical_id, TimeToLiveSpecification=wanted)
        elif had is not None:
            dynamodb.update_time_to_live(
                TableName=physical_id, TimeToLiveSpecification={**had, "Enabled": False}
            )

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        dynamodb = aws.client("dynamodb")
        if properties.get("SSESpecification") != previous.get("SSESpecification"):
            raise NotEmulatedError("the local AWS does not change the encryption of a table")
        if properties.get("BillingMode") != previous.get("BillingMode"):
            dynamodb.update_table(
                TableName=physical_id, BillingMode=properties.get("BillingMode", "PROVISIONED")
            )
        self.configure(aws, physical_id, properties, previous)
        arn = aws.arn("dynamodb", f"table/{physical_id}")
        tags = added(properties, previous, "Tags")
        # moto keeps the old value together with the new one.
        if keys := [*removed_tag_keys(properties, previous), *(tag["Key"] for tag in tags)]:
            dynamodb.untag_resource(ResourceArn=arn, TagKeys=keys)
        if tags:
            dynamodb.tag_resource(ResourceArn=arn, Tags=tags)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("dynamodb").delete_table(TableName=physical_id)

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {"Arn": aws.arn("dynamodb", f"table/{physical_id}")}


def _encryption(properties: Properties) -> dict[str, Any]:
    """Turn the template's specification into the API's."""
    specification = dict(properties.get("SSESpecification", {"SSEEnabled": False}))
    return {"Enabled": specification.pop("SSEEnabled"), **specification}
