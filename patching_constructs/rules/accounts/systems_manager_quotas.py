"""Rules about how many of a thing an account may have."""

from collections.abc import Iterable, Sized

from patching_constructs.analysis.quota_use import QuotaUse
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId

_QUOTAS_PAGE = "https://docs.aws.amazon.com/general/latest/gr/ssm.html"

# Quotas of windows and of single baselines have rules that can name the location of the one too many.
_CHECKED_ELSEWHERE = {
    "executions_at_once",
    "tasks_per_window",
    "targets_per_window",
    "targets_per_task",
    "patch_groups_per_baseline",
}

# What to do where AWS raises no quota.
_MORE = {"standard_hybrid_nodes": "more need the advanced-instances tier, which has a price"}


def _raised(name: str) -> str:
    return f"if AWS has raised the quota, set quotas.{name}"


def check_quota_use(uses: Iterable[QuotaUse]) -> list[Finding]:
    """Find more windows, baselines, associations or nodes in one account and Region than its quotas allow."""
    return [
        Finding(
            id=FindingId.WINDOW_QUOTA
            if use.name == "windows_per_account_and_region"
            else FindingId.SYSTEMS_MANAGER_QUOTA,
            level=Level.ERROR if use.refused else Level.WARNING,
            field=use.name,
            message=f"more {use.what} than the quota of one account and Region",
            received=str(use.used),
            allowed=f"up to {use.quota}; {_MORE.get(use.name, _raised(use.name))}",
            source=_QUOTAS_PAGE,
        )
        for use in uses
        if use.used > use.quota and use.name not in _CHECKED_ELSEWHERE
    ]


def check_quota(items: Sized, quota: int, *, name: str, field: str) -> list[Finding]:
    """Find more items than a quota of maintenance windows allows.

    Args:
        items: What is counted.
        quota: How many there may be.
        name: Name of the quota in `MaintenanceWindowQuotas` and under `quotas` in patching.yaml.
        field: Field that has the items.
    """
    if len(items) <= quota:
        return []
    return [
        Finding(
            id=FindingId.WINDOW_QUOTA,
            level=Level.ERROR,
            field=field,
            message="more than the quota of the account",
            received=str(len(items)),
            allowed=f"up to {quota}; {_raised(name)}",
            source=_QUOTAS_PAGE,
        )
    ]
