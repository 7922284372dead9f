"""Athena's SQL over files of the history, in duckdb: the one place where dialects are put up with."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

from patching_constructs.constructs.compliance.history.columns import COLUMNS, PARTITIONS

_TYPES = {"int": "INTEGER", "string": "VARCHAR", "timestamp": "TIMESTAMP", "boolean": "BOOLEAN"}


def ask(
    folder: Path, sql: str, values: Sequence[object] = (), *, today: dt.date, files: str = "**/*.json.gz"
) -> list[dict[str, Any]]:
    """Ask the files below a folder, with the columns and partitions of the table."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    columns = {name: _type(kind) for name, kind in COLUMNS.items()}
    columns |= dict.fromkeys(PARTITIONS, "VARCHAR")
    connection.execute(
        f"CREATE VIEW nodes AS SELECT * FROM read_json('{folder}/nodes/{files}', format='newline_delimited', "
        f"columns={_literal(columns)}, hive_partitioning=true, hive_types_autocast=false)"
    )
    found = connection.execute(translated(sql, today=today), list(values))
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def translated(sql: str, *, today: dt.date) -> str:
    """Put a question into the words of duckdb.

    Three things mean something else there: `UNNEST` of structs gives one column, `date_diff` counts the hours
    that have begun and not those that are over, and today is not the day of the simulated clock.
    """
    tree = sqlglot.parse_one(sql, read="athena")

    def change(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Unnest):
            names = ", ".join(column.name for column in node.args["alias"].columns)
            unnested = f"LATERAL (SELECT unnest(problems, recursive := true)) AS t ({names})"
            found = sqlglot.parse_one(f"SELECT * FROM x CROSS JOIN {unnested}", read="duckdb").find(
                exp.Lateral
            )
            assert found is not None
            return found
        if isinstance(node, exp.CurrentDate):
            return sqlglot.parse_one(f"CAST('{today}' AS DATE)", read="duckdb")
        return node

    text = tree.transform(change).sql(dialect="duckdb")
    return re.sub(r"\bDATE_DIFF\(", "DATE_SUB(", text)


def _type(kind: str) -> str:
    if struct := re.fullmatch(r"array<struct<(.*)>>", kind):
        fields = (field.partition(":") for field in struct.group(1).split(","))
        return f"STRUCT({', '.join(f'{name} {_type(of)}' for name, _, of in fields)})[]"
    return _TYPES[kind]


def _literal(columns: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items()) + "}"
