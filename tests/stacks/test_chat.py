"""Chat channels of an account in several Regions: AWS takes one configuration of each."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
import yaml
from aws_cdk.assertions import Template

from patching_constructs import ComplianceAlarms, PatchingChecks, Recipient, load_settings
from patching_constructs.rules.alarms.chat_channels import check_chat_channels
from patching_constructs.templates.estate_files import read_estates
from stacks.organisation import define_organisation
from tests.sample import ROOT, stacks_of

SLACK = {"workspace_id": "T0123456789", "channel_id": "C0123456789"}
REGIONS = ["eu-central-1", "eu-west-1", "eu-north-1"]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> cdk.App:
    """The sample in three Regions, with one Slack channel that everyone shares."""
    folder = tmp_path_factory.mktemp("organisation")
    data = yaml.safe_load((ROOT / "patching.yaml").read_text())
    data |= {"regions": REGIONS, "recipients": [{"email": "a@example.com"}, {"slack": SLACK}]}
    data["accounts"] = [account for account in data["accounts"] if account["name"] in {"security", "dev"}]
    data["rings"] = [ring | {"recipients": []} for ring in data["rings"] if ring["name"] == "dev"]
    data["baselines"] = [each for each in data["baselines"] if each["name"].startswith("dev-")]
    data["exemptions"] = []
    file = folder / "patching.yaml"
    file.write_text(yaml.safe_dump(data, sort_keys=False))
    app = cdk.App(analytics_reporting=False, outdir=str(folder / "cdk.out"))
    define_organisation(app, load_settings(file))
    return app


def channels(stack: cdk.Stack) -> list[dict[str, Any]]:
    found = Template.from_stack(stack).find_resources("AWS::Chatbot::SlackChannelConfiguration")
    return [resource["Properties"] for resource in found.values()]


def test_one_region_shows_the_topics_of_all(app: cdk.App) -> None:
    _, first, *others = stacks_of(app)
    (channel,) = channels(first)
    name = "patching-alarms-for-chat"
    own, *elsewhere = channel["SnsTopicArns"]
    assert own == {"Ref": "AlarmsChatTopicD3B3DFDC"}
    assert elsewhere == [f"arn:aws:sns:{region}:333333333333:{name}" for region in REGIONS[1:]]
    for other, region in zip(others, REGIONS[1:], strict=True):
        assert (channels(other), other.region) == ([], region)
        Template.from_stack(other).has_resource_properties("AWS::SNS::Topic", {"TopicName": name})


def test_the_topics_are_deployed_before_the_channel_shows_them(app: cdk.App) -> None:
    _, first, *others = stacks_of(app)
    assert set(others) <= set(first.dependencies)


def test_no_account_has_two_configurations_of_a_channel(app: cdk.App) -> None:
    app.synth()
    (estate,) = read_estates([Path(app.outdir)])
    configured = [each for each in estate.resources if each.type.startswith("AWS::Chatbot::")]
    assert len(configured) == 2, "one of the security account, and one of the workload account"
    assert list(check_chat_channels(estate.resources)) == []


def test_two_stacks_that_configure_one_channel_fail_the_synth(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    app = cdk.App(analytics_reporting=False, outdir=str(tmp_path / "cdk.out"))
    for region in REGIONS[:2]:
        stack = cdk.Stack(app, f"Alarms-{region}", env=cdk.Environment(account="333333333333", region=region))
        ComplianceAlarms(stack, "Alarms", recipients=[Recipient.slack(**SLACK)])
    cdk.Validations.of(app).add_plugins(PatchingChecks())
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    report = (tmp_path / "cdk.out" / "validation-report.json").read_text()
    assert "in account 333333333333 stack Alarms-eu-central-1 configures this Slack channel too" in report
    assert "got C0123456789 in stack Alarms-eu-west-1" in report
    capfd.readouterr()
