"""Settings of the functions that record and store runs of rings; JSON beside the code."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

SETTINGS_SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedRing:
    """A ring whose runs are recorded.

    Attributes:
        name: Name of the ring.
        order: Place in the rollout.
    """

    name: str
    order: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RingRunSettings:
    """Settings of the recorder of one account and Region.

    Attributes:
        rollout: Name of the rollout.
        rings: The ring of each install window, by the name of the window.
    """

    rollout: str
    rings: Mapping[str, RecordedRing] = field(default_factory=dict)

    def to_json(self) -> str:
        """Write the settings; the same settings always give the same text."""
        return json.dumps(
            {
                "schema-version": SETTINGS_SCHEMA_VERSION,
                "rollout": self.rollout,
                "rings": {
                    window: {"name": ring.name, "order": ring.order} for window, ring in self.rings.items()
                },
            },
            indent=1,
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` has written."""
        data = json.loads(text)
        return cls(
            rollout=data["rollout"],
            rings={
                window: RecordedRing(name=ring["name"], order=ring["order"])
                for window, ring in data["rings"].items()
            },
        )


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
                "schema-version": SETTINGS_SCHEMA_VERSION,
                "owners": [
                    {"rollout": rollout, "ring": ring, "accounts": sorted(accounts)}
                    for (rollout, ring), accounts in sorted(self.accounts.items())
                ],
            },
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` has written."""
        return cls(
            accounts={
                (owners["rollout"], owners["ring"]): frozenset(owners["accounts"])
                for owners in json.loads(text)["owners"]
            }
        )
