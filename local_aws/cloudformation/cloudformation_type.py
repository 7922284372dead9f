"""What a CloudFormation resource type must say so that stacks can have it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from local_aws.aws import Aws
from local_aws.errors import NotEmulatedError, ResourceFailedError

Properties = Mapping[str, Any]


class CloudFormationType:
    """A CloudFormation resource type: which properties it takes, and which AWS calls make it so.

    A property that is not listed is refused, so that nothing in a template is dropped in silence.
    """

    type_name: ClassVar[str]
    properties: ClassVar[frozenset[str]]
    create_only: ClassVar[frozenset[str]] = frozenset()
    """Properties whose change means a new resource in place of the old one."""
    exclusive: ClassVar[str | None] = None
    """The list property whose items only one resource of the account and Region can have."""
    not_found: ClassVar[frozenset[str]] = frozenset()
    """Error codes with which AWS answers that a resource does not exist: it need not be deleted then."""

    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        """Make the resource and give its physical id: what `Ref` gives. What it has made stays if it fails.

        Args:
            aws: Where to make it.
            name: A unique name to use when the properties give none.
            properties: The resolved properties.
        """
        raise NotImplementedError

    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        """Do what is left to do once the resource exists. When it fails the resource is deleted again.

        Args:
            aws: Where it is.
            physical_id: Which one it is.
            properties: The resolved properties that it shall have.
            previous: The resolved properties that it has; empty for a new resource.
        """

    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        """Change the resource in place; the arguments are those of `configure`."""
        self.configure(aws, physical_id, properties, previous)

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        """Remove the resource.

        Args:
            aws: Where it is.
            physical_id: Which one it is.
            properties: The resolved properties that it has.
        """
        raise NotImplementedError

    def exists(
        self,
        aws: Aws,  # noqa: ARG002 - for the types that can be imported
        physical_id: str,  # noqa: ARG002 - the same
    ) -> bool:
        """Return whether there is such a resource, to be imported into a stack.

        Raises:
            NotEmulatedError: If the local AWS does not import resources of this type.
        """
        raise NotEmulatedError(f"the import of {self.type_name} is not part of the local AWS")

    def attributes(
        self,
        aws: Aws,  # noqa: ARG002 - for the types that must ask
        physical_id: str,  # noqa: ARG002 - the same
        properties: Properties,  # noqa: ARG002 - the same
    ) -> Mapping[str, Any]:
        """Give what `Fn::GetAtt` gives, by attribute name."""
        return {}

    def check(self, properties: Properties) -> None:
        """Refuse properties that this type does not take.

        Raises:
            NotEmulatedError: If there is one.
        """
        if unknown := sorted(properties.keys() - self.properties):
            raise NotEmulatedError(
                f"extraneous key [{', '.join(unknown)}] is not permitted: "
                f"the local AWS takes {', '.join(sorted(self.properties))}"
            )

    def with_stack_tags(self, properties: Properties, tags: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        """Add the stack's tags to the resource's own, as CloudFormation does; the resource's own win."""
        if not tags or "Tags" not in self.properties:
            return dict(properties)
        own = properties.get("Tags", [])
        keys = {tag["Key"] for tag in own}
        return {**properties, "Tags": [*own, *(dict(tag) for tag in tags if tag["Key"] not in keys)]}

    def refuse_taken(self, identifier: str) -> ResourceFailedError:
        """Word the refusal of a name that is taken, as CloudFormation words it."""
        return ResourceFailedError(
            f"Resource of type '{self.type_name}' with identifier '{identifier}' already exists. "
            "(HandlerErrorCode: AlreadyExists)"
        )


def names(text: str) -> frozenset[str]:
    """Read a set of names from text that is split at white space."""
    return frozenset(text.split())


def pick(properties: Properties, wanted: frozenset[str]) -> dict[str, Any]:
    """Keep those of the wanted properties that are given."""
    return {name: value for name, value in properties.items() if name in wanted}


def fit(name: str, length: int) -> str:
    """Shorten a generated name from the left of its random end, as CloudFormation does."""
    if len(name) <= length:
        return name
    start, end = name.rsplit("-", 1)
    return f"{start[: length - len(end) - 1]}-{end}"


def added(properties: Properties, previous: Properties, name: str) -> list[Any]:
    """Give the items of a list property that it did not have before."""
    return [item for item in properties.get(name, []) if item not in previous.get(name, [])]


def removed_tag_keys(properties: Properties, previous: Properties) -> list[str]:
    """Give the keys of the tags that the resource shall have no more."""
    kept = {tag["Key"] for tag in properties.get("Tags", [])}
    return [tag["Key"] for tag in previous.get("Tags", []) if tag["Key"] not in kept]
