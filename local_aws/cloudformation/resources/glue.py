"""AWS::Glue resource types."""

from typing import Any

from typing_extensions import override

from local_aws.aws import Aws
from local_aws.cloudformation.cloudformation_type import CloudFormationType, Properties, names
from local_aws.errors import NotEmulatedError


class Database(CloudFormationType):
    """AWS::Glue::Database.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-glue-database.html
    """

    type_name = "AWS::Glue::Database"
    create_only = names("DatabaseName")
    properties = names("CatalogId DatabaseInput DatabaseName")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        glue = aws.client("glue")
        wanted = _named(aws, properties, "DatabaseInput", properties.get("DatabaseName", name.lower()))
        try:
            glue.create_database(DatabaseInput=wanted)
        except glue.exceptions.AlreadyExistsException:
            raise self.refuse_taken(wanted["Name"]) from None
        return str(wanted["Name"])

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        wanted = _named(aws, properties, "DatabaseInput", physical_id)
        if wanted["Name"] != physical_id:
            raise NotEmulatedError("the local AWS does not rename a database")
        aws.client("glue").update_database(Name=physical_id, DatabaseInput=wanted)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("glue").delete_database(Name=physical_id)


class GlueTableType(CloudFormationType):
    """AWS::Glue::Table.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-glue-table.html
    """

    type_name = "AWS::Glue::Table"
    create_only = names("CatalogId DatabaseName Name")
    properties = names("CatalogId DatabaseName Name TableInput")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        glue = aws.client("glue")
        wanted = _named(aws, properties, "TableInput", properties.get("Name", name.lower()))
        try:
            glue.create_table(DatabaseName=properties["DatabaseName"], TableInput=wanted)
        except glue.exceptions.AlreadyExistsException:
            raise self.refuse_taken(wanted["Name"]) from None
        return str(wanted["Name"])

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        wanted = _named(aws, properties, "TableInput", physical_id)
        if wanted["Name"] != physical_id:
            raise NotEmulatedError("the local AWS does not rename a table")
        aws.client("glue").update_table(DatabaseName=properties["DatabaseName"], TableInput=wanted)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("glue").delete_table(DatabaseName=properties["DatabaseName"], Name=physical_id)


def _named(aws: Aws, properties: Properties, key: str, name: str) -> dict[str, Any]:
    """Give what shall be in the catalogue of this account, which is the only one that is there."""
    if properties["CatalogId"] != aws.account:
        raise NotEmulatedError(
            f"CatalogId {properties['CatalogId']}: the local AWS has that of the account only"
        )
    return {"Name": name, **properties.get(key, {})}
