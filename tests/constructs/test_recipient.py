import aws_cdk as cdk
import pytest

from patching_constructs import InvalidInputError, Recipient

TEAM = "01234567-89ab-cdef-0123-456789abcdef"


def test_a_mistyped_address_is_refused_where_it_is_written() -> None:
    with pytest.raises(InvalidInputError) as caught:
        Recipient.email("patching@example")
    assert str(caught.value).startswith(
        "Recipient.email: address: not an e-mail address, got 'patching@example'; "
        "allowed: name@example.com, at most 254 characters"
    )


def test_all_mistakes_in_a_slack_channel_are_reported_together() -> None:
    with pytest.raises(InvalidInputError) as caught:
        Recipient.slack(workspace_id="my workspace", channel_id="#patching")
    assert [finding.field for finding in caught.value.findings] == ["workspace_id", "channel_id"]


def test_all_mistakes_in_a_microsoft_teams_channel_are_reported_together() -> None:
    with pytest.raises(InvalidInputError) as caught:
        Recipient.microsoft_teams(tenant_id="us", team_id="ops", channel_id="19:ab@thread.tacv2")
    assert [finding.field for finding in caught.value.findings] == ["tenant_id", "team_id", "channel_id"]


def test_tokens_pass_because_their_values_are_known_at_deployment_only() -> None:
    token = cdk.Fn.import_value("x")
    Recipient.email(token)
    Recipient.slack(workspace_id=token, channel_id=token)
    Recipient.microsoft_teams(tenant_id=TEAM, team_id=token, channel_id=token)
