"""What is known of the patches of one node at one moment."""

from dataclasses import dataclass
from datetime import datetime

from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_state import PatchState
from patching_constructs.model.promises import Severity


@dataclass(frozen=True, kw_only=True, slots=True)
class PatchProblem:
    """A patch of which something is left to do on a node.

    Attributes:
        patch: Id of the patch: the KB id on Windows, elsewhere the title with the version.
        state: One of `PROBLEM_STATES`.
        severity: Severity by the vendor, or None if unknown.
        first_seen: When the reporter first saw the patch in this state on this node; a patch that is missing
            and one that has failed count as one state. A later scan or install does not move it, as it moves
            AWS's own times.
        published: When AWS says that the patch was released, or None where it does not: only the effective
            patches of Windows baselines have a release date.
    """

    patch: str
    state: PatchState
    severity: Severity | None
    first_seen: datetime
    published: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeReport:
    """What is known of one node that carries the tag of a patch group.

    Attributes:
        node_id: Id of the instance, or of the managed node outside EC2.
        name: Its tag `Name`, or the name of the computer; None if it has neither.
        patch_group: Value of the tag.
        operating_system: Its operating system, or None while nothing has reported it.
        is_managed: Whether Systems Manager reaches it. One that does not has no agent, no role or no network.
        baseline_id: The baseline that its last scan or install used, or None before the first.
        expected_baseline_id: The baseline that its group is registered on, or None if there is none.
        reported_at: End of its last scan or install, or None before the first.
        is_reported_by_others: Whether something else than a window of the rollout has reported last.
        problems: The patches of which something is left to do.
        unread: Why its patches could not be read, or None.
    """

    node_id: str
    name: str | None = None
    patch_group: str
    operating_system: OperatingSystem | None
    is_managed: bool = True
    baseline_id: str | None = None
    expected_baseline_id: str | None = None
    reported_at: datetime | None = None
    is_reported_by_others: bool = False
    problems: tuple[PatchProblem, ...] = ()
    unread: str | None = None
