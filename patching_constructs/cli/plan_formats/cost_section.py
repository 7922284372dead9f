"""What a plan costs, in words."""

from collections.abc import Iterator

from patching_constructs.cli.plan_formats.cost_rows import EVERYWHERE, CostRow, cost_rows, total_money
from patching_constructs.cli.plan_formats.section import Limits, Section, cell, table
from patching_constructs.plan.plan import Plan


def cost_section(plan: Plan, limits: Limits) -> Section:
    """Tell what is used in a month over all accounts and Regions, and what is known of its price."""
    rows = [row for row in cost_rows(plan.costs, plan.today) if row.where == EVERYWHERE]
    return table(
        "Costs in a month, over all accounts and Regions",
        ("what", "amount", "money"),
        ((cell(row.what), cell(row.amount), cell(row.money)) for row in rows),
        most=limits.rows,
        notes=_notes(plan, rows) if rows else (),
    )


def _notes(plan: Plan, rows: list[CostRow]) -> Iterator[str]:
    money = total_money(plan.costs)
    if money:
        yield f"As far as prices are known: {money}."
    if any(row.has_old_price for row in rows):
        yield "Some prices are older than 12 months."
    yield "What is not known, what is assumed and each account by itself: --format json."
