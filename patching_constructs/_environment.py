"""Where a construct is deployed, asked of the CDK once and only when somebody needs to know."""

import functools

from aws_cdk import App, Stack, Stage
from constructs import Construct

from patching_constructs._tokens import is_token

_KEY = "_patching_constructs_environment"


class Environment:
    """The stack of a construct, with its account, Region and partition as far as they are known."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    @property
    def account(self) -> str | None:
        """Account id, or None if it is known only at deployment."""
        return self._account_and_region[0]

    @property
    def region(self) -> str | None:
        """Region, or None if it is known only at deployment."""
        return self._account_and_region[1]

    @functools.cached_property
    def partition(self) -> str | None:
        """Partition, or None if it is known only at deployment."""
        partition = self.stack.partition
        return None if is_token(partition) else partition

    @functools.cached_property
    def app(self) -> Construct:
        """The outermost stage, which is the app, or the stack where there is none."""
        outermost: Construct = self.stack
        stage = Stage.of(self.stack)
        while stage is not None:
            outermost = stage
            stage = None if isinstance(stage, App) else stage.parent_stage
        return outermost

    def is_same_as(self, other: "Environment") -> bool:
        """Tell whether both are one account and Region of an app.

        Of unknown ones that is sure only within a stack.
        """
        if self.stack is other.stack:
            return True
        place = (self.account, self.region)
        return None not in place and place == (other.account, other.region) and self.app is other.app

    @functools.cached_property
    def _account_and_region(self) -> tuple[str | None, str | None]:
        account, region = self.stack.environment.removeprefix("aws://").split("/")
        return (
            None if account == "unknown-account" else account,
            None if region == "unknown-region" else region,
        )


def environment_of(scope: Construct) -> Environment:
    """Return the environment of `scope`, which is kept on `scope` and on its stack."""
    environment: Environment | None = vars(scope).get(_KEY)
    if environment is None:
        stack = scope if isinstance(scope, Stack) else Stack.of(scope)
        environment = vars(stack).setdefault(_KEY, Environment(stack))
        vars(scope)[_KEY] = environment
    return environment
