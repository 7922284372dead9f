"""AWS Config's managed rules about patching, and where they exist."""

import enum
from types import MappingProxyType

CONFIG_RULE_PARAMETERS_MAX_LENGTH = 1024
"""Characters. https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigRule.html"""


class ManagedConfigRule(enum.StrEnum):
    """A managed rule of AWS Config, by its identifier. All are triggered by configuration changes.

    See: https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
    """

    PATCH_COMPLIANCE = "EC2_MANAGEDINSTANCE_PATCH_COMPLIANCE_STATUS_CHECK"
    """Managed nodes comply with their patch baseline. The recorder has to record
    AWS::SSM::PatchCompliance."""
    MANAGED_BY_SYSTEMS_MANAGER = "EC2_INSTANCE_MANAGED_BY_SSM"
    """Running instances have an agent that reports. The recorder has to record
    AWS::SSM::ManagedInstanceInventory."""
    PATCH_GROUP_TAG = "REQUIRED_TAGS"
    """Instances have the tag of a patch group."""


RESOURCE_TYPES = MappingProxyType(
    {
        ManagedConfigRule.PATCH_COMPLIANCE: ("AWS::SSM::PatchCompliance",),
        ManagedConfigRule.MANAGED_BY_SYSTEMS_MANAGER: (
            "AWS::EC2::Instance",
            "AWS::SSM::ManagedInstanceInventory",
        ),
        ManagedConfigRule.PATCH_GROUP_TAG: ("AWS::EC2::Instance",),
    }
)
"""What each rule looks at; of REQUIRED_TAGS, which knows many types, those that are patched."""

MISSING_IN = MappingProxyType(
    {
        # https://docs.aws.amazon.com/config/latest/developerguide/ec2-managedinstance-patch-compliance-status-check.html
        ManagedConfigRule.PATCH_COMPLIANCE: frozenset({"ap-northeast-3", "eu-south-1"}),
        # https://docs.aws.amazon.com/config/latest/developerguide/ec2-instance-managed-by-systems-manager.html
        ManagedConfigRule.MANAGED_BY_SYSTEMS_MANAGER: frozenset({"ap-east-2"}),
        # https://docs.aws.amazon.com/config/latest/developerguide/required-tags.html
        ManagedConfigRule.PATCH_GROUP_TAG: frozenset(),
    }
)
"""Regions in which a rule does not exist, as every version of its page says that could be read."""

UNCERTAIN_IN = MappingProxyType(
    {
        # Some versions of the page name Taipei, others do not; none is known to be newer than New Zealand.
        ManagedConfigRule.PATCH_COMPLIANCE: frozenset({"ap-east-2", "ap-southeast-6"}),
        ManagedConfigRule.MANAGED_BY_SYSTEMS_MANAGER: frozenset({"ap-southeast-6"}),
        # "All supported AWS regions", in the guide of 2023; these have opened since.
        # https://github.com/awsdocs/aws-config-developer-guide/blob/main/doc_source/required-tags.md
        ManagedConfigRule.PATCH_GROUP_TAG: frozenset(
            {
                "ap-east-2",
                "ap-southeast-5",
                "ap-southeast-6",
                "ap-southeast-7",
                "ca-west-1",
                "il-central-1",
                "mx-central-1",
            }
        ),
    }
)
"""Regions of which no version that could be read says for certain that a rule exists there."""


def rules_in(region: str) -> tuple[ManagedConfigRule, ...]:
    """Return the rules that certainly exist in a Region."""
    return tuple(rule for rule in ManagedConfigRule if region not in MISSING_IN[rule] | UNCERTAIN_IN[rule])
