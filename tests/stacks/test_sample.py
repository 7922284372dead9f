"""The sample organisation, as patching.yaml describes it."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk.assertions import Template

from patching_constructs import load_settings
from tests.sample import ROOT, sample_app, stacks_of

STACKS = [
    "Patching-security",
    "Patching-dev-eu-central-1",
    "Patching-test-eu-central-1",
    "Patching-staging-eu-central-1",
    "Patching-prod-eu-central-1",
]

Resources = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def templates() -> dict[str, dict[str, Any]]:
    return {stack.stack_name: dict(Template.from_stack(stack).to_json()) for stack in stacks_of(sample_app())}


def _of_type(template: dict[str, Any], resource_type: str) -> Resources:
    resources: Resources = template["Resources"]
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in resources.items()
        if resource["Type"] == resource_type
    }


def test_every_workload_account_and_the_security_account_have_a_stack(
    templates: dict[str, dict[str, Any]],
) -> None:
    assert list(templates) == STACKS


@pytest.mark.parametrize("stack", STACKS)
def test_snapshot(
    stack: str, templates: dict[str, dict[str, Any]], template_snapshot: Callable[[dict[str, Any]], None]
) -> None:
    template_snapshot(templates[stack])


@pytest.mark.parametrize("stack", STACKS[1:])
def test_no_environment_shares_a_baseline(stack: str, templates: dict[str, dict[str, Any]]) -> None:
    environment = stack.split("-")[1]
    names = {
        properties["Name"] for properties in _of_type(templates[stack], "AWS::SSM::PatchBaseline").values()
    }
    assert names == {
        f"{environment}-amazon-linux-2023",
        f"{environment}-ubuntu",
        f"{environment}-windows",
    } | {name for name in names if "image" in name}


def test_ring_order_is_the_order_of_the_file(templates: dict[str, dict[str, Any]]) -> None:
    orders = []
    for stack in STACKS[1:]:
        for window in _of_type(templates[stack], "AWS::SSM::MaintenanceWindow").values():
            tags = {tag["Key"]: tag["Value"] for tag in window["Tags"]}
            if window["Name"].endswith("-install"):
                orders.append((tags["patching-constructs:ring-order"], tags["patching-constructs:ring"]))
    assert orders == [("1", "dev"), ("2", "test"), ("3", "staging"), ("4", "prod")]


def test_production_installs_monthly_after_patch_tuesday_and_the_others_weekly(
    templates: dict[str, dict[str, Any]],
) -> None:
    schedules = {
        window["Name"]: window["Schedule"]
        for stack in STACKS[1:]
        for window in _of_type(templates[stack], "AWS::SSM::MaintenanceWindow").values()
    }
    assert "TUE#" in schedules["patching-prod-install"]
    for ring in ("dev", "test", "staging"):
        assert "#" not in schedules[f"patching-{ring}-install"]


def test_the_fleet_that_is_patched_through_its_images_is_scanned_and_never_patched(
    templates: dict[str, dict[str, Any]],
) -> None:
    template = templates["Patching-prod-eu-central-1"]
    windows = _of_type(template, "AWS::SSM::MaintenanceWindow")
    groups_by_window = {
        windows[target["WindowId"]["Ref"]]["Name"]: target["Targets"][0]["Values"]
        for target in _of_type(template, "AWS::SSM::MaintenanceWindowTarget").values()
    }
    scanned_only = groups_by_window["patching-prod-scan-only-scan"]
    assert scanned_only
    assert not set(scanned_only) & set(groups_by_window["patching-prod-install"])


def test_the_security_account_takes_events_from_workload_accounts_only(
    templates: dict[str, dict[str, Any]],
) -> None:
    settings = load_settings(ROOT / "patching.yaml")
    principals = {
        policy["Statement"]["Principal"]["AWS"].split(":")[4]
        for policy in _of_type(templates["Patching-security"], "AWS::Events::EventBusPolicy").values()
    }
    assert principals == {account.id for account in settings.workload_accounts}


def test_workload_accounts_send_to_the_bus_that_the_security_account_has(
    templates: dict[str, dict[str, Any]],
) -> None:
    buses = _of_type(templates["Patching-security"], "AWS::Events::EventBus").values()
    name = next(iter(buses))["Name"]
    expected = f"arn:aws:events:eu-central-1:222222222222:event-bus/{name}"
    for stack in STACKS[1:]:
        arns = [
            target["Arn"]
            for rule in _of_type(templates[stack], "AWS::Events::Rule").values()
            for target in rule["Targets"]
        ]
        assert expected in arns
