"""When the windows of a rollout ran, and when they run next, as Systems Manager says."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from patching_constructs.contracts.ring_document import DeployedRing
from patching_constructs.lambdas._shared.next_execution import next_execution
from patching_constructs.lambdas.compliance_reporter.memory import Memory
from patching_constructs.model.ring_terms import InstallTimes

# How long Systems Manager keeps runs: docs/not-proven.md#runs-of-windows-are-kept-for-30-days.
_LOOK_BACK = dt.timedelta(days=30)

# How long a command may work on after its window has closed: `timeoutSeconds` of the patching documents.
_RUN_ON = dt.timedelta(hours=2)

_AT_WORK = frozenset({"IN_PROGRESS", "CANCELLING", "CANCELLED"})
# Any other status is that of a run that is over, so that an unknown one makes nothing look less overdue.
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_MaintenanceWindowExecution.html
_NEVER_AT_WORK = frozenset({"PENDING", "SKIPPED_OVERLAPPING"})


@dataclass(frozen=True, kw_only=True, slots=True)
class RolloutRuns:
    """When the windows of a rollout ran.

    Attributes:
        installs: When each ring is patched, by the name of the ring.
        looked_back_to: First moment whose runs are known.
        times: When windows were at work since then, from start to the end of the last command.
    """

    installs: Mapping[str, InstallTimes]
    looked_back_to: dt.datetime
    times: tuple[tuple[dt.datetime, dt.datetime], ...]

    def explains(self, reported_at: dt.datetime) -> bool:
        """Return whether a scan or install that ended then may be a window's; old ones are not judged."""
        return reported_at < self.looked_back_to or any(
            start <= reported_at <= end for start, end in self.times
        )


def read_runs(ssm: Any, rings: Iterable[DeployedRing], *, memory: Memory, now: dt.datetime) -> RolloutRuns:
    """Read when the windows of `rings` ran and run next.

    Args:
        ssm: A boto3 client.
        rings: The rings.
        memory: Remembers the last run of a ring for longer than Systems Manager does.
        now: The moment, with a time zone.
    """
    identities = {
        identity["Name"]: identity
        for page in ssm.get_paginator("describe_maintenance_windows").paginate()
        for identity in page["WindowIdentities"]
    }
    looked_back_to = now - _LOOK_BACK
    times: list[tuple[dt.datetime, dt.datetime]] = []
    installs: dict[str, InstallTimes] = {}
    for ring in rings:
        starts: list[dt.datetime] = []
        ends: list[dt.datetime] = []
        for window in ring.windows:
            identity = identities.get(window.name)
            if identity is None:
                continue
            for start, end, is_over in _executions(ssm, identity["WindowId"], looked_back_to, now):
                times.append((start, end))
                if window.installs and is_over:
                    starts.append(start)
            following = next_execution(identity)
            if window.installs and following is not None:
                ends.append(following + dt.timedelta(hours=identity["Duration"]))
        installs[ring.name] = InstallTimes(
            last_started_at=_last_start(starts, ring.name, memory), next_ends_at=min(ends, default=None)
        )
    return RolloutRuns(installs=installs, looked_back_to=looked_back_to, times=tuple(times))


def _last_start(starts: Iterable[dt.datetime], ring: str, memory: Memory) -> dt.datetime | None:
    """Return when the last install run of a ring started that is over, and remember it."""
    remembered = memory.load(f"runs {ring}")
    known = [] if remembered is None else [dt.datetime.fromisoformat(remembered["last-started"])]
    last = max([*starts, *known], default=None)
    if last is not None:
        memory.save(f"runs {ring}", {"last-started": last.isoformat()})
    return last


def _executions(
    ssm: Any, window_id: str, since: dt.datetime, now: dt.datetime
) -> Iterable[tuple[dt.datetime, dt.datetime, bool]]:
    """Yield start, end of the work and whether it is over, of every execution that was at work."""
    executed_after = [{"Key": "ExecutedAfter", "Values": [since.strftime("%Y-%m-%dT%H:%M:%SZ")]}]
    pages = ssm.get_paginator("describe_maintenance_window_executions").paginate(
        WindowId=window_id, Filters=executed_after
    )
    for page in pages:
        for execution in page["WindowExecutions"]:
            if execution["Status"] not in _NEVER_AT_WORK:
                end = execution.get("EndTime", now)
                yield execution["StartTime"], end + _RUN_ON, execution["Status"] not in _AT_WORK
