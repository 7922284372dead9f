"""What whoever owns instances has to know so that they join a patch group."""

import aws_cdk as cdk

from patching_constructs import PatchGroupFleet


def define_joining_outputs(fleet: PatchGroupFleet) -> None:
    """Define outputs with the node policy, the instance profile and the tag of a fleet.

    They are not exported: CloudFormation deletes and changes no export while another stack imports it.
    """
    group = fleet.patch_group
    outputs = {
        "NodePolicyArn": (
            fleet.node_policy.managed_policy_arn,
            "attach this policy to the role of an instance that has an instance profile",
        ),
        "InstanceProfileName": (
            fleet.instance_profile.instance_profile_name,
            "give this instance profile to an instance or a launch template that has none",
        ),
        "Tag": (f"{group.tag_key}={group.name}", "tag instances with this key and value"),
    }
    for name, (value, purpose) in outputs.items():
        cdk.CfnOutput(fleet, name, value=value, description=f"To join patch group {group.name}: {purpose}")
