"""A field that a template may leave open is a value or `Unknown`."""

from dataclasses import dataclass
from typing import TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is only known later, such as a CDK token or an unresolved intrinsic.

    Attributes:
        reason: Why it is not known, in words that a finding can repeat.
    """

    reason: str


Maybe: TypeAlias = T | Unknown
