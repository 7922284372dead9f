"""Everything that an evidence pack says, before it is put into a format."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from patching_constructs.contracts.history_row import HistoryRow
from patching_constructs.evidence.installations import Installation, PatchTrail, Unfinished, UnknownNode
from patching_constructs.evidence.order_seen import OrderSeen, order_seen
from patching_constructs.model.acknowledgement import Acknowledgement
from patching_constructs.model.exemption import ExemptionRecord
from patching_constructs.model.promises import Promise
from patching_constructs.plan.order import OrderAnswer

# A node that the reports of its account and Region had no more for so long before their last is gone.
_GONE_AFTER = dt.timedelta(days=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Intent:
    """What should be, as files say it that were given.

    Attributes:
        promises: What is promised, by ring.
        order: Whether rings are in order by their schedules; None if no templates were given.
        ranks: The order of rings by name, the earliest lowest; empty if nothing was given that says it.
        places: Rollout, account and Region that should be reported; empty if no settings were given.
        exemptions: Nodes and patches that need not comply, each with the names of its accounts (empty: all);
            None if no settings were given.
        acknowledgements: Findings that the organisation accepts.
    """

    promises: Mapping[str, tuple[Promise, ...]]
    order: tuple[OrderAnswer, ...] | None
    ranks: Mapping[str, int]
    places: tuple[tuple[str, str, str], ...]
    exemptions: tuple[tuple[ExemptionRecord, tuple[str, ...]], ...] | None
    acknowledgements: tuple[Acknowledgement, ...]


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
        over_until: Day after the last of which reports can exist; before `until` if the period is not over.
        intent: What should be.
        coverage: How well each account and Region is reported.
        installed: What was installed.
        order_seen: In which order rings had each patch.
        unfinished: What is left to do at the end.
        unknown_nodes: Nodes whose patches are unknown at the end.
        exempt_nodes: Which nodes were exempt.
        damages: Files and lines that could not be read: place and reason.
    """

    from_: dt.date
    until: dt.date
    over_until: dt.date
    intent: Intent
    coverage: tuple[Coverage, ...]
    installed: tuple[Installation, ...]
    order_seen: tuple[OrderSeen, ...]
    unfinished: tuple[Unfinished, ...]
    unknown_nodes: tuple[UnknownNode, ...]
    exempt_nodes: tuple[ExemptNode, ...]
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
    today: dt.date,
    intent: Intent,
    damages: list[tuple[str, str]],
) -> EvidencePack:
    """Follow the rows, which are in order of time in each account and Region.

    Args:
        rows: The rows, also of before the period: what they left to do may be installed in it.
        from_: First day of the period, in UTC.
        until: Day after its last.
        today: The day on which this is made, in UTC.
        intent: What should be.
        damages: Filled while `rows` are read.
    """
    start, end = _midnight(from_), _midnight(until)
    trail = PatchTrail(intent.promises)
    found: list[Installation] = []
    exempt: dict[tuple[tuple[str, str, str], str], ExemptNode] = {}
    reports: dict[tuple[str, str, str], set[dt.datetime]] = {}
    nodes: dict[tuple[str, str, str], set[str]] = {}
    last_day = today
    for row in rows:
        if row.seen_at >= end:
            continue
        found += trail.follow(row)
        if row.seen_at < start:
            continue
        last_day = max(last_day, row.seen_at.date())
        reports.setdefault(row.place, set()).add(row.seen_at)
        nodes.setdefault(row.place, set()).add(row.node_id)
        _note_exempt(exempt, row)
    over_until = max(from_, min(until, last_day + dt.timedelta(days=1)))
    places = {*intent.places, *(row.place for row in trail.last_rows)}
    return EvidencePack(
        from_=from_,
        until=until,
        over_until=over_until,
        intent=intent,
        coverage=tuple(_coverage(sorted(places), reports, nodes, from_, over_until)),
        installed=tuple(
            sorted(
                (each for each in found if each.not_after >= start),
                key=lambda each: (each.not_after, *_place(each.row)),
            )
        ),
        order_seen=tuple(order_seen(found, intent.ranks, since=start)),
        unfinished=tuple(
            sorted(
                (each for each in trail.unfinished(gone_after=_GONE_AFTER) if each.row.place in reports),
                key=lambda each: _place(each.row),
            )
        ),
        unknown_nodes=tuple(
            sorted(
                (each for each in trail.unknown_nodes(gone_after=_GONE_AFTER) if each.row.place in reports),
                key=lambda each: _place(each.row),
            )
        ),
        exempt_nodes=tuple(sorted(exempt.values(), key=lambda each: _place(each.row))),
        damages=tuple(damages),
    )


def _note_exempt(exempt: dict[tuple[tuple[str, str, str], str], ExemptNode], row: HistoryRow) -> None:
    patches = () if row.is_exempt else tuple(each.patch for each in row.problems if each.is_exempt)
    if not row.is_exempt and not patches:
        return
    key = (row.place, row.node_id)
    known = exempt.get(key)
    exempt[key] = ExemptNode(
        row=row,
        patches=patches if known is None else tuple(dict.fromkeys((*known.patches, *patches))),
        first=row.seen_at if known is None else known.first,
    )


def _coverage(
    places: Sequence[tuple[str, str, str]],
    reports: Mapping[tuple[str, str, str], set[dt.datetime]],
    nodes: Mapping[tuple[str, str, str], set[str]],
    from_: dt.date,
    over_until: dt.date,
) -> Iterator[Coverage]:
    days = [from_ + dt.timedelta(days=number) for number in range((over_until - from_).days)]
    for where in places:
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
