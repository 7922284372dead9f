"""Prints what was read back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from demo.compliance import print_compliance
from demo.layout import new_table
from demo.read_back import DeployedRing, Deployment, Window

_RUNS_SHOWN = 3


def print_deployment(console: Console, deployment: Deployment, *, now: datetime) -> None:
    """Print one account and Region: its rings, then what watches over them."""
    console.rule(f"[bold]{deployment.account_name}[/bold] {deployment.account} {deployment.region}")
    if deployment.event_buses:
        console.print(f"event buses: {', '.join(deployment.event_buses)}", highlight=False)
    for ring in deployment.rings:
        console.print(f"\n[bold]ring {ring.order}: {ring.name}[/bold]", highlight=False)
        console.print(_baseline_table(deployment.baselines, ring))
        console.print(_window_table(ring.windows, now=now))
        console.print(_task_table(ring.windows))
    print_compliance(console, deployment.compliance)
    if deployment.alarms:
        console.print(_alarm_table(deployment.alarms))
        console.print(_subscription_table(deployment.subscriptions))
    else:
        console.print("no alarms here: failures are reported to the security account", highlight=False)


def _baseline_table(baselines: Sequence[dict[str, Any]], ring: DeployedRing) -> Table:
    table = new_table(
        "baselines", "baseline", "operating system", "patch groups", "approves", "after", "level"
    )
    for baseline in baselines:
        groups = [group for group in baseline["PatchGroups"] if group in ring.patch_groups]
        if not groups:
            continue
        rules = baseline["ApprovalRules"]["PatchRules"]
        for number, rule in enumerate(rules):
            head = (baseline["Name"], baseline["OperatingSystem"], ", ".join(groups))
            table.add_row(
                *(head if number == 0 else ("", "", "")),
                _filters(rule["PatchFilterGroup"]["PatchFilters"]),
                f"{rule['ApproveAfterDays']} days"
                if "ApproveAfterDays" in rule
                else f"until {rule['ApproveUntilDate']}",
                rule.get("ComplianceLevel", ""),
                end_section=number == len(rules) - 1,
            )
    return table


def _filters(filters: Sequence[dict[str, Any]]) -> str:
    return "\n".join(f"{item['Key']} {', '.join(item['Values'])}" for item in filters)


def _window_table(windows: Sequence[Window], *, now: datetime) -> Table:
    table = new_table(
        "windows", "window", "schedule", "hours", "patch groups", "next three runs, in its own time zone"
    )
    for window in windows:
        schedule = window.schedule
        offset = f" + {schedule.offset_days} days" if schedule.offset_days else ""
        runs = schedule.next_runs(after=now, count=_RUNS_SHOWN)
        table.add_row(
            window.name,
            f"{schedule.expression}{offset}\n{schedule.timezone or 'UTC'}",
            f"{window.duration_hours}, the last {window.cutoff_hours} for finishing",
            "\n".join(window.patch_groups),
            "\n".join(f"{run.starts_at:%a %Y-%m-%d %H:%M %Z}" for run in runs),
            end_section=True,
        )
    return table


def _task_table(windows: Sequence[Window]) -> Table:
    table = new_table(
        "tasks", "window", "priority", "document", "parameters", "nodes at once", "errors", "at the cutoff"
    )
    for window in windows:
        for task in window.tasks:
            parameters = task["TaskInvocationParameters"]["RunCommand"].get("Parameters", {})
            table.add_row(
                window.name,
                str(task["Priority"]),
                task["TaskArn"],
                ", ".join(f"{name} {' '.join(values)}" for name, values in parameters.items()),
                task["MaxConcurrency"],
                task["MaxErrors"],
                task["CutoffBehavior"],
            )
    return table


def _alarm_table(alarms: Sequence[dict[str, Any]]) -> Table:
    """Show alarms that differ in nothing but what they are about on one row."""
    table = new_table("alarms", "metric", "of", "fires when", "for", "missing data", "state")
    rows: dict[tuple[str, ...], list[str]] = {}
    for alarm in alarms:
        row = (
            f"{alarm['Namespace']} {alarm['MetricName']}",
            f"{alarm['ComparisonOperator']} {alarm['Threshold']:g}",
            f"{alarm['EvaluationPeriods'] * alarm['Period'] // 60} min",
            alarm["TreatMissingData"],
            alarm["StateValue"],
        )
        rows.setdefault(row, []).append(", ".join(item["Value"] for item in alarm["Dimensions"]))
    for (metric, *rest), subjects in rows.items():
        table.add_row(metric, "\n".join(subjects), *rest)
    return table


def _subscription_table(subscriptions: Sequence[dict[str, Any]]) -> Table:
    table = new_table("subscriptions", "topic", "protocol", "endpoint")
    for subscription in subscriptions:
        topic = subscription["TopicArn"].rpartition(":")[2]
        table.add_row(topic, subscription["Protocol"], subscription["Endpoint"])
    return table
