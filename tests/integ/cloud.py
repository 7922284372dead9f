"""What differs between AWS and the local AWS: time, nodes, and what Lambda runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from patching_constructs import OperatingSystem

T = TypeVar("T")


class IntegError(Exception):
    """Something that ends the run, in words for whoever started it."""


class OutOfTimeError(IntegError):
    """The run has lasted as long as its cost ceiling allows, or a step longer than it may."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Launch:
    """The nodes to launch, one for each operating system.

    Attributes:
        systems: Their operating systems.
        instance_profile_name: Their instance profile.
        tags: Their tags.
        ends_at: When they shut down by themselves, whatever becomes of the script.
    """

    systems: tuple[OperatingSystem, ...]
    instance_profile_name: str
    tags: dict[str, str]
    ends_at: datetime


class Cloud(Protocol):
    """An account and Region.

    Attributes:
        account: The account.
        region: The Region.
    """

    account: str
    region: str

    def client(self, service: str) -> Any:
        """Return a boto3 client."""

    def cdk(self, *arguments: str) -> None:
        """Run the CDK CLI.

        Raises:
            IntegError: If it fails.
        """

    def now(self) -> datetime:
        """Return the time, in UTC."""

    def wait(self, time: timedelta) -> None:
        """Let time go by."""

    def launch(self, launch: Launch) -> dict[OperatingSystem, str]:
        """Launch nodes and return their ids."""

    def terminate(self, node_ids: Sequence[str]) -> None:
        """Terminate nodes; those that are gone already are no error."""

    def invoke(self, function_name: str) -> None:
        """Run a function as a schedule would, and wait for its end.

        Raises:
            IntegError: If it fails.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """Waits for things, and never past the end of the run.

    Attributes:
        cloud: Where.
        ends_at: The end of the run.
        show: Shows a line.
    """

    cloud: Cloud
    ends_at: datetime
    show: Callable[[str], object]

    def until(
        self,
        what: str,
        probe: Callable[[], T | None],
        *,
        within: timedelta,
        every: timedelta = timedelta(seconds=30),
    ) -> T:
        """Ask `probe` again and again until it returns something else than None.

        Raises:
            OutOfTimeError: If it does not in time.
        """
        self.show(f"waiting until {what}")
        latest = self.cloud.now() + within
        while (found := probe()) is None:
            if self.cloud.now() >= self.ends_at:
                message = f"the run has reached its time limit while waiting until {what}"
                raise OutOfTimeError(message)
            if self.cloud.now() >= latest:
                message = f"not within {within // timedelta(minutes=1)} minutes: {what}"
                raise OutOfTimeError(message)
            self.cloud.wait(every)
        return found
