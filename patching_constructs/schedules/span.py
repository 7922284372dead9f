"""A stretch of time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of time, such as the horizon of a question.

    Attributes:
        from_: First moment, in UTC.
        until: First moment after it, in UTC.
    """

    from_: datetime
    until: datetime

    def months(self) -> Iterator[date]:
        """Yield the first day of every month that the span touches."""
        month = self.from_.date().replace(day=1)
        last = (self.until - datetime.resolution).date()
        while month <= last:
            yield month
            month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
