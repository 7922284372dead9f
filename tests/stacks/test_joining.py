"""What nodes need to join a patch group, where two Regions of one account are patched."""

import json
from collections.abc import Iterator

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from local_aws import Outcome, client, deploy_template, in_process
from patching_constructs import load_settings
from stacks.organisation import define_organisation
from tests.deployment import publish_assets
from tests.sample import ROOT, sample_app, stacks_of

DEV = "333333333333"
REGIONS = ("eu-central-1", "eu-west-1")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> cdk.App:
    path = tmp_path_factory.mktemp("two-regions") / "patching.yaml"
    text = (ROOT / "patching.yaml").read_text(encoding="utf-8")
    assert "regions: [eu-central-1]" in text
    path.write_text(text.replace("regions: [eu-central-1]", f"regions: [{', '.join(REGIONS)}]"))
    app = cdk.App(analytics_reporting=False, context=json.loads((ROOT / "cdk.json").read_text())["context"])
    define_organisation(app, load_settings(path))
    return app


@pytest.fixture(scope="module")
def deployed(app: cdk.App) -> Iterator[dict[str, Outcome]]:
    """The stacks of the account dev in both Regions, deployed."""
    app.synth()
    with in_process():
        outcomes = {}
        for region in REGIONS:
            publish_assets(app, account=DEV, region=region)
            (stack,) = (each for each in stacks_of(app) if each.stack_name == f"Patching-dev-{region}")
            template = dict(Template.from_stack(stack).to_json())
            outcomes[region] = deploy_template(
                template, stack_name=stack.stack_name, account=DEV, region=region
            )
        yield outcomes


def _outputs(outcome: Outcome, group: str) -> dict[str, str]:
    prefix = f"Fleet{group.replace('-', '')}"
    return {
        name.removeprefix(prefix)[:-8]: value
        for name, value in outcome.outputs.items()
        if name.startswith(prefix)
    }


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("group", ["dev-web", "dev-office"])
def test_outputs_name_the_policy_the_profile_and_the_tag_of_each_group(
    deployed: dict[str, Outcome], group: str, region: str
) -> None:
    name = f"patching.{group}.{region}"
    assert _outputs(deployed[region], group) == {
        "NodePolicyArn": f"arn:aws:iam::{DEV}:policy/{name}",
        "InstanceProfileName": name,
        "Tag": f"PatchGroup={group}",
    }
    iam = client("iam", account=DEV)
    (role,) = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]
    assert role["RoleName"] == name
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert {policy["PolicyName"] for policy in attached} == {name, "AmazonSSMManagedEC2InstanceDefaultPolicy"}


def test_an_output_says_what_it_is_for_and_is_no_export_which_would_block_a_deletion() -> None:
    outputs = [
        output
        for stack in stacks_of(sample_app())
        for output in dict(Template.from_stack(stack).to_json()).get("Outputs", {}).values()
    ]
    assert len(outputs) >= 3 * 9
    assert all(output["Description"] for output in outputs)
    assert [output for output in outputs if "Export" in output] == []
