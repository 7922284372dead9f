"""Records of patch baselines: they hold whatever a template can say, right or wrong."""

from dataclasses import dataclass, field

from patching_constructs.model.location import Location
from patching_constructs.model.unknown import Maybe


@dataclass(frozen=True, kw_only=True, slots=True)
class PatchFilterRecord:
    """One entry of a PatchFilterGroup: a key and the values that match."""

    key: Maybe[str]
    values: Maybe[tuple[Maybe[str], ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class PatchRuleRecord:
    """One approval rule."""

    patch_filters: Maybe[tuple[PatchFilterRecord, ...]] = ()
    approve_after_days: Maybe[int] | None = None
    approve_until_date: Maybe[str] | None = None
    compliance_level: Maybe[str] | None = None
    enable_non_security: Maybe[bool] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PatchSourceRecord:
    """An alternative patch repository of a Linux baseline."""

    name: Maybe[str]
    products: Maybe[tuple[Maybe[str], ...]]
    configuration: Maybe[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class PatchBaselineRecord:
    """A patch baseline; None means that the property is not given."""

    name: Maybe[str]
    operating_system: Maybe[str] | None = None
    approval_rules: Maybe[tuple[PatchRuleRecord, ...]] = ()
    global_filters: Maybe[tuple[PatchFilterRecord, ...]] = ()
    approved_patches: Maybe[tuple[Maybe[str], ...]] = ()
    approved_patches_compliance_level: Maybe[str] | None = None
    approved_patches_enable_non_security: Maybe[bool] | None = None
    rejected_patches: Maybe[tuple[Maybe[str], ...]] = ()
    rejected_patches_action: Maybe[str] | None = None
    available_security_updates_compliance_status: Maybe[str] | None = None
    default_baseline: Maybe[bool] | None = None
    description: Maybe[str] | None = None
    patch_groups: Maybe[tuple[Maybe[str], ...]] = ()
    sources: Maybe[tuple[PatchSourceRecord, ...]] = ()
    location: Location | None = field(default=None, compare=False)
