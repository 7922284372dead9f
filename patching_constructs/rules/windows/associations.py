"""Rules about State Manager associations that scan or install."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from patching_constructs.analysis.association_windows import ASSOCIATION, association_parameters
from patching_constructs.model.estate import ResourceAt
from patching_constructs.model.finding import Finding
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.located import with_location
from patching_constructs.rules.windows.patching_task import check_document
from patching_constructs.schedules.schedule_error import ScheduleSyntaxError
from patching_constructs.schedules.timetable import parse_expression


def check_associations(resources: Sequence[ResourceAt]) -> Iterator[Finding]:
    """Find documents of associations that should not be used, parameters that they refuse, and schedules."""
    for resource in resources:
        if resource.type != ASSOCIATION or isinstance(resource.properties, Unknown):
            continue
        document = resource.properties.get("Name")
        if isinstance(document, str):
            parameters = association_parameters(resource.properties)
            findings = check_document(document, parameters, document_field="name", prefix="")
            yield from with_location(findings, resource.location)
        expression = resource.properties.get("ScheduleExpression")
        if isinstance(expression, str):
            yield from with_location(_check_expression(expression), resource.location)


def _check_expression(text: str) -> Iterator[Finding]:
    try:
        parse_expression(text)
    except ScheduleSyntaxError as error:
        for finding in error.findings:
            yield replace(finding, field="schedule_expression")
