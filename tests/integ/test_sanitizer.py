"""Nothing of the account that ran the script gets into a fixture."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.integ.sanitizer import Sanitizer

ACCOUNT = "999900001111"


def _clean(value: Any, **more: Any) -> Any:
    return Sanitizer(account=ACCOUNT, **more).clean(value)


ANSWERS: list[tuple[Any, Any]] = [
    (
        {"Arn": f"arn:aws:ssm:us-east-1:{ACCOUNT}:patchbaseline/pb-0123456789abcdef0"},
        {"Arn": "arn:aws:ssm:us-east-1:111122223333:patchbaseline/pb-00000000000000001"},
    ),
    (
        {"BaselineId": "arn:aws:ssm:us-east-1:075727635805:patchbaseline/pb-09ca3fb51f0412ec3"},
        {"BaselineId": "arn:aws:ssm:us-east-1:444455556666:patchbaseline/pb-00000000000000001"},
    ),
    (
        {"Bucket": f"patching-history-{ACCOUNT}-us-east-1"},
        {"Bucket": "patching-history-111122223333-us-east-1"},
    ),
    (
        {
            "InstanceId": "i-0f00ba12345678901",
            "IPAddress": "172.31.4.7",
            "ComputerName": "build-01.corp.example",
        },
        {"InstanceId": "i-00000000000000001", "IPAddress": "192.0.2.1", "ComputerName": "example-1"},
    ),
    (
        {"AgentVersion": "3.3.987.0", "PlatformVersion": "10.0.20348", "PlatformName": "Amazon Linux"},
        {"AgentVersion": "3.3.987.0", "PlatformVersion": "10.0.20348", "PlatformName": "Amazon Linux"},
    ),
    (
        {"Title": "kernel.x86_64:1:6.1.119-129.201.amzn2023", "KBId": "kernel.x86_64"},
        {"Title": "kernel.x86_64:1:6.1.119-129.201.amzn2023", "KBId": "kernel.x86_64"},
    ),
    (
        {"Ipv6Address": "2a05:d018::7", "MacAddress": "06:aa:bb:cc:dd:ee"},
        {"Ipv6Address": "2001:db8::1", "MacAddress": "02:00:00:00:00:01"},
    ),
    (
        {
            "PrivateDnsName": "ip-172-31-4-7.ec2.internal",
            "Text": "of ip-172-31-4-7.ec2.internal, EC2AMAZ-7QK3LMN",
        },
        {"PrivateDnsName": "example-1", "Text": "of host-1.example, host-2.example"},
    ),
    (
        {
            "Role": f"arn:aws:sts::{ACCOUNT}:assumed-role/AdminOfJane/jane@corp.example",
            "Id": "AROAABCDEFGHIJKLMNOPQ",
        },
        {"Role": "arn:aws:sts::111122223333:assumed-role/example-1", "Id": "AROAEXAMPLE000000001"},
    ),
    (
        {"Tags": [{"Key": "Owner", "Value": "Jane Doe"}, {"Key": "PatchGroup", "Value": "integ-nodes"}]},
        {"Tags": [{"Key": "Owner", "Value": "example-1"}, {"Key": "PatchGroup", "Value": "integ-nodes"}]},
    ),
    (
        {"Url": "https://bucket.s3.amazonaws.com/a?X-Amz-Credential=AKIAABCDEFGHIJKLMNOP&X-Amz-Signature=ff"},
        {"Url": "https://bucket.s3.amazonaws.com/a?..."},
    ),
    (
        {"CommandId": "8F14E45F-ceea-467f-9575-1d4b8d9d3c11", "Same": "8F14E45F-ceea-467f-9575-1d4b8d9d3c11"},
        {"CommandId": "00000000-0000-4000-8000-000000000001", "Same": "00000000-0000-4000-8000-000000000001"},
    ),
    (
        {
            "At": dt.datetime(2026, 12, 1, 5, tzinfo=dt.UTC),
            "Time": "2026-12-01T05:00:00Z",
            "Count": 4,
            "Ok": True,
        },
        {"At": "2026-12-01T05:00:00+00:00", "Time": "2026-12-01T05:00:00Z", "Count": 4, "Ok": True},
    ),
    ({"ResponseMetadata": {"RequestId": "x"}, "NextToken": "secret", "Patches": []}, {"Patches": []}),
]


@pytest.mark.parametrize(("answer", "cleaned"), ANSWERS)
def test_what_is_replaced_and_what_stays(answer: Any, cleaned: Any) -> None:
    assert _clean(answer) == cleaned


@pytest.mark.parametrize("answer", [answer for answer, _ in ANSWERS])
def test_a_clean_answer_has_no_leak_and_a_raw_one_has(answer: Any) -> None:
    sanitizer = Sanitizer(account=ACCOUNT, names=["AdminOfJane"])
    cleaned = json.dumps(sanitizer.clean(answer))
    assert sanitizer.leaks(cleaned) == []
    raw = json.dumps(answer, default=str)
    if ACCOUNT in raw:
        assert ACCOUNT in sanitizer.leaks(raw)


def test_the_same_node_has_the_same_id_in_every_answer() -> None:
    sanitizer = Sanitizer(account=ACCOUNT)
    first = sanitizer.clean({"InstanceIds": ["i-0aaaaaaaaaaaaaaaa", "i-0bbbbbbbbbbbbbbbb"]})
    second = sanitizer.clean({"InstanceId": "i-0bbbbbbbbbbbbbbbb"})
    assert first["InstanceIds"][1] == second["InstanceId"] == "i-00000000000000002"


def test_names_of_the_caller_are_replaced_wherever_they_stand() -> None:
    cleaned = _clean(
        {"Comment": "sent by corp-patching-admin for corp-patching-admin-x"}, names=["corp-patching-admin"]
    )
    assert "corp" not in cleaned["Comment"]


_TEXTS = st.one_of(
    st.text(max_size=40), st.from_regex(r"[a-z:/.-]{0,5}[0-9]{12}[a-z:/.-]{0,5}", fullmatch=True)
)


@given(
    st.recursive(
        _TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
        max_leaves=12,
    ),
    st.text(max_size=5),
)
def test_the_account_is_in_no_clean_answer(value: Any, around: str) -> None:
    sanitizer = Sanitizer(account=ACCOUNT)
    cleaned = sanitizer.clean([value, f":{ACCOUNT}:{around}", f"x-{ACCOUNT}-y"])
    assert ACCOUNT not in json.dumps(cleaned)
