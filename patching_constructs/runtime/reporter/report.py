"""One report: every group of every ring, in pieces that can be resumed."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from patching_constructs.model.compliance_metrics import AccountMetric
from patching_constructs.model.node_report import NodeReport, PatchProblem
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_state import PatchState
from patching_constructs.model.published_metrics import PublishedMetrics
from patching_constructs.model.reporter_settings import ReportedGroup, ReporterSettings
from patching_constructs.runtime.figures import Figures, figures
from patching_constructs.runtime.reporter.baselines import BaselineReader
from patching_constructs.runtime.reporter.history import row, write_history
from patching_constructs.runtime.reporter.memory import Memory
from patching_constructs.runtime.reporter.nodes import FoundProblem, NodeReader
from patching_constructs.runtime.reporter.pieces import PieceReader, ReadNode
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
class Progress:
    """How far a report has come.

    Attributes:
        run_id: Id of the report.
        now: The moment that the report is about, when it began.
        group: Number of the group that is next.
        after: Last node of that group that is done, or None.
        part: How often the report was resumed.
        figures: Figures of what is done, by ring, patch group and operating system.
        failures: What could not be read, in words.
        unread_rings: Rings of which a group could not be read as a whole.
    """

    run_id: str
    now: dt.datetime
    group: int = 0
    after: str | None = None
    part: int = 0
    figures: Mapping[tuple[str, str, str], Figures] = field(default_factory=dict)
    failures: tuple[str, ...] = ()
    unread_rings: frozenset[str] = frozenset()

    def to_data(self) -> dict[str, Any]:
        """Return the progress as data that JSON can hold."""
        return {
            "run-id": self.run_id,
            "now": self.now.isoformat(),
            "group": self.group,
            "after": self.after,
            "part": self.part,
            "figures": [[*where, figure.to_data()] for where, figure in self.figures.items()],
            "failures": list(self.failures),
            "unread-rings": sorted(self.unread_rings),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_data` has written."""
        return cls(
            run_id=data["run-id"],
            now=dt.datetime.fromisoformat(data["now"]),
            group=data["group"],
            after=data["after"],
            part=data["part"],
            figures={
                (ring, group, system): Figures.from_data(figure)
                for ring, group, system, figure in data["figures"]
            },
            failures=tuple(data["failures"]),
            unread_rings=frozenset(data["unread-rings"]),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The result of a report, or of a piece of it.

    Attributes:
        progress: How far it came.
        is_stopped: Whether the time was over before every group had its turn.
        changed_baselines: Baselines that differ from their definition, in words.
        unread: Why the patches of nodes of this piece could not be read, by the ids of the nodes.
    """

    progress: Progress
    is_stopped: bool = False
    changed_baselines: tuple[str, ...] = ()
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
        self._published: dict[str, dict[str, dt.datetime]] = {}

    def make(self, progress: Progress) -> Report:
        """Go on from `progress` until everything is read, or the time is nearly over.

        What is read goes into the history at once. Metrics are published when everything is read, and not
        for rings of which a group could not be, so that a ring is never shown with a part of its nodes.
        """
        now = progress.now
        memory = Memory(self._clients.dynamodb, self._places.table_name, now=now)
        nodes = NodeReader(ssm=self._clients.ssm, ec2=self._clients.ec2, now=now)
        pieces = PieceReader(nodes=nodes, memory=memory, is_late=self._is_late, now=now)
        self._baselines = BaselineReader(self._clients.ssm)
        self._registered = self._baselines.registered()
        runs = read_runs(self._clients.ssm, self._settings.rings, now=now)
        groups = [(ring, group) for ring in self._settings.rings for group in ring.patch_groups]
        found = dict(progress.figures)
        failures = list(progress.failures)
        unread_rings = set(progress.unread_rings)
        rows: list[dict[str, Any]] = []
        after = progress.after
        for number in range(progress.group, len(groups)):
            ring, group = groups[number]
            ring = replace(ring, terms=replace(ring.terms, runs=runs.installs[ring.name]))
            try:
                left = [node for node in nodes.nodes_of(group) if after is None or node.node_id > after]
                while left:
                    if self._is_late():
                        self._keep(rows, progress)
                        stopped = replace(
                            progress,
                            group=number,
                            after=after,
                            part=progress.part + 1,
                            figures=found,
                            failures=tuple(failures),
                            unread_rings=frozenset(unread_rings),
                        )
                        memory.save(_progress_key(stopped.run_id), stopped.to_data())
                        return Report(progress=stopped, is_stopped=True, unread=_unread(rows))
                    piece = pieces.read(left)
                    for report in self._reports(piece, group, runs):
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
        self._keep(rows, progress)
        changed: tuple[str, ...] = ()
        without_group = 0
        try:
            changed = tuple(self._baselines.unlike_their_definition(self._settings))
            without_group = nodes.count_without_group({group for group, _ in self._registered})
        except (ClientError, BotoCoreError) as error:
            failures.append(f"account: {error}")
        done = replace(
            progress,
            group=len(groups),
            after=None,
            figures=found,
            failures=tuple(failures),
            unread_rings=frozenset(unread_rings),
        )
        self._publish(done, without_group=without_group, changed_baselines=len(changed))
        memory.delete(_progress_key(progress.run_id))
        return Report(progress=done, changed_baselines=changed, unread=_unread(rows))

    def load(self, run_id: str, *, now: dt.datetime) -> Progress | None:
        """Return how far a report came that was stopped, or None if nobody knows."""
        data = Memory(self._clients.dynamodb, self._places.table_name, now=now).load(_progress_key(run_id))
        return None if data is None else Progress.from_data(data)

    def _is_late(self) -> bool:
        return self._remaining() < _TIME_TO_STOP

    def _reports(self, piece: Sequence[ReadNode], group: ReportedGroup, runs: Runs) -> Iterator[NodeReport]:
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
                        published=self._release_of(problem, system, baseline_id),
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

    def _release_of(
        self, problem: FoundProblem, system: OperatingSystem | None, baseline_id: str | None
    ) -> dt.datetime | None:
        if (
            system is not OperatingSystem.WINDOWS
            or problem.state is not PatchState.MISSING
            or baseline_id is None
        ):
            return None
        if baseline_id not in self._published:
            self._published[baseline_id] = self._baselines.published(baseline_id)
        return self._published[baseline_id].get(problem.patch)

    def _keep(self, rows: Sequence[dict[str, Any]], progress: Progress) -> None:
        if self._places.history_bucket is not None:
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

    def _publish(self, done: Progress, *, without_group: int, changed_baselines: int) -> None:
        publisher = MetricPublisher(
            self._clients.cloudwatch,
            rollout=self._settings.rollout,
            published=self._places.published_metrics,
            now=done.now,
        )
        for ring in self._settings.rings:
            if ring.name not in done.unread_rings:
                of_ring = [figure for where, figure in done.figures.items() if where[0] == ring.name]
                publisher.add_ring(ring.name, sum(of_ring, Figures()))
        publisher.add(AccountMetric.NODES_WITHOUT_GROUP, without_group)
        publisher.add(AccountMetric.BASELINES_CHANGED, changed_baselines)
        publisher.add(
            AccountMetric.EXPIRED_EXEMPTIONS,
            sum(not exemption.holds_on(done.now.date()) for exemption in self._settings.exemptions),
        )
        publisher.add(AccountMetric.REPORTS_FINISHED, not done.failures)
        publisher.publish()


def _progress_key(run_id: str) -> str:
    return f"report {run_id}"


def _unread(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {each["node_id"]: each["unread"] for each in rows if each["unread"] is not None}
