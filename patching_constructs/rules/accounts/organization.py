"""Ids of accounts and organizations, and how many accounts a policy can list."""

import re
from collections.abc import Collection, Iterator

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.unknown import Maybe, Unknown

ACCOUNT_ID = re.compile(r"[0-9]{12}")
"""https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html"""

ACCOUNT_ID_WORDS = "12 digits"

ORGANIZATION_ID = re.compile(r"o-[a-z0-9]{10,32}")
"""https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html"""

ORGANIZATION_ID_WORDS = "an id such as o-a1b2c3d4e5"

# What fits into one of two statements of the policy of a bus, up to 40 characters each.
_MOST_ACCOUNTS_OF_A_BUS = 110

_BUS_POLICY_PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbuspolicy.html"


def check_organization_id(organization_id: Maybe[str] | None, *, id: FindingId) -> Iterator[Finding]:
    """Find what is no organization."""
    if organization_id is None or isinstance(organization_id, Unknown):
        return
    if not ORGANIZATION_ID.fullmatch(organization_id):
        yield Finding(
            id=id,
            level=Level.ERROR,
            field="organization_id",
            message="not an organization",
            received=repr(organization_id),
            allowed=ORGANIZATION_ID_WORDS,
            source="https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html",
        )


def check_fits_bus_policy(accounts: Collection[str], *, field: str, id: FindingId) -> Iterator[Finding]:
    """Find more accounts than the policy of a bus can list."""
    count = len(set(accounts))
    if count > _MOST_ACCOUNTS_OF_A_BUS:
        yield Finding(
            id=id,
            level=Level.ERROR,
            field=field,
            message="too many for the policy of an event bus, which is limited to 10 KB",
            received=f"{count} accounts",
            allowed=f"at most {_MOST_ACCOUNTS_OF_A_BUS}, or organization_id in their place",
            source=_BUS_POLICY_PAGE,
        )
