"""Account, Region and partition of a construct, read from the CDK once and only when needed."""

import functools

from aws_cdk import App, Stack, Stage
from aws_cdk.aws_kms import IKey
from constructs import Construct

from patching_constructs.values.tokens import is_token

_KEY = "_patching_constructs_environment"


class StackEnvironment:
    """The stack of a construct, with its account, Region and partition."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.shared_key: IKey | None = None
        """The customer key that the constructs of the stack share, once there is one."""

    @functools.cached_property
    def account(self) -> str:
        """Account id, a token if it is known only at deployment."""
        return self.stack.account

    @functools.cached_property
    def region(self) -> str:
        """Region, a token if it is known only at deployment."""
        return self.stack.region

    @functools.cached_property
    def partition(self) -> str:
        """Partition, a token if it is known only at deployment."""
        return self.stack.partition

    @functools.cached_property
    def app(self) -> Construct:
        """The outermost stage, which is the app, or the stack where there is none."""
        outermost: Construct = self.stack
        stage = Stage.of(self.stack)
        while stage is not None:
            outermost = stage
            stage = None if isinstance(stage, App) else stage.parent_stage
        return outermost

    def is_same_as(self, other: "StackEnvironment") -> bool:
        """Return whether both are one account and Region of an app.

        Of unknown ones that is sure only within a stack.
        """
        return self.stack is other.stack or (
            _are_surely_equal(self.account, other.account)
            and _are_surely_equal(self.region, other.region)
            and self.app is other.app
        )

    def differs_from(self, other: "StackEnvironment") -> bool:
        """Return whether both certainly differ in account or Region."""
        return self.stack is not other.stack and (
            _differ_surely(self.account, other.account) or _differ_surely(self.region, other.region)
        )


def _are_surely_equal(one: str, other: str) -> bool:
    return one == other and not is_token(one)


def _differ_surely(one: str, other: str) -> bool:
    return one != other and not is_token(one) and not is_token(other)


def environment_of(scope: Construct) -> StackEnvironment:
    """Return the environment of `scope`, which is kept on `scope` and on its stack."""
    environment: StackEnvironment | None = vars(scope).get(_KEY)
    if environment is None:
        stack = scope if isinstance(scope, Stack) else Stack.of(scope)
        environment = vars(stack).setdefault(_KEY, StackEnvironment(stack))
        keep_environment(environment, on=scope)
    return environment


def keep_environment(environment: StackEnvironment, *, on: Construct) -> None:
    """Reuse the scope's environment, which saves requests to the CDK kernel."""
    vars(on)[_KEY] = environment
