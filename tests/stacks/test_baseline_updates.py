"""What changes about baselines in patching.yaml is changed in place when it is deployed."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
import yaml

from local_aws import DeploymentError, Outcome, client, deploy_template, in_process
from local_aws.cloudformation.template import in_dependency_order
from patching_constructs import load_settings
from stacks.organisation import define_organisation
from tests.deployment import publish_assets
from tests.sample import ROOT

Data = dict[str, Any]
Deploy = Callable[..., Outcome]

STACK = "Patching-prod-eu-central-1"
PLACE: dict[str, Any] = {"account": "666666666666", "region": "eu-central-1"}
WINDOWS, LINUX = "WINDOWS", "AMAZON_LINUX_2023"


class Organisation:
    """Versions of patching.yaml with the accounts security and prod alone, synthesized and deployed.

    Args:
        folder: Where to synthesize.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._apps: dict[str, cdk.App] = {}
        data: Data = yaml.safe_load((ROOT / "patching.yaml").read_text())
        names = {"security", "prod"}
        data["accounts"] = [account for account in data["accounts"] if account["name"] in names]
        data["rings"] = [ring for ring in data["rings"] if ring["name"] == "prod"]
        data["baselines"] = [entry for entry in data["baselines"] if entry["name"].startswith("prod-")]
        self.data = data

    def changed(self, change: Callable[[Data], object]) -> Data:
        """Return the file with a change."""
        data = copy.deepcopy(self.data)
        change(data)
        return data

    def template(self, data: Data) -> Data:
        """Return the template of the stack in the account prod."""
        template: Data = self._app(data).synth().get_stack_by_name(STACK).template
        return template

    def deploy(self, data: Data, template: Data | None = None) -> Outcome:
        """Deploy the stack in the account prod, by another template if one is given."""
        publish_assets(self._app(data), **PLACE)
        return deploy_template(template or self.template(data), stack_name=STACK, **PLACE)

    def _app(self, data: Data) -> cdk.App:
        text = yaml.safe_dump(data, sort_keys=False)
        if text not in self._apps:
            folder = self._folder / str(len(self._apps))
            folder.mkdir()
            (folder / "patching.yaml").write_text(text)
            context = json.loads((ROOT / "cdk.json").read_text())["context"]
            app = cdk.App(outdir=str(folder / "cdk.out"), context=context, analytics_reporting=False)
            define_organisation(app, load_settings(folder / "patching.yaml"))
            app.synth()
            self._apps[text] = app
        return self._apps[text]


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Organisation:
    return Organisation(tmp_path_factory.mktemp("organisation"))


@pytest.fixture
def deploy(organisation: Organisation) -> Iterator[Deploy]:
    with in_process():
        yield organisation.deploy


def entry(data: Data, name: str) -> Data:
    """Find a baseline in the file."""
    found: Data
    (found,) = (each for each in data["baselines"] if each["name"] == name)
    return found


def rename(data: Data, name: str, to: str) -> None:
    entry(data, name)["name"] = to
    for group in data["rings"][0]["patch_groups"]:
        group["baselines"] = [to if each == name else each for each in group["baselines"]]


def give(data: Data, patch_group: str, *, old: str, new: str) -> None:
    """Let a patch group have another baseline of the file."""
    (group,) = (each for each in data["rings"][0]["patch_groups"] if each["name"] == patch_group)
    group["baselines"] = [new if each == old else each for each in group["baselines"]]


def baselines(deployed: Outcome) -> Mapping[str, str]:
    return {name: given for name, given in deployed.physical_ids.items() if given.startswith("pb-")}


def registered() -> dict[tuple[str, str], str]:
    """Return the name of the baseline of each patch group and operating system."""
    mappings = client("ssm", **PLACE).describe_patch_groups()["Mappings"]
    found = ((item["PatchGroup"], item["BaselineIdentity"]) for item in mappings)
    return {(group, baseline["OperatingSystem"]): baseline["BaselineName"] for group, baseline in found}


def default_id(operating_system: str) -> str:
    found = client("ssm", **PLACE).get_default_patch_baseline(OperatingSystem=operating_system)
    return str(found["BaselineId"])


def test_a_baseline_gets_another_name(organisation: Organisation, deploy: Deploy) -> None:
    before = deploy(organisation.data)
    assert registered()["prod-office", WINDOWS] == "prod-windows.prod-office"
    after = deploy(organisation.changed(lambda data: rename(data, "prod-windows", "servers")))
    assert registered()["prod-office", WINDOWS] == "servers.prod-office"
    assert baselines(after) == baselines(before)


def test_a_group_moves_to_another_baseline_of_the_file_and_the_others_stay(
    organisation: Organisation, deploy: Deploy
) -> None:
    def change(data: Data) -> None:
        slower = {**entry(data, "prod-amazon-linux-2023"), "name": "slower", "approve_after_days": 11}
        data["baselines"].append(slower)
        give(data, "prod-web", old="prod-amazon-linux-2023", new="slower")

    before = deploy(organisation.data)
    after = deploy(organisation.changed(change))
    found = registered()
    assert found["prod-web", LINUX] == "slower.prod-web"
    assert found["prod-image-built", LINUX] == "prod-amazon-linux-2023.prod-image-built"
    assert baselines(after) == baselines(before)
    ssm = client("ssm", **PLACE)
    days = {
        baseline["Name"]: baseline["ApprovalRules"]["PatchRules"][0]["ApproveAfterDays"]
        for baseline_id in baselines(after).values()
        for baseline in [ssm.get_patch_baseline(BaselineId=baseline_id)]
    }
    assert days["slower.prod-web"] == 11
    assert days["prod-amazon-linux-2023.prod-image-built"] == 10


def test_two_groups_exchange_their_baselines(organisation: Organisation, deploy: Deploy) -> None:
    def first(data: Data) -> None:
        data["baselines"].append({**entry(data, "prod-amazon-linux-2023"), "name": "images"})
        give(data, "prod-image-built", old="prod-amazon-linux-2023", new="images")

    def second(data: Data) -> None:
        first(data)
        give(data, "prod-web", old="prod-amazon-linux-2023", new="images")
        give(data, "prod-image-built", old="images", new="prod-amazon-linux-2023")

    before = deploy(organisation.changed(first))
    after = deploy(organisation.changed(second))
    assert registered()["prod-web", LINUX] == "images.prod-web"
    assert registered()["prod-image-built", LINUX] == "prod-amazon-linux-2023.prod-image-built"
    assert baselines(after) == baselines(before)


def test_a_group_gets_the_baseline_of_aws_and_its_own_again(
    organisation: Organisation, deploy: Deploy
) -> None:
    def change(data: Data) -> None:
        data["baselines"].append({"name": "theirs", "operating_system": LINUX, "aws_default": True})
        give(data, "prod-web", old="prod-amazon-linux-2023", new="theirs")

    deploy(organisation.data)
    before = registered()
    deploy(organisation.changed(change))
    assert before.keys() - registered().keys() == {("prod-web", LINUX)}
    deploy(organisation.data)
    assert registered() == before


def test_the_default_of_the_account_becomes_another_baseline_of_the_file(
    organisation: Organisation, deploy: Deploy
) -> None:
    def first(data: Data) -> None:
        entry(data, "prod-amazon-linux-2023")["default_baseline"] = True

    def second(data: Data) -> None:
        slower = {**entry(data, "prod-amazon-linux-2023"), "name": "slower", "default_baseline": True}
        data["baselines"].append(slower)
        give(data, "prod-web", old="prod-amazon-linux-2023", new="slower")

    before = deploy(organisation.changed(first))
    default = default_id(LINUX)
    assert default in baselines(before).values()
    name = client("ssm", **PLACE).get_patch_baseline(BaselineId=default)["Name"]
    assert name == "prod-amazon-linux-2023.account-default"
    assert "account-default" not in "".join(registered().values())
    after = deploy(organisation.changed(second))
    assert default_id(LINUX) == default
    name = client("ssm", **PLACE).get_patch_baseline(BaselineId=default)["Name"]
    assert name == "slower.account-default"
    assert baselines(after) == baselines(before)


def test_a_stack_with_a_default_baseline_can_be_rolled_back(
    organisation: Organisation, deploy: Deploy
) -> None:
    """AWS does not delete a default baseline, so that nothing may fail after it."""

    def change(data: Data) -> None:
        entry(data, "prod-windows")["default_baseline"] = True

    data = organisation.changed(change)
    template = organisation.template(data)
    resources = template["Resources"]
    (default,) = (name for name in resources if name.startswith("DefaultBaseline"))
    assert in_dependency_order(resources)[-1] == default
    others = [name for name in resources if name != default]
    bad = {"Type": "AWS::SSM::PatchBaseline", "Properties": {"Name": "no spaces"}, "DependsOn": others}
    last = {**resources[default], "DependsOn": [*resources[default]["DependsOn"], "Bad"]}
    failing = {**template, "Resources": {**resources, "Bad": bad, default: last}}
    with pytest.raises(DeploymentError, match="ended in ROLLBACK_COMPLETE"):
        deploy(data, failing)
    assert default_id(WINDOWS).startswith("arn:")


def test_every_other_resource_comes_before_a_default_baseline(organisation: Organisation) -> None:
    def change(data: Data) -> None:
        for name in ("prod-windows", "prod-ubuntu"):
            entry(data, name)["default_baseline"] = True

    resources = organisation.template(organisation.changed(change))["Resources"]
    defaults = {name for name in resources if name.startswith("DefaultBaseline")}
    assert len(defaults) == 2
    for name in defaults:
        assert set(resources[name]["DependsOn"]) == resources.keys() - defaults
