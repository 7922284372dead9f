"""What a scan says of one patch on one node."""

import enum


class PatchState(enum.StrEnum):
    """State of a patch on a node, as Patch Manager reports it.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchComplianceData.html
    """

    INSTALLED = "INSTALLED"
    INSTALLED_OTHER = "INSTALLED_OTHER"
    INSTALLED_PENDING_REBOOT = "INSTALLED_PENDING_REBOOT"
    """Installed with `NoReboot`, or before a reboot that a scan has not seen yet."""
    INSTALLED_REJECTED = "INSTALLED_REJECTED"
    """Installed before it was rejected with the action BLOCK."""
    MISSING = "MISSING"
    """Approved and not installed."""
    FAILED = "FAILED"
    """Approved, and its installation has failed."""
    NOT_APPLICABLE = "NOT_APPLICABLE"
    AVAILABLE_SECURITY_UPDATE = "AVAILABLE_SECURITY_UPDATE"
    """On Windows, a security update that the baseline does not approve yet."""


PROBLEM_STATES = frozenset(
    {
        PatchState.MISSING,
        PatchState.FAILED,
        PatchState.INSTALLED_REJECTED,
        PatchState.INSTALLED_PENDING_REBOOT,
    }
)
"""States in which somebody has something left to do: what is not applicable or not approved is none."""
