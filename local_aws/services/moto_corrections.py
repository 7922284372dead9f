"""Correct moto's services where they differ from AWS in ways that the stacks of this project notice."""

import functools
import inspect
import json
import logging
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from moto.athena.responses import AthenaResponse
from moto.awslambda.models import LambdaFunction
from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.events.models import EventsBackend
from moto.events.responses import EventsHandler
from moto.iam import models as iam_models
from moto.iam.access_control import PermissionResult
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.exceptions import EntityAlreadyExists
from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.logs.responses import LogsResponse
from moto.s3.models import FakeBucket, S3Backend

ACCOUNT_KEY_PREFIX = "LOCALAWS"
"""An access key of this prefix and an account number acts in that account."""
MAX_TARGETS_PER_RULE = 5
"""See: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"""

_LOG = logging.getLogger("local_aws")


class Refusal(ServiceException):  # type: ignore[misc]  # moto is untyped
    """An error answer; it is in this module because moto looks for the service in the module's name."""


def correct() -> None:
    """Correct moto, once in a process."""
    _answer_faults_at_once()
    _read_accounts_from_keys()
    _know_aws_managed_policies()
    _take_names_of_iam_whatever_their_case()
    _hold_policies_and_logging_of_buckets_without_acting_on_them()
    _limit_targets_of_rules()
    _keep_all_of_a_function()
    LogsResponse.associate_kms_key = _associate_kms_key
    LogsResponse.disassociate_kms_key = _associate_kms_key
    EventsHandler.update_event_bus = _update_event_bus
    AthenaResponse.update_work_group = _update_work_group
    AthenaResponse.delete_named_query = _delete_named_query
    _ask_for_metrics_with_all_of_their_dimensions()
    # moto keeps composite alarms together with the others, and has no operation that makes one.
    CloudWatchResponse.put_composite_alarm = CloudWatchResponse.put_metric_alarm
    Alarm.alarm_rule = property(lambda alarm: alarm.rule)


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


def _know_aws_managed_policies() -> None:
    """Let roles have AWS managed policies.

    moto has them only if all 1,400 are loaded into every account, so a policy is put there when it is
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


def _take_names_of_iam_whatever_their_case() -> None:
    """Refuse a name that differs from another one in upper and lower case alone, as IAM does.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    for operation, parameter, kept in (
        ("create_role", "role_name", "roles"),
        ("create_policy", "policy_name", "managed_policies"),
        ("create_instance_profile", "name", "instance_profiles"),
    ):
        setattr(IAMBackend, operation, _unique_name(getattr(IAMBackend, operation), parameter, kept))


def _unique_name(create: Any, parameter: str, kept: str) -> Any:
    signature = inspect.signature(create)

    def create_unless_taken(backend: Any, *arguments: Any, **named: Any) -> Any:
        name = signature.bind(backend, *arguments, **named).arguments[parameter]
        own = (entity for entity in getattr(backend, kept).values() if ":iam::aws:" not in entity.arn)
        if name.casefold() in {entity.name.casefold() for entity in own}:
            raise EntityAlreadyExists(f"{name} already exists.")
        return create(backend, *arguments, **named)

    return create_unless_taken


def _hold_policies_and_logging_of_buckets_without_acting_on_them() -> None:
    # moto enforces bucket policies without their Conditions, so "deny what is not TLS" would deny everything.
    FakeBucket.get_permission = lambda *_: PermissionResult.NEUTRAL
    # moto wants a log bucket's policy before logging starts; AWS does not, and the CDK writes it afterwards.
    FakeBucket._log_permissions_enabled_policy = staticmethod(lambda **_: True)  # noqa: SLF001 - a seam
    # moto delivers access logs at once, so that no log bucket could be deleted; AWS takes hours.
    S3Backend.log_incoming_request = lambda *_: None


def _limit_targets_of_rules() -> None:
    original = EventsBackend.put_targets

    def put_targets(
        backend: Any, name: str, event_bus_arn: str | None, targets: list[Mapping[str, Any]]
    ) -> None:
        bus = backend.describe_event_bus((event_bus_arn or "default").rsplit("/", 1)[-1])
        present = bus.rules[name].targets if name in bus.rules else []
        if len({target["Id"] for target in (*present, *targets)}) > MAX_TARGETS_PER_RULE:
            raise Refusal(
                "LimitExceededException", f"a rule takes at most {MAX_TARGETS_PER_RULE} targets: {name}"
            )
        original(backend, name, event_bus_arn, targets)

    EventsBackend.put_targets = put_targets


def _keep_all_of_a_function() -> None:
    """Let functions keep what moto drops: where they log, where failed events go, and a changed key."""
    kept = ("DeadLetterConfig", "LoggingConfig")
    make, configure, show = (
        LambdaFunction.__init__,
        LambdaFunction.update_configuration,
        LambdaFunction.get_configuration,
    )

    def keep(function: Any, given: Mapping[str, Any]) -> None:
        known = vars(function).setdefault("local_aws_kept", {})
        known.update({name: given[name] for name in kept if name in given})
        function.kms_key_arn = given.get("KMSKeyArn", function.kms_key_arn)

    def init(function: Any, account_id: str, spec: dict[str, Any], *rest: Any, **named: Any) -> None:
        make(function, account_id, spec, *rest, **named)
        keep(function, spec)

    def update_configuration(function: Any, config_updates: dict[str, Any]) -> Any:
        keep(function, config_updates)
        return configure(function, config_updates)

    def get_configuration(function: Any, *arguments: Any, **named: Any) -> dict[str, Any]:
        return {**show(function, *arguments, **named), **vars(function).get("local_aws_kept", {})}

    LambdaFunction.__init__ = init
    LambdaFunction.update_configuration = update_configuration
    LambdaFunction.get_configuration = get_configuration


def _ask_for_metrics_with_all_of_their_dimensions() -> None:
    """Leave out metrics that have more dimensions than GetMetricStatistics asks for, which moto mixes in.

    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
    """
    original = CloudWatchBackend.get_metric_statistics

    def get_metric_statistics(
        backend: Any, namespace: str, name: str, *rest: Any, dimensions: list[dict[str, str]], **named: Any
    ) -> Any:
        wanted = {(item["Name"], item["Value"]) for item in dimensions}
        exact = [
            datum
            for datum in backend.get_all_metrics()
            if datum.name == name and {(item.name, item.value) for item in datum.dimensions} == wanted
        ]
        view = SimpleNamespace(get_all_metrics=lambda: exact)
        return original(view, namespace, name, *rest, dimensions=dimensions, **named)

    CloudWatchBackend.get_metric_statistics = get_metric_statistics


def _associate_kms_key(response: Any) -> Any:
    """Answer AssociateKmsKey and, since its request has no key, DisassociateKmsKey."""
    request = json.loads(response.body)
    groups = response.logs_backend.groups
    if request["logGroupName"] not in groups:
        raise Refusal("ResourceNotFoundException", "The specified log group does not exist.")
    groups[request["logGroupName"]].kms_key_id = request.get("kmsKeyId")
    return EmptyResult()


def _update_event_bus(response: Any) -> Any:
    request = json.loads(response.body)
    bus = response.events_backend.describe_event_bus(request["Name"])
    bus.description, bus.kms_key_identifier = request.get("Description"), request.get("KmsKeyIdentifier")
    return ActionResult({"Arn": bus.arn, "Name": bus.name})


def _update_work_group(response: Any) -> str:
    """Change a workgroup, which moto has no operation for.

    See: https://docs.aws.amazon.com/athena/latest/APIReference/API_UpdateWorkGroup.html
    """
    request = json.loads(response.body)
    group = response.athena_backend.work_groups[request["WorkGroup"]]
    updates = dict(request.get("ConfigurationUpdates", {}))
    if updates.pop("RemoveBytesScannedCutoffPerQuery", False):
        group.configuration.pop("BytesScannedCutoffPerQuery", None)
    if "ResultConfigurationUpdates" in updates:
        updates["ResultConfiguration"] = updates.pop("ResultConfigurationUpdates")
    group.configuration.update(updates)
    group.description = request.get("Description", group.description)
    return "{}"


def _delete_named_query(response: Any) -> str:
    """Delete a named query, which moto has no operation for.

    See: https://docs.aws.amazon.com/athena/latest/APIReference/API_DeleteNamedQuery.html
    """
    del response.athena_backend.named_queries[json.loads(response.body)["NamedQueryId"]]
    return "{}"
