"""An account and Region of AWS, with the credentials of whoever starts the script."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local_aws.process import running
from patching_constructs import OperatingSystem
from tests.integ.cloud import IntegError, Launch

AGE_OF_IMAGES = timedelta(days=60)
"""How old an image is at least, so that patches are missing on its nodes."""

_ROOT = Path(__file__).parents[2]

_TYPES = {OperatingSystem.AMAZON_LINUX_2023: "t3.small", OperatingSystem.WINDOWS: "m5.large"}

_IMAGES = {
    OperatingSystem.AMAZON_LINUX_2023: "al2023-ami-2023.*-kernel-6.*-x86_64",
    OperatingSystem.WINDOWS: "Windows_Server-2022-English-Full-Base-*",
}
"""https://docs.aws.amazon.com/linux/al2023/ug/ec2.html and
https://docs.aws.amazon.com/ec2/latest/windows-ami-reference/windows-ami-versions.html"""

_PROFILE_IS_KNOWN_AFTER = timedelta(minutes=2)
"""How long EC2 may not yet know a new instance profile."""


class AwsCloud:
    """An account and Region of AWS.

    Args:
        region: The Region; by default that of the credentials.
        subnet_id: Subnet of the nodes. By default the first one of the default VPC.
        show: Shows what the CDK CLI prints.

    Raises:
        IntegError: If there are no credentials, or no Region.
    """

    def __init__(self, *, region: str | None, subnet_id: str | None, show: Callable[[str], object]) -> None:
        session = boto3.Session(region_name=region)
        if session.region_name is None:
            raise IntegError(
                "no Region is chosen: set AWS_REGION, or write `make integ ARGS='--region REGION'`"
            )
        self.region: str = session.region_name
        self._session = session
        self._clients: dict[str, Any] = {}
        self._subnet_id = subnet_id
        self._show = show
        try:
            identity = self.client("sts").get_caller_identity()
        except (BotoCoreError, ClientError) as error:
            message = f"no credentials that work ({error}): log in, or set AWS_PROFILE"
            raise IntegError(message) from error
        self.account: str = identity["Account"]
        self.caller: str = identity["Arn"]

    def client(self, service: str) -> Any:
        """Return a boto3 client."""
        if service not in self._clients:
            self._clients[service] = self._session.client(service)
        return self._clients[service]

    def cdk(self, *arguments: str) -> None:
        """Run the CDK CLI of this repository with the caller's credentials."""
        tools = (Path(sys.prefix, "bin"), _ROOT / "node_modules" / ".bin")
        path = os.pathsep.join([*map(str, tools), os.environ.get("PATH", os.defpath)])
        cdk = shutil.which("cdk", path=path)
        if cdk is None:
            raise IntegError("the CDK CLI is not installed: run `make setup`")
        environment = {
            **os.environ,
            "PATH": path,
            "AWS_REGION": self.region,
            "CDK_DISABLE_CLI_TELEMETRY": "true",
        }
        command = [cdk, *arguments, "--ci", "--no-notices", "--progress", "events"]
        with running(command, environment=environment, directory=_ROOT) as process:
            assert process.stdout is not None  # it is a pipe
            for line in process.stdout:
                self._show(f"  {line.rstrip()}")
        if process.returncode:
            raise IntegError(f"cdk {arguments[0]} ended with exit status {process.returncode}")

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return datetime.now(UTC)

    def wait(self, time_span: timedelta) -> None:
        """Let time go by."""
        time.sleep(time_span.total_seconds())

    def launch(self, launch: Launch) -> dict[OperatingSystem, str]:
        """Launch an instance for each system, from an image that is old enough."""
        subnet_id = self._subnet_id or self._default_subnet()
        return {system: self._launch_one(system, launch, subnet_id) for system in launch.systems}

    def terminate(self, node_ids: Sequence[str]) -> None:
        """Terminate instances."""
        try:
            self.client("ec2").terminate_instances(InstanceIds=list(node_ids))
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidInstanceID.NotFound":
                raise

    def invoke(self, function_name: str) -> None:
        """Run a function and wait for its end."""
        answer = self.client("lambda").invoke(FunctionName=function_name, Payload=b"{}")
        if "FunctionError" in answer:
            message = f"{function_name} failed: {answer['Payload'].read().decode(errors='replace')}"
            raise IntegError(message)

    def _launch_one(self, system: OperatingSystem, launch: Launch, subnet_id: str) -> str:
        ec2 = self.client("ec2")
        image = old_image(ec2, _IMAGES[system], before=self.now() - AGE_OF_IMAGES)
        self._show(f"{system}: {image['Name']} of {image['CreationDate'][:10]}")
        request = {
            "ImageId": image["ImageId"],
            "InstanceType": _TYPES[system],
            "MinCount": 1,
            "MaxCount": 1,
            "SubnetId": subnet_id,
            "IamInstanceProfile": {"Name": launch.instance_profile_name},
            "InstanceInitiatedShutdownBehavior": "terminate",
            "MetadataOptions": {"HttpTokens": "required"},
            "UserData": _shutdown_at(system, launch.ends_at),
            # Credits beyond those that the instance earns would be charged.
            **({"CreditSpecification": {"CpuCredits": "standard"}} if _TYPES[system][0] == "t" else {}),
            "TagSpecifications": [
                {
                    "ResourceType": resource_type,
                    "Tags": [{"Key": key, "Value": value} for key, value in launch.tags.items()],
                }
                for resource_type in ("instance", "volume")
            ],
        }
        latest = self.now() + _PROFILE_IS_KNOWN_AFTER
        while True:
            try:
                return str(ec2.run_instances(**request)["Instances"][0]["InstanceId"])
            except ClientError as error:
                is_too_early = "Invalid IAM Instance Profile" in str(error) and self.now() < latest
                if not is_too_early:
                    raise
                self.wait(timedelta(seconds=10))

    def _default_subnet(self) -> str:
        found = self.client("ec2").describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])
        if not found["Subnets"]:
            raise IntegError(
                "there is no default VPC: name a subnet from which nodes reach the internet, "
                "`make integ ARGS='--subnet subnet-...'`"
            )
        return str(min(subnet["SubnetId"] for subnet in found["Subnets"]))


def old_image(ec2: Any, name: str, *, before: datetime) -> dict[str, Any]:
    """Return the newest image of Amazon with a name that was made before a moment.

    Raises:
        IntegError: If there is none.
    """
    images = [
        image
        for page in ec2.get_paginator("describe_images").paginate(
            Owners=["amazon"],
            IncludeDeprecated=True,
            Filters=[
                {"Name": "name", "Values": [name]},
                {"Name": "state", "Values": ["available"]},
                {"Name": "architecture", "Values": ["x86_64"]},
            ],
        )
        for image in page["Images"]
        if datetime.fromisoformat(image["CreationDate"]) < before
    ]
    if not images:
        message = f"Amazon has no image {name} from before {before:%Y-%m-%d} any more"
        raise IntegError(message)
    return max(images, key=lambda image: str(image["CreationDate"]))


def _shutdown_at(system: OperatingSystem, at: datetime) -> str:
    """Write user data with which a node shuts down, and so terminates, even when the script has died.

    The time is absolute, as a node reboots after an install.
    """
    if system is OperatingSystem.WINDOWS:
        return (
            "<powershell>\n"
            f"$at = [DateTimeOffset]::FromUnixTimeSeconds({int(at.timestamp())}).LocalDateTime\n"
            "$action = New-ScheduledTaskAction -Execute 'shutdown.exe' -Argument '/s /f /t 0'\n"
            "$trigger = New-ScheduledTaskTrigger -Once -At $at\n"
            "Register-ScheduledTask -TaskName 'patching-integ-end' -Action $action -Trigger $trigger "
            "-User 'SYSTEM' -RunLevel Highest\n"
            "</powershell>\n"
        )
    return (
        "#!/bin/bash\n"
        "cat > /etc/systemd/system/patching-integ-end.service <<'END'\n"
        "[Service]\nType=oneshot\nExecStart=/usr/bin/systemctl poweroff\nEND\n"
        "cat > /etc/systemd/system/patching-integ-end.timer <<'END'\n"
        f"[Timer]\nOnCalendar={at:%Y-%m-%d %H:%M:%S} UTC\nPersistent=true\n"
        "[Install]\nWantedBy=timers.target\nEND\n"
        "systemctl daemon-reload && systemctl enable --now patching-integ-end.timer\n"
    )
