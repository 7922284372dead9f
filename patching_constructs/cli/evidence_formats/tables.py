"""An evidence pack as tables: the same rows for the page and for the CSV files."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from patching_constructs.evidence.pack import EvidencePack
from patching_constructs.model.history_row import HistoryRow
from patching_constructs.plan.order import OrderAnswer, OrderState

Cell: TypeAlias = str | int


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table.

    Attributes:
        name: Name of its file, without the ending.
        title: Heading.
        note: What a reader must know.
        head: Names of the columns.
        rows: The rows.
    """

    name: str
    title: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


_NODE = ("rollout", "ring", "account", "region", "patch_group", "node_id", "node_name")


def tables(pack: EvidencePack) -> tuple[Table, ...]:
    """Return the tables in the order in which an auditor asks for them."""
    return (
        Table(
            name="promised",
            title="What was promised",
            note="Longest time from publication to installation. Where nobody tells the publication, it "
            "counts from when the patch was first seen missing. For a patch whose severity nobody tells the "
            "shortest time counts. These are the promises of the templates or settings that were given, as "
            "they are now.",
            head=("ring", "promise", "severity", "hours", "source"),
            rows=tuple(_promised(pack)),
        ),
        Table(
            name="ring-order",
            title="Proof of ring order",
            note="Whether every patch that is published in the period reaches the earlier ring first, worked "
            "out from schedules, approval delays and windows of the templates that were given, as they are "
            "now."
            if pack.order is not None
            else "Not given: no templates were named.",
            head=("later_ring", "earlier_ring", "operating_system", "state", "head_start_hours", "reason"),
            rows=tuple(map(_order, pack.order or ())),
        ),
        Table(
            name="installed",
            title="What was installed",
            note="Derived from reports, which are moments: a patch was installed between the last report "
            "that had it missing and the first one, after a newer scan or install, that had it no "
            "more. A patch "
            "that was superseded or withdrawn in between looks the same, and one that was installed before "
            "a report saw it missing is not here.",
            head=(
                *_NODE,
                "operating_system",
                "patch",
                "severity",
                "clock",
                "clock_started",
                "installed_after",
                "installed_before",
                "how_known",
                "promise_kept",
            ),
            rows=tuple(
                (
                    *_node(each.row),
                    each.row.operating_system or "",
                    each.problem.patch,
                    each.problem.severity or "",
                    "first seen" if each.problem.published is None else "published",
                    _time(each.problem.clock),
                    _time(each.not_before),
                    _time(each.not_after),
                    str(each.how),
                    str(each.kept),
                )
                for each in pack.installed
            ),
        ),
        Table(
            name="open",
            title="What was left to do at the end",
            note="Of the nodes that a report of the last two days had.",
            head=(*_NODE, "patch", "state", "severity", "first_seen", "exempt", "promise_kept", "reported"),
            rows=tuple(
                (
                    *_node(each.row),
                    each.problem.patch,
                    str(each.problem.state),
                    each.problem.severity or "",
                    _time(each.problem.first_seen),
                    "yes" if each.row.is_exempt or each.problem.is_exempt else "no",
                    str(each.kept),
                    _time(each.row.seen_at),
                )
                for each in pack.unfinished
            ),
        ),
        Table(
            name="exceptions",
            title="Exceptions with owner and last day",
            note="Exemptions of the settings and accepted findings of the acknowledgements that "
            "were given, as "
            "they are now.",
            head=("kind", "what", "owner", "reason", "ticket", "last_day", "over_before_the_end"),
            rows=tuple(_exceptions(pack)),
        ),
        Table(
            name="exempt-nodes",
            title="Nodes that were exempt",
            note="As the reports say: as a whole, or with the patches that are named.",
            head=(*_NODE, "patches", "first_report", "last_report"),
            rows=tuple(
                (
                    *_node(each.row),
                    " ".join(each.patches) or "all",
                    _time(each.first),
                    _time(each.row.seen_at),
                )
                for each in pack.exempt_nodes
            ),
        ),
        Table(
            name="reports",
            title="What the evidence rests on",
            note="Reports of each account and Region. On a day without one nothing is known.",
            head=("rollout", "account", "region", "reports", "nodes", "days_without_report", "which"),
            rows=tuple(
                (
                    each.rollout,
                    each.account,
                    each.region,
                    each.reports,
                    each.nodes,
                    len(each.days_without),
                    " ".join(map(str, each.days_without)),
                )
                for each in pack.coverage
            ),
        ),
        Table(
            name="damaged",
            title="What could not be read",
            note="Files and lines that are left out.",
            head=("where", "reason"),
            rows=pack.damages,
        ),
    )


def _promised(pack: EvidencePack) -> Iterator[tuple[Cell, ...]]:
    for ring, promises in pack.promises.items():
        for promise in promises:
            for severity, time in promise.within.items():
                hours = int(time / dt.timedelta(hours=1))
                yield ring, promise.name, str(severity), hours, promise.source or ""


def _exceptions(pack: EvidencePack) -> Iterator[tuple[Cell, ...]]:
    for each in pack.exemptions:
        groups = f"; patch groups {', '.join(each.patch_groups)}" if each.patch_groups else ""
        what = f"nodes {each.nodes}; patches {each.patches}{groups}"
        yield "exemption", what, each.owner, each.reason, each.ticket, *_end(each.expires, pack)
    for accepted in pack.acknowledgements:
        what = f"{accepted.finding_id} at {accepted.where}"
        yield "finding", what, accepted.owner or "", accepted.reason, "", *_end(accepted.expires, pack)


def _end(expires: dt.date | None, pack: EvidencePack) -> tuple[Cell, ...]:
    if expires is None:
        return "", "no"
    return str(expires), "yes" if expires < _last_day(pack) else "no"


def _order(answer: OrderAnswer) -> tuple[Cell, ...]:
    is_first = answer.state is OrderState.FIRST
    head_start = answer.head_start
    return (
        answer.pair.later.name,
        "" if is_first else answer.pair.earlier_name,
        str(answer.pair.operating_system),
        str(answer.state),
        "" if head_start is None else int(head_start / dt.timedelta(hours=1)),
        answer.reason or "",
    )


def _node(row: HistoryRow) -> tuple[Cell, ...]:
    return (
        row.rollout,
        row.ring,
        row.account,
        row.region,
        row.patch_group,
        row.node_id,
        row.node_name or "",
    )


def _time(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}Z"


def _last_day(pack: EvidencePack) -> dt.date:
    return pack.until - dt.timedelta(days=1)
