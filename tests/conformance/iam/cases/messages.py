"""CloudWatch's alarms to topics, topics to queues and chat."""

from collections.abc import Iterator, Sequence

from tests.conformance.iam import estates
from tests.conformance.iam.cases.case import Case, without_tls
from tests.conformance.iam.deployed import Deployed
from tests.conformance.iam.evaluator import Request

_ALARMS = "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"
_QUEUES = "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html"
_ENCRYPTED_QUEUES = (
    "https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html"
)
_REDRIVE = "https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html"
_CHAT = "https://docs.aws.amazon.com/chatbot/latest/adminguide/chatbot-troubleshooting.html"
_TLS = "https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html"

_ALARM_TYPES = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")


def _alarms(deployed: Deployed) -> Iterator[Request]:
    """Yield what each alarm of each stack asks of each of its topics."""
    for stack in estates.STACKS:
        for type_name in _ALARM_TYPES:
            for alarm, properties in deployed.with_properties(stack, type_name):
                for topic in properties.get("AlarmActions", []):
                    yield _alarm(alarm, topic)


def _alarm(alarm: str, topic: str) -> Request:
    return Request(
        principal="cloudwatch.amazonaws.com",
        action="sns:Publish",
        resource=topic,
        context={"aws:SourceArn": alarm, "aws:SourceAccount": alarm.split(":")[4]},
    )


def _messages(deployed: Deployed) -> Iterator[Request]:
    """Yield what each subscription of a queue asks of the queue, and of the queue behind it."""
    for stack in estates.STACKS:
        for _, properties in deployed.with_properties(stack, "AWS::SNS::Subscription"):
            if properties["Protocol"] == "sqs":
                yield _message(properties["TopicArn"], properties["Endpoint"])
                yield _message(properties["TopicArn"], properties["RedrivePolicy"]["deadLetterTargetArn"])


def _message(topic: str, queue: str) -> Request:
    return Request(
        principal="sns.amazonaws.com",
        action="sqs:SendMessage",
        resource=queue,
        context={"aws:SourceArn": topic, "aws:SourceAccount": topic.split(":")[4]},
    )


ALLOWED: Sequence[Case] = [
    Case(
        name="alarms publish on encrypted topics",
        source=_ALARMS,
        requests=lambda deployed: list(_alarms(deployed)),
    ),
    Case(
        name="topics send to encrypted queues, and keep what they cannot deliver",
        source=f"{_QUEUES} {_ENCRYPTED_QUEUES} {_REDRIVE}",
        requests=lambda deployed: list(_messages(deployed)),
    ),
    Case(
        name="the chat service assumes its role",
        source=_CHAT,
        requests=lambda deployed: [
            Request(
                principal="chatbot.amazonaws.com",
                action="sts:AssumeRole",
                resource=deployed.arn(stack, "AWS::IAM::Role", "ChatRole"),
            )
            for stack in (estates.SHOP_STACK, estates.OWN_SECURITY_STACK)
        ],
    ),
]

DENIED: Sequence[Case] = [
    Case(
        name="alarms of another account publish",
        source=_ALARMS,
        requests=lambda deployed: [
            _alarm(f"arn:aws:cloudwatch:{estates.REGION}:123456789012:alarm:foreign", request.resource)
            for request in _alarms(deployed)
        ],
    ),
    Case(
        name="alarms publish over a connection without encryption",
        source=_TLS,
        requests=lambda deployed: without_tls(_alarms(deployed)),
    ),
    Case(
        name="another topic sends to the queues",
        source=_QUEUES,
        requests=lambda deployed: [
            _message(f"arn:aws:sns:{estates.REGION}:123456789012:foreign", request.resource)
            for request in _messages(deployed)
        ],
    ),
    Case(
        name="the role of chat channels reads alarms",
        source=_CHAT,
        requests=lambda deployed: [
            Request(
                principal=deployed.arn(estates.SHOP_STACK, "AWS::IAM::Role", "ChatRole"),
                action="cloudwatch:DescribeAlarms",
                resource=f"arn:aws:cloudwatch:{estates.REGION}:{estates.SHOP}:alarm:any",
            )
        ],
    ),
]
