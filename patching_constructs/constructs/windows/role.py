"""The role that maintenance windows assume."""

from collections.abc import Iterable, Iterator, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.values.patch_group import PatchGroup
from patching_constructs.values.ring import Ring

# Characters; leaves room for the rest of a managed policy, which has at most 6,144.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_GROUP_NAMES_LENGTH = 4500

MAX_ROLE_POLICIES = 10
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


def window_role(
    scope: Construct, rings: Sequence[Ring], *, documents: Iterable[str], output_bucket_arn: str
) -> iam.Role:
    """Define a role that may run `documents`, and only on nodes that carry the tags of the groups of `rings`.

    Systems Manager authorizes a command on the bucket of its output too, and sends nothing otherwise.

    The trust policy has no `aws:SourceAccount` condition: AWS does not document that maintenance windows send
    that key, and if they do not, no task would ever start (docs/not-proven.md#window-role-trust). Who may
    give the role to a window is decided by `iam:PassRole`.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-maintenance-perm-console.html
    """
    role = iam.Role(
        scope,
        "ServiceRole",
        assumed_by=iam.ServicePrincipal("ssm.amazonaws.com"),
        description="Assumed by maintenance windows to run patching documents on their rings",
    )
    partition, region, account = cdk.Aws.PARTITION, cdk.Aws.REGION, cdk.Aws.ACCOUNT_ID
    nodes = [
        f"arn:{partition}:ec2:{region}:{account}:instance/*",
        f"arn:{partition}:ssm:{region}:{account}:managed-instance/*",
    ]
    document_arns = [f"arn:{partition}:ssm:{region}::document/{name}" for name in documents]
    # Managed policies, because inline policies cannot be reviewed in one place.
    first, *others = _portions(rings)
    iam.ManagedPolicy(
        scope,
        "ServiceRolePolicy",
        description="Lets maintenance windows run patching documents on nodes of their rings",
        roles=[role],
        statements=[_send([*document_arns, output_bucket_arn]), *_send_to_groups(nodes, first), _follow()],
    )
    for number, groups in enumerate(others, start=2):
        iam.ManagedPolicy(
            scope,
            f"ServiceRolePolicy{number}",
            description="Lets maintenance windows run patching documents on more nodes of their rings",
            roles=[role],
            statements=list(_send_to_groups(nodes, groups)),
        )
    return role


def check_groups_fit(rings: Sequence[Ring]) -> Iterator[Finding]:
    """Find more patch groups than the policies of one role can name."""
    policies = len(list(_portions(rings)))
    if policies > MAX_ROLE_POLICIES:
        yield Finding(
            id=FindingId.WINDOW_ROLE_POLICIES,
            level=Level.ERROR,
            field="rings",
            message="more patch groups than the policies of one role can name",
            received=f"names for {policies} policies",
            allowed=f"up to {MAX_ROLE_POLICIES} policies; give service_role, or a second construct the rest",
            source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
        )


def _portions(rings: Sequence[Ring]) -> Iterator[list[PatchGroup]]:
    """Yield the groups of all rings, as many at a time as one policy can name."""
    portion: list[PatchGroup] = []
    length = 0
    for ring in rings:
        for group in ring.patch_groups:
            length += len(group.name) + len('"",')
            if length > _GROUP_NAMES_LENGTH:
                yield portion
                portion, length = [], len(group.name) + len('"",')
            portion.append(group)
    yield portion


def _send(documents_and_bucket: Sequence[str]) -> iam.PolicyStatement:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
    return iam.PolicyStatement(
        sid="SendPatchingDocuments", actions=["ssm:SendCommand"], resources=documents_and_bucket
    )


def _send_to_groups(nodes: Sequence[str], groups: Sequence[PatchGroup]) -> Iterator[iam.PolicyStatement]:
    """Yield one statement for each tag key, because the conditions of one statement must all hold."""
    names_by_tag_key: dict[str, list[str]] = {}
    for group in groups:
        names_by_tag_key.setdefault(group.tag_key, []).append(group.name)
    for number, (tag_key, names) in enumerate(names_by_tag_key.items(), start=1):
        # https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command-setting-up.html
        yield iam.PolicyStatement(
            sid=f"SendToNodesOfPatchGroups{number if number > 1 else ''}",
            actions=["ssm:SendCommand"],
            resources=nodes,
            conditions={"StringEquals": {f"ssm:resourceTag/{tag_key}": names}},
        )


def _follow() -> iam.PolicyStatement:
    """Follow commands and stop them at the cutoff; none of these actions can be narrowed to a resource."""
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
    return iam.PolicyStatement(
        sid="FollowCommands",
        actions=[
            "ssm:CancelCommand",
            "ssm:GetCommandInvocation",
            "ssm:ListCommandInvocations",
            "ssm:ListCommands",
            "tag:GetResources",
        ],
        resources=["*"],
    )
