"""Launches in AWS, as far as the models of EC2 and Lambda can say without an account."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber

from patching_constructs import OperatingSystem
from tests.integ import aws_cloud
from tests.integ.api_calls import Calls
from tests.integ.aws_cloud import AwsCloud, old_image
from tests.integ.cloud import IntegError, Launch

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
LAUNCH = Launch(
    systems=(OperatingSystem.AMAZON_LINUX_2023,),
    instance_profile_name="patching-integ.integ-nodes.us-east-1",
    tags={"PatchGroup": "integ-nodes", "patching-integ": "0a1b2c3d"},
    ends_at=datetime(2026, 12, 1, 17, tzinfo=UTC),
)


_SESSION = boto3.Session(region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")  # noqa: S106 - nothing is sent


class StubbedSession:
    """Clients that send nothing: each has a stub with the answers to come."""

    def __init__(self) -> None:
        self.calls = Calls()
        self.stubs: dict[str, Stubber] = {}
        self.region_name: str | None = "us-east-1"
        self._clients: dict[str, Any] = {}

    def __call__(self, region_name: str | None = None) -> "StubbedSession":
        self.region_name = region_name or self.region_name
        return self

    def client(self, service: str) -> Any:
        if service not in self._clients:
            client = _SESSION.client(service)
            self._clients[service] = self.calls.listen(client)
            self.stubs[service] = Stubber(client)
            self.stubs[service].activate()
        return self._clients[service]

    def stub(self, service: str) -> Stubber:
        self.client(service)
        return self.stubs[service]


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubbedSession]:
    session = StubbedSession()
    monkeypatch.setattr("boto3.Session", session)
    session.stub("sts").add_response(
        "get_caller_identity",
        {"Account": "111122223333", "Arn": "arn:aws:sts::111122223333:assumed-role/A/b", "UserId": "x"},
    )
    yield session
    for stub in session.stubs.values():
        stub.assert_no_pending_responses()


@pytest.fixture
def cloud(session: StubbedSession, monkeypatch: pytest.MonkeyPatch) -> AwsCloud:  # noqa: ARG001 - stubs boto3
    cloud = AwsCloud(region=None, subnet_id=None, show=lambda _: None)
    monkeypatch.setattr(cloud, "now", lambda: NOW)
    monkeypatch.setattr(cloud, "wait", lambda _: None)
    return cloud


def _images(*days: int) -> dict[str, Any]:
    return {
        "Images": [
            {
                "ImageId": f"ami-{number:08x}",
                "Name": f"al2023-ami-2023.{number}-kernel-6.1-x86_64",
                "CreationDate": f"{NOW - timedelta(days=number):%Y-%m-%dT%H:%M:%S.000Z}",
            }
            for number in days
        ]
    }


def test_an_image_is_at_least_sixty_days_old_and_the_newest_of_those(
    session: StubbedSession, cloud: AwsCloud
) -> None:
    stub = session.stub("ec2")
    expected = {
        "Owners": ["amazon"],
        "IncludeDeprecated": True,
        "Filters": [
            {"Name": "name", "Values": ["al2023-*"]},
            {"Name": "state", "Values": ["available"]},
            {"Name": "architecture", "Values": ["x86_64"]},
        ],
    }
    stub.add_response("describe_images", _images(5, 59, 61, 90), expected)
    before = NOW - timedelta(days=60)
    assert old_image(cloud.client("ec2"), "al2023-*", before=before)["ImageId"] == "ami-0000003d"
    stub.add_response("describe_images", _images(5, 59))
    with pytest.raises(IntegError, match=r"has no image al2023-\* from before 2026-10-02"):
        old_image(cloud.client("ec2"), "al2023-*", before=before)


@pytest.mark.parametrize("system", [OperatingSystem.AMAZON_LINUX_2023, OperatingSystem.WINDOWS])
def test_a_node_has_the_profile_and_the_tags_and_ends_by_itself(
    session: StubbedSession, cloud: AwsCloud, system: OperatingSystem
) -> None:
    stub = session.stub("ec2")
    stub.add_response("describe_subnets", {"Subnets": [{"SubnetId": "subnet-2"}, {"SubnetId": "subnet-1"}]})
    stub.add_response("describe_images", _images(70))
    types: dict[OperatingSystem, dict[str, Any]] = {
        OperatingSystem.AMAZON_LINUX_2023: {
            "InstanceType": "t3.small",
            "CreditSpecification": {"CpuCredits": "standard"},
        },
        OperatingSystem.WINDOWS: {"InstanceType": "m5.large"},
    }
    tags = [{"Key": "PatchGroup", "Value": "integ-nodes"}, {"Key": "patching-integ", "Value": "0a1b2c3d"}]
    expected = {
        "ImageId": "ami-00000046",
        **types[system],
        "MinCount": 1,
        "MaxCount": 1,
        "SubnetId": "subnet-1",
        "IamInstanceProfile": {"Name": "patching-integ.integ-nodes.us-east-1"},
        "InstanceInitiatedShutdownBehavior": "terminate",
        "MetadataOptions": {"HttpTokens": "required"},
        "UserData": ANY,
        "TagSpecifications": [
            {"ResourceType": "instance", "Tags": tags},
            {"ResourceType": "volume", "Tags": tags},
        ],
    }
    # EC2 does not know a new instance profile at once.
    stub.add_client_error(
        "run_instances",
        "InvalidParameterValue",
        "Value (x) for parameter ... Invalid IAM Instance Profile name",
    )
    stub.add_response("run_instances", {"Instances": [{"InstanceId": "i-0123456789abcdef0"}]}, expected)
    nodes = cloud.launch(Launch(**{**_fields(LAUNCH), "systems": (system,)}))
    assert nodes == {system: "i-0123456789abcdef0"}


def _fields(launch: Launch) -> dict[str, Any]:
    return {name: getattr(launch, name) for name in launch.__dataclass_fields__}


def test_the_time_at_which_a_node_ends_survives_its_reboots() -> None:
    linux = aws_cloud._shutdown_at(OperatingSystem.AMAZON_LINUX_2023, LAUNCH.ends_at)
    assert "OnCalendar=2026-12-01 17:00:00 UTC" in linux
    windows = aws_cloud._shutdown_at(OperatingSystem.WINDOWS, LAUNCH.ends_at)
    assert f"FromUnixTimeSeconds({int(LAUNCH.ends_at.timestamp())})" in windows


def test_an_account_without_default_vpc_is_reported_to_name_a_subnet(
    session: StubbedSession, cloud: AwsCloud
) -> None:
    session.stub("ec2").add_response("describe_subnets", {"Subnets": []})
    with pytest.raises(IntegError, match="there is no default VPC: name a subnet"):
        cloud.launch(LAUNCH)


def test_a_function_that_fails_ends_the_run(session: StubbedSession, cloud: AwsCloud) -> None:
    body = b'{"errorMessage": "no table"}'
    payload = StreamingBody(io.BytesIO(body), len(body))
    session.stub("lambda").add_response(
        "invoke", {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": payload}
    )
    with pytest.raises(IntegError, match=r"reporter failed: .*no table"):
        cloud.invoke("reporter")


def test_nodes_that_are_gone_are_terminated_without_an_error(
    session: StubbedSession, cloud: AwsCloud
) -> None:
    session.stub("ec2").add_client_error("terminate_instances", "InvalidInstanceID.NotFound")
    cloud.terminate(["i-0123456789abcdef0"])


def test_missing_credentials_are_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoCredentials(StubbedSession):
        def client(self, service: str) -> Any:  # noqa: ARG002 - the signature of a session
            raise NoCredentialsError

    monkeypatch.setattr("boto3.Session", NoCredentials())
    with pytest.raises(IntegError, match=r"no credentials that work .*: log in, or set AWS_PROFILE"):
        AwsCloud(region=None, subnet_id=None, show=lambda _: None)


def test_a_missing_region_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    session = StubbedSession()
    session.region_name = None
    monkeypatch.setattr("boto3.Session", session)
    with pytest.raises(IntegError, match="no Region is chosen"):
        AwsCloud(region=None, subnet_id=None, show=lambda _: None)
