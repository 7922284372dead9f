"""Query every node, which is the obvious way to read the state of each."""

from typing import Any

_STATES = ["Missing", "Failed", "InstalledRejected", "InstalledPendingReboot"]


def ask_every_node(ssm: Any) -> int:
    """List the managed nodes, read the state of each, and query the patches of each that need action.

    Pages are as long as AWS allows, and a node is asked once, however many patches it has.

    Args:
        ssm: A boto3 client.

    Returns:
        How many nodes were asked.
    """
    asked = 0
    pages = ssm.get_paginator("describe_instance_information").paginate(PaginationConfig={"PageSize": 50})
    states = ssm.get_paginator("describe_instance_patch_states")
    for page in pages:
        node_ids = [info["InstanceId"] for info in page["InstanceInformationList"]]
        list(states.paginate(InstanceIds=node_ids, PaginationConfig={"PageSize": 50}))
        for node_id in node_ids:
            ssm.describe_instance_patches(
                InstanceId=node_id, Filters=[{"Key": "State", "Values": _STATES}], MaxResults=100
            )
            asked += 1
    return asked
