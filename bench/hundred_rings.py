"""Proves the order of 100 rings over ten years and prints what it took: `python -m bench.hundred_rings`.

The rings patch three operating systems in weekly windows of one time zone with clock changes. Each starts 23
hours after the one before it and waits a day longer, so that it sees an hour less: on Amazon Linux and
Windows they are in order. On Ubuntu they are not, so that every proof also searches for a fix.
"""

import json
import time
from datetime import UTC, datetime, timedelta

from patching_constructs.analysis.ring_proof import NoEarlierRing, NotProved, RingProof, prove_ring_order
from patching_constructs.model.estate import RingMember, RingPlan
from patching_constructs.model.maintenance_window import TaskRecord, WindowRecord
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchFilterRecord, PatchRuleRecord
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.schedules.span import Span

RING_COUNT = 100
HORIZON = Span(from_=datetime(2026, 11, 23, tzinfo=UTC), until=datetime(2036, 11, 23, tzinfo=UTC))
_LAG = timedelta(days=7)
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIRST_HOUR = 3 * 24 + 22
"""Wednesday 22:00, counted from the beginning of Sunday."""
_HOURS_APART = 23
_CLASSIFICATIONS = {
    OperatingSystem.AMAZON_LINUX_2023: "Security",
    OperatingSystem.UBUNTU: "*",
    OperatingSystem.WINDOWS: "SecurityUpdates",
}


def hundred_rings() -> list[RingPlan]:
    """Return the rings."""
    return [
        RingPlan(
            name=f"ring-{number}",
            order=number,
            groups=(f"ring-{number}",),
            members=tuple(_member(number, system) for system in _CLASSIFICATIONS),
        )
        for number in range(RING_COUNT)
    ]


def prove() -> list[RingProof | NotProved | NoEarlierRing]:
    """Prove their order."""
    return list(prove_ring_order(hundred_rings(), horizon=HORIZON, visibility_lag=_LAG))


def _member(number: int, system: OperatingSystem) -> RingMember:
    key = "PRIORITY" if system is OperatingSystem.UBUNTU else "CLASSIFICATION"
    return RingMember(
        patch_group=f"ring-{number}",
        account="111111111111",
        region="eu-central-1",
        operating_system=system,
        baseline=PatchBaselineRecord(
            name=f"ring-{number}",
            operating_system=system,
            approval_rules=(
                PatchRuleRecord(
                    patch_filters=(PatchFilterRecord(key=key, values=(_CLASSIFICATIONS[system],)),),
                    approve_after_days=number,
                ),
            ),
        ),
        install_windows=(_window(number),),
    )


def _window(number: int) -> WindowRecord:
    day, hour = divmod(_FIRST_HOUR + number * _HOURS_APART, 24)
    return WindowRecord(
        name=f"ring-{number}",
        schedule=ScheduleRecord(
            expression=f"cron(0 {hour} ? * {_DAYS[day % 7]} *)", timezone="Europe/Berlin"
        ),
        duration_hours=4,
        cutoff_hours=1,
        tasks=(
            TaskRecord(
                task_type="RUN_COMMAND",
                task_arn="AWS-RunPatchBaseline",
                priority=1,
                parameters={"Operation": ("Install",)},
            ),
        ),
    )


if __name__ == "__main__":
    started_at = time.perf_counter()
    proofs = prove()
    seconds = time.perf_counter() - started_at
    proved = sum(isinstance(proof, RingProof) for proof in proofs)
    print(json.dumps({"seconds": seconds, "proofs": proved}))  # noqa: T201 -- for the process that asks
