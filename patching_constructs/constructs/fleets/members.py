"""What can be a member of a fleet: something that launches nodes with tags and a role."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct, IValidation

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.patch_group import PatchGroupTagKey
from patching_constructs.values.patch_group import PatchGroup

if TYPE_CHECKING:
    from aws_cdk import aws_autoscaling as autoscaling

# Above `Tags.of(scope).add` (100) and `.remove` (200): a fleet is more specific than the tags of a scope.
_TAG_PRIORITY = 250


@dataclass(frozen=True, kw_only=True, slots=True)
class FleetMember:
    """Something that launches nodes, the tags they launch with, and the role they run as."""

    construct: Construct
    tags: cdk.TagManager
    role: iam.IRole

    def join(self, patch_group: PatchGroup) -> None:
        """Set the tag; an Auto Scaling group passes it on to what it launches."""
        self.tags.set_tag(patch_group.tag_key, patch_group.name, _TAG_PRIORITY)
        # A tag that is set later, on the stack for example, would replace this one without an error.
        self.construct.node.add_validation(_OneTag(self.tags, patch_group))


def examine(construct: object, *, patch_group: PatchGroup, field: str) -> FleetMember | list[Finding]:
    """See `construct` as a member, or say why it cannot join `patch_group`."""
    # Not at the top of the module: these two take over a second to load, which only callers with members owe.
    from aws_cdk import aws_autoscaling as autoscaling
    from aws_cdk import aws_ec2 as ec2

    tagged: IConstruct
    role: iam.IRole | None
    if isinstance(construct, ec2.Instance):
        tagged, role = construct.instance, construct.role
    elif isinstance(construct, ec2.LaunchTemplate):
        tagged, role = construct, construct.role
    elif isinstance(construct, autoscaling.AutoScalingGroup):
        # The construct itself has no tags of its own; those of its group are propagated at launch.
        tagged, role = construct.node.find_child("ASG"), _role_of(construct)
    else:
        return [
            Finding(
                id=FindingId.FLEET_MEMBER_TYPE,
                level=Level.ERROR,
                field=field,
                message="a fleet tags nodes through what launches them, which this is not",
                received=_name(construct),
                allowed="an Instance, a LaunchTemplate or an AutoScalingGroup that this app defines",
            )
        ]
    tags = cdk.TagManager.of(tagged)
    assert tags is not None, f"{tagged} has tags"  # noqa: S101 - CDK's own resources, not a caller's mistake
    findings = _check_tags(tags.tag_values(), patch_group=patch_group, field=field)
    if role is None:
        findings.append(
            Finding(
                id=FindingId.FLEET_MEMBER_ROLE,
                level=Level.ERROR,
                field=field,
                message="the launch template has no role, so its nodes could not be patched",
                received=_name(construct),
                allowed="a launch template with role=fleet.role, or with a role of its own",
                source="https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html",
            )
        )
    if findings or role is None:
        return findings
    return FleetMember(construct=construct, tags=tags, role=role)


def _check_tags(tags: Mapping[str, str], *, patch_group: PatchGroup, field: str) -> list[Finding]:
    return [
        Finding(
            id=FindingId.FLEET_MEMBER_TAG,
            level=Level.ERROR,
            field=field,
            message="a node is in one patch group, under one tag key",
            received=f"the tag {key.value!r} with value {tags[key]!r}",
            allowed=f"the tag {patch_group.tag_key.value!r} with value {patch_group.name!r} alone",
            source="https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-tag-a-patch-group.html",
        )
        for key in PatchGroupTagKey
        if key in tags and (key, tags[key]) != (patch_group.tag_key, patch_group.name)
    ]


def _name(value: object) -> str:
    # An imported construct is an anonymous proxy in Python, so its type says nothing.
    return value.node.path if hasattr(value, "node") else repr(value)


def _role_of(group: "autoscaling.AutoScalingGroup") -> iam.IRole | None:
    try:
        return group.role
    except RuntimeError:  # the answer of CDK for a group whose launch template has no role
        return None


@jsii.implements(IValidation)
class _OneTag:
    """Look again when all tags are known: a tag of the whole stack arrives only at synthesis."""

    def __init__(self, tags: cdk.TagManager, patch_group: PatchGroup) -> None:
        self._tags = tags
        self._patch_group = patch_group

    def validate(self) -> list[str]:
        return [
            str(finding)
            for finding in _check_tags(self._tags.tag_values(), patch_group=self._patch_group, field="tags")
        ]
