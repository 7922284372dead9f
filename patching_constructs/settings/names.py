"""Check names in patching.yaml: each is unique, and each reference exists."""

from collections.abc import Iterable, Iterator

from patching_constructs.model.finding import Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.rules.limits import did_you_mean
from patching_constructs.settings.account import AccountRole
from patching_constructs.settings.entry import Entry
from patching_constructs.settings.file_finding import FileFinding, file_finding
from patching_constructs.settings.yaml_document import Path


def check_names(top: Entry) -> Iterator[FileFinding]:
    """Yield names that stand twice, references to nothing, and what nothing refers to."""
    yield from _check_duplicates(top)
    yield from _check_accounts_of_rings(top)
    yield from _check_baselines_of_groups(top)
    yield from _check_exemptions(top)


def _check_duplicates(top: Entry) -> Iterator[FileFinding]:
    for section, key in (
        ("accounts", "name"),
        ("accounts", "id"),
        ("baselines", "name"),
        ("rings", "name"),
        ("freezes", "name"),
    ):
        yield from _duplicates(((*entry.path, key), entry.text(key)) for entry in top.entries(section))
    yield from _duplicates(top.texts("regions"))
    budget = top.entry("monthly_budget")
    yield from _duplicates(
        ((*account.path, "name"), account.text("name"))
        for account in (() if budget is None else budget.entries("accounts"))
    )
    for exemption in top.entries("exemptions"):
        yield from _duplicates(exemption.texts("accounts"))
        yield from _duplicates(exemption.texts("patch_groups"))
    for ring in top.entries("rings"):
        yield from _duplicates(ring.texts("accounts"))
        for key in ("public", "name"):
            yield from _duplicates(
                ((*promise.path, key), promise.text(key)) for promise in ring.entries("promises")
            )
        for group in ring.entries("patch_groups"):
            yield from _duplicates(group.texts("baselines"))


def _duplicates(values: Iterable[tuple[Path, str | None]]) -> Iterator[FileFinding]:
    seen: set[str] = set()
    for path, value in values:
        if value is None:
            continue
        # Names of stacks and rings are compared without regard to case.
        if value.casefold() in seen:
            yield file_finding(
                path,
                id=FindingId.SETTINGS_DUPLICATE,
                message="duplicate value",
                allowed="each value once",
            )
        seen.add(value.casefold())


def _check_accounts_of_rings(top: Entry) -> Iterator[FileFinding]:
    roles = {account.text("name"): account.text("role") for account in top.entries("accounts")}
    workloads = [name for name, role in roles.items() if name and role == AccountRole.WORKLOAD]
    used = set()
    for ring in top.entries("rings"):
        for path, name in ring.texts("accounts"):
            used.add(name)
            if name not in roles:
                yield _reference_to_nothing(path, "account", name, workloads)
            elif roles[name] in {AccountRole.MANAGEMENT, AccountRole.SECURITY}:
                yield file_finding(
                    path,
                    id=FindingId.SETTINGS_ACCOUNT_ROLE,
                    message=f"nothing is patched in the {roles[name]} account",
                    allowed=", ".join(workloads),
                )
    for account in top.entries("accounts"):
        if account.text("role") == AccountRole.WORKLOAD and account.text("name") not in {None, *used}:
            yield _unused(account, "no ring has this account, so that nothing in it is patched")


def _check_baselines_of_groups(top: Entry) -> Iterator[FileFinding]:
    names = [name for baseline in top.entries("baselines") if (name := baseline.text("name"))]
    used = set()
    for ring in top.entries("rings"):
        for group in ring.entries("patch_groups"):
            for path, name in group.texts("baselines"):
                used.add(name)
                if name not in names:
                    yield _reference_to_nothing(path, "baseline", name, names)
    for baseline in top.entries("baselines"):
        if baseline.text("name") not in {None, *used}:
            yield _unused(baseline, "no patch group uses this baseline, so that it is deployed nowhere")


def _check_exemptions(top: Entry) -> Iterator[FileFinding]:
    """An exemption that is meant for nothing would be silent for ever."""
    workloads = [
        name
        for account in top.entries("accounts")
        if account.text("role") == AccountRole.WORKLOAD and (name := account.text("name"))
    ]
    for exemption in top.entries("exemptions"):
        accounts = exemption.texts("accounts")
        for path, name in accounts:
            if name not in workloads:
                yield _reference_to_nothing(path, "workload account", name, workloads)
        meant = {name for _, name in accounts if name in workloads}
        groups = [
            name
            for ring in top.entries("rings")
            if not meant or meant & {account for _, account in ring.texts("accounts")}
            for group in ring.entries("patch_groups")
            if (name := group.text("name"))
        ]
        kind = "patch group of these accounts" if meant else "patch group"
        for path, name in exemption.texts("patch_groups"):
            if name not in groups:
                yield _reference_to_nothing(path, kind, name, list(dict.fromkeys(groups)))


def _reference_to_nothing(path: Path, kind: str, name: str, names: list[str]) -> FileFinding:
    return file_finding(
        path,
        id=FindingId.SETTINGS_REFERENCE,
        message=f"no {kind} has this name",
        allowed=", ".join(names) + did_you_mean(name, names),
    )


def _unused(entry: Entry, message: str) -> FileFinding:
    return file_finding(
        (*entry.path, "name"),
        id=FindingId.SETTINGS_UNUSED,
        level=Level.WARNING,
        message=message,
        allowed="a use in a ring, or no such entry",
    )
