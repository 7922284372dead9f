"""The rings of a construct's maintenance windows, as functions read them."""

import datetime as dt
from collections.abc import Mapping

from constructs import Construct

from patching_constructs.constructs.baselines.registrations import groups_on_aws_default
from patching_constructs.constructs.windows.ringed_maintenance_window import RingedMaintenanceWindow
from patching_constructs.contracts.ring_document import (
    DeployedGroup,
    DeployedRing,
    DeployedWindow,
    RingDocument,
)
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.promises import Severity
from patching_constructs.values.ring import Ring


def ring_document(scope: Construct, windows: RingedMaintenanceWindow) -> RingDocument:
    """Describe the rings of maintenance windows to a function.

    Args:
        scope: A construct of the app, by which the baselines of the patch groups are found.
        windows: The windows.
    """
    names = [group.name for ring in windows.rings for group in ring.patch_groups]
    on_aws_default = groups_on_aws_default(scope, names)
    return RingDocument(
        rollout=windows.rollout_name,
        rings=tuple(
            DeployedRing(
                name=ring.name,
                order=ring.order or 0,
                production=ring.production,
                patch_groups=tuple(
                    DeployedGroup(
                        name=group.name,
                        tag_key=str(group.tag_key),
                        on_aws_default=group.name in on_aws_default,
                    )
                    for group in ring.patch_groups
                ),
                windows=tuple(
                    DeployedWindow(
                        name=window.maintenance_window_name,
                        installs=window.operation is PatchOperation.INSTALL,
                    )
                    for window in windows.windows
                    if window.ring_name == ring.name
                ),
                within=_within(ring),
            )
            for ring in windows.rings
        ),
    )


def _within(ring: Ring) -> Mapping[Severity, dt.timedelta]:
    """Return the shortest time that is promised for each severity."""
    within: dict[Severity, dt.timedelta] = {}
    for promise in ring.promises:
        for severity, time in promise.within.items():
            # All promises have to be kept, so the shortest one decides.
            within[severity] = min(time, within.get(severity, time))
    return within
