import aws_cdk as cdk
import pytest
from constructs import Construct

from patching_constructs._environment import environment_of
from tests.constructs.jsii_requests import counted_jsii_requests


@pytest.mark.parametrize(
    ("account", "region", "expected"),
    [
        ("111111111111", "eu-west-1", ("111111111111", "eu-west-1")),
        (None, "eu-west-1", (None, "eu-west-1")),
        ("111111111111", None, ("111111111111", None)),
        (None, None, (None, None)),
        (cdk.Aws.ACCOUNT_ID, cdk.Aws.REGION, (None, None)),
    ],
)
def test_account_and_region_are_known_as_far_as_the_stack_knows_them(
    account: str | None, region: str | None, expected: tuple[str | None, str | None]
) -> None:
    env = cdk.Environment(account=account, region=region)
    environment = environment_of(cdk.Stack(cdk.App(analytics_reporting=False), "Stack", env=env))
    assert (environment.account, environment.region) == expected


@pytest.mark.parametrize("region", ["eu-west-1", None])
def test_a_partition_that_is_known_at_deployment_only_is_none(region: str | None) -> None:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Stack", env=cdk.Environment(region=region))
    assert environment_of(stack).partition is None


def test_the_partition_is_known_where_the_app_asks_for_literals() -> None:
    app = cdk.App(analytics_reporting=False, context={"@aws-cdk/core:enablePartitionLiterals": True})
    stack = cdk.Stack(app, "Stack", env=cdk.Environment(region="cn-north-1"))
    assert environment_of(stack).partition == "aws-cn"


def test_every_scope_of_a_stack_shares_its_environment_and_asks_once() -> None:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Stack")
    scope = Construct(Construct(stack, "Outer"), "Inner")
    environment = environment_of(scope)
    with counted_jsii_requests() as sent:
        assert environment_of(stack) is environment
        assert environment_of(scope) is environment
    assert sent == []


def test_a_stack_is_its_own_environment_without_asking() -> None:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Stack")
    with counted_jsii_requests() as sent:
        assert environment_of(stack).stack is stack
    assert sent == []


def test_the_app_is_found_through_nested_stages() -> None:
    app = cdk.App(analytics_reporting=False)
    stack = cdk.Stack(cdk.Stage(cdk.Stage(app, "Outer"), "Inner"), "Stack")
    assert environment_of(stack).app is app
