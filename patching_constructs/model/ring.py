"""Records of rings."""

from dataclasses import dataclass, field

from patching_constructs.model.location import Location
from patching_constructs.model.promises import Promise
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Maybe


@dataclass(frozen=True, kw_only=True, slots=True)
class RingRecord:
    """The part of a fleet that is patched at one time.

    Attributes:
        name: Name of the ring.
        order: Place of the ring in its rollout; a ring with a lower number is patched earlier.
        patch_groups: Names of the patch groups, in the order in which they were given.
        scan: When the ring is scanned.
        install: When the ring is patched, or None if it is only scanned.
        reboot_option: RebootOption of the install, or None if not given.
        max_concurrency: How many nodes work at once.
        max_errors: How many nodes may fail before no further node starts.
        soak_hours: Hours without trouble after which a later ring may follow, or None.
        promises: How soon patches are promised to be installed.
    """

    name: Maybe[str]
    order: Maybe[int] | None
    patch_groups: tuple[Maybe[str], ...]
    scan: ScheduleRecord
    install: ScheduleRecord | None
    reboot_option: Maybe[str] | None
    max_concurrency: Maybe[str]
    max_errors: Maybe[str]
    soak_hours: Maybe[int] | None
    promises: tuple[Promise, ...] = ()
    location: Location | None = field(default=None, compare=False)
