"""Whether anybody can say, and may say, how the rings go."""

from collections.abc import Iterator, Mapping, Sequence

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.unknown import Maybe
from patching_constructs.rules.ids import FindingId
from patching_constructs.rules.organization import (
    ACCOUNT_ID,
    ACCOUNT_ID_WORDS,
    check_fits_bus_policy,
    check_organization_id,
)


def check_install_windows(names: Sequence[str]) -> Iterator[Finding]:
    """Find windows of which none installs."""
    if not names:
        yield Finding(
            id=FindingId.INSTALL_WINDOW_MISSING,
            level=Level.ERROR,
            field="maintenance_windows",
            message="no ring would ever have a run",
            received="no install window",
            allowed="a RingedMaintenanceWindow with a ring that installs",
        )


def check_ring_owners(
    owners: Mapping[str, Mapping[str, Sequence[str]]], organization_id: Maybe[str] | None
) -> Iterator[Finding]:
    """Find rings without an owner, owners that are no accounts, and more than the bus can let in."""
    yield from check_organization_id(organization_id, id=FindingId.RING_OWNER)
    if organization_id is None:
        listed = {account for rings in owners.values() for accounts in rings.values() for account in accounts}
        yield from check_fits_bus_policy(listed, field="owners", id=FindingId.RING_OWNER)
    if not any(owners.values()):
        yield Finding(
            id=FindingId.RING_OWNER,
            level=Level.ERROR,
            field="owners",
            message="every run would be refused",
            received="no ring",
            allowed="the accounts of each ring, by rollout and ring",
        )
    for rollout, rings in owners.items():
        for ring, accounts in rings.items():
            field = f"owners[{rollout!r}][{ring!r}]"
            if not accounts:
                yield Finding(
                    id=FindingId.RING_OWNER,
                    level=Level.ERROR,
                    field=field,
                    message="every run of the ring would be refused",
                    received="no account",
                    allowed="at least one account id",
                )
            for position, account in enumerate(accounts):
                if not ACCOUNT_ID.fullmatch(account):
                    yield Finding(
                        id=FindingId.RING_OWNER,
                        level=Level.ERROR,
                        field=f"{field}[{position}]",
                        message="not an account id",
                        received=repr(account),
                        allowed=ACCOUNT_ID_WORDS,
                        source="https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html",
                    )
