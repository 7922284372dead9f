"""Rules about how long a ring is exposed to vulnerabilities, and about promises."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from patching_constructs.analysis.ring_exposure import (
    ExposureRow,
    PatchedNodes,
    RingExposure,
    longest_delay_days,
    longest_delay_days_without_loss,
)
from patching_constructs.analysis.supersession import LostUpdates
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.promises import Promise
from patching_constructs.model.unknown import Unknown
from patching_constructs.model.wording import length, moment, share

_RELEASE_DATES_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-release-dates.html"
)
_RELEASE_CYCLE_PAGE = "https://learn.microsoft.com/en-us/windows/deployment/update/release-cycle"


def check_exposure(found: RingExposure, *, promises: Sequence[Promise] = ()) -> list[Finding]:
    """Show how long a ring is open to vulnerabilities, and find broken promises and updates that are lost.

    Args:
        found: How long the ring is open to vulnerabilities.
        promises: What is promised for the ring; every one is judged.
    """
    return [
        *_shown(found),
        *(finding for row in found.rows for promise in promises for finding in _check(found, row, promise)),
        *(finding for nodes, lost in found.lost for finding in _check_lost(found, nodes, lost)),
        *_undecided(found, promises),
    ]


def _shown(found: RingExposure) -> Iterator[Finding]:
    for operating_system, rows in groupby(found.rows, key=lambda row: row.operating_system):
        known = list(rows)
        yield Finding(
            id=FindingId.EXPOSURE,
            level=Level.INFO,
            field=found.ring.name,
            message=f"time from publication to installation on {operating_system}, as scheduled",
            received="; ".join(map(_summary, known)),
            source=_RELEASE_DATES_PAGE,
            location=known[0].nodes[0].member.location,
        )


def _summary(row: ExposureRow) -> str:
    severity, exposure = row.severity or "any severity", row.exposure
    if exposure.typical is None:
        return f"{severity} never"
    typical = f"typically {length(exposure.typical)}"
    if exposure.worst is None:
        return f"{severity} {typical}, but sometimes never"
    text = f"{severity} {typical}, at most {length(exposure.worst)}"
    if row.out_of_band is None or row.out_of_band.worst is None:
        return text
    return f"{text} ({length(row.out_of_band.worst)} if published out of band)"


def _check(found: RingExposure, row: ExposureRow, promise: Promise) -> Iterator[Finding]:
    promised = promise.longest(row.severity)
    worst = row.exposure.worst
    if promised is None or (worst is not None and worst <= promised):
        return
    slowest = row.nodes[0]
    if worst is None or row.exposure.worst_closed is None:
        over = "some are never installed"
        received = f"never: published {moment(row.exposure.worst_published)}"
    else:
        over = f"the worst case is {length(worst - promised)} over it"
        received = (
            f"{length(worst)}: published {moment(row.exposure.worst_published)}, installed by "
            f"{moment(row.exposure.worst_closed)} ({_parts(slowest, worst, row.exposure.worst_closed)})"
        )
    yield Finding(
        id=FindingId.EXPOSURE_OVER_PROMISE,
        level=Level.ERROR,
        field=found.ring.name,
        message=f"{promise.name} promises {row.severity or 'any'} patches of {row.operating_system} within "
        f"{length(promised)}, and {over} on {_nodes(slowest)}",
        received=received,
        allowed=_knob(found, row, promised),
        source=promise.source or _RELEASE_DATES_PAGE,
        location=slowest.member.location,
    )


def _parts(nodes: PatchedNodes, worst: timedelta, closed_at: datetime) -> str:
    """Divide the worst case into approval, wait and window."""
    window = next(run.closes_at - run.starts_at for run in nodes.lane.runs if run.closes_at == closed_at)
    approval = timedelta(days=nodes.lane.approval.after_days or 0)
    return f"approval {length(approval)}, wait {length(worst - approval - window)}, window {length(window)}"


def _knob(found: RingExposure, row: ExposureRow, promised: timedelta) -> str:
    """Say what keeps the promise: a shorter delay if that is enough, else a rule or more frequent windows."""
    if not all(each.lane.approval.is_possible for each in row.nodes):
        return f"an approval rule for {row.severity or 'all'} security patches of every product"
    if any(each.lane.approval.after_days is None for each in row.nodes):
        return "approve_after_days instead of an approve_until_date that stays behind"
    days = longest_delay_days(row, found.horizon, promised=promised)
    if days is not None:
        return f"approve_after_days of at most {days}"
    longest = max(
        (run.closes_at - run.starts_at for each in row.nodes for run in each.lane.runs), default=timedelta()
    )
    if longest >= promised:
        return "a shorter install window"
    return f"an install window at least every {length(promised - longest)}, with approve_after_days of 0"


def _check_lost(found: RingExposure, nodes: PatchedNodes, lost: LostUpdates) -> Iterator[Finding]:
    if lost.not_yet_approved:
        count, first = len(lost.not_yet_approved), lost.not_yet_approved[0]
        days = longest_delay_days_without_loss(nodes, found.horizon)
        yield Finding(
            id=FindingId.SUPERSEDED_BEFORE_INSTALL,
            level=Level.ERROR,
            field=found.ring.name,
            message=f"monthly Windows updates are never installed on {_nodes(nodes)}: the window runs before "
            "they are approved, and by the next run they are superseded",
            received=f"{count} of {lost.published} months ({share(count, lost.published)}) with "
            f"approve_after_days {nodes.lane.approval.after_days}, first the update of {moment(first)}",
            allowed="a later window"
            if days is None
            else f"approve_after_days of at most {days}, or a later window",
            source=_RELEASE_DATES_PAGE,
            location=nodes.member.location,
        )
    if lost.without_run:
        count, first = len(lost.without_run), lost.without_run[0]
        yield Finding(
            id=FindingId.SUPERSEDED_BEFORE_INSTALL,
            level=Level.WARNING,
            field=found.ring.name,
            message=f"monthly Windows updates are never installed on {_nodes(nodes)}: no window runs before "
            "they are superseded on the next Patch Tuesday",
            received=f"{count} of {lost.published} months ({share(count, lost.published)}), "
            f"first the update of {moment(first)}",
            allowed="a window at least once between two Patch Tuesdays",
            source=_RELEASE_CYCLE_PAGE,
            location=nodes.member.location,
        )


def _undecided(found: RingExposure, promises: Sequence[Promise]) -> Iterator[Finding]:
    no_one_installs = Unknown("no maintenance window installs on it")
    never_patched = [(member, no_one_installs) for member in found.never_patched] if promises else []
    for member, why in (*found.unknown, *never_patched):
        yield Finding(
            id=FindingId.EXPOSURE_OVER_PROMISE if promises else FindingId.EXPOSURE,
            level=Level.INFO,
            field=found.ring.name,
            message="time from publication to installation is not known for patch group "
            f"{member.patch_group!r}",
            location=member.location,
            undecided=why.reason,
        )


def _nodes(nodes: PatchedNodes) -> str:
    others = f" and {nodes.others} more" if nodes.others else ""
    return f"patch group {nodes.member.patch_group!r}{others}"
