"""How a command ends."""

import enum


class ExitStatus(enum.IntEnum):
    """Exit status of the process; public contract."""

    CLEAN = 0
    """No finding at or above the level that fails."""
    FINDINGS = 1
    """At least one such finding."""
    UNUSABLE_INPUT = 2
    """Arguments or files that cannot be used; nothing was checked."""
