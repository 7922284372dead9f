"""The short way gives what the long way gives."""

import datetime as dt
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from local_aws import client
from local_aws.cloudformation.direct import direct_client
from local_aws.fleet.records import Node, Patch
from local_aws.services.moto_seams import place
from patching_constructs import OperatingSystem, PatchOperation

ACCOUNT, REGION = "111111111111", "eu-central-1"
NOW = dt.datetime(2026, 1, 8, 6, tzinfo=dt.UTC)
TAG = [{"Name": "tag:PatchGroup", "Values": ["web"]}]


def both(service: str) -> list[Any]:
    return [
        client(service, account=ACCOUNT, region=REGION),
        direct_client(service, account=ACCOUNT, region=REGION),
    ]


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


@pytest.fixture(autouse=True)
def fleet(emulated: None) -> None:  # noqa: ARG001 - asked for so that it is there
    fleet = place(ACCOUNT, REGION).fleet
    fleet.add(
        Patch(
            patch_id="kernel.x86_64:0:6.1.119-129.201.amzn2023",
            operating_system=OperatingSystem.AMAZON_LINUX_2023,
            published_at=NOW - dt.timedelta(days=30),
            visible_at=NOW,
            classification="Security",
        )
    )
    for number in range(3):
        node = Node(
            node_id=f"i-{number:017x}",
            operating_system=OperatingSystem.AMAZON_LINUX_2023,
            tags={"PatchGroup": "web" if number else "other"},
            launched_at=NOW,
        )
        fleet.add(node)
        fleet.run(node, PatchOperation.SCAN, now=NOW)


def test_both_ways_give_the_same() -> None:
    for service, operation, request in (
        ("ec2", "describe_instances", {"Filters": TAG}),
        ("ssm", "describe_instance_patch_states_for_patch_group", {"PatchGroup": "web"}),
        ("ssm", "describe_instance_patches", {"InstanceId": "i-00000000000000001"}),
    ):
        long, short = (without_metadata(getattr(each, operation)(**request)) for each in both(service))
        assert long == short
        assert any(long.values())


def test_pages_are_walked_on_both_ways() -> None:
    for each in both("ec2"):
        pages = each.get_paginator("describe_instances").paginate(
            Filters=TAG, PaginationConfig={"PageSize": 5}
        )
        assert sum(len(page["Reservations"]) for page in pages) == 2


def test_a_refusal_is_the_same_on_both_ways() -> None:
    messages = set()
    for each in both("ssm"):
        with pytest.raises(ClientError) as caught:
            each.get_maintenance_window(WindowId="mw-00000000000000000")
        messages.add((caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]))
    assert len(messages) == 1


def test_requests_are_checked_on_the_short_way_too() -> None:
    _, short = both("ssm")
    with pytest.raises(ParamValidationError):
        short.get_maintenance_window(Window="mw-00000000000000000")


def test_what_moto_answers_goes_the_long_way() -> None:
    _, short = both("sns")
    short.create_topic(Name="alerts")
    long, _ = both("sns")
    assert len(long.list_topics()["Topics"]) == 1


def test_metrics_are_the_same_by_either_way() -> None:
    for hour, each in enumerate(both("cloudwatch")):
        each.put_metric_data(
            Namespace="Test",
            MetricData=[
                {"MetricName": "Nodes", "Timestamp": NOW + hour * dt.timedelta(hours=1), "Value": 1.0}
            ],
        )
    (long, _) = both("cloudwatch")
    points = long.get_metric_statistics(
        Namespace="Test",
        MetricName="Nodes",
        StartTime=NOW,
        EndTime=NOW + dt.timedelta(days=1),
        Period=3600,
        Statistics=["Maximum"],
    )["Datapoints"]
    assert sorted((point["Timestamp"], point["Maximum"]) for point in points) == [
        (NOW, 1.0),
        (NOW + dt.timedelta(hours=1), 1.0),
    ]
