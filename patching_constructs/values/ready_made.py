"""Ready-made sets of approval rules, named by what they approve.

Every rule says how bad a missing patch is: AWS's own baselines leave all of them unspecified, so no alarm can
distinguish a critical patch from a cosmetic one. Rules wait for 7 days, except where a delay has no effect.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from patching_constructs.errors import InvalidInputError
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_choices import ComplianceLevel, PatchFilterKey
from patching_constructs.model.patch_filters import ANY, VOCABULARY, WINDOWS_DESKTOP_PRODUCTS
from patching_constructs.values.approval_rule import ApprovalRule, PatchFilter

DEFAULT_APPROVE_AFTER_DAYS = 7
"""The delay of AWS's own baselines.

https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-predefined-and-custom-patch-baselines.html
"""


_WITH_SECURITY_UPDATES = tuple(system for system in OperatingSystem if system is not OperatingSystem.MACOS)
_WITH_SEVERITIES = tuple(system for system in _WITH_SECURITY_UPDATES if not system.is_apt)


class RuleSet(Protocol):
    """A function that returns ready-made rules for an operating system."""

    def __call__(
        self, operating_system: OperatingSystem, *, approve_after_days: int | None = None
    ) -> tuple[ApprovalRule, ...]:
        """Return the rules; raise `InvalidInputError` if the system does not classify such patches."""


def security_updates(
    operating_system: OperatingSystem, *, approve_after_days: int | None = None
) -> tuple[ApprovalRule, ...]:
    """Approve security updates of every severity.

    A missing patch counts as severe as its distributor says. Debian, Ubuntu and Raspbian have no severities:
    what comes from their security archive counts as high.

    Args:
        operating_system: All but macOS, whose patches are not classified as security updates.
        approve_after_days: Days to wait, 0 to 360. Default: 7, or 0 on Debian, Ubuntu and Raspbian.

    Returns:
        One rule for each severity.

    Raises:
        InvalidInputError: If the operating system does not classify security updates, or the delay is out of
            range.

    Example:
        >>> from patching_constructs import OperatingSystem, security_updates
        >>> [rule.compliance_level.value for rule in security_updates(OperatingSystem.AMAZON_LINUX_2023)]
        ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW']

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-selecting-patches.html
    """
    operating_system = _require(
        operating_system,
        _WITH_SECURITY_UPDATES,
        rule_set="security_updates",
        why="only the package manager classifies its patches",
    )
    days = _delay(operating_system, approve_after_days)
    if operating_system.is_apt:
        return (_rule(ComplianceLevel.HIGH, days, PatchFilter.priority(ANY)),)
    return _by_severity(operating_system, days, [PatchFilter.classification(_security(operating_system))])


def critical_and_important_security_updates(
    operating_system: OperatingSystem, *, approve_after_days: int | None = None
) -> tuple[ApprovalRule, ...]:
    """Approve security updates of critical and important severity only.

    Args:
        operating_system: All but Debian, Ubuntu and Raspbian, which have no severities, and macOS.
        approve_after_days: Days to wait, 0 to 360. Default: 7.

    Returns:
        One rule for each of the two severities.

    Raises:
        InvalidInputError: If the operating system has no severities, or the delay is out of range.

    Example:
        >>> from patching_constructs import OperatingSystem, critical_and_important_security_updates
        >>> len(critical_and_important_security_updates(OperatingSystem.WINDOWS))
        2

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-selecting-patches.html
    """
    operating_system = _require(
        operating_system,
        _WITH_SEVERITIES,
        rule_set="critical_and_important_security_updates",
        why="its patches have no severities",
    )
    return security_updates(operating_system, approve_after_days=approve_after_days)[:2]


def security_and_bugfix_updates(
    operating_system: OperatingSystem, *, approve_after_days: int | None = None
) -> tuple[ApprovalRule, ...]:
    """Approve security updates of every severity, and bug fixes.

    A missing bug fix counts as low; on Windows a critical update, which is a fix for a critical problem that
    is not a security problem, counts as high.

    Args:
        operating_system: All but Debian, Ubuntu and Raspbian, which do not classify bug fixes, and macOS.
        approve_after_days: Days to wait, 0 to 360. Default: 7.

    Returns:
        The rules of `security_updates`, then those for bug fixes.

    Raises:
        InvalidInputError: If the operating system does not classify bug fixes, or the delay is out of range.

    Example:
        >>> from patching_constructs import OperatingSystem, security_and_bugfix_updates
        >>> security_and_bugfix_updates(OperatingSystem.SUSE)[-1].patch_filters[0].values
        ('Recommended',)

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-selecting-patches.html
    """
    operating_system = _require(
        operating_system,
        _WITH_SEVERITIES,
        rule_set="security_and_bugfix_updates",
        why="its patches are not classified as bug fixes and features",
    )
    days = _delay(operating_system, approve_after_days)
    return (
        *security_updates(operating_system, approve_after_days=days),
        *(
            _rule(level, days, PatchFilter.classification(*classifications))
            for level, classifications in _bugfixes(operating_system)
        ),
    )


def all_updates(
    operating_system: OperatingSystem, *, approve_after_days: int | None = None
) -> tuple[ApprovalRule, ...]:
    """Approve every update of every repository that is configured on the node.

    Security updates count as in `security_updates`, all others as low. Where AWS does not classify security
    updates apart, which is on macOS, a missing update counts as medium.

    Args:
        operating_system: Any.
        approve_after_days: Days to wait, 0 to 360. Default: 7, or 0 on Debian, Ubuntu and Raspbian.

    Returns:
        The rules of `security_updates`, then one for all the rest.

    Raises:
        InvalidInputError: If the delay is out of range.

    Example:
        >>> from patching_constructs import OperatingSystem, all_updates
        >>> all_updates(OperatingSystem.CENTOS)[-1].enable_non_security
        True

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-selecting-patches.html
    """
    operating_system = _require(
        operating_system,
        tuple(OperatingSystem),
        rule_set="all_updates",
        why="not an operating system of Patch Manager",
    )
    days = _delay(operating_system, approve_after_days)
    if operating_system is OperatingSystem.MACOS:
        return (_rule(ComplianceLevel.MEDIUM, days, PatchFilter.product(ANY)),)
    if operating_system is OperatingSystem.WINDOWS:
        security = _security(operating_system)
        classifications = VOCABULARY[operating_system][PatchFilterKey.CLASSIFICATION].listed
        rest = PatchFilter.classification(*(word for word in classifications if word != security))
    else:
        rest = PatchFilter.product(ANY)
    return (
        *security_updates(operating_system, approve_after_days=days),
        _rule(ComplianceLevel.LOW, days, rest, enable_non_security=operating_system.is_linux),
    )


def windows_desktop_updates(
    operating_system: OperatingSystem = OperatingSystem.WINDOWS,
    *,
    approve_after_days: int | None = None,
    products: Sequence[str] = WINDOWS_DESKTOP_PRODUCTS,
) -> tuple[ApprovalRule, ...]:
    """Approve security updates and bug fixes of Windows 10 and Windows 11, as virtual desktops run them.

    Args:
        operating_system: Windows.
        approve_after_days: Days to wait, 0 to 360. Default: 7.
        products: PRODUCT values. Default: Windows 10, its long-term branch, and Windows 11.
            Windows 10 is past its end of life, which a baseline that names it is warned of.

    Returns:
        The rules of `security_and_bugfix_updates` for these products.

    Raises:
        InvalidInputError: If the operating system is not Windows, or the delay is out of range.

    Example:
        >>> from patching_constructs import windows_desktop_updates
        >>> windows_desktop_updates(products=["Windows11"])[0].patch_filters[-1].values
        ('Windows11',)

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-selecting-patches.html
    """
    operating_system = _require(
        operating_system, [OperatingSystem.WINDOWS], rule_set="windows_desktop_updates", why="not Windows"
    )
    return tuple(
        ApprovalRule(
            patch_filters=[*rule.patch_filters, PatchFilter.product(*products)],
            approve_after_days=rule.approve_after_days,
            compliance_level=rule.compliance_level,
        )
        for rule in security_and_bugfix_updates(operating_system, approve_after_days=approve_after_days)
    )


def microsoft_application_updates(
    operating_system: OperatingSystem = OperatingSystem.WINDOWS, *, approve_after_days: int | None = None
) -> tuple[ApprovalRule, ...]:
    """Approve updates of Microsoft software other than Windows, such as Office.

    These rules leave Windows itself alone; combine them with rules that patch it.

    Args:
        operating_system: Windows.
        approve_after_days: Days to wait, 0 to 360. Default: 7.

    Returns:
        One rule for each severity.

    Raises:
        InvalidInputError: If the operating system is not Windows, or the delay is out of range.

    Example:
        >>> from patching_constructs import OperatingSystem, microsoft_application_updates, security_updates
        >>> rules = [*security_updates(OperatingSystem.WINDOWS), *microsoft_application_updates()]

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchFilter.html
    """
    operating_system = _require(
        operating_system,
        [OperatingSystem.WINDOWS],
        rule_set="microsoft_application_updates",
        why="not Windows",
    )
    return _by_severity(
        operating_system,
        _delay(operating_system, approve_after_days),
        [PatchFilter.patch_set("APPLICATION"), PatchFilter.product_family(ANY), PatchFilter.product(ANY)],
    )


READY_MADE: Mapping[str, RuleSet] = MappingProxyType(
    {
        "all_updates": all_updates,
        "critical_and_important_security_updates": critical_and_important_security_updates,
        "microsoft_application_updates": microsoft_application_updates,
        "security_and_bugfix_updates": security_and_bugfix_updates,
        "security_updates": security_updates,
        "windows_desktop_updates": windows_desktop_updates,
    }
)
"""Every ready-made rule set by its name, for those who choose by text."""


def _delay(operating_system: OperatingSystem, approve_after_days: int | None) -> int:
    if approve_after_days is not None:
        return approve_after_days
    return 0 if operating_system.is_apt else DEFAULT_APPROVE_AFTER_DAYS


def _security(operating_system: OperatingSystem) -> str:
    return "SecurityUpdates" if operating_system is OperatingSystem.WINDOWS else "Security"


def _bugfixes(operating_system: OperatingSystem) -> Sequence[tuple[ComplianceLevel, Sequence[str]]]:
    if operating_system is OperatingSystem.WINDOWS:
        return (
            (ComplianceLevel.HIGH, ["CriticalUpdates"]),
            (ComplianceLevel.LOW, ["UpdateRollups", "Updates"]),
        )
    # SUSE's word for a bug fix is Recommended.
    word = "Recommended" if operating_system is OperatingSystem.SUSE else "Bugfix"
    return ((ComplianceLevel.LOW, [word]),)


def _by_severity(
    operating_system: OperatingSystem, days: int, filters: Sequence[PatchFilter]
) -> tuple[ApprovalRule, ...]:
    """Return one rule for each level, the worst first."""
    is_windows = operating_system is OperatingSystem.WINDOWS
    key = PatchFilterKey.MSRC_SEVERITY if is_windows else PatchFilterKey.SEVERITY
    critical, important, medium, low = VOCABULARY[operating_system][key].listed[:4]
    # Microsoft leaves the severity of many cumulative updates open, which does not make them harmless.
    severities_by_level: Iterable[tuple[ComplianceLevel, Sequence[str]]] = (
        (ComplianceLevel.CRITICAL, [critical]),
        (ComplianceLevel.HIGH, [important]),
        (ComplianceLevel.MEDIUM, [medium, "Unspecified"] if is_windows else [medium]),
        (ComplianceLevel.LOW, [low]),
    )
    return tuple(
        _rule(level, days, *filters, PatchFilter(key=key, values=severities))
        for level, severities in severities_by_level
    )


def _rule(
    level: ComplianceLevel, days: int, *filters: PatchFilter, enable_non_security: bool = False
) -> ApprovalRule:
    return ApprovalRule(
        patch_filters=filters,
        approve_after_days=days,
        compliance_level=level,
        enable_non_security=enable_non_security,
    )


def _require(
    operating_system: OperatingSystem, fit: Collection[OperatingSystem], *, rule_set: str, why: str
) -> OperatingSystem:
    """Return the operating system, also where it was given as a word, or raise."""
    if operating_system not in fit:
        raise InvalidInputError(
            [
                Finding(
                    id=FindingId.OPERATING_SYSTEM,
                    level=Level.ERROR,
                    field="operating_system",
                    message=why,
                    received=str(operating_system),
                    allowed=", ".join(fit),
                )
            ],
            subject=rule_set,
        )
    return OperatingSystem(operating_system)
