"""The customer key that the constructs of a stack share."""

import enum
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from patching_constructs.constructs._shared.stack_environment import environment_of
from patching_constructs.values.declared_types import checked_arguments

_SHARED = "PatchingConstructsKey"


class EncryptionKey(enum.Enum):
    """A key that is not a customer key.

    See: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk
    """

    AWS_OWNED = "aws-owned"
    """The keys of the services themselves, which cost nothing, and whose policies and use the account does
    not control. Environments of functions get the AWS managed key `aws/lambda`."""


class PatchingKey(kms.Key):
    """Define a customer key with yearly rotation for several constructs of this library.

    AWS charges for each customer key, and again for its first two rotations. Constructs without an
    `encryption_key` share one key for each stack, which `of()` returns. Define a key yourself, and pass it to
    each of them, if several stacks of an account and Region have to share one, or if it is to be deleted with
    its stack.

    The policy of the key lets a service in only where a construct needs it: CloudWatch Logs for log groups,
    DynamoDB for tables, CloudWatch's alarms and EventBridge for topics, and the accounts whose reporters
    write into a `ComplianceHistory` for its bucket.

    Args:
        scope: Parent construct.
        id: Id, unique in `scope`.
        removal_policy: What happens to the key when it leaves the stack. What is encrypted with a deleted key
            is lost. Default: it is retained on update and delete, and deleted if the deployment that creates
            it fails.

    Example:
        >>> import aws_cdk as cdk
        >>> from patching_constructs import CommandOutput, PatchingKey
        >>> stack = cdk.Stack(cdk.App(), "Patching")
        >>> key = PatchingKey(stack, "Key", removal_policy=cdk.RemovalPolicy.DESTROY)
        >>> output = CommandOutput(stack, "CommandOutput", encryption_key=key)
        >>> output.encryption_key is key
        True

    See: https://aws.amazon.com/kms/pricing/
    """

    @checked_arguments
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        super().__init__(
            scope,
            id,
            description="Encrypts what patching stores and publishes",
            enable_key_rotation=True,
            removal_policy=removal_policy,
        )

    @staticmethod
    def of(scope: Construct) -> kms.IKey:
        """Return the key that the constructs of a stack share, and define it if there is none.

        Args:
            scope: The stack, or a construct in it.

        Example:
            >>> import aws_cdk as cdk
            >>> from patching_constructs import PatchingKey
            >>> stack = cdk.Stack(cdk.App(), "Patching")
            >>> PatchingKey.of(stack).key_arn == PatchingKey.of(stack).key_arn
            True
        """
        here = environment_of(scope)
        if here.shared_key is None:
            # It exists already if the stack was left by all of Python and found again in the tree.
            found = here.stack.node.try_find_child(_SHARED)
            here.shared_key = PatchingKey(here.stack, _SHARED) if found is None else cast("kms.IKey", found)
        return here.shared_key


def customer_key(scope: Construct, chosen: kms.IKey | EncryptionKey | None) -> kms.IKey | None:
    """Return the customer key for a construct, or None if the services are to use their own keys."""
    if chosen is EncryptionKey.AWS_OWNED:
        return None
    return PatchingKey.of(scope) if chosen is None else chosen
