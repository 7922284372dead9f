"""Deployed functions of this project run when deployed rules say so, on the simulated clock."""

import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws.errors import NotEmulatedError
from local_aws.fleet.clock import clock
from local_aws.services.lambda_functions import FunctionFailedError, FunctionRunner, functions_of
from patching_constructs.contracts.ring_health import TaskResult
from patching_constructs.contracts.ring_owners import RingOwners
from patching_constructs.contracts.ring_run import RING_RUN_DETAIL_TYPE, RING_RUN_SOURCE, RingRun
from patching_constructs.contracts.ring_states import OWNERS_EVENT
from patching_constructs.lambdas.ring_states import handler

ACCOUNT, REGION, OWNER = "111111111111", "eu-west-1", "333333333333"
HANDLER = "patching_constructs.lambdas.ring_states.handler.handler"
NOW = dt.datetime(2027, 2, 8, 6, tzinfo=dt.UTC)
RUN = RingRun(
    rollout="web",
    ring="dev",
    ring_order=1,
    account=OWNER,
    region=REGION,
    window_id="mw-1",
    window_execution_id="1",
    started_at=NOW - dt.timedelta(hours=1),
    ended_at=NOW,
    status="SUCCESS",
    next_start=NOW + dt.timedelta(days=7),
    duration_hours=4,
    tasks=(TaskResult(max_errors="0", nodes=1, succeeded=1),),
)


def event(account: str = OWNER, **changes: Any) -> dict[str, Any]:
    return {
        "source": RING_RUN_SOURCE,
        "detail-type": RING_RUN_DETAIL_TYPE,
        "account": account,
        "detail": {**RUN.to_data(), **changes},
    }


@pytest.fixture(autouse=True)
def simulated_time() -> Iterator[None]:
    clock.set(NOW)
    yield
    clock.set(None)


@pytest.fixture
def deployed(aws: Any) -> Any:
    """Deploy the store of ring states behind a rule for runs of rings, and behind a schedule."""
    _deploy(aws, Path(handler.__file__).read_text())
    return aws


def _deploy(aws: Any, code: str) -> None:
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w") as opened:
        opened.writestr("patching_constructs/lambdas/ring_states/handler.py", code)
        owners = RingOwners(accounts={("web", "dev"): frozenset({OWNER})})
        opened.writestr("ring-owners.json", owners.to_json())
    role = aws("iam").create_role(RoleName="store", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    function = aws("lambda").create_function(
        FunctionName="store",
        Handler=HANDLER,
        Role=role,
        Runtime="python3.14",
        Code={"ZipFile": bundle.getvalue()},
        Environment={"Variables": {"TABLE_NAME": "runs"}},
    )["FunctionArn"]
    aws("dynamodb").create_table(
        TableName="runs",
        KeySchema=[
            {"AttributeName": "ring-key", "KeyType": "HASH"},
            {"AttributeName": "record-key", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("ring-key", "record-key")
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    events = aws("events")
    events.create_event_bus(Name="patching")
    events.put_rule(
        Name="runs", EventBusName="patching", EventPattern=json.dumps({"source": [RING_RUN_SOURCE]})
    )
    events.put_targets(Rule="runs", EventBusName="patching", Targets=[{"Id": "store", "Arn": function}])
    bus = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/patching"
    events.put_rule(Name="forward", EventPattern=json.dumps({"source": [RING_RUN_SOURCE]}))
    events.put_targets(Rule="forward", Targets=[{"Id": "bus", "Arn": bus}])
    events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    events.put_targets(Rule="hourly", Targets=[{"Id": "store", "Arn": function}])


def kept(aws: Any) -> list[str]:
    items = aws("dynamodb").scan(TableName="runs")["Items"]
    return sorted(item["record-key"]["S"] for item in items)


KEYS = [f"latest/{OWNER}/{REGION}", f"run/{OWNER}/{REGION}/2027-02-08T05:00:00Z/1"]


def test_an_event_starts_the_function_that_a_rule_names(deployed: Any, tmp_path: Path) -> None:
    runner = FunctionRunner(tmp_path)
    other = {**event(), "source": "aws.ssm"}
    assert runner.deliver(other, account=ACCOUNT, region=REGION, bus="patching") == []
    assert kept(deployed) == []
    (started,) = runner.deliver(event(), account=ACCOUNT, region=REGION, bus="patching")
    assert started.name == "store"
    assert kept(deployed) == KEYS


def test_an_event_goes_on_to_another_bus(deployed: Any, tmp_path: Path) -> None:
    (started,) = FunctionRunner(tmp_path).deliver(event(), account=ACCOUNT, region=REGION)
    assert started.name == "store"
    assert kept(deployed) == KEYS


@pytest.mark.usefixtures("deployed")
def test_the_time_of_a_function_is_that_of_the_simulation(tmp_path: Path) -> None:
    """The store refuses a run that ends in the future."""
    clock.set(NOW - dt.timedelta(days=1))
    with pytest.raises(FunctionFailedError, match=r"store .*RefusedRunError: .* a run cannot last from"):
        FunctionRunner(tmp_path).deliver(event(), account=ACCOUNT, region=REGION)


def test_a_function_that_raises_is_an_error_that_names_it(deployed: Any, tmp_path: Path) -> None:
    with pytest.raises(
        FunctionFailedError, match=rf"store \({ACCOUNT}, {REGION}\).* it does not own ring 'prod'"
    ):
        FunctionRunner(tmp_path).deliver(event(ring="prod"), account=ACCOUNT, region=REGION)
    assert kept(deployed) == []


@pytest.mark.usefixtures("deployed")
def test_a_schedule_starts_the_function_with_the_event_of_a_schedule(tmp_path: Path) -> None:
    with pytest.raises(FunctionFailedError, match=r"expected a run of a ring, got 'aws\.events'"):
        FunctionRunner(tmp_path).start_schedules(account=ACCOUNT, region=REGION)


def test_a_target_with_an_input_receives_it_in_place_of_the_event(deployed: Any, tmp_path: Path) -> None:
    target = deployed("events").list_targets_by_rule(Rule="hourly")["Targets"][0]
    deployed("events").put_targets(Rule="hourly", Targets=[target | {"Input": json.dumps(OWNERS_EVENT)}])
    FunctionRunner(tmp_path).start_schedules(account=ACCOUNT, region=REGION)
    assert kept(deployed) == [f"owner/{OWNER}"]


def test_code_that_is_not_that_of_this_process_is_not_run(aws: Any, tmp_path: Path) -> None:
    _deploy(aws, "def handler(event, context):\n    pass\n")
    with pytest.raises(NotEmulatedError, match=r"was deployed with another .*handler\.py than this"):
        FunctionRunner(tmp_path).deliver(event(), account=ACCOUNT, region=REGION)


@pytest.mark.usefixtures("deployed")
def test_functions_are_listed_with_what_is_shipped_with_their_code() -> None:
    (function,) = functions_of(ACCOUNT, REGION)
    assert (function.name, function.handler) == ("store", HANDLER)
    assert function.environment == {"TABLE_NAME": "runs"}
    assert OWNER in function.file("ring-owners.json")
