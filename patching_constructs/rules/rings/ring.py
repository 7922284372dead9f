"""Rules about rings and about their order in a rollout."""

from collections.abc import Sequence
from itertools import pairwise

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.maintenance_window_limits import AWS_QUOTAS, MaintenanceWindowQuotas
from patching_constructs.model.patching_documents import RebootOption
from patching_constructs.model.ring import RingRecord
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.rules.limits import check_pattern
from patching_constructs.rules.rings.promises import check_promises
from patching_constructs.rules.windows.maintenance_window import check_maintenance_windows
from patching_constructs.rules.windows.patching_task import check_reboot_option
from patching_constructs.rules.windows.window_budget import check_max_concurrency, check_max_errors

_WINDOW_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateMaintenanceWindow.html"
)
_PATCH_GROUP_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-patch-groups.html"
)


def check_ring(ring: RingRecord) -> list[Finding]:
    """Find what is wrong with a ring by itself."""
    return [
        *_check_name(ring.name, id=FindingId.RING_NAME, field="name"),
        *_check_patch_groups(ring),
        *_check_reboot_choice(ring),
        *check_max_concurrency(ring.max_concurrency, field="max_concurrency"),
        *check_max_errors(ring.max_errors, field="max_errors"),
        *_check_from_one(ring.order, id=FindingId.RING_ORDER, field="order", allowed="1 or more"),
        *_check_from_one(
            ring.soak_hours,
            id=FindingId.RING_SOAK_HOURS,
            field="soak_hours",
            allowed="1 or more whole hours; leave it out for no soak",
        ),
        *_check_promises(ring),
    ]


def check_rollout(
    rollout_name: Maybe[str],
    rings: Sequence[RingRecord],
    windows: Sequence[WindowRecord],
    *,
    quotas: MaintenanceWindowQuotas = AWS_QUOTAS,
) -> list[Finding]:
    """Find what is wrong with a rollout: its name, its rings together, and the windows that they become."""
    findings = _check_rings(rollout_name, rings)
    window_findings = check_maintenance_windows(windows, quotas=quotas)
    if any(finding.id == FindingId.ROLLOUT_NAME for finding in findings):
        window_findings = [finding for finding in window_findings if finding.id != FindingId.WINDOW_NAME]
    return findings + window_findings


def _check_rings(rollout_name: Maybe[str], rings: Sequence[RingRecord]) -> list[Finding]:
    findings = _check_name(rollout_name, id=FindingId.ROLLOUT_NAME, field="rollout_name")
    if not rings:
        findings.append(
            Finding(
                id=FindingId.RING_MISSING,
                level=Level.ERROR,
                field="rings",
                message="a rollout needs at least one ring",
                received="none",
            )
        )
    return findings + _check_distinct_names(rings) + _check_order(rings) + _check_shared_patch_groups(rings)


def _check_name(name: Maybe[str], *, id: FindingId, field: str) -> list[Finding]:
    return check_pattern(
        name,
        r"[a-zA-Z0-9_\-.]+",
        allowed="the characters a-z A-Z 0-9 _ - . because it becomes part of window names",
        id=id,
        field=field,
        source=_WINDOW_PAGE,
    )


def _check_patch_groups(ring: RingRecord) -> list[Finding]:
    if not ring.patch_groups:
        message, received = "a ring needs at least one patch group", "none"
    elif len(set(ring.patch_groups)) < len(ring.patch_groups):
        message = "the same patch group twice"
        received = ", ".join(repr(group) for group in ring.patch_groups)
    else:
        return []
    return [
        Finding(
            id=FindingId.RING_PATCH_GROUPS,
            level=Level.ERROR,
            field="patch_groups",
            message=message,
            received=received,
        )
    ]


def _check_reboot_choice(ring: RingRecord) -> list[Finding]:
    if ring.install is not None and ring.reboot_option is None:
        message = "a ring that installs needs an explicit choice"
        received = None
        allowed = ", ".join(RebootOption)
    elif ring.install is None and ring.reboot_option is not None:
        message = "has no meaning for a ring that only scans"
        received = str(ring.reboot_option)
        allowed = "leave it out, or give install"
    elif ring.reboot_option is not None:
        return check_reboot_option(ring.reboot_option, field="reboot_option")
    else:
        return []
    return [
        Finding(
            id=FindingId.RING_REBOOT_OPTION,
            level=Level.ERROR,
            field="reboot_option",
            message=message,
            received=received,
            allowed=allowed,
        )
    ]


def _check_promises(ring: RingRecord) -> list[Finding]:
    if ring.promises and ring.install is None:
        return [
            Finding(
                id=FindingId.PROMISE,
                level=Level.ERROR,
                field="promises",
                message="a ring that only scans installs nothing, and cannot promise it",
                received=", ".join(str(getattr(promise, "name", promise)) for promise in ring.promises),
                allowed="leave it out, or give install",
            )
        ]
    return check_promises(ring.promises, field="promises")


def _check_from_one(value: Maybe[int] | None, *, id: FindingId, field: str, allowed: str) -> list[Finding]:
    if value is None or isinstance(value, Unknown) or (type(value) is int and value >= 1):
        return []
    return [
        Finding(
            id=id,
            level=Level.ERROR,
            field=field,
            message="not a whole number from 1",
            received=repr(value),
            allowed=allowed,
        )
    ]


def _check_distinct_names(rings: Sequence[RingRecord]) -> list[Finding]:
    seen: set[str] = set()
    findings = []
    for index, ring in enumerate(rings):
        if isinstance(ring.name, Unknown):
            continue
        if ring.name.casefold() in seen:
            findings.append(
                Finding(
                    id=FindingId.RING_NAME_DUPLICATE,
                    level=Level.ERROR,
                    field=f"rings[{index}].name",
                    message="an earlier ring has this name; upper and lower case do not tell rings apart",
                    received=repr(ring.name),
                )
            )
        seen.add(ring.name.casefold())
    return findings


def _check_order(rings: Sequence[RingRecord]) -> list[Finding]:
    orders = [
        (index, ring.order) for index, ring in enumerate(rings) if not isinstance(ring.order, Unknown | None)
    ]
    return [
        Finding(
            id=FindingId.RING_ORDER,
            level=Level.ERROR,
            field=f"rings[{index}].order",
            message="not above the order of the ring before it",
            received=str(order),
            allowed=f"{earlier + 1} or more",
        )
        for (_, earlier), (index, order) in pairwise(orders)
        if order <= earlier
    ]


def _check_shared_patch_groups(rings: Sequence[RingRecord]) -> list[Finding]:
    first_ring: dict[str, RingRecord] = {}
    findings = []
    for index, ring in enumerate(rings):
        for group in ring.patch_groups:
            if isinstance(group, Unknown):
                continue
            holder = first_ring.setdefault(group, ring)
            if holder is not ring:
                findings.append(
                    Finding(
                        id=FindingId.RING_PATCH_GROUP_SHARED,
                        level=Level.ERROR,
                        field=f"rings[{index}].patch_groups",
                        message=f"ring {holder.name!r} already holds this group",
                        received=repr(group),
                        source=_PATCH_GROUP_PAGE,
                    )
                )
    return findings
