"""The sample organisation, as patching.yaml describes it."""

import copy
import re
import zipfile
from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
import yaml
from aws_cdk.assertions import Template
from syrupy.assertion import SnapshotAssertion

from patching_constructs import PatchOrganizationDashboard, load_settings
from patching_constructs.contracts.event_hub_settings import EventHubSettings
from patching_constructs.contracts.reporter_settings import ReporterSettings
from patching_constructs.contracts.ring_document import RINGS_FILE, RingDocument
from patching_constructs.contracts.ring_owners import RingOwners
from stacks.security_stack import SecurityStack
from tests.sample import ROOT, sample_app, stacks_of
from tests.stacks.differences import DifferenceExtension, without_account

STACKS = [
    "Patching-security",
    "Patching-dev-eu-central-1",
    "Patching-test-eu-central-1",
    "Patching-staging-eu-central-1",
    "Patching-prod-eu-central-1",
]

Resources = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def app() -> cdk.App:
    return sample_app()


@pytest.fixture(scope="module")
def templates(app: cdk.App) -> dict[str, dict[str, Any]]:
    return {stack.stack_name: dict(Template.from_stack(stack).to_json()) for stack in stacks_of(app)}


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


@pytest.mark.parametrize("stack", STACKS[:2])
def test_snapshot(
    stack: str, templates: dict[str, dict[str, Any]], template_snapshot: Callable[[dict[str, Any]], None]
) -> None:
    template_snapshot(templates[stack])


@pytest.mark.parametrize("stack", STACKS[2:])
def test_differences_from_the_account_with_a_snapshot(
    stack: str, templates: dict[str, dict[str, Any]], snapshot: SnapshotAssertion
) -> None:
    first = STACKS[1]
    ids = {each.name: each.id for each in load_settings(ROOT / "patching.yaml").workload_accounts}
    names = [each.split("-")[1] for each in (first, stack)]
    before, after = (
        without_account(templates[each], name=name, account=ids[name])
        for each, name in zip((first, stack), names, strict=True)
    )
    differences = unified_diff(before, after, n=2, lineterm="")
    # The numbers of lines would change with everything that is added above them in all accounts.
    lines = ["@@" if line.startswith("@@") else line for line in differences]
    assert "\n".join(lines[2:]) == snapshot(extension_class=DifferenceExtension)


@pytest.mark.parametrize("changed", ["a property", "a resource"])
def test_what_one_account_has_alone_is_a_difference(
    changed: str, templates: dict[str, dict[str, Any]]
) -> None:
    template = copy.deepcopy(templates[STACKS[2]])
    before = without_account(template, name="test", account="444444444444")
    if changed == "a property":
        next(iter(template["Resources"].values()))["Properties"]["Added"] = 1
    else:
        template["Resources"].popitem()
    assert without_account(template, name="test", account="444444444444") != before


@pytest.mark.parametrize("stack", STACKS[1:])
def test_no_environment_shares_a_baseline(stack: str, templates: dict[str, dict[str, Any]]) -> None:
    environment = stack.split("-")[1]
    names = {
        properties["Name"] for properties in _of_type(templates[stack], "AWS::SSM::PatchBaseline").values()
    }
    assert {name.partition(".")[0] for name in names} == {
        f"{environment}-amazon-linux-2023",
        f"{environment}-ubuntu",
        f"{environment}-windows",
    }


@pytest.mark.parametrize("stack", STACKS[1:])
def test_each_patch_group_has_a_baseline_of_its_own_for_each_operating_system(
    stack: str, templates: dict[str, dict[str, Any]]
) -> None:
    baselines = _of_type(templates[stack], "AWS::SSM::PatchBaseline")
    settings = load_settings(ROOT / "patching.yaml")
    systems = {baseline.name: baseline.operating_system for baseline in settings.baselines}
    (account,) = (each for each in settings.workload_accounts if f"-{each.name}-" in stack)
    expected = {
        (f"{name}.{group.name}", str(systems[name]), group.name)
        for ring in settings.rings_of(account)
        for group in ring.patch_groups
        for name in group.baselines
    }
    assert {
        (baseline["Name"], baseline["OperatingSystem"], *baseline["PatchGroups"])
        for baseline in baselines.values()
    } == expected
    for logical_id, baseline in baselines.items():
        group, system = baseline["PatchGroups"][0], baseline["OperatingSystem"]
        assert logical_id.startswith(re.sub(r"[^A-Za-z0-9]", "", f"Baseline{group}{system}"))


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


def _files(app: cdk.App, template: dict[str, Any], name: str) -> list[str]:
    """Return the contents of a file in the bundles of the functions of a stack."""
    bundles = [
        zipfile.ZipFile(Path(app.outdir, f"asset.{function['Code']['S3Key']}"))
        for function in _of_type(template, "AWS::Lambda::Function").values()
    ]
    return [bundle.read(name).decode() for bundle in bundles if name in bundle.namelist()]


def _allowed(template: dict[str, Any]) -> Resources:
    """Return the statements of the event bus's policy by their ids."""
    policies = _of_type(template, "AWS::Events::EventBusPolicy").values()
    return {policy["StatementId"]: policy["Statement"] for policy in policies}


def test_the_security_account_takes_records_of_patching_from_the_organisation_only(
    templates: dict[str, dict[str, Any]],
) -> None:
    allowed = _allowed(templates["Patching-security"])
    detail_types = {
        statement_id: statement["Condition"]["ForAllValues:StringEquals"]["events:detail-type"]
        for statement_id, statement in allowed.items()
    }
    assert detail_types == {
        "PatchEvents": "Patching Event",
        "RingRunsOfOwners": "Patching Ring Run Finished",
    }
    for statement in allowed.values():
        assert statement["Condition"]["StringEquals"] == {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}


def test_without_an_organisation_the_workload_accounts_may_send_and_no_other(tmp_path: Path) -> None:
    data = yaml.safe_load((ROOT / "patching.yaml").read_text())
    file = tmp_path / "patching.yaml"
    file.write_text(yaml.safe_dump({**data, "organization_id": None}, sort_keys=False))
    settings = load_settings(file)
    stack = SecurityStack(
        cdk.App(analytics_reporting=False),
        "Security",
        settings=settings,
        env=cdk.Environment(account="222222222222", region="eu-central-1"),
    )
    for statement in _allowed(dict(Template.from_stack(stack).to_json())).values():
        senders = [str(principal).split(":iam::")[1][:12] for principal in statement["Principal"]["AWS"]]
        assert senders == [account.id for account in settings.workload_accounts]
        assert "StringEquals" not in statement["Condition"]


def test_every_account_that_installs_tells_how_it_went_and_is_believed(
    app: cdk.App, templates: dict[str, dict[str, Any]]
) -> None:
    (owners,) = _files(app, templates["Patching-security"], "ring-owners.json")
    believed = set().union(*RingOwners.from_json(owners).accounts.values())
    installing = {
        account.id
        for account in load_settings(ROOT / "patching.yaml").workload_accounts
        for rule in _of_type(templates[f"Patching-{account.name}-eu-central-1"], "AWS::Events::Rule").values()
        if rule.get("Description") == "An install window of a ring is over"
    }
    assert believed == installing
    assert believed


def test_the_hub_knows_names_owners_and_groups_from_the_settings(
    app: cdk.App, templates: dict[str, dict[str, Any]]
) -> None:
    (text,) = _files(app, templates["Patching-security"], "event-hub.json")
    hub = EventHubSettings.from_json(text)
    assert hub.name_of("666666666666") == "prod"
    for stack in STACKS[1:]:
        reporter, forwarder, recorder = _files(app, templates[stack], RINGS_FILE)
        assert reporter == forwarder == recorder
        settings = RingDocument.from_json(forwarder)
        account = next(each for each in hub.account_names if hub.account_names[each] == stack.split("-")[1])
        for ring in settings.rings:
            assert hub.owners.own(account, rollout=settings.rollout, ring=ring.name)
            groups = hub.patch_groups[settings.rollout, ring.name]
            assert groups == {group.name for group in ring.patch_groups}


def test_events_that_no_one_is_notified_of_are_not_forwarded(templates: dict[str, dict[str, Any]]) -> None:
    for stack in STACKS[1:]:
        patterns = [
            rule.get("EventPattern", {}) for rule in _of_type(templates[stack], "AWS::Events::Rule").values()
        ]
        types = {detail_type for pattern in patterns for detail_type in pattern.get("detail-type", ())}
        assert "Configuration Compliance State Change" not in types


@pytest.mark.parametrize("stack", STACKS[1:])
def test_an_exemption_reaches_the_reporter_of_its_account_alone(
    stack: str, app: cdk.App, templates: dict[str, dict[str, Any]]
) -> None:
    (text,) = _files(app, templates[stack], "reporter.json")
    document = RingDocument.from_json(_files(app, templates[stack], RINGS_FILE)[0])
    reported = ReporterSettings.from_json(text, document)
    expected = ["CHG-20417"] if stack.split("-")[1] == "prod" else []
    assert [exemption.ticket for exemption in reported.exemptions] == expected
    assert len(reported.baselines) == len(_of_type(templates[stack], "AWS::SSM::PatchBaseline"))


@pytest.mark.parametrize("stack", STACKS[1:])
def test_reporters_write_into_the_bucket_that_the_security_account_has(
    stack: str, templates: dict[str, dict[str, Any]]
) -> None:
    buckets = _of_type(templates["Patching-security"], "AWS::S3::Bucket").values()
    (name,) = {bucket["BucketName"] for bucket in buckets if "BucketName" in bucket}
    (reporter,) = [
        function
        for function in _of_type(templates[stack], "AWS::Lambda::Function").values()
        if "reporter" in function["Handler"]
    ]
    assert reporter["Environment"]["Variables"]["HISTORY_BUCKET"] == name


def test_every_ring_of_every_account_has_a_health_alarm_and_is_on_the_dashboard(
    templates: dict[str, dict[str, Any]],
) -> None:
    (dashboard,) = _of_type(templates["Patching-security"], "AWS::CloudWatch::Dashboard").values()
    for account in load_settings(ROOT / "patching.yaml").workload_accounts:
        template = templates[f"Patching-{account.name}-eu-central-1"]
        windows = _of_type(template, "AWS::SSM::MaintenanceWindow").values()
        rings = {
            tag["Value"]
            for window in windows
            for tag in window["Tags"]
            if tag["Key"] == "patching-constructs:ring"
        }
        healths = {
            logical_id: alarm["AlarmDescription"].split()[1]
            for logical_id, alarm in _of_type(template, "AWS::CloudWatch::CompositeAlarm").items()
            if alarm["AlarmDescription"].startswith("Ring ")
        }
        assert set(healths.values()) == rings
        for ring in rings:
            shown = (
                f'"Ring","{ring}",{{"label":"{ring}, {account.name} eu-central-1","region":"eu-central-1",'
                f'"accountId":"{account.id}"}}'
            )
            assert dashboard["DashboardBody"].count(shown) == len(PatchOrganizationDashboard.METRICS)


def test_workload_accounts_send_to_the_bus_that_the_security_account_has(
    templates: dict[str, dict[str, Any]],
) -> None:
    buses = _of_type(templates["Patching-security"], "AWS::Events::EventBus").values()
    name = next(iter(buses))["Name"]
    expected = f"arn:aws:events:eu-central-1:222222222222:event-bus/{name}"
    for stack in STACKS[1:]:
        bus_of = {
            function["Handler"].split(".")[2]: function["Environment"]["Variables"].get("EVENT_BUS_ARN")
            for function in _of_type(templates[stack], "AWS::Lambda::Function").values()
        }
        assert (bus_of["patch_event_forwarder"], bus_of["ring_run_recorder"]) == (expected, expected)


def test_people_are_reported_of_failures_and_not_of_what_went_well(
    templates: dict[str, dict[str, Any]],
) -> None:
    (variables,) = [
        function["Environment"]["Variables"]
        for function in _of_type(templates["Patching-security"], "AWS::Lambda::Function").values()
        if "event_hub" in function["Handler"]
    ]
    assert {name for name in variables if name.endswith("_TOPIC_ARN")} == {
        "CRITICAL_TOPIC_ARN",
        "WARNING_TOPIC_ARN",
    }
    subscriptions = _of_type(templates["Patching-security"], "AWS::SNS::Subscription").values()
    assert [subscription["Endpoint"] for subscription in subscriptions] == [
        "security-patching@example.com"
    ] * 2


@pytest.mark.parametrize("stack", STACKS)
def test_what_is_retained_is_deleted_if_its_creation_fails(
    stack: str, templates: dict[str, dict[str, Any]]
) -> None:
    policies = {
        (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
        for resource in templates[stack]["Resources"].values()
    }
    assert policies == {(None, None), ("Delete", "Delete"), ("RetainExceptOnCreate", "Retain")}
