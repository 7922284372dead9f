"""Security Hub and AWS Config, switched on in patching.yaml."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

from local_aws.cdk_cli import CdkCli
from local_aws.errors import DeploymentError
from local_aws.server import Server, serve
from patching_constructs import load_settings
from stacks.organisation import define_organisation
from tests.sample import ROOT, stacks_of
from tests.settings.sample import changed, mistakes

CHOSEN = "security_hub: {accounts: [prod], subscribe: true}\nconfig_rules: {accounts: [dev, prod]}\n"


PROD = "666666666666"
REGION = "eu-central-1"
STACK = f"Patching-prod-{REGION}"


@pytest.fixture(scope="module")
def settings_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("chosen") / "patching.yaml"
    text = (ROOT / "patching.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("baselines:\n", f"{CHOSEN}baselines:\n", 1), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def app(settings_file: Path) -> cdk.App:
    app = cdk.App(analytics_reporting=False, context=json.loads((ROOT / "cdk.json").read_text())["context"])
    define_organisation(app, load_settings(settings_file))
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
            "patching.yaml:10: security_hub: no recipient for findings in dev: no ring there has recipients",
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


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as server:
        yield server


@pytest.fixture
def prod(server: Server) -> Any:
    """Give clients of production."""
    return lambda service: server.client(service, account=PROD, region=REGION)


@pytest.mark.slow
def test_the_cdk_cli_deploys_both_and_aws_says_what_is_missing(
    server: Server, prod: Any, settings_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATCHING_CONFIG", str(settings_file))
    cli = CdkCli(server=server, directory=ROOT, on_line=lambda _: None)
    cli.bootstrap([(PROD, REGION)])
    assembly = str(tmp_path / "cdk.out")
    cli.run("synth", "--quiet", "--app", f"{sys.executable} app.py", "--output", assembly)

    with pytest.raises(DeploymentError) as caught:
        cli.deploy(STACK, app=assembly)
    assert {failure.resource_type: failure.reason for failure in caught.value.failures} == {
        "AWS::SecurityHub::ProductSubscription": f"Account {PROD} is not subscribed to AWS Security Hub "
        "(InvalidAccessException from EnableImportFindingsForProduct)",
    }

    prod("securityhub").enable_security_hub()
    with pytest.raises(DeploymentError, match="You must create a configuration recorder"):
        cli.deploy(STACK, app=assembly)
    assert prod("securityhub").list_enabled_products_for_import()["ProductSubscriptions"] == []

    prod("config").put_configuration_recorder(
        ConfigurationRecorder={"name": "default", "roleARN": f"arn:aws:iam::{PROD}:role/config"}
    )
    cli.deploy(STACK, app=assembly)
    assert prod("securityhub").list_enabled_products_for_import()["ProductSubscriptions"] == [
        f"arn:aws:securityhub:{REGION}:{PROD}:product-subscription/aws/ssm-patch-manager"
    ]
    rules = {
        rule["Source"]["SourceIdentifier"]: rule
        for rule in prod("config").describe_config_rules()["ConfigRules"]
    }
    assert rules.keys() == {
        "EC2_INSTANCE_MANAGED_BY_SSM",
        "EC2_MANAGEDINSTANCE_PATCH_COMPLIANCE_STATUS_CHECK",
        "REQUIRED_TAGS",
    }
    assert json.loads(rules["REQUIRED_TAGS"]["InputParameters"]) == {
        "tag1Key": "PatchGroup",
        "tag1Value": ",".join(group.name for group in _groups_of_prod(settings_file)),
    }


def _groups_of_prod(settings_file: Path) -> list[Any]:
    settings = load_settings(settings_file)
    (account,) = [account for account in settings.workload_accounts if account.name == "prod"]
    return [group for ring in settings.rings_of(account) for group in ring.patch_groups]
