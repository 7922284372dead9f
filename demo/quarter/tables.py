"""Prints what the quarter left behind."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table

from demo.layout import new_table
from demo.quarter.fired_alarms import FiredAlarm
from demo.quarter.patches import END, START
from demo.quarter.record import Record
from demo.quarter.run import Outcome
from demo.quarter.story import Incident
from patching_constructs.contracts.compliance_metrics import ComplianceMetric
from patching_constructs.contracts.ring_health import RingHealth

_HEADS = {
    ComplianceMetric.NODES: "nodes",
    ComplianceMetric.COMPLIANT_PERCENT: "compliant, %",
    ComplianceMetric.OVERDUE_PATCHES: "overdue",
    ComplianceMetric.MISSING_CRITICAL: "missing critical",
    ComplianceMetric.MISSING_HIGH: "high",
    ComplianceMetric.MISSING_MEDIUM: "medium",
    ComplianceMetric.MISSING_LOW: "low",
    ComplianceMetric.MISSING_UNRATED: "unrated",
    ComplianceMetric.FAILED_PATCHES: "failed",
    ComplianceMetric.REBOOT_DEBT_NODES: "wait for a reboot",
    ComplianceMetric.REBOOT_OVERDUE_NODES: "overdue for a reboot",
    ComplianceMetric.UNMANAGED_NODES: "not managed",
    ComplianceMetric.STALE_NODES: "no recent scan",
    ComplianceMetric.WRONG_BASELINE_NODES: "other baseline",
}


def print_quarter(console: Console, record: Record, outcome: Outcome, incidents: Sequence[Incident]) -> None:
    """Print what happened, the figures, the alarms and the runs of rings, and how it ended."""
    console.rule(f"[bold]a simulated quarter[/bold], {START:%Y-%m-%d} to {END:%Y-%m-%d}")
    console.print(
        f"{outcome.windows} windows ran. A report was made after each install run, and {outcome.reports} on "
        "the hour: after each scan and each incident, and while an alarm was undecided. What is deployed "
        "reports every hour; in the hours left out, nothing would have changed but ages.",
        highlight=False,
    )
    console.print(_incident_table(incidents))
    console.print(_figure_table(record))
    console.print(_alarm_table(record.alarms))
    console.print(_run_table(record))
    console.print(_end_table(record))


def _incident_table(incidents: Sequence[Incident]) -> Table:
    table = new_table("incidents, apart from patches and windows", "when, UTC", "ring", "what")
    for incident in (incident for incident in incidents if incident.what):
        table.add_row(_time(incident.at), incident.ring, incident.what)
    return table


def _figure_table(record: Record) -> Table:
    published = {metric for month in record.months for metric in month.worst}
    shown = {metric: head for metric, head in _HEADS.items() if metric in published}
    table = new_table(
        "figures, the worst of each month, as CloudWatch has them", "ring", "month", *shown.values()
    )
    for number, month in enumerate(record.months):
        is_first = number == 0 or record.months[number - 1].ring != month.ring
        is_last = number + 1 == len(record.months) or record.months[number + 1].ring != month.ring
        table.add_row(
            month.ring if is_first else "",
            f"{month.month:%B}",
            *(_figure(month.worst, metric) for metric in shown),
            end_section=is_last,
        )
    return table


def _alarm_table(alarms: Sequence[FiredAlarm]) -> Table:
    table = new_table("alarms that notified people", "", "from", "until", "ring", "first sentence")
    for number, fired in enumerate(alarms, start=1):
        until = "still in ALARM" if fired.until is None else _time(fired.until)
        table.add_row(
            str(number),
            _time(fired.at),
            until,
            f"account of {fired.ring}" if fired.is_of_account else fired.ring,
            fired.sentence,
        )
    return table


def _run_table(record: Record) -> Table:
    table = new_table(
        "install runs, as the security account has them", "ring", "runs", "healthy", "the others"
    )
    for label, runs in record.runs.items():
        others = [run for run in runs if run.health is not RingHealth.HEALTHY]
        table.add_row(
            label,
            str(len(runs)),
            str(len(runs) - len(others)),
            "\n".join(f"{_time(run.started_at)}  {run.health}: {run.reason}" for run in others),
            end_section=True,
        )
    return table


def _end_table(record: Record) -> Table:
    table = new_table(
        f"at the end, {_time(END)}", "ring", "compliant, %", "health alarm", "not healthy for, days"
    )
    for ring in record.rings:
        spans = record.unhealthy[ring.label]
        days = sum((end - start).total_seconds() for start, end in spans) / 86_400
        table.add_row(
            ring.label,
            _figure(record.at_end[ring.label], ComplianceMetric.COMPLIANT_PERCENT),
            "ALARM" if any(end == END for _, end in spans) else "OK",
            f"{days:.1f}",
        )
    return table


def _figure(values: Mapping[ComplianceMetric, float], metric: ComplianceMetric) -> str:
    """Write a figure; a ring may publish fewer metrics than another."""
    return f"{values[metric]:.0f}" if metric in values else ""


def _time(moment: datetime) -> str:
    return f"{moment:%a %Y-%m-%d %H:%M}"
