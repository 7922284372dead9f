"""AWS::KMS resource types."""

import json
from collections.abc import Mapping
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
from local_aws.errors import NotEmulatedError


class Key(CloudFormationType):
    """AWS::KMS::Key.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
    """

    type_name = "AWS::KMS::Key"
    properties = names(
        "KeyPolicy Description Enabled EnableKeyRotation RotationPeriodInDays KeySpec KeyUsage "
        "PendingWindowInDays Tags"
    )

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        request: dict[str, Any] = {
            name: properties[name] for name in ("Description", "KeySpec", "KeyUsage") if name in properties
        }
        if "KeyPolicy" in properties:
            request["Policy"] = json.dumps(properties["KeyPolicy"])
        if properties.get("Tags"):
            request["Tags"] = _tags(properties["Tags"])
        return str(aws.client("kms").create_key(**request)["KeyMetadata"]["KeyId"])

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        kms = aws.client("kms")
        if properties.get("EnableKeyRotation"):
            period = properties.get("RotationPeriodInDays", 365)
            kms.enable_key_rotation(KeyId=physical_id, RotationPeriodInDays=period)
        elif previous.get("EnableKeyRotation"):
            kms.disable_key_rotation(KeyId=physical_id)
        if not properties.get("Enabled", True):
            kms.disable_key(KeyId=physical_id)
        elif not previous.get("Enabled", True):
            kms.enable_key(KeyId=physical_id)

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        for name in ("KeySpec", "KeyUsage"):
            if properties.get(name) != previous.get(name):
                raise NotEmulatedError(f"{name} of a key cannot be changed")
        kms = aws.client("kms")
        kms.update_key_description(KeyId=physical_id, Description=properties.get("Description", ""))
        if "KeyPolicy" in properties:
            policy = json.dumps(properties["KeyPolicy"])
            kms.put_key_policy(KeyId=physical_id, PolicyName="default", Policy=policy)
        if keys := removed_tag_keys(properties, previous):
            kms.untag_resource(KeyId=physical_id, TagKeys=keys)
        if tags := added(properties, previous, "Tags"):
            kms.tag_resource(KeyId=physical_id, Tags=_tags(tags))
        self.configure(aws, physical_id, properties, previous)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        days = properties.get("PendingWindowInDays", 30)
        aws.client("kms").schedule_key_deletion(KeyId=physical_id, PendingWindowInDays=days)

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {"Arn": aws.arn("kms", f"key/{physical_id}"), "KeyId": physical_id}


class Alias(CloudFormationType):
    """AWS::KMS::Alias.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-alias.html
    """

    type_name = "AWS::KMS::Alias"
    create_only = names("AliasName")
    properties = names("AliasName TargetKeyId")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        aws.client("kms").create_alias(**_alias(properties))
        return str(properties["AliasName"])

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        aws.client("kms").update_alias(**_alias(properties))

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("kms").delete_alias(AliasName=physical_id)


def _alias(properties: Properties) -> dict[str, str]:
    key_id = properties["TargetKeyId"]
    return {"AliasName": properties["AliasName"], "TargetKeyId": key_id.rsplit("/", 1)[-1]}


def _tags(tags: list[Mapping[str, str]]) -> list[dict[str, str]]:
    return [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in tags]
