"""AWS::SQS resource types."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

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


class Queue(CloudFormationType):
    """AWS::SQS::Queue.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
    """

    type_name = "AWS::SQS::Queue"
    create_only = names("QueueName")
    # What an attribute is when the template does not say it.
    # See: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    _defaults: ClassVar[Mapping[str, Any]] = {
        "DelaySeconds": 0,
        "KmsDataKeyReusePeriodSeconds": 300,
        "KmsMasterKeyId": "",
        "MessageRetentionPeriod": 345_600,
        "ReceiveMessageWaitTimeSeconds": 0,
        "RedrivePolicy": "",
        "SqsManagedSseEnabled": True,
        "VisibilityTimeout": 30,
    }
    properties = frozenset(_defaults) | names("QueueName Tags")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        sqs = aws.client("sqs")
        queue_name = properties.get("QueueName", fit(name, 80))
        try:
            sqs.get_queue_url(QueueName=queue_name)
        except sqs.exceptions.QueueDoesNotExist:
            attributes = {key: _text(properties[key]) for key in self._defaults if key in properties}
            tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
            return str(sqs.create_queue(QueueName=queue_name, Attributes=attributes, tags=tags)["QueueUrl"])
        raise self.refuse_taken(queue_name)

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        sqs = aws.client("sqs")
        attributes = {
            key: _text(properties.get(key, default))
            for key, default in self._defaults.items()
            if properties.get(key) != previous.get(key)
        }
        if attributes:
            sqs.set_queue_attributes(QueueUrl=physical_id, Attributes=attributes)
        if keys := removed_tag_keys(properties, previous):
            sqs.untag_queue(QueueUrl=physical_id, TagKeys=keys)
        if tags := added(properties, previous, "Tags"):
            sqs.tag_queue(QueueUrl=physical_id, Tags={tag["Key"]: tag["Value"] for tag in tags})

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("sqs").delete_queue(QueueUrl=physical_id)

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        queue_name = physical_id.rsplit("/", 1)[1]
        return {"Arn": aws.arn("sqs", queue_name), "QueueName": queue_name, "QueueUrl": physical_id}


class QueuePolicy(CloudFormationType):
    """AWS::SQS::QueuePolicy.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queuepolicy.html
    """

    type_name = "AWS::SQS::QueuePolicy"
    properties = names("PolicyDocument Queues")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        return name

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        for queue in added(previous, properties, "Queues"):
            _put_policy(aws, queue, "")
        for queue in properties["Queues"]:
            _put_policy(aws, queue, json.dumps(properties["PolicyDocument"]))

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        for queue in properties["Queues"]:
            _put_policy(aws, queue, "")

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {"Id": physical_id}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _put_policy(aws: Aws, queue: str, policy: str) -> None:
    aws.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
