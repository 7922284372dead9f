"""What a comparison says about patch groups that move is what the local AWS does with them."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_aws import DeploymentError, client, deploy_template, in_process
from patching_constructs.rules.acknowledged_findings import JudgedFinding
from tests.plan.diff_templates import Template, baseline, compare_templates

PLACE: dict[str, Any] = {"account": "111111111111", "region": "eu-central-1"}
SPARE: Template = {"Spare": {"Type": "AWS::SSM::PatchBaseline", "Properties": {"Name": "spare"}}}
"""What a stack has where it has no other baseline, as it cannot be empty."""

Holders = Mapping[str, frozenset[str]]
"""The patch groups of each baseline of a stack, by its logical id."""


def holders() -> st.SearchStrategy[Holders]:
    """Give stacks of up to three baselines, where each patch group has one at most."""
    names = ("First", "Second", "Third")
    groups = st.fixed_dictionaries({group: st.sampled_from((None, *names)) for group in ("db", "web")})
    return st.builds(
        lambda kept, holder: {
            name: frozenset(group for group, held in holder.items() if held == name)
            for name in names
            if name in kept or name in holder.values()
        },
        st.sets(st.sampled_from(names)),
        groups,
    )


def resources(stack: Holders) -> Template:
    return SPARE | {name: baseline(*sorted(groups), Name=name.lower()) for name, groups in stack.items()}


def deploy(stack: Holders) -> None:
    deploy_template({"Resources": resources(stack)}, stack_name="stack", **PLACE)


def warnings(old: Holders, new: Holders) -> tuple[JudgedFinding, ...]:
    with tempfile.TemporaryDirectory() as folder:
        return compare_templates(Path(folder), resources(old), resources(new)).warnings


def registered() -> dict[str, str]:
    mappings = client("ssm", **PLACE).describe_patch_groups()["Mappings"]
    return {item["PatchGroup"]: item["BaselineIdentity"]["BaselineName"] for item in mappings}


def as_registered(stack: Holders) -> dict[str, str]:
    return {group: name.lower() for name, groups in stack.items() for group in groups}


def without_the_moved(old: Holders, new: Holders) -> Holders:
    """Return the first of the two deployments that the warning tells."""
    before, after = as_registered(old), as_registered(new)
    moved = {group for group in before.keys() & after.keys() if before[group] != after[group]}
    return {name: groups - moved for name, groups in old.items()}


@settings(deadline=None, max_examples=50)
@given(old=holders(), new=holders())
def test_an_update_fails_if_and_only_if_the_comparison_warns_and_two_deployments_succeed(
    old: Holders, new: Holders
) -> None:
    found = warnings(old, new)
    with in_process():
        deploy(old)
        if not found:
            deploy(new)
            assert registered() == as_registered(new)
            return
        with pytest.raises(DeploymentError, match="already has a baseline registered"):
            deploy(new)
    between = without_the_moved(old, new)
    assert all("two deployments between two runs: 1. " in str(entry.finding.allowed) for entry in found)
    assert warnings(old, between) == warnings(between, new) == ()
    with in_process():
        for step in (old, between, new):
            deploy(step)
            assert registered() == as_registered(step)
