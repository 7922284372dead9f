"""Everything that an evidence pack says, before it is put into a format."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from patching_constructs.evidence.installations import Installation, PatchTrail, Unfinished
from patching_constructs.model.acknowledgement import Acknowledgement
from patching_constructs.model.exemption import Exemption
from patching_constructs.model.history_row import HistoryRow
from patching_constructs.model.promises import Promise
from patching_constructs.plan.order import OrderAnswer

_GONE_AFTER = dt.timedelta(days=2)
"""A node that no report had for so long before the end of the period is gone, and owes nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """How well an account and Region is reported.

    Attributes:
        rollout: The rollout.
        account: The account.
        region: The Region.
        reports: Number of reports in the period.
        nodes: Number of nodes in them.
        days_without: Days of the period without a report.
    """

    rollout: str
    account: str
    region: str
    reports: int
    nodes: int
    days_without: tuple[dt.date, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExemptNode:
    """A node that was exempt in the period, as a whole or with patches.

    Attributes:
        row: The node in the last report in which it was.
        patches: The exempt patches among its problems in the period; empty if the whole node was exempt.
        first: First report of the period in which it was.
    """

    row: HistoryRow
    patches: tuple[str, ...]
    first: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidencePack:
    """What is known of a period.

    Attributes:
        from_: First day.
        until: Day after the last.
        promises: What was promised, by ring.
        order: Whether rings are in order by their schedules; None if no templates were given.
        coverage: How well each account and Region is reported.
        installed: What was installed.
        unfinished: What is left to do at the end.
        exempt_nodes: Which nodes were exempt.
        exemptions: Nodes and patches that need not comply, with owner and expiry.
        acknowledgements: Findings that the organisation accepts, likewise.
        damages: Files and lines that could not be read: place and reason.
    """

    from_: dt.date
    until: dt.date
    promises: Mapping[str, tuple[Promise, ...]]
    order: tuple[OrderAnswer, ...] | None
    coverage: tuple[Coverage, ...]
    installed: tuple[Installation, ...]
    unfinished: tuple[Unfinished, ...]
    exempt_nodes: tuple[ExemptNode, ...]
    exemptions: tuple[Exemption, ...]
    acknowledgements: tuple[Acknowledgement, ...]
    damages: tuple[tuple[str, str], ...]

    @property
    def days_without(self) -> int:
        """Days without a report, over all accounts and Regions."""
        return sum(len(entry.days_without) for entry in self.coverage)


def build_evidence(
    rows: Iterable[HistoryRow],
    *,
    from_: dt.date,
    until: dt.date,
    promises: Mapping[str, tuple[Promise, ...]],
    order: tuple[OrderAnswer, ...] | None,
    exemptions: Sequence[Exemption],
    acknowledgements: Sequence[Acknowledgement],
    damages: list[tuple[str, str]],
) -> EvidencePack:
    """Follow the rows, which are in order of time in each account and Region.

    Args:
        rows: The rows, also of before the period: what they left to do may be installed in it.
        from_: First day of the period, in UTC.
        until: Day after its last.
        promises: What was promised, by ring.
        order: The proof of ring order, if there are templates.
        exemptions: What need not comply.
        acknowledgements: What is accepted.
        damages: Filled while `rows` are read.
    """
    start, end = _midnight(from_), _midnight(until)
    trail = PatchTrail(promises)
    installed: list[Installation] = []
    exempt: dict[tuple[str, str, str], ExemptNode] = {}
    reports: dict[tuple[str, str, str], set[dt.datetime]] = {}
    nodes: dict[tuple[str, str, str], set[str]] = {}
    for row in rows:
        if row.seen_at >= end:
            continue
        found = trail.follow(row)
        if row.seen_at < start:
            for _ in found:
                pass
            continue
        installed += found
        where = (row.rollout, row.account, row.region)
        reports.setdefault(where, set()).add(row.seen_at)
        nodes.setdefault(where, set()).add(row.node_id)
        _note_exempt(exempt, row)
    return EvidencePack(
        from_=from_,
        until=until,
        promises=promises,
        order=order,
        coverage=tuple(_coverage(trail.last_rows, reports, nodes, from_, until)),
        installed=tuple(sorted(installed, key=lambda each: (each.not_after, *_place(each.row)))),
        unfinished=tuple(sorted(_still_there(trail, reports), key=lambda each: _place(each.row))),
        exempt_nodes=tuple(sorted(exempt.values(), key=lambda each: _place(each.row))),
        exemptions=tuple(exemptions),
        acknowledgements=tuple(acknowledgements),
        damages=tuple(damages),
    )


def _still_there(
    trail: PatchTrail, reports: Mapping[tuple[str, str, str], set[dt.datetime]]
) -> Iterator[Unfinished]:
    last = max((max(times) for times in reports.values()), default=None)
    if last is not None:
        yield from trail.unfinished(since=last - _GONE_AFTER)


def _note_exempt(exempt: dict[tuple[str, str, str], ExemptNode], row: HistoryRow) -> None:
    patches = () if row.is_exempt else tuple(each.patch for each in row.problems if each.is_exempt)
    if not row.is_exempt and not patches:
        return
    key = (row.account, row.region, row.node_id)
    known = exempt.get(key)
    exempt[key] = ExemptNode(
        row=row,
        patches=patches if known is None else tuple(dict.fromkeys((*known.patches, *patches))),
        first=row.seen_at if known is None else known.first,
    )


def _coverage(
    last_rows: Iterable[HistoryRow],
    reports: Mapping[tuple[str, str, str], set[dt.datetime]],
    nodes: Mapping[tuple[str, str, str], set[str]],
    from_: dt.date,
    until: dt.date,
) -> Iterator[Coverage]:
    days = [from_ + dt.timedelta(days=number) for number in range((until - from_).days)]
    for where in sorted({(row.rollout, row.account, row.region) for row in last_rows}):
        times = reports.get(where, set())
        reported = {time.date() for time in times}
        yield Coverage(
            rollout=where[0],
            account=where[1],
            region=where[2],
            reports=len(times),
            nodes=len(nodes.get(where, ())),
            days_without=tuple(day for day in days if day not in reported),
        )


def _place(row: HistoryRow) -> tuple[str, str, str, str, str]:
    return row.rollout, row.ring, row.account, row.region, row.node_id


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
