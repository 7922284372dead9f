"""AWS::Lambda resource types. `local_aws.services.lambda_functions` runs functions of this project."""

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
    pick,
    removed_tag_keys,
)


class FunctionType(CloudFormationType):
    """AWS::Lambda::Function whose code is a zip in a bucket.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
    """

    type_name = "AWS::Lambda::Function"
    create_only = names("FunctionName")
    _configured = names(
        "DeadLetterConfig Description Environment Handler LoggingConfig MemorySize Role Runtime Timeout"
    )
    properties = _configured | names(
        "Architectures Code FunctionName KmsKeyArn ReservedConcurrentExecutions Tags"
    )

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        functions = aws.client("lambda")
        function_name = properties.get("FunctionName", fit(name, 64))
        request = pick(properties, self._configured | {"Architectures", "Code"})
        if "KmsKeyArn" in properties:
            request["KMSKeyArn"] = properties["KmsKeyArn"]
        try:
            functions.create_function(
                FunctionName=function_name,
                Tags={tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])},
                **request,
            )
        except functions.exceptions.ResourceConflictException:
            raise self.refuse_taken(function_name) from None
        return str(function_name)

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        functions = aws.client("lambda")
        reserved = properties.get("ReservedConcurrentExecutions")
        if reserved is not None:
            functions.put_function_concurrency(
                FunctionName=physical_id, ReservedConcurrentExecutions=reserved
            )
        elif "ReservedConcurrentExecutions" in previous:
            functions.delete_function_concurrency(FunctionName=physical_id)

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        functions = aws.client("lambda")
        if properties["Code"] != previous["Code"]:
            functions.update_function_code(FunctionName=physical_id, **properties["Code"])
        request = pick(properties, self._configured)
        if "KmsKeyArn" in properties:
            request["KMSKeyArn"] = properties["KmsKeyArn"]
        functions.update_function_configuration(FunctionName=physical_id, **request)
        self.configure(aws, physical_id, properties, previous)
        arn = aws.arn("lambda", f"function:{physical_id}")
        if keys := removed_tag_keys(properties, previous):
            functions.untag_resource(Resource=arn, TagKeys=keys)
        if tags := added(properties, previous, "Tags"):
            functions.tag_resource(Resource=arn, Tags={tag["Key"]: tag["Value"] for tag in tags})

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("lambda").delete_function(FunctionName=physical_id)

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {"Arn": aws.arn("lambda", f"function:{physical_id}")}


class Permission(CloudFormationType):
    """AWS::Lambda::Permission.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html
    """

    type_name = "AWS::Lambda::Permission"
    properties = names("Action FunctionName Principal SourceAccount SourceArn")
    create_only = properties

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        aws.client("lambda").add_permission(
            StatementId=name, **{**properties, "FunctionName": _name(properties["FunctionName"])}
        )
        return name

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("lambda").remove_permission(
            FunctionName=_name(properties["FunctionName"]), StatementId=physical_id
        )


def _name(function: str) -> str:
    """Return the name of a function that is given by its name or its ARN."""
    return function.rsplit(":", 1)[-1]
