"""What a plan costs, in words."""

from collections.abc import Iterator

from patching_constructs.cli.plan_formats.cost_rows import EVERYWHERE, CostRow, cost_rows, figure_rows
from patching_constructs.cli.plan_formats.section import Limits, Section, cell, table
from patching_constructs.model.wording import few
from patching_constructs.plan.plan import Plan


def figures_section(plan: Plan, limits: Limits) -> Section:
    """Show the fixed costs and the usage, of all accounts and Regions together and of each."""
    rows = list(figure_rows(plan.costs)) if plan.costs.environments else []
    return table(
        "Costs in a month",
        ("where", "fixed, first year", "fixed, third year", "usage"),
        (
            (cell(row.where), cell(row.fixed_first_year), cell(row.fixed_third_year), cell(row.usage))
            for row in rows
        ),
        most=limits.rows,
        notes=_figure_notes(plan, limits) if rows else (),
    )


def cost_section(plan: Plan, limits: Limits) -> Section:
    """Show the units of which something is known, over all accounts and Regions, and their price."""
    rows = [row for row in cost_rows(plan.costs, plan.today) if row.where == EVERYWHERE and row.is_known]
    return table(
        "Units in a month, over all accounts and Regions",
        ("what", "amount", "money"),
        ((cell(row.what), cell(row.amount), cell(row.money)) for row in rows),
        most=limits.rows,
        notes=_notes(rows) if rows else (),
    )


def _figure_notes(plan: Plan, limits: Limits) -> Iterator[str]:
    yield (
        "Fixed is charged for what exists, whatever happens; from the third year on each key that rotates "
        "costs more. Usage is charged for what happens. List prices, without free allowances; EC2 is not "
        "counted."
    )
    figures = plan.costs.figures
    if figures.fixed_third_year.missing:
        yield f"Missing in fixed: {few(figures.fixed_third_year.missing, limits.names)}."
    if figures.usage.missing:
        yield f"Missing in usage: {few(figures.usage.missing, limits.names)}."


def _notes(rows: list[CostRow]) -> Iterator[str]:
    if any(row.has_old_price for row in rows):
        yield "Some prices are older than 12 months."
    yield "Unknown units, assumptions and each account separately: --format json."
