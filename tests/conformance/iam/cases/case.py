"""What a case is, and the calls that many of them make."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from tests.conformance.iam.deployed import Deployed
from tests.conformance.iam.evaluator import Request


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """Something that has to be allowed, or denied.

    Attributes:
        name: What happens.
        source: Address of the page that says so, or that says which condition keys the request carries.
        requests: Gives what is asked of IAM.
    """

    name: str
    source: str
    requests: Callable[[Deployed], Sequence[Request]]


def named(requests: Iterable[Request], part: str) -> list[Request]:
    """Keep the requests for resources whose ARN contains a text; there has to be one."""
    found = [request for request in requests if part in request.resource]
    assert found, part
    return found


def without_tls(requests: Iterable[Request]) -> list[Request]:
    """Make requests over a connection that is not encrypted."""
    return [
        replace(request, context={**request.context, "aws:SecureTransport": "false"}) for request in requests
    ]
