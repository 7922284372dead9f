"""The run itself: deploy, launch, scan, install, look."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from botocore.exceptions import ClientError

from patching_constructs import OperatingSystem
from patching_constructs.contracts.history_row import HistoryRow
from tests.integ.answers import AnswerBook
from tests.integ.checks import (
    Check,
    check_forwarded,
    check_metrics,
    check_missing,
    check_output,
    check_ring_run,
    check_rows,
    check_windows,
    forwarded,
)
from tests.integ.cloud import Cloud, IntegError, Launch, Waiting
from tests.integ.costs import NODES_END_AFTER
from tests.integ.evidence import (
    Answer,
    Site,
    Stage,
    drain_events,
    finished_execution,
    latest_rows,
    listed_missing,
    patch_states,
    ring_run,
    window_name,
)
from tests.integ.stacks_under_test import NODES_STACK, RUN_TAG, SECURITY_STACK, Windows, synthesize
from tests.integ.state import State

_LEAD = timedelta(minutes=10)
"""How far ahead a window is scheduled: a deployment of the changed schedule has to be over by then."""
_NOT_YET = timedelta(days=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What a run has shown.

    Attributes:
        checks: What had to be.
        site: What was deployed.
        stages: What was known after the scan and after the install.
        events: The events that came.
        is_enabled_by_update: Whether an update by CloudFormation enabled a window that was disabled.
    """

    checks: Sequence[Check]
    site: Site
    stages: Mapping[str, Stage]
    events: Sequence[Answer]
    is_enabled_by_update: bool


def new_run_id() -> str:
    """Return the id of a new run."""
    return secrets.token_hex(4)


def preflight(cloud: Cloud) -> None:
    """Check that the account is bootstrapped, and has nothing of what a run makes.

    Raises:
        IntegError: If not, with what to do.
    """
    try:
        cloud.client("ssm").get_parameter(Name="/cdk-bootstrap/hnb659fds/version")
    except ClientError as error:
        message = (
            f"{cloud.account}/{cloud.region} is not bootstrapped ({error}): "
            f"run `npx cdk bootstrap aws://{cloud.account}/{cloud.region}` first"
        )
        raise IntegError(message) from error
    for service, operation, parameters, what in (
        ("cloudformation", "describe_stacks", {"StackName": NODES_STACK}, f"stack {NODES_STACK}"),
        ("cloudformation", "describe_stacks", {"StackName": SECURITY_STACK}, f"stack {SECURITY_STACK}"),
        ("events", "describe_event_bus", {"Name": "patching"}, "event bus patching"),
        ("s3", "head_bucket", {"Bucket": _history_bucket(cloud)}, f"bucket {_history_bucket(cloud)}"),
    ):
        try:
            getattr(cloud.client(service), operation)(**parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] in _IS_FREE:
                continue
            raise IntegError(f"cannot see whether there is a {what}: {error}") from error
        message = (
            f"{cloud.account}/{cloud.region} has a {what} already. If an earlier run has left it, remove it "
            "with `make integ ARGS=--clean`; if the account is patched with these constructs, use another one"
        )
        raise IntegError(message)


_IS_FREE = {"ValidationError", "ResourceNotFoundException", "404", "NoSuchBucket", "NotFound"}


def _history_bucket(cloud: Cloud) -> str:
    return f"patching-history-{cloud.account}-{cloud.region}"


class Proof:
    """Runs the proof in one account and Region.

    Args:
        cloud: Where.
        state: What has been made, kept up to date.
        folder: Where the stacks are synthesized.
        email: Who gets the mails of the alarms; an address that confirms nothing gets none.
        ends_at: When the run has to be over.
        book: Takes the answers.
        show: Shows a line.
    """

    def __init__(
        self,
        cloud: Cloud,
        *,
        state: State,
        folder: Path,
        email: str,
        ends_at: datetime,
        book: AnswerBook,
        show: Callable[[str], object],
    ) -> None:
        self._cloud = cloud
        self._state = state
        self._folder = folder
        self._email = email
        self._ends_at = ends_at
        self._book = book
        self._show = show
        self._waiting = Waiting(cloud=cloud, ends_at=ends_at, show=show)
        self._deployments = 0

    def run(self) -> Result:
        """Deploy, launch nodes, let the deployed windows scan and install, and look at what comes of it."""
        started = self._cloud.now()
        far = started.replace(microsecond=0) + _NOT_YET
        windows = Windows(scan_at=far, install_at=far + timedelta(hours=4))
        self._deploy(windows, SECURITY_STACK, NODES_STACK)
        outputs = self._outputs()
        nodes = self._launch(outputs)
        site = Site(outputs=outputs, nodes=nodes, window_ids=self._window_ids())
        scan = self._scan(site, windows)
        self._book.record(self._cloud, site, [scan.execution])
        install, is_enabled_by_update = self._install(site, windows)
        events = self._observe(site, install)
        self._book.record(self._cloud, site, [scan.execution, install.execution])
        self._book.record_events(events)
        run = ring_run(self._cloud, outputs["RingTable"], install.execution["WindowExecutionId"])
        checks = [
            *check_windows(scan, install),
            *check_missing(site, scan, install),
            *check_rows(site, scan, install),
            *check_output(self._cloud, site),
            *check_metrics(self._cloud, since=started),
            *check_ring_run(run, site.node_ids),
            *check_forwarded(events),
        ]
        return Result(
            checks=checks,
            site=site,
            stages={"scan": scan, "install": install},
            events=events,
            is_enabled_by_update=is_enabled_by_update,
        )

    def _deploy(self, windows: Windows, *stacks: str) -> None:
        self._deployments += 1
        assembly = synthesize(
            self._folder / f"assembly-{self._deployments}",
            account=self._cloud.account,
            region=self._cloud.region,
            email=self._email,
            run_id=self._state.run_id,
            windows=windows,
        )
        self._show(f"deploying {' and '.join(stacks)}")
        self._cloud.cdk(
            "deploy", "--app", str(assembly), "--method", "direct", "--require-approval", "never", *stacks
        )

    def _outputs(self) -> dict[str, str]:
        cloudformation = self._cloud.client("cloudformation")
        outputs: dict[str, str] = {}
        for stack_name in (SECURITY_STACK, NODES_STACK):
            (stack,) = cloudformation.describe_stacks(StackName=stack_name)["Stacks"]
            outputs |= {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        return outputs

    def _launch(self, outputs: dict[str, str]) -> dict[OperatingSystem, str]:
        """Launch nodes the way that the guide says: with the instance profile and the tag of the outputs."""
        profile, tag = (_output_of_fleet(outputs, name) for name in ("InstanceProfileName", "Tag"))
        key, _, value = tag.partition("=")
        self._show(f"launching nodes with instance profile {profile} and tag {tag}")
        nodes = self._cloud.launch(
            Launch(
                systems=(OperatingSystem.AMAZON_LINUX_2023, OperatingSystem.WINDOWS),
                instance_profile_name=profile,
                tags={key: value, RUN_TAG: self._state.run_id},
                ends_at=self._ends_at + NODES_END_AFTER,
            )
        )
        self._state.instance_ids = list(nodes.values())
        self._state.save()

        def online() -> bool | None:
            found = self._cloud.client("ssm").describe_instance_information(
                Filters=[{"Key": "InstanceIds", "Values": self._state.instance_ids}]
            )["InstanceInformationList"]
            reached = {node["InstanceId"] for node in found if node["PingStatus"] == "Online"}
            return True if reached == set(self._state.instance_ids) else None

        self._waiting.until("the agents of both nodes are online", online, within=timedelta(minutes=30))
        return nodes

    def _window_ids(self) -> dict[str, str]:
        names = [window_name(operation) for operation in ("scan", "install")]
        found = self._cloud.client("ssm").describe_maintenance_windows(
            Filters=[{"Key": "Name", "Values": names}]
        )["WindowIdentities"]
        return {window["Name"]: window["WindowId"] for window in found}

    def _scan(self, site: Site, windows: Windows) -> Stage:
        at = self._soon()
        self._deploy(Windows(scan_at=at, install_at=windows.install_at), NODES_STACK)
        stage = self._finished(site, "scan", at, within=timedelta(minutes=60))
        self._cloud.invoke(site.outputs["ReporterFunction"])
        stage.rows = self._report(site, stage)
        return stage

    def _install(self, site: Site, windows: Windows) -> tuple[Stage, bool]:
        """Disable the window as an operator may, schedule it with a deployment, and wait until it has run."""
        ssm, window = self._cloud.client("ssm"), {"WindowId": site.window_ids[window_name("install")]}
        ssm.update_maintenance_window(**window, Enabled=False)
        at = self._soon()
        self._deploy(Windows(scan_at=windows.scan_at, install_at=at), NODES_STACK)
        is_enabled = bool(ssm.get_maintenance_window(**window)["Enabled"])
        if not is_enabled:
            ssm.update_maintenance_window(**window, Enabled=True)
        stage = self._finished(site, "install", at, within=timedelta(minutes=120))
        stage.rows = self._report(site, stage)  # the deployed rule starts the reporter
        return stage, is_enabled

    def _soon(self) -> datetime:
        return self._cloud.now().replace(second=0, microsecond=0) + _LEAD

    def _finished(self, site: Site, operation: str, at: datetime, *, within: timedelta) -> Stage:
        window_id = site.window_ids[window_name(operation)]
        execution = self._waiting.until(
            f"the {operation} window, which opens at {at:%H:%M} UTC, has run",
            lambda: finished_execution(self._cloud, window_id, after=at - timedelta(minutes=1)),
            within=_LEAD + within,
        )
        states = self._waiting.until(
            f"both nodes have reported what they know after the {operation}",
            lambda: patch_states(self._cloud, site.node_ids, after=at),
            within=timedelta(minutes=15),
        )
        listed = {node_id: listed_missing(self._cloud, node_id) for node_id in site.node_ids}
        return Stage(execution=execution, states=states, listed=listed)

    def _report(self, site: Site, stage: Stage) -> dict[str, HistoryRow]:
        since = stage.execution["EndTime"] - timedelta(minutes=1)
        return self._waiting.until(
            "the reporter has written its report into the history",
            lambda: latest_rows(self._cloud, site.outputs["HistoryBucket"], after=since),
            within=timedelta(minutes=20),
        )

    def _observe(self, site: Site, install: Stage) -> list[Answer]:
        """Wait for the record of the run and for the event, and return all events."""
        execution_id = install.execution["WindowExecutionId"]
        events: list[Answer] = []

        def reported() -> bool | None:
            events.extend(drain_events(self._cloud, site.outputs["ObservedQueueUrl"]))
            recorded = ring_run(self._cloud, site.outputs["RingTable"], execution_id)
            return True if recorded is not None and forwarded(events) is not None else None

        try:
            self._waiting.until(
                "the security account has the run and the event", reported, within=timedelta(minutes=15)
            )
        except IntegError as error:
            self._show(str(error))  # the checks say what is missing
        return events


def _output_of_fleet(outputs: dict[str, str], name: str) -> str:
    """Return an output of the patch group's fleet; CDK puts a hash behind its name."""
    (value,) = (value for key, value in outputs.items() if key.startswith("Fleet") and name in key)
    return value
