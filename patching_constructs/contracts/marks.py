"""What our constructs write into a template because CloudFormation has no property for it.

Tag keys, the metadata key and its schema version are public contract: readers of templates and of live
accounts rely on them.
"""

from datetime import timedelta
from typing import Any

from patching_constructs.model.estate import RolloutMarks
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.promises import Promise
from patching_constructs.model.unknown import Unknown

ROLLOUT_TAG = "patching-constructs:rollout"
RING_TAG = "patching-constructs:ring"
RING_ORDER_TAG = "patching-constructs:ring-order"

METADATA_KEY = "patching-constructs"
REPORTED_RINGS = "reported-rings"
"""Key in the Metadata of a compliance reporter's function: its rings, each with its patch groups."""
METADATA_SCHEMA_VERSION = 1
"""It grows when a key goes or changes its meaning; a new key leaves it as it is."""

ROLLOUT, RING, RING_ORDER = "rollout", "ring", "ring-order"
SOAK_HOURS, PRODUCTION, PROMISES = "soak-hours", "production", "promises"
PROMISE_NAME, PROMISE_SOURCE, WITHIN_HOURS = "name", "source", "within-hours"


def tags_of(marks: RolloutMarks) -> dict[str, str]:
    """Return the marks that are tags of a window, of which all are known."""
    return {
        ROLLOUT_TAG: str(marks.rollout),
        RING_TAG: str(marks.ring),
        RING_ORDER_TAG: str(marks.ring_order),
    }


def metadata_of(marks: RolloutMarks, operation: PatchOperation) -> dict[str, Any]:
    """Return what a window has below `METADATA_KEY`: the marks that are given, all of them known."""
    given = {
        ROLLOUT: marks.rollout,
        RING: marks.ring,
        RING_ORDER: marks.ring_order,
        "operation": operation.value,
        SOAK_HOURS: marks.soak_hours,
        PRODUCTION: marks.production or None,
        PROMISES: _promises(marks) or None,
    }
    return {
        "schema-version": METADATA_SCHEMA_VERSION,
        **{key: value for key, value in given.items() if value is not None},
    }


def _promises(marks: RolloutMarks) -> list[dict[str, Any]]:
    promises = () if marks.promises is None or isinstance(marks.promises, Unknown) else marks.promises
    return [_promise(promise) for promise in promises if not isinstance(promise, Unknown)]


def _promise(promise: Promise) -> dict[str, Any]:
    hours = {severity.value: time // timedelta(hours=1) for severity, time in promise.within.items()}
    source = {} if promise.source is None else {PROMISE_SOURCE: promise.source}
    return {PROMISE_NAME: promise.name, WITHIN_HOURS: hours, **source}
