"""From an event of Systems Manager to what the security account is told."""

from patching_constructs.model.patch_event import PatchEvent
from patching_constructs.model.patch_events import (
    CALENDAR_STATE_CHANGE,
    COMMAND_INVOCATION_STATUS_CHANGE,
    COMMAND_STATUS_CHANGE,
    COMPLIANCE_STATE_CHANGE,
    WINDOW_EXECUTION_STATE_CHANGE,
)
from patching_constructs.runtime.event_enrichment.calendars import tell_calendar
from patching_constructs.runtime.event_enrichment.commands import tell_command, tell_invocation
from patching_constructs.runtime.event_enrichment.compliance import tell_compliance
from patching_constructs.runtime.event_enrichment.happening import Happening
from patching_constructs.runtime.event_enrichment.windows import tell_window

_TELLERS = {
    CALENDAR_STATE_CHANGE: tell_calendar,
    COMMAND_INVOCATION_STATUS_CHANGE: tell_invocation,
    COMMAND_STATUS_CHANGE: tell_command,
    COMPLIANCE_STATE_CHANGE: tell_compliance,
    WINDOW_EXECUTION_STATE_CHANGE: tell_window,
}


class UnknownEventError(Exception):
    """An event arrived that is about none of what is told."""


def enrich(happening: Happening) -> PatchEvent:
    """Add to an event what it leaves out; what cannot be looked up is said.

    Raises:
        UnknownEventError: If the event is about none of what is told.
    """
    detail_type = happening.event["detail-type"]
    tell = _TELLERS.get(detail_type)
    if tell is None:
        message = f"an event of type {detail_type!r} is none of {', '.join(sorted(_TELLERS))}"
        raise UnknownEventError(message)
    return tell(happening)
