"""An evidence pack as tables: the same rows for the page and for the CSV files."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from patching_constructs.contracts.history_row import HistoryProblem, HistoryRow
from patching_constructs.evidence.order_seen import First
from patching_constructs.evidence.pack import EvidencePack
from patching_constructs.plan.order import OrderAnswer, OrderState

Cell: TypeAlias = str | int


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceTable:
    """A table.

    Attributes:
        name: Name of its file, without the ending.
        title: Heading.
        note: What a reader must know.
        head: Names of the columns.
        rows: The rows.
        empty: What it means that there are none.
    """

    name: str
    title: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str


_NODE = ("rollout", "ring", "account", "region", "patch_group", "node_id", "node_name")


def tables(pack: EvidencePack) -> tuple[EvidenceTable, ...]:
    """Return the tables in the order in which an auditor asks for them."""
    return (
        _promised_table(pack),
        _ring_order_table(pack),
        _ring_order_seen_table(pack),
        _installed_table(pack),
        _open_table(pack),
        _unknown_table(pack),
        _exceptions_table(pack),
        _exempt_nodes_table(pack),
        _reports_table(pack),
        _damaged_table(pack),
    )


def _promised_table(pack: EvidencePack) -> EvidenceTable:
    return EvidenceTable(
        name="promised",
        title="What was promised",
        note="Longest time from publication to installation. Where the publication is unknown, it "
        "counts from when the patch was first seen missing. For a patch of unknown severity the "
        "shortest time counts. These are the promises of the templates or settings that were given, as "
        "they are now.",
        head=("ring", "promise", "severity", "hours", "source"),
        rows=tuple(_promised(pack)),
        empty="The given templates and settings, if any, contain no promise.",
    )


def _ring_order_table(pack: EvidencePack) -> EvidenceTable:
    return EvidenceTable(
        name="ring-order",
        title="Proof of ring order, by schedule",
        note="Whether every patch that is published in the period reaches the earlier ring first, worked "
        "out from schedules, approval delays and windows of the templates that were given, as they are "
        "now.",
        head=("later_ring", "earlier_ring", "operating_system", "state", "head_start_hours", "reason"),
        rows=tuple(map(_order, pack.intent.order or ())),
        empty="Not proved: no templates were given (--templates)."
        if pack.intent.order is None
        else "Not proved: the templates that were given have no rings.",
    )


def _ring_order_seen_table(pack: EvidencePack) -> EvidenceTable:
    return EvidenceTable(
        name="ring-order-seen",
        title="Ring order, as it happened",
        note="Each patch that a later ring got in the period, with the nearest earlier ring that had "
        "it. A ring has a patch when the first of its nodes has it. What an earlier ring installed "
        "before a report saw it missing is not seen.",
        head=(
            "rollout",
            "operating_system",
            "patch",
            "later_ring",
            "later_first_after",
            "later_first_before",
            "later_nodes",
            "earlier_ring",
            "earlier_first_after",
            "earlier_first_before",
            "earlier_nodes",
            "earlier_ring_first",
        ),
        rows=tuple(
            (
                each.rollout,
                each.operating_system or "",
                each.patch,
                *_first(each.later),
                *_first(each.earlier),
                str(each.in_order),
            )
            for each in pack.order_seen
        ),
        empty="No report of the period shows a patch to be installed in a ring that has one before it."
        if pack.intent.ranks
        else "Not compared: nothing was given that says how rings are ordered (--templates, --settings).",
    )


def _installed_table(pack: EvidencePack) -> EvidenceTable:
    return EvidenceTable(
        name="installed",
        title="What was installed",
        note="Derived from reports, which are moments: a patch was installed between the last report "
        "that had it missing and the first one, after a newer scan or install, that had it no "
        "more. A patch that was superseded or withdrawn in between looks the same, and one that was "
        "installed before a report saw it missing is not here. It counts in the period in which the "
        "latter of the two reports was made.",
        head=(
            *_NODE,
            "operating_system",
            "patch",
            "severity",
            "clock",
            "clock_started",
            "due",
            "installed_after",
            "installed_before",
            "how_known",
            "promise_kept",
        ),
        rows=tuple(
            (
                *_node(each.row),
                each.row.operating_system or "",
                *_patch(each.problem, each.due),
                _time(each.not_before),
                _time(each.not_after),
                str(each.how),
                str(each.kept),
            )
            for each in pack.installed
        ),
        empty="No report of the period shows an installation.",
    )


def _open_table(pack: EvidencePack) -> EvidenceTable:
    return EvidenceTable(
        name="open",
        title="What was left to do at the end",
        note="Of each node as its last report says; without nodes that the reports of their account and "
        "Region had no more for two days before the last of them.",
        head=(
            *_NODE,
            "patch",
            "severity",
            "clock",
            "clock_started",
            "due",
            "state",
            "exempt",
            "promise_kept",
            "reported",
        ),
        rows=tuple(
            (
                *_node(each.row),
                *_patch(each.problem, each.due),
                str(each.problem.state),
                "yes" if each.row.is_exempt or each.problem.is_exempt else "no",
                str(each.kept),
                _time(each.row.seen_at),
            )
            for each in pack.unfinished
        ),
        empty="The last reports have nothing that is left to do.",
    )


def _unknown_table(pack: EvidencePack) -> EvidenceTable:
    return EvidenceTable(
        name="unknown",
        title="Nodes in unknown state at the end",
        note="They have the tag of a patch group, and their last report has no data about their patches. "
        "The open patches listed for them are from an earlier report, or unknown.",
        head=(*_NODE, "why", "last_known", "reported"),
        rows=tuple(
            (
                *_node(each.row),
                _why_unknown(each.row),
                "never" if each.known_at is None else _time(each.known_at),
                _time(each.row.seen_at),
            )
            for each in pack.unknown_nodes
        ),
        empty="The last reports have data about the patches of every node.",
    )


def _exceptions_table(pack: EvidencePack) -> EvidenceTable:
    return EvidenceTable(
        name="exceptions",
        title="Exceptions with owner and last day",
        note="Exemptions of the settings and accepted findings of the acknowledgements that were given, "
        "as they are now. Each holds until the end of its last day, in UTC.",
        head=("kind", "what", "owner", "reason", "ticket", "last_day", "over_before_the_end"),
        rows=tuple(_exceptions(pack)),
        empty="None: no settings were given (--settings), and no finding is acknowledged."
        if pack.intent.exemptions is None
        else "None in the settings, and no finding is acknowledged.",
    )


def _exempt_nodes_table(pack: EvidencePack) -> EvidenceTable:
    return EvidenceTable(
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
        empty="No report of the period has an exempt node or patch.",
    )


def _reports_table(pack: EvidencePack) -> EvidenceTable:
    return EvidenceTable(
        name="reports",
        title="What the evidence rests on",
        note="Reports of each account and Region: those of the history, and those that the settings say "
        "should be there. On a day without a report nothing is known. Days are those of UTC.",
        head=("rollout", "account", "region", "reports", "nodes", "days_without_report", "which"),
        rows=tuple(
            (
                each.rollout,
                each.account,
                each.region,
                each.reports,
                each.nodes,
                len(each.days_without),
                " ".join(_day_spans(each.days_without)),
            )
            for each in pack.coverage
        ),
        empty="Nothing: the history has no report until the end of the period.",
    )


def _damaged_table(pack: EvidencePack) -> EvidenceTable:
    return EvidenceTable(
        name="damaged",
        title="What could not be read",
        note="Files and lines that are left out.",
        head=("where", "reason"),
        rows=pack.damages,
        empty="Every file and every line could be read.",
    )


def _promised(pack: EvidencePack) -> Iterator[tuple[Cell, ...]]:
    for ring, promises in pack.intent.promises.items():
        for promise in promises:
            for severity, time in promise.within.items():
                hours = int(time / dt.timedelta(hours=1))
                yield ring, promise.name, str(severity), hours, promise.source or ""


def _exceptions(pack: EvidencePack) -> Iterator[tuple[Cell, ...]]:
    for each, accounts in pack.intent.exemptions or ():
        groups = f"; patch groups {', '.join(each.patch_groups)}" if each.patch_groups else ""
        where = f"; accounts {', '.join(accounts)}" if accounts else ""
        what = f"nodes {each.nodes}; patches {each.patches}{groups}{where}"
        yield "exemption", what, each.owner, each.reason, each.ticket, *_end(each.expires, pack)
    for accepted in pack.intent.acknowledgements:
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


def _first(first: First | None) -> tuple[Cell, ...]:
    if first is None:
        return "", "", "", 0
    return " and ".join(first.rings), _time(first.not_before), _time(first.not_after), first.nodes


def _patch(problem: HistoryProblem, due: dt.datetime | None) -> tuple[Cell, ...]:
    return (
        problem.patch,
        problem.severity or "",
        "first seen" if problem.published is None else "published",
        _time(problem.clock),
        "" if due is None else _time(due),
    )


def _why_unknown(row: HistoryRow) -> str:
    if not row.is_managed:
        return "not managed: agent or role is missing, or the agent is dead"
    return "never scanned" if row.unread is None else f"not readable: {row.unread}"


def _day_spans(days: Sequence[dt.date]) -> Iterator[str]:
    """Write days that follow each other as first..last."""
    for _, numbered in groupby(enumerate(days), key=lambda each: each[1].toordinal() - each[0]):
        run = [day for _, day in numbered]
        yield str(run[0]) if len(run) == 1 else f"{run[0]}..{run[-1]}"


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
