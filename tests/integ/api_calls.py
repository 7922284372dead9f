"""Which permissions the calls of the script need, for the test that holds permissions.json against them."""

from collections.abc import Iterator
from typing import Any

_PREFIXES = {"resource-groups-tagging-api": "tag", "eventbridge": "events", "cloudwatch-logs": "logs"}
_ACTIONS = {
    "s3:HeadBucket": ["s3:ListBucket"],
    "s3:ListObjectsV2": ["s3:ListBucket"],
    "s3:ListObjectVersions": ["s3:ListBucketVersions"],
    "s3:DeleteObjects": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
    # The bucket and the table are encrypted with keys of the account.
    "s3:GetObject": ["s3:GetObject", "kms:Decrypt"],
    "dynamodb:Query": ["dynamodb:Query", "kms:Decrypt"],
    "lambda:Invoke": ["lambda:InvokeFunction"],
    "ec2:RunInstances": ["ec2:RunInstances", "ec2:CreateTags", "iam:PassRole"],
    "sts:GetCallerIdentity": [],
}
"""Where IAM's action has another name, or there are others besides."""


class Calls:
    """Listens to clients."""

    def __init__(self) -> None:
        self.actions: set[str] = set()

    def listen(self, client: Any) -> Any:
        """Note each call of a client from now on, and return the client."""
        client.meta.events.register("before-call", self._note)
        return client

    def _note(self, model: Any, **_: object) -> None:
        self.actions.update(_actions(model))


def _actions(model: Any) -> Iterator[str]:
    service = model.service_model.service_id.hyphenize()
    call = f"{_PREFIXES.get(service, service)}:{model.name}"
    yield from _ACTIONS.get(call, [call])
