"""From an event of Systems Manager to what is reported to the security account."""

from patching_constructs.contracts.patch_event import PatchEvent
from patching_constructs.lambdas.patch_event_forwarder.change_calendars import report_calendar
from patching_constructs.lambdas.patch_event_forwarder.commands import report_command, report_invocation
from patching_constructs.lambdas.patch_event_forwarder.compliance import report_compliance
from patching_constructs.lambdas.patch_event_forwarder.source_event import SourceEvent
from patching_constructs.lambdas.patch_event_forwarder.window_reader import report_window
from patching_constructs.model.systems_manager_events import (
    CALENDAR_STATE_CHANGE,
    COMMAND_INVOCATION_STATUS_CHANGE,
    COMMAND_STATUS_CHANGE,
    COMPLIANCE_STATE_CHANGE,
    WINDOW_EXECUTION_STATE_CHANGE,
)

_REPORTERS = {
    CALENDAR_STATE_CHANGE: report_calendar,
    COMMAND_INVOCATION_STATUS_CHANGE: report_invocation,
    COMMAND_STATUS_CHANGE: report_command,
    COMPLIANCE_STATE_CHANGE: report_compliance,
    WINDOW_EXECUTION_STATE_CHANGE: report_window,
}


class UnknownEventError(Exception):
    """An event of a type arrived that is never reported."""


def forwarded_event(source: SourceEvent) -> PatchEvent | None:
    """Add to an event what it leaves out; what cannot be looked up is stated.

    Returns:
        The event, or None if it has nothing to do with patching.

    Raises:
        UnknownEventError: If the event is of a type that is never reported.
    """
    detail_type = source.event["detail-type"]
    report = _REPORTERS.get(detail_type)
    if report is None:
        message = f"expected an event of type {', '.join(sorted(_REPORTERS))}, got {detail_type!r}"
        raise UnknownEventError(message)
    return report(source)
