"""Rings: which nodes are patched together, when, and how carefully."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, StrictBool, StrictInt, ValidationInfo, field_validator

from patching_constructs.model.maintenance_window_limits import MAX_CONCURRENCY_PATTERN, MAX_ERRORS_PATTERN
from patching_constructs.model.patch_group import PatchGroupTagKey
from patching_constructs.model.patching_documents import RebootOption
from patching_constructs.model.promises import Promise
from patching_constructs.settings.alarms import RecipientSettings
from patching_constructs.settings.base import Name, SettingsModel, refuse
from patching_constructs.settings.promises import PromiseSettings
from patching_constructs.settings.window import WindowSettings
from patching_constructs.values.patch_group import PatchGroup
from patching_constructs.values.ring import Ring

MaxConcurrency = Annotated[str, Field(pattern=f"^({MAX_CONCURRENCY_PATTERN})$", examples=["10%"])]
MaxErrors = Annotated[str, Field(pattern=f"^({MAX_ERRORS_PATTERN})$", examples=["5%"])]


def _is_patch_group_name(name: str) -> str:
    PatchGroup(name=name)
    return name


class PatchGroupSettings(SettingsModel):
    """Nodes that carry the same patch group tag, in every account of the ring."""

    name: Annotated[str, AfterValidator(_is_patch_group_name)]
    """Value of the tag: 1 to 256 letters, digits, spaces and _.:/=+-@. In one ring of an account only."""
    tag_key: PatchGroupTagKey = PatchGroupTagKey.PATCH_GROUP
    """Key of the tag. Default: PatchGroup."""
    node_count: Annotated[StrictInt, Field(ge=1)]
    """About how many nodes carry the tag, in one account and Region."""
    baselines: Annotated[list[str], Field(min_length=1)]
    """Names of the baselines of this group, one for each operating system in it."""
    scan_only: StrictBool = False
    """Whether the nodes are only scanned, because they are patched through their images.
    Default: they are patched."""

    def to_value(self) -> PatchGroup:
        """Return the patch group that the library works with."""
        return PatchGroup(name=self.name, tag_key=self.tag_key)


class RingSettings(SettingsModel):
    """A ring: the part of the fleet that is patched at one time."""

    model_config = ConfigDict(
        json_schema_extra={"dependentRequired": {"install": ["reboot_option"], "reboot_option": ["install"]}}
    )

    name: Name
    """Name of the ring. It becomes part of the names of its windows."""
    accounts: Annotated[list[str], Field(min_length=1)]
    """Names of the workload accounts that the ring's nodes are in."""
    production: StrictBool = False
    """Whether the ring is production. Default: the last ring is, if no ring says so."""
    patch_groups: Annotated[list[PatchGroupSettings], Field(min_length=1)]
    """Groups of nodes that are patched together."""
    scan: WindowSettings
    """When nodes report what is missing."""
    install: WindowSettings | None = None
    """When nodes are patched. Needed unless every group of the ring is only scanned."""
    reboot_option: RebootOption | None = Field(default=None, validate_default=True)
    """Whether nodes reboot after patching. Needed with `install`; RebootIfNeeded reboots every time."""
    max_concurrency: Annotated[StrictInt, Field(ge=1, le=9_999_999)] | MaxConcurrency
    """How many nodes of the ring work at once, in one account: a number from 1, or 1% to 100%."""
    max_errors: Annotated[StrictInt, Field(ge=0, le=9_999_999)] | MaxErrors
    """How many nodes may fail before no further node starts: a number from 0, or 0% to 100%."""
    update_agent: StrictBool | None = None
    """Whether the install window updates the SSM agent first. Default: it does in groups without Ubuntu; on
    Ubuntu the agent is a snap that updates itself."""
    soak_hours: Annotated[StrictInt, Field(ge=1)] | None = None
    """Hours that the ring has to run without trouble before a later ring may follow. Default: none."""
    promises: list[PromiseSettings] = Field(default_factory=list)
    """How soon after its publication a patch is installed in the ring. Default: nothing is promised."""
    recipients: list[RecipientSettings] = Field(default_factory=list)
    """Who is notified of failures in this ring. Default: only the recipients of the whole organisation."""

    @field_validator("reboot_option")
    @classmethod
    def _is_for_install(cls, reboot_option: RebootOption | None, info: ValidationInfo) -> RebootOption | None:
        # An install window that is wrong by itself is not among the data, but it is there.
        has_install = info.data.get("install", ...) is not None
        if has_install and reboot_option is None:
            refuse("", "a ring that installs needs an explicit choice", allowed=", ".join(RebootOption))
        if not has_install and reboot_option is not None:
            refuse("", "has no meaning for a ring that only scans", allowed="no such key without install")
        return reboot_option

    @field_validator("promises")
    @classmethod
    def _are_for_install(cls, promises: list[PromiseSettings], info: ValidationInfo) -> list[PromiseSettings]:
        # As above: an install window that is wrong by itself is there all the same.
        if promises and info.data.get("install", ...) is None:
            refuse("", "a ring that only scans installs nothing", allowed="no such key without install")
        return promises

    @property
    def promise_values(self) -> tuple[Promise, ...]:
        """The promises that the library works with."""
        return tuple(promise.to_value() for promise in self.promises)

    def patched_ring(self, *, order: int, production: bool) -> Ring | None:
        """Return the ring of the groups that are patched, or None if all are only scanned."""
        groups = [group.to_value() for group in self.patch_groups if not group.scan_only]
        if self.install is None or not groups:
            return None
        return Ring(
            name=self.name,
            patch_groups=groups,
            scan=self.scan.to_value(),
            install=self.install.to_value(),
            reboot_option=self.reboot_option,
            max_concurrency=str(self.max_concurrency),
            max_errors=str(self.max_errors),
            order=order,
            production=production,
            update_agent=self.update_agent,
            soak_hours=self.soak_hours,
            promises=self.promise_values,
        )

    def scan_only_ring(self, *, order: int, production: bool) -> Ring | None:
        """Return the ring of the groups that are only scanned, or None if there is none."""
        groups = [group.to_value() for group in self.patch_groups if group.scan_only]
        if not groups:
            return None
        return Ring(
            name=f"{self.name}-scan-only",
            patch_groups=groups,
            scan=self.scan.to_value(),
            max_concurrency=str(self.max_concurrency),
            max_errors=str(self.max_errors),
            order=order,
            production=production,
        )
