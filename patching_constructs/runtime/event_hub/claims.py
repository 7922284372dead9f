"""Who was told what already, so that nobody is told it again."""

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from patching_constructs.model.event_hub import CLAIM_KEY, EXPIRES_AT, LONGEST_RUN

_EVENT_ID, _TOLD, _CLAIMED_AT = "event-id", "told", "claimed-at"


@dataclass(frozen=True, kw_only=True, slots=True)
class Claims:
    """The table of what is being told and what was told.

    What is to be told is claimed first and marked as told afterwards. A function that dies in between leaves
    a claim that is not marked: its event goes on when Lambda delivers it again, and any other event takes it
    over once the function cannot be running any more.

    DynamoDB deletes what has expired within days, so times are compared and not left to it.

    Attributes:
        dynamodb: A boto3 client.
        table_name: The table.
        quiet_period: For how long nobody is told the same again.

    See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html
    See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
    """

    dynamodb: Any
    table_name: str
    quiet_period: dt.timedelta

    def claim(self, keys: Iterable[str], *, event_id: str, now: dt.datetime) -> tuple[str, ...]:
        """Claim what is new among `keys` for an event, and return it."""
        return tuple(key for key in keys if self._claim(key, event_id, now))

    def finish(self, keys: Iterable[str], *, event_id: str, now: dt.datetime) -> None:
        """Mark what an event has claimed as told."""
        for key in keys:
            self.dynamodb.put_item(TableName=self.table_name, Item=self._item(key, event_id, now, told=True))

    def _claim(self, key: str, event_id: str, now: dt.datetime) -> bool:
        try:
            self.dynamodb.put_item(
                TableName=self.table_name,
                Item=self._item(key, event_id, now, told=False),
                ConditionExpression=(
                    "attribute_not_exists(#claim) OR #expires <= :now"
                    " OR (#told = :no AND (#event = :event OR #claimed <= :dead))"
                ),
                ExpressionAttributeNames={
                    "#claim": CLAIM_KEY,
                    "#expires": EXPIRES_AT,
                    "#told": _TOLD,
                    "#event": _EVENT_ID,
                    "#claimed": _CLAIMED_AT,
                },
                ExpressionAttributeValues={
                    ":now": _number(now),
                    ":no": {"BOOL": False},
                    ":event": {"S": event_id},
                    ":dead": _number(now - LONGEST_RUN),
                },
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def _item(self, key: str, event_id: str, now: dt.datetime, *, told: bool) -> dict[str, Any]:
        return {
            CLAIM_KEY: {"S": key},
            _EVENT_ID: {"S": event_id},
            _TOLD: {"BOOL": told},
            _CLAIMED_AT: _number(now),
            EXPIRES_AT: {"N": str(math.ceil((now + self.quiet_period).timestamp()))},
        }


def _number(time: dt.datetime) -> dict[str, str]:
    return {"N": f"{time.timestamp():.6f}"}
