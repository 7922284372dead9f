"""The stack of an account with one production ring, for tests that deploy it."""

from typing import Any, NamedTuple

import aws_cdk as cdk

from patching_constructs import (
    CommandOutput,
    OperatingSystem,
    PatchBaseline,
    PatchGroup,
    PatchGroupFleet,
    PatchWindow,
    Ring,
    RingedMaintenanceWindow,
    Schedule,
    Weekday,
)
from tests.lambdas.fleets import ACCOUNT, GROUP, REGION


class ProdRing(NamedTuple):
    """A stack and the parts of it that other constructs need."""

    stack: cdk.Stack
    baseline: PatchBaseline
    windows: RingedMaintenanceWindow


def define_prod_ring(*, approve_after_days: int, **ring: Any) -> ProdRing:
    """Define a ring that is scanned daily at 05:00 and installs on Wednesdays at 22:00."""
    stack = cdk.Stack(
        cdk.App(analytics_reporting=False), "Patching", env=cdk.Environment(account=ACCOUNT, region=REGION)
    )
    output = CommandOutput(stack, "Output")
    baseline = PatchBaseline.security_updates(
        stack,
        "Baseline",
        patch_baseline_name="prod-linux",
        operating_system=OperatingSystem.AMAZON_LINUX_2023,
        approve_after_days=approve_after_days,
    )
    fleet = PatchGroupFleet(
        stack, "Fleet", patch_group=PatchGroup(name=GROUP), baselines=[baseline], command_output=output
    )
    install = PatchWindow(
        schedule=Schedule.weekly(day=Weekday.WEDNESDAY, hour=22), duration_hours=4, cutoff_hours=1
    )
    windows = RingedMaintenanceWindow(
        stack,
        "Windows",
        rollout_name="web",
        command_output=output,
        rings=[
            Ring(
                name="prod",
                patch_groups=[fleet.patch_group],
                scan=PatchWindow(schedule=Schedule.daily(hour=5), duration_hours=2, cutoff_hours=1),
                install=install,
                max_concurrency="100%",
                **ring,
            )
        ],
    )
    return ProdRing(stack, baseline, windows)
