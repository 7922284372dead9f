"""`python -m demo`: synthesize, deploy, read back, print, and let a quarter go by."""

import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from botocore.exceptions import ClientError
from rich.console import Console

from demo.progress import Step
from demo.quarter.deployed import read_workloads
from demo.quarter.patches import DAYS
from demo.quarter.record import read_record
from demo.quarter.run import Quarter
from demo.quarter.story import Story
from demo.quarter.tables import print_quarter
from demo.read_back import read_deployment
from demo.tables import print_deployment
from local_aws import LocalAwsError
from local_aws.cdk_cli import CdkCli
from local_aws.errors import DeploymentError
from local_aws.fleet.clock import clock
from local_aws.process import running
from local_aws.server import Server, serve
from patching_constructs import InvalidInputError, Settings, load_settings

ROOT = Path(__file__).parents[1]
CONFIG = os.environ.get("PATCHING_CONFIG", "patching.yaml")
STACKS_AT_ONCE = 5
WIDTH_OF_FILES = 160
"""Characters of a line where no terminal says how many it has."""
PICTURE = ROOT / "build" / "demo" / "quarter.png"
INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells give it."""


class GateError(Exception):
    """A gate in front of the deployment has said no, and has printed why."""


def main() -> int:
    """Run the demonstration; return its exit status."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH_OF_FILES)
    try:
        settings = load_settings(ROOT / CONFIG)
    except InvalidInputError as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return 1
    try:
        with tempfile.TemporaryDirectory(prefix="patching-demo-") as assembly, serve() as server:
            _demonstrate(console, settings, server, assembly=Path(assembly))
    except (LocalAwsError, GateError, ClientError) as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("interrupted; nothing is left of the local AWS", style="red")
        return INTERRUPTED
    return 0


def _demonstrate(console: Console, settings: Settings, server: Server, *, assembly: Path) -> None:
    show = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    with Step(console, "synthesize the organisation through every gate"):
        cli = CdkCli(server=server, directory=ROOT, on_line=show)
        try:
            cli.run("synth", "--quiet", "--output", str(assembly))
        except DeploymentError as error:
            raise GateError(str(error).splitlines()[0]) from None
        lint(assembly, server, show)
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
    _let_a_quarter_go_by(console, environments, folder=assembly)


def _let_a_quarter_go_by(console: Console, environments: list[tuple[str, str]], *, folder: Path) -> None:
    workloads = read_workloads(environments)
    if not workloads:
        console.print("no compliance reporter is deployed, so a quarter would have no figures")
        return
    with Step(console, f"let {DAYS} days go by") as step:
        story = Story(workloads)
        quarter = Quarter(workloads, story, folder=folder, on_day=lambda day: step.line(f"{day:%d %B %Y}"))
        try:
            outcome = quarter.run()
        finally:
            clock.set(None)
        record = read_record(workloads, outcome, environments)
    with Step(console, "draw the quarter"):
        from demo.quarter.picture import draw  # matplotlib takes a while to load

        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        draw(record, PICTURE)
    print_quarter(console, record, outcome, story.incidents)
    console.print(f"the picture of it: {PICTURE}", markup=False, highlight=False, soft_wrap=True)


def lint(assembly: Path, server: Server, show: Callable[[str], object]) -> None:
    """Run the gate after `cdk synth`, as `make synth` does."""
    templates = sorted(map(str, assembly.glob("*.template.json")))
    command = [str(Path(sys.prefix, "bin", "cfn-lint")), "--non-zero-exit-code", "informational", *templates]
    with running(command, environment=server.process_environment(), directory=ROOT) as process:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        for line in process.stdout:
            show(line.rstrip())
    if process.returncode:
        raise GateError(f"cfn-lint ended with exit status {process.returncode}")


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
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    sys.exit(main())
