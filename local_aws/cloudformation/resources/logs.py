"""AWS::Logs resource types."""

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


class LogGroup(CloudFormationType):
    """AWS::Logs::LogGroup.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
    """

    type_name = "AWS::Logs::LogGroup"
    create_only = names("LogGroupName")
    properties = names("LogGroupName KmsKeyId RetentionInDays Tags")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        group = properties.get("LogGroupName", fit(name, 512))
        request: dict[str, Any] = {"logGroupName": group}
        if "KmsKeyId" in properties:
            request["kmsKeyId"] = properties["KmsKeyId"]
        aws.client("logs").create_log_group(**request)
        return str(group)

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        logs = aws.client("logs")
        if "RetentionInDays" in properties:
            logs.put_retention_policy(logGroupName=physical_id, retentionInDays=properties["RetentionInDays"])
        elif "RetentionInDays" in previous:
            logs.delete_retention_policy(logGroupName=physical_id)
        arn = aws.arn("logs", f"log-group:{physical_id}")
        if keys := removed_tag_keys(properties, previous):
            logs.untag_resource(resourceArn=arn, tagKeys=keys)
        if tags := added(properties, previous, "Tags"):
            logs.tag_resource(resourceArn=arn, tags={tag["Key"]: tag["Value"] for tag in tags})

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        logs = aws.client("logs")
        if "KmsKeyId" in properties:
            logs.associate_kms_key(logGroupName=physical_id, kmsKeyId=properties["KmsKeyId"])
        elif "KmsKeyId" in previous:
            logs.disassociate_kms_key(logGroupName=physical_id)
        self.configure(aws, physical_id, properties, previous)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("logs").delete_log_group(logGroupName=physical_id)

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {"Arn": aws.arn("logs", f"log-group:{physical_id}:*")}
