"""The security account's bus, for tests of what puts events on it."""

import json
from typing import Any

from local_aws.aws import client

SECURITY, BUS_REGION = "222222222222", "eu-west-1"
BUS = f"arn:aws:events:{BUS_REGION}:{SECURITY}:event-bus/patching"


def listen() -> Any:
    """Make the security account's bus, and return what reads the events on it."""
    events = client("events", account=SECURITY, region=BUS_REGION)
    queues = client("sqs", account=SECURITY, region=BUS_REGION)
    url = queues.create_queue(QueueName="heard")["QueueUrl"]
    events.create_event_bus(Name="patching")
    events.put_rule(Name="all", EventBusName="patching", EventPattern='{"source": ["patching-constructs"]}')
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_targets(Rule="all", EventBusName="patching", Targets=[{"Id": "queue", "Arn": arn}])
    return lambda: [
        json.loads(message["Body"]) for message in queues.receive_message(QueueUrl=url).get("Messages", [])
    ]
