"""Lets one report be made at a time, by a lease in the reporter's table.

A reservation of concurrency would do the same, but Lambda refuses every reservation in an account whose quota
of concurrent executions is 10, as that of a new account is.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

_LEASE, _WANTED = {"id": {"S": "lease"}}, {"id": {"S": "wanted"}}
"""Keys of the lease, and of the note that another report is wanted when it is given back."""

# By how much the clocks of two functions may differ.
_CLOCKS_DIFFER = dt.timedelta(minutes=1)

# How long a report that stopped waits for its next part, which Lambda starts when it can.
_NEXT_PART = dt.timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease:
    """The right of one call of the function to make a report or a part of it.

    It ends by itself when the call cannot be running any more, so a function that dies keeps no other from
    reporting. The next part of a report takes over the lease of the part before it.

    Attributes:
        dynamodb: A boto3 client.
        table_name: The table.
        run_id: Id of the report.
        part: How often the report was resumed.

    See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
    """

    dynamodb: Any
    table_name: str
    run_id: str
    part: int

    def take(self, *, now: dt.datetime, remaining: dt.timedelta) -> bool:
        """Take the lease and return True, or leave a note that a report is wanted, and return False.

        The note is left before a second try, and `give_back` looks for it afterwards: whichever of the two
        comes later sees the other.

        Args:
            now: The moment, with a time zone.
            remaining: How long the call can go on.
        """
        # Lambda ends the call by then, so nothing can run past its lease.
        until = now + remaining + _CLOCKS_DIFFER
        taken = self._take(now, until)
        if not taken:
            self.dynamodb.put_item(TableName=self.table_name, Item=_WANTED)
            # The holder may have given the lease back between the first try and the note.
            taken = self._take(now, until)
        if taken and self.part == 0:
            self.dynamodb.delete_item(TableName=self.table_name, Key=_WANTED)
        return taken

    def keep_for_next_part(self, *, now: dt.datetime) -> None:
        """Keep the lease until the next part of the report takes it over, or fails to come."""
        self.dynamodb.put_item(TableName=self.table_name, Item=self._item(now + _NEXT_PART))

    def give_back(self) -> bool:
        """Give the lease back, and return whether another report was wanted meanwhile."""
        self._unless_refused(
            self.dynamodb.delete_item,
            Key=_LEASE,
            ConditionExpression="#run = :run AND #part = :part",
            ExpressionAttributeNames={"#run": "run", "#part": "part"},
            ExpressionAttributeValues={":run": {"S": self.run_id}, ":part": {"N": str(self.part)}},
        )
        # Deleted and read in one request, so that two holders cannot both see the same note.
        noted = self.dynamodb.delete_item(TableName=self.table_name, Key=_WANTED, ReturnValues="ALL_OLD")
        return "Attributes" in noted

    def _take(self, now: dt.datetime, until: dt.datetime) -> bool:
        return self._unless_refused(
            self.dynamodb.put_item,
            Item=self._item(until),
            ConditionExpression=(
                "attribute_not_exists(#until) OR #until < :now OR (#run = :run AND #part < :part)"
            ),
            ExpressionAttributeNames={"#until": "until", "#run": "run", "#part": "part"},
            ExpressionAttributeValues={
                ":now": {"N": f"{now.timestamp():.3f}"},
                ":run": {"S": self.run_id},
                ":part": {"N": str(self.part)},
            },
        )

    def _item(self, until: dt.datetime) -> dict[str, Any]:
        return {
            **_LEASE,
            "until": {"N": f"{until.timestamp():.3f}"},
            "run": {"S": self.run_id},
            "part": {"N": str(self.part)},
        }

    def _unless_refused(self, write: Any, **request: Any) -> bool:
        try:
            write(TableName=self.table_name, **request)
        except ClientError as error:
            # A failed condition means that another call has the lease; any other error is an error.
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True
