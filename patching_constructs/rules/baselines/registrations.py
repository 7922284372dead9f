"""Rules about patch groups that are registered on baselines."""

from collections.abc import Iterator, Sequence

from patching_constructs.model.estate import BaselineAt, Environment
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.baselines.patch_baseline import operating_system_of

_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-patch-groups.html"


def check_registrations(baselines: Sequence[BaselineAt]) -> Iterator[Finding]:
    """Find a patch group with two baselines for one operating system in one account and Region."""
    first: dict[tuple[Environment, str, OperatingSystem], BaselineAt] = {}
    for baseline in baselines:
        groups = baseline.record.patch_groups
        operating_system = operating_system_of(baseline.record)
        if isinstance(groups, Unknown) or operating_system is None:
            continue
        for index, group in enumerate(groups):
            if isinstance(group, Unknown):
                continue
            holder = first.setdefault((baseline.environment, group, operating_system), baseline)
            if holder is not baseline:
                yield Finding(
                    id=FindingId.PATCH_GROUP_REGISTERED_TWICE,
                    level=Level.ERROR,
                    field=f"patch_groups[{index}]",
                    message=f"{holder.record.location} already has this patch group for {operating_system} "
                    "in the same account and Region",
                    received=repr(group),
                    allowed="one baseline for each patch group and operating system",
                    source=_PAGE,
                    location=baseline.record.location,
                )
