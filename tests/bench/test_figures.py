"""What `make bench` compares is the same, and the figures that no machine disturbs keep their limits."""

import ast
from pathlib import Path

import pytest

import bench
from bench import request_figures
from bench.__main__ import report_broken
from bench.growth_figures import organisation
from bench.limit import Limit
from bench.request_figures import SAMPLE_LIMIT, SSM_LIMIT, Count
from bench.synthesis import handwritten, library, new_app
from tests.bench.resources import resources_without_ids

ACCOUNT_COUNTS = (1, 50)


@pytest.fixture(scope="module")
def ssm_counts() -> tuple[Count, Count]:
    return request_figures.count_ssm_of_library(), request_figures.count_ssm_by_hand()


@pytest.fixture(scope="module")
def sample_counts() -> tuple[Count, Count]:
    return request_figures.count_sample_of_library(), request_figures.count_sample_by_hand()


def test_the_handwritten_twin_has_the_same_stacks_with_the_same_resources() -> None:
    sides = []
    for define in (library(), handwritten()):
        app = new_app()
        define(app)
        sides.append(
            {
                stack.stack_name: (stack.environment, resources_without_ids(stack.template))
                for stack in app.synth().stacks
            }
        )
    ours, by_hand = sides
    assert len(ours) == 5
    assert ours == by_hand


def test_the_comparison_sees_a_property_and_what_a_reference_leads_to() -> None:
    def template(name: str) -> dict[str, object]:
        return {
            "Resources": {
                "A": {"Type": "AWS::SSM::MaintenanceWindow", "Properties": {"Name": name}},
                "B": {"Type": "AWS::SSM::MaintenanceWindowTarget", "Properties": {"WindowId": {"Ref": "A"}}},
            }
        }

    one, other = (resources_without_ids(template(name), types="AWS::SSM::") for name in ("one", "other"))
    assert one == resources_without_ids(template("one"))
    assert not one & other


def test_the_twin_does_not_use_the_library() -> None:
    imported = {
        module
        for path in Path(bench.__path__[0]).glob("handwritten*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for module in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [str(node.module)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert {"aws_cdk", "bench.handwritten_ssm"} <= imported
    assert not any(name.startswith(("patching_constructs", "stacks")) for name in imported)


def test_requests_for_systems_manager_resources_are_counted_over_the_same_resources(
    ssm_counts: tuple[Count, Count],
) -> None:
    ours, by_hand = (
        [resources_without_ids(template, types="AWS::SSM::") for template in count.templates]
        for count in ssm_counts
    )
    assert [sum(resources.values()) for resources in ours] == [10, 10, 10, 13]
    assert ours == by_hand


def test_systems_manager_resources_cost_at_most_a_quarter_more_requests_than_by_hand(
    ssm_counts: tuple[Count, Count],
) -> None:
    ours, by_hand = ssm_counts
    assert 0 < by_hand.requests < ours.requests <= SSM_LIMIT * by_hand.requests


def test_the_whole_sample_costs_hardly_more_requests_than_by_hand(
    sample_counts: tuple[Count, Count],
) -> None:
    ours, by_hand = sample_counts
    assert 0 < by_hand.requests < ours.requests <= SAMPLE_LIMIT * by_hand.requests


def test_requests_are_divided_by_the_resources_that_they_are_for() -> None:
    template = {"Resources": {"A": {"Type": "AWS::SSM::PatchBaseline"}, "B": {"Type": "AWS::IAM::Role"}}}
    count = Count(requests=6, templates=[template])
    assert (count.per_resource("AWS::SSM::"), count.per_resource()) == (6, 3)


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
