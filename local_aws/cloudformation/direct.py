"""A short way to what the local AWS answers itself, for simulations that ask much.

The call of a boto3 client is checked and written as ever, but not sent: neither HTTP nor moto has a part in
the answer. What the local AWS leaves to moto goes the long way.
"""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, TypeAlias

from local_aws.aws import new_client
from local_aws.errors import ApiError

Operation: TypeAlias = Callable[[str, str, Mapping[str, Any]], dict[str, Any]]
"""From account, Region and request to the answer."""

_operations: dict[tuple[str, str], Operation] = {}
_REQUEST = "local_aws_request"


def answer_directly(service: str, operation_name: str, operation: Operation) -> None:
    """Let direct clients have an operation answered."""
    _operations[service, operation_name] = operation


def direct_client(
    service: str, *, account: str, region: str, answers: Mapping[str, Operation] | None = None
) -> Any:
    """Give a boto3 client that goes the short way; it does not try again when it is throttled.

    Args:
        service: Service name as boto3 spells it.
        account: Account whose resources the calls see.
        region: Region of the calls.
        answers: Answers of this client alone, by the names of their operations.
    """
    own = answers or {}

    def remember(params: Mapping[str, Any], context: dict[str, Any], **_: object) -> None:
        context[_REQUEST] = params

    def answer(model: Any, context: Mapping[str, Any], **_: object) -> Any:
        operation = own.get(model.name) or _operations.get((service, model.name))
        if operation is None:
            return None
        try:
            return _HTTP_OK, {**operation(account, region, context[_REQUEST]), **_METADATA}
        except ApiError as error:
            return _HTTP_BAD, {"Error": {"Code": error.code, "Message": str(error)}, **_METADATA}

    new = new_client(service, account, region)
    new.meta.events.register("provide-client-params", remember)
    new.meta.events.register("before-call", answer)
    return new


_HTTP_OK, _HTTP_BAD = SimpleNamespace(status_code=200), SimpleNamespace(status_code=400)
_METADATA: Mapping[str, Any] = {"ResponseMetadata": {}}
