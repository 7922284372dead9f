"""Functions that run: events reach deployed functions by deployed rules, on the simulated clock.

The code that runs is that of this process, which has to be the one that was deployed. What is shipped with
it, its environment and the account in which it acts are those of the deployed function.
"""

import datetime as dt
import functools
import importlib
import inspect
import io
import json
import os
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch

from local_aws.aws import client
from local_aws.cloudformation.direct import Operation, direct_client
from local_aws.errors import LocalAwsError, NotEmulatedError
from local_aws.fleet.clock import clock
from local_aws.services.moto_seams import function_code, matches

_TIME_LIMIT = dt.timedelta(minutes=15)

Event = Mapping[str, Any]


class _SimulatedDatetime(dt.datetime):
    """A datetime whose present is that of the simulated clock."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
        """Return the simulated time."""
        return clock().astimezone(tz)


_SIMULATED = SimpleNamespace(**{**vars(dt), "datetime": _SimulatedDatetime})


class FunctionFailedError(LocalAwsError):
    """A function raised; Lambda would count an error and try again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedFunction:
    """A deployed function.

    Attributes:
        account: Its account.
        region: Its Region.
        name: Its name.
        handler: Where it starts, such as `module.handler`.
        environment: Its environment variables.
    """

    account: str
    region: str
    name: str
    handler: str
    environment: Mapping[str, str]

    def file(self, name: str) -> str:
        """Read a file that is shipped with the code."""
        with zipfile.ZipFile(io.BytesIO(function_code(self.account, self.region, self.name))) as bundle:
            return bundle.read(name).decode()


def functions_of(account: str, region: str) -> list[DeployedFunction]:
    """List the functions of an account and Region."""
    pages = client("lambda", account=account, region=region).get_paginator("list_functions").paginate()
    return [
        DeployedFunction(
            account=account,
            region=region,
            name=found["FunctionName"],
            handler=found["Handler"],
            environment=found.get("Environment", {}).get("Variables", {}),
        )
        for page in pages
        for found in page["Functions"]
    ]


class FunctionRunner:
    """Runs deployed functions when events reach them.

    Rules are read when the first event reaches their bus. Targets that are functions, buses or queues get
    events; other targets, such as topics, get none.

    Args:
        folder: Where bundles are unpacked.
        time_left: Says how much of its time is left, whenever a function asks.
    """

    def __init__(self, folder: Path, *, time_left: Callable[[], dt.timedelta] = lambda: _TIME_LIMIT) -> None:
        self._folder = folder
        self._time_left = time_left
        self._rules = functools.cache(_rules)
        self._loaded = functools.cache(self._load)
        self._clients = functools.cache(self._client)

    def deliver(
        self, event: Event, *, account: str, region: str, bus: str = "default"
    ) -> list[DeployedFunction]:
        """Let an event reach a bus, and return the functions that it started.

        Args:
            event: The event as rules see it.
            account: Account of the bus.
            region: Region of the bus.
            bus: Name of the bus.

        Raises:
            FunctionFailedError: If a function raised.
        """
        return [
            function
            for rule in self._rules(account, region, bus)
            if rule.pattern is not None and matches(rule.pattern, event)
            for function in self._send(event, rule)
        ]

    def start_schedules(self, *, account: str, region: str) -> None:
        """Let every schedule of an account and Region come due.

        Raises:
            FunctionFailedError: If a function raised.

        See: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
        """
        for rule in self._rules(account, region, "default"):
            if rule.pattern is None:
                event = _event("aws.events", "Scheduled Event", {}, account=account, region=region)
                self._send({**event, "resources": [rule.arn]}, rule)

    def _send(self, event: Event, rule: "_DeployedRule") -> list[DeployedFunction]:
        started: list[DeployedFunction] = []
        for arn, given in rule.targets:
            sent = event if given is None else json.loads(given)
            _, _, service, region, account, resource = arn.split(":", 5)
            if service == "lambda":
                started.append(self.start(sent, arn))
            elif service == "events":
                bus = resource.removeprefix("event-bus/")
                started += self.deliver(event, account=account, region=region, bus=bus)
            elif service == "sqs":
                queues = client("sqs", account=account, region=region)
                url = queues.get_queue_url(QueueName=resource)["QueueUrl"]
                queues.send_message(QueueUrl=url, MessageBody=json.dumps(sent))
        return started

    def start(self, event: Event, arn: str) -> DeployedFunction:
        """Start a function with an event, and return the function.

        Raises:
            FunctionFailedError: If it raised.
        """
        _, _, _, region, account, _, name = arn.split(":")
        function, module, root = self._loaded(account, region, name)
        self._invoke(event, function, module, root)
        return function

    def _load(self, account: str, region: str, name: str) -> tuple[DeployedFunction, ModuleType, Path]:
        (function,) = (each for each in functions_of(account, region) if each.name == name)
        module = importlib.import_module(function.handler.rpartition(".")[0])
        path = f"{module.__name__.replace('.', '/')}.py"
        if function.file(path) != inspect.getsource(module):
            raise NotEmulatedError(f"{name} ({account}, {region}) was deployed with another {path} than this")
        root = self._folder / account / region / name
        with zipfile.ZipFile(io.BytesIO(function_code(account, region, name))) as bundle:
            bundle.extractall(root)
        return function, module, root

    def _invoke(self, event: Event, function: DeployedFunction, module: ModuleType, root: Path) -> None:
        account, region = function.account, function.region
        context = SimpleNamespace(
            invoked_function_arn=f"arn:aws:lambda:{region}:{account}:function:{function.name}",
            aws_request_id=str(uuid.uuid4()),
            get_remaining_time_in_millis=lambda: self._time_left() // dt.timedelta(milliseconds=1),
        )

        def local_client(service: str, *, region_name: str = region, **_: Any) -> Any:
            return self._clients(service, account=account, region=region_name)

        environment = {**function.environment, "AWS_REGION": region, "LAMBDA_TASK_ROOT": str(root)}
        surroundings: dict[str, Any] = {
            "boto3": SimpleNamespace(client=local_client),
            "dt": _SIMULATED,
            "print": lambda *_: None,
        }
        with patch.dict(os.environ, environment), patch.multiple(module, create=True, **surroundings):
            try:
                getattr(module, function.handler.rpartition(".")[2])(event, context)
            except Exception as error:
                what = f"{function.name} ({account}, {region}), {function.handler}"
                raise FunctionFailedError(f"{what}: {type(error).__name__}: {error}") from error

    def _client(self, service: str, *, account: str, region: str) -> Any:
        answers: dict[str, dict[str, Operation]] = {
            "events": {"PutEvents": self._put_events},
            "lambda": {"Invoke": self._invoke_function},
        }
        return direct_client(service, account=account, region=region, answers=answers.get(service))

    def _put_events(self, account: str, _: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer PutEvents, for a bus of any account, which moto does not know.

        See: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
        """
        entries = request["Entries"]
        for entry in entries:
            _, _, _, region, owner, bus = entry["EventBusName"].split(":", 5)
            detail = json.loads(entry["Detail"])
            event = _event(entry["Source"], entry["DetailType"], detail, account=account, region=region)
            self.deliver(event, account=owner, region=region, bus=bus.removeprefix("event-bus/"))
        return {"FailedEntryCount": 0, "Entries": [{"EventId": str(uuid.uuid4())} for _ in entries]}

    def _invoke_function(self, _account: str, _region: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer Invoke with a function that is given by its ARN, at once although it is asked for later.

        See: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
        """
        if request["InvocationType"] != "Event":
            raise NotEmulatedError("functions wait for no other function in the local AWS")
        self.start(json.loads(request["Payload"]), request["FunctionName"])
        return {"StatusCode": 202}


@dataclass(frozen=True, kw_only=True, slots=True)
class _DeployedRule:
    """A rule: its pattern, None of a schedule, and the ARN and the input of its targets.

    See: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html
    """

    arn: str
    pattern: str | None
    targets: tuple[tuple[str, str | None], ...]


def _rules(account: str, region: str, bus: str) -> tuple[_DeployedRule, ...]:
    events = client("events", account=account, region=region)
    return tuple(
        _DeployedRule(
            arn=rule["Arn"],
            pattern=rule.get("EventPattern"),
            targets=tuple(
                (target["Arn"], target.get("Input"))
                for target in events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus)["Targets"]
            ),
        )
        for rule in _pages(events, bus)
        if rule["State"] == "ENABLED"
    )


def _pages(events: Any, bus: str) -> Iterator[dict[str, Any]]:
    for page in events.get_paginator("list_rules").paginate(EventBusName=bus):
        yield from page["Rules"]


def _event(source: str, detail_type: str, detail: Event, *, account: str, region: str) -> dict[str, Any]:
    """Write an event as EventBridge gives it to its targets.

    See: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
    """
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [],
        "detail": detail,
    }
