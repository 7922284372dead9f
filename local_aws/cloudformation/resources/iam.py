"""AWS::IAM resource types."""

import json
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
from local_aws.errors import ResourceFailedError


class Role(CloudFormationType):
    """AWS::IAM::Role.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
    """

    type_name = "AWS::IAM::Role"
    create_only = names("RoleName Path")
    properties = names(
        "RoleName Path AssumeRolePolicyDocument Description ManagedPolicyArns MaxSessionDuration "
        "PermissionsBoundary Policies Tags"
    )

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        role_name = properties.get("RoleName", fit(name, 64))
        request = {
            "Path": properties.get("Path", "/"),
            "Description": properties.get("Description", ""),
            "MaxSessionDuration": properties.get("MaxSessionDuration", 3600),
            "Tags": properties.get("Tags", []),
        }
        if "PermissionsBoundary" in properties:
            request["PermissionsBoundary"] = properties["PermissionsBoundary"]
        trust = json.dumps(properties["AssumeRolePolicyDocument"])
        aws.client("iam").create_role(RoleName=role_name, AssumeRolePolicyDocument=trust, **request)
        return str(role_name)

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        iam = aws.client("iam")
        for arn in added(previous, properties, "ManagedPolicyArns"):
            iam.detach_role_policy(RoleName=physical_id, PolicyArn=arn)
        for arn in added(properties, previous, "ManagedPolicyArns"):
            iam.attach_role_policy(RoleName=physical_id, PolicyArn=arn)
        for policy in added(previous, properties, "Policies"):
            iam.delete_role_policy(RoleName=physical_id, PolicyName=policy["PolicyName"])
        for policy in added(properties, previous, "Policies"):
            document = json.dumps(policy["PolicyDocument"])
            iam.put_role_policy(
                RoleName=physical_id, PolicyName=policy["PolicyName"], PolicyDocument=document
            )

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        iam = aws.client("iam")
        trust = json.dumps(properties["AssumeRolePolicyDocument"])
        iam.update_assume_role_policy(RoleName=physical_id, PolicyDocument=trust)
        iam.update_role(
            RoleName=physical_id,
            Description=properties.get("Description", ""),
            MaxSessionDuration=properties.get("MaxSessionDuration", 3600),
        )
        if "PermissionsBoundary" in properties:
            boundary = properties["PermissionsBoundary"]
            iam.put_role_permissions_boundary(RoleName=physical_id, PermissionsBoundary=boundary)
        elif "PermissionsBoundary" in previous:
            iam.delete_role_permissions_boundary(RoleName=physical_id)
        if keys := removed_tag_keys(properties, previous):
            iam.untag_role(RoleName=physical_id, TagKeys=keys)
        if tags := added(properties, previous, "Tags"):
            iam.tag_role(RoleName=physical_id, Tags=tags)
        self.configure(aws, physical_id, properties, previous)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        iam = aws.client("iam")
        attached = iam.list_attached_role_policies(RoleName=physical_id)["AttachedPolicies"]
        for policy in attached:
            if policy["PolicyArn"] in properties.get("ManagedPolicyArns", []):
                iam.detach_role_policy(RoleName=physical_id, PolicyArn=policy["PolicyArn"])
        for name in iam.list_role_policies(RoleName=physical_id)["PolicyNames"]:
            if name in {policy["PolicyName"] for policy in properties.get("Policies", [])}:
                iam.delete_role_policy(RoleName=physical_id, PolicyName=name)
        iam.delete_role(RoleName=physical_id)

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        role = aws.client("iam").get_role(RoleName=physical_id)["Role"]
        return {"Arn": role["Arn"], "RoleId": role["RoleId"]}


class ManagedPolicy(CloudFormationType):
    """AWS::IAM::ManagedPolicy.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html
    """

    type_name = "AWS::IAM::ManagedPolicy"
    create_only = names("ManagedPolicyName Path Description")
    properties = names("ManagedPolicyName Path Description PolicyDocument Roles")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        policy = aws.client("iam").create_policy(
            PolicyName=properties.get("ManagedPolicyName", fit(name, 128)),
            Path=properties.get("Path", "/"),
            Description=properties.get("Description", ""),
            PolicyDocument=json.dumps(properties["PolicyDocument"]),
        )["Policy"]
        return str(policy["Arn"])

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        iam = aws.client("iam")
        for role in added(previous, properties, "Roles"):
            iam.detach_role_policy(RoleName=role, PolicyArn=physical_id)
        for role in added(properties, previous, "Roles"):
            iam.attach_role_policy(RoleName=role, PolicyArn=physical_id)

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        iam = aws.client("iam")
        document = json.dumps(properties["PolicyDocument"])
        iam.create_policy_version(PolicyArn=physical_id, PolicyDocument=document, SetAsDefault=True)
        for version in iam.list_policy_versions(PolicyArn=physical_id)["Versions"]:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=physical_id, VersionId=version["VersionId"])
        self.configure(aws, physical_id, properties, previous)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        iam = aws.client("iam")
        attached = {
            role["RoleName"] for role in iam.list_entities_for_policy(PolicyArn=physical_id)["PolicyRoles"]
        }
        for role in attached & set(properties.get("Roles", [])):
            iam.detach_role_policy(RoleName=role, PolicyArn=physical_id)
        if attached - set(properties.get("Roles", [])):
            # https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html, which moto lets pass.
            raise ResourceFailedError("Cannot delete a policy attached to entities. (Service: Iam)")
        iam.delete_policy(PolicyArn=physical_id)

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {"PolicyArn": physical_id}


class Policy(CloudFormationType):
    """AWS::IAM::Policy.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html
    """

    type_name = "AWS::IAM::Policy"
    properties = names("PolicyName PolicyDocument Roles")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        return name

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        iam = aws.client("iam")
        for role in previous.get("Roles", []):
            iam.delete_role_policy(RoleName=role, PolicyName=previous["PolicyName"])
        document = json.dumps(properties["PolicyDocument"])
        for role in properties["Roles"]:
            iam.put_role_policy(RoleName=role, PolicyName=properties["PolicyName"], PolicyDocument=document)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        iam = aws.client("iam")
        for role in properties["Roles"]:
            if properties["PolicyName"] in iam.list_role_policies(RoleName=role)["PolicyNames"]:
                iam.delete_role_policy(RoleName=role, PolicyName=properties["PolicyName"])

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {"Id": physical_id}


class InstanceProfile(CloudFormationType):
    """AWS::IAM::InstanceProfile.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-instanceprofile.html
    """

    type_name = "AWS::IAM::InstanceProfile"
    create_only = names("InstanceProfileName Path")
    properties = names("InstanceProfileName Path Roles")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        profile_name = properties.get("InstanceProfileName", fit(name, 128))
        path = properties.get("Path", "/")
        aws.client("iam").create_instance_profile(InstanceProfileName=profile_name, Path=path)
        return str(profile_name)

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        iam = aws.client("iam")
        for role in added(previous, properties, "Roles"):
            iam.remove_role_from_instance_profile(InstanceProfileName=physical_id, RoleName=role)
        for role in added(properties, previous, "Roles"):
            iam.add_role_to_instance_profile(InstanceProfileName=physical_id, RoleName=role)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        iam = aws.client("iam")
        profile = iam.get_instance_profile(InstanceProfileName=physical_id)["InstanceProfile"]
        for role in profile["Roles"]:
            iam.remove_role_from_instance_profile(InstanceProfileName=physical_id, RoleName=role["RoleName"])
        iam.delete_instance_profile(InstanceProfileName=physical_id)

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        profile = aws.client("iam").get_instance_profile(InstanceProfileName=physical_id)["InstanceProfile"]
        return {"Arn": profile["Arn"]}
