import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Annotations, Match, Template

from patching_constructs import (
    ApprovalRule,
    CommandOutput,
    FindingId,
    InvalidInputError,
    OperatingSystem,
    PatchBaseline,
    PatchFilter,
    PatchGroup,
    PatchGroupFleet,
    PatchGroupTagKey,
)
from tests.nag import nag_findings

ROOT = Path(__file__).parents[2]
GROUP = PatchGroup(name="prod-web")
OTHER_GROUP = PatchGroup(name="prod-db")
GROUP_WITH_SPACE = PatchGroup(name="prod-web", tag_key=PatchGroupTagKey.PATCH_GROUP_WITH_SPACE)
AL2023_DEFAULT = PatchBaseline.aws_default(OperatingSystem.AMAZON_LINUX_2023)
WINDOWS_DEFAULT = PatchBaseline.aws_default(OperatingSystem.WINDOWS)


def _stack(region: str | None = "eu-west-1") -> cdk.Stack:
    env = None if region is None else cdk.Environment(account="111111111111", region=region)
    return cdk.Stack(cdk.App(analytics_reporting=False), "Patching", env=env)


def _fleet(
    stack: cdk.Stack, id: str = "Fleet", *, patch_group: PatchGroup = GROUP, role: iam.IRole | None = None
) -> PatchGroupFleet:
    return PatchGroupFleet(stack, id, patch_group=patch_group, baselines=[AL2023_DEFAULT], role=role)


def _baseline(
    stack: cdk.Stack, id: str, operating_system: OperatingSystem = OperatingSystem.AMAZON_LINUX_2023
) -> PatchBaseline:
    return PatchBaseline(
        stack,
        id,
        patch_baseline_name=id,
        operating_system=operating_system,
        approval_rules=[ApprovalRule(patch_filters=[PatchFilter.product("*")], approve_after_days=7)],
    )


class Network:
    """What a member needs to be defined at all."""

    def __init__(self, stack: cdk.Stack) -> None:
        self.stack = stack
        self.vpc = ec2.Vpc.from_vpc_attributes(
            stack,
            "Vpc",
            vpc_id="vpc-11111111",
            availability_zones=["eu-west-1a"],
            private_subnet_ids=["subnet-11111111"],
        )
        self.instance_type = ec2.InstanceType("t3.micro")
        self.machine_image = ec2.MachineImage.generic_linux({"eu-west-1": "ami-11111111"})

    def instance(self, id: str = "Instance", *, role: iam.IRole | None = None) -> ec2.Instance:
        return ec2.Instance(
            self.stack,
            id,
            vpc=self.vpc,
            instance_type=self.instance_type,
            machine_image=self.machine_image,
            role=role,
        )

    def launch_template(
        self, id: str = "LaunchTemplate", *, role: iam.IRole | None = None
    ) -> ec2.LaunchTemplate:
        return ec2.LaunchTemplate(
            self.stack, id, instance_type=self.instance_type, machine_image=self.machine_image, role=role
        )

    def group(
        self, id: str = "Group", *, launch_template: ec2.ILaunchTemplate | None = None
    ) -> autoscaling.AutoScalingGroup:
        if launch_template is not None:
            return autoscaling.AutoScalingGroup(self.stack, id, vpc=self.vpc, launch_template=launch_template)
        return autoscaling.AutoScalingGroup(
            self.stack, id, vpc=self.vpc, instance_type=self.instance_type, machine_image=self.machine_image
        )


def _of_type(template: Template, resource_type: str) -> dict[str, Any]:
    """Properties of the only resource of a type."""
    (resource,) = template.find_resources(resource_type).values()
    properties: dict[str, Any] = resource["Properties"]
    return properties


def _bucket_names(stack: cdk.Stack) -> list[str]:
    statement = _of_type(Template.from_stack(stack), "AWS::IAM::ManagedPolicy")["PolicyDocument"][
        "Statement"
    ][0]
    assert (statement["Sid"], statement["Action"]) == ("ReadPatchBuckets", "s3:GetObject")
    return [
        "".join(
            "${Region}" if part == {"Ref": "AWS::Region"} else part for part in resource["Fn::Join"][1][2:]
        )
        for resource in statement["Resource"]
    ]


def test_minimal(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    _fleet(stack)
    template = dict(Template.from_stack(stack).to_json())
    template_snapshot(template)
    assert list(template["Resources"]) == [
        "FleetNodePolicyAF429D42",
        "FleetRole427BC000",
        "FleetInstanceProfileDA1E99EC",
    ]


def test_full(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    network = Network(stack)
    fleet = PatchGroupFleet(
        stack,
        "Fleet",
        patch_group=GROUP_WITH_SPACE,
        baselines=[
            _baseline(stack, "AmazonLinux"),
            WINDOWS_DEFAULT,
            PatchBaseline.from_patch_baseline_id(
                stack,
                "Macs",
                patch_baseline_id="pb-0123456789abcdef0",
                operating_system=OperatingSystem.MACOS,
            ),
        ],
        command_output=CommandOutput(stack, "Output"),
        registered_elsewhere=True,
        role=iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com")),
    )
    launch_template = network.launch_template(role=fleet.role)
    fleet.add(network.instance(), launch_template, network.group(launch_template=launch_template))
    template = dict(Template.from_stack(stack).to_json())
    template_snapshot(template)
    types = [resource["Type"] for resource in template["Resources"].values()]
    assert types.count("AWS::IAM::ManagedPolicy") == 1
    assert types.count("AWS::SSM::PatchBaseline") == 1
    assert "AWS::IAM::Policy" not in types


class TestBaselines:
    def test_the_group_is_registered_on_every_owned_baseline(self) -> None:
        stack = _stack()
        baselines = [
            _baseline(stack, "AmazonLinux"),
            _baseline(stack, "Windows", OperatingSystem.WINDOWS),
        ]
        PatchGroupFleet(stack, "Fleet", patch_group=GROUP, baselines=baselines)
        Template.from_stack(stack).all_resources_properties(
            "AWS::SSM::PatchBaseline", {"PatchGroups": ["prod-web"]}
        )

    def test_two_fleets_share_a_baseline_with_a_group_each(self) -> None:
        stack = _stack()
        baseline = _baseline(stack, "AmazonLinux")
        for group in (GROUP, OTHER_GROUP):
            PatchGroupFleet(stack, f"Fleet-{group.name}", patch_group=group, baselines=[baseline])
        properties = _of_type(Template.from_stack(stack), "AWS::SSM::PatchBaseline")
        assert properties["PatchGroups"] == ["prod-web", "prod-db"]

    def test_the_default_of_the_account_registers_nothing(self) -> None:
        stack = _stack()
        _fleet(stack)
        Template.from_stack(stack).resource_count_is("AWS::SSM::PatchBaseline", 0)

    def test_two_baselines_for_one_operating_system_are_refused(self) -> None:
        stack = _stack()
        with pytest.raises(
            InvalidInputError, match=r"baselines\[2\]: .* as baselines\[0\], got AMAZON_LINUX_2023"
        ) as caught:
            PatchGroupFleet(
                stack,
                "Fleet",
                patch_group=GROUP,
                baselines=[AL2023_DEFAULT, WINDOWS_DEFAULT, _baseline(stack, "Own")],
            )
        assert [finding.id for finding in caught.value.findings] == [FindingId.FLEET_OPERATING_SYSTEM_TWICE]
        assert stack.node.try_find_child("Fleet") is None

    def test_a_fleet_without_baseline_is_refused_because_it_would_get_the_default_in_silence(self) -> None:
        with pytest.raises(InvalidInputError, match=r"baselines: .*got an empty list") as caught:
            PatchGroupFleet(_stack(), "Fleet", patch_group=GROUP, baselines=[])
        assert [finding.id for finding in caught.value.findings] == [FindingId.FLEET_WITHOUT_BASELINE]

    @pytest.mark.parametrize(
        "imported_id", ["pb-0123456789abcdef0", cdk.Fn.import_value("Baseline")], ids=["text", "token"]
    )
    def test_an_imported_baseline_is_refused_because_cloudformation_cannot_register_on_it(
        self, imported_id: str
    ) -> None:
        stack = _stack()
        imported = PatchBaseline.from_patch_baseline_id(
            stack,
            "Imported",
            patch_baseline_id=imported_id,
            operating_system=OperatingSystem.AMAZON_LINUX_2023,
        )
        with pytest.raises(InvalidInputError, match=r"baselines\[0\]: .*registered_elsewhere=True") as caught:
            PatchGroupFleet(stack, "Fleet", patch_group=GROUP, baselines=[imported])
        assert [finding.id for finding in caught.value.findings] == [FindingId.FLEET_IMPORTED_BASELINE]
        PatchGroupFleet(stack, "Fleet", patch_group=GROUP, baselines=[imported], registered_elsewhere=True)

    @pytest.mark.parametrize(
        ("account", "region", "refused"),
        [
            ("111111111111", "eu-west-1", False),
            ("111111111111", "eu-west-2", True),
            ("222222222222", "eu-west-1", True),
            (None, None, False),
        ],
    )
    def test_a_baseline_of_another_account_or_region_is_refused_because_no_node_would_find_it(
        self, account: str | None, region: str | None, refused: bool
    ) -> None:
        stack = _stack()
        elsewhere = cdk.Stack(
            cdk.Stage.of(stack), "Elsewhere", env=cdk.Environment(account=account, region=region)
        )
        baseline = _baseline(elsewhere, "Baseline")
        if not refused:
            PatchGroupFleet(stack, "Fleet", patch_group=GROUP, baselines=[baseline])
            return
        with pytest.raises(InvalidInputError, match="got Elsewhere/Baseline in another one") as caught:
            PatchGroupFleet(stack, "Fleet", patch_group=GROUP, baselines=[baseline])
        assert [finding.id for finding in caught.value.findings] == [FindingId.FLEET_BASELINE_ELSEWHERE]
        assert baseline.patch_groups == ()

    def test_all_mistakes_are_reported_at_once_with_the_path(self) -> None:
        stack = _stack()
        imported = PatchBaseline.from_patch_baseline_id(
            stack,
            "Imported",
            patch_baseline_id="pb-0123456789abcdef0",
            operating_system=OperatingSystem.AMAZON_LINUX_2023,
        )
        with pytest.raises(InvalidInputError) as caught:
            PatchGroupFleet(stack, "Fleet", patch_group=GROUP, baselines=[AL2023_DEFAULT, imported])
        assert {finding.id for finding in caught.value.findings} == {
            FindingId.FLEET_OPERATING_SYSTEM_TWICE,
            FindingId.FLEET_IMPORTED_BASELINE,
        }
        assert caught.value.construct_path == "Patching/Fleet"

    def test_a_group_with_two_baselines_for_one_system_is_refused_and_both_are_named(self) -> None:
        stack = _stack()
        PatchGroupFleet(stack, "First", patch_group=GROUP, baselines=[_baseline(stack, "One")])
        with pytest.raises(InvalidInputError) as caught:
            PatchGroupFleet(stack, "Second", patch_group=GROUP, baselines=[_baseline(stack, "Two")])
        assert "Patching/One" in str(caught.value)
        assert "Patching/Two" in str(caught.value)
        assert stack.node.try_find_child("Second") is None


class TestRole:
    def test_it_is_for_ec2_and_has_the_agent_policy_without_access_to_parameters(self) -> None:
        stack = _stack()
        _fleet(stack)
        role = _of_type(Template.from_stack(stack), "AWS::IAM::Role")
        assert role["AssumeRolePolicyDocument"]["Statement"] == [
            {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}
        ]
        agent, node = role["ManagedPolicyArns"]
        assert agent == stack.resolve(
            f"arn:{stack.partition}:iam::aws:policy/AmazonSSMManagedEC2InstanceDefaultPolicy"
        )
        assert node == {"Ref": "FleetNodePolicyAF429D42"}
        assert "Policies" not in role

    def test_the_instance_profile_holds_the_role(self) -> None:
        stack = _stack()
        fleet = _fleet(stack)
        profile = _of_type(Template.from_stack(stack), "AWS::IAM::InstanceProfile")
        assert profile == {"Roles": [stack.resolve(fleet.role.role_name)]}

    def test_a_name_is_that_of_policy_role_and_profile(self) -> None:
        stack = _stack()
        name = "web.prod-web.eu-west-1"
        PatchGroupFleet(stack, "Fleet", patch_group=GROUP, baselines=[AL2023_DEFAULT], name=name)
        template = Template.from_stack(stack)
        assert _of_type(template, "AWS::IAM::Role")["RoleName"] == name
        assert _of_type(template, "AWS::IAM::InstanceProfile")["InstanceProfileName"] == name
        policy = _of_type(template, "AWS::IAM::ManagedPolicy")
        assert policy["ManagedPolicyName"] == name
        # A change of it replaces the policy, and that fails while the name is taken.
        assert policy["Description"] == "What the nodes of a patch group need to be patched"

    @pytest.mark.parametrize("name", ["", "a b", "web/prod", "é", "x" * 65])
    def test_a_name_that_iam_refuses_is_refused(self, name: str) -> None:
        stack = _stack()
        with pytest.raises(
            InvalidInputError, match=r"name: .*1 to 64 letters, digits and _\+=,\.@-"
        ) as caught:
            PatchGroupFleet(stack, "Fleet", patch_group=GROUP, baselines=[AL2023_DEFAULT], name=name)
        assert [finding.id for finding in caught.value.findings] == [FindingId.FLEET_NAME]

    def test_a_name_that_is_known_only_at_deployment_is_taken(self) -> None:
        stack = _stack()
        PatchGroupFleet(
            stack, "Fleet", patch_group=GROUP, baselines=[AL2023_DEFAULT], name=f"web.{cdk.Aws.REGION}"
        )
        role = _of_type(Template.from_stack(stack), "AWS::IAM::Role")
        assert role["RoleName"] == {"Fn::Join": ["", ["web.", {"Ref": "AWS::Region"}]]}

    @pytest.mark.parametrize(
        ("region", "expected"),
        [
            (
                "me-south-1",
                [
                    "amazon-ssm-me-south-1/*",
                    "aws-ssm-me-south-1/*",
                    "patch-baseline-snapshot-me-south-1-uduvl7q8/*",
                    "aws-patch-manager-me-south-1-a53fc9dce/*",
                ],
            ),
            (
                "us-gov-east-1",
                [
                    "amazon-ssm-us-gov-east-1/*",
                    "aws-ssm-us-gov-east-1/*",
                    "patch-baseline-snapshot-us-gov-east-1/*",
                    "aws-patch-manager-us-gov-east-1/*",
                ],
            ),
            (
                "cn-northwest-1",
                [
                    "amazon-ssm-cn-northwest-1/*",
                    "aws-ssm-cn-northwest-1/*",
                    "patch-baseline-snapshot-cn-northwest-1/*",
                    "aws-patch-manager-cn-northwest-1/*",
                ],
            ),
        ],
    )
    def test_nodes_read_the_buckets_of_their_region_in_their_partition(
        self, region: str, expected: list[str]
    ) -> None:
        stack = _stack(region)
        _fleet(stack)
        assert _bucket_names(stack) == [f":s3:::{name}" for name in expected]
        statement = _of_type(Template.from_stack(stack), "AWS::IAM::ManagedPolicy")["PolicyDocument"][
            "Statement"
        ][0]
        assert all(
            resource["Fn::Join"][1][:2] == ["arn:", {"Ref": "AWS::Partition"}]
            for resource in statement["Resource"]
        )

    def test_a_region_known_only_at_deployment_is_a_reference_and_never_a_wildcard(self) -> None:
        stack = _stack(None)
        _fleet(stack)
        names = _bucket_names(stack)
        assert ":s3:::patch-baseline-snapshot-${Region}/*" in names
        assert ":s3:::patch-baseline-snapshot-me-south-1-uduvl7q8/*" in names
        assert all(name.endswith("/*") and "*" not in name.removesuffix("/*") for name in names)

    def test_the_longest_policy_is_within_what_iam_accepts(self) -> None:
        stack = _stack(None)
        PatchGroupFleet(
            stack,
            "Fleet",
            patch_group=GROUP,
            baselines=[PatchBaseline.aws_default(system) for system in OperatingSystem],
            command_output=CommandOutput(stack, "Output"),
        )
        document = _of_type(Template.from_stack(stack), "AWS::IAM::ManagedPolicy")["PolicyDocument"]
        longest = _render(document, partition="aws-us-gov", region="ap-southeast-99")
        # White space does not count: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
        assert 4000 < len(longest) <= 6144

    def test_windows_and_mac_buckets_come_with_their_baselines(self) -> None:
        stack = _stack()
        PatchGroupFleet(
            stack,
            "Fleet",
            patch_group=GROUP,
            baselines=[WINDOWS_DEFAULT, PatchBaseline.aws_default(OperatingSystem.MACOS)],
        )
        names = _bucket_names(stack)
        assert ":s3:::aws-windows-downloads-eu-west-1/*" in names
        assert ":s3:::aws-patchmanager-macos-eu-west-1-5522fb710/*" in names

    def test_nodes_write_output_only_when_there_is_a_place_for_it(self) -> None:
        with_output, without = _stack(), _stack()
        output = CommandOutput(with_output, "Output")
        PatchGroupFleet(
            with_output, "Fleet", patch_group=GROUP, baselines=[AL2023_DEFAULT], command_output=output
        )
        _fleet(without)
        granted = _of_type(Template.from_stack(with_output), "AWS::IAM::ManagedPolicy")["PolicyDocument"][
            "Statement"
        ]
        assert [statement["Sid"] for statement in granted] == [
            "ReadPatchBuckets",
            *(statement.sid for statement in output.node_policy_statements()),
        ]
        alone = _of_type(Template.from_stack(without), "AWS::IAM::ManagedPolicy")["PolicyDocument"][
            "Statement"
        ]
        assert [statement["Sid"] for statement in alone] == ["ReadPatchBuckets"]

    def test_an_owned_role_is_used_instead(self) -> None:
        stack = _stack()
        role = iam.Role(stack, "Own", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        fleet = _fleet(stack, role=role)
        assert fleet.role is role
        properties = _of_type(Template.from_stack(stack), "AWS::IAM::Role")
        assert len(properties["ManagedPolicyArns"]) == 2

    def test_an_imported_role_gets_our_policy_and_cdk_warns_about_the_one_of_aws(self) -> None:
        stack = _stack()
        _fleet(stack, role=iam.Role.from_role_name(stack, "Imported", "nodes"))
        template = Template.from_stack(stack)
        template.resource_count_is("AWS::IAM::Role", 0)
        template.has_resource_properties("AWS::IAM::ManagedPolicy", {"Roles": ["nodes"]})
        template.has_resource_properties("AWS::IAM::InstanceProfile", {"Roles": ["nodes"]})
        Annotations.from_stack(stack).has_warning(
            "*",
            Match.string_like_regexp(
                "AmazonSSMManagedEC2InstanceDefaultPolicy to imported role IRole: nodes"
            ),
        )


def _render(value: Any, *, partition: str, region: str) -> str:
    """Render a policy without white space, as IAM counts it, with references as long as they get."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "[" + ",".join(_quoted(item, partition=partition, region=region) for item in value) + "]"
    if value == {"Ref": "AWS::Partition"}:
        return partition
    if value == {"Ref": "AWS::Region"}:
        return region
    if value == {"Ref": "AWS::AccountId"}:
        return "1" * 12
    if "Fn::GetAtt" in value:
        return "a" * 140
    if "Fn::Join" in value:
        return "".join(_render(part, partition=partition, region=region) for part in value["Fn::Join"][1])
    pairs = (f'"{key}":{_quoted(item, partition=partition, region=region)}' for key, item in value.items())
    return "{" + ",".join(pairs) + "}"


def _quoted(value: Any, *, partition: str, region: str) -> str:
    text = _render(value, partition=partition, region=region)
    return text if text.startswith(("[", "{")) else f'"{text}"'


class TestMembers:
    def test_an_instance_is_tagged_and_its_role_can_be_patched(self) -> None:
        stack = _stack()
        fleet = _fleet(stack)
        instance = Network(stack).instance()
        fleet.add(instance)
        template = Template.from_stack(stack)
        template.has_resource_properties(
            "AWS::EC2::Instance", {"Tags": Match.array_with([{"Key": "PatchGroup", "Value": "prod-web"}])}
        )
        assert _policies_of(stack, template, instance.role) == _policies_of(stack, template, fleet.role)

    def test_an_auto_scaling_group_passes_the_tag_on_at_launch(self) -> None:
        stack = _stack()
        fleet = _fleet(stack)
        group = Network(stack).group()
        fleet.add(group)
        template = Template.from_stack(stack)
        template.has_resource_properties(
            "AWS::AutoScaling::AutoScalingGroup",
            {
                "Tags": Match.array_with(
                    [{"Key": "PatchGroup", "Value": "prod-web", "PropagateAtLaunch": True}]
                )
            },
        )
        assert _policies_of(stack, template, group.role) == _policies_of(stack, template, fleet.role)

    def test_a_launch_template_tags_the_instances_it_launches(self) -> None:
        stack = _stack()
        fleet = _fleet(stack)
        fleet.add(Network(stack).launch_template(role=fleet.role))
        Template.from_stack(stack).has_resource_properties(
            "AWS::EC2::LaunchTemplate",
            {
                "LaunchTemplateData": {
                    "TagSpecifications": Match.array_with(
                        [
                            {
                                "ResourceType": "instance",
                                "Tags": Match.array_with([{"Key": "PatchGroup", "Value": "prod-web"}]),
                            }
                        ]
                    )
                }
            },
        )

    def test_the_tag_key_is_the_one_that_the_group_chose_and_never_both(self) -> None:
        stack = _stack()
        _fleet(stack, patch_group=GROUP_WITH_SPACE).add(Network(stack).instance())
        tags = _of_type(Template.from_stack(stack), "AWS::EC2::Instance")["Tags"]
        assert [tag for tag in tags if tag["Key"] != "Name"] == [{"Key": "Patch Group", "Value": "prod-web"}]

    def test_only_the_node_is_tagged(self) -> None:
        stack = _stack()
        _fleet(stack).add(Network(stack).instance())
        tagged = [
            resource["Type"]
            for resource in Template.from_stack(stack).to_json()["Resources"].values()
            if {"Key": "PatchGroup", "Value": "prod-web"} in resource["Properties"].get("Tags", [])
        ]
        assert tagged == ["AWS::EC2::Instance"]

    def test_a_role_that_several_members_share_gets_each_policy_once(self) -> None:
        stack = _stack()
        fleet, network = _fleet(stack), Network(stack)
        fleet.add(network.instance("One", role=fleet.role), network.instance("Two", role=fleet.role))
        fleet.add(network.instance("Three", role=fleet.role))
        assert len(_of_type(Template.from_stack(stack), "AWS::IAM::Role")["ManagedPolicyArns"]) == 2

    def test_a_role_that_two_fleets_share_gets_the_agent_policy_once(self) -> None:
        stack = _stack()
        fleet = _fleet(stack)
        _fleet(stack, "Second", patch_group=OTHER_GROUP, role=fleet.role)
        assert len(_of_type(Template.from_stack(stack), "AWS::IAM::Role")["ManagedPolicyArns"]) == 3

    def test_adding_a_member_again_changes_nothing(self) -> None:
        once, twice = _stack(), _stack()
        for stack, times in ((once, 1), (twice, 2)):
            fleet, instance = _fleet(stack), Network(stack).instance()
            for _ in range(times):
                fleet.add(instance)
        assert Template.from_stack(once).to_json() == Template.from_stack(twice).to_json()

    def test_a_launch_template_or_group_without_role_is_refused_with_the_remedy(self) -> None:
        stack = _stack()
        fleet, network = _fleet(stack), Network(stack)
        bare = network.launch_template()
        with pytest.raises(InvalidInputError, match=r"role=fleet\.role") as caught:
            fleet.add(bare, network.group(launch_template=bare))
        assert [(finding.id, finding.received) for finding in caught.value.findings] == [
            (FindingId.FLEET_MEMBER_ROLE, "Patching/LaunchTemplate"),
            (FindingId.FLEET_MEMBER_ROLE, "Patching/Group"),
        ]

    def test_what_cannot_be_tagged_is_refused_with_the_list_of_what_can(self) -> None:
        stack = _stack()
        imported = autoscaling.AutoScalingGroup.from_auto_scaling_group_name(stack, "Imported", "workers")
        members: list[Any] = [s3.Bucket(stack, "Bucket"), imported, "i-0123456789abcdef0"]
        with pytest.raises(
            InvalidInputError,
            match="an Instance, a LaunchTemplate or an AutoScalingGroup that this app defines",
        ) as caught:
            _fleet(stack).add(*members)
        assert [(finding.field, finding.received) for finding in caught.value.findings] == [
            ("members[0]", "Patching/Bucket"),
            ("members[1]", "Patching/Imported"),
            ("members[2]", "'i-0123456789abcdef0'"),
        ]
        assert caught.value.construct_path == "Patching/Fleet"

    @pytest.mark.parametrize(
        "second", [OTHER_GROUP, GROUP_WITH_SPACE], ids=["another group", "the other tag key"]
    )
    def test_a_member_of_another_fleet_is_refused(self, second: PatchGroup) -> None:
        stack = _stack()
        network = Network(stack)
        first = _fleet(stack)
        members = (network.instance(), network.group(), network.launch_template(role=first.role))
        first.add(*members)
        with pytest.raises(InvalidInputError, match="one patch group, under one tag key") as caught:
            _fleet(stack, "Second", patch_group=second).add(*members)
        assert [finding.received for finding in caught.value.findings] == [
            "the tag 'PatchGroup' with value 'prod-web'"
        ] * 3

    def test_a_refused_call_adds_none_of_its_members(self) -> None:
        stack = _stack()
        fleet, instance = _fleet(stack), Network(stack).instance()
        members: list[Any] = [instance, "not a member"]
        with pytest.raises(InvalidInputError):
            fleet.add(*members)
        tags = _of_type(Template.from_stack(stack), "AWS::EC2::Instance")["Tags"]
        assert [tag["Key"] for tag in tags] == ["Name"]

    @pytest.mark.parametrize("kind", ["instance", "group"])
    def test_the_other_tag_key_on_the_whole_stack_fails_the_synthesis(self, kind: str) -> None:
        stack = _stack()
        _fleet(stack).add(getattr(Network(stack), kind)())
        cdk.Tags.of(stack).add("Patch Group", "everything")
        with pytest.raises(RuntimeError, match=r"tags: .*got the tag 'Patch Group' with value 'everything'"):
            Template.from_stack(stack)

    @pytest.mark.parametrize("change", ["add", "remove"])
    def test_the_fleet_wins_over_tags_of_the_whole_stack(self, change: str) -> None:
        stack = _stack()
        _fleet(stack).add(Network(stack).instance())
        if change == "add":
            cdk.Tags.of(stack).add("PatchGroup", "everything")
        else:
            cdk.Tags.of(stack).remove("PatchGroup")
        Template.from_stack(stack).has_resource_properties(
            "AWS::EC2::Instance", {"Tags": Match.array_with([{"Key": "PatchGroup", "Value": "prod-web"}])}
        )

    def test_a_member_may_live_in_another_stack_of_the_app(self) -> None:
        stack = _stack()
        nodes = cdk.Stack(
            cdk.Stage.of(stack), "Nodes", env=cdk.Environment(account="111111111111", region="eu-west-1")
        )
        _fleet(stack).add(Network(nodes).instance())
        role = _of_type(Template.from_stack(nodes), "AWS::IAM::Role")
        assert "Fn::ImportValue" in role["ManagedPolicyArns"][1]


def _policies_of(stack: cdk.Stack, template: Template, role: iam.IRole) -> Any:
    logical_id = stack.resolve(role.role_name)["Ref"]
    return template.to_json()["Resources"][logical_id]["Properties"]["ManagedPolicyArns"]


def test_the_group_is_handed_on_for_windows() -> None:
    assert _fleet(_stack()).patch_group is GROUP


def test_a_program_without_members_does_not_load_ec2() -> None:
    program = (
        "import sys, patching_constructs; patching_constructs.PatchGroupFleet;"
        "sys.exit(bool({'aws_cdk.aws_ec2', 'aws_cdk.aws_autoscaling'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


NODE_POLICY, ROLE = "Patching/Fleet/NodePolicy/Resource", "Patching/Fleet/Role/Resource"


def test_nag_finds_the_policy_of_aws_and_the_objects_of_each_bucket_and_nothing_else() -> None:
    stack = _stack()
    _fleet(stack)
    prefix = "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::"
    assert nag_findings(stack) == {
        (
            "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonSSMManagedEC2InstanceDefaultPolicy]",
            ROLE,
        ),
        (f"{prefix}amazon-ssm-eu-west-1/*]", NODE_POLICY),
        (f"{prefix}aws-ssm-eu-west-1/*]", NODE_POLICY),
        (f"{prefix}patch-baseline-snapshot-eu-west-1/*]", NODE_POLICY),
        (f"{prefix}aws-patch-manager-eu-west-1-5522fb710/*]", NODE_POLICY),
    }


def test_nag_finds_two_wildcards_more_with_command_output() -> None:
    stack = _stack()
    PatchGroupFleet(
        stack,
        "Fleet",
        patch_group=GROUP,
        baselines=[AL2023_DEFAULT],
        command_output=CommandOutput(stack, "Output"),
    )
    more = {rule for rule, path in nag_findings(stack) if path == NODE_POLICY and ":s3:::" not in rule}
    assert more == {
        "AwsSolutions-IAM5[Resource::<OutputBucketB1E245A7.Arn>/*]",
        "AwsSolutions-IAM5[Resource::*]",
    }


def test_nag_would_refuse_the_same_permissions_inline() -> None:
    stack = _stack()
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    for statement in CommandOutput(stack, "Output").node_policy_statements():
        role.add_to_principal_policy(statement)
    assert "NIST.800.53.R5-IAMNoInlinePolicy" in {rule for rule, _ in nag_findings(stack)}
