"""What the quarter left behind, put together for people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from demo.quarter.deployed import Workload, read_ring_runs
from demo.quarter.figures import Panel, Points, RingPlace, read_metric, read_panels, ring_places
from demo.quarter.fired_alarms import FiredAlarm, Span, Where, fired_alarms, unhealthy_times
from demo.quarter.run import Outcome
from patching_constructs.contracts.compliance_metrics import ComplianceMetric
from patching_constructs.contracts.ring_run import RingRun

_SHOWN = (
    ComplianceMetric.NODES,
    ComplianceMetric.COMPLIANT_PERCENT,
    ComplianceMetric.OVERDUE_PATCHES,
    ComplianceMetric.MISSING_CRITICAL,
    ComplianceMetric.MISSING_HIGH,
    ComplianceMetric.MISSING_MEDIUM,
    ComplianceMetric.MISSING_LOW,
    ComplianceMetric.MISSING_UNRATED,
    ComplianceMetric.FAILED_PATCHES,
    ComplianceMetric.REBOOT_DEBT_NODES,
    ComplianceMetric.REBOOT_OVERDUE_NODES,
    ComplianceMetric.UNMANAGED_NODES,
    ComplianceMetric.STALE_NODES,
    ComplianceMetric.WRONG_BASELINE_NODES,
)
"""The metrics that are shown by month, as far as they are published."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """The figures of a ring in a month.

    Attributes:
        ring: Label of the ring.
        month: First day of the month.
        worst: The worst value of each metric: the lowest share, and the highest of all others.
    """

    ring: str
    month: date
    worst: Mapping[ComplianceMetric, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What the quarter left behind.

    Attributes:
        rings: The rings of all accounts and Regions, earliest first.
        panels: What the dashboards show, one metric of every ring each.
        months: Figures of each ring, month by month.
        at_end: Figures of each ring at the end, by the label of the ring.
        runs: Records of all runs of rings, by the label of the ring.
        alarms: Alarms that notified people.
        unhealthy: When the health alarm of each ring was not OK, by the label of the ring.
    """

    rings: Sequence[RingPlace]
    panels: Sequence[Panel]
    months: Sequence[Month]
    at_end: Mapping[str, Mapping[ComplianceMetric, float]]
    runs: Mapping[str, Sequence[RingRun]]
    alarms: Sequence[FiredAlarm]
    unhealthy: Mapping[str, Sequence[Span]]


def read_record(workloads: Sequence[Workload], outcome: Outcome, places: Sequence[Where]) -> Record:
    """Read figures, records and alarms back.

    Args:
        workloads: What reports.
        outcome: What the quarter left behind in alarms.
        places: Accounts and Regions with dashboards and with records of runs.
    """
    rings = ring_places(workloads)
    points = {
        ring.label: {metric: found for metric in _SHOWN if (found := read_metric(ring, metric))}
        for ring in rings
    }
    runs = read_ring_runs(places)
    return Record(
        rings=rings,
        panels=read_panels(rings, places),
        months=[month for label, found in points.items() for month in _months(label, found)],
        at_end={
            label: {metric: values[-1][1] for metric, values in found.items()}
            for label, found in points.items()
        },
        runs={
            ring.label: [
                run
                for run in runs
                if (run.account, run.region, run.ring) == (ring.place.account, ring.place.region, ring.name)
            ]
            for ring in rings
        },
        alarms=fired_alarms(rings, outcome.alarms),
        unhealthy=unhealthy_times(rings, outcome.alarms),
    )


def _months(ring: str, points: Mapping[ComplianceMetric, Points]) -> Iterator[Month]:
    for month in sorted({at.date().replace(day=1) for found in points.values() for at, _ in found}):
        worst = {}
        for metric, found in points.items():
            values = [value for at, value in found if at.date().replace(day=1) == month]
            worst[metric] = min(values) if metric is ComplianceMetric.COMPLIANT_PERCENT else max(values)
        yield Month(ring=ring, month=month, worst=worst)
