"""Patch commands that ended without success."""

from patching_constructs.model.patch_event import PatchEvent, PatchEventKind
from patching_constructs.model.unknown import Unknown
from patching_constructs.runtime.event_enrichment.happening import Happening, severity_of_failure
from patching_constructs.runtime.event_enrichment.lookup import look_up
from patching_constructs.runtime.event_enrichment.named_nodes import NamedNodes, name_nodes
from patching_constructs.runtime.event_enrichment.whereabouts import Whereabouts
from patching_constructs.runtime.event_enrichment.words import few
from patching_constructs.runtime.executions import list_nodes


def command_fact(happening: Happening, command_id: str) -> str:
    """Return the key of the fact that a command ended without success."""
    return happening.fact("command", command_id)


def tell_command(happening: Happening) -> PatchEvent:
    """Tell that a patch command ended without success, and on which nodes."""
    detail = happening.detail
    command_id, document, status = detail["command-id"], detail["document-name"], detail["status"]
    statuses = look_up(f"the nodes of command {command_id}", lambda: list_nodes(happening.ssm, command_id))
    failed = []
    if isinstance(statuses, Unknown):
        nodes = NamedNodes(names={}, where=Whereabouts(unknown=statuses.reason))
    else:
        failed = sorted(node_id for node_id, status in statuses.items() if status != "Success")
        nodes = name_nodes(happening, failed or sorted(statuses))
    on_nodes = f" Nodes without success: {few(nodes.labels)}." if failed else ""
    return happening.tell(
        kind=PatchEventKind.COMMAND,
        severity=severity_of_failure(nodes.where),
        where=nodes.where,
        subject=command_id,
        subject_name=document,
        status=status,
        facts=[command_fact(happening, command_id)],
        title=f"Patch command{nodes.where.of_ring} {status} in {happening.place}",
        text=(
            f"Patch command {command_id} ({document}){nodes.where.of_group} ended with status {status} "
            f"in {happening.place_and_time}.{on_nodes}"
        ),
        next_step=(
            "Nodes may be unpatched: find them and their output with: aws ssm list-command-invocations "
            f"--command-id {command_id} --details --region {happening.region}"
        ),
        unknown=[nodes.unknown],
    )


def tell_invocation(happening: Happening) -> PatchEvent:
    """Tell that a patch command ended without success on a node."""
    detail = happening.detail
    command_id, document, status = detail["command-id"], detail["document-name"], detail["status"]
    node_id = detail["instance-id"]
    nodes = name_nodes(happening, [node_id])
    (name,) = nodes.names.values()
    return happening.tell(
        kind=PatchEventKind.COMMAND,
        severity=severity_of_failure(nodes.where),
        where=nodes.where,
        subject=command_id,
        subject_name=document,
        status=status,
        facts=[f"{command_fact(happening, command_id)}/{node_id}"],
        title=f"Patching of node {name}{nodes.where.of_ring} {status} in {happening.place}",
        text=(
            f"Patch command {command_id} ({document}) ended with status {status} on node {nodes.labels[0]}"
            f"{nodes.where.of_group} in {happening.place_and_time}."
        ),
        next_step=(
            "The node may be unpatched: read its output with: aws ssm get-command-invocation "
            f"--command-id {command_id} --instance-id {node_id} --region {happening.region}"
        ),
        unknown=[nodes.unknown],
    )
