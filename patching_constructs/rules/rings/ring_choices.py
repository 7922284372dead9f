"""Rules about rings that the user names."""

from collections.abc import Iterator, Sequence

from patching_constructs.analysis.ring_plans import RingChoice, patch_groups_of
from patching_constructs.model.estate import Estate, RingPlan
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.rules.limits import did_you_mean


def check_ring_choices(
    estate: Estate, plans: Sequence[RingPlan], choices: Sequence[RingChoice], *, production: Sequence[str]
) -> Iterator[Finding]:
    """Find rings without a patch group, patch groups in two rings, and production that is no ring."""
    groups = sorted(patch_groups_of(estate))
    if choices:
        yield from _check_groups(plans, choices, groups)
    names = [plan.name for plan in plans]
    for name in production:
        if name not in names:
            yield Finding(
                id=FindingId.RING_WITHOUT_PATCH_GROUP,
                level=Level.WARNING,
                field="production",
                message="no ring has this name",
                received=repr(name),
                allowed=f"{', '.join(names) or 'a ring of --rings'}{did_you_mean(name, names)}",
            )


def _check_groups(
    plans: Sequence[RingPlan], choices: Sequence[RingChoice], groups: Sequence[str]
) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for choice, plan in zip(choices, plans, strict=True):
        wanted = choice.name if choice.glob is None else choice.glob
        if not plan.groups:
            yield Finding(
                id=FindingId.RING_WITHOUT_PATCH_GROUP,
                level=Level.WARNING,
                field=f"rings.{choice.name}",
                message="no baseline registers such a patch group, and no window targets one",
                received=repr(wanted),
                allowed=f"{', '.join(groups) or 'no group is known'}{did_you_mean(wanted, groups)}",
            )
        for group in plan.groups:
            holder = first.setdefault(group, choice.name)
            if holder != choice.name:
                yield Finding(
                    id=FindingId.RING_PATCH_GROUP_SHARED,
                    level=Level.ERROR,
                    field=f"rings.{choice.name}",
                    message=f"ring {holder!r} already holds this group",
                    received=repr(group),
                )
