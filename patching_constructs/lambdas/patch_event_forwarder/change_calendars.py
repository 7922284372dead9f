"""Change calendars that opened or closed."""

import datetime as dt

from patching_constructs.contracts.patch_event import PatchEvent, PatchEventKind
from patching_constructs.lambdas.patch_event_forwarder.membership import Membership
from patching_constructs.lambdas.patch_event_forwarder.source_event import SourceEvent


def report_calendar(source: SourceEvent) -> PatchEvent:
    """Report that a calendar opened or closed, and until when; it belongs to no ring."""
    detail = source.detail
    calendar = source.event["resources"][0]
    name, state = calendar.rpartition("document/")[2], detail["state"]
    next_at = detail.get("nextTransitionTime")
    return source.report(
        kind=PatchEventKind.CALENDAR,
        membership=Membership(),
        subject=calendar,
        subject_name=name,
        status=state,
        facts=[source.fact("calendar", name, state, detail["atTime"])],
        until=dt.datetime.fromisoformat(next_at) if next_at else None,
    )
