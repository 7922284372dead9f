"""Which facts people were notified of already, so that no one is notified of them again."""

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from patching_constructs.contracts.event_hub_settings import CLAIM_KEY, EXPIRES_AT, LONGEST_RUN

_EVENT_ID, _NOTIFIED, _CLAIMED_AT = "event-id", "notified", "claimed-at"
_LONG_AGO = dt.datetime.fromtimestamp(0, dt.UTC)


class InProgressError(Exception):
    """Another delivery of the same event is being processed. Lambda retries, and finds how that one ended."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claims:
    """The table of the facts that people are being notified of, or were.

    A fact is claimed before people are notified, and marked afterwards. A claim that is not marked belongs to
    one execution of the function, for as long as an execution can last. What happens until then:

    - another delivery of the same event is an error, so that Lambda delivers it again: it can neither notify
      people a second time, nor count as done while it is not known how the first one ends;
    - another event that reports the same fact leaves it to the first one, which Lambda delivers until it
      succeeds or is in the dead-letter queue.

    Afterwards whoever comes next takes the claim over, so an execution that dies loses nothing. DynamoDB
    deletes expired items within days, so times are compared here.

    Attributes:
        dynamodb: A boto3 client.
        table_name: The table.
        quiet_period: How long no one is notified of the same fact again.

    See: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html
    See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
    """

    dynamodb: Any
    table_name: str
    quiet_period: dt.timedelta

    def claim(self, keys: Iterable[str], *, event_id: str, now: dt.datetime) -> tuple[str, ...]:
        """Claim what is new among `keys` for an event, and return it.

        Raises:
            InProgressError: If another delivery of the event holds one of them.
        """
        return tuple(key for key in keys if self._claim(key, event_id, now))

    def finish(self, keys: Iterable[str], *, event_id: str, now: dt.datetime) -> None:
        """Mark claimed keys: people were notified."""
        for key in keys:
            self._put(key, event_id, now, notified=True)

    def release(self, keys: Iterable[str], *, event_id: str, now: dt.datetime) -> None:
        """Give up claimed keys: people could not be notified, and the next delivery may try at once."""
        for key in keys:
            self._put(key, event_id, now, claimed_at=_LONG_AGO)

    def _claim(self, key: str, event_id: str, now: dt.datetime) -> bool:
        try:
            self._put(
                key,
                event_id,
                now,
                ConditionExpression=(
                    "attribute_not_exists(#claim) OR #expires <= :now"
                    " OR (#notified = :no AND #claimed <= :dead)"
                ),
                ExpressionAttributeNames={
                    "#claim": CLAIM_KEY,
                    "#expires": EXPIRES_AT,
                    "#notified": _NOTIFIED,
                    "#claimed": _CLAIMED_AT,
                },
                ExpressionAttributeValues={
                    ":now": _number(now),
                    ":no": {"BOOL": False},
                    ":dead": _number(now - LONGEST_RUN),
                },
                # The item comes with the error; a second read could find it changed.
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            held = error.response["Item"]
            # The same event again: Lambda has to repeat this delivery when the outcome of the other is known.
            if held[_EVENT_ID]["S"] == event_id and not held[_NOTIFIED]["BOOL"]:
                message = f"another delivery of event {event_id} is being processed"
                raise InProgressError(message) from None
            return False
        return True

    def _put(
        self,
        key: str,
        event_id: str,
        now: dt.datetime,
        *,
        notified: bool = False,
        claimed_at: dt.datetime | None = None,
        **condition: Any,
    ) -> None:
        self.dynamodb.put_item(
            TableName=self.table_name,
            Item={
                CLAIM_KEY: {"S": key},
                _EVENT_ID: {"S": event_id},
                _NOTIFIED: {"BOOL": notified},
                _CLAIMED_AT: _number(claimed_at or now),
                EXPIRES_AT: {"N": str(math.ceil((now + self.quiet_period).timestamp()))},
            },
            **condition,
        )


def _number(time: dt.datetime) -> dict[str, str]:
    return {"N": f"{time.timestamp():.6f}"}
