"""How the tables of the demonstration look."""

from rich.table import Table


def new_table(title: str, *columns: str) -> Table:
    """Return a table without rows."""
    table = Table(title=title, title_justify="left", title_style="italic", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
