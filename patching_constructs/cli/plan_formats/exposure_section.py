"""How long rings are open to vulnerabilities, in words."""

from collections.abc import Iterator
from datetime import timedelta

from patching_constructs.analysis.ring_exposure import ExposureRow
from patching_constructs.cli.plan_formats.ring_sections import ring_name
from patching_constructs.cli.plan_formats.section import Cell, Limits, Section, Tone, cell, table
from patching_constructs.model.promises import Severity
from patching_constructs.model.wording import few
from patching_constructs.plan.plan import Plan, PlannedRing


def exposure_section(plan: Plan, limits: Limits) -> Section:
    """Show the time from publication to installation, and the promises about it."""
    columns = ("ring", "system", "severity", "typical", "worst", "promises")
    shown = len(columns) if any(planned.promises for planned in plan.rings) else len(columns) - 1
    return table(
        "Exposure, from publication to installation",
        columns[:shown],
        (row[:shown] for planned in plan.rings for row in _rows(planned, plan)),
        most=limits.rows,
        notes=_notes(plan, limits),
    )


def _rows(planned: PlannedRing, plan: Plan) -> Iterator[tuple[Cell, ...]]:
    grouped: dict[tuple[str, Cell, Cell, Cell], list[str]] = {}
    for row in planned.exposure.rows:
        typical, worst = row.exposure.typical, row.exposure.worst
        key = (
            str(row.operating_system),
            cell(_time(typical)),
            cell(_time(worst, never="some never" if typical is not None else "never")),
            _promises(row, planned),
        )
        grouped.setdefault(key, []).append("any" if row.severity is None else row.severity.capitalize())
    for (system, typical_cell, worst_cell, promises), severities in grouped.items():
        yield (
            cell(ring_name(planned, plan)),
            cell(system),
            cell("all" if len(severities) == len(Severity) else ", ".join(severities)),
            typical_cell,
            worst_cell,
            promises,
        )


def _time(time: timedelta | None, never: str = "never") -> str:
    return never if time is None else short_length(time)


def short_length(time: timedelta) -> str:
    """Write a length of time as `9 d 4 h`, rounded up to an hour."""
    hours = -(-time // timedelta(hours=1))
    parts = ((hours // 24, "d"), (hours % 24, "h"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 h"


def _promises(row: ExposureRow, planned: PlannedRing) -> Cell:
    worst = row.exposure.worst
    lines, is_kept = [], True
    for promise in planned.promises:
        promised = promise.longest(row.severity)
        if promised is None:
            continue
        if worst is not None and worst <= promised:
            lines.append(f"{promise.name}: kept")
        else:
            is_kept = False
            over = "some never" if worst is None else f"{short_length(worst - promised)} over"
            lines.append(f"{promise.name}: broken, {over}")
    if not lines:
        return cell("-")
    return cell(*lines, tone=Tone.GOOD if is_kept else Tone.BAD)


def _notes(plan: Plan, limits: Limits) -> Iterator[str]:
    never = [name for planned in plan.rings for name in _groups(planned)]
    if never:
        yield f"No known window installs on {few(list(dict.fromkeys(never)), limits.names)}."
    reasons: dict[str, list[str]] = {}
    for planned in plan.rings:
        for member, why in planned.exposure.unknown:
            reasons.setdefault(why.reason, []).append(member.patch_group)
    for reason, groups in list(reasons.items())[: limits.names]:
        yield f"Not known for {few(list(dict.fromkeys(groups)), limits.names)}: {reason}."


def _groups(planned: PlannedRing) -> list[str]:
    return [member.patch_group for member in planned.exposure.never_patched]
