"""What EC2 says of a fleet."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from local_aws.fleet.fleet import Fleet
from local_aws.fleet.records import Node
from local_aws.paging import page

_PAGE = 1_000


def describe_instances(
    fleet: Fleet, filters: Mapping[str, Sequence[str]], *, now: datetime, token: str | None
) -> dict[str, Any]:
    """Give the instances that match every filter, by tag and by state."""
    found = [
        {
            "ReservationId": "r-0123456789abcdef0",
            "Instances": [
                {
                    "InstanceId": node.node_id,
                    "LaunchTime": node.launched_at,
                    "State": {"Code": 16, "Name": "running"}
                    if node.is_there(now)
                    else {"Code": 80, "Name": "stopped"},
                    "Tags": [{"Key": key, "Value": value} for key, value in node.tags.items()],
                }
            ],
        }
        for _, node in sorted(fleet.nodes.items())
        if node.node_id.startswith("i-") and node.launched_at <= now and _matches(node, filters, now)
    ]
    request: dict[str, Any] = {"MaxResults": _PAGE}
    if token:
        request["NextToken"] = token
    return page(found, request, "Reservations")


def _matches(node: Node, filters: Mapping[str, Sequence[str]], now: datetime) -> bool:
    state = "running" if node.is_there(now) else "stopped"
    return all(
        state in values if key == "instance-state-name" else node.tags.get(key.removeprefix("tag:")) in values
        for key, values in filters.items()
    )
