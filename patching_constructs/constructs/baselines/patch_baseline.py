"""Which patches are approved for whom."""

import dataclasses
import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from typing import Protocol, Required, Self, TypedDict, Unpack, runtime_checkable

from aws_cdk import CfnTag, Resource
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from patching_constructs.constructs._shared.report import annotate_warnings, refuse_errors
from patching_constructs.constructs.baselines.properties import (
    filter_group_property,
    rule_group_property,
    source_property,
    word,
)
from patching_constructs.constructs.baselines.references import AwsDefaultPatchBaseline, ImportedPatchBaseline
from patching_constructs.constructs.baselines.registrations import check_not_registered, register
from patching_constructs.errors import raise_errors
from patching_constructs.model.finding import Finding
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchBaselineRecord
from patching_constructs.model.patch_choices import (
    AvailableSecurityUpdatesComplianceStatus,
    ComplianceLevel,
    RejectedPatchesAction,
)
from patching_constructs.model.patch_filters import WINDOWS_DESKTOP_PRODUCTS
from patching_constructs.rules.baselines.patch_baseline import check_patch_baseline, check_patch_groups
from patching_constructs.rules.baselines.patch_baseline_warnings import warn_about_patch_baseline
from patching_constructs.rules.tags import check_tags
from patching_constructs.values import ready_made
from patching_constructs.values.approval_rule import ApprovalRule, PatchFilter, PatchSource
from patching_constructs.values.declared_types import checked_arguments
from patching_constructs.values.tokens import maybe, maybe_each


@runtime_checkable
class IPatchBaseline(Protocol):
    """A patch baseline, whoever defines it.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-patch-baselines.html
    """

    @property
    def operating_system(self) -> OperatingSystem:
        """Operating system that the baseline is for."""

    @property
    def patch_baseline_id(self) -> str | None:
        """Id of the baseline (may be a token), or None for the default, which differs between accounts."""

    @property
    def accepts_patch_groups(self) -> bool:
        """Whether `register_patch_group` may be called."""

    def register_patch_group(self, patch_group: str) -> None:
        """Let nodes of the operating system in `patch_group` use the baseline.

        Args:
            patch_group: Name of the group. A group that is registered already stays as it is.

        Raises:
            InvalidInputError: If the baseline is imported, the name or the number of groups is not allowed,
                or another baseline has the group.
        """


class PatchBaselineOptions(TypedDict, total=False):
    """Arguments of `PatchBaseline` that the ready-made baselines pass on."""

    patch_baseline_name: Required[str]
    global_filters: Sequence[PatchFilter]
    approved_patches: Sequence[str]
    approved_patches_compliance_level: ComplianceLevel | None
    approved_patches_enable_non_security: bool | None
    rejected_patches: Sequence[str]
    rejected_patches_action: RejectedPatchesAction | None
    available_security_updates_compliance_status: AvailableSecurityUpdatesComplianceStatus | None
    sources: Sequence[PatchSource]
    patch_groups: Sequence[str]
    default_baseline: bool
    description: str | None
    tags: Mapping[str, str] | None


class PatchBaseline(Resource):
    """Define a patch baseline: the rules by which patches are approved for an operating system.

    Defines one AWS::SSM::PatchBaseline. A node uses it if its patch group is registered here; a node whose
    group is registered nowhere uses the account's default baseline in silence. AWS replaces a baseline whose
    operating system changes, and does not delete one while it is a default.

    A group cannot move to another baseline in one deployment: CloudFormation registers it there before the
    old one gives it up, and AWS refuses that. So give each group a baseline of its own for each operating
    system, with an id that is made of both. Then everything else about the baseline can change in place.

    What is legal but probably wrong becomes a CDK warning with the id `patching-constructs::<finding id>`.

    Args:
        patch_baseline_name: 3 to 128 letters, digits, `_`, `-` and `.`.
        operating_system: Operating system of the nodes; one patch group has one baseline for each.
        approval_rules: At most 10 rules; a patch is approved if any rule approves it.
            Default: no rule, only `approved_patches`, of which there must be some then.
        global_filters: At most 4 filters that every patch has to pass before the rules look at it.
            Default: every patch passes.
        approved_patches: At most 50 names of patches that are always approved, as the package manager spells
            them. Default: none.
        approved_patches_compliance_level: How compliance reports rate a missing approved patch.
            Default: unspecified.
        approved_patches_enable_non_security: Whether `approved_patches` has updates that are not security
            updates. Linux only. Default: False.
        rejected_patches: At most 50 names of patches that are not installed, even if approved. Default: none.
        rejected_patches_action: What happens where another package needs a rejected one.
            Default: it is installed as a dependency.
        available_security_updates_compliance_status: How security updates count that wait for approval.
            Windows only. Default: as AWS sees fit, compliant at this time.
        sources: At most 20 repositories to use instead of those configured on the node. Linux only.
            Default: those on the node.
        patch_groups: At most 25 names of patch groups. Default: none, until `register_patch_group` is called.
        default_baseline: Whether to become the default of the operating system for the whole account and
            Region. Default: False.
        description: Up to 1024 characters. Default: none.
        tags: Tags of the baseline. Default: those of the stack.

    Raises:
        InvalidInputError: If AWS would refuse the baseline, or another baseline of the app has one of the
            patch groups for the operating system in the same account and Region.

    Example:
        >>> import aws_cdk as cdk
        >>> from patching_constructs import ApprovalRule, OperatingSystem, PatchBaseline, PatchFilter
        >>> stack = cdk.Stack(cdk.App(), "Patching")
        >>> baseline = PatchBaseline(
        ...     stack,
        ...     "Baseline",
        ...     patch_baseline_name="web-prod-amazon-linux-2023",
        ...     operating_system=OperatingSystem.AMAZON_LINUX_2023,
        ...     approval_rules=[
        ...         ApprovalRule(patch_filters=[PatchFilter.severity("Critical")], approve_after_days=7),
        ...     ],
        ...     patch_groups=["prod-web"],
        ... )

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-patch-baselines.html
    """

    @checked_arguments
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        patch_baseline_name: str,
        operating_system: OperatingSystem,
        approval_rules: Sequence[ApprovalRule] = (),
        global_filters: Sequence[PatchFilter] = (),
        approved_patches: Sequence[str] = (),
        approved_patches_compliance_level: ComplianceLevel | None = None,
        approved_patches_enable_non_security: bool | None = None,
        rejected_patches: Sequence[str] = (),
        rejected_patches_action: RejectedPatchesAction | None = None,
        available_security_updates_compliance_status: AvailableSecurityUpdatesComplianceStatus | None = None,
        sources: Sequence[PatchSource] = (),
        patch_groups: Sequence[str] = (),
        default_baseline: bool = False,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        record = PatchBaselineRecord(
            name=maybe(patch_baseline_name),
            operating_system=maybe(operating_system),
            approval_rules=tuple(rule.record for rule in approval_rules),
            global_filters=tuple(patch_filter.record for patch_filter in global_filters),
            approved_patches=maybe_each(approved_patches),
            approved_patches_compliance_level=maybe(approved_patches_compliance_level),
            approved_patches_enable_non_security=approved_patches_enable_non_security,
            rejected_patches=maybe_each(rejected_patches),
            rejected_patches_action=maybe(rejected_patches_action),
            available_security_updates_compliance_status=maybe(available_security_updates_compliance_status),
            default_baseline=default_baseline,
            description=maybe(description),
            patch_groups=maybe_each(patch_groups),
            sources=tuple(source.record for source in sources),
        )
        findings = check_patch_baseline(record)
        findings += check_tags({key: maybe(value) for key, value in (tags or {}).items()}, field="tags")
        for index, patch_group in enumerate(patch_groups):
            findings += check_not_registered(
                scope, patch_group, operating_system, field=f"patch_groups[{index}]"
            )
        refuse_errors(scope, id, findings, subject="PatchBaseline")
        findings += warn_about_patch_baseline(record, today=dt.datetime.now(dt.UTC).date())
        super().__init__(scope, id)
        self._scope = scope
        self._record = record
        self._operating_system = OperatingSystem(operating_system)
        self._patch_groups = list(patch_groups)
        self._resource = ssm.CfnPatchBaseline(
            self,
            "Resource",
            name=patch_baseline_name,
            operating_system=str(operating_system),
            approval_rules=rule_group_property(approval_rules) if approval_rules else None,
            global_filters=filter_group_property(global_filters) if global_filters else None,
            approved_patches=list(approved_patches) or None,
            approved_patches_compliance_level=word(approved_patches_compliance_level),
            approved_patches_enable_non_security=approved_patches_enable_non_security,
            rejected_patches=list(rejected_patches) or None,
            rejected_patches_action=word(rejected_patches_action),
            available_security_updates_compliance_status=word(available_security_updates_compliance_status),
            sources=[source_property(source) for source in sources] or None,
            patch_groups=self._patch_groups or None,
            default_baseline=default_baseline or None,
            description=description,
            tags=None if tags is None else [CfnTag(key=key, value=value) for key, value in tags.items()],
        )
        for patch_group in patch_groups:
            register(scope, self, patch_group)
        annotate_warnings(self, findings)

    @classmethod
    def security_updates(
        cls,
        scope: Construct,
        id: str,
        *,
        operating_system: OperatingSystem,
        approve_after_days: int | None = None,
        **options: Unpack[PatchBaselineOptions],
    ) -> Self:
        """Define a baseline that approves security updates of every severity.

        Args:
            scope: Parent of the construct.
            id: Id of the construct in its parent.
            operating_system: All but macOS.
            approve_after_days: Days to wait, 0 to 360. Default: 7, or 0 on Debian, Ubuntu and Raspbian.
            **options: The name and every other argument of `PatchBaseline`.

        Raises:
            InvalidInputError: As in `PatchBaseline`, or if the operating system does not classify security
                updates.

        Example:
            >>> import aws_cdk as cdk
            >>> from patching_constructs import OperatingSystem, PatchBaseline
            >>> stack = cdk.Stack(cdk.App(), "Patching")
            >>> baseline = PatchBaseline.security_updates(
            ...     stack,
            ...     "Ubuntu",
            ...     patch_baseline_name="prod-ubuntu",
            ...     operating_system=OperatingSystem.UBUNTU,
            ... )

        See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-selecting-patches.html
        """
        rules = ready_made.security_updates(operating_system, approve_after_days=approve_after_days)
        return cls(scope, id, operating_system=operating_system, approval_rules=rules, **options)

    @classmethod
    def critical_and_important_security_updates(
        cls,
        scope: Construct,
        id: str,
        *,
        operating_system: OperatingSystem,
        approve_after_days: int | None = None,
        **options: Unpack[PatchBaselineOptions],
    ) -> Self:
        """Define a baseline that approves security updates of critical and important severity only.

        Args:
            scope: Parent of the construct.
            id: Id of the construct in its parent.
            operating_system: All but Debian, Ubuntu, Raspbian and macOS.
            approve_after_days: Days to wait, 0 to 360. Default: 7.
            **options: The name and every other argument of `PatchBaseline`.

        Raises:
            InvalidInputError: As in `PatchBaseline`, or if the operating system has no severities.

        Example:
            >>> import aws_cdk as cdk
            >>> from patching_constructs import OperatingSystem, PatchBaseline
            >>> stack = cdk.Stack(cdk.App(), "Patching")
            >>> baseline = PatchBaseline.critical_and_important_security_updates(
            ...     stack, "Suse", patch_baseline_name="prod-suse", operating_system=OperatingSystem.SUSE
            ... )

        See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-selecting-patches.html
        """
        rules = ready_made.critical_and_important_security_updates(
            operating_system, approve_after_days=approve_after_days
        )
        return cls(scope, id, operating_system=operating_system, approval_rules=rules, **options)

    @classmethod
    def security_and_bugfix_updates(
        cls,
        scope: Construct,
        id: str,
        *,
        operating_system: OperatingSystem,
        approve_after_days: int | None = None,
        **options: Unpack[PatchBaselineOptions],
    ) -> Self:
        """Define a baseline that approves security updates of every severity, and bug fixes.

        Args:
            scope: Parent of the construct.
            id: Id of the construct in its parent.
            operating_system: All but Debian, Ubuntu, Raspbian and macOS.
            approve_after_days: Days to wait, 0 to 360. Default: 7.
            **options: The name and every other argument of `PatchBaseline`.

        Raises:
            InvalidInputError: As in `PatchBaseline`, or if the operating system does not classify bug fixes.

        Example:
            >>> import aws_cdk as cdk
            >>> from patching_constructs import OperatingSystem, PatchBaseline
            >>> stack = cdk.Stack(cdk.App(), "Patching")
            >>> baseline = PatchBaseline.security_and_bugfix_updates(
            ...     stack,
            ...     "Windows",
            ...     patch_baseline_name="prod-windows",
            ...     operating_system=OperatingSystem.WINDOWS,
            ...     patch_groups=["prod-windows"],
            ... )

        See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-selecting-patches.html
        """
        rules = ready_made.security_and_bugfix_updates(
            operating_system, approve_after_days=approve_after_days
        )
        return cls(scope, id, operating_system=operating_system, approval_rules=rules, **options)

    @classmethod
    def all_updates(
        cls,
        scope: Construct,
        id: str,
        *,
        operating_system: OperatingSystem,
        approve_after_days: int | None = None,
        **options: Unpack[PatchBaselineOptions],
    ) -> Self:
        """Define a baseline that approves every update of every repository that is configured on the node.

        Args:
            scope: Parent of the construct.
            id: Id of the construct in its parent.
            operating_system: Any.
            approve_after_days: Days to wait, 0 to 360. Default: 7, or 0 on Debian, Ubuntu and Raspbian.
            **options: The name and every other argument of `PatchBaseline`.

        Raises:
            InvalidInputError: As in `PatchBaseline`.

        Example:
            >>> import aws_cdk as cdk
            >>> from patching_constructs import OperatingSystem, PatchBaseline
            >>> stack = cdk.Stack(cdk.App(), "Patching")
            >>> baseline = PatchBaseline.all_updates(
            ...     stack, "Mac", patch_baseline_name="build-mac", operating_system=OperatingSystem.MACOS
            ... )

        See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-selecting-patches.html
        """
        rules = ready_made.all_updates(operating_system, approve_after_days=approve_after_days)
        return cls(scope, id, operating_system=operating_system, approval_rules=rules, **options)

    @classmethod
    def windows_desktop_updates(
        cls,
        scope: Construct,
        id: str,
        *,
        approve_after_days: int | None = None,
        products: Sequence[str] = WINDOWS_DESKTOP_PRODUCTS,
        **options: Unpack[PatchBaselineOptions],
    ) -> Self:
        """Define a baseline that approves security updates and bug fixes of Windows 10 and Windows 11.

        Args:
            scope: Parent of the construct.
            id: Id of the construct in its parent.
            approve_after_days: Days to wait, 0 to 360. Default: 7.
            products: PRODUCT values. Default: Windows 10, its long-term branch, and Windows 11. Windows 10 is
                past its end of life, which becomes a warning.
            **options: The name and every other argument of `PatchBaseline`.

        Raises:
            InvalidInputError: As in `PatchBaseline`.

        Example:
            >>> import aws_cdk as cdk
            >>> from patching_constructs import PatchBaseline
            >>> stack = cdk.Stack(cdk.App(), "Patching")
            >>> baseline = PatchBaseline.windows_desktop_updates(
            ...     stack, "Desktops", patch_baseline_name="desktops", products=["Windows11"]
            ... )

        See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-selecting-patches.html
        """
        return cls(
            scope,
            id,
            operating_system=OperatingSystem.WINDOWS,
            approval_rules=ready_made.windows_desktop_updates(
                approve_after_days=approve_after_days, products=products
            ),
            **options,
        )

    @classmethod
    def windows_and_microsoft_application_updates(
        cls,
        scope: Construct,
        id: str,
        *,
        approve_after_days: int | None = None,
        **options: Unpack[PatchBaselineOptions],
    ) -> Self:
        """Define a baseline that approves updates of Windows and of other Microsoft software, such as Office.

        Of Windows it approves security updates and bug fixes, of other software every update.

        Args:
            scope: Parent of the construct.
            id: Id of the construct in its parent.
            approve_after_days: Days to wait, 0 to 360. Default: 7.
            **options: The name and every other argument of `PatchBaseline`.

        Raises:
            InvalidInputError: As in `PatchBaseline`.

        Example:
            >>> import aws_cdk as cdk
            >>> from patching_constructs import PatchBaseline
            >>> stack = cdk.Stack(cdk.App(), "Patching")
            >>> baseline = PatchBaseline.windows_and_microsoft_application_updates(
            ...     stack, "Terminals", patch_baseline_name="terminals"
            ... )

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchFilter.html
        """
        windows = OperatingSystem.WINDOWS
        return cls(
            scope,
            id,
            operating_system=windows,
            approval_rules=[
                *ready_made.security_and_bugfix_updates(windows, approve_after_days=approve_after_days),
                *ready_made.microsoft_application_updates(windows, approve_after_days=approve_after_days),
            ],
            **options,
        )

    @staticmethod
    def aws_default(operating_system: OperatingSystem) -> IPatchBaseline:
        """Stand for the baseline that AWS manages: register nothing and rely on the account's default.

        It applies only where no other baseline has been made the default of the account and Region, and where
        the patch group is registered on no other baseline.

        Args:
            operating_system: Any.

        Example:
            >>> from patching_constructs import OperatingSystem, PatchBaseline
            >>> PatchBaseline.aws_default(OperatingSystem.DEBIAN).patch_baseline_id is None
            True

        See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-default-patch-baseline.html
        """
        return AwsDefaultPatchBaseline(operating_system=operating_system)

    @staticmethod
    def from_patch_baseline_id(
        scope: Construct, id: str, *, patch_baseline_id: str, operating_system: OperatingSystem
    ) -> IPatchBaseline:
        """Refer to a baseline that is defined elsewhere.

        CloudFormation registers patch groups only on a baseline that it owns, so groups have to be registered
        where this one is defined.

        Args:
            scope: Parent of the construct.
            id: Id of the construct in its parent.
            patch_baseline_id: Id such as `pb-0123456789abcdef0`, or ARN of one of AWS's baselines.
            operating_system: Operating system that the baseline is for.

        Raises:
            InvalidInputError: If the id or the operating system is not one of AWS's.

        Example:
            >>> import aws_cdk as cdk
            >>> from patching_constructs import OperatingSystem, PatchBaseline
            >>> stack = cdk.Stack(cdk.App(), "Patching")
            >>> baseline = PatchBaseline.from_patch_baseline_id(
            ...     stack,
            ...     "Shared",
            ...     patch_baseline_id="pb-0123456789abcdef0",
            ...     operating_system=OperatingSystem.WINDOWS,
            ... )

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetPatchBaseline.html
        """
        return ImportedPatchBaseline(
            scope, id, patch_baseline_id=patch_baseline_id, operating_system=operating_system
        )

    @property
    def operating_system(self) -> OperatingSystem:
        """Operating system that the baseline is for."""
        return self._operating_system

    @functools.cached_property
    def patch_baseline_id(self) -> str:
        """Id of the baseline, a token."""
        return self._resource.ref

    @property
    def patch_groups(self) -> tuple[str, ...]:
        """Patch groups that are registered so far."""
        return tuple(self._patch_groups)

    @property
    def accepts_patch_groups(self) -> bool:
        """True: CloudFormation owns the baseline."""
        return True

    @property
    def record(self) -> PatchBaselineRecord:
        """The baseline as the rules see it, with the patch groups that are registered so far."""
        return dataclasses.replace(self._record, patch_groups=maybe_each(self._patch_groups))

    def register_patch_group(self, patch_group: str) -> None:
        """Let nodes of the operating system in `patch_group` use the baseline.

        Args:
            patch_group: Name of the group. A group that is registered already stays as it is.

        Raises:
            InvalidInputError: If the name or the number of groups is not allowed, or another baseline of the
                app has the group for the operating system in the same account and Region.
        """
        if patch_group in self._patch_groups:
            return
        raise_errors(
            self.check_patch_group(patch_group), subject="PatchBaseline", construct_path=self.node.path
        )
        self._patch_groups = [*self._patch_groups, patch_group]
        self._resource.patch_groups = self._patch_groups
        register(self._scope, self, patch_group)

    def check_patch_group(self, patch_group: str) -> list[Finding]:
        """Find what keeps a group from being registered here; nothing changes.

        Args:
            patch_group: Name of the group. One that is registered already is fine.
        """
        if patch_group in self._patch_groups:
            return []
        groups = [*self._patch_groups, patch_group]
        return [
            *check_patch_groups(maybe_each(groups), field="patch_groups"),
            *check_not_registered(
                self._scope, patch_group, self._operating_system, field=f"patch_groups[{len(groups) - 1}]"
            ),
        ]
