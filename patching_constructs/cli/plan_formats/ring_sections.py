"""Who is patched when: rings, groups that are in no ring, other windows, and the calendar."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice

from patching_constructs.cli.plan_formats.section import Cell, Limits, Section, cell, table
from patching_constructs.cli.plan_formats.times import days_of, local_starts, next_starts
from patching_constructs.model.estate import Environment
from patching_constructs.model.wording import few, plural
from patching_constructs.plan.plan import Plan, PlannedRing, PlannedWindow

_NEXT_INSTALLS = 3


def rings_section(plan: Plan, limits: Limits) -> Section:
    """Show the members of each ring, and when it is patched next."""
    rings = [ring for ring in plan.rings if ring.has_order]
    return table(
        "Rings",
        ("ring", "nodes", "next installs", "next scan"),
        (_ring(ring, plan, limits) for ring in rings),
        most=limits.rows,
        long_rows=True,
        notes=_unregistered(rings, limits),
    )


def groups_section(plan: Plan, limits: Limits) -> Section:
    """Show the same for patch groups that are in no ring."""
    groups = [ring for ring in plan.rings if not ring.has_order]
    return table(
        "Patch groups in no ring",
        ("patch group", "nodes", "next installs", "next scan"),
        (_ring(ring, plan, limits) for ring in groups),
        most=limits.rows,
        long_rows=True,
    )


def _ring(planned: PlannedRing, plan: Plan, limits: Limits) -> tuple[Cell, ...]:
    installs = [window for window in planned.windows if window.installs]
    scans = [window for window in planned.windows if not window.installs]
    return (
        cell(*_title(planned, plan)),
        cell(*_nodes(planned, limits)),
        cell(*next_starts(installs, _NEXT_INSTALLS, plan.freezes)),
        cell(*next_starts(scans, 1, ())),
    )


def _title(planned: PlannedRing, plan: Plan) -> Iterator[str]:
    if not planned.has_order:
        yield planned.ring.name
        return
    yield f"{planned.ring.order} {ring_name(planned, plan)}"
    if planned.ring.production:
        yield "production"
    if planned.ring.soak_hours:
        yield f"soaks {planned.ring.soak_hours} h"


def ring_name(planned: PlannedRing, plan: Plan) -> str:
    """Return what a ring is called, with its rollout where there are several."""
    rollouts = {ring.ring.rollout for ring in plan.rings if ring.has_order}
    several = len(rollouts) > 1 and planned.has_order
    return f"{planned.ring.rollout}/{planned.ring.name}" if several else planned.ring.name


def _nodes(planned: PlannedRing, limits: Limits) -> Iterator[str]:
    if planned.has_order and planned.ring.groups:
        yield few(planned.ring.groups, limits.names)
    if planned.operating_systems:
        yield few(planned.operating_systems, limits.names)
    if planned.environments:
        yield places(planned.environments, limits)


def places(environments: Sequence[Environment], limits: Limits) -> str:
    """Write accounts and Regions, with how many there are if there are many."""
    names = [str(environment) for environment in environments]
    if len(names) <= limits.names:
        return ", ".join(names)
    accounts = {environment.account for environment in environments}
    regions = {environment.region for environment in environments}
    return f"{plural(len(accounts), 'account')}, {plural(len(regions), 'Region')}: {few(names, limits.names)}"


def _unregistered(rings: Sequence[PlannedRing], limits: Limits) -> Iterator[str]:
    for planned in islice((ring for ring in rings if ring.ring.unregistered), limits.names):
        groups = list(dict.fromkeys(group.patch_group for group in planned.ring.unregistered))
        yield (
            f"Ring {planned.ring.name} has patch groups without a registered baseline, so their patches "
            "are unknown: "
            f"{few(groups, limits.names)}."
        )


def other_windows_section(plan: Plan, limits: Limits) -> Section:
    """Show windows on nodes of no such ring or group."""
    return table(
        "Other windows that patch",
        ("window", "does", "next", "where"),
        (
            (
                cell(window.name),
                cell(" and ".join(map(str.lower, window.operations)) or "not known"),
                cell(*next_starts([window], 1, plan.freezes if window.installs else ())),
                cell(places(window.environments, limits)),
            )
            for window in plan.other_windows
        ),
        most=limits.rows,
        long_rows=True,
    )


def calendar_section(plan: Plan, limits: Limits) -> Section:
    """Show the days of the next months on which something is installed."""
    months = list(islice(plan.horizon.months(), limits.months))
    sources = [
        (ring_name(ring, plan), starts)
        for ring in plan.rings
        if (starts := _starts_by_month(ring.windows, months))
    ]
    other = _starts_by_month(plan.other_windows, months)
    if other:
        sources.append(("other windows", other))
    return table(
        "Calendar of installs",
        ("month", "ring", "days", "freezes and releases"),
        _calendar(plan, months, sources, limits),
        most=max(limits.rows, 2 * limits.months),
    )


def _calendar(
    plan: Plan,
    months: Sequence[date],
    sources: Sequence[tuple[str, dict[date, list[datetime]]]],
    limits: Limits,
) -> Iterator[tuple[Cell, ...]]:
    most = max(1, limits.rows // max(1, len(months)) - 1)
    for month in months:
        notes = tuple(_notes(plan, month))
        of_month = [(name, starts[month]) for name, starts in sources if month in starts]
        rest = len(of_month) - most
        for number, (name, starts) in enumerate(of_month[:most]):
            yield (
                cell(f"{month:%Y-%m}" if number == 0 else ""),
                cell(name),
                cell(days_of(starts)),
                cell(*notes) if number == 0 else cell(""),
            )
        if rest > 0:
            yield cell(""), cell(f"{rest:,} more"), cell(""), cell("")
        if not of_month:
            yield cell(f"{month:%Y-%m}"), cell("-"), cell("nothing"), cell(*notes)


def _starts_by_month(windows: Sequence[PlannedWindow], months: Sequence[date]) -> dict[date, list[datetime]]:
    found: dict[date, list[datetime]] = {}
    for start in local_starts(window for window in windows if window.installs):
        month = start.date().replace(day=1)
        if month > months[-1]:
            break
        found.setdefault(month, []).append(start)
    return found


def _notes(plan: Plan, month: date) -> Iterator[str]:
    for release in plan.patch_tuesdays:
        if release.date().replace(day=1) == month:
            yield f"Patch Tuesday {release.day}"
    for freeze in plan.freezes:
        if freeze.from_.date().replace(day=1) <= month <= freeze.until.date():
            yield f"freeze {freeze.name}: {freeze.from_:%Y-%m-%d} to {freeze.until:%Y-%m-%d}"
