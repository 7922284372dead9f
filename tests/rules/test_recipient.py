import pytest

from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.alarms.recipient import (
    check_email_address,
    check_microsoft_teams_channel,
    check_slack_channel,
)

UUID = "01234567-89ab-cdef-0123-456789ABCDEF"
TOKEN = Unknown("a CDK token")


@pytest.mark.parametrize(
    "address",
    [
        "patching@example.com",
        "first.last+patching@sub.example.co.uk",
        "o_o@x-1.example",
        "a@b.io",
        f"{'a' * 242}@example.com",
        TOKEN,
    ],
)
def test_an_email_address_passes(address: str) -> None:
    assert check_email_address(address, field="address") == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "patching",
        "patching@",
        "@example.com",
        "patching@example",
        "patching@@example.com",
        "patching @example.com",
        "patching@example.com\n",
        "a@example.com, b@example.com",
        "Patching <patching@example.com>",
        "patching@-example.com",
        "patching@example..com",
        f"{'a' * 243}@example.com",
    ],
)
def test_what_sns_cannot_send_to_is_refused(address: str) -> None:
    (finding,) = check_email_address(address, field="address")
    assert finding.id == FindingId.EMAIL_ADDRESS
    assert str(finding).startswith(
        f"address: not an e-mail address, got {address!r}; allowed: name@example.com"
    )


@pytest.mark.parametrize(
    ("workspace_id", "channel_id", "fields"),
    [
        ("T0123456789", "C0123456789", []),
        ("T" * 255, "c" * 255, []),
        (TOKEN, TOKEN, []),
        ("T" * 256, "C" * 256, ["workspace_id", "channel_id"]),
        ("", "", ["workspace_id", "channel_id"]),
        ("t0123456789", "#patching", ["workspace_id", "channel_id"]),
        ("T0123456789\n", "C0123456789", ["workspace_id"]),
    ],
)
def test_slack_ids_are_checked_together(workspace_id: str, channel_id: str, fields: list[str]) -> None:
    findings = check_slack_channel(workspace_id=workspace_id, channel_id=channel_id)
    assert [finding.field for finding in findings] == fields
    assert {finding.id for finding in findings} <= {FindingId.CHAT_CHANNEL}


@pytest.mark.parametrize(
    ("tenant_id", "team_id", "channel_id", "fields"),
    [
        (UUID, UUID, "19%3Aab12cd%40thread.tacv2", []),
        (UUID, UUID, "19%3aab-12_cd%40thread.tacv2", []),
        (TOKEN, TOKEN, TOKEN, []),
        (UUID, UUID, "19:ab12cd@thread.tacv2", ["channel_id"]),
        (UUID[:-1], f"{UUID}0", "General", ["tenant_id", "team_id", "channel_id"]),
        (UUID.replace("-", ""), UUID, "19%3Aab12cd%40thread.tacv2", ["tenant_id"]),
    ],
)
def test_microsoft_teams_ids_are_checked_together(
    tenant_id: str, team_id: str, channel_id: str, fields: list[str]
) -> None:
    findings = check_microsoft_teams_channel(tenant_id=tenant_id, team_id=team_id, channel_id=channel_id)
    assert [finding.field for finding in findings] == fields


def test_a_channel_name_gets_a_hint_where_the_id_is() -> None:
    (finding,) = check_slack_channel(workspace_id="T0123456789", channel_id="#patching")
    assert "got '#patching'; allowed: 1 to 255 letters and digits" in str(finding)
    assert "the end of its link, not its name" in str(finding)
