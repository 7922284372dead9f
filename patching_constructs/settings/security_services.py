"""Security Hub and AWS Config: what of them is used, and in which accounts."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StrictBool

from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.patch_group import PatchGroupTagKey
from patching_constructs.model.security_hub import FindingSeverity
from patching_constructs.rules.limits import did_you_mean
from patching_constructs.settings.account import AccountRole
from patching_constructs.settings.base import Name, SettingsModel
from patching_constructs.settings.entry import Entry
from patching_constructs.settings.file_finding import FileFinding, file_finding


class SecurityHubSettings(SettingsModel):
    """Findings of Patch Manager in Security Hub, sent to the recipients of the account's rings.

    CloudFormation fails where it shall switch on what is on already, or subscribe where Security Hub is off.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-security-hub-integration.html
    """

    severities: Annotated[list[FindingSeverity], Field(min_length=1)] = Field(
        default_factory=lambda: [FindingSeverity.CRITICAL, FindingSeverity.HIGH]
    )
    """Severities that are forwarded. Default: CRITICAL and HIGH."""
    accounts: list[Name] = Field(default_factory=list)
    """Names of the workload accounts. Default: all."""
    subscribe: StrictBool = False
    """Switch on Patch Manager's integration; it must not be on. Default: false."""
    enable_security_hub: StrictBool = False
    """Switch on Security Hub CSPM, without its standards; it must not be on. Default: false."""


class ConfigRulesSettings(SettingsModel):
    """AWS Config's rules about patching; it has to record already.

    See: https://docs.aws.amazon.com/config/latest/developerguide/ec2-managedinstance-patch-compliance-status-check.html
    """

    accounts: list[Name] = Field(default_factory=list)
    """Names of the workload accounts. Default: all."""


def check_security_services(top: Entry) -> Iterator[FileFinding]:
    """Yield accounts that do not exist, and those without a recipient for findings."""
    workloads = [
        name
        for account in top.entries("accounts")
        if account.text("role") == AccountRole.WORKLOAD and (name := account.text("name"))
    ]
    for key in ("security_hub", "config_rules"):
        section = top.entry(key)
        if section is None:
            continue
        accounts = section.texts("accounts")
        for path, name in accounts:
            if name not in workloads:
                yield file_finding(
                    path,
                    id=FindingId.SETTINGS_REFERENCE,
                    message="no workload account has this name",
                    allowed=", ".join(workloads) + did_you_mean(name, workloads),
                )
        if key == "config_rules":
            keys = {
                group.data.get("tag_key", PatchGroupTagKey.PATCH_GROUP)
                for ring in top.entries("rings")
                for group in ring.entries("patch_groups")
            }
            if len(keys) > 1:
                yield file_finding(
                    section.path,
                    id=FindingId.SETTINGS_VALUE,
                    message="patch groups have different tag keys, and a rule requires one",
                    received="both tag keys",
                    allowed="one tag_key for all patch groups, or no config_rules",
                )
            continue
        heard = {
            account
            for ring in top.entries("rings")
            if ring.entries("recipients")
            for _, account in ring.texts("accounts")
        }
        deaf = [name for name in ([name for _, name in accounts] or workloads) if name not in heard]
        if deaf:
            yield file_finding(
                section.path,
                id=FindingId.FINDING_TOPICS,
                message=f"no recipient for findings in {', '.join(deaf)}: no ring there has recipients",
                received="no recipients",
                allowed="recipients of a ring in each of these accounts, or accounts that leave them out",
            )
