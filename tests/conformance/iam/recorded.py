"""What our functions ask AWS for: their handlers run in the local AWS, and their calls are recorded."""

import datetime as dt
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_aws.aws import client
from local_aws.fleet.clock import clock
from local_aws.fleet.simulation import WindowFired, simulate
from local_aws.services.lambda_functions import Event, FunctionRunner
from local_aws.services.moto_seams import place
from patching_constructs import OperatingSystem
from tests import ssm_events
from tests.conformance.iam import estates
from tests.lambdas.fleets import DAY, KERNEL, START, node, patch

_TIME_LEFT = (15, *[1] * 4)
"""Minutes that functions have left when they ask, so that a report stops and is resumed; then enough."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionCall:
    """A call that a function made.

    Attributes:
        account: Account of the function.
        function: Name of the function.
        region: Region of the client.
        service: Name of the service as boto3 spells it.
        operation: Name of the operation.
        parameters: Its parameters.
    """

    account: str
    function: str
    region: str
    service: str
    operation: str
    parameters: Mapping[str, Any]


class _RecordingRunner(FunctionRunner):
    """Runs functions and notes what they ask botocore for."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, time_left=self._minutes)
        self._root = folder
        self._left: Iterator[int] = iter(())
        self.calls: list[FunctionCall] = []

    def _minutes(self) -> dt.timedelta:
        return dt.timedelta(minutes=next(self._left, _TIME_LEFT[0]))

    def interrupt(self) -> None:
        """Let the next report run out of time."""
        self._left = iter(_TIME_LEFT)

    def _client(self, service: str, *, account: str, region: str) -> Any:
        def note(params: Mapping[str, Any], model: Any, **_: object) -> None:
            of_account, _region, function = Path(os.environ["LAMBDA_TASK_ROOT"]).relative_to(self._root).parts
            self.calls.append(
                FunctionCall(
                    account=of_account,
                    function=function,
                    region=region,
                    service=service,
                    operation=model.name,
                    parameters=dict(params),
                )
            )

        made = super()._client(service, account=account, region=region)
        made.meta.events.register("provide-client-params", note)
        return made


def run_functions(folder: Path) -> list[FunctionCall]:
    """Let every deployed function run, as the rules of its stack start it, and return its calls."""
    runner = _RecordingRunner(folder)
    for account, events in _incidents().items():
        for event in events:
            runner.deliver(event, account=account, region=estates.REGION)
        runner.interrupt()
        runner.start_schedules(account=account, region=estates.REGION)
    clock.set(None)
    return runner.calls


def _incidents() -> dict[str, list[Event]]:
    """Let windows run over nodes of every kind, and return the events of each account."""
    clock.set(START)
    windows = OperatingSystem.WINDOWS
    fleets = {
        estates.PROD: ("prod-web", "prod-office"),
        estates.SHOP: ("shop-web", "shop-office"),
    }
    for account, (web, office) in fleets.items():
        place(account, estates.REGION).fleet.add(
            patch(KERNEL, START - 30 * DAY),
            patch("KB5000001", START - 30 * DAY, operating_system=windows, classification="SecurityUpdates"),
            node(1, tags={"PatchGroup": web}, refuses={KERNEL}),
            node(2, tags={"PatchGroup": office}, operating_system=windows, refuses={"KB5000001"}),
            node(3, tags={"PatchGroup": office}, operating_system=windows),
            node(4, node_id="mi-00000000000000004", tags={"PatchGroup": web}, refuses={KERNEL}),
            node(5, tags={"Name": "without a patch group"}),
        )
    places = [place(account, estates.REGION) for account in fleets]
    fired = list(simulate(places, from_=START, until=START + 4 * DAY))
    return {
        account: [
            *(run.event for run in fired if run.place.account == account),
            *(
                {**event, "account": account, "region": estates.REGION}
                for event in (
                    *_failed_commands(run for run in fired if run.place.account == account),
                    ssm_events.window_execution("SUCCESS", window_id=_window_of_others(account)),
                    ssm_events.compliance("non_compliant"),
                    ssm_events.calendar("CLOSED"),
                )
            ),
        ]
        for account in fleets
    }


def _window_of_others(account: str) -> str:
    """Create a window that belongs to no rollout, and return its id."""
    ssm = client("ssm", account=account, region=estates.REGION)
    window_id: str = ssm.create_maintenance_window(
        Name="backup", Schedule="rate(1 day)", Duration=2, Cutoff=1, AllowUnassociatedTargets=False
    )["WindowId"]
    return window_id


def _failed_commands(fired: Iterable[WindowFired]) -> Iterator[Event]:
    for run in fired:
        for command in run.execution.commands.values():
            if command.status == "FAILED":
                event = ssm_events.command("Failed")
                event["detail"]["command-id"] = command.command_id
                yield event
