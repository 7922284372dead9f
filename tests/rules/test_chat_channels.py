"""One chat channel has one configuration in an account, whatever the Region."""

import json
from pathlib import Path
from typing import Any

import pytest

from patching_constructs.model.estate import Environment, ResourceAt
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.location import Location
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.alarms.chat_channels import check_chat_channels
from patching_constructs.rules.estate import CheckOptions, check_estates
from patching_constructs.templates.estate_files import read_estates
from tests.rules.test_estate_rules import HORIZON
from tests.templates.test_estate import stack_artifact

DEV, PROD = "333333333333", "666666666666"
SLACK = {"SlackWorkspaceId": "T0123456789", "SlackChannelId": "C0123456789"}
TEAMS = {
    "TeamsTenantId": "11111111-1111-1111-1111-111111111111",
    "TeamId": "22222222-2222-2222-2222-222222222222",
    "TeamsChannelId": "19%3Aab12cd%40thread.tacv2",
}


def channel(
    stack: str,
    *,
    account: str | Unknown = DEV,
    region: str = "eu-central-1",
    ids: dict[str, Any] = SLACK,
    **changes: Any,
) -> ResourceAt:
    kind = "Slack" if "SlackChannelId" in ids else "MicrosoftTeams"
    return ResourceAt(
        type=f"AWS::Chatbot::{kind}ChannelConfiguration",
        properties={"ConfigurationName": f"{stack}-{region}", **ids, **changes},
        environment=Environment(account=account, region=region),
        location=Location(file=f"{stack}.template.json", logical_id="Slack"),
        stack=stack,
    )


def found(*resources: ResourceAt) -> list[Finding]:
    return list(check_chat_channels(resources))


def test_two_regions_of_an_account_configure_a_channel_twice() -> None:
    (finding,) = found(channel("dev-eu-central-1"), channel("dev-eu-west-1", region="eu-west-1"))
    assert (finding.id, finding.level, finding.field) == (
        "chat-channel-twice",
        Level.ERROR,
        "SlackChannelId",
    )
    assert finding.message == (
        "in account 333333333333 stack dev-eu-central-1 configures this Slack channel too, "
        "at dev-eu-central-1.template.json Slack"
    )
    assert finding.received == "C0123456789 in stack dev-eu-west-1"
    assert finding.location == Location(file="dev-eu-west-1.template.json", logical_id="Slack")


def test_a_channel_of_microsoft_teams_is_a_warning() -> None:
    (finding,) = found(channel("one", ids=TEAMS), channel("two", ids=TEAMS))
    assert (finding.level, finding.field) == (Level.WARNING, "TeamsChannelId")


def test_three_configurations_are_two_findings() -> None:
    assert len(found(channel("one"), channel("two"), channel("three"))) == 2


@pytest.mark.parametrize(
    "other",
    [
        channel("prod", account=PROD),
        channel("dev-2", ids=SLACK | {"SlackChannelId": "C9999999999"}),
        channel("dev-2", ids=SLACK | {"SlackWorkspaceId": "T9999999999"}),
        channel("dev-2", ids=SLACK | {"SlackChannelId": Unknown("a parameter")}),
        channel("dev-2", ids=TEAMS),
    ],
    ids=["another account", "another channel", "another workspace", "an unknown channel", "another service"],
)
def test_what_is_another_channel(other: ResourceAt) -> None:
    assert found(channel("dev"), other) == []


def test_names_of_configurations_are_unique_in_an_account() -> None:
    others = SLACK | {"SlackChannelId": "C9999999999"}
    (finding,) = found(
        channel("one", ConfigurationName="patching"),
        channel("two", ids=others, region="eu-west-1", ConfigurationName="patching"),
    )
    assert (finding.level, finding.field, finding.received) == (
        Level.ERROR,
        "ConfigurationName",
        "'patching' in stack two",
    )


def test_an_account_that_is_not_known_leaves_it_undecided() -> None:
    unknown = Unknown("the stack names no account")
    (finding,) = found(channel("one", account=unknown), channel("two"))
    assert finding.level is Level.INFO
    assert finding.undecided == "whether both are deployed to one account: the stack names no account"
    (within_one_stack,) = found(channel("one", account=unknown), channel("one", account=unknown))
    assert within_one_stack.level is Level.ERROR


def test_the_stacks_of_an_app_are_compared(tmp_path: Path) -> None:
    resource = {
        "Type": "AWS::Chatbot::SlackChannelConfiguration",
        "Properties": {
            **SLACK,
            "ConfigurationName": {"Fn::Sub": "patching-${AWS::Region}"},
            "IamRoleArn": f"arn:aws:iam::{DEV}:role/chat",
        },
    }
    artifacts = {}
    for region in ("eu-central-1", "eu-west-1"):
        (tmp_path / f"{region}.template.json").write_text(json.dumps({"Resources": {"Slack": resource}}))
        artifacts[region] = stack_artifact(f"{region}.template.json", f"aws://{DEV}/{region}")
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    findings = check_estates(read_estates([tmp_path]), CheckOptions(horizon=HORIZON))
    assert [(finding.id, finding.received) for finding in findings] == [
        ("chat-channel-twice", "C0123456789 in stack eu-west-1")
    ]
