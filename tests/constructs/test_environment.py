import aws_cdk as cdk
import pytest
from constructs import Construct

from bench.jsii_requests import counted_jsii_requests
from patching_constructs.constructs._shared.stack_environment import environment_of
from patching_constructs.values.tokens import is_token


@pytest.mark.parametrize(
    ("account", "region", "expected"),
    [
        ("111111111111", "eu-west-1", ("111111111111", "eu-west-1")),
        (None, "eu-west-1", (cdk.Aws.ACCOUNT_ID, "eu-west-1")),
        ("111111111111", None, ("111111111111", cdk.Aws.REGION)),
        (None, None, (cdk.Aws.ACCOUNT_ID, cdk.Aws.REGION)),
        (cdk.Aws.ACCOUNT_ID, cdk.Aws.REGION, (cdk.Aws.ACCOUNT_ID, cdk.Aws.REGION)),
    ],
    ids=["both", "region", "account", "none", "tokens"],
)
def test_account_and_region_are_known_as_far_as_the_stack_knows_them(
    account: str | None, region: str | None, expected: tuple[str, str]
) -> None:
    env = cdk.Environment(account=account, region=region)
    environment = environment_of(cdk.Stack(cdk.App(analytics_reporting=False), "Stack", env=env))
    assert (environment.account, environment.region) == expected


@pytest.mark.parametrize(
    ("one", "other", "same", "differs"),
    [
        (("111111111111", "eu-west-1"), ("111111111111", "eu-west-1"), True, False),
        (("111111111111", "eu-west-1"), ("222222222222", "eu-west-1"), False, True),
        (("111111111111", "eu-west-1"), ("111111111111", "us-east-1"), False, True),
        ((None, "eu-west-1"), (None, "us-east-1"), False, True),
        ((None, "eu-west-1"), ("111111111111", "eu-west-1"), False, False),
        ((None, None), (None, None), False, False),
    ],
)
def test_only_what_is_known_is_the_same_or_different(
    one: tuple[str | None, str | None], other: tuple[str | None, str | None], same: bool, differs: bool
) -> None:
    app = cdk.App(analytics_reporting=False)
    environments = [
        environment_of(cdk.Stack(app, name, env=cdk.Environment(account=account, region=region)))
        for name, (account, region) in (("One", one), ("Other", other))
    ]
    for here, there in (environments, reversed(environments)):
        assert (here.is_same_as(there), here.differs_from(there)) == (same, differs)


def test_a_stack_does_not_differ_from_itself_though_nothing_is_known() -> None:
    environment = environment_of(cdk.Stack(cdk.App(analytics_reporting=False), "Stack"))
    assert environment.is_same_as(environment)
    assert not environment.differs_from(environment)


def test_the_same_account_and_region_in_another_app_is_not_the_same() -> None:
    env = cdk.Environment(account="111111111111", region="eu-west-1")
    here, there = (
        environment_of(cdk.Stack(cdk.App(analytics_reporting=False), "Stack", env=env)) for _ in range(2)
    )
    assert not here.is_same_as(there)


@pytest.mark.parametrize("region", ["eu-west-1", None])
def test_a_partition_that_is_known_at_deployment_only_is_a_token(region: str | None) -> None:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Stack", env=cdk.Environment(region=region))
    assert is_token(environment_of(stack).partition)


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
