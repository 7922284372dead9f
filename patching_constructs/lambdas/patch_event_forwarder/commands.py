"""Patch commands that ended without success."""

from patching_constructs.contracts.patch_event import PatchEvent, PatchEventKind
from patching_constructs.lambdas._shared.executions import list_nodes
from patching_constructs.lambdas.patch_event_forwarder.lookup import look_up
from patching_constructs.lambdas.patch_event_forwarder.membership import Membership
from patching_constructs.lambdas.patch_event_forwarder.named_nodes import NamedNodes, name_nodes
from patching_constructs.lambdas.patch_event_forwarder.source_event import SourceEvent
from patching_constructs.model.unknown import Unknown


def command_fact(source: SourceEvent, command_id: str) -> str:
    """Return the key of the fact that a command ended without success."""
    return source.fact("command", command_id)


def report_command(source: SourceEvent) -> PatchEvent:
    """Report that a patch command ended without success, and on which nodes."""
    command_id = source.detail["command-id"]
    statuses = look_up(f"the nodes of command {command_id}", lambda: list_nodes(source.ssm, command_id))
    failed: list[str] = []
    if isinstance(statuses, Unknown):
        nodes = NamedNodes(membership=Membership(unknown=statuses.reason))
    else:
        failed = sorted(node_id for node_id, status in statuses.items() if status != "Success")
        nodes = name_nodes(source, failed or sorted(statuses))
    return source.report(
        kind=PatchEventKind.COMMAND,
        membership=nodes.membership,
        subject=command_id,
        subject_name=source.detail["document-name"],
        status=source.detail["status"],
        facts=[command_fact(source, command_id)],
        nodes=nodes.first if failed else (),
        node_count=len(failed),
        unknown=[nodes.unknown],
    )


def report_invocation(source: SourceEvent) -> PatchEvent:
    """Report that a patch command ended without success on a node."""
    command_id, node_id = source.detail["command-id"], source.detail["instance-id"]
    nodes = name_nodes(source, [node_id])
    return source.report(
        kind=PatchEventKind.COMMAND,
        membership=nodes.membership,
        subject=command_id,
        subject_name=source.detail["document-name"],
        status=source.detail["status"],
        facts=[f"{command_fact(source, command_id)}/{node_id}"],
        nodes=nodes.first,
        node_count=1,
        unknown=[nodes.unknown],
    )
