"""Approval rules, filters and sources as CloudFormation writes them."""

import enum
from collections.abc import Sequence

from aws_cdk import aws_ssm as ssm

from patching_constructs.values.approval_rule import ApprovalRule, PatchFilter, PatchSource


def rule_group_property(rules: Sequence[ApprovalRule]) -> ssm.CfnPatchBaseline.RuleGroupProperty:
    """Return approval rules as CloudFormation writes them."""
    return ssm.CfnPatchBaseline.RuleGroupProperty(patch_rules=[_rule(rule) for rule in rules])


def _rule(rule: ApprovalRule) -> ssm.CfnPatchBaseline.RuleProperty:
    date = rule.approve_until_date
    return ssm.CfnPatchBaseline.RuleProperty(
        approve_after_days=rule.approve_after_days,
        approve_until_date=None if date is None else str(date),
        compliance_level=str(rule.compliance_level),
        enable_non_security=rule.enable_non_security or None,
        patch_filter_group=filter_group_property(rule.patch_filters),
    )


def filter_group_property(filters: Sequence[PatchFilter]) -> ssm.CfnPatchBaseline.PatchFilterGroupProperty:
    """Return filters as CloudFormation writes them."""
    return ssm.CfnPatchBaseline.PatchFilterGroupProperty(
        patch_filters=[
            ssm.CfnPatchBaseline.PatchFilterProperty(
                key=str(patch_filter.key), values=list(patch_filter.values)
            )
            for patch_filter in filters
        ]
    )


def source_property(source: PatchSource) -> ssm.CfnPatchBaseline.PatchSourceProperty:
    """Return a repository as CloudFormation writes it."""
    return ssm.CfnPatchBaseline.PatchSourceProperty(
        name=source.name, products=list(source.products), configuration=source.configuration
    )


def word(choice: enum.StrEnum | None) -> str | None:
    """Return the text of a choice, or None."""
    return None if choice is None else str(choice)
