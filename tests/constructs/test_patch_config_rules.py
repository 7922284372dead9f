"""Which of AWS Config's rules are deployed where."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from patching_constructs import InvalidInputError, ManagedConfigRule, PatchConfigRules, PatchGroupTagKey


def _stack(region: str | None = "eu-central-1") -> cdk.Stack:
    app = cdk.App(analytics_reporting=False)
    env = None if region is None else cdk.Environment(account="111111111111", region=region)
    return cdk.Stack(app, "Patching", env=env)


def _rules(stack: cdk.Stack) -> list[dict[str, Any]]:
    found = Template.from_stack(stack).find_resources("AWS::Config::ConfigRule")
    return [resource["Properties"] for resource in found.values()]


def _identifiers(stack: cdk.Stack) -> list[str]:
    return [rule["Source"]["SourceIdentifier"] for rule in _rules(stack)]


def test_minimal(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    rules = PatchConfigRules(stack, "ConfigRules")
    assert rules.left_out == ()
    assert list(rules.rules) == list(ManagedConfigRule)
    template_snapshot(dict(Template.from_stack(stack).to_json()))


def test_full(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack(None)
    PatchConfigRules(
        stack,
        "ConfigRules",
        rules=[ManagedConfigRule.PATCH_GROUP_TAG, ManagedConfigRule.PATCH_COMPLIANCE],
        tag_key=PatchGroupTagKey.PATCH_GROUP_WITH_SPACE,
        patch_groups=["prod-web", "prod-office"],
    )
    template_snapshot(dict(Template.from_stack(stack).to_json()))


@pytest.mark.parametrize(
    ("region", "left_out"),
    [
        ("eu-south-1", {ManagedConfigRule.PATCH_COMPLIANCE}),
        ("ap-northeast-3", {ManagedConfigRule.PATCH_COMPLIANCE}),
        ("ap-east-2", set(ManagedConfigRule)),
        ("ap-southeast-6", set(ManagedConfigRule)),
        ("ca-west-1", {ManagedConfigRule.PATCH_GROUP_TAG}),
        ("eu-west-1", set()),
    ],
)
def test_rules_that_do_not_exist_in_the_region_or_not_for_certain_are_left_out(
    region: str, left_out: set[ManagedConfigRule]
) -> None:
    stack = _stack(region)
    rules = PatchConfigRules(stack, "ConfigRules")
    assert set(rules.left_out) == left_out
    assert set(_identifiers(stack)) == set(ManagedConfigRule) - left_out


def test_a_rule_that_is_not_certain_in_the_region_is_deployed_to_those_who_name_it() -> None:
    stack = _stack("ca-west-1")
    PatchConfigRules(stack, "ConfigRules", rules=[ManagedConfigRule.PATCH_GROUP_TAG])
    assert _identifiers(stack) == ["REQUIRED_TAGS"]


def test_rules_that_changes_trigger_take_no_frequency() -> None:
    """AWS Config refuses MaximumExecutionFrequency for them."""
    stack = _stack()
    PatchConfigRules(stack, "ConfigRules")
    assert not any("MaximumExecutionFrequency" in rule for rule in _rules(stack))


def test_a_mistyped_group_can_be_reported_by_naming_those_that_are_there() -> None:
    stack = _stack()
    PatchConfigRules(
        stack, "ConfigRules", rules=[ManagedConfigRule.PATCH_GROUP_TAG], patch_groups=["web", "office"]
    )
    (rule,) = _rules(stack)
    assert rule["InputParameters"] == {"tag1Key": "PatchGroup", "tag1Value": "web,office"}
    assert rule["Scope"] == {"ComplianceResourceTypes": ["AWS::EC2::Instance"]}


@pytest.mark.parametrize(
    ("region", "options", "message"),
    [
        (None, {}, "rules: the Region is not known before deployment"),
        (
            "eu-south-1",
            {"rules": [ManagedConfigRule.PATCH_COMPLIANCE]},
            "eu-south-1, got EC2_MANAGEDINSTANCE_PATCH_COMPLIANCE_STATUS_CHECK; allowed: none in ap-",
        ),
        ("eu-west-1", {"rules": [ManagedConfigRule.PATCH_GROUP_TAG] * 2}, "rules[1]: duplicate rule"),
        ("eu-west-1", {"rules": ["ENCRYPTED_VOLUMES"]}, "rules[0]: not a rule about patching"),
        ("eu-west-1", {"patch_groups": ["x" * 250] * 5}, "patch_groups: too long together"),
    ],
)
def test_what_aws_config_would_refuse_is_refused(
    region: str | None, options: dict[str, Any], message: str
) -> None:
    stack = _stack(region)
    with pytest.raises(InvalidInputError) as caught:
        PatchConfigRules(stack, "ConfigRules", **options)
    assert message in str(caught.value)
    assert stack.node.try_find_child("ConfigRules") is None
