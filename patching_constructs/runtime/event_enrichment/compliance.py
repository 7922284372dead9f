"""Nodes whose patch compliance changed."""

from patching_constructs.model.patch_event import PatchEvent, PatchEventKind, PatchEventSeverity
from patching_constructs.runtime.event_enrichment.happening import Happening
from patching_constructs.runtime.event_enrichment.named_nodes import name_nodes

_COMPLIANT = "compliant"


def tell_compliance(happening: Happening) -> PatchEvent:
    """Tell that a node complies with its patch baseline from now on, or does not.

    Each newly approved patch makes nodes non-compliant until their next window, so it is not urgent by
    itself on any ring: how long it has lasted is what the reporter measures.

    AWS does not say whether the event names a baseline by its bare id or by its ARN, and shows events that
    name neither baseline nor severity.
    """
    detail = happening.detail
    node_id, status = detail["resource-id"], detail["compliance-status"]
    severity = detail.get("severity", "unspecified")
    baseline_id = detail.get("patch-baseline-id", "").rpartition("/")[2]
    baseline = f"patch baseline {baseline_id}" if baseline_id else "its patch baseline"
    nodes = name_nodes(happening, [node_id])
    (name,) = nodes.names.values()
    is_compliant = status == _COMPLIANT
    became = f"compliant with {baseline}" if is_compliant else f"non-compliant with {baseline} ({severity})"
    return happening.tell(
        kind=PatchEventKind.COMPLIANCE,
        severity=PatchEventSeverity.INFO if is_compliant else PatchEventSeverity.WARNING,
        where=nodes.where,
        subject=node_id,
        subject_name=name,
        status=status,
        facts=[happening.fact("compliance", node_id, status, severity, baseline_id)],
        title=f"Node {name}{nodes.where.of_ring} is {status} in {happening.place}",
        text=f"Node {nodes.labels[0]}{nodes.where.of_group} became {became} in {happening.place_and_time}.",
        next_step=""
        if is_compliant
        else (
            "See which patches it lacks with: aws ssm describe-instance-patches --instance-id "
            f"{node_id} --filters Key=State,Values=Missing,Failed,InstalledPendingReboot,InstalledRejected "
            f"--region {happening.region}"
        ),
        unknown=[nodes.unknown],
    )
