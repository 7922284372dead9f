"""Rules about how many of a thing an account may have."""

from collections.abc import Sized

from patching_constructs.model.finding import Finding, Level
from patching_constructs.rules.ids import FindingId


def check_quota(items: Sized, quota: int, *, field: str) -> list[Finding]:
    """Find more items than the quota of maintenance windows allows."""
    if len(items) <= quota:
        return []
    return [
        Finding(
            id=FindingId.WINDOW_QUOTA,
            level=Level.ERROR,
            field=field,
            message="more than the quota of the account",
            received=str(len(items)),
            allowed=f"up to {quota}; if AWS has raised the quota, state it",
            source="https://docs.aws.amazon.com/general/latest/gr/ssm.html",
        )
    ]
