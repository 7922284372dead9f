"""What a ring's nodes are measured against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from patching_constructs.model.promises import Severity

DEFAULT_REBOOT_WITHIN = timedelta(days=7)
"""How long a node may wait for its reboot by default: every week has a quiet hour."""

DEFAULT_SCANNED_WITHIN = timedelta(days=2)
"""How old a scan may be by default: a daily scan may be missed once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstallTimes:
    """When the ring is patched, as the windows themselves say.

    Attributes:
        last_started_at: When its last install run that is over started, or None if there was none.
        next_ends_at: When the window of its next install run closes, or None if none is planned.
    """

    last_started_at: datetime | None = None
    next_ends_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RingTerms:
    """What the nodes of a ring are measured against.

    Attributes:
        within: Longest time from the clock of a patch to its installation that was promised, by severity.
        reboot_within: How long a node may wait for its reboot. It counts from when it was first seen waiting.
        scanned_within: How old the last scan may be.
        runs: When the ring is patched.
    """

    within: Mapping[Severity, timedelta] = field(default_factory=dict)
    reboot_within: timedelta = DEFAULT_REBOOT_WITHIN
    scanned_within: timedelta = DEFAULT_SCANNED_WITHIN
    runs: InstallTimes = InstallTimes()

    def promised(self, severity: Severity | None) -> timedelta | None:
        """Return the longest time promised for `severity`, or None if nothing is.

        A patch of unknown severity (None) may fix any vulnerability, so the shortest time counts.
        """
        if severity is None:
            return min(self.within.values(), default=None)
        return self.within.get(severity)
