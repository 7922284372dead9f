"""The local AWS as the account of a run: a simulated clock and fleet, and functions of this process."""

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from local_aws.cdk_cli import CdkCli
from local_aws.errors import DeploymentError
from local_aws.fleet.clock import clock
from local_aws.fleet.records import Node, Patch
from local_aws.fleet.simulation import SimulatedPlace, WindowFired, window_starts
from local_aws.server import Server
from local_aws.services.lambda_functions import FunctionRunner
from local_aws.services.moto_seams import place
from patching_constructs import OperatingSystem
from tests.integ.cloud import IntegError, Launch

_ROOT = Path(__file__).parents[2]
_HOUR = timedelta(hours=1)
_A_MOMENT = timedelta(microseconds=1)


class LocalCloud:
    """An account and Region of a local AWS.

    Args:
        server: The local AWS.
        folder: Where functions are unpacked.
        account: The account.
        region: The Region.
        show: Shows what the CDK CLI prints.
    """

    def __init__(
        self,
        server: Server,
        *,
        folder: Path,
        account: str,
        region: str,
        show: Callable[[str], object],
    ) -> None:
        self.account = account
        self.region = region
        self._server = server
        self._cli = CdkCli(server=server, directory=_ROOT, on_line=lambda line: show(f"  {line}"))
        self._clients: dict[str, Any] = {}
        self._functions_folder = folder
        self._numbers = itertools.count(1)
        self._events: list[WindowFired] = []
        clock.set(datetime.now(UTC).replace(microsecond=0))

    @property
    def _place(self) -> SimulatedPlace:
        return place(self.account, self.region)

    @property
    def _functions(self) -> FunctionRunner:
        """A runner that knows the rules and functions of now: a deployment changes them."""
        return FunctionRunner(self._functions_folder / str(next(self._numbers)))

    def client(self, service: str) -> Any:
        """Return a boto3 client."""
        if service not in self._clients:
            self._clients[service] = self._own_client(service)
        return self._clients[service]

    def _own_client(self, service: str) -> Any:
        """Return a client for what a node or Systems Manager would call, not the script."""
        return self._server.client(service, account=self.account, region=self.region)

    def bootstrap(self) -> None:
        """Bootstrap the account."""
        self._cli.bootstrap([(self.account, self.region)])

    def cdk(self, *arguments: str) -> None:
        """Run the CDK CLI."""
        try:
            self._cli.run(arguments[0], "--progress", "events", *arguments[1:])
        except DeploymentError as error:
            raise IntegError(str(error)) from error

    def now(self) -> datetime:
        """Return the simulated time."""
        return clock()

    def wait(self, time_span: timedelta) -> None:
        """Let windows open, events arrive and schedules come due until the time is over."""
        start, end = clock(), clock() + time_span
        # A window that opens exactly at the end of a step belongs to the next one.
        for opening in window_starts([self._place], from_=start - _A_MOMENT, until=end):
            fired = opening.run()
            _write_output(self._own_client("s3"), self._own_client("ssm"), fired)
            self._events.append(fired)
        for fired in [each for each in self._events if each.execution.ended_at <= end]:
            self._events.remove(fired)
            clock.set(fired.execution.ended_at)
            self._functions.deliver(fired.event, account=self.account, region=self.region)
        if start.replace(minute=0, second=0) + _HOUR <= end:
            clock.set(end)
            self._functions.start_schedules(account=self.account, region=self.region)
        clock.set(end)

    def launch(self, launch: Launch) -> dict[OperatingSystem, str]:
        """Add nodes to the fleet, and patches that were published long ago."""
        nodes: dict[OperatingSystem, str] = {}
        for system in launch.systems:
            self._place.fleet.add(*_patches_of(system, self.now()))
            node = Node(
                node_id=f"i-{next(self._numbers):017x}",
                operating_system=system,
                tags=dict(launch.tags),
                launched_at=self.now(),
            )
            self._place.fleet.add(node)
            nodes[system] = node.node_id
        return nodes

    def terminate(self, node_ids: Sequence[str]) -> None:
        """Stop nodes for ever."""
        for node_id in node_ids:
            self._place.fleet.nodes[node_id].stopped_at = self.now()

    def invoke(self, function_name: str) -> None:
        """Run a function: Lambda itself is not part of the local AWS."""
        self._functions.start({}, f"arn:aws:lambda:{self.region}:{self.account}:function:{function_name}")


def _patches_of(system: OperatingSystem, now: datetime) -> list[Patch]:
    published = now - timedelta(days=61)
    is_windows = system is OperatingSystem.WINDOWS
    names = (
        ["KB5000001"]
        if is_windows
        else ["kernel.x86_64:0:6.1.1-1.amzn2023", "curl.x86_64:0:8.5.0-1.amzn2023"]
    )
    return [
        Patch(
            patch_id=name,
            operating_system=system,
            published_at=published,
            visible_at=published,
            classification="SecurityUpdates" if is_windows else "Security",
            severity="Critical" if is_windows else "Important",
        )
        for name in names
    ]


def _write_output(s3: Any, ssm: Any, fired: WindowFired) -> None:
    """Write what each node prints where the task of the window says.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/rc-console.html
    """
    window_id = fired.execution.window_id
    tasks = ssm.describe_maintenance_window_tasks(WindowId=window_id)["Tasks"]
    for task in tasks:
        details = ssm.get_maintenance_window_task(WindowId=window_id, WindowTaskId=task["WindowTaskId"])
        command = details["TaskInvocationParameters"]["RunCommand"]
        for run in fired.execution.commands.values():
            if run.document_name != task["TaskArn"]:
                continue
            for node_id in run.statuses:
                s3.put_object(
                    Bucket=command["OutputS3BucketName"],
                    Key=f"{command['OutputS3KeyPrefix']}/{run.command_id}/{node_id}/awsrunShellScript/stdout",
                    Body=b"output",
                )
