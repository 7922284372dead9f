"""Rules about where the output of scans and installs goes."""

from collections.abc import Iterator, Sequence

from patching_constructs.analysis.patch_operation import patching_tasks
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.maintenance_window import TaskRecord, WindowRecord
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.unknown import Maybe
from patching_constructs.model.wording import window_name

_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-rc-setting-up-s3-logs.html"


def check_output_places(windows: Sequence[WindowRecord]) -> Iterator[Finding]:
    """Find installs of one account and Region whose output lies where that of scans does."""
    scans: dict[tuple[Maybe[str], Maybe[str]], WindowRecord] = {}
    for window in windows:
        for task in patching_tasks(window, PatchOperation.SCAN):
            if (place := _place(task)) is not None:
                scans.setdefault(place, window)
    for window in windows:
        for task in patching_tasks(window, PatchOperation.INSTALL):
            place = _place(task)
            if place is not None and place in scans:
                yield Finding(
                    id=FindingId.INSTALL_OUTPUT_WITH_SCANS,
                    level=Level.WARNING,
                    field="output.s3_key_prefix",
                    message=f"the scans of window {window_name(scans[place])!r} write to the same place, so "
                    "that the output of both cannot be distinguished",
                    received=repr(place[1]),
                    allowed="a prefix of its own",
                    source=_PAGE,
                    location=task.location,
                )


def _place(task: TaskRecord) -> tuple[Maybe[str], Maybe[str]] | None:
    output = task.output
    if output is None or output.s3_bucket_name is None or output.s3_key_prefix is None:
        return None
    return output.s3_bucket_name, output.s3_key_prefix
