"""What has to hold in the organisation as a whole."""

import re
from collections import defaultdict
from collections.abc import Iterator

from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.systems_manager_quotas import AWS_SYSTEMS_MANAGER_QUOTAS
from patching_constructs.settings.account import AccountRole, Partition
from patching_constructs.settings.entry import Entry
from patching_constructs.settings.file_finding import FileFinding, file_finding
from patching_constructs.settings.yaml_document import Path

_QUOTAS_PAGE = "https://docs.aws.amazon.com/general/latest/gr/ssm.html"
_GROUPS_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-patch-groups.html"


def check_organisation(top: Entry) -> Iterator[FileFinding]:
    """Yield what AWS would refuse, or what would be patched twice or not as written."""
    yield from _check_regions(top)
    yield from _check_roles(top)
    yield from _check_patch_groups(top)
    yield from _check_install_windows(top)
    yield from _check_operating_systems(top)
    yield from _check_default_baselines(top)
    yield from _check_baseline_quota(top)


def _check_regions(top: Entry) -> Iterator[FileFinding]:
    name = top.text("partition")
    if name not in set(Partition):
        return
    partition = Partition(name)
    for path, region in top.texts("regions"):
        if not re.fullmatch(partition.region_pattern, region):
            yield file_finding(
                path,
                id=FindingId.SETTINGS_REGION,
                message=f"not the name of a Region in the partition {partition}",
                allowed=f"a name such as {partition.example_region}",
            )


def _check_roles(top: Entry) -> Iterator[FileFinding]:
    accounts = top.entries("accounts")
    for role, is_needed in ((AccountRole.SECURITY, True), (AccountRole.MANAGEMENT, False)):
        holders = [account for account in accounts if account.text("role") == role]
        for account in holders[1:]:
            yield file_finding(
                (*account.path, "role"),
                id=FindingId.SETTINGS_ACCOUNT_ROLE,
                message=f"there is another {role} account",
                allowed=f"one account with the role {role}",
            )
        if is_needed and accounts and not holders:
            yield file_finding(
                ("accounts",),
                id=FindingId.SETTINGS_ACCOUNT_ROLE,
                message=f"there is no {role} account",
                received="accounts with other roles",
                allowed=f"one account with the role {role}",
            )


def _check_patch_groups(top: Entry) -> Iterator[FileFinding]:
    """A group in two rings would be patched twice and registered twice."""
    holders: dict[tuple[str, str], str] = {}
    for ring in top.entries("rings"):
        for group in ring.entries("patch_groups"):
            name = group.text("name")
            if name is None:
                continue
            held = [
                f"ring {holders[account, name]!r} of account {account!r}"
                for _, account in ring.texts("accounts")
                if (account, name) in holders
            ]
            if held:
                yield file_finding(
                    (*group.path, "name"),
                    id=FindingId.RING_PATCH_GROUP_SHARED,
                    message=f"{', '.join(held)} holds this patch group already",
                    allowed="a name that is used once in each account",
                    source=_GROUPS_PAGE,
                )
            for _, account in ring.texts("accounts"):
                holders.setdefault((account, name), ring.text("name") or "without a name")


def _check_install_windows(top: Entry) -> Iterator[FileFinding]:
    """What is patched needs an install window, and an install window something to patch."""
    for ring in top.entries("rings"):
        groups = ring.entries("patch_groups")
        has_install = ring.data.get("install") is not None
        is_patched = any(group.data.get("scan_only") is not True for group in groups)
        if groups and has_install is not is_patched:
            yield file_finding(
                (*ring.path, "install"),
                id=FindingId.SETTINGS_INSTALL,
                message="a group that is not scan_only needs an install window"
                if is_patched
                else "every group is scan_only, so that there is nothing to install",
                allowed="an install window, or scan_only groups alone",
            )


def _check_operating_systems(top: Entry) -> Iterator[FileFinding]:
    """A node's group leads to one baseline for its operating system."""
    operating_systems = {
        baseline.text("name"): baseline.text("operating_system") for baseline in top.entries("baselines")
    }
    for ring in top.entries("rings"):
        for group in ring.entries("patch_groups"):
            taken: dict[str, str] = {}
            for path, name in group.texts("baselines"):
                operating_system = operating_systems.get(name)
                if operating_system is None:
                    continue
                if taken.setdefault(operating_system, name) != name:
                    yield file_finding(
                        path,
                        id=FindingId.PATCH_GROUP_REGISTERED_TWICE,
                        message=f"{taken[operating_system]!r} is the group's baseline for {operating_system}",
                        allowed="one baseline for each operating system",
                        source=_GROUPS_PAGE,
                    )


def _check_default_baselines(top: Entry) -> Iterator[FileFinding]:
    """An account has one default baseline for each operating system."""
    accounts_of: defaultdict[str, set[str]] = defaultdict(set)
    for ring in top.entries("rings"):
        for group in ring.entries("patch_groups"):
            for _, used in group.texts("baselines"):
                accounts_of[used].update(account for _, account in ring.texts("accounts"))
    holders: dict[tuple[str, str], str] = {}
    for baseline in top.entries("baselines"):
        name, operating_system = baseline.text("name"), baseline.text("operating_system")
        key = next(
            (key for key in ("default_baseline", "aws_default") if baseline.data.get(key) is True), None
        )
        if name is None or operating_system is None or key is None:
            continue
        for account in sorted(accounts_of[name]):
            holder = holders.setdefault((account, operating_system), name)
            if holder != name:
                yield file_finding(
                    (*baseline.path, key),
                    id=FindingId.ACCOUNT_DEFAULT_BASELINE,
                    message=f"{holder!r} is the default for {operating_system} in account {account!r}",
                    allowed="one default baseline for each operating system in an account",
                    source="https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterDefaultPatchBaseline.html",
                )
                break


def _check_baseline_quota(top: Entry) -> Iterator[FileFinding]:
    """Each patch group has a baseline of its own for each operating system, an account one for a default."""
    definitions = {baseline.text("name"): baseline.data for baseline in top.entries("baselines")}
    quotas = top.entry("quotas")
    stated = quotas.data.get("patch_baselines") if quotas else None
    quota = stated if type(stated) is int else AWS_SYSTEMS_MANAGER_QUOTAS.patch_baselines
    used: defaultdict[str, list[tuple[Path, str]]] = defaultdict(list)
    for ring in top.entries("rings"):
        for _, account in ring.texts("accounts"):
            for group in ring.entries("patch_groups"):
                used[account] += [
                    (path, name)
                    for path, name in group.texts("baselines")
                    if definitions.get(name, {}).get("aws_default") is not True
                ]
    for account, uses in used.items():
        names = {name for _, name in uses}
        defaults = sum(definitions.get(name, {}).get("default_baseline") is True for name in names)
        count = len(uses) + defaults
        if count > quota:
            yield file_finding(
                uses[max(quota - defaults, 0)][0],
                id=FindingId.SYSTEMS_MANAGER_QUOTA,
                message=f"account {account!r} would have more patch baselines than the quota of a Region: "
                "one for each patch group and operating system, and one for each default",
                received=str(count),
                allowed=f"up to {quota}; if AWS has raised the quota, set quotas.patch_baselines",
                source=_QUOTAS_PAGE,
            )
