"""A table as CSV that a spreadsheet opens without calculating what nodes are called."""

import csv
import io

from patching_constructs.cli.evidence_formats.evidence_tables import Cell, EvidenceTable

# Spreadsheets run a field that starts with one of these as a formula, and names come from templates and tags.
# https://owasp.org/www-community/attacks/CSV_Injection
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def format_csv(table: EvidenceTable) -> str:
    """Write a table as RFC 4180 wants it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(table.head)
    writer.writerows([[neutral(cell) for cell in row] for row in table.rows])
    return text.getvalue()


def neutral(cell: Cell) -> Cell:
    """Put an apostrophe before text that a spreadsheet would take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_STARTS_A_FORMULA) else cell
