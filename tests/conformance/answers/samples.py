"""Answers that AWS has published, and clients that get them as if AWS had sent them."""

import copy
import datetime as dt
import functools
import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.model import Shape
from botocore.utils import parse_timestamp
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model

from tests.conformance.answers.cli_examples import Sample, cli_samples, service_model

_FOLDER = Path(__file__).parent / "published"


def samples(operation: str) -> tuple[Sample, ...]:
    """Return every sample of an operation: the CLI's examples, then those of other pages of AWS."""
    return (*cli_samples(operation), *_published().get(operation, ()))


def sample(operation: str, number: int = 0) -> dict[str, Any]:
    """Return one answer, without the token of a page that AWS does not show."""
    answer = samples(operation)[number].answer
    return {name: copy.deepcopy(value) for name, value in answer.items() if name != "NextToken"}


@functools.cache
def _published() -> Mapping[str, tuple[Sample, ...]]:
    found: dict[str, tuple[Sample, ...]] = {}
    for path in sorted(_FOLDER.glob("*.json")):
        for entry in json.loads(path.read_text("utf-8")):
            found[entry["operation"]] = (*found.get(entry["operation"], ()), Sample(**entry))
    return found


def answered(service: str, answers: Mapping[str, Mapping[str, Any]]) -> Any:
    """Make a boto3 client that gets these answers, by operation, on the wire and through botocore's parser.

    Args:
        service: Service name as boto3 spells it.
        answers: The answer of each operation, by members of the service model.
    """
    client = boto3.client(
        service,
        region_name="us-east-2",
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106 - nothing is sent
    )

    def answer(request: Any, event_name: str, **_: object) -> AWSResponse:
        operation = event_name.rpartition(".")[2]
        body = _on_the_wire(service, operation, answers[operation])
        raw = SimpleNamespace(stream=lambda: iter([body]))
        return AWSResponse(request.url, 200, {}, raw)

    client.meta.events.register("before-send", answer)
    return client


def _on_the_wire(service: str, operation: str, answer: Mapping[str, Any]) -> bytes:
    """Write an answer in the protocol of its service; JSON as it is, with what the model does not have."""
    protocol = service_model(service).resolved_protocol
    if protocol in ("json", "rest-json"):
        return json.dumps(answer, default=dt.datetime.isoformat).encode()
    operation_model = get_service_model(service).operation_model(operation)
    serializer = get_serializer_class(service, protocol)(operation_model=operation_model)
    body: str = serializer.serialize(_timed(operation_model.output_shape, answer))["body"]
    return body.encode()


def _timed(shape: Shape, value: Any) -> Any:
    """Read the times in a sample, which moto's serializer wants as such."""
    if shape.type_name == "structure":
        return {name: _timed(shape.members[name], item) for name, item in value.items()}
    if shape.type_name == "list":
        return [_timed(shape.member, item) for item in value]
    return parse_timestamp(value) if shape.type_name == "timestamp" else value
