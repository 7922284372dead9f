"""Baselines: which patches are approved, and when."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, StrictBool, StrictInt, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline_limits import NAME_PATTERN
from patching_constructs.model.patch_choices import (
    AvailableSecurityUpdatesComplianceStatus,
    ComplianceLevel,
    PatchFilterKey,
    RejectedPatchesAction,
)
from patching_constructs.settings.base import SettingsModel, exactly_one, refuse, refuse_unless_one
from patching_constructs.values.approval_rule import ApprovalRule, PatchFilter, PatchSource
from patching_constructs.values.baseline_name import default_baseline_name, group_baseline_name
from patching_constructs.values.ready_made import READY_MADE


def _is_ready_made(name: str) -> str:
    if name not in READY_MADE:
        raise PydanticCustomError("enum", "unknown rule set")
    return name


ReadyMade = Annotated[
    str, AfterValidator(_is_ready_made), WithJsonSchema({"enum": sorted(READY_MADE), "type": "string"})
]
Days = Annotated[StrictInt, Field(ge=0, le=360)]
PatchFilters = dict[PatchFilterKey, list[str]]


class ApprovalRuleSettings(SettingsModel):
    """Patches that pass every filter are approved some days after their release, or up to a date."""

    patch_filters: PatchFilters = Field(default_factory=dict)
    """Properties that a patch must have, each with the values that match. Default: every patch passes."""
    approve_after_days: Days | None = None
    """Days from a patch's release or last update to its approval, 0 to 360."""
    approve_until_date: str | None = None
    """Last day (UTC) of release of patches that are approved, as YYYY-MM-DD."""
    compliance_level: ComplianceLevel = ComplianceLevel.UNSPECIFIED
    """How compliance reports rate a missing patch. Default: unspecified."""
    enable_non_security: StrictBool = False
    """Linux only: whether updates that are not security updates are taken too. Default: they are not."""

    def to_value(self) -> ApprovalRule:
        """Return the rule that the library works with."""
        return ApprovalRule(
            patch_filters=_filters(self.patch_filters),
            approve_after_days=self.approve_after_days,
            approve_until_date=self.approve_until_date,
            compliance_level=self.compliance_level,
            enable_non_security=self.enable_non_security,
        )


class PatchSourceSettings(SettingsModel):
    """A repository that patches come from, instead of those configured on the node. Linux only."""

    name: str
    """3 to 50 letters, digits, _, - and dots."""
    products: list[str]
    """Releases that the repository serves, such as Ubuntu24.04; * for all."""
    configuration: str
    """Text of the repository's configuration."""

    def to_value(self) -> PatchSource:
        """Return the source that the library works with."""
        return PatchSource(name=self.name, products=self.products, configuration=self.configuration)


_KINDS = ("ready_made", "approval_rules", "aws_default")


class BaselineSettings(SettingsModel):
    """A named baseline for one operating system: ready-made, written out, or AWS's own."""

    model_config = ConfigDict(json_schema_extra=exactly_one(_KINDS))

    name: Annotated[str, Field(pattern=f"^{NAME_PATTERN}$")]
    """Name of the definition, 3 to 128 letters, digits, _, - and dots. Each patch group that uses it has a
    baseline of its own, named `name.group`."""
    operating_system: OperatingSystem
    """Operating system of the nodes."""
    ready_made: Annotated[list[ReadyMade], Field(min_length=1)] | None = None
    """Names of the library's rule sets; a patch is approved if any of their rules approves it."""
    approve_after_days: Days | None = None
    """With `ready_made`: days from a patch's release or last update to its approval, 0 to 360. Default: 7,
    or 0 on Debian, Ubuntu and Raspbian, where a delay has no effect."""
    approval_rules: Annotated[list[ApprovalRuleSettings], Field(min_length=1)] | None = None
    """Rules that are written out; a patch is approved if any of them approves it."""
    aws_default: Literal[True] | None = None
    """The account's default baseline, which is AWS's unless it has been changed."""
    description: str | None = None
    """What the baseline is for. Default: none."""
    default_baseline: StrictBool = False
    """Whether every account that uses it has one more baseline, `name.account-default`, as the default of the
    operating system. AWS does not delete a baseline while it is the default. Default: no."""
    global_filters: PatchFilters = Field(default_factory=dict)
    """Properties that every patch must have, whatever the rules say. Default: none."""
    approved_patches: list[str] = Field(default_factory=list)
    """Patches that are approved whatever the rules say. Default: none."""
    approved_patches_compliance_level: ComplianceLevel | None = None
    """How compliance reports rate a missing patch of `approved_patches`. Default: unspecified."""
    approved_patches_enable_non_security: StrictBool | None = None
    """Linux only: whether `approved_patches` may hold updates that are not security updates. Default: no."""
    rejected_patches: list[str] = Field(default_factory=list)
    """Patches that are not installed. Default: none."""
    rejected_patches_action: RejectedPatchesAction | None = None
    """Whether a rejected patch is installed where another needs it. Default: as a dependency only."""
    available_security_updates_compliance_status: AvailableSecurityUpdatesComplianceStatus | None = None
    """Windows only: how nodes count security updates that are not approved yet. Default: as AWS does."""
    sources: list[PatchSourceSettings] = Field(default_factory=list)
    """Linux only: repositories that patches come from. Default: those configured on the node."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        refuse_unless_one(self, _KINDS)
        if self.aws_default is not None:
            for key in sorted(self.model_fields_set - {"name", "operating_system", "aws_default"}):
                refuse(
                    key, "AWS's baseline cannot be changed", allowed="no such key together with aws_default"
                )
        elif self.approval_rules is not None and self.approve_after_days is not None:
            refuse(
                "approve_after_days",
                "each rule has its own",
                allowed="no such key together with approval_rules",
            )
        return self

    def name_of_group(self, patch_group: str) -> str:
        """Return the name of the baseline that `patch_group` has by this definition."""
        return group_baseline_name(self.name, patch_group=patch_group)

    @property
    def name_of_account(self) -> str:
        """Name of the default baseline that an account has by this definition."""
        return default_baseline_name(self.name)

    @property
    def approval_rule_values(self) -> tuple[ApprovalRule, ...]:
        """The rules that the library works with; none for AWS's default baseline."""
        if self.ready_made is not None:
            return tuple(
                rule
                for name in self.ready_made
                for rule in READY_MADE[name](
                    self.operating_system, approve_after_days=self.approve_after_days
                )
            )
        return tuple(rule.to_value() for rule in self.approval_rules or ())

    @property
    def global_filter_values(self) -> tuple[PatchFilter, ...]:
        """The global filters that the library works with."""
        return _filters(self.global_filters)

    @property
    def source_values(self) -> tuple[PatchSource, ...]:
        """The patch sources that the library works with."""
        return tuple(source.to_value() for source in self.sources)


def _filters(filters: PatchFilters) -> tuple[PatchFilter, ...]:
    return tuple(PatchFilter(key=key, values=values) for key, values in filters.items())
