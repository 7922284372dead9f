"""The body of an organization's dashboard: each widget shows one metric of every ring.

See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_xaxr_dashboard.html
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patching_constructs.constructs.compliance.dashboard.body import LAST_WEEK, NOW
from patching_constructs.constructs.compliance.dashboard.widgets import (
    COURSE_OF_A_WEEK,
    Line,
    metric_widget,
    placed,
    ring_line,
)
from patching_constructs.contracts.compliance_metrics import (
    NAMESPACE,
    ROLLOUT_DIMENSION,
    AccountMetric,
    ComplianceMetric,
)
from patching_constructs.rules.accounts.dashboard_source import METRICS_OF_A_DASHBOARD, METRICS_OF_A_WIDGET
from patching_constructs.values.dashboard_source import DashboardSource

METRICS = (*NOW, *LAST_WEEK)
METRICS_OF_A_SOURCE = 1
"""ReportsFinished."""

# Reports come every hour. A table with the values of a longer time would hide that they no longer come.
_LAST_HOURS = "-PT3H"
_NOW_IN_A_ROW = 2
_TALLEST = 15


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownOrganization:
    """What the dashboard shows.

    Attributes:
        rollout: Name of the rollout.
        home_account: Account of the dashboard.
        home_region: Its Region.
        sources: The accounts and Regions.
    """

    rollout: str
    home_account: str
    home_region: str
    sources: Sequence[DashboardSource]

    @property
    def ring_count(self) -> int:
        """Number of rings of all sources."""
        return sum(len(source.rings) for source in self.sources)

    @property
    def metrics(self) -> tuple[ComplianceMetric, ...]:
        """The metrics for which a dashboard has room, the most important first."""
        room = METRICS_OF_A_DASHBOARD - METRICS_OF_A_SOURCE * len(self.sources)
        return METRICS[: room // self.ring_count]


def organization_body(shown: ShownOrganization) -> dict[str, Any]:
    """Return the body: figures of now, whether reports come, and the last week."""
    now = [
        widget
        for metric, title in NOW.items()
        if metric in shown.metrics
        for widget in _now(shown, metric, title)
    ]
    rows = [
        [_text(shown)],
        *(now[start : start + _NOW_IN_A_ROW] for start in range(0, len(now), _NOW_IN_A_ROW)),
        *([widget] for widget in _reports(shown)),
        *(
            [widget]
            for metric, title in LAST_WEEK.items()
            if metric in shown.metrics
            for widget in _course(shown, metric, title)
        ),
    ]
    return {"start": _LAST_HOURS, "periodOverride": "inherit", "widgets": list(placed(rows))}


def _text(shown: ShownOrganization) -> dict[str, Any]:
    left_out = [title for metric, title in (NOW | LAST_WEEK).items() if metric not in shown.metrics]
    text = (
        f"# Patching: rollout {shown.rollout}, {len(shown.sources)} accounts and Regions\n"
        "Each line is one ring of an account and Region. A line without a value had no report in the last "
        "3 hours, or its account does not share its metrics."
    )
    if left_out:
        text += (
            f" Left out, as a dashboard has room for {METRICS_OF_A_DASHBOARD:,} metrics: "
            f"{', '.join(left_out)}."
        )
    return {"type": "text", "height": 3, "properties": {"markdown": text}}


def _now(shown: ShownOrganization, metric: ComplianceMetric, title: str) -> Iterator[dict[str, Any]]:
    worst = "MIN" if metric is ComplianceMetric.COMPLIANT_PERCENT else "MAX"
    for lines in _parts(_of_rings(shown, metric)):
        yield metric_widget(
            shown.home_region,
            title,
            lines,
            height=min(3 + math.ceil(len(lines) * 0.7), _TALLEST),
            view="table",
            stat="Maximum",
            table={"layout": "vertical", "showTimeSeriesData": False, "summaryColumns": [worst]},
        )


def _course(shown: ShownOrganization, metric: ComplianceMetric, title: str) -> Iterator[dict[str, Any]]:
    for lines in _parts(_of_rings(shown, metric)):
        yield metric_widget(shown.home_region, title, lines, height=7, **COURSE_OF_A_WEEK)


def _reports(shown: ShownOrganization) -> Iterator[dict[str, Any]]:
    lines = [
        [
            NAMESPACE,
            str(AccountMetric.REPORTS_FINISHED),
            ROLLOUT_DIMENSION,
            shown.rollout,
            _options(shown, source, f"{source.account_name} {source.region}"),
        ]
        for source in shown.sources
    ]
    for part in _parts(lines):
        yield metric_widget(
            shown.home_region,
            "Reports of each account and Region",
            part,
            height=6,
            view="timeSeries",
            stat="Sum",
            start="-PT24H",
            end="P0D",
            yAxis={"left": {"min": 0}},
        )


def _of_rings(shown: ShownOrganization, metric: ComplianceMetric) -> list[Line]:
    return [
        ring_line(
            shown.rollout,
            ring,
            metric,
            _options(shown, source, f"{ring}, {source.account_name} {source.region}"),
        )
        for source in shown.sources
        for ring in source.rings
    ]


def _options(shown: ShownOrganization, source: DashboardSource, label: str) -> Mapping[str, str]:
    # An account needs no sharing role to read its own metrics.
    elsewhere = {} if source.account_id == shown.home_account else {"accountId": source.account_id}
    return {"label": label, "region": source.region, **elsewhere}


def _parts(lines: Sequence[Line]) -> Iterable[Sequence[Line]]:
    return (lines[start : start + METRICS_OF_A_WIDGET] for start in range(0, len(lines), METRICS_OF_A_WIDGET))
