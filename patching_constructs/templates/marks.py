"""From tags and Metadata to the marks of a rollout."""

from collections.abc import Mapping
from datetime import timedelta

from patching_constructs.contracts.marks import (
    METADATA_KEY,
    PRODUCTION,
    PROMISE_NAME,
    PROMISE_SOURCE,
    PROMISES,
    RING,
    RING_ORDER,
    RING_ORDER_TAG,
    RING_TAG,
    ROLLOUT,
    ROLLOUT_TAG,
    SOAK_HOURS,
    WITHIN_HOURS,
)
from patching_constructs.model.estate import RolloutMarks
from patching_constructs.model.finding import Finding
from patching_constructs.model.location import Location
from patching_constructs.model.promises import PROMISE_HOURS, Promise, Severity
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.templates.fields import Fields


def read_tag_marks(fields: Fields, *, mistakes: list[Finding]) -> RolloutMarks:
    """Read the marks in the tags of a window."""
    children = fields.children("Tags")
    if children is None or isinstance(children, Unknown):
        return RolloutMarks()
    tags = {child.text("Key"): child.text("Value") for child in children}
    return _marks(
        {
            ROLLOUT: tags.get(ROLLOUT_TAG),
            RING: tags.get(RING_TAG),
            RING_ORDER: tags.get(RING_ORDER_TAG),
        },
        location=fields.location,
        mistakes=mistakes,
        path="Tags",
    )


def read_metadata_marks(metadata: object, *, location: Location, mistakes: list[Finding]) -> RolloutMarks:
    """Read the marks in the Metadata of a window."""
    marks = metadata.get(METADATA_KEY) if isinstance(metadata, Mapping) else None
    return _marks(marks, location=location, mistakes=mistakes, path=f"Metadata.{METADATA_KEY}")


def _marks(values: object, *, location: Location, mistakes: list[Finding], path: str) -> RolloutMarks:
    fields = Fields(values, location=location, mistakes=mistakes, path=path)
    return RolloutMarks(
        rollout=fields.text(ROLLOUT),
        ring=fields.text(RING),
        ring_order=fields.integer(RING_ORDER),
        soak_hours=fields.integer(SOAK_HOURS),
        production=fields.flag(PRODUCTION),
        promises=_promises(fields),
    )


def _promises(fields: Fields) -> Maybe[tuple[Maybe[Promise], ...]] | None:
    children = fields.children(PROMISES)
    if children is None or isinstance(children, Unknown):
        return children
    return tuple(map(_promise, children))


def _promise(fields: Fields) -> Maybe[Promise]:
    if fields.unknown is not None:
        return fields.unknown
    name, source, within = fields.required_text(PROMISE_NAME), fields.text(PROMISE_SOURCE), _within(fields)
    if isinstance(name, Unknown):
        return name
    if isinstance(within, Unknown):
        return within
    return Promise(name=name, within=within, source=None if isinstance(source, Unknown) else source)


def _within(fields: Fields) -> Maybe[dict[Severity, timedelta]]:
    hours = fields.child(WITHIN_HOURS)
    if hours.unknown is not None:
        return hours.unknown
    if not hours.names():
        fields.refuse(WITHIN_HOURS, message="missing", received=None, allowed="hours by severity")
        return Unknown(f"{hours.path} is missing")
    found = {}
    for name in hours.names():
        count = hours.integer(name)
        if isinstance(count, Unknown):
            return count
        if name not in set(Severity) or count is None or count not in PROMISE_HOURS:
            hours.refuse(
                name,
                message="not a severity with the hours that are promised",
                received=f"{name}: {'nothing' if count is None else count}",
                allowed=f"{', '.join(Severity)}; 1 to {PROMISE_HOURS.stop - 1} hours",
            )
            return Unknown(f"{hours.path}.{name} is not a promise")
        found[Severity(name)] = count * timedelta(hours=1)
    return found
