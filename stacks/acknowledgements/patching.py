"""What is accepted of roles that patch nodes, and of the nodes that are patched."""

from collections.abc import Iterable

import aws_cdk as cdk

from patching_constructs import CommandOutput, PatchGroupFleet, RingedMaintenanceWindow
from stacks.acknowledgements.acceptance import accept, partition_of


def acknowledge_fleets(
    stack: cdk.Stack, fleets: Iterable[PatchGroupFleet], *, command_output: CommandOutput
) -> None:
    """Accept the wildcards below named buckets, and the agent's policy that AWS maintains."""
    partition = partition_of(stack)
    bucket_id = stack.get_logical_id(command_output.bucket.node.default_child)  # type: ignore[arg-type]
    agent_policy = "arn:<AWS::Partition>:iam::aws:policy/AmazonSSMManagedEC2InstanceDefaultPolicy"
    of_every_fleet = {
        f"AwsSolutions-IAM4[Policy::{agent_policy}]": (
            "AWS extends this policy when the SSM agent needs a new action; a copy would lag behind and "
            "leave nodes unmanaged. It has no access to parameters, secrets or S3."
        ),
        f"AwsSolutions-IAM5[Resource::<{bucket_id}.Arn>/*]": (
            "Nodes only write, and only into the bucket of command output; Run Command chooses the keys "
            "from command and node ids that exist only at run time."
        ),
        "AwsSolutions-IAM5[Resource::*]": (
            "logs:DescribeLogGroups takes no resource. It returns names and settings of log groups only."
        ),
    }
    for fleet in fleets:
        patch_buckets = {
            f"AwsSolutions-IAM5[Resource::arn:{partition}:s3:::{name}/*]": (
                "Read access to one bucket of AWS, by its full name, from which nodes of this Region "
                "fetch patching code and snapshots. AWS does not publish the keys of its objects."
            )
            for name in fleet.patch_bucket_names
        }
        accept(fleet, of_every_fleet | patch_buckets)


def acknowledge_windows(windows: RingedMaintenanceWindow) -> None:
    """Accept the wildcard over node ids, which tags narrow, and read actions that take no resource."""
    scope = "<AWS::Region>:<AWS::AccountId>"
    by_tag = (
        "Node ids are unknown when windows are made. The statement allows sending commands only to nodes "
        "whose patch group tag is one of this rollout's, and another one allows only the patching documents."
    )
    accept(
        windows,
        {
            f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:{scope}:instance/*]": by_tag,
            f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:{scope}:managed-instance/*]": by_tag,
            "AwsSolutions-IAM5[Resource::*]": (
                "Following a command, cancelling it at the cutoff and looking nodes up by tag: Systems "
                "Manager and the tagging service take no resource for these actions. None changes a node."
            ),
        },
    )
