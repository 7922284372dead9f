"""Patch baselines that an app uses and does not define."""

from dataclasses import dataclass

from aws_cdk import Resource
from constructs import Construct

from patching_constructs.constructs._shared.report import refuse_errors
from patching_constructs.errors import InvalidInputError
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline_limits import BASELINE_ID_PATTERN
from patching_constructs.rules.limits import check_choice, check_pattern
from patching_constructs.values.tokens import maybe


class ImportedPatchBaseline(Resource):
    """A baseline that is defined elsewhere."""

    def __init__(
        self, scope: Construct, id: str, *, patch_baseline_id: str, operating_system: OperatingSystem
    ) -> None:
        findings = check_pattern(
            maybe(patch_baseline_id),
            BASELINE_ID_PATTERN,
            allowed="an id such as pb-0123456789abcdef0, or an ARN",
            id=FindingId.PATCH_BASELINE_ID,
            field="patch_baseline_id",
            source="https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetPatchBaseline.html",
        )
        findings += check_choice(
            maybe(str(operating_system)),
            OperatingSystem,
            id=FindingId.OPERATING_SYSTEM,
            field="operating_system",
        )
        refuse_errors(scope, id, findings, subject="PatchBaseline.from_patch_baseline_id")
        super().__init__(scope, id)
        self._patch_baseline_id = patch_baseline_id
        self._operating_system = OperatingSystem(operating_system)

    @property
    def operating_system(self) -> OperatingSystem:
        """The operating system, as it was given."""
        return self._operating_system

    @property
    def patch_baseline_id(self) -> str:
        """The id or ARN, as it was given."""
        return self._patch_baseline_id

    @property
    def accepts_patch_groups(self) -> bool:
        """False: CloudFormation registers groups only on its own baselines."""
        return False

    def register_patch_group(self, patch_group: str) -> None:
        """Refuse the group.

        Raises:
            InvalidInputError: Always.
        """
        finding = Finding(
            id=FindingId.PATCH_GROUP_ON_IMPORTED_BASELINE,
            level=Level.ERROR,
            field="patch_group",
            message="CloudFormation registers patch groups only on baselines of its own; this is imported",
            received=repr(patch_group),
            allowed="register the group where the baseline is defined",
            source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-patchbaseline.html",
        )
        raise InvalidInputError([finding], subject="PatchBaseline", construct_path=self.node.path)


@dataclass(frozen=True, kw_only=True, slots=True)
class AwsDefaultPatchBaseline:
    """AWS's own baseline, which needs no registration: AWS uses it for a node whose group has no baseline."""

    operating_system: OperatingSystem
    patch_baseline_id: None = None
    accepts_patch_groups: bool = True

    def register_patch_group(self, patch_group: str) -> None:
        """Refuse the group.

        Raises:
            InvalidInputError: Always.
        """
        """Register nothing: a group without a baseline has the default."""
