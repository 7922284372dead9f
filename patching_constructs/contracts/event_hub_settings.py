"""Settings of the function that notifies people about patching events, and the keys of its table."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from patching_constructs.contracts.patch_event import PatchEventSeverity
from patching_constructs.contracts.ring_owners import RingOwners
from patching_constructs.contracts.schema_version import check_schema_version

EVENT_HUB_FILE = "event-hub.json"
"""Name of the settings, beside the code."""

_SCHEMA_VERSION = 1

CLAIM_KEY = "claim"
"""Partition key: a fact, and the way in which people are notified of it."""

EXPIRES_AT = "expires-at"
"""When the same fact may be reported again. Unit: seconds since 1970, as DynamoDB's time to live requires.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
"""

LONGEST_RUN = dt.timedelta(minutes=1)
"""Timeout of the function: whatever began earlier than that is not running any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EventHubSettings:
    """Settings of the function; JSON beside the code.

    Attributes:
        owners: The accounts that own each ring; only they may report.
        account_names: What people call the accounts, by id.
        patch_groups: Names of the patch groups of each ring, by rollout and ring.
        ops_items: Severities that become an OpsItem.
        quiet_period: How long the same fact is not reported again.
        runbooks: Address or path of the folder with the runbooks.
    """

    owners: RingOwners
    account_names: Mapping[str, str] = field(default_factory=dict)
    patch_groups: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    ops_items: frozenset[PatchEventSeverity]
    quiet_period: dt.timedelta
    runbooks: str

    def name_of(self, account: str) -> str:
        """Return what people call an account, or its id."""
        return self.account_names.get(account, account)

    def to_json(self) -> str:
        """Write the settings; the same settings always give the same text."""
        return json.dumps(
            {
                "schema-version": _SCHEMA_VERSION,
                "owners": json.loads(self.owners.to_json()),
                "account-names": dict(self.account_names),
                "patch-groups": [
                    {"rollout": rollout, "ring": ring, "names": sorted(names)}
                    for (rollout, ring), names in sorted(self.patch_groups.items())
                ],
                "ops-items": sorted(self.ops_items),
                "quiet-seconds": self.quiet_period.total_seconds(),
                "runbooks": self.runbooks,
            },
            indent=1,
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` has written.

        Raises:
            SchemaVersionError: If another version of this library has written it.
        """
        data = json.loads(text)
        check_schema_version(data, _SCHEMA_VERSION, file=EVENT_HUB_FILE)
        return cls(
            owners=RingOwners.from_json(json.dumps(data["owners"])),
            account_names=data["account-names"],
            patch_groups={
                (groups["rollout"], groups["ring"]): frozenset(groups["names"])
                for groups in data["patch-groups"]
            },
            ops_items=frozenset(map(PatchEventSeverity, data["ops-items"])),
            quiet_period=dt.timedelta(seconds=data["quiet-seconds"]),
            runbooks=data["runbooks"],
        )
