"""Where the services of the local AWS take the place of moto's.

moto is pinned exactly; tests/local_aws/test_moto_seams.py says what a new version must still have.
"""

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.cloudformation.models import cloudformation_backends
from moto.cloudformation.responses import CloudFormationResponse
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response
from moto.events.models import EventPattern
from moto.ssm.models import SimpleSystemManagerBackend, ssm_backends
from moto.ssm.responses import SimpleSystemManagerResponse
from moto.utilities.utils import load_resource

from local_aws.aws import client
from local_aws.cloudformation.constraints import check_constraints
from local_aws.cloudformation.direct import Operation, answer_directly
from local_aws.cloudformation.endpoint import CloudFormation
from local_aws.cloudformation.stack import DeployedStack
from local_aws.errors import ApiError, LocalAwsError
from local_aws.fleet.clock import clock, throttle
from local_aws.fleet.ec2 import describe_instances
from local_aws.fleet.executions import Executions
from local_aws.fleet.fleet import Fleet
from local_aws.fleet.simulation import SimulatedPlace
from local_aws.fleet.systems_manager import FleetSystemsManager
from local_aws.services.maintenance_window_service import RegionWindows
from local_aws.services.moto_corrections import Refusal, correct
from local_aws.services.ops_center import OpsCenter
from local_aws.services.patch_manager import PatchManager
from local_aws.services.security_services import correct_security_services

_UPPER_CASE = re.compile(r"(?<!^)(?=[A-Z])")


@functools.cache
def take_hold() -> None:
    """Put the local AWS into moto, once in a process."""
    correct()
    correct_security_services()
    _forget_operations(CloudFormationResponse)
    _serve(CloudFormationResponse, "cloudformation", CloudFormation, _cloudformation)
    _serve(SimpleSystemManagerResponse, "ssm", PatchManager, _patch_manager)
    _serve(SimpleSystemManagerResponse, "ssm", RegionWindows, _maintenance_windows)
    _serve(SimpleSystemManagerResponse, "ssm", FleetSystemsManager, _fleet_systems_manager)
    _serve(SimpleSystemManagerResponse, "ssm", Executions, _executions)
    _serve(SimpleSystemManagerResponse, "ssm", OpsCenter, _ops_center)
    EC2Response.describe_instances = _describe_instances
    answer_directly("ec2", "DescribeInstances", _describe_instances_directly)
    answer_directly("cloudwatch", "PutMetricData", _put_metric_data_directly)
    _tag_baselines_and_windows()


# ---- our services; their state lives on moto's backends, so that moto's reset forgets it


def every_stack() -> Iterator[DeployedStack]:
    """Give every stack of every account and Region, the deleted ones too."""
    for account, regions in list(cloudformation_backends.items()):
        for region in list(regions):
            yield from _cloudformation(account, region).stacks()


def metric_data(account: str, region: str) -> list[Any]:
    """Give moto's metric data of an account and Region, in the order in which they came."""
    return cloudwatch_backends[account][region].metric_data  # type: ignore[no-any-return]


def function_code(account: str, region: str, function_name: str) -> bytes:
    """Give the zip that a function was deployed with; the API only returns its location."""
    return lambda_backends[account][region].get_function(function_name).code_bytes  # type: ignore[no-any-return]


def matches(pattern: str, event: Mapping[str, Any]) -> bool:
    """Return whether an event is one that the pattern of a rule is about.

    See: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
    """
    return EventPattern.load(pattern).matches_event(event)  # type: ignore[no-any-return]


def _cloudformation(account: str, region: str) -> CloudFormation:
    state = vars(cloudformation_backends[account][region])
    return state.setdefault("local_aws", CloudFormation(account, region))  # type: ignore[no-any-return]


def _patch_manager(account: str, region: str) -> PatchManager:
    state = vars(ssm_backends[account][region])
    if "local_aws_patch_manager" not in state:
        state["local_aws_patch_manager"] = PatchManager(account, region, _aws_baselines()[region])
    return state["local_aws_patch_manager"]  # type: ignore[no-any-return]


def _maintenance_windows(account: str, region: str) -> RegionWindows:
    state = vars(ssm_backends[account][region])
    return state.setdefault(  # type: ignore[no-any-return]
        "local_aws_maintenance_windows", RegionWindows(account, region)
    )


def place(account: str, region: str) -> SimulatedPlace:
    """Give the fleet of an account and Region, and what its windows have done; empty at first."""
    state = vars(ssm_backends[account][region])
    if "local_aws_fleet" not in state:
        patch_manager = _patch_manager(account, region)
        state["local_aws_fleet"] = SimulatedPlace(
            account=account, region=region, fleet=Fleet(patch_manager.rules_for), executions=Executions()
        )
    return state["local_aws_fleet"]  # type: ignore[no-any-return]


def _ops_center(account: str, region: str) -> OpsCenter:
    state = vars(ssm_backends[account][region])
    return state.setdefault("local_aws_ops_center", OpsCenter())  # type: ignore[no-any-return]


def _executions(account: str, region: str) -> Executions:
    return place(account, region).executions


def _fleet_systems_manager(account: str, region: str) -> FleetSystemsManager:
    return FleetSystemsManager(
        place(account, region).fleet, system_of=_patch_manager(account, region).operating_system_of
    )


def _describe_instances(response: Any) -> Any:
    """Answer DescribeInstances with the instances of the fleet; EC2 has its own word for a call too many.

    See: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
    See: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
    """
    filters = response._filters_from_querystring()  # noqa: SLF001 - a seam
    page_size = response._get_int_param("MaxResults")  # noqa: SLF001 - a seam
    token = response._get_param("NextToken")  # noqa: SLF001 - a seam
    try:
        throttle.spend()
    except ApiError as error:
        raise Refusal("RequestLimitExceeded", "Request limit exceeded.") from error
    here = place(response.current_account, response.region)
    return ActionResult(
        describe_instances(here.fleet, filters, now=clock(), page_size=page_size, token=token)
    )


def _describe_instances_directly(account: str, region: str, request: Mapping[str, Any]) -> dict[str, Any]:
    throttle.spend()
    return describe_instances(
        place(account, region).fleet,
        {item["Name"]: item["Values"] for item in request.get("Filters", [])},
        now=clock(),
        page_size=request.get("MaxResults"),
        token=request.get("NextToken"),
    )


def _put_metric_data_directly(account: str, region: str, request: Mapping[str, Any]) -> dict[str, Any]:
    data = [  # moto keeps times in UTC without saying so
        {**datum, "Timestamp": datum.get("Timestamp", clock()).astimezone(UTC).replace(tzinfo=None)}
        for datum in request["MetricData"]
    ]
    cloudwatch_backends[account][region].put_metric_data(request["Namespace"], data)
    return {}


@functools.cache
def _aws_baselines() -> Mapping[str, Mapping[str, str]]:
    return load_resource("ssm/resources/default_baselines.json")  # type: ignore[no-any-return]


def _serve(response_class: Any, service: str, state_class: type, state_of: Callable[[str, str], Any]) -> None:
    operations = {
        _UPPER_CASE.sub("_", name).lower(): name
        for name in client(service).meta.service_model.operation_names
    }
    for method_name in vars(state_class).keys() & operations.keys():
        operation = _operation(service, operations[method_name], method_name, state_of)
        setattr(response_class, method_name, _through_moto(operation))
        answer_directly(service, operations[method_name], operation)


def _operation(
    service: str, operation_name: str, method_name: str, state_of: Callable[[str, str], Any]
) -> Operation:
    model = client(service).meta.service_model.operation_model(operation_name)

    def answer(account: str, region: str, request: Mapping[str, Any]) -> dict[str, Any]:
        if service == "ssm":
            check_constraints(model.input_shape, request)
        return getattr(state_of(account, region), method_name)(request)  # type: ignore[no-any-return]

    return answer


def _through_moto(operation: Operation) -> Callable[[Any], Any]:
    def answer(response: Any) -> Any:
        request = response.params if response.automated_parameter_parsing else json.loads(response.body)
        try:
            return ActionResult(operation(response.current_account, response.region, request))
        except ApiError as error:
            raise Refusal(error.code, str(error)) from error
        except LocalAwsError as error:
            raise Refusal("ValidationError", str(error)) from error

    return answer


def _forget_operations(response_class: Any) -> None:
    """Take moto's own operations away, so that none that we do not serve looks as if it worked."""
    names = {
        _UPPER_CASE.sub("_", name).lower()
        for name in client("cloudformation").meta.service_model.operation_names
    }
    for name in vars(response_class).keys() & names:
        delattr(response_class, name)
    response_class.RESPONSE_KEY_PATH_TO_TRANSFORMER = {}


def _tag_baselines_and_windows() -> None:
    """Let the tag calls know baselines, windows and nodes outside EC2; moto refuses every baseline."""
    original = SimpleSystemManagerBackend._validate_resource_type_and_id  # noqa: SLF001 - a seam

    def validate(backend: Any, resource_type: str, resource_id: str) -> Any:
        where = (backend.account_id, backend.region_name)
        if resource_type == "PatchBaseline" and _patch_manager(*where).has(resource_id):
            return resource_id
        if resource_type == "MaintenanceWindow" and _maintenance_windows(*where).has(resource_id):
            return resource_id
        if resource_type == "ManagedInstance" and resource_id in place(*where).fleet.nodes:
            backend._resource_tags[resource_type][resource_id] = place(*where).fleet.nodes[resource_id].tags  # noqa: SLF001 - a seam
            return resource_id
        return original(backend, resource_type, resource_id)

    SimpleSystemManagerBackend._validate_resource_type_and_id = validate  # noqa: SLF001 - a seam
