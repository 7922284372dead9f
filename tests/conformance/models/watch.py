"""Watches every call of every boto3 client: requests and answers have to be what botocore's models say.

Only what goes through botocore in this process is seen.
"""

import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

from botocore import parsers
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ParamValidationError
from botocore.model import Shape

from tests.conformance.models.shapes import Break, breaks_of

_BESIDE_THE_MEMBERS = frozenset({"ResponseMetadata", "RequestId", "requestId", "__type"})
"""What protocols put beside the members of an answer."""

_FUNCTIONS = "patching_constructs/lambdas/"


class Kind(NamedTuple):
    """What lists of known deviations name.

    Attributes:
        operation: Such as `ssm:DescribeInstancePatches`.
        side: `request` or `answer`.
        path: The member, such as `Patches[].State`.
        rule: One of `RULES`.
    """

    operation: str
    side: str
    path: str
    rule: str


class Deviation(NamedTuple):
    """A request or an answer that its service model does not allow."""

    kind: Kind
    value: str
    expected: str

    def __str__(self) -> str:
        operation, side, path, rule = self.kind
        return f"{operation}, {side}: {path} = {self.value} breaks {rule}: expected {self.expected}"


class Watch:
    """Collects deviations and the operations that were called.

    Attributes:
        deviations: What was found since it was last taken.
        operations: Every operation that was called, such as `ssm:DescribeInstancePatches`.
    """

    def __init__(self) -> None:
        self.deviations: list[Deviation] = []
        self.operations: set[str] = set()
        self._answers = threading.local()

    def take(self) -> list[Deviation]:
        """Return what was found, each kind once, and forget it."""
        found, self.deviations = self.deviations, []
        return list({each.kind: each for each in found}.values())

    def call(
        self, original: Callable[..., Any], client: Any, operation_name: str, request: Mapping[str, Any]
    ) -> Any:
        """Make a call, and check what is asked and what is answered.

        A test may send what AWS refuses, to see it refused. What our functions send is checked whatever the
        answer is.
        """
        service = client.meta.service_model
        model = service.operation_model(operation_name)
        operation = f"{service.service_name}:{operation_name}"
        self.operations.add(operation)
        asked = breaks_of(model.input_shape, request)
        around, self._answers.unknown = getattr(self._answers, "unknown", []), []
        try:
            answer = original(client, operation_name, request)
        except (ClientError, ParamValidationError):
            if asked and _is_called_by_a_function():
                self._note(operation, "request", asked)
            raise
        else:
            members = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
            self._note(operation, "request", asked)
            self._note(operation, "answer", breaks_of(model.output_shape, members))
            self._note(operation, "answer", self._answers.unknown)
        finally:
            self._answers.unknown = around
        return answer

    def parsed(self, shape: Shape, names: Iterable[str]) -> None:
        """Note what a structure has in an answer on the wire; botocore drops what the model does not have."""
        known = vars(shape).get("wire_names")
        if known is None:
            known = shape.wire_names = _BESIDE_THE_MEMBERS.union(*map(_wire_names, shape.members.items()))
        for name in names:
            if name not in known and hasattr(self._answers, "unknown"):
                self._answers.unknown.append(Break(f"{shape.name}.{name}", "unknown", "", "no such member"))

    def _note(self, operation: str, side: str, found: Iterable[Break]) -> None:
        self.deviations += [
            Deviation(Kind(operation, side, path, rule), value, expected)
            for path, rule, value, expected in found
        ]


_make_api_call = BaseClient._make_api_call
_HANDLERS = {
    parser: parser._handle_structure
    for parser in (parsers.BaseJSONParser, parsers.BaseXMLResponseParser, parsers.BaseRpcV2Parser)
}


@contextmanager
def watched(watch: Watch) -> Iterator[Watch]:
    """Let `watch`, and no other, see every call of this process until the context ends."""

    def call(client: Any, operation_name: str, api_params: Mapping[str, Any]) -> Any:
        return watch.call(_make_api_call, client, operation_name, api_params)

    with ExitStack() as patches:
        patches.enter_context(patch.object(BaseClient, "_make_api_call", call))
        for parser, handle in _HANDLERS.items():
            patches.enter_context(patch.object(parser, "_handle_structure", _reading(watch, handle)))
        yield watch


def _reading(watch: Watch, handle: Callable[..., Any]) -> Callable[..., Any]:
    def handle_structure(parser: Any, shape: Shape, node: Any) -> Any:
        if node is not None and not shape.metadata.get("exception") and not shape.is_document_type:
            is_xml = isinstance(parser, parsers.BaseXMLResponseParser)
            watch.parsed(shape, map(parser._node_tag, node) if is_xml else node)
        return handle(parser, shape, node)

    return handle_structure


def _wire_names(member: tuple[str, Shape]) -> set[str]:
    name, shape = member
    names = {name, shape.serialization.get("name", name)}
    if shape.type_name == "list":
        names.add(shape.member.serialization.get("name", name))
    return names


def _is_called_by_a_function() -> bool:
    return any(_FUNCTIONS in frame.filename for frame in traceback.extract_stack())
