"""A template together with what is known of the stack that it becomes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from patching_constructs.model.estate import Environment
from patching_constructs.model.location import Location
from patching_constructs.reading.document import Document


@dataclass(kw_only=True, slots=True, eq=False)
class Stack:
    """A stack.

    Attributes:
        name: Unique in one reading; the name of the stack where the assembly tells it.
        stack_name: What `AWS::StackName` gives, or None if it is not known.
        document: Its template.
        environment: Account and Region.
        construct_paths: Paths of constructs by logical id, where the template does not state them.
        parent: The stack in which it is nested, with the logical id of the nested stack there.
        nested: Its own nested stacks, by logical id.
    """

    name: str
    document: Document
    environment: Environment
    stack_name: str | None = None
    construct_paths: Mapping[str, str] = field(default_factory=dict)
    parent: "tuple[Stack, str] | None" = None
    nested: dict[str, "Stack"] = field(default_factory=dict)

    def resource(self, logical_id: str) -> Mapping[str, object]:
        """Return a resource as it is written, empty if there is none."""
        resource = self.document.section("Resources").get(logical_id)
        return resource if isinstance(resource, dict) else {}

    def resource_type(self, logical_id: str) -> str:
        """Return the CloudFormation type of a resource, or an empty text."""
        resource_type = self.resource(logical_id).get("Type")
        return resource_type if isinstance(resource_type, str) else ""

    def location(self, logical_id: str, section: str = "Resources") -> Location:
        """Return where an entry of a section stands."""
        path: object = self.construct_paths.get(logical_id)
        metadata = self.resource(logical_id).get("Metadata")
        if isinstance(metadata, dict):
            path = metadata.get("aws:cdk:path", path)
        return Location(
            file=self.document.file,
            line=self.document.line(section, logical_id),
            logical_id=logical_id,
            construct_path=path if isinstance(path, str) and section == "Resources" else None,
        )


def canonical(node: object) -> str:
    """Return a text that is equal for equal nodes."""
    return json.dumps(node, sort_keys=True, default=str)
