"""Where findings about records stand in a template."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from patching_constructs.model.finding import Finding
from patching_constructs.model.location import Location
from patching_constructs.model.maintenance_window import TargetRecord, TaskRecord, WindowRecord

_REGISTERED = re.compile(r"(targets|tasks)\[(\d+)\]\.(.*)")


def with_location(findings: Iterable[Finding], location: Location | None) -> Iterator[Finding]:
    """Place the findings that have no place yet."""
    for finding in findings:
        yield replace(finding, location=location) if finding.location is None else finding


def locate_in_window(findings: Iterable[Finding], window: WindowRecord) -> Iterator[Finding]:
    """Place findings about a window; those about a target or a task stand where that is defined."""
    for finding in findings:
        match = _REGISTERED.fullmatch(finding.field) if finding.location is None else None
        if match is None:
            yield from with_location([finding], window.location)
            continue
        kind, index, field = match.groups()
        records: tuple[TargetRecord | TaskRecord, ...] = window.targets if kind == "targets" else window.tasks
        yield replace(finding, field=field, location=records[int(index)].location)
