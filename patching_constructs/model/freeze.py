"""Freezes: times in which nothing may be installed."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Freeze:
    """A time in which nothing may be installed.

    Maintenance windows honour no calendar: a freeze that no schedule avoids is broken, and a run in it is a
    finding.

    Attributes:
        name: What it is called, such as `year end`.
        from_: First moment of it, with a UTC offset.
        until: First moment after it, with a UTC offset.

    Example:
        >>> from datetime import UTC, datetime
        >>> from patching_constructs import Freeze
        >>> freeze = Freeze(
        ...     name="year end",
        ...     from_=datetime(2026, 12, 19, tzinfo=UTC),
        ...     until=datetime(2027, 1, 4, tzinfo=UTC),
        ... )
        >>> freeze.holds(datetime(2026, 12, 24, tzinfo=UTC))
        True

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-change-calendar.html
    """

    name: str
    from_: datetime
    until: datetime

    def holds(self, moment: datetime) -> bool:
        """Return whether `moment` is in the freeze."""
        return self.from_ <= moment < self.until
