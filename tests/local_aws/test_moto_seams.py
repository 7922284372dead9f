"""What the local AWS needs moto to have and to do; read it before the pin of moto moves."""

import doctest
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core.base_backend import BackendDict
from moto.core.botocore_stubber import BotocoreStubber

import local_aws
from local_aws import client
from local_aws.services.moto_corrections import Refusal

pytestmark = pytest.mark.usefixtures("emulated")

ROOT = Path(__file__).parents[2]

# Each name is one that the local AWS replaces or reads inside moto.
SEAMS = """
import importlib
for seam in '''
    moto.athena.models:AthenaBackend.create_named_query
    moto.athena.responses:AthenaResponse.athena_backend
    moto.awslambda.models:lambda_backends
    moto.awslambda.models:LambdaFunction.get_configuration
    moto.awslambda.models:LambdaFunction.update_configuration
    moto.cloudformation.models:cloudformation_backends
    moto.cloudformation.responses:CloudFormationResponse.RESPONSE_KEY_PATH_TO_TRANSFORMER
    moto.config.models:ConfigBackend.put_config_rule
    moto.cloudwatch.models:cloudwatch_backends
    moto.cloudwatch.models:CloudWatchBackend.get_all_metrics
    moto.cloudwatch.models:CloudWatchBackend.get_metric_statistics
    moto.cloudwatch.models:CloudWatchBackend.put_metric_data
    moto.core.base_backend:BackendDict.reset
    moto.core.botocore_stubber:BotocoreStubber.__call__
    moto.core.model_instances:reset_model_data
    moto.core.models:botocore_stubber.enabled
    moto.core.responses:BaseResponse.call_action
    moto.core.responses:BaseResponse.serialized
    moto.ec2.responses:EC2Response.describe_instances
    moto.ec2.responses:EC2Response._filters_from_querystring
    moto.events.models:EventPattern.load
    moto.events.models:EventPattern.matches_event
    moto.events.models:EventsBackend.put_targets
    moto.events.models:EventsBackend.describe_event_bus
    moto.events.responses:EventsHandler.events_backend
    moto.iam.access_control:PermissionResult.NEUTRAL
    moto.iam.aws_managed_policies:aws_managed_policies_data
    moto.iam.models:get_account_id_from
    moto.iam.models:AWSManagedPolicy.from_data
    moto.iam.models:IAMBackend.attach_role_policy
    moto.logs.responses:LogsResponse.logs_backend
    moto.moto_server.werkzeug_app:DomainDispatcherApplication
    moto.moto_server.werkzeug_app:MotoRequestHandler
    moto.moto_server.werkzeug_app:create_backend_app
    moto.s3.models:FakeBucket.get_permission
    moto.s3.models:FakeBucket._log_permissions_enabled_policy
    moto.s3.models:S3Backend.log_incoming_request
    moto.securityhub.models:SecurityHubBackend.enable_security_hub
    moto.securityhub.responses:SecurityHubResponse.securityhub_backend
    moto.securityhub.urls:url_paths
    moto.ssm.models:SimpleSystemManagerBackend._validate_resource_type_and_id
    moto.ssm.models:ssm_backends
    moto.ssm.responses:SimpleSystemManagerResponse
'''.split():
    module, path = seam.split(":")
    found = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
for module, path in (
    ("moto.logs.responses", "LogsResponse.associate_kms_key"),
    ("moto.events.responses", "EventsHandler.update_event_bus"),
    ("moto.securityhub.responses", "SecurityHubResponse.enable_import_findings_for_product"),
    ("moto.ssm.responses", "SimpleSystemManagerResponse.get_patch_baseline"),
):
    owner, name = path.split(".")
    assert not hasattr(getattr(importlib.import_module(module), owner), name), f"moto has {path} now"
"""


def test_moto_is_the_version_that_the_seams_were_read_in() -> None:
    assert version("moto") == "5.2.5"


def test_moto_has_every_seam_and_still_lacks_what_is_added() -> None:
    subprocess.run([sys.executable, "-c", SEAMS], check=True, timeout=120)


def test_moto_parses_the_requests_of_cloudformation_and_leaves_those_of_ssm_as_json() -> None:
    from moto.cloudformation.responses import CloudFormationResponse
    from moto.ssm.responses import SimpleSystemManagerResponse

    assert CloudFormationResponse().automated_parameter_parsing is True
    assert SimpleSystemManagerResponse().automated_parameter_parsing is False


def test_no_patch_or_window_call_is_left_to_moto() -> None:
    from moto.ssm.responses import SimpleSystemManagerResponse

    calls = {
        name: call
        for name, call in vars(SimpleSystemManagerResponse).items()
        if "patch" in name or "maintenance_window" in name
    }
    assert len(calls) > 20
    assert {call.__module__ for call in calls.values()} == {"local_aws.services.moto_seams"}


def test_moto_finds_the_service_of_an_error_by_the_name_of_its_module() -> None:
    assert not Refusal.__module__.startswith("moto.")


def test_an_answer_that_moto_would_give_twice_is_given_once() -> None:
    assert not BotocoreStubber().enabled
    client("sns").create_topic(Name="one")
    assert len(client("sns").list_topics()["Topics"]) == 1


def test_moto_forgets_our_services_when_it_forgets_its_own() -> None:
    ssm = client("ssm")
    ssm.create_patch_baseline(Name="baseline")
    ssm.create_maintenance_window(
        Name="window", Schedule="rate(1 day)", Duration=2, Cutoff=1, AllowUnassociatedTargets=False
    )
    BackendDict.reset()
    assert (
        ssm.describe_patch_baselines(Filters=[{"Key": "OWNER", "Values": ["Self"]}])["BaselineIdentities"]
        == []
    )
    assert ssm.describe_maintenance_windows()["WindowIdentities"] == []


def test_a_metric_with_more_dimensions_is_another_metric() -> None:
    cloudwatch = client("cloudwatch")
    now = datetime(2027, 2, 8, 6, tzinfo=UTC)
    of_ring = [{"Name": "Ring", "Value": "prod"}]
    of_group = [*of_ring, {"Name": "PatchGroup", "Value": "web"}]
    for dimensions, value in ((of_ring, 50.0), (of_group, 100.0)):
        cloudwatch.put_metric_data(
            Namespace="Test",
            MetricData=[{"MetricName": "Share", "Dimensions": dimensions, "Timestamp": now, "Value": value}],
        )
    (point,) = cloudwatch.get_metric_statistics(
        Namespace="Test",
        MetricName="Share",
        Dimensions=of_ring,
        StartTime=now,
        EndTime=now + timedelta(hours=1),
        Period=3600,
        Statistics=["Maximum"],
    )["Datapoints"]
    assert point["Maximum"] == 50


def test_every_boto3_client_of_the_process_sees_the_local_aws() -> None:
    client("sns", region="eu-west-1").create_topic(Name="alerts")
    found = boto3.client("sns", region_name="eu-west-1").list_topics()["Topics"]
    assert [topic["TopicArn"] for topic in found] == ["arn:aws:sns:eu-west-1:123456789012:alerts"]


def test_roles_can_be_assumed_in_every_account() -> None:
    keys = client("sts").assume_role(RoleArn="arn:aws:iam::222222222222:role/deploy", RoleSessionName="test")[
        "Credentials"
    ]
    sts = boto3.client(
        "sts",
        region_name="eu-west-1",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    assert sts.get_caller_identity()["Account"] == "222222222222"


def test_a_fault_of_moto_is_answered_at_once_and_not_as_http_500(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from moto.sns.models import SNSBackend

    def fail(*_: object, **__: object) -> None:
        raise KeyError("colour")

    monkeypatch.setattr(SNSBackend, "create_topic", fail)
    with pytest.raises(ClientError, match="moto failed: KeyError: 'colour'") as caught:
        client("sns").create_topic(Name="alerts")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert "moto failed" in caplog.text


def test_an_aws_managed_policy_is_known_without_loading_them_all() -> None:
    iam = client("iam")
    iam.create_role(RoleName="node", AssumeRolePolicyDocument="{}")
    iam.attach_role_policy(RoleName="node", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert len(iam.list_policies(Scope="AWS")["Policies"]) <= 1


def test_the_examples_of_the_package_run() -> None:
    assert doctest.testmod(local_aws).attempted > 0
    assert doctest.testmod(local_aws).failed == 0


def test_nothing_of_the_wheel_imports_the_local_aws() -> None:
    for path in (ROOT / "patching_constructs").rglob("*.py"):
        assert "local_aws" not in path.read_text(), path
