"""Security Hub and AWS Config, switched on in patching.yaml."""

import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

from patching_constructs import load_settings
from stacks.organisation import define_organisation
from tests.config.sample import changed, mistakes
from tests.sample import ROOT, stacks_of

CHOSEN = "security_hub: {accounts: [prod], subscribe: true}\nconfig_rules: {accounts: [dev, prod]}\n"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> cdk.App:
    path = tmp_path_factory.mktemp("chosen") / "patching.yaml"
    text = (ROOT / "patching.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("baselines:\n", f"{CHOSEN}baselines:\n", 1), encoding="utf-8")
    app = cdk.App(analytics_reporting=False, context=json.loads((ROOT / "cdk.json").read_text())["context"])
    define_organisation(app, load_settings(path))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app), NIST80053R5Checks(app))
    return app


def test_they_stand_in_the_chosen_accounts_alone_and_pass_the_security_rules(app: cdk.App) -> None:
    app.synth()
    counts = {
        stack.stack_name: (
            len(template.find_resources("AWS::SecurityHub::ProductSubscription")),
            len(template.find_resources("AWS::Config::ConfigRule")),
        )
        for stack in stacks_of(app)
        for template in [Template.from_stack(stack)]
    }
    assert {name: count for name, count in counts.items() if any(count)} == {
        "Patching-dev-eu-central-1": (0, 3),
        "Patching-prod-eu-central-1": (1, 3),
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            [("baselines:\n", "security_hub: {accounts: [dev]}\nbaselines:\n")],
            "patching.yaml:10: security_hub: nobody hears of findings in dev: no ring there has recipients",
        ),
        (
            [("baselines:\n", "config_rules: {accounts: [security]}\nbaselines:\n")],
            "patching.yaml:10: config_rules.accounts[0]: no workload account has this name, got 'security'",
        ),
        (
            [
                ("baselines:\n", "config_rules: {}\nbaselines:\n"),
                ("name: dev-web,", "name: dev-web, tag_key: Patch Group,"),
            ],
            "patching.yaml:10: config_rules: patch groups have different tag keys, and a rule requires one",
        ),
        (
            [("baselines:\n", "config_rules: {subscribe: true}\nbaselines:\n")],
            "patching.yaml:10: config_rules.subscribe: unknown key",
        ),
    ],
)
def test_choices_that_mean_nothing_are_refused(
    tmp_path: Path, changes: list[tuple[str, str]], expected: str
) -> None:
    (mistake,) = mistakes(tmp_path, changed(*changes))
    assert mistake.startswith(expected)
