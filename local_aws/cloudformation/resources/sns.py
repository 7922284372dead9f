"""AWS::SNS resource types."""

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

# See: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
_OWNER_ACTIONS = [
    "GetTopicAttributes",
    "SetTopicAttributes",
    "AddPermission",
    "RemovePermission",
    "DeleteTopic",
    "Subscribe",
    "ListSubscriptionsByTopic",
    "Publish",
]


class Topic(CloudFormationType):
    """AWS::SNS::Topic.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html
    """

    type_name = "AWS::SNS::Topic"
    create_only = names("TopicName")
    _changing: ClassVar[frozenset[str]] = names("DisplayName KmsMasterKeyId")
    properties = _changing | names("TopicName Tags")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        sns = aws.client("sns")
        topic_name = properties.get("TopicName", fit(name, 256))
        arn = aws.arn("sns", topic_name)
        if any(topic["TopicArn"] == arn for topic in sns.list_topics()["Topics"]):
            raise self.refuse_taken(arn)
        return str(sns.create_topic(Name=topic_name, Tags=properties.get("Tags", []))["TopicArn"])

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        sns = aws.client("sns")
        for name in self._changing:
            if properties.get(name) != previous.get(name):
                value = properties.get(name, "")
                sns.set_topic_attributes(TopicArn=physical_id, AttributeName=name, AttributeValue=value)

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        sns = aws.client("sns")
        if keys := removed_tag_keys(properties, previous):
            sns.untag_resource(ResourceArn=physical_id, TagKeys=keys)
        if tags := added(properties, previous, "Tags"):
            sns.tag_resource(ResourceArn=physical_id, Tags=tags)
        self.configure(aws, physical_id, properties, previous)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("sns").delete_topic(TopicArn=physical_id)

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {"TopicArn": physical_id, "TopicName": physical_id.rsplit(":", 1)[1]}


class TopicPolicy(CloudFormationType):
    """AWS::SNS::TopicPolicy.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topicpolicy.html
    """

    type_name = "AWS::SNS::TopicPolicy"
    properties = names("PolicyDocument Topics")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        return name

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        for topic in added(previous, properties, "Topics"):
            _put_policy(aws, topic, _default_policy(aws, topic))
        for topic in properties["Topics"]:
            _put_policy(aws, topic, properties["PolicyDocument"])

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        for topic in properties["Topics"]:
            _put_policy(aws, topic, _default_policy(aws, topic))

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {"Id": physical_id}


class Subscription(CloudFormationType):
    """AWS::SNS::Subscription.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html
    """

    type_name = "AWS::SNS::Subscription"
    create_only = names("Endpoint Protocol TopicArn")
    _changing: ClassVar[frozenset[str]] = names(
        "FilterPolicy FilterPolicyScope RawMessageDelivery RedrivePolicy"
    )
    properties = _changing | create_only

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        request = {name: properties[name] for name in self.create_only}
        return str(aws.client("sns").subscribe(**request, ReturnSubscriptionArn=True)["SubscriptionArn"])

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        sns = aws.client("sns")
        for name in self._changing:
            if properties.get(name) != previous.get(name):
                value = _text(properties.get(name, ""))
                sns.set_subscription_attributes(
                    SubscriptionArn=physical_id, AttributeName=name, AttributeValue=value
                )

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("sns").unsubscribe(SubscriptionArn=physical_id)

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {"Arn": physical_id}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _put_policy(aws: Aws, topic: str, policy: Mapping[str, Any]) -> None:
    aws.client("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy)
    )


def _default_policy(aws: Aws, topic: str) -> dict[str, Any]:
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in _OWNER_ACTIONS],
        "Resource": topic,
        "Condition": {"StringEquals": {"AWS:SourceOwner": aws.account}},
    }
    return {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
