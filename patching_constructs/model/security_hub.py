"""Patch Manager's findings in Security Hub CSPM.

See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-security-hub-integration.html
"""

import enum

SECURITY_HUB_EVENT_SOURCE = "aws.securityhub"
FINDINGS_IMPORTED = "Security Hub Findings - Imported"
"""https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html"""
PATCH_MANAGER_PRODUCT = "Systems Manager Patch Manager"
"""The ProductName of its findings, of which there is one for each node that does not comply."""


class FindingSeverity(enum.StrEnum):
    """Severity label of a finding: that of the most severe patch that is missing, by its baseline's rules.

    See: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Severity.html
    """

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    INFORMATIONAL = "INFORMATIONAL"
    """Where the rules of a baseline give no compliance level."""


def product_arn(*, partition: str, region: str) -> str:
    """Return the ARN of Patch Manager's integration; its account field is empty.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-security-hub-integration.html
    """
    return f"arn:{partition}:securityhub:{region}::product/aws/ssm-patch-manager"
