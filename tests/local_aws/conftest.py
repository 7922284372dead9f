from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import pytest

from local_aws import Outcome, client, delete_stack, deploy_template, in_process

ACCOUNT = "111111111111"
REGION = "eu-west-1"

Resources = Mapping[str, Mapping[str, Any]]


class Deploy(Protocol):
    def __call__(
        self, resources: Resources, *, stack_name: str = ..., account: str = ..., **settings: Any
    ) -> Outcome: ...


@pytest.fixture
def emulated() -> Iterator[None]:
    """An empty local AWS inside this process."""
    with in_process():
        yield


@pytest.fixture
def aws(emulated: None) -> Callable[[str], Any]:  # noqa: ARG001 - asked for so that it is there
    """Give clients of the account and Region that `deploy` deploys to."""
    return lambda service: client(service, account=ACCOUNT, region=REGION)


@pytest.fixture
def deploy(emulated: None) -> Deploy:  # noqa: ARG001 - asked for so that it is there
    """Create or update a stack of these resources."""

    def deploy(
        resources: Resources, *, stack_name: str = "stack", account: str = ACCOUNT, **settings: Any
    ) -> Outcome:
        template = {"Resources": resources, **settings.pop("sections", {})}
        return deploy_template(template, stack_name=stack_name, account=account, region=REGION, **settings)

    return deploy


@pytest.fixture
def delete(emulated: None) -> Callable[[], None]:  # noqa: ARG001 - asked for so that it is there
    """Delete the stack that `deploy` made."""
    return lambda: delete_stack("stack", account=ACCOUNT, region=REGION)


@pytest.fixture
def events(aws: Callable[[str], Any]) -> Callable[[], list[tuple[str, str]]]:
    """Tell the stack's history, oldest first, as logical ids and statuses."""

    def events() -> list[tuple[str, str]]:
        found = aws("cloudformation").describe_stack_events(StackName="stack")["StackEvents"]
        return [(event["LogicalResourceId"], event["ResourceStatus"]) for event in reversed(found)]

    return events
