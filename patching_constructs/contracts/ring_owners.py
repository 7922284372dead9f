"""The accounts that own each ring, for the functions of the security account: JSON in their zip."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from patching_constructs.contracts.schema_version import check_schema_version

RING_OWNERS_FILE = "ring-owners.json"
"""Name of the owners, beside the code of the store."""

_SCHEMA_VERSION = 1


def by_ring(given: Mapping[str, Mapping[str, Iterable[str]]]) -> dict[tuple[str, str], frozenset[str]]:
    """Return something of each ring by rollout and ring together, as it is given by rollout and then ring."""
    return {
        (rollout, ring): frozenset(values)
        for rollout, rings in given.items()
        for ring, values in rings.items()
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class RingOwners:
    """Which accounts may report about a ring.

    Attributes:
        accounts: Ids of the accounts with nodes of the ring, by rollout and ring.
    """

    accounts: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def own(self, account: str, *, rollout: str, ring: str) -> bool:
        """Return whether `account` has nodes of the ring."""
        return account in self.accounts.get((rollout, ring), frozenset())

    def own_any(self, account: str, *, rollout: str) -> bool:
        """Return whether `account` has nodes of any ring of the rollout."""
        return any(account in accounts for (owned, _), accounts in self.accounts.items() if owned == rollout)

    def to_json(self) -> str:
        """Write the owners; the same owners always give the same text."""
        return json.dumps(
            {
                "schema-version": _SCHEMA_VERSION,
                "owners": [
                    {"rollout": rollout, "ring": ring, "accounts": sorted(accounts)}
                    for (rollout, ring), accounts in sorted(self.accounts.items())
                ],
            },
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` has written.

        Raises:
            SchemaVersionError: If another version of this library has written it.
        """
        data = json.loads(text)
        check_schema_version(data, _SCHEMA_VERSION, file=RING_OWNERS_FILE)
        return cls(
            accounts={
                (owners["rollout"], owners["ring"]): frozenset(owners["accounts"])
                for owners in data["owners"]
            }
        )
