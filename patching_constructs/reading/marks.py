"""From tags and Metadata to the marks of a rollout."""

from collections.abc import Mapping

from patching_constructs.model.estate import RolloutMarks, TemplateMistake
from patching_constructs.model.location import Location
from patching_constructs.model.marks import METADATA_KEY, RING_ORDER_TAG, RING_TAG, ROLLOUT_TAG
from patching_constructs.model.unknown import Unknown
from patching_constructs.reading.fields import Fields


def read_tag_marks(fields: Fields, *, mistakes: list[TemplateMistake]) -> RolloutMarks:
    """Read the marks in the tags of a window."""
    children = fields.children("Tags")
    if children is None or isinstance(children, Unknown):
        return RolloutMarks()
    tags = {child.text("Key"): child.text("Value") for child in children}
    return _marks(
        {
            "rollout": tags.get(ROLLOUT_TAG),
            "ring": tags.get(RING_TAG),
            "ring-order": tags.get(RING_ORDER_TAG),
        },
        location=fields.location,
        mistakes=mistakes,
        path="Tags",
    )


def read_metadata_marks(
    metadata: object, *, location: Location, mistakes: list[TemplateMistake]
) -> RolloutMarks:
    """Read the marks in the Metadata of a window."""
    marks = metadata.get(METADATA_KEY) if isinstance(metadata, Mapping) else None
    return _marks(marks, location=location, mistakes=mistakes, path=f"Metadata.{METADATA_KEY}")


def _marks(values: object, *, location: Location, mistakes: list[TemplateMistake], path: str) -> RolloutMarks:
    fields = Fields(values, location=location, mistakes=mistakes, path=path)
    return RolloutMarks(
        rollout=fields.text("rollout"),
        ring=fields.text("ring"),
        ring_order=fields.integer("ring-order"),
        soak_hours=fields.integer("soak-hours"),
        production=fields.flag("production"),
    )
