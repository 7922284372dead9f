"""The real CDK CLI against the local AWS."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from local_aws.cdk_cli import CdkCli
from local_aws.errors import DeploymentError, LocalAwsError
from local_aws.process import running
from local_aws.server import Server, serve

ROOT = Path(__file__).parents[2]
REGION = "eu-west-1"
ACCOUNTS = ("111111111111", "222222222222")
ENVIRONMENTS = [(account, REGION) for account in ACCOUNTS]

APP = """
import os

import aws_cdk as cdk
from aws_cdk import aws_events as events, aws_events_targets as targets, aws_iam as iam, aws_kms as kms
from aws_cdk import aws_logs as logs, aws_s3 as s3, aws_sns as sns, aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs, aws_ssm as ssm

app = cdk.App(analytics_reporting=False)
for account in ("111111111111", "222222222222"):
    stack = cdk.Stack(app, f"Patching{account[0]}", env=cdk.Environment(account=account, region="eu-west-1"))
    key = kms.Key(stack, "Key", enable_key_rotation=True, removal_policy=cdk.RemovalPolicy.DESTROY)
    access_logs = s3.Bucket(stack, "AccessLogs", enforce_ssl=True, removal_policy=cdk.RemovalPolicy.DESTROY)
    output = s3.Bucket(
        stack,
        "Output",
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        enforce_ssl=True,
        server_access_logs_bucket=access_logs,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    core = iam.ManagedPolicy.from_aws_managed_policy_name("AmazonSSMManagedInstanceCore")
    node = iam.Role(
        stack, "Node", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"), managed_policies=[core]
    )
    output.grant_write(node)
    topic = sns.Topic(stack, "Alerts", master_key=key, enforce_ssl=True)
    queue = sqs.Queue(stack, "Dead", enforce_ssl=True)
    topic.add_subscription(subscriptions.SqsSubscription(queue))
    rule = events.Rule(stack, "Failed", event_pattern=events.EventPattern(source=["aws.ssm"]))
    rule.add_target(targets.SnsTopic(topic, dead_letter_queue=queue))
    baseline = ssm.CfnPatchBaseline(
        stack,
        "Baseline",
        name="linux",
        operating_system="AMAZON_LINUX_2023",
        approved_patches=[os.environ.get("APPROVED", "vim")],
        patch_groups=["web"],
    )
    window = ssm.CfnMaintenanceWindow(
        stack,
        "Window",
        name="window",
        allow_unassociated_targets=False,
        schedule="cron(0 2 ? * TUE#2 *)",
        duration=3,
        cutoff=1,
    )
    if os.environ.get("CLASH") == account:
        clash = ssm.CfnPatchBaseline(
            stack, "Clash", name="clash", operating_system="AMAZON_LINUX_2023", patch_groups=["web"]
        )
        clash.add_dependency(baseline)
    cdk.CfnOutput(stack, "BaselineId", value=baseline.ref)
app.synth()
"""


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as server:
        yield server


def approved(server: Server, account: str) -> list[str]:
    ssm = server.client("ssm", account=account, region=REGION)
    own = ssm.describe_patch_baselines(Filters=[{"Key": "OWNER", "Values": ["Self"]}])["BaselineIdentities"]
    found: list[str] = []
    for baseline in own:
        found += ssm.get_patch_baseline(BaselineId=baseline["BaselineId"])["ApprovedPatches"]
    return found


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return not state.stdout.startswith("Z")


@pytest.mark.slow
def test_an_app_is_bootstrapped_deployed_changed_refused_and_destroyed_in_two_accounts(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app.py").write_text(APP)
    app = f"{sys.executable} app.py"
    lines: list[str] = []
    cli = CdkCli(server=server, directory=tmp_path, on_line=lines.append)

    cli.bootstrap(ENVIRONMENTS)
    bootstrapped = [line for line in lines if line.endswith(" bootstrapped.")]
    assert len(bootstrapped) == len(ACCOUNTS)

    lines.clear()
    cli.deploy(app=app, concurrency=2)
    assert any("CREATE_COMPLETE" in line and "AWS::SSM::PatchBaseline" in line for line in lines)
    assert any("BaselineId = pb-" in line for line in lines)
    assert [approved(server, account) for account in ACCOUNTS] == [["vim"], ["vim"]]

    lines.clear()
    cli.deploy(app="cdk.out", concurrency=2)
    assert sum("(no changes)" in line for line in lines) == len(ACCOUNTS)

    monkeypatch.setenv("APPROVED", "nano")
    cli.deploy("Patching2", app=app)
    assert [approved(server, account) for account in ACCOUNTS] == [["vim"], ["nano"]]

    monkeypatch.setenv("APPROVED", "emacs")
    monkeypatch.setenv("CLASH", "222222222222")
    lines.clear()
    with pytest.raises(DeploymentError, match="cdk deploy ended with exit status 1") as caught:
        cli.deploy(app=app, concurrency=2)
    (failure,) = caught.value.failures
    assert (failure.stack_name, failure.account, failure.logical_id) == ("Patching2", "222222222222", "Clash")
    assert "already has a baseline registered for OperatingSystem AMAZON_LINUX_2023" in failure.reason
    assert any("UPDATE_ROLLBACK_COMPL" in line for line in lines)
    assert [approved(server, account) for account in ACCOUNTS] == [["emacs"], ["nano"]]

    cli.destroy(app="cdk.out")
    for account in ACCOUNTS:
        assert approved(server, account) == []
        names = [
            bucket["Name"]
            for bucket in server.client("s3", account=account, region=REGION).list_buckets()["Buckets"]
        ]
        assert names == [f"cdk-hnb659fds-assets-{account}-{REGION}"]


@pytest.mark.slow
def test_a_first_deployment_that_fails_is_rolled_back_and_shows_what_the_cli_prints(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app.py").write_text(APP)
    lines: list[str] = []
    cli = CdkCli(server=server, directory=tmp_path, on_line=lines.append)
    with pytest.raises(DeploymentError, match=r"exit status 1\n(.*\n)*.*bootstrap") as caught:
        cli.deploy("Patching1", app=f"{sys.executable} app.py")
    assert caught.value.failures == ()
    cli.bootstrap(ENVIRONMENTS[:1])
    monkeypatch.setenv("CLASH", "111111111111")
    with pytest.raises(DeploymentError, match=r"Patching1 \(111111111111, eu-west-1\): Clash"):
        cli.deploy("Patching1", app=f"{sys.executable} app.py")
    cloudformation = server.client("cloudformation", account="111111111111", region=REGION)
    (stack,) = cloudformation.describe_stacks(StackName="Patching1")["Stacks"]
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert approved(server, "111111111111") == []


def test_a_missing_cli_is_said_with_what_to_do(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_aws.cdk_cli.shutil.which", lambda *_, **__: None)
    with pytest.raises(LocalAwsError, match="the CDK CLI is not installed: run `make setup`"):
        CdkCli(server=server, directory=tmp_path, on_line=print).run("list")


def test_a_cli_that_is_interrupted_leaves_no_process(server: Server, tmp_path: Path) -> None:
    pids: list[int] = []

    def interrupt(line: str) -> None:
        pids.append(int(line))
        raise KeyboardInterrupt

    fake = tmp_path / "cdk"
    fake.write_text("#!/bin/sh\nsleep 600 &\necho $!\nwait\n")
    fake.chmod(0o755)
    cli = CdkCli(server=server, directory=tmp_path, on_line=interrupt)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("local_aws.cdk_cli.shutil.which", lambda *_, **__: str(fake))
        with pytest.raises(KeyboardInterrupt):
            cli.run("list")
    (pid,) = pids
    deadline = time.monotonic() + 10
    while is_running(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _interrupted(command: list[str], directory: Path) -> "subprocess.Popen[str]":
    """Run a command until it prints its first line, then leave its context with an error."""
    with (
        suppress(KeyboardInterrupt),
        running(command, environment=os.environ, directory=directory) as process,
    ):
        assert process.stdout is not None
        assert process.stdout.readline()
        raise KeyboardInterrupt
    return process


def test_a_command_that_does_not_listen_ends_with_its_context_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_aws.process._SECONDS_TO_END", 0.1)
    command = ["/bin/sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done"]
    process = _interrupted(command, tmp_path)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_person_gets_an_environment_to_export_and_ends_it_with_a_signal(ending: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "local_aws"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        printed: list[Any] = []
        for line in process.stdout:
            printed.append(line)
            if line.startswith("# The CDK CLI"):
                break
        os.kill(process.pid, ending)
        assert process.wait(timeout=30) == 0
    exported = dict(
        line.removeprefix("export ").split("=", 1) for line in printed if line.startswith("export")
    )
    assert exported["AWS_ENDPOINT_URL"].startswith("http://localhost:")
    assert not Path(exported["CDK_HOME"].strip()).exists()
