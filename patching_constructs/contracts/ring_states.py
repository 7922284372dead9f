"""How the table of ring states is keyed, for those who write it and those who read it."""

RING_KEY = "ring-key"
"""Partition key: all records of one ring, of every account and Region."""

RECORD_KEY = "record-key"
"""Sort key: which record of the ring."""

LATEST_PREFIX = "latest/"
"""Begins the sort keys of the newest run of each account and Region."""

RUN_PREFIX = "run/"
"""Begins the sort keys of all runs."""


def ring_key(rollout: str, ring: str) -> str:
    """Return the partition key of a ring; names of windows, of which both are part, have no slash."""
    return f"{rollout}/{ring}"


def latest_key(account: str, region: str) -> str:
    """Return the sort key of the newest run of an account and Region."""
    return f"{LATEST_PREFIX}{account}/{region}"


def run_key(account: str, region: str, window_execution_id: str) -> str:
    """Return the sort key of one run."""
    return f"{RUN_PREFIX}{account}/{region}/{window_execution_id}"
