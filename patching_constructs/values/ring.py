"""A ring: the part of a fleet that is patched at one time."""

from collections.abc import Sequence
from dataclasses import dataclass

from patching_constructs.errors import raise_errors
from patching_constructs.model.patching_documents import PatchOperation, RebootOption
from patching_constructs.model.promises import Promise
from patching_constructs.model.ring import RingRecord
from patching_constructs.rules.rings.ring import check_ring
from patching_constructs.values.declared_types import settle_fields
from patching_constructs.values.patch_group import PatchGroup
from patching_constructs.values.patch_window import PatchWindow


@dataclass(frozen=True, kw_only=True, slots=True)
class Ring:
    """Say which patch groups are patched at one time, when, and how carefully.

    Args:
        name: Name, such as `dev` or `prod`. Characters: a-z A-Z 0-9 _ - . It becomes part of the names of the
            ring's windows, so that renaming a ring replaces them.
        patch_groups: The groups, at least one. A group is in one ring only.
        scan: When nodes report what is missing.
        install: When nodes are patched. Default: never; the ring is only scanned, as a fleet that is patched
            through its images.
        reboot_option: Whether nodes reboot after an install. No default: required with `install`, refused
            without it.
        max_concurrency: How many nodes work at once, as text: a number from `"1"`, or `"1%"` to `"100%"`.
            It counts over all groups of the ring, for the scan as for the install.
        max_errors: How many nodes may fail before no further node starts, as text: a number from `"0"`, or
            `"0%"` to `"100%"`. It counts over all groups of the ring, for the scan as for the install.
        order: Place in the rollout, from 1; a ring with a lower number is patched earlier. Give it where the
            rings of a rollout stand in several accounts. Default: the position among the construct's rings.
        production: Whether the ring is production. A baseline that it shares with another ring is a warning.
            Default: it is not.
        update_agent: Whether the install window first updates the SSM agent. It has no effect on a ring that
            is only scanned. Default: it does in the groups that have no Ubuntu, as the baselines say that
            register them before the windows are defined; on Ubuntu the agent is a snap, which updates itself
            and undoes an update by Systems Manager.
        soak_hours: How long the ring has to run without trouble before a later ring may follow. Unit: hours,
            from 1. It is written into the template, for tools that prove the order. Default: no soak is
            promised.
        promises: How soon after its publication a patch is installed: `PROMISES` by name, or own ones. They
            are written into the template, and `PatchingChecks` and `patching check` judge them. Refused
            without `install`. Default: nothing is promised.

    Raises:
        InvalidInputError: If the name, the groups, the reboot choice, the budget, the order, the soak or a
            promise is wrong.

    Example:
        >>> from patching_constructs import PatchGroup, PatchWindow, RebootOption, Ring, Schedule, Weekday
        >>> ring = Ring(
        ...     name="dev",
        ...     patch_groups=[PatchGroup(name="dev-web"), PatchGroup(name="dev-batch")],
        ...     scan=PatchWindow(schedule=Schedule.daily(hour=5), duration_hours=2, cutoff_hours=1),
        ...     install=PatchWindow(
        ...         schedule=Schedule.weekly(day=Weekday.TUESDAY, hour=20), duration_hours=4, cutoff_hours=1
        ...     ),
        ...     reboot_option=RebootOption.REBOOT_IF_NEEDED,
        ...     max_concurrency="50%",
        ...     max_errors="10%",
        ... )
        >>> [group.name for group in ring.patch_groups]
        ['dev-web', 'dev-batch']

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-patch-groups.html
    """

    name: str
    patch_groups: Sequence[PatchGroup]
    scan: PatchWindow
    install: PatchWindow | None = None
    reboot_option: RebootOption | None = None
    max_concurrency: str
    max_errors: str
    order: int | None = None
    production: bool = False
    update_agent: bool | None = None
    soak_hours: int | None = None
    promises: Sequence[Promise] = ()

    def __post_init__(self) -> None:
        """Keep the groups and promises from changing and run the rules."""
        settle_fields(self, subject=f"Ring {self.name!r}")
        raise_errors(check_ring(self.record), subject=f"Ring {self.name!r}")

    @property
    def patch_windows(self) -> dict[PatchOperation, PatchWindow]:
        """When the ring is scanned and, unless it is only scanned, when it is patched."""
        windows = {PatchOperation.SCAN: self.scan}
        if self.install is not None:
            windows[PatchOperation.INSTALL] = self.install
        return windows

    @property
    def record(self) -> RingRecord:
        """The ring as the model holds it."""
        return RingRecord(
            name=self.name,
            order=self.order,
            patch_groups=tuple(group.name for group in self.patch_groups),
            scan=self.scan.schedule.record,
            install=None if self.install is None else self.install.schedule.record,
            reboot_option=self.reboot_option,
            max_concurrency=self.max_concurrency,
            max_errors=self.max_errors,
            soak_hours=self.soak_hours,
            promises=tuple(self.promises),
        )
