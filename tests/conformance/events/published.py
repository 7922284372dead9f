"""The example events that AWS has published, and the values that its pages list."""

import copy
import functools
import json
from pathlib import Path
from typing import Any

from moto.events.models import EventPattern

Event = dict[str, Any]

FOLDER = Path(__file__).parent
FILES = ("systems-manager.json", "security-hub.json")


def examples(detail_type: str, **detail: Any) -> list[Event]:
    """Return the examples of a detail type that have these values in their detail."""
    return [
        copy.deepcopy(event)
        for event in _published()
        if event["detail-type"] == detail_type and detail.items() <= event["detail"].items()
    ]


def detail_types() -> set[str]:
    """Return the detail types of which there is an example."""
    return {event["detail-type"] for event in _published()}


@functools.cache
def documented_values(detail_type: str) -> dict[str, list[str]]:
    """Return the values that AWS lists for members of the detail, by member."""
    values: dict[str, list[str]] = _read("documented-values.json")["values"].get(detail_type, {})
    return values


def matches(event_pattern: Event, event: Event) -> bool:
    """Ask moto's EventBridge whether a rule with this pattern matches.

    EventBridge looks into the objects of an array, which moto does not; an array of one object is the same as
    the object.

    See: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-arrays.html
    """
    matched: bool = EventPattern.load(json.dumps(event_pattern)).matches_event(_laid_bare(event))
    return matched


def _laid_bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _laid_bare(item) for key, item in value.items()}
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        (only,) = value
        return _laid_bare(only)
    return value


@functools.cache
def _published() -> tuple[Event, ...]:
    return tuple(event for name in FILES for page in _read(name) for event in page["events"])


def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text("utf-8"))
