"""A group of nodes that is patched together."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam
from constructs import Construct

from patching_constructs.constructs._shared.report import refuse_errors
from patching_constructs.constructs._shared.stack_environment import environment_of
from patching_constructs.constructs.baselines.patch_baseline import IPatchBaseline, PatchBaseline
from patching_constructs.constructs.baselines.references import AwsDefaultPatchBaseline, ImportedPatchBaseline
from patching_constructs.constructs.baselines.registrations import check_not_registered, rely
from patching_constructs.constructs.fleets.members import FleetMember, examine
from patching_constructs.constructs.fleets.patch_buckets import patch_bucket_names
from patching_constructs.constructs.windows.command_output import CommandOutput
from patching_constructs.errors import InvalidInputError
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.rules.limits import check_pattern
from patching_constructs.values.declared_types import checked_arguments
from patching_constructs.values.patch_group import PatchGroup
from patching_constructs.values.tokens import is_token

if TYPE_CHECKING:
    from aws_cdk import aws_autoscaling as autoscaling
    from aws_cdk import aws_ec2 as ec2

_REGISTER_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterPatchBaselineForPatchGroup.html"


class PatchGroupFleet(Construct):
    """Define a group of nodes that is patched together.

    Registers the patch group on its baselines, and defines a role and an instance profile with which a node
    can be patched in a network without internet access. `add` brings in what launches the nodes.

    The role has AmazonSSMManagedEC2InstanceDefaultPolicy (unlike AmazonSSMManagedInstanceCore it cannot read
    every parameter of the account) and one customer managed policy: read access to the buckets of AWS
    that patching needs in the Region of the stack, each by name, and write access to `command_output`. In a
    stack without a Region the names of all Regions are listed. The OS repositories themselves are a matter
    of the network: only those of Amazon Linux are reached through an S3 endpoint.

    For hybrid nodes give a `role` that trusts ssm.amazonaws.com, and set the tag on the hybrid activation or
    on the managed node yourself: CloudFormation has no resource for either.

    Args:
        scope: Parent construct.
        id: Id, unique in `scope`.
        patch_group: Name and tag key of the group.
        baselines: What the nodes are patched with: one baseline for each operating system in the fleet.
            `PatchBaseline.aws_default(os)` is the default of the account.
        command_output: Where the nodes write what patch commands print.
            Default: they may not write anywhere.
        registered_elsewhere: Whether the group is registered outside of this app on those baselines that
        this app has
            not defined. CloudFormation can register groups only on a baseline that it owns. Default: False.
        role: Role of the nodes; the policies are attached to it. An imported role must have
            AmazonSSMManagedEC2InstanceDefaultPolicy, because CDK cannot attach it there (and warns).
            Default: a new role.
        name: Name of the node policy, the new role and the instance profile, for those who attach or name
            them elsewhere: 1 to 64 letters, digits and `_+=,.@-`. IAM has one such name in an account, in
            all Regions and whatever its case, so make the Region a part of it. Another name later replaces
            all three. Default: names that CloudFormation generates.

    Attributes:
        patch_group: The group, for the rings of a maintenance window.
        node_policy: What nodes need in addition to AmazonSSMManagedEC2InstanceDefaultPolicy, for roles of
        others. role: Role of the nodes, for launch templates and instances.
        instance_profile: Instance profile with `role`, for what takes a profile instead.
        patch_bucket_names: The buckets of AWS that the role may read, for the policy of an S3 endpoint.

    Raises:
        InvalidInputError: If there is no baseline, two are for one operating system, one is imported and
            `registered_elsewhere` is False, one belongs to another account or Region, a baseline refuses
            the group, the group has another baseline for the operating system, or IAM refuses the name.

    Example:
        >>> import aws_cdk as cdk
        >>> from patching_constructs import OperatingSystem, PatchBaseline, PatchGroup, PatchGroupFleet
        >>> stack = cdk.Stack(cdk.App(), "Patching")
        >>> fleet = PatchGroupFleet(
        ...     stack,
        ...     "Web",
        ...     patch_group=PatchGroup(name="prod-web"),
        ...     baselines=[PatchBaseline.aws_default(OperatingSystem.AMAZON_LINUX_2023)],
        ... )
        >>> fleet.patch_group.name
        'prod-web'

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-patch-groups.html
    """

    @checked_arguments
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        patch_group: PatchGroup,
        baselines: Sequence[IPatchBaseline],
        command_output: CommandOutput | None = None,
        registered_elsewhere: bool = False,
        role: iam.IRole | None = None,
        name: str | None = None,
    ) -> None:
        refuse_errors(
            scope,
            id,
            [
                *_check_baselines(scope, baselines, registered_elsewhere=registered_elsewhere),
                *_check_registrations(scope, baselines, patch_group.name),
                *_check_name(name),
            ],
            subject="PatchGroupFleet",
        )
        for baseline in baselines:
            if baseline.accepts_patch_groups:
                baseline.register_patch_group(patch_group.name)
        super().__init__(scope, id)
        for baseline in baselines:
            if _is_defined_elsewhere(baseline):
                rely(self, scope, patch_group.name, baseline)
        self.patch_group = patch_group
        here = environment_of(scope)
        self.patch_bucket_names = patch_bucket_names(
            here.region, {baseline.operating_system for baseline in baselines}
        )
        # https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedEC2InstanceDefaultPolicy.html
        self._agent_policy = iam.ManagedPolicy.from_aws_managed_policy_name(
            "AmazonSSMManagedEC2InstanceDefaultPolicy"
        )
        self.node_policy = iam.ManagedPolicy(
            self,
            "NodePolicy",
            managed_policy_name=name,
            # Another description would replace the policy, which fails while its name is taken.
            description="What the nodes of a patch group need to be patched",
            statements=[
                iam.PolicyStatement(
                    sid="ReadPatchBuckets",
                    actions=["s3:GetObject"],
                    resources=[f"arn:{here.partition}:s3:::{name}/*" for name in self.patch_bucket_names],
                ),
                *([] if command_output is None else command_output.node_policy_statements()),
            ],
        )
        self.role: iam.IRole = (
            iam.Role(
                self,
                "Role",
                role_name=name,
                assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
                managed_policies=[self._agent_policy, self.node_policy],
            )
            if role is None
            else role
        )
        if role is not None:
            self._grant_patching(role)
        self.instance_profile = iam.InstanceProfile(
            self, "InstanceProfile", instance_profile_name=name, role=self.role
        )

    def add(self, *members: "ec2.Instance | autoscaling.AutoScalingGroup | ec2.LaunchTemplate") -> None:
        """Bring in what launches the nodes.

        Each member gets the tag of the group, which wins over tags of a whole stack or app, and its role gets
        what patching needs. Nodes that run already keep the tags of an Auto Scaling group or launch template
        that they were launched with. A launch template tags the volumes as well.

        Args:
            members: Instances, Auto Scaling groups and launch templates that this app defines. A launch
                template must have a role, which may be `role` of this fleet.

        Raises:
            InvalidInputError: If a member is something else (an imported one, say), has no role, is in
                another patch group, or has the other tag key. Nothing is added then.

        Example:
            >>> import aws_cdk as cdk
            >>> from aws_cdk import aws_ec2 as ec2
            >>> from patching_constructs import OperatingSystem, PatchBaseline, PatchGroup, PatchGroupFleet
            >>> stack = cdk.Stack(cdk.App(), "Patching")
            >>> fleet = PatchGroupFleet(
            ...     stack,
            ...     "Web",
            ...     patch_group=PatchGroup(name="prod-web"),
            ...     baselines=[PatchBaseline.aws_default(OperatingSystem.AMAZON_LINUX_2023)],
            ... )
            >>> fleet.add(ec2.LaunchTemplate(stack, "Template", role=fleet.role))

        See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-tag-a-patch-group.html
        """
        joining: list[FleetMember] = []
        findings: list[Finding] = []
        for index, construct in enumerate(members):
            answer = examine(construct, patch_group=self.patch_group, field=f"members[{index}]")
            if isinstance(answer, FleetMember):
                joining.append(answer)
            else:
                findings += answer
        if findings:
            raise InvalidInputError(findings, subject="PatchGroupFleet", construct_path=self.node.path)
        # Only when all members are accepted, so that an error leaves none of them tagged.
        for member in joining:
            member.join(self.patch_group)
            self._grant_patching(member.role)

    def _grant_patching(self, role: iam.IRole) -> None:
        role.add_managed_policy(self._agent_policy)
        role.add_managed_policy(self.node_policy)


def _check_baselines(
    scope: Construct, baselines: Sequence[IPatchBaseline], *, registered_elsewhere: bool
) -> Iterator[Finding]:
    if not baselines:
        yield Finding(
            id=FindingId.FLEET_WITHOUT_BASELINE,
            level=Level.ERROR,
            field="baselines",
            message="nothing says what the nodes are patched with",
            received="an empty list",
            allowed="one baseline for each operating system, PatchBaseline.aws_default(...) among others",
        )
    first: dict[OperatingSystem, int] = {}
    for index, baseline in enumerate(baselines):
        earlier = first.setdefault(baseline.operating_system, index)
        if earlier != index:
            yield Finding(
                id=FindingId.FLEET_OPERATING_SYSTEM_TWICE,
                level=Level.ERROR,
                field=f"baselines[{index}]",
                message=f"a patch group has one baseline for an operating system, as baselines[{earlier}]",
                received=baseline.operating_system.value,
                source=_REGISTER_PAGE,
            )
        # PatchGroups is a property of the baseline's own resource; there is no resource for a registration.
        if not baseline.accepts_patch_groups and not registered_elsewhere:
            yield Finding(
                id=FindingId.FLEET_IMPORTED_BASELINE,
                level=Level.ERROR,
                field=f"baselines[{index}]",
                message="CloudFormation can register a patch group only on a baseline that it owns",
                received=f"the imported baseline {baseline.patch_baseline_id}",
                allowed="a PatchBaseline of this app, or registered_elsewhere=True if it is registered "
                "outside of this app",
                source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-patchbaseline.html",
            )
        if isinstance(baseline, Construct) and environment_of(baseline).differs_from(environment_of(scope)):
            yield Finding(
                id=FindingId.FLEET_BASELINE_ELSEWHERE,
                level=Level.ERROR,
                field=f"baselines[{index}]",
                message="nodes find only the baselines of their own account and Region",
                received=f"{baseline.node.path} in another one",
                allowed="a baseline in the account and Region of the fleet",
                source=_REGISTER_PAGE,
            )


def _check_name(name: str | None) -> list[Finding]:
    if name is None or is_token(name):
        return []
    return check_pattern(
        name,
        # The name is that of a policy, a role and a profile; roles have the shortest limit.
        r"[a-zA-Z0-9_+=,.@-]{1,64}",
        allowed="1 to 64 letters, digits and _+=,.@-",
        id=FindingId.FLEET_NAME,
        field="name",
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    )


def _is_defined_elsewhere(baseline: IPatchBaseline) -> bool:
    return isinstance(baseline, AwsDefaultPatchBaseline | ImportedPatchBaseline)


def _check_registrations(
    scope: Construct, baselines: Sequence[IPatchBaseline], patch_group: str
) -> Iterator[Finding]:
    """Find baselines that cannot take the group, before it is registered on the first of them."""
    for index, baseline in enumerate(baselines):
        field = f"baselines[{index}]"
        if isinstance(baseline, PatchBaseline):
            for finding in baseline.check_patch_group(patch_group):
                received = f"{patch_group!r} for {baseline.node.path}"
                yield dataclasses.replace(finding, field=field, received=received)
        elif _is_defined_elsewhere(baseline):
            yield from check_not_registered(
                scope,
                patch_group,
                baseline.operating_system,
                field=field,
                on=baseline.patch_baseline_id,
            )
