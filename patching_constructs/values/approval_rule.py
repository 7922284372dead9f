"""What a patch baseline is made of: filters, approval rules and patch sources."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from patching_constructs.errors import raise_errors
from patching_constructs.model.patch_baseline import PatchFilterRecord, PatchRuleRecord, PatchSourceRecord
from patching_constructs.model.patch_choices import ComplianceLevel, PatchFilterKey
from patching_constructs.rules.baselines.approval_rule import (
    check_approval_rule,
    check_patch_filter,
    check_patch_source,
)
from patching_constructs.values.declared_types import settle_fields
from patching_constructs.values.tokens import maybe, maybe_each


@dataclass(frozen=True, kw_only=True, slots=True)
class PatchFilter:
    """Select patches by one property: a patch passes if it has any of the values.

    Which keys and values are legal depends on the operating system; `PatchBaseline` checks them.
    Values are case-sensitive. `*` alone matches every value.

    Args:
        key: Property of the patch.
        values: 1 to 20 values of 1 to 64 characters each.

    Raises:
        InvalidInputError: If AWS would refuse the filter on every operating system.

    Example:
        >>> from patching_constructs import PatchFilter
        >>> PatchFilter.severity("Critical", "Important").values
        ('Critical', 'Important')

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchFilter.html
    """

    key: PatchFilterKey
    values: Sequence[str]

    def __post_init__(self) -> None:
        """Run the rules."""
        settle_fields(self, subject="PatchFilter")
        raise_errors(check_patch_filter(self.record), subject="PatchFilter")

    @classmethod
    def classification(cls, *values: str) -> "PatchFilter":
        """Select by kind of update, such as `Security` on Linux or `SecurityUpdates` on Windows."""
        return cls(key=PatchFilterKey.CLASSIFICATION, values=values)

    @classmethod
    def severity(cls, *values: str) -> "PatchFilter":
        """Select by the distributor's severity, on Linux with RPM packages."""
        return cls(key=PatchFilterKey.SEVERITY, values=values)

    @classmethod
    def msrc_severity(cls, *values: str) -> "PatchFilter":
        """Select by Microsoft's severity, on Windows."""
        return cls(key=PatchFilterKey.MSRC_SEVERITY, values=values)

    @classmethod
    def product(cls, *values: str) -> "PatchFilter":
        """Select by release, such as `AmazonLinux2023` or `WindowsServer2022`."""
        return cls(key=PatchFilterKey.PRODUCT, values=values)

    @classmethod
    def product_family(cls, *values: str) -> "PatchFilter":
        """Select by family of products, on Windows."""
        return cls(key=PatchFilterKey.PRODUCT_FAMILY, values=values)

    @classmethod
    def priority(cls, *values: str) -> "PatchFilter":
        """Select by priority of the package, on Debian, Ubuntu and Raspbian."""
        return cls(key=PatchFilterKey.PRIORITY, values=values)

    @classmethod
    def section(cls, *values: str) -> "PatchFilter":
        """Select by section of the archive, on Debian, Ubuntu and Raspbian."""
        return cls(key=PatchFilterKey.SECTION, values=values)

    @classmethod
    def patch_set(cls, *values: str) -> "PatchFilter":
        """Select the operating system's patches (`OS`) or other Microsoft software's (`APPLICATION`)."""
        return cls(key=PatchFilterKey.PATCH_SET, values=values)

    @property
    def record(self) -> PatchFilterRecord:
        """The filter as the rules see it."""
        return PatchFilterRecord(key=maybe(str(self.key)), values=maybe_each(self.values))


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalRule:
    """Approve the patches that pass every filter, some days after their release or up to a date.

    A delay has no effect on Debian, Ubuntu and Raspbian, and is not a head start by itself for another ring:
    that takes windows in the right order too.

    Args:
        patch_filters: At most 4 filters with different keys. No filter lets every patch pass.
        approve_after_days: Days from a patch's release or last update to its approval, 0 to 360.
        approve_until_date: Last day (UTC) of release of patches that are approved, as a date or YYYY-MM-DD.
            Exactly one of the two is needed.
        compliance_level: How compliance reports rate a missing patch. Default: unspecified.
        enable_non_security: Also take updates that are not security updates. Linux only.
            Default: security updates only.

    Raises:
        InvalidInputError: If AWS would refuse the rule on every operating system.

    Example:
        >>> from patching_constructs import ApprovalRule, ComplianceLevel, PatchFilter
        >>> rule = ApprovalRule(
        ...     patch_filters=[PatchFilter.classification("Security"), PatchFilter.severity("Critical")],
        ...     approve_after_days=3,
        ...     compliance_level=ComplianceLevel.CRITICAL,
        ... )
        >>> ApprovalRule(patch_filters=[])
        Traceback (most recent call last):
        ...
        patching_constructs.errors.InvalidInputError: ApprovalRule: approve_after_days: exactly one of \
approve_after_days and approve_until_date is needed, got neither; allowed: one of the two \
(see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchRule.html)

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchRule.html
    """

    patch_filters: Sequence[PatchFilter]
    approve_after_days: int | None = None
    approve_until_date: str | dt.date | None = None
    compliance_level: ComplianceLevel = ComplianceLevel.UNSPECIFIED
    enable_non_security: bool = False

    def __post_init__(self) -> None:
        """Run the rules."""
        settle_fields(self, subject="ApprovalRule")
        if isinstance(self.approve_until_date, dt.date):
            object.__setattr__(self, "approve_until_date", self.approve_until_date.strftime("%Y-%m-%d"))
        raise_errors(check_approval_rule(self.record), subject="ApprovalRule")

    @property
    def record(self) -> PatchRuleRecord:
        """The rule as the rules of the library see it."""
        date = self.approve_until_date
        return PatchRuleRecord(
            patch_filters=tuple(patch_filter.record for patch_filter in self.patch_filters),
            approve_after_days=maybe(self.approve_after_days),
            approve_until_date=None if date is None else maybe(str(date)),
            compliance_level=maybe(str(self.compliance_level)),
            enable_non_security=self.enable_non_security,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class PatchSource:
    """Name a repository that patches come from instead of those configured on the node. Linux only.

    Whoever can change a repository can run code on the nodes.

    Args:
        name: 3 to 50 letters, digits, `_`, `-` and `.`.
        products: Releases that the repository serves, 1 to 20, such as `Ubuntu24.04`; `*` for all.
        configuration: Text of the repository's configuration, up to 1024 characters.

    Raises:
        InvalidInputError: If AWS would refuse the source.

    Example:
        >>> from patching_constructs import PatchSource
        >>> snapshot = PatchSource(
        ...     name="snapshot-2026-11",
        ...     products=["Ubuntu24.04"],
        ...     configuration="deb https://mirror.example.com/2026-11/ noble main",
        ... )

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-alternative-source-repository.html
    """

    name: str
    products: Sequence[str]
    configuration: str

    def __post_init__(self) -> None:
        """Run the rules."""
        settle_fields(self, subject="PatchSource")
        raise_errors(check_patch_source(self.record), subject="PatchSource")

    @property
    def record(self) -> PatchSourceRecord:
        """The source as the rules see it."""
        return PatchSourceRecord(
            name=maybe(self.name),
            products=maybe_each(self.products),
            configuration=maybe(self.configuration),
        )
