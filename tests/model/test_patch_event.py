"""Events as they travel between accounts."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patching_constructs.model.patch_event import PatchEvent, PatchEventKind, PatchEventSeverity

WORDS = st.text(min_size=1)
EVENTS = st.builds(
    PatchEvent,
    kind=st.sampled_from(PatchEventKind),
    severity=st.sampled_from(PatchEventSeverity),
    account=WORDS,
    account_name=WORDS,
    region=WORDS,
    rollout=WORDS,
    ring=st.none() | WORDS,
    patch_group=st.none() | WORDS,
    subject=WORDS,
    subject_name=WORDS,
    status=WORDS,
    happened_at=st.datetimes(timezones=st.just(dt.UTC)),
    facts=st.lists(WORDS, min_size=1, max_size=3).map(tuple),
    title=WORDS,
    text=WORDS,
    next_step=st.text(),
    unknown=st.text(),
)


@given(EVENTS)
def test_an_event_arrives_as_it_was_sent(event: PatchEvent) -> None:
    assert PatchEvent.from_data(json.loads(json.dumps(event.to_data()))) == event


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("kind", "WEATHER", "WEATHER"),
        ("severity", None, "severity"),
        ("account", "", "account"),
        ("ring", 7, "ring"),
        ("facts", [], "facts"),
        ("facts", "one", "facts"),
        ("facts", [""], "facts"),
        ("happened-at", "2026-12-01T00:00:00", "happened-at: no time zone"),
        ("happened-at", "yesterday", "yesterday"),
        ("text", "", "text"),
        ("next-step", None, "next-step"),
    ],
)
@given(event=EVENTS)
def test_what_is_no_event_is_refused(event: PatchEvent, field: str, value: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        PatchEvent.from_data(event.to_data() | {field: value})
