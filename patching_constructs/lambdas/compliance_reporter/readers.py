"""What a report is read with, and what is known of each node then."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from patching_constructs.contracts.ring_document import DeployedGroup
from patching_constructs.lambdas.compliance_reporter.baseline_reader import BaselineReader
from patching_constructs.lambdas.compliance_reporter.memory import Memory
from patching_constructs.lambdas.compliance_reporter.nodes import NodeReader
from patching_constructs.lambdas.compliance_reporter.pieces import PieceReader, ReadNode
from patching_constructs.lambdas.compliance_reporter.publications import Publications
from patching_constructs.lambdas.compliance_reporter.window_reader import RolloutRuns
from patching_constructs.model.node_report import NodeReport, PatchProblem
from patching_constructs.model.operating_system import OperatingSystem


@dataclass(frozen=True, kw_only=True, slots=True)
class Readers:
    """What a piece of a report is read with, and what is read once for all its groups."""

    memory: Memory
    nodes: NodeReader
    pieces: PieceReader
    baselines: BaselineReader
    publications: Publications
    registered: Mapping[tuple[str, OperatingSystem], str]
    runs: RolloutRuns
    now: dt.datetime

    def is_of_others(self, reported_at: dt.datetime) -> bool:
        """Return whether no window explains a scan or install; one in the future is not judged."""
        return reported_at <= self.now and not self.runs.explains(reported_at)

    def system_of(self, group: str, baseline_id: str | None) -> OperatingSystem | None:
        """Return what the baseline of a group is for, if it is registered for the group."""
        return next(
            (
                system
                for (name, system), registered in self.registered.items()
                if name == group and registered == baseline_id
            ),
            None,
        )


def node_reports(piece: Sequence[ReadNode], group: DeployedGroup, readers: Readers) -> Iterator[NodeReport]:
    """Yield what is known of each node of a piece of a group."""
    for read in piece:
        node = read.node
        last = node.last_report
        baseline_id = None if last is None else last.baseline_id
        system = node.operating_system or readers.system_of(group.name, baseline_id)
        reported_at = None if last is None else last.ended_at
        yield NodeReport(
            node_id=node.node_id,
            name=node.name,
            patch_group=group.name,
            operating_system=system,
            is_managed=node.is_managed,
            baseline_id=baseline_id,
            expected_baseline_id=None if system is None else readers.registered.get((group.name, system)),
            reported_at=reported_at,
            is_reported_by_others=reported_at is not None and readers.is_of_others(reported_at),
            problems=tuple(
                PatchProblem(
                    patch=problem.patch,
                    state=problem.state,
                    # Debian's packages have a priority in place of a severity.
                    severity=None if system is not None and system.is_apt else problem.severity,
                    first_seen=problem.first_seen,
                    published=readers.publications.of(problem, system, baseline_id),
                )
                for problem in read.problems
            ),
            unread=read.unread,
        )
