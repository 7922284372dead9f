"""The same script against the local AWS, so that it is known to work before it spends money."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local_aws.fleet.clock import clock
from local_aws.server import serve
from tests.integ import __main__ as script
from tests.integ.api_calls import Calls
from tests.integ.cloud import Launch
from tests.integ.local_cloud import LocalCloud
from tests.integ.stacks_under_test import NODES_STACK, SECURITY_STACK

pytestmark = pytest.mark.slow

ACCOUNT, REGION = "123412341234", "us-east-1"


class WatchedCloud(LocalCloud):
    """A local AWS that notes the calls of the script, and in which something can happen while it waits."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.calls = Calls()
        self.happens: Callable[[], object] = lambda: None
        self._watched: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        if service not in self._watched:
            self._watched[service] = self.calls.listen(super().client(service))
        return self._watched[service]

    def wait(self, time_span: timedelta) -> None:
        self.happens()
        super().wait(time_span)


@pytest.fixture(scope="module")
def bootstrapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedCloud]:
    with serve() as server:
        cloud = WatchedCloud(
            server,
            folder=tmp_path_factory.mktemp("functions"),
            account=ACCOUNT,
            region=REGION,
            show=lambda _: None,
        )
        try:
            cloud.bootstrap()
            yield cloud
        finally:
            clock.set(None)


@pytest.fixture
def cloud(bootstrapped: WatchedCloud) -> WatchedCloud:
    bootstrapped.happens = lambda: None
    bootstrapped.calls.actions.clear()
    return bootstrapped


@pytest.fixture
def shown() -> list[str]:
    return []


def _options(
    tmp_path: Path, *, confirm: Callable[[str], bool] = lambda _: True, **more: Any
) -> script.Options:
    return script.Options(
        email="integ@example.com",
        confirm=confirm,
        state_file=tmp_path / "state.json",
        fixtures=tmp_path / "answers",
        **more,
    )


def _left(cloud: LocalCloud) -> list[str]:
    """Return what is left of a run besides the bootstrap stack and its bucket."""
    kms = cloud.client("kms")
    names = [
        *(stack["StackName"] for stack in cloud.client("cloudformation").describe_stacks()["Stacks"]),
        *(bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]),
        *cloud.client("dynamodb").list_tables()["TableNames"],
        *(group["logGroupName"] for group in cloud.client("logs").describe_log_groups()["logGroups"]),
        *(
            key["KeyId"]
            for key in kms.list_keys()["Keys"]
            if kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] != "PendingDeletion"
        ),
    ]
    return [name for name in names if name != "CDKToolkit" and not name.startswith("cdk-hnb659fds-")]


def _failed(shown: list[str]) -> list[str]:
    return [line for line in shown if line.startswith(("FAILED", "this is left"))]


def test_it_shows_everything_and_leaves_nothing(
    cloud: WatchedCloud, shown: list[str], tmp_path: Path
) -> None:
    status = script.prove(cloud, _options(tmp_path), shown.append)
    assert (status, _failed(shown)) == (script.PASSED, []), "\n".join(shown)
    assert sum(line.startswith("ok ") for line in shown) >= 12
    assert "nothing is left" in shown
    assert not (tmp_path / "state.json").exists()
    permissions = json.loads(Path(__file__).with_name("permissions.json").read_text())
    granted = {
        action
        for statement in permissions["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert cloud.calls.actions <= granted
    # The CDK CLI assumes the roles; nodes and functions are those of the local AWS here.
    assert granted - cloud.calls.actions == {
        "ec2:CreateTags",
        "ec2:DescribeImages",
        "ec2:DescribeSubnets",
        "ec2:RunInstances",
        "ec2:TerminateInstances",
        "iam:PassRole",
        "lambda:InvokeFunction",
        "sts:AssumeRole",
    }
    assert _left(cloud) == []
    fixtures = {path.stem: path.read_text() for path in (tmp_path / "answers").glob("*.json")}
    assert {"ssm.DescribeInstancePatches", "ssm.GetMaintenanceWindowExecutionTask"} <= fixtures.keys()
    assert ACCOUNT not in "".join(fixtures.values())
    observed = dict(line.strip().split(": ", 1) for line in shown if line.startswith("  ") and ": " in line)
    assert observed["disabled-windows"] == "an update of the schedule by CloudFormation enabled it again"
    assert "after the scan: 2 counted, 2 listed as missing" in observed["counts-and-patches"]
    assert "Maintenance Window Execution" in observed["event-values-without-an-example"]
    assert observed["cancelled-windows"] == "not settled by this run"


def test_who_says_no_has_started_nothing(cloud: WatchedCloud, shown: list[str], tmp_path: Path) -> None:
    asked: list[str] = []

    def no(question: str) -> bool:
        asked.append(question)
        return False

    assert script.prove(cloud, _options(tmp_path, confirm=no), shown.append) == script.REFUSED
    assert asked == [f"Start it in account {ACCOUNT}?"]
    assert any("the ceiling is 2.00" in line for line in shown)
    assert _left(cloud) == []


def test_an_estimate_above_the_ceiling_is_refused_before_it_asks(
    cloud: WatchedCloud, shown: list[str], tmp_path: Path
) -> None:
    options = _options(tmp_path, longest=timedelta(hours=9), confirm=lambda _: pytest.fail("it asked"))
    assert script.prove(cloud, options, shown.append) == script.REFUSED
    assert "is above the ceiling of 2.00 USD" in shown[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_the_run_and_removes_everything(
    number: signal.Signals, cloud: WatchedCloud, shown: list[str], tmp_path: Path
) -> None:
    """Ctrl-C comes while it waits for the scan, and again while it removes what it has made."""

    def show(line: str) -> None:
        shown.append(line)
        if line.startswith(("waiting until the scan window", f"deleting stack {SECURITY_STACK}")):
            os.kill(os.getpid(), number)

    assert script.prove(cloud, _options(tmp_path), show) == script.INTERRUPTED
    assert "interrupted" in shown
    assert any(line.startswith("still removing") for line in shown)
    assert "nothing is left" in shown
    assert _left(cloud) == []


def test_a_failure_is_said_and_everything_is_removed(
    cloud: WatchedCloud, shown: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Launch) -> None:
        cloud.client("ec2").terminate_instances(InstanceIds=["i-0123456789abcdef0"])

    monkeypatch.setattr(cloud, "launch", fail)
    assert script.prove(cloud, _options(tmp_path), shown.append) == script.FAILED
    assert any(line.startswith("the run has failed: ") and "InvalidInstanceID" in line for line in shown)
    assert _left(cloud) == []


def test_an_answer_that_no_one_expected_ends_the_run_and_is_kept(
    cloud: WatchedCloud, shown: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("Installd is no state of a patch")

    monkeypatch.setattr("tests.integ.proof.check_windows", refuse)
    assert script.prove(cloud, _options(tmp_path), shown.append) == script.FAILED
    assert any("ValueError: Installd is no state of a patch" in line for line in shown)
    assert (tmp_path / "answers" / "ssm.DescribeInstancePatches.json").exists()
    assert _left(cloud) == []


def test_a_run_ends_when_its_time_is_up(cloud: WatchedCloud, shown: list[str], tmp_path: Path) -> None:
    options = _options(tmp_path, longest=timedelta(minutes=5))
    assert script.prove(cloud, options, shown.append) == script.FAILED
    assert any("the run has reached its time limit while waiting until the scan" in line for line in shown)
    assert _left(cloud) == []


def test_what_is_left_is_listed_and_the_next_start_says_how_to_remove_it(
    cloud: WatchedCloud, shown: list[str], tmp_path: Path
) -> None:
    """Someone attaches the node policy to a role of his own, so that CloudFormation cannot delete it."""
    iam = cloud.client("iam")
    policy = f"arn:aws:iam::{ACCOUNT}:policy/patching-integ.integ-nodes.{REGION}"
    iam.create_role(RoleName="others", AssumeRolePolicyDocument="{}")

    def attach() -> None:
        iam.attach_role_policy(RoleName="others", PolicyArn=policy)
        cloud.happens = lambda: None

    cloud.happens = attach
    options = _options(tmp_path)
    assert script.prove(cloud, options, shown.append) == script.FAILED
    (left,) = [line for line in shown if "Cannot delete a policy attached to entities" in line]
    assert policy in left
    assert f"  stack {NODES_STACK}: DELETE_FAILED" in shown

    shown.clear()
    assert script.prove(cloud, options, shown.append) == script.REFUSED
    assert shown == ["an earlier run has left something: remove it with `make integ ARGS=--clean`"]

    iam.detach_role_policy(RoleName="others", PolicyArn=policy)
    iam.delete_role(RoleName="others")
    assert script.clean(cloud, options, shown.append) == script.PASSED
    assert _left(cloud) == []
    assert not options.state_file.exists()


@pytest.mark.parametrize(
    ("service", "create", "delete", "parameters", "named"),
    [
        ("events", "create_event_bus", "delete_event_bus", {"Name": "patching"}, "event bus patching"),
        (
            "s3",
            "create_bucket",
            "delete_bucket",
            {"Bucket": f"patching-history-{ACCOUNT}-{REGION}"},
            f"bucket patching-history-{ACCOUNT}-{REGION}",
        ),
    ],
)
def test_an_account_that_has_such_things_already_is_left_alone(
    cloud: WatchedCloud,
    shown: list[str],
    tmp_path: Path,
    service: str,
    create: str,
    delete: str,
    parameters: dict[str, str],
    named: str,
) -> None:
    client = cloud.client(service)
    getattr(client, create)(**parameters)
    try:
        assert script.prove(cloud, _options(tmp_path), shown.append) == script.REFUSED
        assert f"has a {named} already" in shown[-1]
    finally:
        getattr(client, delete)(**parameters)
    assert _left(cloud) == []


def test_an_account_that_is_not_bootstrapped_is_reported_how_to(shown: list[str], tmp_path: Path) -> None:
    with serve() as server:
        cloud = LocalCloud(server, folder=tmp_path, account="555566667777", region=REGION, show=shown.append)
        try:
            assert script.prove(cloud, _options(tmp_path), shown.append) == script.REFUSED
        finally:
            clock.set(None)
    assert f"run `npx cdk bootstrap aws://555566667777/{REGION}` first" in shown[-1]


def test_stacks_have_names_of_their_own() -> None:
    """Those of the sample begin with `Patching-`."""
    assert {SECURITY_STACK, NODES_STACK} == {"PatchingInteg-security", "PatchingInteg-nodes"}
