"""`python -m demo`: synthesize, deploy, read back, print."""

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from demo.progress import Step
from demo.read_back import read_deployment
from demo.tables import print_deployment
from local_aws import LocalAwsError
from local_aws.cdk_cli import CdkCli
from local_aws.server import Server, serve
from patching_constructs import InvalidInputError, Settings, load_settings

ROOT = Path(__file__).parents[1]
CONFIG = os.environ.get("PATCHING_CONFIG", "patching.yaml")
STACKS_AT_ONCE = 5


def main() -> int:
    """Run the demonstration; return its exit status."""
    console = Console()
    try:
        settings = load_settings(ROOT / CONFIG)
    except InvalidInputError as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return 1
    try:
        with tempfile.TemporaryDirectory(prefix="patching-demo-") as assembly, serve() as server:
            _demonstrate(console, settings, server, assembly=Path(assembly))
    except LocalAwsError as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return 1
    except subprocess.CalledProcessError as error:
        console.print(f"cdk synth ended with exit status {error.returncode}", style="red")
        return 1
    return 0


def _demonstrate(console: Console, settings: Settings, server: Server, *, assembly: Path) -> None:
    with Step(console, "synthesize the organisation through every gate"):
        command = ["cdk", "synth", "--quiet", "--no-notices", "--output", str(assembly)]
        subprocess.run(command, cwd=ROOT, env=server.process_environment(), check=True)  # noqa: S603
    environments = _environments(assembly)
    with Step(console, f"bootstrap {len(environments)} accounts") as step:
        CdkCli(server=server, directory=ROOT, on_line=step.line).bootstrap(environments)
    with Step(console, "deploy every stack") as step:
        CdkCli(server=server, directory=ROOT, on_line=step.line).deploy(
            app=str(assembly), concurrency=STACKS_AT_ONCE
        )
    with Step(console, "read everything back"):
        names = {account.id: account.name for account in settings.accounts}
        deployments = [
            read_deployment(server.client, account=account, region=region, account_name=names[account])
            for account, region in environments
        ]
    for deployment in deployments:
        print_deployment(console, deployment, now=datetime.now(UTC))


def _environments(assembly: Path) -> list[tuple[str, str]]:
    """Return account and Region of every stack in a cloud assembly, each once."""
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"].values()
    places = [
        artifact["environment"].removeprefix("aws://").split("/")
        for artifact in artifacts
        if artifact["type"] == "aws:cloudformation:stack"
    ]
    return list(dict.fromkeys((account, region) for account, region in places))


if __name__ == "__main__":
    sys.exit(main())
