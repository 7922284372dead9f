"""Nodes whose patch compliance changed."""

from patching_constructs.contracts.patch_event import PatchEvent, PatchEventKind
from patching_constructs.lambdas.patch_event_forwarder.named_nodes import name_nodes
from patching_constructs.lambdas.patch_event_forwarder.source_event import SourceEvent


def report_compliance(source: SourceEvent) -> PatchEvent:
    """Report that a node now complies with its patch baseline, or does not.

    AWS does not say whether the event names a baseline by its bare id or by its ARN, and publishes examples
    that name neither baseline nor severity.
    """
    detail = source.detail
    node_id, status = detail["resource-id"], detail["compliance-status"]
    severity = detail.get("severity", "")
    baseline = detail.get("patch-baseline-id", "").rpartition("/")[2]
    nodes = name_nodes(source, [node_id])
    (node,) = nodes.first
    return source.report(
        kind=PatchEventKind.COMPLIANCE,
        membership=nodes.membership,
        subject=node_id,
        subject_name=node.name,
        status=status,
        facts=[source.fact("compliance", node_id, status, severity, baseline)],
        baseline=baseline,
        compliance_severity=severity,
        unknown=[nodes.unknown],
    )
