"""Whether there are runs of rings to record."""

from collections.abc import Iterator, Sequence

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId


def check_install_windows(names: Sequence[str]) -> Iterator[Finding]:
    """Find windows of which none installs."""
    if not names:
        yield Finding(
            id=FindingId.INSTALL_WINDOW_MISSING,
            level=Level.ERROR,
            field="maintenance_windows",
            message="no ring would ever have a run",
            received="no install window",
            allowed="a RingedMaintenanceWindow with a ring that installs",
        )
