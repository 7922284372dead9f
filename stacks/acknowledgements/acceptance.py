"""How a finding is accepted, and reasons that more than one construct has."""

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import IConstruct

IS_THE_DEAD_LETTER_QUEUE = {
    "AwsSolutions-SQS3": (
        "This queue is itself a dead-letter queue; a queue behind it would have no reader either."
    )
}

NOT_IN_A_VPC = {
    "NIST.800.53.R5-LambdaInsideVPC": (
        "The function talks to public endpoints of AWS only, with a role of its own, and nothing can call it "
        "but EventBridge and itself. A VPC would add endpoints to keep and to pay for in every account and "
        "Region."
    )
}

NO_RESERVED_CONCURRENCY = {
    "NIST.800.53.R5-LambdaConcurrency": (
        "A reservation is taken from the account's quota of concurrent executions, which is 10 in a new "
        "account, and AWS refuses it there. What must not happen twice is decided by conditional writes, and "
        "one account's events must not wait for another's."
    )
}


def accept(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Accept findings on a construct and below it, each for its reason."""
    cdk.Validations.of(construct).acknowledge(
        *(cdk.Acknowledgment(id=finding, reason=reason) for finding, reason in reasons.items())
    )


def partition_of(stack: cdk.Stack) -> str:
    """Return the partition as cdk-nag spells it: in angle brackets if it is known only at deployment.

    The flags of cdk.json make it a literal.
    """
    partition = stack.partition
    return "<AWS::Partition>" if cdk.Token.is_unresolved(partition) else partition
