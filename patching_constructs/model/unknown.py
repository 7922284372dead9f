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
    """A value that AWS makes when it deploys a resource of which the template is known.

    Attributes:
        stack: Name of the stack that defines the resource, unique in one reading.
        logical_id: The resource.
        resource_type: Its CloudFormation type.
        attribute: The attribute of a GetAtt, or None for a Ref.
    """

    stack: str
    logical_id: str
    resource_type: str
    attribute: str | None = None


@dataclass(frozen=True, slots=True)
class PartlyKnown(Unknown):
    """A text of which some parts are known, such as an ARN without its Region.

    Attributes:
        text: The text, with `${...}` in the place of each unknown part.
    """

    text: str


Maybe: TypeAlias = T | Unknown
