"""The local AWS creates, updates and deletes AWS::SSM types as AWS's published handlers do."""

import json
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from typing import Any

import pytest

from local_aws import DeploymentError, deploy_template, in_process
from local_aws.aws import Aws
from local_aws.cloudformation.registry import RESOURCE_TYPES
from tests.conformance.ssm_handlers import HANDLERS, NOT_PERMITTED, REPLACES

PLACE: dict[str, Any] = {"account": "111111111111", "region": "eu-west-1"}
Calls = list[tuple[str, dict[str, Any]]]

WINDOW = {
    "Type": "AWS::SSM::MaintenanceWindow",
    "Properties": {
        "Name": "window",
        "Schedule": "cron(0 2 ? * TUE#2 *)",
        "ScheduleOffset": 4,
        "Duration": 3,
        "Cutoff": 1,
        "AllowUnassociatedTargets": False,
    },
}
TARGET = {
    "Type": "AWS::SSM::MaintenanceWindowTarget",
    "Properties": {
        "WindowId": {"Ref": "Window"},
        "ResourceType": "INSTANCE",
        "Targets": [{"Key": "tag:PatchGroup", "Values": ["web"]}],
    },
}
TASK = {
    "Type": "AWS::SSM::MaintenanceWindowTask",
    "Properties": {
        "WindowId": {"Ref": "Window"},
        "TaskType": "RUN_COMMAND",
        "TaskArn": "AWS-RunPatchBaseline",
        "Priority": 1,
        "MaxConcurrency": "1",
        "MaxErrors": "0",
        "Targets": [{"Key": "WindowTargetIds", "Values": [{"Ref": "Target"}]}],
    },
}


def _changed(resource: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    return {**resource, "Properties": {**resource["Properties"], **changes}}


def _resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def _tags(*keys: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": key} for key in keys]


def _baseline(*groups: str, **properties: Any) -> dict[str, Any]:
    return _resource("AWS::SSM::PatchBaseline", PatchGroups=list(groups), DefaultBaseline=True, **properties)


def _parameter(**properties: Any) -> dict[str, Any]:
    return _resource("AWS::SSM::Parameter", Name="/ring", Type="String", **properties)


BEFORE_AND_AFTER = {
    "AWS::SSM::PatchBaseline": (
        {"It": _baseline("web", "db", Name="old", Tags=_tags("old", "kept"))},
        {"It": _baseline("db", "app", Name="new", Tags=_tags("kept", "new"))},
    ),
    "AWS::SSM::MaintenanceWindow": (
        {"It": _changed(WINDOW, Tags=_tags("old"))},
        {"It": _changed(WINDOW, Tags=_tags("new"))},
    ),
    "AWS::SSM::MaintenanceWindowTarget": (
        {"Window": WINDOW, "It": TARGET},
        {"Window": WINDOW, "It": _changed(TARGET, Name="new")},
    ),
    "AWS::SSM::MaintenanceWindowTask": (
        {"Window": WINDOW, "Target": TARGET, "It": TASK},
        {"Window": WINDOW, "Target": TARGET, "It": _changed(TASK, Priority=2)},
    ),
    "AWS::SSM::Parameter": (
        {"It": _parameter(Value="dev", Tags={"old": "old"})},
        {"It": _parameter(Value="prod", Tags={"new": "new"})},
    ),
}
"""Resources such that their change, and that of `It` alone, needs every call of the handler."""


OTHER = {"Other": _resource("AWS::Logs::LogGroup", LogGroupName="other")}
"""What a stack has where it needs nothing else, as it cannot be empty."""


class Recording:
    """A client that writes down what it is asked."""

    def __init__(self, client: Any, calls: Calls) -> None:
        self._client, self._calls = client, calls

    def __getattr__(self, name: str) -> Any:
        operation = self._client.meta.method_to_api_mapping[name]

        def call(**request: Any) -> Any:
            self._calls.append((operation, request))
            return getattr(self._client, name)(**request)

        return call


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    found: Calls = []
    real = Aws.client
    monkeypatch.setattr(Aws, "client", lambda self, service: Recording(real(self, service), found))
    return found


@pytest.fixture
def handle(calls: Calls) -> Iterator[Callable[[str, str], Calls]]:
    """Create, update or delete a resource of a type, and return the calls of that handler alone."""

    def deploy(resources: Mapping[str, Any]) -> None:
        deploy_template({"Resources": resources}, stack_name="stack", **PLACE)

    def handle(kind: str, handler: str) -> Calls:
        before, after = BEFORE_AND_AFTER[kind]
        beside = {name: resource for name, resource in before.items() if name != "It"} or OTHER
        deploy(beside if handler == "create" else before | beside)
        if handler == "delete":
            _make_the_baseline_of_aws_the_default()
        calls.clear()
        deploy({"create": before | beside, "update": after | beside, "delete": beside}[handler])
        return list(calls)

    with in_process():
        yield handle


def _make_the_baseline_of_aws_the_default() -> None:
    ssm = Aws(**PLACE).client("ssm")
    filters = [{"Key": "OWNER", "Values": ["AWS"]}, {"Key": "OPERATING_SYSTEM", "Values": ["WINDOWS"]}]
    (owned,) = ssm.describe_patch_baselines(Filters=filters)["BaselineIdentities"]
    ssm.register_default_patch_baseline(BaselineId=owned["BaselineId"])


def test_every_ssm_type_of_the_local_aws_has_a_source() -> None:
    kinds = {kind for kind in RESOURCE_TYPES if kind.startswith("AWS::SSM::")}
    assert {kind for kind, _ in HANDLERS} == kinds == BEFORE_AND_AFTER.keys()


@pytest.mark.parametrize(("kind", "handler"), HANDLERS)
def test_calls_come_in_the_order_of_the_handler(
    kind: str, handler: str, handle: Callable[[str, str], Calls]
) -> None:
    called = [operation for operation, _ in handle(kind, handler)]
    assert tuple(dict.fromkeys(called)) == HANDLERS[kind, handler].calls


@pytest.mark.parametrize(("kind", "handler"), HANDLERS)
def test_calls_are_permitted_by_the_schema(kind: str, handler: str) -> None:
    schemas = resources.files("cfnlint.data.schemas")
    files = json.loads((schemas / "providers" / "us-east-1.json").read_text())
    schema = json.loads((schemas / "resources" / f"{files[kind]}.json").read_text())
    permitted = {*schema["handlers"][handler]["permissions"], *schema["tagging"].get("permissions", [])}
    not_permitted = {call for call in HANDLERS[kind, handler].calls if f"ssm:{call}" not in permitted}
    assert not_permitted == {call for *place, call in NOT_PERMITTED if place == [kind, handler]}


@pytest.mark.parametrize("kind", [kind for kind in BEFORE_AND_AFTER if kind != "AWS::SSM::Parameter"])
def test_an_update_replaces_where_the_handler_does(kind: str, handle: Callable[[str, str], Calls]) -> None:
    (operation, request), *_ = handle(kind, "update")
    assert (request.get("Replace"), "Enabled" in request) == (REPLACES[operation], False)


def test_a_baseline_whose_group_is_refused_stays_behind_without_it(calls: Calls) -> None:
    """The handler answers a failure without the id, so that CloudFormation has nothing to delete."""
    with in_process():
        deploy_template({"Resources": {"Held": _baseline("web", Name="held")}}, stack_name="held", **PLACE)
        calls.clear()
        with pytest.raises(DeploymentError, match=r"ROLLBACK_COMPLETE\n.*AlreadyExistsException"):
            deploy_template({"Resources": {"It": _baseline("web", Name="left")}}, stack_name="stack", **PLACE)
    assert [operation for operation, _ in calls] == [
        "CreatePatchBaseline",
        "RegisterPatchBaselineForPatchGroup",
    ]
