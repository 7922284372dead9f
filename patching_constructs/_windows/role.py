"""The role that maintenance windows assume."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from patching_constructs.model.patching_documents import RUN_PATCH_BASELINE, UPDATE_SSM_AGENT
from patching_constructs.values.ring import Ring


def window_role(scope: Construct, rings: Sequence[Ring]) -> iam.Role:
    """Define a role that may run the documents of `rings`, and only on nodes that carry their groups' tags.

    The trust policy has no `aws:SourceAccount` condition: AWS does not document that maintenance windows send
    that key, and if they do not, no task would ever start. Who may give the role to a window is decided by
    `iam:PassRole`.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-maintenance-perm-console.html
    """
    role = iam.Role(
        scope,
        "ServiceRole",
        assumed_by=iam.ServicePrincipal("ssm.amazonaws.com"),
        description="Assumed by maintenance windows to run patching documents on their rings",
    )
    # A managed policy, because inline policies cannot be reviewed in one place.
    iam.ManagedPolicy(
        scope,
        "ServiceRolePolicy",
        description="Lets maintenance windows run patching documents on nodes of their rings",
        roles=[role],
        statements=_statements(rings),
    )
    return role


def _statements(rings: Sequence[Ring]) -> list[iam.PolicyStatement]:
    partition, region, account = cdk.Aws.PARTITION, cdk.Aws.REGION, cdk.Aws.ACCOUNT_ID
    documents = [RUN_PATCH_BASELINE]
    if any(ring.install is not None and ring.update_agent for ring in rings):
        documents.append(UPDATE_SSM_AGENT)
    groups_by_tag_key: dict[str, list[str]] = {}
    for ring in rings:
        for group in ring.patch_groups:
            groups_by_tag_key.setdefault(group.tag_key, []).append(group.name)
    return [
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
        iam.PolicyStatement(
            actions=["ssm:SendCommand"],
            resources=[f"arn:{partition}:ssm:{region}::document/{document}" for document in documents],
        ),
        # One statement for each key, because the conditions of one statement must all hold.
        # https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command-setting-up.html
        *(
            iam.PolicyStatement(
                actions=["ssm:SendCommand"],
                resources=[
                    f"arn:{partition}:ec2:{region}:{account}:instance/*",
                    f"arn:{partition}:ssm:{region}:{account}:managed-instance/*",
                ],
                conditions={"StringEquals": {f"ssm:resourceTag/{tag_key}": groups}},
            )
            for tag_key, groups in groups_by_tag_key.items()
        ),
        # Follow commands and stop them at the cutoff; none of these actions can be narrowed to a resource.
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
        iam.PolicyStatement(
            actions=[
                "ssm:CancelCommand",
                "ssm:GetCommandInvocation",
                "ssm:ListCommandInvocations",
                "ssm:ListCommands",
                "tag:GetResources",
            ],
            resources=["*"],
        ),
    ]
