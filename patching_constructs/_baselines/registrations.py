"""Which baseline of an app has which patch group, so that no group gets a second baseline for one system."""

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from constructs import Construct

from patching_constructs._environment import Environment, environment_of
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.rules.ids import FindingId

if TYPE_CHECKING:
    from patching_constructs.patch_baseline import PatchBaseline


class _Registration(NamedTuple):
    environment: Environment
    baseline: "PatchBaseline"


_registrations: dict[tuple[str, OperatingSystem], list[_Registration]] = {}
"""Those of all apps, for as long as the CDK's kernel keeps their constructs: to the end of the process.

To keep them on the app would cost a request for each stack, only to find the app.
"""


def registered_baseline(
    scope: Construct, patch_group: str, operating_system: OperatingSystem
) -> "PatchBaseline | None":
    """Return the baseline of the app that has the group in the account and Region of `scope`."""
    environment = environment_of(scope)
    for registration in _registrations.get((patch_group, operating_system), ()):
        if registration.environment.is_same_as(environment):
            return registration.baseline
    return None


def registered_baselines(scope: Construct, patch_groups: Collection[str]) -> list["PatchBaseline"]:
    """Return the baselines of the app that have one of the groups in the account and Region of `scope`."""
    environment = environment_of(scope)
    return list(
        dict.fromkeys(
            registration.baseline
            for (patch_group, _), registrations in _registrations.items()
            if patch_group in patch_groups
            for registration in registrations
            if registration.environment.is_same_as(environment)
        )
    )


def register(scope: Construct, baseline: "PatchBaseline", patch_group: str) -> None:
    """Remember that `baseline`, which stands in `scope`, has the group."""
    environment = environment_of(scope)
    key = (patch_group, baseline.operating_system)
    _registrations.setdefault(key, []).append(_Registration(environment, baseline))


def check_not_registered(
    scope: Construct, patch_group: str, operating_system: OperatingSystem, *, field: str
) -> list[Finding]:
    """Find the baseline that has the group already, and name both constructs."""
    other = registered_baseline(scope, patch_group, operating_system)
    if other is None:
        return []
    return [
        Finding(
            id=FindingId.PATCH_GROUP_REGISTERED_TWICE,
            level=Level.ERROR,
            field=field,
            message=f"{other.node.path} already has this patch group for {operating_system} "
            "in the same account and Region",
            received=repr(patch_group),
            allowed="one baseline for each patch group and operating system",
            source="https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-patch-groups.html",
        )
    ]
