"""Rules about chat channels: AWS takes one configuration of each for an account, in all Regions together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from patching_constructs.model.estate import ResourceAt
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.unknown import Maybe, Unknown

_NAME_SOURCE = "https://github.com/aws-samples/aws-securityhub-to-slack/pull/11"
_ONE_CONFIGURATION = (
    "one configuration whose SnsTopicArns has the topics of all Regions; ComplianceAlarms takes "
    "configures_chat=False in all Regions but one, and other_chat_topics there"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Service:
    """A chat service.

    Attributes:
        channel: What its channels are called.
        ids: The properties that identify a channel.
        level: How certain it is that AWS refuses a second configuration of a channel.
        source: What says so.
    """

    channel: str
    ids: tuple[str, ...]
    level: Level
    source: str


_SERVICES = {
    "AWS::Chatbot::SlackChannelConfiguration": _Service(
        channel="Slack channel",
        ids=("SlackWorkspaceId", "SlackChannelId"),
        level=Level.ERROR,
        source="https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1155",
    ),
    # docs/not-proven.md#channels-of-microsoft-teams
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration": _Service(
        channel="Microsoft Teams channel",
        ids=("TeamsTenantId", "TeamId", "TeamsChannelId"),
        level=Level.WARNING,
        source="https://docs.aws.amazon.com/chatbot/latest/APIReference/API_CreateMicrosoftTeamsChannelConfiguration.html",
    ),
}


def check_chat_channels(resources: Sequence[ResourceAt]) -> Iterator[Finding]:
    """Find two configurations of one channel, or of one name, in an account, whatever their Regions."""
    earlier: dict[Maybe[str], list[ResourceAt]] = {}
    for second in (resource for resource in resources if resource.type in _SERVICES):
        account = second.environment.account
        for other, configurations in earlier.items():
            if account == other or isinstance(account, Unknown) or isinstance(other, Unknown):
                found = (_compare(first, second) for first in configurations)
                finding = next(filter(None, found), None)
                if finding is not None:
                    yield finding
                    break
        earlier.setdefault(account, []).append(second)


def _compare(first: ResourceAt, second: ResourceAt) -> Finding | None:
    """Return what is wrong with two configurations that are in one account, or may be."""
    finding = _of_one_account(first, second, _SERVICES[second.type]) if first.type == second.type else None
    accounts = (first.environment.account, second.environment.account)
    unknown = next((account for account in accounts if isinstance(account, Unknown)), None)
    if finding is None or unknown is None or accounts[0] == accounts[1]:
        return finding
    undecided = f"whether both are deployed to one account: {unknown.reason}"
    return replace(finding, level=Level.INFO, undecided=undecided)


def _of_one_account(first: ResourceAt, second: ResourceAt, service: _Service) -> Finding | None:
    channel, name = _known(second, service.ids), _known(second, ("ConfigurationName",))
    account = second.environment.account
    where = "" if isinstance(account, Unknown) else f"in account {account} "
    if channel and channel == _known(first, service.ids):
        return Finding(
            id=FindingId.CHAT_CHANNEL_TWICE,
            level=service.level,
            field=service.ids[-1],
            message=f"{where}stack {first.stack} configures this {service.channel} too, at {first.location}",
            received=f"{channel[-1]} in stack {second.stack}",
            allowed=_ONE_CONFIGURATION,
            source=service.source,
            location=second.location,
        )
    if name and name == _known(first, ("ConfigurationName",)):
        return Finding(
            id=FindingId.CHAT_CHANNEL_TWICE,
            level=Level.ERROR,
            field="ConfigurationName",
            message=f"{where}stack {first.stack} has a configuration of this name too, at {first.location}",
            received=f"{name[0]!r} in stack {second.stack}",
            allowed="a name that is unique in the account, such as one with the Region in it",
            source=_NAME_SOURCE,
            location=second.location,
        )
    return None


def _known(resource: ResourceAt, names: Sequence[str]) -> tuple[str, ...]:
    """Return the values of properties, or nothing if one is not known."""
    properties = resource.properties
    if isinstance(properties, Unknown):
        return ()
    values = tuple(value for name in names if isinstance(value := properties.get(name), str))
    return values if len(values) == len(names) else ()
