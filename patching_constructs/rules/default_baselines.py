"""Rules about default baselines of an account that a deployment no longer defines."""

from collections.abc import Iterator, Mapping, Sequence

from patching_constructs.model.estate import BaselineAt
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.rules.baselines.patch_baseline import operating_system_of
from patching_constructs.rules.deployed_baselines import by_place, name_of, where_words

_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterDefaultPatchBaseline.html"
)


def check_default_baselines(
    old: Sequence[BaselineAt], new: Sequence[BaselineAt], *, stacks: Mapping[str, str]
) -> Iterator[Finding]:
    """Find default baselines that stay the default although no template defines them as it.

    CloudFormation registers a default and never takes it back, and AWS refuses to delete a baseline while it
    is the default. Only another default ends it.

    Args:
        old: The baselines that are deployed.
        new: The baselines that one deployment leaves.
        stacks: What each old stack is called in the new state; stacks that are gone are left out, as no
            deployment changes them.
    """
    after = by_place(new)
    found: dict[tuple[str, OperatingSystem, bool], list[BaselineAt]] = {}
    for place, entries in by_place([entry for entry in old if entry.stack in stacks], stacks).items():
        remaining = dict(after.get(place, ()))
        for resource, entry in entries:
            system = operating_system_of(entry.record)
            if entry.record.default_baseline is not True or system is None:
                continue
            if not any(_may_be_default(other, system) for other in remaining.values()):
                is_kept = resource in remaining and operating_system_of(remaining[resource].record) is system
                found.setdefault((name_of(entry), system, is_kept), []).append(entry)
    for (name, system, is_kept), grouped in found.items():
        yield _finding(name, system, grouped, is_kept=is_kept)


def _may_be_default(entry: BaselineAt, system: OperatingSystem) -> bool:
    return entry.record.default_baseline not in (None, False) and operating_system_of(entry.record) in (
        system,
        None,
    )


def _finding(name: str, system: OperatingSystem, entries: Sequence[BaselineAt], *, is_kept: bool) -> Finding:
    return Finding(
        id=FindingId.DEFAULT_BASELINE_STAYS,
        level=Level.WARNING,
        field="default_baseline",
        message=f"the baseline {name} stays the default of {system}{where_words(entries)}: CloudFormation "
        + ("does not take that back" if is_kept else "cannot delete it, and leaves it in the account"),
        received="no default baseline for the operating system in the new templates",
        allowed="another default before the deployment, such as AWS's own: aws ssm "
        "register-default-patch-baseline --baseline-id ID, with the id from aws ssm describe-patch-baselines "
        f"--filters Key=OWNER,Values=AWS Key=OPERATING_SYSTEM,Values={system}",
        source=_PAGE,
        location=entries[0].record.location,
    )
