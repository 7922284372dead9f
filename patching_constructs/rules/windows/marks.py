"""Rules about what our constructs mark on windows."""

from collections.abc import Iterator

from patching_constructs.model.estate import WindowAt
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.unknown import Unknown


def check_marks(window: WindowAt) -> Iterator[Finding]:
    """Find marks that tags and Metadata of a window give differently, and promises that are not known."""
    yield from _check_promises(window)
    for name in ("rollout", "ring", "ring_order"):
        tag, metadata = getattr(window.tag_marks, name), getattr(window.metadata_marks, name)
        if tag is None or metadata is None or isinstance(tag, Unknown) or isinstance(metadata, Unknown):
            continue
        if tag != metadata:
            yield Finding(
                id=FindingId.MARKS_DISAGREE,
                level=Level.WARNING,
                field=f"tags.{name}",
                message="the tag says something else than the Metadata of the window; the tag counts",
                received=f"{tag!r} in the tag and {metadata!r} in the Metadata",
                allowed="the same in both, as RingedMaintenanceWindow writes them",
                location=window.record.location,
            )


def _check_promises(window: WindowAt) -> Iterator[Finding]:
    promises = window.metadata_marks.promises
    several = (promises,) if promises is None or isinstance(promises, Unknown) else promises
    for why in dict.fromkeys(promise for promise in several if isinstance(promise, Unknown)):
        yield Finding(
            id=FindingId.EXPOSURE_OVER_PROMISE,
            level=Level.INFO,
            field="metadata.promises",
            message="a promise is marked on the window, and it is not known what is promised",
            location=window.record.location,
            undecided=why.reason,
        )
