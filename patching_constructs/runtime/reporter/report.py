"""One report: every group of every ring, in pieces that can be resumed."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from patching_constructs.model.compliance_metrics import AccountMetric
from patching_constructs.model.node_report import NodeReport, PatchProblem
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.published_metrics import PublishedMetrics
from patching_constructs.model.reporter_settings import ReportedGroup, ReporterSettings
from patching_constructs.runtime.figures import Figures, figures
from patching_constructs.runtime.reporter.baselines import BaselineReader
from patching_constructs.runtime.reporter.history import row, write_history
from patching_constructs.runtime.reporter.memory import Memory
from patching_constructs.runtime.reporter.nodes import NodeReader
from patching_constructs.runtime.reporter.pieces import PieceReader, ReadNode
from patching_constructs.runtime.reporter.presence import Presence
from patching_constructs.runtime.reporter.progress import Progress
from patching_constructs.runtime.reporter.publications import Publications
from patching_constructs.runtime.reporter.publish import MetricPublisher
from patching_constructs.runtime.reporter.windows import Runs, read_runs

UNKNOWN_SYSTEM = "UNKNOWN"
"""What stands in place of the operating system of nodes that nothing has reported."""

_TIME_TO_STOP = dt.timedelta(minutes=2)
"""How much of its time limit a report keeps for one more node and for writing down how far it came."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clients:
    """boto3 clients of the account and Region."""

    ssm: Any
    ec2: Any
    dynamodb: Any
    cloudwatch: Any
    s3: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
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
class Report:
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


class Reporter:
    """Makes a report, or a piece of it.

    Args:
        settings: What the reporter is told.
        clients: boto3 clients.
        places: Where the report is made and where it goes.
        remaining: How much of the time limit is left.
    """

    def __init__(
        self,
        settings: ReporterSettings,
        *,
        clients: Clients,
        places: Places,
        remaining: Callable[[], dt.timedelta],
    ) -> None:
        self._settings = settings
        self._clients = clients
        self._places = places
        self._remaining = remaining

    def make(self, progress: Progress) -> Report:
        """Go on from `progress` until everything is read, or the time is nearly over.

        What is read goes into the history at once. Metrics are published when everything is read, and not
        for rings of which a group could not be, so that a ring is never shown with a part of its nodes.
        """
        now = progress.now
        memory = Memory(self._clients.dynamodb, self._places.table_name, now=now)
        nodes = NodeReader(ssm=self._clients.ssm, ec2=self._clients.ec2, now=now)
        pieces = PieceReader(nodes=nodes, memory=memory, is_late=self._is_late, now=now)
        baselines = BaselineReader(self._clients.ssm)
        publications = Publications(baselines)
        self._registered = baselines.registered()
        runs = read_runs(self._clients.ssm, self._settings.rings, memory=memory, now=now)
        groups = [(ring, group) for ring in self._settings.rings for group in ring.patch_groups]
        found = dict(progress.figures)
        failures = list(progress.failures)
        unread_rings = set(progress.unread_rings)
        history_failures = list(progress.history_failures)
        rows: list[dict[str, Any]] = []
        after = progress.after
        for number in range(progress.group, len(groups)):
            ring, group = groups[number]
            ring = replace(ring, terms=replace(ring.terms, runs=runs.installs[ring.name]))
            try:
                left = [node for node in nodes.nodes_of(group) if after is None or node.node_id > after]
                while left:
                    if self._is_late():
                        history_failures += self._keep(rows, progress)
                        stopped = replace(
                            progress,
                            group=number,
                            after=after,
                            part=progress.part + 1,
                            figures=found,
                            failures=tuple(failures),
                            unread_rings=frozenset(unread_rings),
                            history_failures=tuple(history_failures),
                        )
                        memory.save(_progress_key(stopped.run_id), stopped.to_data())
                        return Report(
                            progress=stopped,
                            is_stopped=True,
                            without_publication=publications.refusals,
                            unread=_unread(rows),
                        )
                    piece = pieces.read(left)
                    for report in self._reports(piece, group, runs, publications):
                        figure = figures([report], ring.terms, exemptions=self._settings.exemptions, now=now)
                        where = (ring.name, group.name, report.operating_system or UNKNOWN_SYSTEM)
                        found[where] = found.get(where, Figures()) + figure
                        rows.append(
                            row(
                                report,
                                ring=ring.name,
                                is_compliant=figure.compliant_nodes == 1,
                                is_exempt=figure.exempt_nodes == 1,
                                exemptions=self._settings.exemptions,
                                now=now,
                            )
                        )
                    after = left[len(piece) - 1].node_id
                    left = left[len(piece) :]
            except (ClientError, BotoCoreError) as error:
                failures.append(f"patch group {group.name}: {error}")
                unread_rings.add(ring.name)
            after = None
        history_failures += self._keep(rows, progress)
        known_groups = {group for group, _ in self._registered} | {
            group.name for _, group in groups if group.on_aws_default
        }
        changed, without_group, account_failures = _read_account(
            lambda: tuple(baselines.unlike_their_definition(self._settings.baselines, self._registered)),
            lambda: nodes.count_without_group(known_groups),
        )
        done = replace(
            progress,
            group=len(groups),
            after=None,
            figures=found,
            failures=(*failures, *account_failures),
            unread_rings=frozenset(unread_rings),
            history_failures=tuple(history_failures),
        )
        presence = Presence.read(memory, self._nodes_of_read_rings(done))
        self._publish(done, presence, without_group=without_group, changed_baselines=changed)
        presence.remember(memory)
        memory.delete(_progress_key(progress.run_id))
        return Report(
            progress=done,
            changed_baselines=changed or (),
            lost_nodes=presence.lost,
            without_publication=publications.refusals,
            unread=_unread(rows),
        )

    def load(self, run_id: str, *, now: dt.datetime) -> Progress | None:
        """Return how far a report came that was stopped, or None if nobody knows."""
        data = Memory(self._clients.dynamodb, self._places.table_name, now=now).load(_progress_key(run_id))
        return None if data is None else Progress.from_data(data)

    def _is_late(self) -> bool:
        return self._remaining() < _TIME_TO_STOP

    def _nodes_of_read_rings(self, done: Progress) -> Mapping[str, int]:
        nodes = {ring.name: 0 for ring in self._settings.rings if ring.name not in done.unread_rings}
        for (ring_name, _, _), figure in done.figures.items():
            if ring_name in nodes:
                nodes[ring_name] += figure.nodes + figure.exempt_nodes
        return nodes

    def _reports(
        self, piece: Sequence[ReadNode], group: ReportedGroup, runs: Runs, publications: Publications
    ) -> Iterator[NodeReport]:
        for read in piece:
            node = read.node
            last = node.last_report
            baseline_id = None if last is None else last.baseline_id
            system = node.operating_system or self._system_of(group.name, baseline_id)
            reported_at = None if last is None else last.ended_at
            yield NodeReport(
                node_id=node.node_id,
                name=node.name,
                patch_group=group.name,
                operating_system=system,
                is_managed=node.is_managed,
                baseline_id=baseline_id,
                expected_baseline_id=None if system is None else self._registered.get((group.name, system)),
                reported_at=reported_at,
                is_reported_by_others=reported_at is not None and not runs.explains(reported_at),
                problems=tuple(
                    PatchProblem(
                        patch=problem.patch,
                        state=problem.state,
                        # Debian's packages have a priority in place of a severity.
                        severity=None if system is not None and system.is_apt else problem.severity,
                        first_seen=problem.first_seen,
                        published=publications.of(problem, system, baseline_id),
                    )
                    for problem in read.problems
                ),
                unread=read.unread,
            )

    def _system_of(self, group: str, baseline_id: str | None) -> OperatingSystem | None:
        return next(
            (
                system
                for (name, system), registered in self._registered.items()
                if name == group and registered == baseline_id
            ),
            None,
        )

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
                rollout=self._settings.rollout,
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
            rollout=self._settings.rollout,
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


def _read_account(
    read_changed: Callable[[], tuple[str, ...]], count_without_group: Callable[[], int]
) -> tuple[tuple[str, ...] | None, int | None, list[str]]:
    """Read what is about no ring; what cannot be read is None, and why is returned with it."""
    changed, without_group, failures = None, None, []
    try:
        changed = read_changed()
    except (ClientError, BotoCoreError) as error:
        failures.append(f"baselines: {error}")
    try:
        without_group = count_without_group()
    except (ClientError, BotoCoreError) as error:
        failures.append(f"nodes without a patch group: {error}")
    return changed, without_group, failures


def _unread(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {each["node_id"]: each["unread"] for each in rows if each["unread"] is not None}
