"""What the local AWS says of a fleet, in pages and at a rate as AWS documents them."""

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from local_aws import client
from local_aws.fleet.clock import throttle
from local_aws.fleet.records import Node
from local_aws.services.moto_seams import place
from patching_constructs import OperatingSystem
from tests.local_aws.conftest import ACCOUNT, REGION

pytestmark = pytest.mark.usefixtures("emulated")

SSM = client("ssm", account=ACCOUNT, region=REGION)
EC2 = client("ec2", account=ACCOUNT, region=REGION)


def add_nodes(count: int) -> None:
    place(ACCOUNT, REGION).fleet.add(
        *[
            Node(
                node_id=f"i-{number:017x}",
                operating_system=OperatingSystem.AMAZON_LINUX_2023,
                tags={"PatchGroup": "web"} if number % 2 else {"Name": "other"},
                launched_at=datetime(2026, 1, 1, tzinfo=UTC),
            )
            for number in range(count)
        ]
    )


def test_nodes_come_ten_at_a_time_unless_someone_asks_for_more() -> None:
    add_nodes(60)
    assert len(SSM.describe_instance_information()["InstanceInformationList"]) == 10
    assert len(SSM.describe_instance_information(MaxResults=50)["InstanceInformationList"]) == 50
    with pytest.raises(ClientError, match="less than or equal to 50"):
        SSM.describe_instance_information(MaxResults=51)


def test_tag_filters_stand_alone() -> None:
    add_nodes(4)
    tag, ping = {"Key": "tag-key", "Values": ["PatchGroup"]}, {"Key": "PingStatus", "Values": ["Online"]}
    assert len(SSM.describe_instance_information(Filters=[tag])["InstanceInformationList"]) == 2
    with pytest.raises(ClientError, match="cannot be combined"):
        SSM.describe_instance_information(Filters=[tag, ping])


def test_instances_are_found_by_their_ids_and_those_that_are_gone_are_left_out() -> None:
    add_nodes(3)
    wanted = [{"Name": "instance-id", "Values": [f"i-{1:017x}", "i-0deadbeefdeadbeef"]}]
    reservations = EC2.describe_instances(Filters=wanted)["Reservations"]
    assert [found["Instances"][0]["InstanceId"] for found in reservations] == [f"i-{1:017x}"]


def test_nodes_outside_ec2_have_tags_of_their_own() -> None:
    place(ACCOUNT, REGION).fleet.add(
        Node(
            node_id="mi-00000000000000001",
            operating_system=OperatingSystem.AMAZON_LINUX_2023,
            tags={"PatchGroup": "web"},
            launched_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
    )
    tags = SSM.list_tags_for_resource(ResourceType="ManagedInstance", ResourceId="mi-00000000000000001")
    assert tags["TagList"] == [{"Key": "PatchGroup", "Value": "web"}]
    with pytest.raises(ClientError, match="InvalidResourceId"):
        SSM.list_tags_for_resource(ResourceType="ManagedInstance", ResourceId="mi-00000000000000002")


def test_instances_come_in_pages_and_by_tag() -> None:
    add_nodes(30)
    pages = list(
        EC2.get_paginator("describe_instances").paginate(
            Filters=[{"Name": "tag-key", "Values": ["PatchGroup", "Patch Group"]}],
            PaginationConfig={"PageSize": 10},
        )
    )
    assert [len(page["Reservations"]) for page in pages] == [10, 5]
    (instance,) = pages[0]["Reservations"][0]["Instances"]
    assert instance["Tags"] == [{"Key": "PatchGroup", "Value": "web"}]
    assert instance["State"]["Name"] == "running"


def test_a_call_too_many_is_refused_in_the_words_of_each_service() -> None:
    throttle.limit(0.001, burst=2)
    try:
        SSM.describe_instance_information()
        EC2.describe_instances()
        with pytest.raises(ClientError) as of_ssm:
            SSM.describe_instance_information()
        with pytest.raises(ClientError) as of_ec2:
            EC2.describe_instances()
    finally:
        throttle.lift()
    assert of_ssm.value.response["Error"]["Code"] == "ThrottlingException"
    assert of_ec2.value.response["Error"]["Code"] == "RequestLimitExceeded"
