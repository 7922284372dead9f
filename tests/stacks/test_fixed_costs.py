"""What the stacks cost whatever happens, counted in their templates, beside the limits and beside the plan.

Nothing here asks the library for units or sums: resources are counted by their type, and prices are read from
the file that ships. A type that this file does not know fails, so that nothing with a monthly price can join
the stacks unseen.
"""

import copy
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
import yaml

from patching_constructs import load_settings
from patching_constructs.analysis.costs import resource_units
from patching_constructs.cli import main
from stacks.organisation import define_organisation
from tests.sample import ROOT

ONE_RING, FURTHER_RING, SECURITY = Decimal(9), Decimal("4.50"), Decimal(5)
"""The most that is charged in a month of the first year, in USD."""
THIRD_YEAR = Decimal(2)
"""What one key with yearly rotation adds from the third year on."""

COUNTED = {
    "AWS::CloudWatch::Alarm": "alarm-metrics",
    "AWS::CloudWatch::CompositeAlarm": "composite-alarms",
    "AWS::CloudWatch::Dashboard": "dashboards",
    "AWS::KMS::Key": "kms-keys",
}
"""Types that are charged for while they exist, and their unit in the price file."""
NOT_CHARGED_FOR_EXISTING = {
    "AWS::Athena::NamedQuery",
    "AWS::Athena::WorkGroup",
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration",
    "AWS::Config::ConfigRule",  # by the evaluation
    "AWS::DynamoDB::Table",  # on demand, which is asserted
    "AWS::Events::EventBus",
    "AWS::Events::EventBusPolicy",
    "AWS::Events::Rule",
    "AWS::Glue::Database",
    "AWS::Glue::Table",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::Lambda::Function",  # without provisioned concurrency, which is another type's
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::SSM::MaintenanceWindow",
    "AWS::SSM::MaintenanceWindowTarget",
    "AWS::SSM::MaintenanceWindowTask",
    "AWS::SSM::PatchBaseline",
}
"""Types that cost nothing until something happens: https://aws.amazon.com/pricing/ of each service."""
COME_ON_FAILURE = {"LostNodes", "HistoryFailures"}
"""CloudWatch charges for the hours in which a metric comes: https://aws.amazon.com/cloudwatch/pricing/."""

Template = dict[str, Any]
Metric = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stack:
    name: str
    account: str
    region: str
    template: Template

    def of_type(self, type_: str) -> list[dict[str, Any]]:
        return [
            resource.get("Properties", {})
            for resource in self.template["Resources"].values()
            if resource["Type"] == type_
        ]

    @property
    def rings(self) -> set[str]:
        return {
            tag["Value"]
            for window in self.of_type("AWS::SSM::MaintenanceWindow")
            for tag in window["Tags"]
            if tag["Key"] == "patching-constructs:ring"
        }

    @property
    def limit(self) -> Decimal:
        rings = len(self.rings)
        return ONE_RING + FURTHER_RING * (rings - 1) if rings else SECURITY


def prices() -> Iterator[tuple[str, str, Decimal]]:
    """Yield unit, Region and price of one of each line of the file that ships."""
    text = resources.files("patching_constructs.templates").joinpath("prices.yaml").read_text("utf-8")
    for line in yaml.safe_load(text)["prices"]:
        assert line["currency"] == "USD"
        yield line["unit"], line["region"], Decimal(str(line["amount"])) / line["per"]


PRICES = {(unit, region): price for unit, region, price in prices()}


def price(unit: str, region: str) -> Decimal:
    return next(PRICES[unit, where] for where in (region, "*", "us-east-1") if (unit, where) in PRICES)


def read_metrics(stacks: list[Stack]) -> dict[tuple[str, str], set[Metric]]:
    """Return the metrics of ours that alarms and dashboards read, by account and Region of the metric."""
    found: dict[tuple[str, str], set[Metric]] = {(stack.account, stack.region): set() for stack in stacks}
    for stack in stacks:
        for alarm in stack.of_type("AWS::CloudWatch::Alarm"):
            if alarm["Namespace"] == "PatchingConstructs":
                dimensions = sorted((each["Name"], each["Value"]) for each in alarm["Dimensions"])
                metric = (alarm["MetricName"], *(part for pair in dimensions for part in pair))
                found[stack.account, stack.region].add(metric)
        for dashboard in stack.of_type("AWS::CloudWatch::Dashboard"):
            for properties in widgets(dashboard["DashboardBody"]):
                for namespace, name, *rest, options in properties.get("metrics", ()):
                    if namespace == "PatchingConstructs":
                        where = options.get("accountId", stack.account), options.get("region", stack.region)
                        pairs = sorted(zip(rest[::2], rest[1::2], strict=True))
                        found[where].add((name, *(part for pair in pairs for part in pair)))
    return found


def widgets(body: Any) -> Iterator[dict[str, Any]]:
    parts = [body] if isinstance(body, str) else body["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else "late" for part in parts)
    for widget in json.loads(text)["widgets"]:
        yield widget["properties"]


def published_metrics(stack: Stack) -> set[Metric]:
    """Return the metrics that the reporter of a stack is reported to publish."""
    found: set[Metric] = set()
    for function in stack.of_type("AWS::Lambda::Function"):
        variables = function.get("Environment", {}).get("Variables", {})
        if "PUBLISHED_METRICS" in variables:
            published = json.loads(variables["PUBLISHED_METRICS"])
            found |= {(name, "Rollout", "patching") for name in published["account"]}
            found |= {
                (name, "Ring", ring, "Rollout", "patching")
                for entry in published["rings"]
                for ring in entry["names"]
                for name in entry["metrics"]
            }
    return found


def first_year(stack: Stack, metrics: set[Metric]) -> Decimal:
    """Count what is charged for what a stack defines."""
    total = price("custom-metrics", stack.region) * sum(
        metric[0] not in COME_ON_FAILURE for metric in metrics
    )
    for type_, unit in COUNTED.items():
        total += price(unit, stack.region) * sum(map(weight, stack.of_type(type_)))
    return total


def weight(properties: Mapping[str, Any]) -> int:
    """Return 1, or for an alarm on a formula the number of metrics in it."""
    assert properties.get("Period", 60) >= 60, "high-resolution alarms have another price"
    return sum("MetricStat" in query for query in properties.get("Metrics", ())) or 1


def problems(stacks: list[Stack], plan: Any, text: str) -> list[str]:
    """Find what is over a limit, not classified, read and not published, or otherwise in the plan."""
    found = []
    figures = {(each["account"], each["region"]): each["figures"] for each in plan["environments"]}
    read = read_metrics(stacks)
    total = Decimal()
    for stack in stacks:
        types = {resource["Type"] for resource in stack.template["Resources"].values()}
        found += [
            f"{stack.name}: {type_} is not known here"
            for type_ in sorted(types - COUNTED.keys() - NOT_CHARGED_FOR_EXISTING)
        ]
        found += [
            f"{stack.name}: a table is not on demand"
            for table in stack.of_type("AWS::DynamoDB::Table")
            if table.get("BillingMode") != "PAY_PER_REQUEST"
        ]
        metrics = read[stack.account, stack.region]
        if metrics != published_metrics(stack):
            found.append(f"{stack.name}: {sorted(metrics ^ published_metrics(stack))} read or published only")
        counted = first_year(stack, metrics)
        total += counted
        if counted > stack.limit:
            found.append(f"{stack.name}: {counted:.2f} USD for {len(stack.rings)} rings, over {stack.limit}")
        planned = figures[stack.account, stack.region]
        if not all(planned[name]["is_complete"] for name in ("fixed_first_year", "fixed_third_year")):
            found.append(f"{stack.name}: the fixed figure is not complete")
        keys = [key for key in stack.of_type("AWS::KMS::Key") if key.get("EnableKeyRotation")]
        for name, amount in (
            ("fixed_first_year", counted),
            ("fixed_third_year", counted + THIRD_YEAR * len(keys)),
        ):
            if round(Decimal(planned[name]["money"][0]["amount"]), 6) != amount:
                found.append(f"{stack.name}: {name} is {planned[name]['money']} in the plan, not {amount}")
        row = f"{stack.account}/{stack.region} {counted:.2f} USD"
        if row not in " ".join(text.split()):
            found.append(f"{stack.name}: the plan does not print {row!r}")
    if f"all {total:.2f} USD" not in " ".join(text.split()):
        found.append(f"the plan does not print {total:.2f} USD for the organization")
    return found


def sample(_: dict[str, Any]) -> None:
    """Leave patching.yaml as it is: one ring in an account, and two in production."""


def one_to_three_rings(data: dict[str, Any]) -> None:
    """Put three rings into one account, in two Regions, and choose everything that adds alarms."""
    data["regions"] = ["eu-central-1", "us-east-1"]
    data |= {"security_hub": {"accounts": ["prod"]}, "config_rules": {}}
    ids = {
        "tenant_id": "11111111-1111-1111-1111-111111111111",
        "team_id": "22222222-2222-2222-2222-222222222222",
    }
    for entry in (data, *data["rings"]):
        if "recipients" in entry:
            entry["recipients"].append({"microsoft_teams": ids | {"channel_id": "19%3aabc%40thread.tacv2"}})
    for ring in data["rings"][:2]:
        ring["accounts"] = ["staging"]
    data["accounts"] = [account for account in data["accounts"] if account["name"] not in ("dev", "test")]
    (exemption,) = data["exemptions"]
    del exemption["accounts"], exemption["patch_groups"]
    for group in data["rings"][-1]["patch_groups"]:
        group.pop("scan_only", None)


Assembly = tuple[Path, list[Stack]]

VARIATIONS = {"sample": sample, "rings": one_to_three_rings}


def synthesize(folder: Path, change: Any) -> list[Stack]:
    data = yaml.safe_load((ROOT / "patching.yaml").read_text())
    change(data)
    (folder / "patching.yaml").write_text(yaml.safe_dump(data))
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = cdk.App(outdir=str(folder / "cdk.out"), context=context, analytics_reporting=False)
    define_organisation(app, load_settings(folder / "patching.yaml"))
    return [
        Stack(found.stack_name, found.environment.account, found.environment.region, found.template)
        for found in app.synth().stacks
    ]


@pytest.fixture(scope="module")
def assemblies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Assembly]:
    folders = {name: tmp_path_factory.mktemp(name) for name in VARIATIONS}
    return {
        name: (folder / "cdk.out", synthesize(folder, VARIATIONS[name])) for name, folder in folders.items()
    }


def plan_of(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Any, str]:
    main(["plan", str(folder), "--format", "json"])
    data = json.loads(capsys.readouterr().out)["costs"]
    main(["plan", str(folder)])
    return data, capsys.readouterr().out


@pytest.mark.parametrize("variation", VARIATIONS)
def test_every_stack_is_within_its_limit_and_costs_what_the_plan_says(
    variation: str, assemblies: dict[str, Assembly], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, stacks = assemblies[variation]
    assert problems(stacks, *plan_of(folder, capsys)) == []


def test_the_variations_have_one_two_and_three_rings(assemblies: dict[str, Assembly]) -> None:
    counts = {name: {len(stack.rings) for stack in stacks} for name, (_, stacks) in assemblies.items()}
    assert counts == {"sample": {0, 1, 2}, "rings": {0, 1, 3}}


def test_every_type_that_is_not_charged_for_is_in_use(assemblies: dict[str, Assembly]) -> None:
    used = {
        resource["Type"]
        for _, stacks in assemblies.values()
        for stack in stacks
        for resource in stack.template["Resources"].values()
    }
    assert used >= NOT_CHARGED_FOR_EXISTING


def test_the_guide_and_the_readme_state_these_sums(assemblies: dict[str, Assembly]) -> None:
    _, stacks = assemblies["sample"]
    read = read_metrics(stacks)
    sums = {stack.name: first_year(stack, read[stack.account, stack.region]) for stack in stacks}
    one, security = sums["Patching-dev-eu-central-1"], sums["Patching-security"]
    exemption = price("custom-metrics", "eu-central-1") + price("alarm-metrics", "eu-central-1")
    further = sums["Patching-prod-eu-central-1"] - exemption - one
    total = sum(sums.values())
    rows = [
        ("an account and Region with one ring", one, one + THIRD_YEAR),
        ("each further ring", further, further),
        ("the security account, with the dashboard of the organization", security, security + THIRD_YEAR),
        (
            "the sample: five rings in four accounts, one with an exemption, and the security account",
            total,
            total + THIRD_YEAR * len(stacks),
        ),
    ]
    guide = (ROOT / "docs" / "guides" / "cost.md").read_text()
    for where, first, third in rows:
        assert f"| {where} | {first:.2f} | {third:.2f} |" in guide
    assert (
        f"{one:.2f} USD a month for an account and Region with one ring, {further:.2f} for each further ring "
        f"and {security:.2f} for the security account"
    ) in (ROOT / "README.md").read_text()


# --- it bites ---

ALARM = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {"Namespace": "AWS/SQS", "MetricName": "Age", "Period": 60},
}


@pytest.fixture
def copied(assemblies: dict[str, Assembly], tmp_path: Path) -> Assembly:
    """The sample, for a test to change."""
    folder, stacks = assemblies["sample"]
    return shutil.copytree(folder, tmp_path / "cdk.out"), copy.deepcopy(stacks)


def write(folder: Path, stack: Stack) -> None:
    """Let the plan read the template of a stack as it is now."""
    (folder / f"{stack.name}.template.json").write_text(json.dumps(stack.template))


def named(stacks: list[Stack], name: str) -> Stack:
    return next(stack for stack in stacks if stack.name == name)


@pytest.mark.parametrize(("name", "room"), [("Patching-security", 4), ("Patching-dev-eu-central-1", 9)])
def test_one_alarm_above_the_limit_is_found(
    name: str, room: int, copied: Assembly, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, stacks = copied
    stack = named(stacks, name)
    stack.template["Resources"] |= {f"More{number}": ALARM for number in range(room)}
    write(folder, stack)
    assert problems(stacks, *plan_of(folder, capsys)) == []
    stack.template["Resources"]["OneMore"] = ALARM
    write(folder, stack)
    (found,) = problems(stacks, *plan_of(folder, capsys))
    assert found.startswith(f"{name}: ")
    assert found.endswith(f"over {stack.limit}")


def test_an_alarm_that_the_plan_did_not_read_is_found(
    copied: Assembly, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, stacks = copied
    named(stacks, "Patching-dev-eu-central-1").template["Resources"]["OneMore"] = ALARM
    found = problems(stacks, *plan_of(folder, capsys))
    assert any(text.startswith("Patching-dev-eu-central-1: fixed_first_year is") for text in found)


def test_a_type_that_is_not_known_is_found(copied: Assembly, capsys: pytest.CaptureFixture[str]) -> None:
    folder, stacks = copied
    stack = named(stacks, "Patching-dev-eu-central-1")
    stack.template["Resources"]["Secret"] = {"Type": "AWS::SecretsManager::Secret", "Properties": {}}
    write(folder, stack)
    assert problems(stacks, *plan_of(folder, capsys)) == [
        "Patching-dev-eu-central-1: AWS::SecretsManager::Secret is not known here"
    ]


@pytest.mark.parametrize("type_", COUNTED)
def test_a_type_that_the_plan_forgets_is_found(
    type_: str, copied: Assembly, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, stacks = copied
    monkeypatch.delitem(resource_units._USES, type_)
    found = problems(stacks, *plan_of(folder, capsys))
    assert any("fixed_first_year is" in text for text in found)


def test_a_metric_that_nothing_reads_is_found(copied: Assembly, capsys: pytest.CaptureFixture[str]) -> None:
    folder, stacks = copied
    stack = named(stacks, "Patching-dev-eu-central-1")
    (variables,) = (
        function["Environment"]["Variables"]
        for function in stack.of_type("AWS::Lambda::Function")
        if "PUBLISHED_METRICS" in function.get("Environment", {}).get("Variables", {})
    )
    variables["PUBLISHED_METRICS"] = variables["PUBLISHED_METRICS"].replace(
        '"CompliantNodesPercent"', '"NodesInScope","CompliantNodesPercent"'
    )
    write(folder, stack)
    found = problems(stacks, *plan_of(folder, capsys))
    assert any("NodesInScope" in text and text.endswith("read or published only") for text in found)
