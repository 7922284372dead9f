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

    @property
    def spelling(self) -> str:
        """The state as DescribeInstancePatches answers it and its filters take it, such as `Missing`.

        The enum of the API says `MISSING`; AWS's examples and real answers do not.

        See: https://docs.aws.amazon.com/cli/latest/reference/ssm/describe-instance-patches.html#examples
        """
        return "".join(word.capitalize() for word in self.split("_"))

    @classmethod
    def read(cls, text: str) -> "PatchState":
        """Read a state in the spelling of AWS's answers or of the enum of its API.

        Raises:
            ValueError: If it is neither.
        """
        for state in cls:
            if text in (state.spelling, state.value):
                return state
        message = f"{text!r} is not a patch state that this version supports"
        raise ValueError(message)


PROBLEM_STATES = frozenset(
    {
        PatchState.MISSING,
        PatchState.FAILED,
        PatchState.INSTALLED_REJECTED,
        PatchState.INSTALLED_PENDING_REBOOT,
    }
)
"""States in which something is left to do. A patch that is not applicable or not approved is no problem."""
