"""What a stack keeps: its events, its resources and its outputs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local_aws.cloudformation.cloudformation_type import CloudFormationType
from local_aws.cloudformation.registry import RESOURCE_TYPES


@dataclass(frozen=True, kw_only=True, slots=True)
class StackEvent:
    """One line of a stack's history."""

    event_id: str
    logical_id: str
    physical_id: str
    resource_type: str
    status: str
    reason: str | None
    at: datetime


@dataclass(kw_only=True, slots=True)
class StackResource:
    """A resource of a stack in its current state."""

    logical_id: str
    definition: Mapping[str, Any]
    properties: Mapping[str, Any]
    physical_id: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    status: str = ""
    updated_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def kind(self) -> CloudFormationType:
        """The resource's type."""
        return RESOURCE_TYPES[self.type_name]

    @property
    def type_name(self) -> str:
        """Name of the resource's type."""
        return str(self.definition["Type"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """An output of a stack."""

    key: str
    value: str
    description: str | None
    export_name: str | None
