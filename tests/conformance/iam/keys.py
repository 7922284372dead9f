"""What services ask of a customer key on behalf of whoever uses what it encrypts."""

from collections.abc import Iterator, Mapping

from tests.conformance.iam.deployed import Deployed
from tests.conformance.iam.evaluator import Request

_OF_DYNAMODB = ("kms:Decrypt",)
_KMS_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "dynamodb:BatchGetItem": _OF_DYNAMODB,
    "dynamodb:BatchWriteItem": _OF_DYNAMODB,
    "dynamodb:DeleteItem": _OF_DYNAMODB,
    "dynamodb:GetItem": _OF_DYNAMODB,
    "dynamodb:PutItem": _OF_DYNAMODB,
    "dynamodb:Query": _OF_DYNAMODB,
    "s3:GetObject": ("kms:Decrypt",),
    "s3:PutObject": ("kms:GenerateDataKey",),
    "sns:Publish": ("kms:GenerateDataKey", "kms:Decrypt"),
    "sqs:SendMessage": ("kms:GenerateDataKey", "kms:Decrypt"),
}
"""What is asked of the key for each action.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
"""


def key_requests(request: Request, deployed: Deployed) -> Iterator[Request]:
    """Yield what a request asks of the customer key that encrypts its resource, if there is one."""
    encrypted = request.resource.split("/")[0] if request.action.startswith("s3:") else request.resource
    key = deployed.key_of.get(encrypted)
    if key is None:
        return
    for action in _KMS_ACTIONS.get(request.action, ()):
        yield Request(
            principal=request.principal,
            action=action,
            resource=key,
            context={**_key_context(encrypted, key), **_source(request)},
        )


def _key_context(encrypted: str, key: str) -> dict[str, str]:
    """Return the condition keys of a call that a service makes to KMS."""
    _, _, service, region, account, name = encrypted.split(":", 5)
    region = region or key.split(":")[3]
    context = {"kms:ViaService": f"{service}.{region}.amazonaws.com"}
    if service == "dynamodb":
        context["kms:EncryptionContext:aws:dynamodb:tableName"] = name.removeprefix("table/")
        context["kms:EncryptionContext:aws:dynamodb:subscriberId"] = account
    elif service == "s3":  # the bucket's ARN, because of the Bucket Key
        context["kms:EncryptionContext:aws:s3:arn"] = encrypted
    elif service == "sns":
        context["kms:EncryptionContext:aws:sns:topicArn"] = encrypted
    elif service == "sqs":
        context["kms:EncryptionContext:aws:sqs:arn"] = encrypted
    return context


def _source(request: Request) -> dict[str, str]:
    """Pass on what a service says of the resource for which it calls.

    EventBridge passes nothing on:
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """
    if request.principal == "events.amazonaws.com":
        return {}
    return {key: value for key, value in request.context.items() if key.startswith("aws:Source")}
