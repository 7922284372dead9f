"""OpsItems of one account and Region, as the Systems Manager API shows them."""

import json
from collections.abc import Mapping
from typing import Any

from local_aws.errors import ApiError

Request = Mapping[str, Any]
Response = dict[str, Any]

_OPEN = "Open"


class OpsCenter:
    """OpsItems, all of them open until they are resolved.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/OpsCenter.html
    """

    def __init__(self) -> None:
        self._items: dict[str, dict[str, Any]] = {}

    def create_ops_item(self, request: Request) -> Response:
        """Answer CreateOpsItem.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateOpsItem.html
        See: https://docs.aws.amazon.com/systems-manager/latest/userguide/OpsCenter-working-deduplication.html
        """
        wanted = _deduplication_string(request)
        for item_id, item in self._items.items():
            if wanted is not None and item["Status"] == _OPEN and _deduplication_string(item) == wanted:
                raise ApiError("OpsItemAlreadyExistsException", f"{item_id} has the deduplication string")
        item_id = f"oi-{len(self._items) + 1:012x}"
        self._items[item_id] = {**request, "OpsItemId": item_id, "Status": _OPEN}
        return {"OpsItemId": item_id}

    def get_ops_item(self, request: Request) -> Response:
        """Answer GetOpsItem.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetOpsItem.html
        """
        return {"OpsItem": self._item(request)}

    def update_ops_item(self, request: Request) -> Response:
        """Answer UpdateOpsItem, which resolves an OpsItem among other things.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UpdateOpsItem.html
        """
        self._item(request).update(request)
        return {}

    def describe_ops_items(self, request: Request) -> Response:  # noqa: ARG002 - all of them are one page
        """Answer DescribeOpsItems.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeOpsItems.html
        """
        return {"OpsItemSummaries": list(self._items.values())}

    def _item(self, request: Request) -> dict[str, Any]:
        if request["OpsItemId"] not in self._items:
            raise ApiError("OpsItemNotFoundException", f"{request['OpsItemId']} is no OpsItem")
        return self._items[request["OpsItemId"]]


def _deduplication_string(item: Mapping[str, Any]) -> str | None:
    data = item.get("OperationalData", {}).get("/aws/dedup")
    return None if data is None else str(json.loads(data["Value"])["dedupString"])
