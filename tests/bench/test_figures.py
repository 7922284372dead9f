"""The figures of `make bench` that no machine disturbs keep their limits."""

import pytest

from bench.__main__ import report_broken
from bench.growth_figures import organisation
from bench.limit import Limit
from bench.request_figures import REQUESTS_PER_RESOURCE_LIMIT, Count, count_sample

ACCOUNT_COUNTS = (1, 50)


def test_the_sample_costs_few_requests_per_resource() -> None:
    count = count_sample()
    assert len(count.templates) == 5
    assert 0 < count.per_resource <= REQUESTS_PER_RESOURCE_LIMIT


def test_requests_are_divided_by_the_resources_that_they_are_for() -> None:
    template = {"Resources": {"A": {"Type": "AWS::SSM::PatchBaseline"}, "B": {"Type": "AWS::IAM::Role"}}}
    assert Count(requests=6, templates=[template]).per_resource == 3


@pytest.mark.parametrize("account_count", ACCOUNT_COUNTS)
def test_a_generated_organisation_has_production_in_every_account(account_count: int) -> None:
    data = organisation(account_count)
    workloads = [account["name"] for account in data["accounts"] if account["role"] == "workload"]
    assert len(set(workloads)) == account_count
    assert [(ring["name"], ring["accounts"]) for ring in data["rings"]] == [("prod", workloads)]


def test_a_broken_limit_is_named_and_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    limits = [
        Limit(name="kept", measured=1.25, at_most=1.25),
        Limit(name="wall time: ratio", measured=1.4, at_most=1.3),
    ]
    assert report_broken(limits) == 1
    assert capsys.readouterr().err == "over its limit: wall time: ratio, got 1.400, at most 1.3\n"


def test_kept_limits_end_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    assert report_broken([Limit(name="kept", measured=0, at_most=0)]) == 0
    assert capsys.readouterr().err == ""
