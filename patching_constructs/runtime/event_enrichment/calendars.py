"""Change calendars that opened or closed."""

from patching_constructs.model.patch_event import PatchEvent, PatchEventKind, PatchEventSeverity
from patching_constructs.runtime.event_enrichment.happening import Happening
from patching_constructs.runtime.event_enrichment.whereabouts import Whereabouts


def tell_calendar(happening: Happening) -> PatchEvent:
    """Tell that a calendar opened or closed, and until when; it is of no ring."""
    detail = happening.detail
    calendar = happening.event["resources"][0]
    name, state = calendar.rpartition("document/")[2], detail["state"]
    next_at = detail.get("nextTransitionTime")
    until = f" until {next_at}" if next_at else ""
    return happening.tell(
        kind=PatchEventKind.CALENDAR,
        severity=PatchEventSeverity.INFO,
        where=Whereabouts(),
        subject=calendar,
        subject_name=name,
        status=state,
        facts=[happening.fact("calendar", name, state, detail["atTime"])],
        title=f"Change calendar {name} is {state} in {happening.place}",
        text=f"Change calendar {name} is {state}{until} in {happening.place_and_time}.",
    )
