"""Rules about State Manager associations that scan or install."""

from collections.abc import Iterator, Mapping, Sequence

from patching_constructs.model.estate import ResourceAt
from patching_constructs.model.finding import Finding
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.rules.located import with_location
from patching_constructs.rules.patching_task import check_document


def check_associations(resources: Sequence[ResourceAt]) -> Iterator[Finding]:
    """Find documents of associations that should not be used, and parameters that they refuse."""
    for resource in resources:
        if resource.type != "AWS::SSM::Association" or isinstance(resource.properties, Unknown):
            continue
        document = resource.properties.get("Name")
        if isinstance(document, str):
            parameters = _parameters(resource.properties.get("Parameters"))
            findings = check_document(document, parameters, document_field="name", prefix="")
            yield from with_location(findings, resource.location)


def _parameters(values: object) -> dict[str, Maybe[tuple[Maybe[str], ...]]]:
    return {
        str(name): _texts(value) for name, value in (values.items() if isinstance(values, Mapping) else ())
    }


def _texts(value: object) -> Maybe[tuple[Maybe[str], ...]]:
    if isinstance(value, Unknown):
        return value
    items = value if isinstance(value, tuple) else (value,)
    return tuple(item if isinstance(item, str | Unknown) else str(item) for item in items)
