"""How the table of ring states is keyed, for those who write it and those who read it."""

import datetime as dt

RING_KEY = "ring-key"
"""Partition key: all records of one ring, of every account and Region."""

RECORD_KEY = "record-key"
"""Sort key: which record of the ring."""

LATEST_PREFIX = "latest/"
"""Begins the sort keys of the newest run of each account and Region."""

RUN_PREFIX = "run/"
"""Begins the sort keys of all runs."""

OWNER_PREFIX = "owner/"
"""Begins the sort keys of the accounts that own the ring."""

SINCE = "since"
"""Attribute of an owner: when the table's function first had the account as an owner of the ring."""

EXPIRES = "expires"
"""Attribute of a run: when DynamoDB deletes it. Unit: seconds since 1970.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
"""

OWNERS_EVENT = {"store": "owners"}
"""What a schedule sends in place of an event; no event of the bus has this form."""

RUNS_ARE_KEPT = dt.timedelta(days=400)
"""How long after its start a run is kept: long enough for a report about a year."""


def ring_key(rollout: str, ring: str) -> str:
    """Return the partition key of a ring; names of windows, of which both are part, have no slash."""
    return f"{rollout}/{ring}"


def latest_key(account: str, region: str) -> str:
    """Return the sort key of the newest run of an account and Region."""
    return f"{LATEST_PREFIX}{account}/{region}"


def run_key(account: str, region: str, started_at: dt.datetime, window_execution_id: str) -> str:
    """Return the sort key of one run: by its start, so that a query can ask for the runs of a period."""
    # In UTC and of fixed length, so that the order of the text is that of the time.
    started = started_at.astimezone(dt.UTC)
    return f"{RUN_PREFIX}{account}/{region}/{started:%Y-%m-%dT%H:%M:%SZ}/{window_execution_id}"


def owner_key(account: str) -> str:
    """Return the sort key of an account that owns the ring."""
    return f"{OWNER_PREFIX}{account}"
