"""The parameters that AWS's patching documents take.

See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-ssm-documents.html
"""

from collections.abc import Mapping
from types import MappingProxyType

from patching_constructs.model.patching_documents import RUN_PATCH_BASELINE, UPDATE_SSM_AGENT

RUN_PATCH_BASELINE_WITH_HOOKS = "AWS-RunPatchBaselineWithHooks"
"""https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-aws-runpatchbaselinewithhooks.html"""

RUN_PATCH_BASELINE_ASSOCIATION = "AWS-RunPatchBaselineAssociation"
"""https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-aws-runpatchbaselineassociation.html"""

DOCUMENT_PARAMETERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        RUN_PATCH_BASELINE: frozenset(
            {
                "Operation",
                "RebootOption",
                "SnapshotId",
                "InstallOverrideList",
                "BaselineOverride",
                "AssociationId",
            }
        ),
        RUN_PATCH_BASELINE_WITH_HOOKS: frozenset(
            {
                "Operation",
                "RebootOption",
                "SnapshotId",
                "PreInstallHookDocName",
                "PostInstallHookDocName",
                "OnExitHookDocName",
            }
        ),
        RUN_PATCH_BASELINE_ASSOCIATION: frozenset(
            {"Operation", "AssociationId", "BaselineTags", "InstallOverrideList", "RebootOption"}
        ),
        # https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command-tutorial-update-software.html
        UPDATE_SSM_AGENT: frozenset({"version", "allowDowngrade"}),
        # https://docs.aws.amazon.com/systems-manager-automation-runbooks/latest/userguide/automation-aws-patchinstancewithrollback.html
        "AWS-PatchInstanceWithRollback": frozenset({"InstanceId", "LambdaAssumeRole", "ReportS3Bucket"}),
        # https://docs.aws.amazon.com/systems-manager-automation-runbooks/latest/userguide/automation-aws-patchasginstance.html
        "AWS-PatchAsgInstance": frozenset(
            {"InstanceId", "AutomationAssumeRole", "LambdaRoleArn", "WaitForInstance", "WaitForReboot"}
        ),
    }
)
"""Documents whose parameters are known, with them."""

LEGACY_DOCUMENTS = frozenset(
    {
        "AWS-ApplyPatchBaseline",
        "AWS-FindWindowsUpdates",
        "AWS-InstallMissingWindowsUpdates",
        "AWS-InstallSpecificWindowsUpdates",
    }
)
"""Documents for Windows of which AWS says that they might no longer be supported."""

DOCUMENTS_WITHOUT_COMPLIANCE = frozenset({"AWS-InstallWindowsUpdates", "AWS-ConfigureWindowsUpdate"})
"""Documents for Windows after which Patch Manager knows nothing about the patches of a node."""
