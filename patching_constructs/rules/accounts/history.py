"""What S3, Glue and Athena accept for the history of nodes, and what keeps accounts apart in it."""

import re
from collections.abc import Iterator, Sequence

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.rules.accounts.organization import (
    ACCOUNT_ID,
    ACCOUNT_ID_WORDS,
    ORGANIZATION_ID,
    ORGANIZATION_ID_WORDS,
)

# Bucket names become host names, so upper case and underscores are refused.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = (r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "3 to 63 lower-case letters, digits, '.' and '-'")
_ACCOUNT = (ACCOUNT_ID.pattern, ACCOUNT_ID_WORDS)
_REGION = (r"[a-z]{2}(-[a-z]+)+-[0-9]{1,2}", "a Region such as eu-central-1")
# A comma would end a value of the projection, a slash or a star would open the prefix of another account.
_ROLLOUT = (r"[A-Za-z0-9_.-]{1,128}", "letters, digits, '_', '.' and '-'")
# Athena quotes no name for us: other characters would have to be quoted in every query.
# https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
_DATABASE = (r"[a-z0-9_]{1,255}", "lower-case letters, digits and '_'")
# https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroup.html
_WORKGROUP = (r"[A-Za-z0-9._-]{1,128}", "letters, digits, '.', '_' and '-'")
_ORGANIZATION = (ORGANIZATION_ID.pattern, ORGANIZATION_ID_WORDS)

# Characters of the 20 KB of a bucket's policy that are left for accounts.
_ROOM_FOR_ACCOUNTS = 17_000

# Characters of an account that may write: its ARN as a principal.
_OF_A_WRITER = 34

# Characters of an account whose Resource Data Syncs may write: id, ARN of the sync, and prefix.
_OF_A_SYNC = 240

LEAST_BYTES_SCANNED = 10_000_000
"""https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroupConfiguration.html"""

LEAST_DAYS_BEFORE_INFREQUENT_ACCESS = 30
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"""


def check_history_places(
    *,
    bucket_name: str,
    rollout_names: Sequence[str],
    account_ids: Sequence[str],
    regions: Sequence[str],
    organization_id: str | None,
    database_name: str,
    workgroup_name: str,
) -> Iterator[Finding]:
    """Find names that AWS refuses, or with which one account could write what another one says."""
    yield from _check("bucket_name", [bucket_name], *_BUCKET)
    yield from _check("rollout_names", rollout_names, *_ROLLOUT)
    yield from _check("account_ids", account_ids, *_ACCOUNT)
    yield from _check("regions", regions, *_REGION)
    yield from _check("organization_id", [] if organization_id is None else [organization_id], *_ORGANIZATION)
    yield from _check("database_name", [database_name], *_DATABASE)
    yield from _check("workgroup_name", [workgroup_name], *_WORKGROUP)
    for field, values in {
        "rollout_names": rollout_names,
        "account_ids": account_ids,
        "regions": regions,
    }.items():
        if not values:
            yield _finding(FindingId.HISTORY_PLACE, field, "no account could write", "none", "at least one")


def check_history_writers(
    account_ids: Sequence[str], *, organization_id: str | None, takes_resource_data_sync: bool
) -> Iterator[Finding]:
    """Find more accounts than the policy of the bucket can list."""
    of_each = (0 if organization_id else _OF_A_WRITER) + (_OF_A_SYNC if takes_resource_data_sync else 0)
    most = _ROOM_FOR_ACCOUNTS // of_each if of_each else len(account_ids)
    if len(account_ids) > most:
        yield _finding(
            FindingId.HISTORY_PLACE,
            "account_ids",
            "too many for the policy of the bucket, which is limited to 20 KB",
            f"{len(account_ids)} accounts",
            f"at most {most}{', or no Resource Data Syncs' if takes_resource_data_sync else ''}"
            f"{'' if organization_id else ', or organization_id'}",
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html",
        )


def check_history_days(
    *, retention_days: int, infrequent_access_after_days: int | None, query_results_days: int
) -> Iterator[Finding]:
    """Find days that S3 refuses, or that never come."""
    for field, days in {"retention_days": retention_days, "query_results_days": query_results_days}.items():
        if type(days) is not int or days < 1:
            yield _finding(FindingId.HISTORY_DAYS, field, "not a number of days", repr(days), "1 or more")
    if infrequent_access_after_days is None:
        return
    days = infrequent_access_after_days
    if type(days) is not int or not LEAST_DAYS_BEFORE_INFREQUENT_ACCESS <= days < retention_days:
        yield _finding(
            FindingId.HISTORY_DAYS,
            "infrequent_access_after_days",
            "S3 moves nothing then",
            repr(days),
            f"None, or {LEAST_DAYS_BEFORE_INFREQUENT_ACCESS} to less than retention_days {retention_days!r}",
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/"
            "lifecycle-transition-general-considerations.html",
        )


def check_most_bytes_scanned(most_bytes_scanned: int) -> Iterator[Finding]:
    """Find a limit that Athena refuses."""
    if type(most_bytes_scanned) is not int or most_bytes_scanned < LEAST_BYTES_SCANNED:
        yield _finding(
            FindingId.HISTORY_QUERY_LIMIT,
            "most_bytes_scanned_by_query",
            "Athena takes no such limit",
            repr(most_bytes_scanned),
            f"{LEAST_BYTES_SCANNED} or more",
            "https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroupConfiguration.html",
        )


def _check(field: str, values: Sequence[str], pattern: str, allowed: str) -> Iterator[Finding]:
    for value in values:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield _finding(FindingId.HISTORY_PLACE, field, "cannot be used", repr(value), allowed)


def _finding(
    id: FindingId, field: str, message: str, received: str, allowed: str, source: str | None = None
) -> Finding:
    return Finding(
        id=id,
        level=Level.ERROR,
        field=field,
        message=message,
        received=received,
        allowed=allowed,
        source=source,
    )
