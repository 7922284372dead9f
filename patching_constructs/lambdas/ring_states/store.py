"""From an event on the security account's bus to the records of a ring."""

import datetime as dt
from typing import Any

from boto3.dynamodb.types import TypeSerializer
from botocore.exceptions import ClientError

from patching_constructs.contracts.ring_owners import RingOwners
from patching_constructs.contracts.ring_run import RING_RUN_DETAIL_TYPE, RING_RUN_SOURCE, RingRun
from patching_constructs.contracts.ring_states import (
    EXPIRES,
    RECORD_KEY,
    RING_KEY,
    RUNS_ARE_KEPT,
    SINCE,
    latest_key,
    owner_key,
    ring_key,
    run_key,
)
from patching_constructs.lambdas._shared.acceptance import CLOCKS_DIFFER, accept_record

# Attribute with the start as a number, by which runs are compared. Unit: seconds since 1970.
_STARTED = "started"


class RefusedRunError(Exception):
    """An event is not a valid record of a run, or its sender may not write it. Nothing was stored."""


def accept(event: Any, owners: RingOwners, *, now: dt.datetime) -> RingRun:
    """Return the run that `event` reports.

    Args:
        event: The event as EventBridge delivers it.
        owners: Which accounts may report runs of a ring.
        now: The current time, with a time zone.

    Raises:
        RefusedRunError: If it is malformed or contradicts itself, or its sender does not own the ring.
    """
    return accept_record(
        event,
        source=RING_RUN_SOURCE,
        detail_type=RING_RUN_DETAIL_TYPE,
        what="run of a ring",
        read=RingRun.from_data,
        refuse=lambda run, sender: _refusal(run, sender, owners, now),
        error=RefusedRunError,
    )


def _refusal(run: RingRun, sender: str, owners: RingOwners, now: dt.datetime) -> str | None:
    if run.account != sender:
        return f"it reports a run of account {run.account}"
    if not owners.own(sender, rollout=run.rollout, ring=run.ring):
        return f"it does not own ring {run.ring!r} of rollout {run.rollout!r}"
    # A run in the future would stay the latest of its ring for ever.
    if not run.started_at <= run.ended_at <= now + CLOCKS_DIFFER:
        return f"a run cannot last from {run.started_at} to {run.ended_at}; the time is {now}"
    if run.next_start is not None and run.next_start <= run.started_at:
        return f"the run after {run.started_at} cannot start at {run.next_start}"
    return None


def store(dynamodb: Any, run: RingRun, *, table_name: str) -> None:
    """Store a run, and store it as the latest of its ring, account and Region unless a newer one is stored.

    The same run may arrive more than once and runs may arrive in any order: the records are the same.

    Args:
        dynamodb: A boto3 client.
        run: The run.
        table_name: The table.

    See: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html
    """
    serialize = TypeSerializer().serialize
    item = {
        RING_KEY: {"S": ring_key(run.rollout, run.ring)},
        _STARTED: {"N": f"{run.started_at.timestamp():.6f}"},
        **{name: serialize(value) for name, value in run.to_data().items()},
    }
    record = run_key(run.account, run.region, run.started_at, run.window_execution_id)
    expires = int((run.started_at + RUNS_ARE_KEPT).timestamp())
    _put(
        dynamodb,
        TableName=table_name,
        Item={**item, RECORD_KEY: {"S": record}, EXPIRES: {"N": str(expires)}},
        # EventBridge delivers at least once: a run is written once, and a repetition changes nothing.
        ConditionExpression="attribute_not_exists(#record)",
        ExpressionAttributeNames={"#record": RECORD_KEY},
    )
    _put(
        dynamodb,
        TableName=table_name,
        Item={**item, RECORD_KEY: {"S": latest_key(run.account, run.region)}},
        # Events arrive in any order, so an older run must not replace the latest.
        ConditionExpression="attribute_not_exists(#started) OR #started < :started",
        ExpressionAttributeNames={"#started": _STARTED},
        ExpressionAttributeValues={":started": item[_STARTED]},
    )


def store_owners(dynamodb: Any, owners: RingOwners, *, table_name: str, now: dt.datetime) -> int:
    """Store since when each account owns a ring, unless that is stored already, and count all owners.

    A gate can leave out an owner that has not had time for a run yet.

    Args:
        dynamodb: A boto3 client.
        owners: The accounts that own each ring.
        table_name: The table.
        now: The current time, with a time zone.
    """
    owned = [(*ring, account) for ring, accounts in owners.accounts.items() for account in sorted(accounts)]
    for rollout, ring, account in owned:
        _put(
            dynamodb,
            TableName=table_name,
            Item={
                RING_KEY: {"S": ring_key(rollout, ring)},
                RECORD_KEY: {"S": owner_key(account)},
                "rollout": {"S": rollout},
                "ring": {"S": ring},
                "account": {"S": account},
                SINCE: {"S": now.isoformat(timespec="seconds")},
            },
            ConditionExpression="attribute_not_exists(#record)",
            ExpressionAttributeNames={"#record": RECORD_KEY},
        )
    return len(owned)


def _put(dynamodb: Any, **request: Any) -> None:
    """Put an item unless its condition fails, which means that it is stored already."""
    try:
        dynamodb.put_item(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
