"""Fleets of nodes that are patched together."""

from patching_constructs.model.finding import Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.finding_kinds.finding_kind import FindingKind

FLEET_KINDS = (
    FindingKind(
        id=FindingId.FLEET_NAME,
        level=Level.ERROR,
        title="Invalid fleet name",
        explanation="The name becomes part of the names of an IAM policy, role and instance profile.",
        example="web servers",
        fix="Use letters, digits and +=,.@-_ without spaces.",
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
        tags=("fleet",),
    ),
    FindingKind(
        id=FindingId.FLEET_WITHOUT_BASELINE,
        level=Level.ERROR,
        title="Fleet without a baseline",
        explanation="Without a baseline the account's default baseline would patch the nodes.",
        example="baselines: []",
        fix="Add a baseline for each operating system of the fleet.",
        source="https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-patch-groups.html",
        tags=("fleet",),
    ),
    FindingKind(
        id=FindingId.FLEET_OPERATING_SYSTEM_TWICE,
        level=Level.ERROR,
        title="Fleet has two baselines for one operating system",
        explanation="A patch group has one baseline for each operating system.",
        example="two baselines for WINDOWS",
        fix="Keep one baseline for each operating system.",
        source="https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-patch-groups.html",
        tags=("fleet",),
    ),
    FindingKind(
        id=FindingId.FLEET_IMPORTED_BASELINE,
        level=Level.ERROR,
        title="Fleet has an imported baseline",
        explanation="CloudFormation registers patch groups only on baselines that it creates.",
        example="PatchBaseline.from_patch_baseline_id(...)",
        fix="Define the baseline in the app.",
        source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-patchbaseline.html",
        tags=("fleet",),
    ),
    FindingKind(
        id=FindingId.FLEET_BASELINE_ELSEWHERE,
        level=Level.ERROR,
        title="Baseline of another account or Region",
        explanation="Nodes find only the baselines of their own account and Region.",
        example="a fleet in eu-central-1 with a baseline in eu-west-1",
        fix="Define the baseline in the account and Region of the fleet.",
        source="https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-patch-groups.html",
        tags=("fleet",),
    ),
    FindingKind(
        id=FindingId.FLEET_MEMBER_TYPE,
        level=Level.ERROR,
        title="Unsupported member of a fleet",
        explanation="The construct does not launch nodes, so they cannot be tagged through it.",
        example="fleet.add(bucket)",
        fix="Add instances, Auto Scaling groups and launch templates to the fleet.",
        tags=("fleet",),
    ),
    FindingKind(
        id=FindingId.FLEET_MEMBER_ROLE,
        level=Level.ERROR,
        title="Member without an instance role",
        explanation="Nodes need an instance role to be managed by Systems Manager, so they would not be "
        "patched.",
        example="a launch template without a role",
        fix="Set an instance role on the launch template.",
        source="https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html",
        tags=("fleet",),
    ),
    FindingKind(
        id=FindingId.FLEET_MEMBER_TAG,
        level=Level.ERROR,
        title="Conflicting patch group tag",
        explanation="Nodes of the member would be in two patch groups or have both tag keys.",
        example="an instance with the tag Patch Group in a fleet with PatchGroup",
        fix="Remove the tag from the member.",
        source="https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-tag-a-patch-group.html",
        tags=("fleet",),
    ),
)
