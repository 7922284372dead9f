"""AWS::Athena resource types."""

from typing import Any

from typing_extensions import override

from local_aws.aws import Aws
from local_aws.cloudformation.cloudformation_type import (
    CloudFormationType,
    Properties,
    added,
    names,
    removed_tag_keys,
)


class WorkGroup(CloudFormationType):
    """AWS::Athena::WorkGroup.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-athena-workgroup.html
    """

    type_name = "AWS::Athena::WorkGroup"
    create_only = names("Name")
    properties = names("Name Description RecursiveDeleteOption Tags WorkGroupConfiguration")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        athena = aws.client("athena")
        if any(group["Name"] == properties["Name"] for group in athena.list_work_groups()["WorkGroups"]):
            raise self.refuse_taken(properties["Name"])
        athena.create_work_group(
            Name=properties["Name"],
            Description=properties.get("Description", ""),
            Configuration=_configuration(properties),
            Tags=properties.get("Tags", []),
        )
        return str(properties["Name"])

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        athena = aws.client("athena")
        athena.update_work_group(
            WorkGroup=physical_id,
            Description=properties.get("Description", ""),
            ConfigurationUpdates=_updates(_configuration(properties)),
        )
        arn = aws.arn("athena", f"workgroup/{physical_id}")
        if keys := removed_tag_keys(properties, previous):
            athena.untag_resource(ResourceARN=arn, TagKeys=keys)
        if tags := added(properties, previous, "Tags"):
            athena.tag_resource(ResourceARN=arn, Tags=tags)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("athena").delete_work_group(
            WorkGroup=physical_id, RecursiveDeleteOption=properties.get("RecursiveDeleteOption", False)
        )


class NamedQuery(CloudFormationType):
    """AWS::Athena::NamedQuery.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-athena-namedquery.html
    """

    type_name = "AWS::Athena::NamedQuery"
    create_only = names("Database Description Name QueryString WorkGroup")
    properties = names("Database Description Name QueryString WorkGroup")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        made = aws.client("athena").create_named_query(**{"Name": name, **properties})
        return str(made["NamedQueryId"])

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("athena").delete_named_query(NamedQueryId=physical_id)


def _configuration(properties: Properties) -> dict[str, Any]:
    return dict(properties.get("WorkGroupConfiguration", {}))


def _updates(configuration: dict[str, Any]) -> dict[str, Any]:
    """Give the configuration in the words that a change of it has."""
    updates = dict(configuration)
    if "ResultConfiguration" in updates:
        updates["ResultConfigurationUpdates"] = updates.pop("ResultConfiguration")
    if "BytesScannedCutoffPerQuery" not in updates:
        updates["RemoveBytesScannedCutoffPerQuery"] = True
    return updates
