"""The whole plan in words."""

from collections.abc import Iterator

from patching_constructs.cli.plan_formats.cost_section import cost_section, figures_section
from patching_constructs.cli.plan_formats.exposure_section import exposure_section
from patching_constructs.cli.plan_formats.order_section import order_section
from patching_constructs.cli.plan_formats.ring_sections import (
    calendar_section,
    groups_section,
    other_windows_section,
    rings_section,
)
from patching_constructs.cli.plan_formats.section import Cell, Limits, Overview, Section, Tone, cell, table
from patching_constructs.model.finding import Level
from patching_constructs.model.location import Location
from patching_constructs.model.wording import plural, share
from patching_constructs.plan.plan import Plan
from patching_constructs.rules.acknowledged_findings import JudgedFinding

_LEVELS = {
    Level.ERROR: ("error", Tone.BAD),
    Level.WARNING: ("warning", Tone.UNCERTAIN),
    Level.INFO: ("note", Tone.PLAIN),
}


def overview(plan: Plan, limits: Limits) -> Overview:
    """Put a plan into words, no more of them than `limits` allow."""
    sections = (
        rings_section(plan, limits),
        groups_section(plan, limits),
        other_windows_section(plan, limits),
        calendar_section(plan, limits),
        order_section(plan, limits),
        exposure_section(plan, limits),
        _quotas(plan, limits),
        figures_section(plan, limits),
        cost_section(plan, limits),
        _findings(plan, limits),
        Section(title="Assumptions", notes=tuple(_assumptions(plan))),
    )
    return Overview(
        title=f"Patching plan from {plan.horizon.from_:%Y-%m-%d} to {plan.horizon.until:%Y-%m-%d}",
        lead=tuple(_lead(plan)),
        sections=tuple(section for section in sections if section.rows or section.notes),
    )


def _lead(plan: Plan) -> Iterator[str]:
    rings = sum(ring.has_order for ring in plan.rings)
    environments = {
        environment
        for windows in (*(ring.windows for ring in plan.rings), plan.other_windows)
        for window in windows
        for environment in window.environments
    } | {environment for ring in plan.rings for environment in ring.environments}
    counts = [plural(rings, "ring"), plural(len(plan.rings) - rings, "patch group") + " in no ring"]
    if plan.other_windows:
        counts.append(plural(len(plan.other_windows), "other window"))
    yield (
        f"{', '.join(counts)}; {plural(len(environments), 'account and Region')}"
        f"; {_counts(plan)}; made {plan.today}."
    ).replace("account and Regions", "accounts and Regions")


def _counts(plan: Plan) -> str:
    found = ", ".join(plural(plan.count(level), word) for level, (word, _) in _LEVELS.items())
    accepted = sum(entry.acknowledgement is not None for entry in plan.findings)
    return f"{found}, {accepted} acknowledged" if accepted else found


def _quotas(plan: Plan, limits: Limits) -> Section:
    used = [quota for quota in plan.quotas if quota.use.used]
    return table(
        "Quotas, where the most is used",
        ("what", "used", "share", "where"),
        (
            (
                cell(quota.use.what),
                cell(f"{quota.use.used:,} of {quota.use.quota:,}"),
                cell(
                    share(quota.use.used, quota.use.quota), tone=Tone.BAD if quota.share > 1 else Tone.PLAIN
                ),
                cell(str(quota.environment)),
            )
            for quota in sorted(used, key=lambda quota: -quota.share)
        ),
        most=limits.rows,
    )


def _findings(plan: Plan, limits: Limits) -> Section:
    found = [entry for entry in plan.findings if entry.acknowledgement is None]
    reported = [entry for entry in found if entry.finding.level > Level.INFO]
    notes = [f"{_counts(plan)}: run `patching check` for details."] if found else []
    return table(
        "Findings",
        ("id", "level", "what"),
        map(_finding, reported),
        most=limits.findings,
        long_rows=True,
        notes=notes,
    )


def _finding(entry: JudgedFinding) -> tuple[Cell, ...]:
    finding = entry.finding
    word, tone = _LEVELS[finding.level]
    place = str(finding.location or Location())
    what = f"{finding.field}: {finding.message}" if finding.field else finding.message
    return (
        cell(str(finding.id)),
        cell(word, tone=tone),
        cell(what, *([f"at {place}"] if place else [])),
    )


def _assumptions(plan: Plan) -> Iterator[str]:
    if plan.assumptions:
        yield (
            "Some conditions of the templates are undecided. This plan is for one of the ways in which "
            "they can be "
            "deployed; the findings are about all of them. Assumed:"
        )
        yield from plan.assumptions
