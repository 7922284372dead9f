"""The tags that templates put on nodes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from patching_constructs.model.estate import ResourceAt
from patching_constructs.model.location import Location
from patching_constructs.model.unknown import Unknown


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeTag:
    """A tag that nodes get when they are launched."""

    key: str
    value: str
    location: Location


def node_tags(resources: Iterable[ResourceAt]) -> Iterator[NodeTag]:
    """Yield the known tags of instances, Auto Scaling groups and launch templates."""
    for resource in resources:
        properties = {} if isinstance(resource.properties, Unknown) else resource.properties
        match resource.type:
            case "AWS::EC2::Instance" | "AWS::AutoScaling::AutoScalingGroup":
                lists = [properties.get("Tags")]
            case "AWS::EC2::LaunchTemplate":
                data = properties.get("LaunchTemplateData")
                specifications = data.get("TagSpecifications") if isinstance(data, Mapping) else None
                lists = [
                    specification.get("Tags")
                    for specification in _mappings(specifications)
                    if specification.get("ResourceType") == "instance"
                ]
            case _:
                continue
        for tags in lists:
            for tag in _mappings(tags):
                key, value = tag.get("Key"), tag.get("Value")
                if isinstance(key, str) and isinstance(value, str):
                    yield NodeTag(key=key, value=value, location=resource.location)


def _mappings(items: object) -> Iterator[Mapping[str, object]]:
    for item in items if isinstance(items, tuple) else ():
        if isinstance(item, Mapping):
            yield item
