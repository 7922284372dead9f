"""Patch Manager's findings in Security Hub CSPM.

See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-security-hub-integration.html
"""

import enum

SECURITY_HUB_EVENT_SOURCE = "aws.securityhub"
FINDINGS_IMPORTED = "Security Hub Findings - Imported"
"""https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html"""
PATCH_MANAGER_PRODUCT = "product/aws/ssm-patch-manager"
"""The end of the ProductArn of Patch Manager's findings, of which there is one for each non-compliant node.

AWS's example of such a finding has no ProductName.

https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-security-hub-integration.html
"""


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
    return f"arn:{partition}:securityhub:{region}::{PATCH_MANAGER_PRODUCT}"
