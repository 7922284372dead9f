"""Entries of patching.yaml as constructs and values of the library."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_sns as sns
from constructs import Construct

from patching_constructs import (
    AccountSettings,
    BaselineSettings,
    DashboardSource,
    IPatchBaseline,
    PatchBaseline,
    PatchGroup,
    Recipient,
    RecipientSettings,
    Settings,
)

if TYPE_CHECKING:
    from patching_constructs import PatchConfigRules, PatchFindings


def define_group_baselines(
    scope: Construct, patch_group: str, baselines: Iterable[BaselineSettings]
) -> list[IPatchBaseline]:
    """Define a baseline for each operating system of a patch group, or stand in for AWS's default.

    Its logical id is made of group and operating system alone. So a group keeps its baseline whichever
    definition it has, and CloudFormation changes it in place: a new baseline cannot have a group that the old
    one still holds.

    Args:
        scope: Parent construct.
        patch_group: Name of the group.
        baselines: The definitions that it has, one for each operating system.
    """
    return [
        PatchBaseline.aws_default(baseline.operating_system)
        if baseline.aws_default
        else _define_baseline(
            scope,
            f"Baseline-{patch_group}-{baseline.operating_system}",
            baseline,
            name=baseline.name_of_group(patch_group),
            patch_groups=[patch_group],
        )
        for baseline in baselines
    ]


def define_default_baselines(scope: Construct, baselines: Iterable[BaselineSettings]) -> list[PatchBaseline]:
    """Define the default baseline of the account for each operating system that has one in the file."""
    return [
        _define_baseline(
            scope,
            f"DefaultBaseline-{baseline.operating_system}",
            baseline,
            name=baseline.name_of_account,
            default_baseline=True,
        )
        for baseline in baselines
        if baseline.default_baseline
    ]


def create_last(scope: Construct, baselines: Sequence[PatchBaseline]) -> None:
    """Let default baselines of the account be created after everything else in `scope`.

    AWS does not delete a default baseline: if another resource failed after it, the stack could not be rolled
    back.
    """
    for baseline in baselines:
        baseline.node.add_dependency(*(child for child in scope.node.children if child not in baselines))


def _define_baseline(
    scope: Construct,
    id: str,
    baseline: BaselineSettings,
    *,
    name: str,
    patch_groups: Sequence[str] = (),
    default_baseline: bool = False,
) -> PatchBaseline:
    return PatchBaseline(
        scope,
        id,
        patch_baseline_name=name,
        operating_system=baseline.operating_system,
        description=baseline.description,
        approval_rules=baseline.approval_rule_values,
        global_filters=baseline.global_filter_values,
        approved_patches=baseline.approved_patches,
        approved_patches_compliance_level=baseline.approved_patches_compliance_level,
        approved_patches_enable_non_security=baseline.approved_patches_enable_non_security,
        rejected_patches=baseline.rejected_patches,
        rejected_patches_action=baseline.rejected_patches_action,
        available_security_updates_compliance_status=baseline.available_security_updates_compliance_status,
        sources=baseline.source_values,
        default_baseline=default_baseline,
        patch_groups=patch_groups,
    )


def define_config_rules(scope: Construct, patch_groups: Sequence[PatchGroup]) -> "PatchConfigRules":
    """Define AWS Config's rules for an account with `patch_groups`, which have one tag key."""
    from patching_constructs import PatchConfigRules  # only where it is switched on

    return PatchConfigRules(
        scope,
        "ConfigRules",
        tag_key=patch_groups[0].tag_key,
        patch_groups=[group.name for group in patch_groups],
    )


def define_findings(
    scope: Construct, settings: Settings, account: AccountSettings, *, topic: sns.ITopic
) -> "PatchFindings | None":
    """Define that findings in Security Hub go to `topic`, if they are wanted in `account`."""
    security_hub = settings.security_hub_of(account)
    if security_hub is None:
        return None
    from patching_constructs import PatchFindings  # only where it is switched on

    return PatchFindings(
        scope,
        "Findings",
        topics=dict.fromkeys(security_hub.severities, topic),
        subscribe=security_hub.subscribe,
        enable_security_hub=security_hub.enable_security_hub,
    )


def alarm_recipients(settings: Settings, account: AccountSettings) -> list[RecipientSettings]:
    """Return who is notified of failures in an account: those of its rings, or else of the organisation."""
    of_rings = [recipient for ring in settings.rings_of(account) for recipient in ring.recipients]
    return of_rings or settings.recipients


def shares_chat(settings: Settings, account: AccountSettings) -> bool:
    """Return whether Regions of an account share the configuration of chat channels."""
    return len(settings.regions) > 1 and any(
        recipient.email is None for recipient in alarm_recipients(settings, account)
    )


def chat_topic_name(settings: Settings) -> str:
    """Return the name of the topics for chat channels, by which one Region names those of the others."""
    return f"{settings.rollout_name.replace('.', '-')}-alarms-for-chat"


def other_chat_topics(scope: cdk.Stack, settings: Settings) -> list[sns.ITopic]:
    """Name the topics for chat channels in the other Regions of the account of `scope`."""
    place = f"arn:{settings.partition}:sns"
    name = chat_topic_name(settings)
    return [
        sns.Topic.from_topic_arn(scope, f"ChatTopic-{region}", f"{place}:{region}:{scope.account}:{name}")
        for region in settings.regions
        if region != scope.region
    ]


def recipients_of(recipients: Iterable[RecipientSettings]) -> list[Recipient]:
    """Return each recipient once, in the order of the file."""
    return list(dict.fromkeys(_recipient(recipient) for recipient in recipients))


def ring_owners(settings: Settings, *, installing: bool = False) -> dict[str, list[str]]:
    """Return the ids of the accounts with nodes of each ring, or of those that are patched by installs."""
    owners: dict[str, list[str]] = {}
    for account in settings.workload_accounts:
        for ring in settings.ring_values_of(account):
            if ring.install is not None or not installing:
                owners.setdefault(ring.name, []).append(account.id)
    return owners


def groups_of_rings(settings: Settings) -> dict[str, list[str]]:
    """Return the names of the patch groups of each ring."""
    return {
        ring.name: [group.name for group in ring.patch_groups]
        for account in settings.workload_accounts
        for ring in settings.ring_values_of(account)
    }


def dashboard_sources(settings: Settings) -> list[DashboardSource]:
    """Return what the dashboard of the organization shows: every account and Region with its rings."""
    return [
        DashboardSource(
            account_id=account.id,
            account_name=account.name,
            region=region,
            rings=[ring.name for ring in settings.ring_values_of(account)],
        )
        for account in settings.workload_accounts
        for region in settings.regions
    ]


def _recipient(recipient: RecipientSettings) -> Recipient:
    if recipient.email is not None:
        return Recipient.email(recipient.email)
    if recipient.slack is not None:
        return Recipient.slack(
            workspace_id=recipient.slack.workspace_id, channel_id=recipient.slack.channel_id
        )
    teams = recipient.microsoft_teams
    assert teams is not None, "patching.yaml demands exactly one kind"  # noqa: S101
    return Recipient.microsoft_teams(
        tenant_id=teams.tenant_id, team_id=teams.team_id, channel_id=teams.channel_id
    )
