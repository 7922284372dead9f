"""The quotas, the fullest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from patching_constructs.plan.plan import Plan, PlannedQuota

# Part of a quota from which it is nearly used up.
_NEARLY = 0.8


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotaView:
    """One quota.

    Attributes:
        planned: The quota.
        share: Length of its bar, 0 to 1.
        percent: The part that is used, in words.
        state: `fine`, `nearly` or `over`.
    """

    planned: PlannedQuota
    share: float
    percent: str
    state: str


def quota_views(plan: Plan) -> Sequence[QuotaView]:
    """Return the quotas, the fullest first."""
    return [
        QuotaView(
            planned=quota,
            share=min(quota.share, 1.0),
            percent=f"{100 * quota.share:.0f} %",
            state="over" if quota.share > 1 else "nearly" if quota.share >= _NEARLY else "fine",
        )
        for quota in sorted(plan.quotas, key=lambda quota: -quota.share)
    ]
