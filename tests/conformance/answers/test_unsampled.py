"""Read operations without an answer of AWS: a list that is printed and only shrinks."""

import re
from pathlib import Path

import pytest
from botocore import xform_name

from tests.conformance.answers.samples import samples
from tests.conformance.answers.unsampled import UNSAMPLED, unsampled_reads

ROOT = Path(__file__).parents[3]
FOLDERS = ("patching_constructs/lambdas", "local_aws", "demo", "bench", "tests")


def test_the_list_is_printed_and_only_shrinks(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print("\nread operations of which AWS publishes no answer:")  # noqa: T201
        for operation, reason in UNSAMPLED.items():
            print(f"  {operation}: {reason}")  # noqa: T201
    assert len(UNSAMPLED) <= 13


@pytest.mark.parametrize("operation", UNSAMPLED)
def test_what_has_a_sample_or_is_read_no_more_leaves_the_list(operation: str) -> None:
    assert samples(operation) == ()
    called = re.compile(rf"\b{xform_name(operation.partition(':')[2])}\b")
    assert any(
        called.search(path.read_text("utf-8"))
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if path != Path(__file__)
    )


def test_our_functions_read_nothing_that_is_on_the_list() -> None:
    """They read these services only; of the others they have clients that write."""
    assert not {operation.partition(":")[0] for operation in UNSAMPLED} & {"dynamodb", "ec2", "ssm"}


def test_a_read_without_a_sample_is_named() -> None:
    assert unsampled_reads(["ssm:DescribeInstancePatches", "events:ListRules", "events:PutRule"]) == []
    assert unsampled_reads(["events:ListArchives"]) == ["events:ListArchives"]
