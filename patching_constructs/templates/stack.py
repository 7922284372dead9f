"""A template together with what is known of the stack that it becomes."""

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from patching_constructs.model.acknowledgement import Acknowledgement
from patching_constructs.model.estate import Environment
from patching_constructs.model.location import Location
from patching_constructs.templates.document import TemplateDocument


@dataclass(frozen=True, kw_only=True, slots=True)
class ConstructMetadata:
    """What an assembly says about the constructs of a stack.

    Attributes:
        paths: Construct paths by logical id.
        acknowledgements: Findings that the app accepts.
    """

    paths: Mapping[str, str] = field(default_factory=dict)
    acknowledgements: tuple[Acknowledgement, ...] = ()


class TemplateStack:
    """A stack.

    Args:
        name: Unique in one reading; the id of the stack in its assembly, or the file.
        template: The file of its template.
        load: Loads a template.
        environment: Account and Region.
        stack_name: What `AWS::StackName` gives, or None if it is not known.
        metadata: Loads what the assembly says about constructs.
        find_nested: Finds the templates of nested stacks, by logical id.
        parent: The stack in which it is nested, with the logical id of the nested stack there.
    """

    def __init__(
        self,
        name: str,
        template: Path,
        load: Callable[[Path], TemplateDocument],
        *,
        environment: Environment,
        stack_name: str | None = None,
        metadata: Callable[[], ConstructMetadata] = ConstructMetadata,
        find_nested: "Callable[[TemplateStack], Mapping[str, TemplateStack]]",
        parent: "tuple[TemplateStack, str] | None" = None,
    ) -> None:
        self.name = name
        self.template = template
        self.environment = environment
        self.stack_name = stack_name
        self.parent = parent
        self._load = load
        self._load_metadata = metadata
        self._find_nested = find_nested

    @functools.cached_property
    def document(self) -> TemplateDocument:
        """The template, until it is released."""
        return self._load(self.template)

    @functools.cached_property
    def metadata(self) -> ConstructMetadata:
        """What the assembly says about constructs, until it is released."""
        return self._load_metadata()

    @functools.cached_property
    def nested(self) -> "Mapping[str, TemplateStack]":
        """The nested stacks whose templates are at hand, by logical id."""
        return self._find_nested(self)

    def release(self) -> None:
        """Forget the template; it is loaded again when needed."""
        for name in ("document", "metadata"):
            self.__dict__.pop(name, None)
        for nested in self.__dict__.get("nested", {}).values():
            nested.release()

    def all_nested(self) -> "Iterator[TemplateStack]":
        """Yield the nested stacks, those of nested stacks included."""
        for nested in self.nested.values():
            yield nested
            yield from nested.all_nested()

    def templates_above(self) -> set[Path]:
        """Return the files of this template and of those in which it is nested."""
        above = set() if self.parent is None else self.parent[0].templates_above()
        return above | {self.template.resolve()}

    def resource(self, logical_id: str) -> Mapping[str, object]:
        """Return a resource as it is written, empty if there is none."""
        resource = self.document.section("Resources").get(logical_id)
        return resource if isinstance(resource, dict) else {}

    def resource_type(self, logical_id: str) -> str:
        """Return the CloudFormation type of a resource, or an empty text."""
        resource_type = self.resource(logical_id).get("Type")
        return resource_type if isinstance(resource_type, str) else ""

    def location(self, logical_id: str, section: str = "Resources") -> Location:
        """Return the location of an entry of a section."""
        metadata = self.resource(logical_id).get("Metadata")
        path = metadata.get("aws:cdk:path") if isinstance(metadata, dict) else None
        if path is None:
            path = self.metadata.paths.get(logical_id)
        return Location(
            file=self.document.file,
            line=self.document.line(section, logical_id),
            logical_id=logical_id,
            construct_path=path if isinstance(path, str) and section == "Resources" else None,
        )


def canonical(node: object) -> str:
    """Return a text that is equal for equal nodes."""
    return json.dumps(node, sort_keys=True, default=str)
