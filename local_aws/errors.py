"""The errors of the local AWS."""

from collections.abc import Sequence
from dataclasses import dataclass


class LocalAwsError(Exception):
    """Base of every error that the local AWS raises."""


class TemplateError(LocalAwsError):
    """A template that CloudFormation refuses before it touches a resource."""


class NotEmulatedError(LocalAwsError):
    """Something that AWS has and the local AWS does not claim to have."""


class ResourceFailedError(LocalAwsError):
    """A resource that AWS refuses; the message is the reason that CloudFormation shows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FailedResource:
    """A resource that failed in a deployment, and why.

    Attributes:
        stack_name: Name of the stack.
        account: Account of the stack.
        region: Region of the stack.
        logical_id: The resource's logical id in the template.
        resource_type: Its CloudFormation type.
        reason: The reason that CloudFormation gives.
    """

    stack_name: str
    account: str
    region: str
    logical_id: str
    resource_type: str
    reason: str

    def __str__(self) -> str:
        place = f"{self.stack_name} ({self.account}, {self.region})"
        return f"{place}: {self.logical_id} ({self.resource_type}): {self.reason}"


class DeploymentError(LocalAwsError):
    """A deployment that ended in failure; the message names each failed resource and the reason.

    Attributes:
        failures: The failed resources; empty when the deployment failed before it touched one.
    """

    def __init__(self, message: str, failures: Sequence[FailedResource] = ()) -> None:
        self.failures = tuple(failures)
        super().__init__("\n".join([message, *(f"  {failure}" for failure in self.failures)]))


class ApiError(LocalAwsError):
    """An API call that AWS refuses.

    Attributes:
        code: The error code that AWS gives.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)
