"""Whether what is told can reach the security account's bus."""

import re
from collections.abc import Iterator

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.rules.ids import FindingId

_EVENT_BUS_ARN = re.compile(r"arn:[^:]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9._/-]{1,256}")
"""https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html"""


def check_event_bus_arn(arn: Maybe[str]) -> Iterator[Finding]:
    """Find what is no ARN of a bus: the Region to which functions send is in it."""
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


def check_account_name(name: Maybe[str]) -> Iterator[Finding]:
    """Find a name that nobody could read, or that stands beside the code before it is known."""
    if isinstance(name, Unknown) or not name.strip():
        yield Finding(
            id=FindingId.ACCOUNT_NAME,
            level=Level.ERROR,
            field="account_name",
            message="not a name",
            received=name.reason if isinstance(name, Unknown) else repr(name),
            allowed="what people call the account, known at synth",
        )
