"""Runs the real CDK CLI against a local AWS."""

import os
import shutil
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from local_aws.cloudformation.failures import failed_resources
from local_aws.errors import DeploymentError, FailedResource, LocalAwsError
from local_aws.process import running
from local_aws.server import Server
from local_aws.services.moto_seams import every_stack

_ROOT = Path(__file__).parents[1]
ACCOUNT_KEYS_PLUGIN = Path(__file__).with_name("account_keys.cjs")
"""A plugin for the CDK CLI that has keys for every account of a local AWS."""


_LINES_KEPT = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class CdkCli:
    """The CDK CLI with a local AWS for its cloud.

    Args:
        server: The local AWS.
        directory: Where the CLI runs.
        on_line: Called with each line that the CLI prints, when it prints it.
    """

    server: Server
    directory: Path
    on_line: Callable[[str], object]

    def bootstrap(self, environments: Sequence[tuple[str, str]]) -> None:
        """Run `cdk bootstrap` for accounts and Regions, all at once.

        Args:
            environments: Account and Region of each.

        Raises:
            DeploymentError: If the CLI fails, with the resources that failed and why.
        """
        places = [f"aws://{account}/{region}" for account, region in environments]
        self.run("bootstrap", "--progress", "events", *places)

    def deploy(self, *stacks: str, app: str, concurrency: int = 1) -> None:
        """Run `cdk deploy`.

        Args:
            stacks: Names of the stacks; by default all.
            app: The app's command, or the directory of its cloud assembly.
            concurrency: How many stacks are deployed at once.

        Raises:
            DeploymentError: If the CLI fails, with the resources that failed and why.
        """
        how = ("--method", "direct", "--require-approval", "never", "--progress", "events")
        self.run("deploy", "--app", app, *how, "--concurrency", str(concurrency), *(stacks or ("--all",)))

    def destroy(self, *stacks: str, app: str) -> None:
        """Run `cdk destroy`.

        Args:
            stacks: Names of the stacks; by default all.
            app: The app's command, or the directory of its cloud assembly.

        Raises:
            DeploymentError: If the CLI fails, with the resources that failed and why.
        """
        self.run("destroy", "--app", app, "--force", "--progress", "events", *(stacks or ("--all",)))

    def run(self, command: str, *arguments: str) -> None:
        """Run any command of the CLI.

        Args:
            command: The command.
            arguments: Its arguments.

        Raises:
            DeploymentError: If the CLI fails, with the resources that failed and why.
            LocalAwsError: If there is no CLI.
        """
        environment = self._environment()
        cdk = shutil.which("cdk", path=environment["PATH"])
        if cdk is None:
            raise LocalAwsError("the CDK CLI is not installed: run `make setup`")
        started = datetime.now(UTC)
        line_up: deque[str] = deque(maxlen=_LINES_KEPT)
        options = ("--ci", "--no-notices", "--plugin", str(ACCOUNT_KEYS_PLUGIN))
        with running(
            [cdk, command, *options, *arguments], environment=environment, directory=self.directory
        ) as process:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            for line in process.stdout:
                line_up.append(line.rstrip())
                self.on_line(line.rstrip())
        if process.returncode:
            failures = _failures_since(started)
            last_lines = () if failures else line_up
            message = f"cdk {command} ended with exit status {process.returncode}"
            raise DeploymentError("\n".join([message, *last_lines]), failures)

    def _environment(self) -> dict[str, str]:
        inherited = self.server.process_environment()
        tools = (Path(sys.prefix, "bin"), _ROOT / "node_modules" / ".bin")
        path = os.pathsep.join([*map(str, tools), inherited.get("PATH", os.defpath)])
        return {**inherited, "PATH": path, "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1"}


def _failures_since(started: datetime) -> list[FailedResource]:
    return [
        failure
        for stack in every_stack()
        for failure in failed_resources(stack)
        if stack.events[-1].at >= started
    ]
