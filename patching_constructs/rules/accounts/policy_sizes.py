"""Policies that are larger than AWS accepts, which a deployment finds out only in the middle."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from patching_constructs.model.account_quotas import AccountQuotas
from patching_constructs.model.estate import ResourceAt
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.unknown import PartlyKnown, Unknown

_BUS_POLICY = "AWS::Events::EventBusPolicy"
_AN_ORGANIZATION = "an organization (aws:PrincipalOrgID) in place of a list of accounts"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Limit:
    """How large a policy may be.

    Attributes:
        what: What kind of policy it is.
        field: Property that holds it.
        size: Most characters that AWS accepts, or the name in `AccountQuotas` if AWS raises that on request.
        fix: What makes it smaller.
        source: Page of AWS that says so.
    """

    what: str
    field: str
    size: int | str
    fix: str
    source: str


_LIMITS: Mapping[str, _Limit] = {
    "AWS::IAM::ManagedPolicy": _Limit(
        what="a managed policy",
        field="PolicyDocument",
        size=6_144,
        fix="several policies, of which a role takes 10",
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    ),
    "AWS::IAM::Policy": _Limit(
        what="the inline policies of a role",
        field="PolicyDocument",
        size=10_240,
        fix="managed policies",
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    ),
    "AWS::IAM::Role": _Limit(
        what="the trust policy of a role",
        field="AssumeRolePolicyDocument",
        size="role_trust_policy_characters",
        fix="fewer principals",
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    ),
    "AWS::KMS::Key": _Limit(
        what="the policy of a key",
        field="KeyPolicy",
        size=32_768,
        fix=_AN_ORGANIZATION,
        source="https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html",
    ),
    "AWS::S3::BucketPolicy": _Limit(
        what="the policy of a bucket",
        field="PolicyDocument",
        size=20_480,
        fix=_AN_ORGANIZATION,
        source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html",
    ),
    "AWS::SNS::TopicPolicy": _Limit(
        what="the policy of a topic",
        field="PolicyDocument",
        size=30_720,
        fix=_AN_ORGANIZATION,
        source="https://docs.aws.amazon.com/general/latest/gr/sns.html",
    ),
    _BUS_POLICY: _Limit(
        what="the policy of an event bus",
        field="Statement",
        size="event_bus_policy_characters",
        fix=_AN_ORGANIZATION,
        source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html",
    ),
}


def check_policy_sizes(resources: Sequence[ResourceAt], quotas: AccountQuotas) -> Iterator[Finding]:
    """Find policies that are too large, whatever their unknown parts turn out to be."""
    statements_of_bus: defaultdict[object, list[ResourceAt]] = defaultdict(list)
    for resource in resources:
        if resource.type not in _LIMITS or isinstance(resource.properties, Unknown):
            continue
        if resource.type == _BUS_POLICY:
            bus = (resource.environment, resource.stack, resource.properties.get("EventBusName"))
            statements_of_bus[bus].append(resource)
        else:
            yield from _check([resource], _LIMITS[resource.type], quotas)
    for policies in statements_of_bus.values():
        yield from _check(policies, _LIMITS[_BUS_POLICY], quotas)


def _check(resources: Sequence[ResourceAt], limit: _Limit, quotas: AccountQuotas) -> Iterator[Finding]:
    """Compare the policy that resources make together; each statement of a bus is a resource."""
    size = sum(
        _least_size(resource.properties.get(limit.field))
        for resource in resources
        if not isinstance(resource.properties, Unknown)
    )
    most = limit.size if isinstance(limit.size, int) else getattr(quotas, limit.size)
    raised = "" if isinstance(limit.size, int) else f"; if AWS has raised the quota, set quotas.{limit.size}"
    if size > most:
        yield Finding(
            id=FindingId.POLICY_SIZE,
            level=Level.ERROR,
            field=limit.field,
            message=f"{limit.what} may have {most:,} characters, and CloudFormation fails with more",
            received=f"at least {size:,}",
            allowed=f"{limit.fix}{raised}",
            source=limit.source,
            location=resources[-1].location,
        )


def _least_size(value: object) -> int:
    """Return the length of a value as compact JSON, where nothing is counted of what is not known."""
    if isinstance(value, PartlyKnown):
        known = value.text.split("${")
        return len('""') + len(known[0]) + sum(len(part.partition("}")[2]) for part in known[1:])
    if isinstance(value, Unknown) or value is None:
        return 0
    if isinstance(value, Mapping):
        return len("{}") + sum(
            _least_size(key) + _least_size(item) + len(":,") for key, item in value.items()
        )
    if isinstance(value, tuple):
        return len("[]") + sum(_least_size(item) + len(",") for item in value)
    return len(json.dumps(value))
