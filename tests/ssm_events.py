"""AWS's example events of Systems Manager with other values, and what EventBridge does with them."""

from typing import Any

from moto.events.utils import EventTemplateParser

from tests.conformance.events.published import Event, examples, matches

__all__ = [
    "Event",
    "calendar",
    "command",
    "command_invocation",
    "compliance",
    "matches",
    "render",
    "window_execution",
    "window_task_execution",
]


def _event(detail_type: str, of: dict[str, str], **detail: str) -> Event:
    """Return the first example of a detail type, or the first with certain values, with other values."""
    event = examples(detail_type, **of)[0]
    event["detail"] |= {name.replace("_", "-"): value for name, value in detail.items()}
    return event


def command(status: str, *, document_name: str = "AWS-RunPatchBaseline") -> Event:
    event = _event("EC2 Command Status-change Notification", {}, status=status, document_name=document_name)
    event["detail"]["parameters"] = {"Operation": ["Install"], "RebootOption": ["NoReboot"]}
    return event


def command_invocation(status: str, *, document_name: str = "AWS-RunPatchBaseline") -> Event:
    return _event(
        "EC2 Command Invocation Status-change Notification", {}, status=status, document_name=document_name
    )


def window_execution(status: str, *, window_id: str = "mw-0ed7251d3fcf6e0c2") -> Event:
    return _event(
        "Maintenance Window Execution State-change Notification", {}, status=status, window_id=window_id
    )


def window_task_execution(status: str) -> Event:
    return _event("Maintenance Window Task Execution State-change Notification", {}, status=status)


def compliance(
    status: str, *, patch_baseline_id: str = "pb-0123456789abcdef0", compliance_type: str = "Patch"
) -> Event:
    return _event(
        "Configuration Compliance State Change",
        {"compliance-type": compliance_type, "compliance-status": "non_compliant"},
        compliance_status=status,
        patch_baseline_id=patch_baseline_id,
    )


def calendar(state: str) -> Event:
    event = _event("Calendar State Change", {"state": state})
    event["resources"] = [event["resources"][0].replace("MyCalendar", "YearEnd")]
    return event


def render(input_paths_map: dict[str, str], input_template: str, event: Event) -> Any:
    """Let moto's EventBridge transform the event; a template whose result is no JSON is an error."""
    return EventTemplateParser.parse(input_template, input_paths_map, event | {"ingestion-time": 0})
