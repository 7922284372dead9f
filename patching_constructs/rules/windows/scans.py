"""Rules about what scans the nodes that are patched."""

from collections.abc import Iterable, Iterator, Sequence

from patching_constructs.analysis.patch_operation import patching_tasks
from patching_constructs.analysis.shared_nodes import SharedNodes, shared_nodes
from patching_constructs.model.estate import RingPlan
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.maintenance_window import TargetRecord, WindowRecord
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.unknown import Unknown

_COMPLIANCE_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-compliance-states.html"
)


def check_scanned_and_patched(windows: Sequence[WindowRecord]) -> Iterator[Finding]:
    """Find windows of one account and Region that patch nodes which no window beside them scans."""
    scanned = [target for window in windows for target in _targets(window, PatchOperation.SCAN)]
    if not scanned:
        return
    for window in windows:
        patched = _targets(window, PatchOperation.INSTALL)
        shared = shared_nodes(patched, scanned) if patched else SharedNodes.CERTAIN
        if shared is SharedNodes.CERTAIN:
            continue
        unknown = shared.reason if isinstance(shared, Unknown) else "it depends on tags of the nodes"
        yield Finding(
            id=FindingId.SCANNED_AND_PATCHED_APART,
            level=Level.INFO,
            field="targets",
            message="none of the nodes that it patches is scanned by a window beside it"
            if shared is SharedNodes.NONE
            else "perhaps not all of the nodes that it patches are scanned by a window beside it",
            allowed="scan what is patched, so that its compliance is known between installs",
            source=_COMPLIANCE_PAGE,
            location=window.location,
            undecided=None if shared is SharedNodes.NONE else unknown,
        )


def check_production_scans(rings: Iterable[RingPlan]) -> Iterator[Finding]:
    """Find production that is patched and never scanned."""
    for ring in rings:
        if not ring.production:
            continue
        for member in ring.members:
            if member.install_windows and not member.scan_windows:
                yield Finding(
                    id=FindingId.PRODUCTION_WITHOUT_SCAN,
                    level=Level.WARNING,
                    field="patch_groups",
                    message="no window scans this group of production, so its compliance is unknown "
                    "between installs",
                    received=repr(member.patch_group),
                    allowed="a window with the operation Scan, every day or so",
                    source=_COMPLIANCE_PAGE,
                    location=member.install_windows[0].location,
                )


def _targets(window: WindowRecord, operation: PatchOperation) -> list[TargetRecord]:
    return [target for task in patching_tasks(window, operation) for target in task.targets]
