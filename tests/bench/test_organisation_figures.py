from collections import Counter

import pytest

from bench.organisation_figures import ORGANISATION, STACKS, unknown_errors
from patching_constructs import load_settings


def test_forty_accounts_in_three_regions_and_the_security_account_have_a_stack_each() -> None:
    settings = load_settings(ORGANISATION)
    assert len(settings.workload_accounts) * len(settings.regions) + 1 == STACKS
    assert not settings.freezes
    assert not settings.promises


@pytest.mark.parametrize(
    ("plugin", "rule", "severity", "is_known"),
    [
        ("patching-constructs", "ring-inversion", "error", True),
        ("patching-constructs", "scan-during-install", "warning", True),
        ("patching-constructs", "window-too-short", "error", False),
        ("AwsSolutions", "AwsSolutions-S10", "error", False),
        ("CloudFormation-Validate", "ring-inversion", "warning", False),
    ],
)
def test_what_the_organization_does_wrong_is_known_and_nothing_else(
    plugin: str, rule: str, severity: str, is_known: bool
) -> None:
    violation = {"ruleName": rule, "severity": severity}
    report = {"pluginReports": [{"pluginName": plugin, "violations": [violation]}]}
    assert unknown_errors(report) == ({} if is_known else Counter({(plugin, rule): 1}))
