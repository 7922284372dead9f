"""What policies grant, one action at a time, and which of it is used."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.conformance.iam.deployed import Statement
from tests.conformance.iam.estates import OWN_SECURITY_STACK, SHOP_STACK
from tests.conformance.iam.iam_data import matching_actions
from tests.conformance.iam.judged import Judged

_EXERCISED = (OWN_SECURITY_STACK, SHOP_STACK)
"""Stacks whose every function runs."""


@dataclass(frozen=True, order=True, slots=True)
class Grant:
    """An action of a statement that allows something.

    Attributes:
        statement: Id of the statement, or nothing where it has none.
        action: The action as it is written, perhaps with a wildcard.
    """

    statement: str
    action: str


REASONS: Mapping[Grant, str] = {
    Grant("", "kms:*"): "AWS's default statement, without which no one could change the policy of a key: "
    "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
    Grant("CloudWatchAlarmsPublish", "sns:Publish"): "any topic of a hub may be the topic of other alarms",
    Grant("EncryptHistory", "kms:Decrypt"): "docs/not-proven.md#bucket-key-decrypt",
    Grant("ReportersEncrypt", "kms:Decrypt"): "docs/not-proven.md#bucket-key-decrypt",
}
"""Why something is granted that no request uses."""


def unused_grants(judged: Judged) -> dict[Grant, set[str]]:
    """Return the grants that no judged request uses, each with the resources that hold it."""
    used = {
        (policy, position, judgement.request.action)
        for judgements in (judged.recorded, *judged.allowed.values())
        for judgement in judgements
        for policy, position in judgement.decision.allowed_by
    }
    unused: dict[Grant, set[str]] = {}
    for policy, position, statement in _allowing(judged.deployed.statements):
        for action in statement.actions:
            if not any((policy, position, each) in used for each in matching_actions(action)):
                where = f"{statement.stack}/{statement.logical_id}"
                unused.setdefault(Grant(statement.sid, action), set()).add(where)
    return unused


def _allowing(policies: Mapping[str, list[Statement]]) -> Iterator[tuple[str, int, Statement]]:
    for policy, statements in policies.items():
        for position, statement in enumerate(statements):
            if statement.is_allow and statement.stack in _EXERCISED:
                yield policy, position, statement
