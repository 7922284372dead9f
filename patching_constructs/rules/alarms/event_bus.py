"""Whether reports can reach the security account's bus."""

import re
from collections.abc import Iterator

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.unknown import Maybe, Unknown

# PutEvents takes a name too, but a name is always a bus of the caller's own account.
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
_EVENT_BUS_ARN = re.compile(r"arn:[^:]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9._/-]{1,256}")


def check_event_bus_arn(arn: Maybe[str]) -> Iterator[Finding]:
    """Find an invalid ARN of a bus: it contains the Region to which functions send."""
    if not (isinstance(arn, Unknown) or _EVENT_BUS_ARN.fullmatch(arn)):
        yield Finding(
            id=FindingId.EVENT_BUS,
            level=Level.ERROR,
            field="event_bus_arn",
            message="not the ARN of an event bus",
            received=repr(arn),
            allowed="an ARN such as arn:aws:events:eu-central-1:222222222222:event-bus/patching",
            source="https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html",
        )
