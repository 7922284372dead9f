"""AWS::CDK resource types."""

from typing_extensions import override

from local_aws.aws import Aws
from local_aws.cloudformation.cloudformation_type import CloudFormationType, Properties, names


class Metadata(CloudFormationType):
    """AWS::CDK::Metadata.

    See: https://docs.aws.amazon.com/cdk/v2/guide/usage-data.html
    """

    type_name = "AWS::CDK::Metadata"
    properties = names("Analytics")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        return name

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        return None
