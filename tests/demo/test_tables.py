from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from demo.read_back import Deployment, read_deployment
from demo.tables import print_deployment
from local_aws import client, in_process
from tests.deployment import deploy_stack
from tests.sample import sample_app, stacks_of

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ACCOUNT = "666666666666"
REGION = "eu-central-1"


@pytest.fixture(scope="module")
def deployment() -> Deployment:
    stack = next(
        stack for stack in stacks_of(sample_app()) if stack.stack_name == "Patching-prod-eu-central-1"
    )
    with in_process():
        deploy_stack(stack)
        return read_deployment(client, account_name="prod", account=ACCOUNT, region=REGION)


@pytest.fixture(scope="module")
def printed(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("demo") / "tables.txt"
    with path.open("w") as file:
        print_deployment(Console(file=file, width=200), deployment, now=NOW)
    return path.read_text()


def test_rings_come_from_the_tags_of_the_windows(deployment: Deployment) -> None:
    assert [ring.name for ring in deployment.rings] == ["prod", "prod-scan-only"]
    assert [window.name for window in deployment.rings[0].windows] == [
        "patching-prod-scan",
        "patching-prod-install",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "prod 666666666666 eu-central-1",
        "ring 4: prod",
        "prod-amazon-linux-2023",
        "CLASSIFICATION Security",
        "10 days",
        "cron(0 1 ? * TUE#3 *) + 4 days",
        "Europe/Berlin",
        "Sat 2026-12-19 01:00 CET",
        "Sat 2027-01-23 01:00 CET",
        "Sat 2027-02-20 01:00 CET",
        "AWS-UpdateSSMAgent",
        "Operation Install, RebootOption RebootIfNeeded",
        "prod-image-built",
        "AWS/SQS ApproximateNumberOfMessagesVisible",
        "notBreaching",
        "production-on-call@example.com",
        "python3.14 arm64",
        "Reports how nodes comply with their patch baselines",
        "Ring prod-scan-only of rollout patching is healthy while this alarm is OK",
        "PatchingConstructs OverduePatches",
        "prod-scan-only, patching",
    ],
)
def test_the_tables_show_what_is_deployed(text: str, printed: str) -> None:
    assert text in printed
