"""The closed sets of words that a patch baseline is written with."""

import enum


class PatchFilterKey(enum.StrEnum):
    """Property of a patch that a filter looks at; which keys are legal depends on the operating system.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribePatchProperties.html
    """

    PATCH_SET = "PATCH_SET"
    """Windows: `OS` for the operating system, `APPLICATION` for other Microsoft software."""
    PRODUCT = "PRODUCT"
    """Release of the operating system or, for Microsoft applications, of the application."""
    PRODUCT_FAMILY = "PRODUCT_FAMILY"
    """Windows: family of products, such as `Windows` or `Office`."""
    CLASSIFICATION = "CLASSIFICATION"
    """Kind of update, such as `Security` or `SecurityUpdates`."""
    MSRC_SEVERITY = "MSRC_SEVERITY"
    """Windows: severity given by the Microsoft Security Response Center."""
    SEVERITY = "SEVERITY"
    """Linux with RPM packages: severity given by the distributor's notice."""
    PRIORITY = "PRIORITY"
    """Debian and its descendants: priority field of the package."""
    SECTION = "SECTION"
    """Debian and its descendants: section of the archive that the package is in."""


class ComplianceLevel(enum.StrEnum):
    """How bad it is when an approved patch is missing, as compliance reports show it.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchRule.html
    """

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    INFORMATIONAL = "INFORMATIONAL"
    UNSPECIFIED = "UNSPECIFIED"


class RejectedPatchesAction(enum.StrEnum):
    """What happens to a rejected package.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreatePatchBaseline.html
    """

    ALLOW_AS_DEPENDENCY = "ALLOW_AS_DEPENDENCY"
    """Installed only if another package needs it. On Windows, which knows no dependencies, it is skipped."""
    BLOCK = "BLOCK"
    """Never installed, and reported as non-compliant where it is already there."""


class AvailableSecurityUpdatesComplianceStatus(enum.StrEnum):
    """How a Windows node counts security updates that exist but are not approved yet.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreatePatchBaseline.html
    """

    COMPLIANT = "COMPLIANT"
    NON_COMPLIANT = "NON_COMPLIANT"
