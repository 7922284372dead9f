"""Rules about State Manager associations that scan or install."""

from collections.abc import Iterator, Sequence

from patching_constructs.model.estate import ResourceAt
from patching_constructs.model.finding import Finding
from patching_constructs.model.unknown import Unknown
from patching_constructs.rollout.association_windows import ASSOCIATION, association_parameters
from patching_constructs.rules.located import with_location
from patching_constructs.rules.patching_task import check_document


def check_associations(resources: Sequence[ResourceAt]) -> Iterator[Finding]:
    """Find documents of associations that should not be used, and parameters that they refuse."""
    for resource in resources:
        if resource.type != ASSOCIATION or isinstance(resource.properties, Unknown):
            continue
        document = resource.properties.get("Name")
        if isinstance(document, str):
            parameters = association_parameters(resource.properties)
            findings = check_document(document, parameters, document_field="name", prefix="")
            yield from with_location(findings, resource.location)
