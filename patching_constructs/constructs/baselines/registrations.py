"""Which baseline of an app has which patch group, so that no group gets a second baseline for one system."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, NamedTuple, cast

from constructs import Construct

from patching_constructs.constructs._shared.stack_environment import (
    StackEnvironment,
    environment_of,
    keep_environment,
)
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.operating_system import SYSTEMS_WITH_SNAP_AGENT, OperatingSystem

if TYPE_CHECKING:
    from patching_constructs.constructs.baselines.patch_baseline import IPatchBaseline, PatchBaseline

_NOTHING = object()


class _RegisteredGroup(NamedTuple):
    environment: StackEnvironment
    holder: Construct
    """The baseline that is defined here, or the fleet that relies on one that is not."""
    baseline: object
    """What the group is patched with; equal for the same baseline from another construct."""


# Those of all apps, for as long as the CDK's kernel keeps their constructs: to the end of the process.
# To keep them on the app would cost a request for each stack, only to find the app.
_registrations: dict[tuple[str, OperatingSystem], list[_RegisteredGroup]] = {}


def _registration(
    scope: Construct, patch_group: str, operating_system: OperatingSystem
) -> _RegisteredGroup | None:
    """Return who has the group in the account and Region of `scope`."""
    environment = environment_of(scope)
    for registration in _registrations.get((patch_group, operating_system), ()):
        if registration.environment.is_same_as(environment):
            return registration
    return None


def registered_baselines(scope: Construct, patch_groups: Collection[str]) -> list["PatchBaseline"]:
    """Return the baselines of the app that have one of the groups in the account and Region of `scope`."""
    environment = environment_of(scope)
    return list(
        dict.fromkeys(
            cast("PatchBaseline", registration.holder)
            for (patch_group, _), registrations in _registrations.items()
            if patch_group in patch_groups
            for registration in registrations
            if registration.holder is registration.baseline
            and registration.environment.is_same_as(environment)
        )
    )


def groups_on_aws_default(scope: Construct, patch_groups: Collection[str]) -> frozenset[str]:
    """Return the groups that use AWS's default baseline for a system in the account and Region of `scope`."""
    environment = environment_of(scope)
    return frozenset(
        patch_group
        for (patch_group, _), registrations in _registrations.items()
        if patch_group in patch_groups
        for registration in registrations
        if registration.baseline is None and registration.environment.is_same_as(environment)
    )


def groups_with_snap_agents(scope: Construct, patch_groups: Iterable[str]) -> frozenset[str]:
    """Return the groups that have a system with a snap agent in the account and Region of `scope`."""
    return frozenset(
        patch_group
        for patch_group in patch_groups
        for system in SYSTEMS_WITH_SNAP_AGENT
        if _registration(scope, patch_group, system) is not None
    )


def register(scope: Construct, baseline: "PatchBaseline", patch_group: str) -> None:
    """Remember that `baseline`, which is defined in `scope`, has the group."""
    environment = environment_of(scope)
    keep_environment(environment, on=baseline)
    key = (patch_group, baseline.operating_system)
    _registrations.setdefault(key, []).append(_RegisteredGroup(environment, baseline, baseline))


def rely(fleet: Construct, scope: Construct, patch_group: str, baseline: "IPatchBaseline") -> None:
    """Remember that `fleet`, which is defined in `scope`, needs a baseline that is defined elsewhere."""
    key = (patch_group, baseline.operating_system)
    registration = _RegisteredGroup(environment_of(scope), fleet, baseline.patch_baseline_id)
    _registrations.setdefault(key, []).append(registration)


def check_not_registered(
    scope: Construct,
    patch_group: str,
    operating_system: OperatingSystem,
    *,
    field: str,
    on: object = _NOTHING,
) -> list[Finding]:
    """Find who has the group already, unless it has it `on` the same baseline, and name the construct."""
    other = _registration(scope, patch_group, operating_system)
    if other is None or other.baseline == on:
        return []
    return [
        Finding(
            id=FindingId.PATCH_GROUP_REGISTERED_TWICE,
            level=Level.ERROR,
            field=field,
            message=f"{other.holder.node.path} already has this patch group for {operating_system} "
            "in the same account and Region",
            received=repr(patch_group),
            allowed="one baseline for each patch group and operating system",
            source="https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-patch-groups.html",
        )
    ]
