"""Asks the policy evaluator, which someone else maintains, in one process for a whole batch.

It is AGPL-licensed: only this process boundary connects it with the tests (docs/decisions).
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_SCRIPT = Path(__file__).with_name("simulate.mjs")

Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One authorization: a principal, an action and one of the resources that it needs.

    Attributes:
        principal: ARN of a role, or name of a service.
        action: IAM's name of the action.
        resource: ARN of the resource, or `*` for actions without one.
        context: Condition keys that the request carries besides those that every request does.
    """

    principal: str
    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        keys = ", ".join(f"{key}={value}" for key, value in self.context.items())
        return f"{self.principal}: {self.action} on {self.resource}" + (f" with {keys}" if keys else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Authorization:
    """A request with the policies that decide about it.

    Attributes:
        request: The request.
        account: Account of the resource.
        context: All condition keys of the request.
        identity_policies: Ids of the policies of the principal.
        resource_policy: Id of the policy of the resource, or None if it has none.
    """

    request: Request
    account: str
    context: Mapping[str, str]
    identity_policies: Sequence[str]
    resource_policy: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What the evaluator says.

    Attributes:
        is_allowed: Whether the request is allowed.
        ignored: Condition keys of the request that IAM does not know for the action and resource.
        allowed_by: Statements that allow it: id of the policy, and position in it.
        denied_by: Statements that deny it.
    """

    is_allowed: bool
    ignored: tuple[str, ...]
    allowed_by: frozenset[tuple[str, int]]
    denied_by: frozenset[tuple[str, int]]


def decide(policies: Mapping[str, Document], authorizations: Sequence[Authorization]) -> list[Decision]:
    """Decide about requests, in their order."""
    batch = {
        "policies": policies,
        "requests": [
            {
                "principal": _session(each.request.principal),
                "action": each.request.action,
                "resource": each.request.resource,
                "account": each.account,
                "context": each.context,
                "identityPolicies": each.identity_policies,
                "resourcePolicy": each.resource_policy,
            }
            for each in authorizations
        ],
    }
    done = subprocess.run(
        ["node", _SCRIPT], input=json.dumps(batch), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return [
        Decision(
            is_allowed=answer["result"] == "Allowed",
            ignored=tuple(answer["ignored"]),
            allowed_by=frozenset((policy, position) for policy, position in answer["allowedBy"]),
            denied_by=frozenset((policy, position) for policy, position in answer["deniedBy"]),
        )
        for answer in json.loads(done.stdout)
    ]


def _session(principal: str) -> str:
    """Return the ARN of a session of a role, as which a role makes requests; services are their names."""
    if not principal.startswith("arn:"):
        return principal
    return f"{principal.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/session"
