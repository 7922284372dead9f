"""The time of the local AWS, and how often it may be asked."""

import math
import time
from datetime import UTC, datetime

from local_aws.errors import ApiError


class Clock:
    """The time: that of the machine, until another one is set."""

    def __init__(self) -> None:
        self._now: datetime | None = None

    def __call__(self) -> datetime:
        """Return the time, in UTC."""
        return datetime.now(UTC) if self._now is None else self._now

    def set(self, now: datetime | None) -> None:
        """Set the time, or let it be that of the machine again."""
        self._now = now


class Throttle:
    """Refuses calls beyond a rate, as AWS does: a bucket of tokens that fills again by the machine's time.

    Attributes:
        calls: How many calls came, those that were refused included.
        refused: How many of them were refused.
    """

    def __init__(self) -> None:
        self.calls = self.refused = 0
        self._rate = self._burst = self._tokens = math.inf
        self._filled_at = time.monotonic()

    def limit(self, calls_per_second: float, *, burst: int) -> None:
        """Refuse what is beyond `burst` calls at once and `calls_per_second` from then on; count from 0."""
        self.calls = self.refused = 0
        self._rate = calls_per_second
        self._burst = self._tokens = burst
        self._filled_at = time.monotonic()

    def lift(self) -> None:
        """Refuse nothing, and count from 0."""
        self.limit(math.inf, burst=1)

    def spend(self) -> None:
        """Take note of a call.

        Raises:
            ApiError: If it is one too many.
        """
        self.calls += 1
        if math.isinf(self._rate):
            return
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
        if self._tokens < 1:
            self.refused += 1
            raise ApiError("ThrottlingException", "Rate exceeded")
        self._tokens -= 1


clock = Clock()
throttle = Throttle()
