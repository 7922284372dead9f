"""OpsItems: opened, read back, not opened twice, and refused as AWS refuses."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.usefixtures("emulated")

ITEM = {"Title": "Window failed", "Description": "It failed.", "Source": "patching"}


def item(deduplication_string: str) -> dict[str, Any]:
    value = json.dumps({"dedupString": deduplication_string})
    return {**ITEM, "OperationalData": {"/aws/dedup": {"Type": "SearchableString", "Value": value}}}


def test_an_ops_item_is_read_back(aws: Any) -> None:
    opened = aws("ssm").create_ops_item(**item("one"))["OpsItemId"]
    found = aws("ssm").get_ops_item(OpsItemId=opened)["OpsItem"]
    assert (found["Title"], found["Status"]) == ("Window failed", "Open")
    (summary,) = aws("ssm").describe_ops_items()["OpsItemSummaries"]
    assert summary["OpsItemId"] == opened


def test_what_is_open_is_not_opened_again_and_what_is_resolved_is(aws: Any) -> None:
    first = aws("ssm").create_ops_item(**item("one"))["OpsItemId"]
    with pytest.raises(ClientError, match="OpsItemAlreadyExistsException"):
        aws("ssm").create_ops_item(**item("one"))
    aws("ssm").create_ops_item(**item("two"))
    aws("ssm").update_ops_item(OpsItemId=first, Status="Resolved")
    aws("ssm").create_ops_item(**item("one"))
    assert len(aws("ssm").describe_ops_items()["OpsItemSummaries"]) == 3


def test_without_a_deduplication_string_each_is_opened(aws: Any) -> None:
    for _ in range(2):
        aws("ssm").create_ops_item(**ITEM)
    assert len(aws("ssm").describe_ops_items()["OpsItemSummaries"]) == 2


@pytest.mark.parametrize("changes", [{"Title": "x" * 1025}, {"Description": " "}, {"Severity": "x" * 65}])
def test_what_the_api_does_not_take_is_refused(aws: Any, changes: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        aws("ssm").create_ops_item(**{**ITEM, **changes})


def test_what_is_not_there_is_not_found(aws: Any) -> None:
    with pytest.raises(ClientError, match="OpsItemNotFoundException"):
        aws("ssm").get_ops_item(OpsItemId="oi-000000000000")
