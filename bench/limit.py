"""What a figure may not exceed."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """A measured figure with its limit, both in the unit that its name states."""

    name: str
    measured: float
    at_most: float

    @property
    def is_broken(self) -> bool:
        """Whether the figure exceeds the limit."""
        return self.measured > self.at_most
