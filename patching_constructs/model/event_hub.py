"""What the function is told that receives events of patching, and how its table is keyed."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Self

from patching_constructs.model.patch_event import PatchEventSeverity

SETTINGS_SCHEMA_VERSION = 1

CLAIM_KEY = "claim"
"""Partition key: who is told what."""

EXPIRES_AT = "expires-at"
"""From when on the same is told again. Unit: seconds since 1970, as DynamoDB's time to live wants it.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
"""

LONGEST_RUN = dt.timedelta(minutes=1)
"""After which Lambda ends the function: whatever was begun earlier than that goes on no longer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EventHubSettings:
    """What the function is told; it travels as JSON beside the code.

    Attributes:
        accounts: Ids of the accounts that may send, or none if all may that the policy of the bus lets in.
        ops_items: Severities that become an OpsItem.
        quiet_period: For how long nobody is told the same again.
        runbooks: Address or path of the folder with the runbooks.
    """

    accounts: frozenset[str]
    ops_items: frozenset[PatchEventSeverity]
    quiet_period: dt.timedelta
    runbooks: str

    def to_json(self) -> str:
        """Write the settings; the same settings always give the same text."""
        return json.dumps(
            {
                "schema-version": SETTINGS_SCHEMA_VERSION,
                "accounts": sorted(self.accounts),
                "ops-items": sorted(self.ops_items),
                "quiet-seconds": self.quiet_period.total_seconds(),
                "runbooks": self.runbooks,
            },
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` has written."""
        data = json.loads(text)
        return cls(
            accounts=frozenset(data["accounts"]),
            ops_items=frozenset(map(PatchEventSeverity, data["ops-items"])),
            quiet_period=dt.timedelta(seconds=data["quiet-seconds"]),
            runbooks=data["runbooks"],
        )
