"""Events in shapes that no one expects."""

import json
from typing import Any

from hypothesis import strategies as st

_TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=20) | st.sampled_from(
    [
        "",
        "\ud800",
        "x" * 5000,
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+23:59",
        "2026-W49-1",
        "\x00\u202e",
    ]
)
_NUMBERS = st.integers() | st.floats() | st.sampled_from([10**30, -(10**30), 10**4000, 1e308])
_ANY = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXTS,
    lambda values: st.lists(values, max_size=4) | st.dictionaries(_TEXTS, values, max_size=4),
    max_leaves=8,
)


def _nested(depth: int) -> Any:
    return json.loads("[" * depth + "]" * depth)


VALUES = _ANY | st.integers(1, 500).map(_nested) | st.integers(1, 3000).map(lambda count: ["fact"] * count)


def malformed_events(event: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Events of which some fields, the whole detail, or everything is replaced by any JSON."""
    fields = st.sets(st.sampled_from(sorted(event["detail"])), min_size=1, max_size=2)
    some = fields.flatmap(lambda names: st.fixed_dictionaries(dict.fromkeys(names, VALUES))).map(
        lambda changes: {**event, "detail": {**event["detail"], **changes}}
    )
    envelope = st.sampled_from(["account", "detail", "detail-type", "source"]).flatmap(
        lambda name: VALUES.map(lambda value: {**event, name: value})
    )
    return some | envelope | VALUES
