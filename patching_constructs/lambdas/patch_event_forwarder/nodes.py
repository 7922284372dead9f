"""Tags and names of nodes."""

from collections.abc import Mapping, Sequence
from typing import Any

# DescribeInstances takes more ids, but each page is held in memory as a whole.
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
_INSTANCES_AT_ONCE = 200


def read_tags(ssm: Any, ec2: Any, node_ids: Sequence[str]) -> dict[str, Mapping[str, str]]:
    """Return the tags of nodes by their ids; instances that are gone are left out."""
    instances = [node_id for node_id in node_ids if node_id.startswith("i-")]
    found: dict[str, Mapping[str, str]] = {}
    for first in range(0, len(instances), _INSTANCES_AT_ONCE):
        wanted = [{"Name": "instance-id", "Values": instances[first : first + _INSTANCES_AT_ONCE]}]
        for page in ec2.get_paginator("describe_instances").paginate(Filters=wanted):
            for reservation in page["Reservations"]:
                for instance in reservation["Instances"]:
                    found[instance["InstanceId"]] = _tags(instance.get("Tags", []))
    for node_id in node_ids:
        if not node_id.startswith("i-"):
            # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListTagsForResource.html
            answer = ssm.list_tags_for_resource(ResourceType="ManagedInstance", ResourceId=node_id)
            found[node_id] = _tags(answer["TagList"])
    return found


def read_computer_names(ssm: Any, node_ids: Sequence[str]) -> dict[str, str]:
    """Return the names of a few nodes in Systems Manager, by their ids; unknown ones are left out."""
    wanted = [{"Key": "InstanceIds", "Values": list(node_ids)}]
    pages = ssm.get_paginator("describe_instance_information").paginate(Filters=wanted)
    return {
        info["InstanceId"]: name
        for page in pages
        for info in page["InstanceInformationList"]
        if (name := info.get("Name") or info.get("ComputerName"))
    }


def _tags(tags: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}
