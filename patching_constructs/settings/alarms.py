"""Recipients of notifications."""

from typing import Self

from pydantic import ConfigDict, model_validator

from patching_constructs.errors import raise_errors
from patching_constructs.rules.alarms.recipient import (
    check_email_address,
    check_microsoft_teams_channel,
    check_slack_channel,
)
from patching_constructs.settings.base import SettingsModel, exactly_one, refuse_unless_one


class SlackSettings(SettingsModel):
    """A Slack channel, in a workspace that was authorized once in the chat service's console."""

    workspace_id: str
    """Id of the workspace, such as T0123456789."""
    channel_id: str
    """Id of the channel, such as C0123456789: the end of its link, not its name."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        findings = check_slack_channel(workspace_id=self.workspace_id, channel_id=self.channel_id)
        raise_errors(findings, subject="slack")
        return self


class MicrosoftTeamsSettings(SettingsModel):
    """A Microsoft Teams channel, in a team that was authorized once in the chat service's console."""

    tenant_id: str
    """Id of the tenant, a UUID."""
    team_id: str
    """Id of the team, a UUID."""
    channel_id: str
    """Id of the channel as in its link, such as 19%3Aab12cd%40thread.tacv2."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        findings = check_microsoft_teams_channel(
            tenant_id=self.tenant_id, team_id=self.team_id, channel_id=self.channel_id
        )
        raise_errors(findings, subject="microsoft_teams")
        return self


_KINDS = ("email", "slack", "microsoft_teams")


class RecipientSettings(SettingsModel):
    """One recipient of alarms: a mailbox or a chat channel."""

    model_config = ConfigDict(json_schema_extra=exactly_one(_KINDS))

    email: str | None = None
    """E-mail address. Its owner has to confirm the subscription once."""
    slack: SlackSettings | None = None
    """Slack channel."""
    microsoft_teams: MicrosoftTeamsSettings | None = None
    """Microsoft Teams channel."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        refuse_unless_one(self, _KINDS)
        if self.email is not None:
            raise_errors(check_email_address(self.email, field="email"), subject="recipient")
        return self
