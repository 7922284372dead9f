"""The sentences that people read about an event.

They are written here, from fields that were checked, so that an account cannot put words into them: what it
chooses are names, which are shown as names.
"""

from patching_constructs.contracts.patch_event import (
    LONGEST_SUBJECT_NAME,
    EventNode,
    PatchEvent,
    PatchEventKind,
)
from patching_constructs.lambdas.patch_event_hub.plain_text import is_word, name
from patching_constructs.model.systems_manager_events import (
    NON_COMPLIANT,
    OVERLAPPING_WINDOW_STATUS,
    SUCCESSFUL_WINDOW_STATUS,
)

# Characters of a name in a title, so that the account is in it too.
_HEADLINE = 32


def named(text: str) -> str:
    """Return a name, for a sentence."""
    return name(text, LONGEST_SUBJECT_NAME)


def name_and_id(text: str, id: str) -> str:
    """Return a name with its id, or the id alone where both are the same."""
    return id if text == id else f"{named(text)} ({id})"


def title(event: PatchEvent, account_name: str) -> str:
    """Return what happened, in a few words."""
    where = f"in account {account_name}, {event.region}"
    about, ring = _headline(event.subject_name, event.subject), _of_ring(event)
    match event.kind:
        case PatchEventKind.WINDOW:
            return f"Maintenance window {about} {event.status} {where}"
        case PatchEventKind.COMMAND if event.node_count == 1 and event.nodes:
            (node, *_) = event.nodes
            return f"Patching of node {_headline(node.name, node.id)}{ring} {event.status} {where}"
        case PatchEventKind.COMMAND:
            return f"Patch command{ring} {event.status} {where}"
        case PatchEventKind.COMPLIANCE:
            return f"Node {about}{ring} is {event.status} {where}"
        case PatchEventKind.CALENDAR:
            return f"Change calendar {about} is {event.status} {where}"


def text(event: PatchEvent, account_name: str) -> str:
    """Return what happened, where and when, in whole sentences."""
    account = f"account {name_and_id(account_name, event.account)}"
    where = f"in {account}, Region {event.region}, at {_time(event)}"
    about, ended = named(event.subject_name), f"ended with status {event.status}"
    match event.kind:
        case PatchEventKind.WINDOW if event.status == OVERLAPPING_WINDOW_STATUS:
            return (
                f"Execution {event.execution} of maintenance window {about}{_of_ring(event)} did not start "
                f"{where}: an earlier execution of the window was still running. This one patched nothing."
            )
        case PatchEventKind.WINDOW:
            return (
                f"Execution {event.execution} of maintenance window {about}{_of_ring(event)} {ended} {where}."
            )
        case PatchEventKind.COMMAND:
            return (
                f"Patch command {event.subject} ({about}){_of_group(event)} {ended} {where}.{_nodes(event)}"
            )
        case PatchEventKind.COMPLIANCE:
            became = "non-compliant" if event.status == NON_COMPLIANT else "compliant"
            baseline = f"patch baseline {event.baseline}" if event.baseline else "its patch baseline"
            severity = f" (severity {event.compliance_severity})" if event.compliance_severity else ""
            node = name_and_id(event.subject_name, event.subject)
            return f"Node {node}{_of_group(event)} became {became} with {baseline}{severity} {where}."
        case PatchEventKind.CALENDAR:
            until = "" if event.until is None else f" until {event.until.isoformat()}"
            return f"Change calendar {about} is {event.status}{until} {where}."


def next_step(event: PatchEvent) -> str:
    """Return what to do about it, in whole sentences, or nothing."""
    region = f"--region {event.region}"
    match event.kind:
        case PatchEventKind.WINDOW if event.status == OVERLAPPING_WINDOW_STATUS:
            return (
                "Find the earlier execution with: aws ssm describe-maintenance-window-executions "
                f"--window-id {event.subject} {region}. If this happens again, give the window fewer nodes, "
                "more concurrency or a less frequent schedule."
            )
        case PatchEventKind.WINDOW if event.status != SUCCESSFUL_WINDOW_STATUS:
            return (
                "Find the task that failed with: aws ssm describe-maintenance-window-execution-tasks "
                f"--window-execution-id {event.execution} {region}"
            )
        case PatchEventKind.COMMAND if event.node_count == 1 and event.nodes:
            return (
                "The node may be unpatched: read its output with: aws ssm get-command-invocation "
                f"--command-id {event.subject} --instance-id {event.nodes[0].id} {region}"
            )
        case PatchEventKind.COMMAND:
            return (
                "Nodes may be unpatched: find them and their output with: aws ssm list-command-invocations "
                f"--command-id {event.subject} --details {region}"
            )
        case PatchEventKind.COMPLIANCE if event.status == NON_COMPLIANT:
            return (
                "See which patches it lacks with: aws ssm describe-instance-patches --instance-id "
                f"{event.subject} --filters Key=State,Values=Missing,Failed,InstalledPendingReboot,"
                f"InstalledRejected {region}"
            )
        case _:
            return ""


def _headline(text: str, id: str) -> str:
    """Return a name of one word, or else the id: no title has words that an account chose."""
    return name(text, _HEADLINE) if is_word(text) else id


def _time(event: PatchEvent) -> str:
    return event.happened_at.isoformat(timespec="seconds")


def _of_ring(event: PatchEvent) -> str:
    return "" if event.ring is None else f" of ring {named(event.ring)}"


def _of_group(event: PatchEvent) -> str:
    group = "" if event.patch_group is None else f" of patch group {named(event.patch_group)}"
    return f"{group}{_of_ring(event)}"


def _nodes(event: PatchEvent) -> str:
    if not event.nodes:
        return ""
    more = event.node_count - len(event.nodes)
    labels = ", ".join(_label(node) for node in event.nodes)
    return f" Nodes without success: {labels}{f' and {more} more' if more > 0 else ''}."


def _label(node: EventNode) -> str:
    return name_and_id(node.name, node.id)
