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


@dataclass(frozen=True, slots=True)
class Reference(Unknown):
    """An unknown value of which one thing is known: which resource of the template it belongs to.

    Attributes:
        logical_id: The resource.
        resource_type: Its CloudFormation type, or an empty text if the template does not say.
        attribute: The attribute of a GetAtt, or None for a Ref.
    """

    logical_id: str
    resource_type: str
    attribute: str | None = None


Maybe: TypeAlias = T | Unknown
