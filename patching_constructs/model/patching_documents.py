"""The Run Command documents that the library runs, and what they understand."""

import enum

RUN_PATCH_BASELINE = "AWS-RunPatchBaseline"
"""https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-aws-runpatchbaseline.html"""

UPDATE_SSM_AGENT = "AWS-UpdateSSMAgent"
"""https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command-tutorial-update-software.html"""


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
