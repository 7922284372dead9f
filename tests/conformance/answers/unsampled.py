"""Read operations of which no answer of AWS is published, each with the reason. This list only shrinks."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from tests.conformance.answers.samples import samples

_ONLY_SYNTAX = "the API reference and the CLI's examples show its syntax and no answer"
_READ_BACK = f"{_ONLY_SYNTAX}; only tests of the local AWS read it"

UNSAMPLED: Mapping[str, str] = MappingProxyType(
    {
        "events:DescribeEventBus": _READ_BACK,
        "events:DescribeRule": _READ_BACK,
        "events:ListEventBuses": _READ_BACK,
        "events:ListRules": f"{_ONLY_SYNTAX}; the local AWS reads rules to deliver events",
        "events:ListTagsForResource": _READ_BACK,
        "events:ListTargetsByRule": f"{_ONLY_SYNTAX}; the local AWS reads targets to deliver events",
        "glue:GetDatabase": _READ_BACK,
        "glue:GetTable": _READ_BACK,
        "kms:GetKeyPolicy": "the CLI's example prints the policy's text alone",
        "logs:ListTagsForResource": _READ_BACK,
        "s3:GetObject": "its answer is the object",
        "s3:ListBuckets": "the CLI's only example is cut down by a query",
        "s3:HeadBucket": "its answer has no body",
    }
)

_READS = re.compile(r"\w+:(BatchGet|Describe|Detect|Get|Head|List|Query|Receive|Scan)")


def unsampled_reads(operations: Iterable[str]) -> list[str]:
    """Return the operations that read something of which no answer is known, and that are on no list."""
    return [
        operation
        for operation in operations
        if _READS.match(operation) and operation not in UNSAMPLED and not samples(operation)
    ]
