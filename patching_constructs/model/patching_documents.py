"""The Run Command documents that the library runs, and what they understand."""

import enum
from collections.abc import Mapping
from types import MappingProxyType

RUN_PATCH_BASELINE = "AWS-RunPatchBaseline"
"""https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-aws-runpatchbaseline.html"""

UPDATE_SSM_AGENT = "AWS-UpdateSSMAgent"
"""https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command-tutorial-update-software.html"""

OPERATION_PARAMETERS: Mapping[str, str] = MappingProxyType(
    {
        RUN_PATCH_BASELINE: "Operation",
        "AWS-RunPatchBaselineWithHooks": "Operation",
        "AWS-RunPatchBaselineAssociation": "Operation",
        "AWS-ApplyPatchBaseline": "Operation",
        "AWS-InstallWindowsUpdates": "Action",
    }
)
"""Documents that scan or install, and the parameter that says which.

https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-ssm-documents.html
"""

INSTALLING_DOCUMENTS = frozenset(
    {
        "AWS-InstallMissingWindowsUpdates",
        "AWS-InstallSpecificWindowsUpdates",
        "AWS-PatchAsgInstance",
        "AWS-PatchInstanceWithRollback",
        "AWSEC2-PatchLoadBalancerInstance",
    }
)
"""Documents that always install.

https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-ssm-documents.html and
https://docs.aws.amazon.com/systems-manager-automation-runbooks/latest/userguide/automation-ref-ec2.html
"""

SCANNING_DOCUMENTS = frozenset({"AWS-FindWindowsUpdates"})
"""Documents that only scan.

https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-ssm-documents.html
"""

PATCHING_DOCUMENTS = frozenset(OPERATION_PARAMETERS) | INSTALLING_DOCUMENTS | SCANNING_DOCUMENTS
"""All documents that scan for patches or install them."""

WINDOWS_ONLY_DOCUMENTS = frozenset(
    {
        "AWS-ApplyPatchBaseline",
        "AWS-FindWindowsUpdates",
        "AWS-InstallMissingWindowsUpdates",
        "AWS-InstallSpecificWindowsUpdates",
        "AWS-InstallWindowsUpdates",
    }
)
"""Documents that do nothing on other systems.

https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-ssm-documents.html
"""


class PatchOperation(enum.StrEnum):
    """The `Operation` of AWS-RunPatchBaseline.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-aws-runpatchbaseline.html
    """

    SCAN = "Scan"
    """Report which patches are missing; change nothing."""
    INSTALL = "Install"
    """Install what the baseline approves and is missing."""


class RebootOption(enum.StrEnum):
    """What AWS-RunPatchBaseline does after it has installed patches.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-aws-runpatchbaseline.html
    """

    REBOOT_IF_NEEDED = "RebootIfNeeded"
    """Reboot whenever any patch was installed or waits for a reboot, whether that patch needs one or not."""
    NO_REBOOT = "NoReboot"
    """Never reboot. The node stays non-compliant until it has been rebooted and then scanned."""
