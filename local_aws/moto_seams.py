"""Where the local AWS takes hold of moto: what it leans on inside moto stands here or in aws.py.

moto is pinned exactly, and tests/local_aws/test_moto_seams.py says what a new version must still have.
"""

import functools
import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moto.cloudformation.models import cloudformation_backends
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.iam import models as iam_models
from moto.iam.access_control import PermissionResult
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.s3.models import FakeBucket
from moto.ssm.models import SimpleSystemManagerBackend, ssm_backends
from moto.ssm.responses import SimpleSystemManagerResponse
from moto.utilities.utils import load_resource

from local_aws.aws import client
from local_aws.cloudformation import CloudFormation
from local_aws.constraints import check_constraints
from local_aws.errors import ApiError, LocalAwsError
from local_aws.maintenance_windows import MaintenanceWindows
from local_aws.patch_manager import PatchManager
from local_aws.stack import Stack

ACCOUNT_KEY_PREFIX = "LOCALAWS"
"""An access key of this prefix and an account number acts in that account."""

_LOG = logging.getLogger("local_aws")
_UPPER_CASE = re.compile(r"(?<!^)(?=[A-Z])")


class Refusal(ServiceException):  # type: ignore[misc]  # moto is untyped
    """An error answer; it stands in this module because moto looks for the service in the module's name."""


@functools.cache
def take_hold() -> None:
    """Put the local AWS into moto, once in a process."""
    _answer_faults_at_once()
    _forget_operations(CloudFormationResponse)
    _serve(CloudFormationResponse, "cloudformation", CloudFormation, _cloudformation)
    _serve(SimpleSystemManagerResponse, "ssm", PatchManager, _patch_manager)
    _serve(SimpleSystemManagerResponse, "ssm", MaintenanceWindows, _maintenance_windows)
    _read_accounts_from_keys()
    _tag_baselines_and_windows()
    _know_aws_managed_policies()
    # moto wants a log bucket's policy before logging starts; AWS does not, and the CDK writes it afterwards.
    FakeBucket._log_permissions_enabled_policy = staticmethod(lambda **_: True)  # noqa: SLF001 - a seam
    # moto enforces bucket policies without their Conditions, so "deny what is not TLS" would deny everything.
    FakeBucket.get_permission = lambda *_: PermissionResult.NEUTRAL


# ---- our services; their state lives on moto's backends, so that moto's reset forgets it


def every_stack() -> Iterator[Stack]:
    """Give every stack of every account and Region, the deleted ones too."""
    for account, regions in list(cloudformation_backends.items()):
        for region in list(regions):
            yield from _cloudformation(account, region).stacks()


def _cloudformation(account: str, region: str) -> CloudFormation:
    state = vars(cloudformation_backends[account][region])
    return state.setdefault("local_aws", CloudFormation(account, region))  # type: ignore[no-any-return]


def _patch_manager(account: str, region: str) -> PatchManager:
    state = vars(ssm_backends[account][region])
    if "local_aws_patch_manager" not in state:
        state["local_aws_patch_manager"] = PatchManager(account, region, _aws_baselines()[region])
    return state["local_aws_patch_manager"]  # type: ignore[no-any-return]


def _maintenance_windows(account: str, region: str) -> MaintenanceWindows:
    state = vars(ssm_backends[account][region])
    return state.setdefault(  # type: ignore[no-any-return]
        "local_aws_maintenance_windows", MaintenanceWindows(account, region)
    )


@functools.cache
def _aws_baselines() -> Mapping[str, Mapping[str, str]]:
    return load_resource("ssm/resources/default_baselines.json")  # type: ignore[no-any-return]


def _serve(response_class: Any, service: str, state_class: type, state_of: Callable[[str, str], Any]) -> None:
    operations = {
        _UPPER_CASE.sub("_", name).lower(): name
        for name in client(service).meta.service_model.operation_names
    }
    for method_name in vars(state_class).keys() & operations.keys():
        setattr(
            response_class, method_name, _operation(service, operations[method_name], method_name, state_of)
        )


def _operation(
    service: str, operation_name: str, method_name: str, state_of: Callable[[str, str], Any]
) -> Callable[[Any], Any]:
    model = client(service).meta.service_model.operation_model(operation_name)

    def answer(response: Any) -> Any:
        request = response.params if response.automated_parameter_parsing else json.loads(response.body)
        state = state_of(response.current_account, response.region)
        try:
            if service == "ssm":
                check_constraints(model.input_shape, request)
            return ActionResult(getattr(state, method_name)(request))
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


# ---- corrections to moto's own services


def _answer_faults_at_once() -> None:
    """Answer what moto cannot do with a refusal: clients repeat a call for a minute on HTTP 500."""
    original = BaseResponse.call_action

    def call_action(response: Any) -> Any:
        try:
            return original(response)
        except NotImplementedError as error:
            fault = Refusal("ValidationException", f"{error}: it is not part of the local AWS")
        except Exception as error:
            _LOG.exception("moto failed")
            fault = Refusal("ValidationException", f"moto failed: {type(error).__name__}: {error}")
        status, headers, body = response.serialized(ActionResult(fault))
        headers["status"] = str(status)
        return status, headers, body

    BaseResponse.call_action = call_action


def _read_accounts_from_keys() -> None:
    original = iam_models.get_account_id_from

    def get_account_id_from(access_key: str) -> Any:
        if access_key.startswith(ACCOUNT_KEY_PREFIX):
            return access_key.removeprefix(ACCOUNT_KEY_PREFIX)
        return original(access_key)

    iam_models.get_account_id_from = get_account_id_from


def _tag_baselines_and_windows() -> None:
    """Let the tag calls know baselines and windows; moto refuses every baseline."""
    original = SimpleSystemManagerBackend._validate_resource_type_and_id  # noqa: SLF001 - a seam

    def validate(backend: Any, resource_type: str, resource_id: str) -> Any:
        where = (backend.account_id, backend.region_name)
        if resource_type == "PatchBaseline" and _patch_manager(*where).has(resource_id):
            return resource_id
        if resource_type == "MaintenanceWindow" and _maintenance_windows(*where).has(resource_id):
            return resource_id
        return original(backend, resource_type, resource_id)

    SimpleSystemManagerBackend._validate_resource_type_and_id = validate  # noqa: SLF001 - a seam


def _know_aws_managed_policies() -> None:
    """Let roles have AWS managed policies.

    moto knows them only if all 1,400 are loaded into every account, so a policy is put there when it is
    attached.
    """
    original = IAMBackend.attach_role_policy

    def attach_role_policy(backend: Any, policy_arn: str, role_name: str) -> None:
        if ":iam::aws:policy/" in policy_arn and policy_arn not in backend.managed_policies:
            name = policy_arn.rsplit("/", 1)[1]
            data = _aws_managed_policies().get(name)
            if data is not None:
                policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, data)
                backend.managed_policies[policy.arn] = policy
        original(backend, policy_arn, role_name)

    IAMBackend.attach_role_policy = attach_role_policy


@functools.cache
def _aws_managed_policies() -> Mapping[str, Any]:
    return json.loads(aws_managed_policies_data)  # type: ignore[no-any-return]
