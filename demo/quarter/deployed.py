"""What the quarter runs on: reporters, rings and records, as they are deployed."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from local_aws import client
from local_aws.fleet.simulation import SimulatedPlace
from local_aws.services.lambda_functions import DeployedFunction, functions_of
from local_aws.services.moto_seams import place
from patching_constructs import OperatingSystem
from patching_constructs.contracts.reporter_settings import REPORTER_FILE, ReporterSettings
from patching_constructs.contracts.ring_document import RINGS_FILE, RingDocument
from patching_constructs.contracts.ring_run import RingRun

REPORTER = "patching_constructs.lambdas.compliance_reporter.handler.handler"
_RING_STATES = "patching_constructs.lambdas.ring_states.handler.handler"


@dataclass(frozen=True, kw_only=True, slots=True)
class Workload:
    """An account and Region whose nodes are reported.

    Attributes:
        place: Its fleet, and what its windows do.
        settings: Settings of its reporter.
        systems: Operating systems of each patch group, as baselines are registered for them.
    """

    place: SimulatedPlace
    settings: ReporterSettings
    systems: Mapping[str, Sequence[OperatingSystem]]


def read_workloads(places: Iterable[tuple[str, str]]) -> list[Workload]:
    """Find the reporters in accounts and Regions, and what they report."""
    return [
        Workload(
            place=place(function.account, function.region),
            settings=ReporterSettings.from_json(
                function.file(REPORTER_FILE), RingDocument.from_json(function.file(RINGS_FILE))
            ),
            systems=_systems(client("ssm", account=function.account, region=function.region)),
        )
        for function in _functions(places, REPORTER)
    ]


def read_ring_runs(places: Iterable[tuple[str, str]]) -> list[RingRun]:
    """Read the records of all runs of rings, in order of time."""
    runs: dict[str, RingRun] = {}
    for function in _functions(places, _RING_STATES):
        dynamodb = client("dynamodb", account=function.account, region=function.region)
        pages = dynamodb.get_paginator("scan").paginate(TableName=function.environment["TABLE_NAME"])
        for item in (item for page in pages for item in page["Items"]):
            run = RingRun.from_data(_plain(item))
            runs[run.window_execution_id] = run
    return sorted(runs.values(), key=lambda run: (run.started_at, run.ring_order))


def _functions(places: Iterable[tuple[str, str]], handler: str) -> Iterator[DeployedFunction]:
    for account, region in places:
        yield from (each for each in functions_of(account, region) if each.handler == handler)


def _systems(ssm: Any) -> dict[str, list[OperatingSystem]]:
    systems: defaultdict[str, list[OperatingSystem]] = defaultdict(list)
    for page in ssm.get_paginator("describe_patch_groups").paginate():
        for mapping in page["Mappings"]:
            systems[mapping["PatchGroup"]].append(
                OperatingSystem(mapping["BaselineIdentity"]["OperatingSystem"])
            )
    return {group: sorted(found) for group, found in systems.items()}


def _plain(item: Mapping[str, Any]) -> Any:
    """Return an item of DynamoDB as JSON; all numbers of a record are whole ones."""
    deserialize = TypeDeserializer().deserialize
    return json.loads(json.dumps({name: deserialize(value) for name, value in item.items()}, default=int))
