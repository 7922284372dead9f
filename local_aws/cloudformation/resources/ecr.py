"""AWS::ECR resource types; `cdk bootstrap` wants a repository."""

import json
from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from local_aws.aws import Aws
from local_aws.cloudformation.cloudformation_type import CloudFormationType, Properties, fit, names


class Repository(CloudFormationType):
    """AWS::ECR::Repository.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html
    """

    type_name = "AWS::ECR::Repository"
    create_only = names("RepositoryName")
    properties = names("RepositoryName ImageTagMutability LifecyclePolicy RepositoryPolicyText")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        repository = properties.get("RepositoryName", fit(name.lower(), 256))
        aws.client("ecr").create_repository(repositoryName=repository)
        return str(repository)

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        ecr = aws.client("ecr")
        target = {"repositoryName": physical_id}
        mutability = properties.get("ImageTagMutability", "MUTABLE")
        ecr.put_image_tag_mutability(**target, imageTagMutability=mutability)
        if "LifecyclePolicy" in properties:
            text = properties["LifecyclePolicy"]["LifecyclePolicyText"]
            ecr.put_lifecycle_policy(**target, lifecyclePolicyText=text)
        elif "LifecyclePolicy" in previous:
            ecr.delete_lifecycle_policy(**target)
        if "RepositoryPolicyText" in properties:
            ecr.set_repository_policy(**target, policyText=json.dumps(properties["RepositoryPolicyText"]))
        elif "RepositoryPolicyText" in previous:
            ecr.delete_repository_policy(**target)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("ecr").delete_repository(repositoryName=physical_id)

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        uri = f"{aws.account}.dkr.ecr.{aws.region}.amazonaws.com/{physical_id}"
        return {"Arn": aws.arn("ecr", f"repository/{physical_id}"), "RepositoryUri": uri}
