"""What EC2 says of a fleet."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from local_aws.fleet.fleet import Fleet
from local_aws.fleet.records import Node
from local_aws.paging import page

_PAGE = 1_000
"""https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html"""

_SUBNET = {"SubnetId": "subnet-0123456789abcdef0", "VpcId": "vpc-0123456789abcdef0"}
_GROUPS = [{"GroupId": "sg-0123456789abcdef0", "GroupName": "web"}]
_SAME_FOR_ALL: Mapping[str, Any] = {
    "ImageId": "ami-0123456789abcdef0",
    "InstanceType": "m7g.large",
    "KeyName": "web",
    "AmiLaunchIndex": 0,
    "Monitoring": {"State": "disabled"},
    "Placement": {"AvailabilityZone": "eu-central-1a", "GroupName": "", "Tenancy": "default"},
    "StateTransitionReason": "",
    "ProductCodes": [],
    "Architecture": "arm64",
    "ClientToken": "01234567-89ab-cdef-0123-456789abcdef",
    "EbsOptimized": True,
    "EnaSupport": True,
    "Hypervisor": "xen",
    "IamInstanceProfile": {
        "Arn": "arn:aws:iam::666666666666:instance-profile/web",
        "Id": "AIPA0123456789ABCDEF0",
    },
    "RootDeviceName": "/dev/xvda",
    "RootDeviceType": "ebs",
    "SecurityGroups": _GROUPS,
    "SourceDestCheck": True,
    "VirtualizationType": "hvm",
    "CpuOptions": {"CoreCount": 2, "ThreadsPerCore": 1},
    "CapacityReservationSpecification": {"CapacityReservationPreference": "open"},
    "HibernationOptions": {"Configured": False},
    "MetadataOptions": {
        "State": "applied",
        "HttpTokens": "required",
        "HttpPutResponseHopLimit": 2,
        "HttpEndpoint": "enabled",
        "HttpProtocolIpv6": "disabled",
        "InstanceMetadataTags": "disabled",
    },
    "EnclaveOptions": {"Enabled": False},
    "PlatformDetails": "Linux/UNIX",
    "UsageOperation": "RunInstances",
    "PrivateDnsNameOptions": {
        "HostnameType": "ip-name",
        "EnableResourceNameDnsARecord": False,
        "EnableResourceNameDnsAAAARecord": False,
    },
    "MaintenanceOptions": {"AutoRecovery": "default"},
    "CurrentInstanceBootMode": "uefi",
}
"""What does not depend on the instance."""


def describe_instances(
    fleet: Fleet,
    filters: Mapping[str, Sequence[str]],
    *,
    now: datetime,
    page_size: int | None,
    token: str | None,
) -> dict[str, Any]:
    """Give the instances that match every filter, by id, by tag and by state."""
    found = [
        node
        for _, node in sorted(fleet.nodes.items())
        if node.node_id.startswith("i-") and node.launched_at <= now and _matches(node, filters, now)
    ]
    request: dict[str, Any] = {"MaxResults": page_size or _PAGE}
    if token:
        request["NextToken"] = token
    response = page(found, request, "Reservations")
    response["Reservations"] = [
        {
            "ReservationId": "r-0123456789abcdef0",
            "OwnerId": "666666666666",
            "Groups": [],
            "Instances": [_instance(node, now)],
        }
        for node in response["Reservations"]
    ]
    return response


def _matches(node: Node, filters: Mapping[str, Sequence[str]], now: datetime) -> bool:
    state = "running" if node.is_there(now) else "stopped"
    return all(
        state in values
        if key == "instance-state-name"
        else node.node_id in values
        if key == "instance-id"
        else not node.tags.keys().isdisjoint(values)
        if key == "tag-key"
        else node.tags.get(key.removeprefix("tag:")) in values
        for key, values in filters.items()
    )


def instance_state(node: Node, now: datetime) -> dict[str, Any]:
    """Describe whether an instance runs."""
    return {"Code": 16, "Name": "running"} if node.is_there(now) else {"Code": 80, "Name": "stopped"}


def _instance(node: Node, now: datetime) -> dict[str, Any]:
    """Describe an instance with one volume and one network interface, as long as AWS describes it."""
    address = {"PrivateDnsName": f"{node.node_id}.internal", "PrivateIpAddress": "10.0.0.10"}
    return {
        **_SAME_FOR_ALL,
        "InstanceId": node.node_id,
        "LaunchTime": node.launched_at,
        "State": instance_state(node, now),
        **address,
        **_SUBNET,
        "BlockDeviceMappings": [
            {
                "DeviceName": "/dev/xvda",
                "Ebs": {
                    "AttachTime": node.launched_at,
                    "DeleteOnTermination": True,
                    "Status": "attached",
                    "VolumeId": "vol-0123456789abcdef0",
                },
            }
        ],
        "NetworkInterfaces": [
            {
                "Attachment": {
                    "AttachTime": node.launched_at,
                    "AttachmentId": "eni-attach-0123456789abcdef0",
                    "DeleteOnTermination": True,
                    "DeviceIndex": 0,
                    "Status": "attached",
                    "NetworkCardIndex": 0,
                },
                "Description": "",
                "Groups": _GROUPS,
                "Ipv6Addresses": [],
                "MacAddress": "06:00:00:00:00:01",
                "NetworkInterfaceId": "eni-0123456789abcdef0",
                "OwnerId": "666666666666",
                **address,
                "PrivateIpAddresses": [{"Primary": True, **address}],
                "SourceDestCheck": True,
                "Status": "in-use",
                **_SUBNET,
                "InterfaceType": "interface",
            }
        ],
        "Tags": [{"Key": key, "Value": value} for key, value in node.tags.items()],
        "UsageOperationUpdateTime": node.launched_at,
    }
