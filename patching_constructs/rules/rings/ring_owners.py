"""Whether accounts can report about their rings, and only about theirs."""

from collections.abc import Iterator, Mapping, Sequence

from patching_constructs.contracts.ring_run import LONGEST_NAME
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.rules.accounts.organization import (
    ACCOUNT_ID,
    ACCOUNT_ID_WORDS,
    check_fits_bus_policy,
    check_organization_id,
)
from patching_constructs.rules.baselines.patch_group import check_patch_group_name

OF_RINGS = Mapping[str, Mapping[str, Sequence[str]]]
"""Something of each ring, by rollout and ring."""

_ACCOUNT_SOURCE = "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html"


def check_ring_owners(owners: OF_RINGS) -> Iterator[Finding]:
    """Find rings about which no account may report, and owners that are not account ids."""
    if not any(owners.values()):
        yield _error(
            FindingId.RING_OWNER,
            "owners",
            "everything that accounts report would be refused",
            received="no ring",
            allowed="the accounts of each ring, by rollout and ring",
        )
    for rollout, rings in owners.items():
        for ring, accounts in rings.items():
            field = f"owners[{rollout!r}][{ring!r}]"
            if not accounts:
                yield _error(
                    FindingId.RING_OWNER,
                    field,
                    "everything that is reported about the ring would be refused",
                    received="no account",
                    allowed="at least one account id",
                )
            for position, account in enumerate(accounts):
                if not ACCOUNT_ID.fullmatch(account):
                    yield _not_an_account(FindingId.RING_OWNER, f"{field}[{position}]", account)


def check_senders(organization_id: Maybe[str] | None, owners: OF_RINGS) -> Iterator[Finding]:
    """Find an invalid organization, and more accounts than the policy of a bus can list."""
    yield from check_organization_id(organization_id, id=FindingId.EVENT_SENDER)
    if organization_id is None:
        listed = {account for rings in owners.values() for accounts in rings.values() for account in accounts}
        yield from check_fits_bus_policy(listed, field="owners", id=FindingId.EVENT_SENDER)


def check_account_names(names: Mapping[str, Maybe[str]]) -> Iterator[Finding]:
    """Find names of accounts that no message can show, and keys that are not account ids."""
    for account, name in names.items():
        field = f"account_names[{account!r}]"
        if not ACCOUNT_ID.fullmatch(account):
            yield _not_an_account(FindingId.ACCOUNT_NAME, field, account)
        if isinstance(name, Unknown) or not (
            name.strip() and name.isprintable() and len(name) <= LONGEST_NAME
        ):
            yield _error(
                FindingId.ACCOUNT_NAME,
                field,
                "not a name",
                received=name.reason if isinstance(name, Unknown) else repr(name),
                allowed=f"1 to {LONGEST_NAME} printable characters, known at synth",
            )


def check_groups_of_rings(patch_groups: OF_RINGS, owners: OF_RINGS) -> Iterator[Finding]:
    """Find patch groups of rings that no account owns, and names that AWS would refuse."""
    for rollout, rings in patch_groups.items():
        for ring, names in rings.items():
            field = f"patch_groups[{rollout!r}][{ring!r}]"
            if ring not in owners.get(rollout, {}):
                yield _error(
                    FindingId.RING_OWNER,
                    field,
                    "the ring has no owner",
                    received=f"ring {ring} of rollout {rollout}",
                    allowed="a ring that is in owners",
                )
            for position, name in enumerate(names):
                yield from check_patch_group_name(name, field=f"{field}[{position}]")


def _not_an_account(id: FindingId, field: str, account: str) -> Finding:
    return _error(
        id,
        field,
        "not an account id",
        received=repr(account),
        allowed=ACCOUNT_ID_WORDS,
        source=_ACCOUNT_SOURCE,
    )


def _error(
    id: FindingId, field: str, message: str, *, received: str, allowed: str, source: str | None = None
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
