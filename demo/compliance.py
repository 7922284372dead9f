"""What says how the nodes of an account comply, read with boto3, and printed."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from demo.layout import new_table
from demo.paging import all_items


@dataclass(frozen=True, kw_only=True, slots=True)
class Compliance:
    """What reports compliance in an account and Region, or keeps it."""

    functions: list[dict[str, Any]]
    tables: list[str]
    composite_alarms: list[dict[str, Any]]
    dashboards: list[str]
    questions: list[str]


def read_compliance(client: Callable[..., Any], *, account: str, region: str) -> Compliance:
    """Read functions, tables, composite alarms, dashboards and the questions to the history.

    Args:
        client: Gives a boto3 client for a service, `account` and `region`.
        account: Account id.
        region: Region code.
    """
    functions, tables, cloudwatch, athena = (
        client(service, account=account, region=region)
        for service in ("lambda", "dynamodb", "cloudwatch", "athena")
    )
    return Compliance(
        functions=all_items(functions, "list_functions", "Functions"),
        tables=all_items(tables, "list_tables", "TableNames"),
        composite_alarms=all_items(
            cloudwatch, "describe_alarms", "CompositeAlarms", AlarmTypes=["CompositeAlarm"]
        ),
        dashboards=[
            entry["DashboardName"] for entry in all_items(cloudwatch, "list_dashboards", "DashboardEntries")
        ],
        questions=[
            athena.get_named_query(NamedQueryId=query_id)["NamedQuery"]["Name"]
            for workgroup in athena.list_work_groups()["WorkGroups"]
            for query_id in all_items(
                athena, "list_named_queries", "NamedQueryIds", WorkGroup=workgroup["Name"]
            )
        ],
    )


def print_compliance(console: Console, compliance: Compliance) -> None:
    """Print it, on a few lines and in two tables."""
    for title, names in (
        ("dashboards", compliance.dashboards),
        ("tables", compliance.tables),
        ("questions to the history", compliance.questions),
    ):
        if names:
            console.print(f"{title}: {', '.join(names)}", highlight=False)
    if compliance.functions:
        console.print(_function_table(compliance.functions))
    if compliance.composite_alarms:
        console.print(_composite_table(compliance.composite_alarms))


def _function_table(functions: Sequence[dict[str, Any]]) -> Table:
    table = new_table("functions", "function", "runtime", "MB", "seconds", "what it does")
    for function in functions:
        table.add_row(
            function["FunctionName"],
            f"{function['Runtime']} {' '.join(function['Architectures'])}",
            str(function["MemorySize"]),
            str(function["Timeout"]),
            function["Description"],
        )
    return table


def _composite_table(alarms: Sequence[dict[str, Any]]) -> Table:
    table = new_table("composite alarms", "meaning", "from alarms", "notifies people", "state")
    for alarm in alarms:
        table.add_row(
            alarm["AlarmDescription"].partition(".")[0],
            str(len(re.findall(r"\b(?:OK|ALARM|INSUFFICIENT_DATA)\(", alarm["AlarmRule"]))),
            "yes" if alarm["AlarmActions"] else "no",
            alarm["StateValue"],
        )
    return table
