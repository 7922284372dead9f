"""What a report said of one node, as the history keeps it."""

from dataclasses import dataclass
from datetime import datetime

from patching_constructs.model.patch_state import PatchState


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryProblem:
    """A patch of which something was left to do.

    Attributes:
        patch: Id of the patch.
        state: Its state.
        severity: How severe, in the words of promises, or None.
        first_seen: When the reporter first saw the problem.
        published: When it was published, or None where AWS does not say.
        is_exempt: Whether it was exempt.
    """

    patch: str
    state: PatchState
    severity: str | None
    first_seen: datetime
    published: datetime | None
    is_exempt: bool

    @property
    def clock(self) -> datetime:
        """The time that promises count from."""
        return self.first_seen if self.published is None else self.published


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryRow:
    """A node in a report.

    Attributes:
        rollout: The rollout.
        account: The account, from the partition of the file.
        region: The Region, likewise.
        seen_at: The time of the report.
        ring: The ring.
        patch_group: The patch group.
        operating_system: The operating system, or None.
        node_id: Id of the node.
        node_name: Its name, or None.
        is_managed: Whether Systems Manager reached it.
        is_exempt: Whether the whole node was exempt.
        reported_at: End of its last scan or install, or None.
        baseline_id: The baseline that they used, or None.
        unread: Why its patches could not be read, or None.
        problems: What was left to do.
    """

    rollout: str
    account: str
    region: str
    seen_at: datetime
    ring: str
    patch_group: str
    operating_system: str | None
    node_id: str
    node_name: str | None
    is_managed: bool
    is_exempt: bool
    reported_at: datetime | None
    baseline_id: str | None
    unread: str | None
    problems: tuple[HistoryProblem, ...]

    @property
    def place(self) -> tuple[str, str, str]:
        """Rollout, account and Region, which are reported together."""
        return self.rollout, self.account, self.region

    @property
    def lists_patches(self) -> bool:
        """Whether the absence of a patch among the problems says something."""
        return self.is_managed and self.unread is None and self.reported_at is not None
