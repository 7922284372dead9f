"""The check of every call against botocore's service models: it bites, and its lists are short."""

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from botocore.model import ServiceModel

from local_aws.aws import client
from local_aws.cloudformation.direct import answer_directly, direct_client
from local_aws.in_process import in_process
from patching_constructs.lambdas._shared import executions
from tests.conformance.answers.cli_examples import cli_samples, is_masked, service_model
from tests.conformance.answers.samples import samples
from tests.conformance.models.deviations import AWS, MOTO, is_empty, is_known
from tests.conformance.models.plugin import judge
from tests.conformance.models.shapes import RULES, breaks_of
from tests.conformance.models.watch import Deviation, Kind, Watch, watched
from tests.conformance.models.watched_module import BROKEN

ROOT = Path(__file__).parents[3]
MODEL = {
    "metadata": {"serviceId": "small", "protocol": "json", "endpointPrefix": "small", "apiVersion": "1"},
    "operations": {},
    "shapes": {
        "Answer": {
            "type": "structure",
            "required": ["Name"],
            "members": {
                "Name": {"shape": "Name"},
                "State": {"shape": "State"},
                "Count": {"shape": "Count"},
                "Share": {"shape": "Share"},
                "Names": {"shape": "Names"},
                "Tags": {"shape": "Tags"},
                "Is": {"shape": "Is"},
                "At": {"shape": "At"},
                "Bytes": {"shape": "Bytes"},
                "Inner": {"shape": "Answer"},
            },
        },
        "Name": {"type": "string", "min": 2, "max": 8, "pattern": r"[\p{L}\uD800\uDC00-\uDBFF\uDFFF]+"},
        "State": {"type": "string", "enum": ["Missing", "Installed"]},
        "Count": {"type": "integer", "min": 1, "max": 5},
        "Share": {"type": "double", "max": 1},
        "Names": {"type": "list", "member": {"shape": "Name"}, "min": 1, "max": 2},
        "Tags": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "State"}, "max": 1},
        "Is": {"type": "boolean"},
        "At": {"type": "timestamp"},
        "Bytes": {"type": "blob", "max": 3},
    },
}
SMALL = ServiceModel(MODEL, "small").shape_for("Answer")
FINE: dict[str, Any] = {
    "Name": "Ärger",
    "State": "Missing",
    "Count": 5,
    "Share": 0.5,
    "Names": ["ab", "\U0001d4b3\U0001d4b3"],
    "Tags": {"ab": "Installed"},
    "Is": True,
    "At": dt.datetime(2026, 12, 1, tzinfo=dt.UTC),
    "Bytes": b"abc",
    "Inner": {"Name": "cd"},
}


def test_what_the_model_allows_breaks_nothing() -> None:
    assert breaks_of(SMALL, FINE) == []


@pytest.mark.parametrize(
    ("change", "path", "rule"),
    [
        ({"State": "MISSING"}, "State", "enum"),
        ({"Tags": {"ab": "MISSING"}}, "Tags.{}", "enum"),
        ({"Name": "x1"}, "Name", "pattern"),
        ({"Name": "abc\n"}, "Name", "pattern"),
        ({"Tags": {"x1": "Missing"}}, "Tags.{key}", "pattern"),
        ({"Name": "x"}, "Name", "minimum"),
        ({"Count": 0}, "Count", "minimum"),
        ({"Names": []}, "Names", "minimum"),
        ({"Name": "abcdefghi"}, "Name", "maximum"),
        ({"Count": 6}, "Count", "maximum"),
        ({"Share": 1.5}, "Share", "maximum"),
        ({"Names": ["ab", "cd", "ef"]}, "Names", "maximum"),
        ({"Tags": {"ab": "Missing", "cd": "Missing"}}, "Tags", "maximum"),
        ({"Bytes": b"abcd"}, "Bytes", "maximum"),
        ({"Inner": {}}, "Inner.Name", "required"),
        ({"Inner": {"Name": "ab", "Other": 1}}, "Inner.Other", "unknown"),
        ({"Names": ["ab", 1]}, "Names[]", "type"),
        ({"Names": "ab"}, "Names", "type"),
        ({"Tags": ["ab"]}, "Tags", "type"),
        ({"Count": True}, "Count", "type"),
        ({"Count": "5"}, "Count", "type"),
        ({"Is": 1}, "Is", "type"),
        ({"At": None}, "At", "type"),
        ({"Bytes": 1}, "Bytes", "type"),
        ({"Inner": None}, "Inner", "type"),
    ],
)
def test_each_rule_bites(change: dict[str, Any], path: str, rule: str) -> None:
    (found,) = breaks_of(SMALL, FINE | change)
    assert (found.path, found.rule) == (path, rule)
    assert rule in RULES


def test_an_answer_of_an_operation_without_members_has_none() -> None:
    (found,) = breaks_of(None, {"Name": "x"})
    assert (found.path, found.rule) == ("Name", "unknown")


# --- what a client is answered ---

WINDOW = {"WindowId": "mw-0123456789abcdef0", "Name": "web", "Schedule": "rate(1 day)", "Cutoff": 1}


def answered(service: str, operation: str, body: str, **request: Any) -> list[Deviation]:
    """Let botocore parse a body, and return what the watch finds in it."""
    with watched(Watch()) as watch:
        call = boto3.client(
            service,
            region_name="eu-west-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",  # noqa: S106
        )
        raw = SimpleNamespace(stream=lambda: iter([body.encode()]))
        call.meta.events.register(
            "before-send", lambda request, **_: AWSResponse(request.url, 200, {}, raw), unique_id="answer"
        )
        getattr(call, operation)(**request)
        return watch.take()


def kinds(found: list[Deviation]) -> list[tuple[str, str]]:
    return [(each.kind.path, each.kind.rule) for each in found]


def test_an_answer_on_the_wire_is_checked() -> None:
    body = json.dumps({**WINDOW, "Enabled": True, "AllowUnassociatedTargets": True})
    assert answered("ssm", "get_maintenance_window", body, WindowId=WINDOW["WindowId"]) == []
    body = json.dumps({**WINDOW, "Cutoff": 24, "WindowId": "mw-1"})
    found = kinds(answered("ssm", "get_maintenance_window", body, WindowId=WINDOW["WindowId"]))
    assert found == [("WindowId", "pattern"), ("WindowId", "minimum"), ("Cutoff", "maximum")]


@pytest.mark.parametrize(
    ("service", "operation", "asked", "body", "path"),
    [
        (
            "ssm",
            "get_maintenance_window",
            {"WindowId": WINDOW["WindowId"]},
            json.dumps({**WINDOW, "Window": "x"}),
            "GetMaintenanceWindowResult.Window",
        ),
        (
            "sns",
            "get_topic_attributes",
            {"TopicArn": "arn:aws:sns:eu-west-1:111111111111:t"},
            "<r><GetTopicAttributesResult><Other/></GetTopicAttributesResult><ResponseMetadata/></r>",
            "GetTopicAttributesResponse.Other",
        ),
        (
            "ec2",
            "describe_instances",
            {},
            "<r><requestId>x</requestId><reservationSet><item><other/></item></reservationSet></r>",
            "Reservation.other",
        ),
    ],
    ids=["json", "query", "ec2"],
)
def test_a_member_on_the_wire_that_the_model_does_not_have_is_found(
    service: str, operation: str, asked: dict[str, Any], body: str, path: str
) -> None:
    assert kinds(answered(service, operation, body, **asked)) == [(path, "unknown")]


def test_an_answer_that_does_not_cross_the_wire_is_checked_as_well() -> None:
    answer_directly("ssm", "GetCalendarState", lambda *_: {"State": "OPENED", "Until": "x"})
    with watched(Watch()) as watch:
        direct_client("ssm", account="111111111111", region="eu-west-1").get_calendar_state(
            CalendarNames=["c"]
        )
    assert kinds(watch.take()) == [("State", "enum"), ("Until", "unknown")]


# --- what is asked ---


def describe(window_id: str) -> None:
    with in_process():
        ssm = client("ssm", account="111111111111", region="eu-west-1")
        try:
            ssm.describe_maintenance_window_execution_tasks(WindowExecutionId=window_id)
        except ClientError:
            return


def by_a_function(window_id: str) -> None:
    with in_process():
        ssm = client("ssm", account="111111111111", region="eu-west-1")
        with pytest.raises(ClientError):
            list(executions.list_tasks(ssm, window_id))


@pytest.mark.parametrize(("ask", "count"), [(describe, 0), (by_a_function, 1)])
def test_a_refused_request_counts_if_a_function_sent_it(ask: Callable[[str], None], count: int) -> None:
    with watched(Watch()) as watch:
        ask("z" * 36)
        found = watch.take()
    assert len(found) == count


# --- the lists ---


def broken(path: str = "A.B", value: str = "'x'", rule: str = "enum", side: str = "answer") -> Deviation:
    return Deviation(Kind("ssm:GetThing", side, path, rule), value, "one of y, z")


def test_the_message_names_test_operation_member_value_and_rule() -> None:
    with pytest.raises(pytest.fail.Exception) as failure:
        judge("tests/test_x.py::test_y", [broken()], set())
    assert str(failure.value) == (
        "tests/test_x.py::test_y: calls break the service models of botocore:\n"
        "  ssm:GetThing, answer: A.B = 'x' breaks enum: expected one of y, z"
    )


def test_a_mark_allows_requests_or_answers() -> None:
    for side, other in (("request", "answer"), ("answer", "request")):
        judge("t", [broken(side=side)], {("ssm:GetThing", side)})
        with pytest.raises(pytest.fail.Exception):
            judge("t", [broken(side=other)], {("ssm:GetThing", side)})


def test_known_deviations_do_not_fail() -> None:
    for kind in (*AWS, *MOTO):
        judge("t", [Deviation(kind, "'x'", "y")], set())


@pytest.mark.parametrize(("value", "is_it"), [("[]", True), ("{}", True), ("''", False), ("0", False)])
def test_only_lists_and_maps_may_be_empty(value: str, is_it: bool) -> None:
    assert is_empty(broken(value=value, rule="minimum")) is is_it
    assert not is_empty(broken(value=value, rule="minimum", side="request"))


def test_aws_answers_with_empty_lists_and_maps_where_its_models_ask_for_an_item() -> None:
    operations = ("ssm:GetParameterHistory", "ssm:GetParameters", "dynamodb:BatchGetItem")
    found = {
        (operation, broken.value)
        for operation in operations
        for sample in cli_samples(operation)
        for broken in breaks_of(output_shape(operation), sample.answer)
        if broken.rule == "minimum" and broken.value in ("[]", "{}")
    }
    assert found == {(operations[0], "[]"), (operations[1], "[]"), (operations[2], "{}")}


def test_patterns_hold_for_the_whole_value_in_the_samples_of_aws() -> None:
    """Read 60 samples of Systems Manager: were patterns held against a part, more would be allowed."""
    names = [
        operation
        for operation in service_model("ssm").operation_names
        if operation.startswith(("Describe", "Get", "List"))
    ]
    samples = [sample for name in names for sample in cli_samples(f"ssm:{name}")]
    assert len(samples) > 60
    odd = {
        (sample.operation, broken.path)
        for sample in samples
        for broken in breaks_of(output_shape(sample.operation), sample.answer)
        if broken.rule == "pattern" and not is_masked(broken.value) and broken.value != "''"
    }
    assert len(odd) <= 8, odd


@pytest.mark.parametrize("kind", AWS, ids=lambda kind: f"{kind.operation} {kind.path}")
def test_a_deviation_of_aws_is_shown_by_the_page_that_its_entry_names(kind: Kind) -> None:
    source = AWS[kind]
    shown = {
        broken.path
        for sample in samples(kind.operation)
        for broken in breaks_of(output_shape(kind.operation), sample.answer)
        if broken.rule == kind.rule
    }
    if kind.side == "request":
        assert source.startswith("https://docs.aws.amazon.com/")
    else:
        assert kind.path in shown


def output_shape(operation: str) -> Any:
    service, name = operation.split(":")
    return service_model(service).operation_model(name).output_shape


def _work_group() -> None:
    client("athena").create_work_group(Name="w")


def _config_rule() -> None:
    config = client("config")
    role = "arn:aws:iam::123456789012:role/config"
    config.put_configuration_recorder(ConfigurationRecorder={"name": "all", "roleARN": role})
    source = {"Owner": "AWS", "SourceIdentifier": "EC2_MANAGEDINSTANCE_PATCH_COMPLIANCE_STATUS_CHECK"}
    config.put_config_rule(ConfigRule={"ConfigRuleName": "patch", "Source": source})
    config.describe_config_rules()


def _rule() -> None:
    events = client("events")
    events.put_rule(Name="r", ScheduleExpression="rate(1 hour)")
    events.list_rules()


def _hub() -> None:
    hub = client("securityhub")
    hub.enable_security_hub()
    hub.describe_hub()


PROBES = MappingProxyType(
    {
        "athena:CreateWorkGroup": _work_group,
        "config:DescribeConfigRules": _config_rule,
        "events:ListRules": _rule,
        "securityhub:DescribeHub": _hub,
    }
)


@pytest.mark.parametrize("operation", PROBES)
def test_a_deviation_of_moto_that_is_gone_leaves_the_list(operation: str) -> None:
    with in_process(), watched(Watch()) as watch:
        PROBES[operation]()
        found = {each.kind for each in watch.take() if each.kind.operation == operation}
    assert found == {kind for kind in MOTO if kind.operation == operation}, "remove what is gone"


def test_the_list_of_moto_only_shrinks() -> None:
    assert {kind.operation for kind in MOTO} <= PROBES.keys()
    assert len(MOTO) <= 7, "correct it in local_aws instead"


def test_what_functions_are_answered_deviates_nowhere() -> None:
    """Their services are in the source of `patching_constructs/lambdas`; moto answers some of them."""
    lambdas = Path(executions.__file__).parents[1]
    source = "\n".join(path.read_text("utf-8") for path in lambdas.rglob("*.py"))
    for kind in MOTO:
        method = xform_name(kind.operation.partition(":")[2])
        assert f".{method}(" not in source
        assert f'"{method}"' not in source


def test_every_entry_has_a_source() -> None:
    assert all(source.startswith("https://") for source in (*AWS.values(), *MOTO.values()))
    assert not is_known(broken())


# --- programs ---

PROGRAM = """
import sys
from local_aws.cloudformation.direct import answer_directly, direct_client

answer_directly("ssm", "GetCalendarState", lambda *_: {"State": sys.argv[1]})
ssm = direct_client("ssm", account="111111111111", region="eu-west-1")
ssm.get_calendar_state(CalendarNames=["c"])
sys.exit(int(sys.argv[2]))
"""


@pytest.mark.parametrize(
    ("arguments", "status"), [(("OPEN", "0"), 0), (("OPEN", "3"), 3), (("OPENED", "0"), BROKEN)]
)
def test_a_program_whose_calls_break_a_model_fails(
    arguments: tuple[str, str], status: int, tmp_path: Path
) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    result = subprocess.run(
        [sys.executable, "-m", "tests.conformance.models.watched_module", "program", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == status, result.stderr
    assert ("State = 'OPENED' breaks enum" in result.stderr) is (status == BROKEN)
