"""One report: every group of every ring, in pieces that can be resumed."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from patching_constructs.contracts.compliance_metrics import AccountMetric
from patching_constructs.contracts.published_metrics import PublishedMetrics
from patching_constructs.contracts.reporter_settings import ReporterSettings
from patching_constructs.contracts.ring_document import DeployedGroup, DeployedRing
from patching_constructs.lambdas.compliance_reporter.baseline_reader import BaselineReader
from patching_constructs.lambdas.compliance_reporter.figures import Figures, figures
from patching_constructs.lambdas.compliance_reporter.history import row, write_history
from patching_constructs.lambdas.compliance_reporter.memory import Memory
from patching_constructs.lambdas.compliance_reporter.nodes import NodeReader
from patching_constructs.lambdas.compliance_reporter.pieces import PieceReader, ReadNode
from patching_constructs.lambdas.compliance_reporter.presence import Presence
from patching_constructs.lambdas.compliance_reporter.progress import Progress
from patching_constructs.lambdas.compliance_reporter.publications import Publications
from patching_constructs.lambdas.compliance_reporter.publish import MetricPublisher
from patching_constructs.lambdas.compliance_reporter.readers import Readers, node_reports
from patching_constructs.lambdas.compliance_reporter.window_reader import read_runs

UNKNOWN_SYSTEM = "UNKNOWN"
"""Used in place of the operating system of nodes without a report."""

# How much of its time limit a report keeps for one more node and for writing down how far it came.
_TIME_TO_STOP = dt.timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Clients:
    """boto3 clients of the account and Region."""

    ssm: Any
    ec2: Any
    dynamodb: Any
    cloudwatch: Any
    s3: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportPlaces:
    """Where the report is made and where it goes.

    Attributes:
        account: Account of the nodes.
        region: Region of the nodes.
        table_name: The table that remembers.
        history_bucket: The bucket of the history, or None if none is kept.
        published_metrics: The metrics that have a reader. None: publish every metric.
    """

    account: str
    region: str
    table_name: str
    history_bucket: str | None = None
    published_metrics: PublishedMetrics | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportResult:
    """The result of a report, or of a piece of it.

    Attributes:
        progress: How far it came.
        is_stopped: Whether the time was over before every group had its turn.
        changed_baselines: Baselines that differ from their definition, in words.
        lost_nodes: How many nodes each ring had that has none any more.
        without_publication: Why AWS says of a baseline not when its patches were published.
        unread: Why the patches of nodes of this piece could not be read, by the ids of the nodes.
    """

    progress: Progress
    is_stopped: bool = False
    changed_baselines: tuple[str, ...] = ()
    lost_nodes: Mapping[str, int] = field(default_factory=dict)
    without_publication: tuple[str, ...] = ()
    unread: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_finished(self) -> bool:
        """Whether every group was read."""
        return not self.is_stopped and not self.progress.failures


@dataclass(kw_only=True, slots=True)
class _Tally:
    """What was read so far; `rows` are those of this piece of the report."""

    figures: dict[tuple[str, str, str], Figures]
    failures: list[str]
    unread_rings: set[str]
    history_failures: list[str]
    rows: list[dict[str, Any]]

    @classmethod
    def of(cls, progress: Progress) -> Self:
        return cls(
            figures=dict(progress.figures),
            failures=list(progress.failures),
            unread_rings=set(progress.unread_rings),
            history_failures=list(progress.history_failures),
            rows=[],
        )

    def added_to(self, progress: Progress) -> Progress:
        return replace(
            progress,
            figures=self.figures,
            failures=tuple(self.failures),
            unread_rings=frozenset(self.unread_rings),
            history_failures=tuple(self.history_failures),
        )


class Reporter:
    """Makes a report, or a piece of it.

    Args:
        settings: Settings of the reporter.
        clients: boto3 clients.
        places: Where the report is made and where it goes.
        remaining: How much of the time limit is left.
    """

    def __init__(
        self,
        settings: ReporterSettings,
        *,
        clients: Clients,
        places: ReportPlaces,
        remaining: Callable[[], dt.timedelta],
    ) -> None:
        self._settings = settings
        self._clients = clients
        self._places = places
        self._remaining = remaining

    def make(self, progress: Progress) -> ReportResult:
        """Go on from `progress` until everything is read, or the time is nearly over.

        What is read goes into the history at once. Metrics are published when everything is read, and not
        for rings of which a group could not be, so that a ring is never shown with a part of its nodes.
        """
        readers = self._readers(progress.now)
        tally = _Tally.of(progress)
        groups = [(ring, group) for ring in self._settings.rings for group in ring.patch_groups]
        after = progress.after
        for number in range(progress.group, len(groups)):
            ring, group = groups[number]
            try:
                left = [
                    node for node in readers.nodes.nodes_of(group) if after is None or node.node_id > after
                ]
                while left:
                    # Lambda ends a function without notice, so progress is stored while there is time for it.
                    if self._remaining() < _TIME_TO_STOP:
                        return self._stop(replace(progress, group=number, after=after), readers, tally)
                    piece = readers.pieces.read(left)
                    self._count(piece, ring, group, readers, tally)
                    after = left[len(piece) - 1].node_id
                    left = left[len(piece) :]
            except (ClientError, BotoCoreError) as error:
                tally.failures.append(f"patch group {group.name}: {error}")
                # Without this group the figures of the ring would look better than they are.
                tally.unread_rings.add(ring.name)
            after = None
        return self._finish(replace(progress, group=len(groups), after=None), readers, tally)

    def load(self, run_id: str, *, now: dt.datetime) -> Progress | None:
        """Return how far a report came that was stopped, or None if that is not known."""
        data = Memory(self._clients.dynamodb, self._places.table_name, now=now).load(_progress_key(run_id))
        return None if data is None else Progress.from_data(data)

    def _readers(self, now: dt.datetime) -> Readers:
        memory = Memory(self._clients.dynamodb, self._places.table_name, now=now)
        nodes = NodeReader(ssm=self._clients.ssm, ec2=self._clients.ec2, now=now)
        baselines = BaselineReader(self._clients.ssm)
        return Readers(
            memory=memory,
            nodes=nodes,
            pieces=PieceReader(
                nodes=nodes,
                memory=memory,
                is_late=lambda: self._remaining() < _TIME_TO_STOP,
                now=now,
            ),
            baselines=baselines,
            publications=Publications(baselines),
            registered=baselines.registered(),
            runs=read_runs(self._clients.ssm, self._settings.rings, memory=memory, now=now),
            now=now,
        )

    def _count(
        self,
        piece: Sequence[ReadNode],
        ring: DeployedRing,
        group: DeployedGroup,
        readers: Readers,
        tally: _Tally,
    ) -> None:
        terms = self._settings.terms_of(ring, runs=readers.runs.installs[ring.name])
        exemptions, now = self._settings.exemptions, readers.now
        for report in node_reports(piece, group, readers):
            # One node at a time: its row in the history says whether this node is compliant.
            figure = figures([report], terms, exemptions=exemptions, now=now)
            where = (ring.name, group.name, report.operating_system or UNKNOWN_SYSTEM)
            tally.figures[where] = tally.figures.get(where, Figures()) + figure
            tally.rows.append(
                row(
                    report,
                    ring=ring.name,
                    is_compliant=figure.compliant_nodes == 1,
                    is_exempt=figure.exempt_nodes == 1,
                    exemptions=exemptions,
                    now=now,
                )
            )

    def _stop(self, progress: Progress, readers: Readers, tally: _Tally) -> ReportResult:
        tally.history_failures += self._keep(tally.rows, progress)
        stopped = tally.added_to(replace(progress, part=progress.part + 1))
        readers.memory.save(_progress_key(stopped.run_id), stopped.to_data())
        return ReportResult(
            progress=stopped,
            is_stopped=True,
            without_publication=readers.publications.refusals,
            unread=_unread(tally.rows),
        )

    def _finish(self, progress: Progress, readers: Readers, tally: _Tally) -> ReportResult:
        tally.history_failures += self._keep(tally.rows, progress)
        # What cannot be read is None, so that it is not published as zero.
        changed_baselines = without_group = None
        try:
            changed_baselines = tuple(
                readers.baselines.unlike_their_definition(self._settings.baselines, readers.registered)
            )
        except (ClientError, BotoCoreError) as error:
            tally.failures.append(f"baselines: {error}")
        try:
            without_group = readers.nodes.count_without_group(self._known_groups(readers))
        except (ClientError, BotoCoreError) as error:
            tally.failures.append(f"nodes without a patch group: {error}")
        done = tally.added_to(progress)
        presence = Presence.read(readers.memory, self._nodes_of_read_rings(done))
        self._publish(done, presence, without_group=without_group, changed_baselines=changed_baselines)
        # After publishing: if that fails, the next report still sees that the ring has lost its nodes.
        presence.remember(readers.memory)
        readers.memory.delete(_progress_key(progress.run_id))
        return ReportResult(
            progress=done,
            changed_baselines=changed_baselines or (),
            lost_nodes=presence.lost,
            without_publication=readers.publications.refusals,
            unread=_unread(tally.rows),
        )

    def _known_groups(self, readers: Readers) -> frozenset[str]:
        on_aws_default = {
            group.name for ring in self._settings.rings for group in ring.patch_groups if group.on_aws_default
        }
        return frozenset(on_aws_default.union(group for group, _ in readers.registered))

    def _nodes_of_read_rings(self, done: Progress) -> Mapping[str, int]:
        nodes = {ring.name: 0 for ring in self._settings.rings if ring.name not in done.unread_rings}
        for (ring_name, _, _), figure in done.figures.items():
            if ring_name in nodes:
                nodes[ring_name] += figure.nodes + figure.exempt_nodes
        return nodes

    def _keep(self, rows: Sequence[dict[str, Any]], progress: Progress) -> list[str]:
        """Write rows into the history, and return why they could not be written.

        Nothing waits for the history: what it does not take is missing there, and the metrics are published.
        """
        if self._places.history_bucket is None:
            return []
        try:
            write_history(
                self._clients.s3,
                self._places.history_bucket,
                rows,
                rollout=self._settings.document.rollout,
                account=self._places.account,
                region=self._places.region,
                run_id=progress.run_id,
                part=progress.part,
                now=progress.now,
            )
        except (ClientError, BotoCoreError) as error:
            return [f"bucket {self._places.history_bucket}: {error}"]
        return []

    def _publish(
        self,
        done: Progress,
        presence: Presence,
        *,
        without_group: int | None,
        changed_baselines: tuple[str, ...] | None,
    ) -> None:
        """Publish what is known; alarms on what is not keep their state (docs/decisions/0012)."""
        publisher = MetricPublisher(
            self._clients.cloudwatch,
            rollout=self._settings.document.rollout,
            published=self._places.published_metrics,
            now=done.now,
        )
        for ring in self._settings.rings:
            if ring.name not in done.unread_rings:
                of_ring = [figure for where, figure in done.figures.items() if where[0] == ring.name]
                publisher.add_ring(ring.name, sum(of_ring, Figures()), lost_nodes=presence.news_of(ring.name))
        if without_group is not None:
            publisher.add(AccountMetric.NODES_WITHOUT_GROUP, without_group)
        if changed_baselines is not None:
            publisher.add(AccountMetric.BASELINES_CHANGED, len(changed_baselines))
        publisher.add(
            AccountMetric.EXPIRED_EXEMPTIONS,
            sum(not exemption.holds_on(done.now.date()) for exemption in self._settings.exemptions),
        )
        if done.history_failures:
            publisher.add(AccountMetric.HISTORY_FAILURES, len(done.history_failures))
        publisher.add(AccountMetric.REPORTS_FINISHED, not done.failures)
        publisher.publish()


def _progress_key(run_id: str) -> str:
    return f"report {run_id}"


def _unread(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {each["node_id"]: each["unread"] for each in rows if each["unread"] is not None}
