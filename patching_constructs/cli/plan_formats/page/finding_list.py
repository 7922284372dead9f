"""The findings: those that want attention first, accepted ones apart, and not more than a page can hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from patching_constructs.plan.plan import Plan
from patching_constructs.rules.acknowledged_findings import JudgedFinding

MOST = 300
"""How many findings of each kind a page lists; `patching check` lists all of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingsView:
    """The findings.

    Attributes:
        open: Findings that have not been accepted.
        accepted: Findings that have been accepted.
        left_out: How many the page does not list.
    """

    open: Sequence[JudgedFinding]
    accepted: Sequence[JudgedFinding]
    left_out: int


def findings_view(plan: Plan) -> FindingsView:
    """Divide the findings of the plan."""
    open_ = [entry for entry in plan.findings if entry.acknowledgement is None]
    accepted = [entry for entry in plan.findings if entry.acknowledgement is not None]
    return FindingsView(
        open=open_[:MOST],
        accepted=accepted[:MOST],
        left_out=max(len(open_) - MOST, 0) + max(len(accepted) - MOST, 0),
    )
