"""Events as they travel between accounts."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patching_constructs.contracts.patch_event import (
    MOST_FACTS,
    STATUSES,
    EventNode,
    PatchEvent,
    PatchEventKind,
    PatchEventSeverity,
    severity_of,
)

CRITICAL, WARNING, INFO = PatchEventSeverity
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=128)
IDS = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9_.:/@+=-]{0,60}\Z")
TIMES = st.datetimes(timezones=st.just(dt.UTC))


@st.composite
def patch_events(draw: st.DrawFn) -> PatchEvent:
    """All that an account may send, however strange."""
    kind = draw(st.sampled_from(PatchEventKind))
    status = draw(st.sampled_from(STATUSES[kind]))
    return PatchEvent(
        kind=kind,
        severity=severity_of(status, production=draw(st.booleans())),
        account="666666666666",
        region=draw(st.sampled_from(["eu-central-1", "us-gov-east-1"])),
        rollout=draw(NAMES),
        ring=draw(st.none() | NAMES),
        patch_group=draw(st.none() | NAMES),
        subject=draw(IDS),
        subject_name=draw(NAMES),
        status=status,
        happened_at=draw(TIMES),
        facts=tuple(draw(st.lists(st.from_regex(r"\A[!-~]{1,512}\Z"), min_size=1, max_size=MOST_FACTS))),
        execution=draw(st.just("") | IDS),
        nodes=tuple(draw(st.lists(st.builds(EventNode, id=IDS, name=NAMES), max_size=5))),
        node_count=draw(st.integers(0, 1000)),
        baseline=draw(st.just("") | IDS),
        compliance_severity=draw(st.sampled_from(["", "critical", "UNSPECIFIED"])),
        until=draw(st.none() | TIMES),
        unknown=draw(st.just("") | NAMES),
    )


@given(patch_events())
def test_an_event_arrives_as_it_was_sent(event: PatchEvent) -> None:
    assert PatchEvent.from_data(json.loads(json.dumps(event.to_data()))) == event


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("kind", "WEATHER", "kind: expected one of WINDOW, COMMAND, COMPLIANCE, CALENDAR, got 'WEATHER'"),
        ("kind", 5, "kind: expected one of .*, got 5"),
        ("severity", None, "severity: expected one of"),
        ("account", "", "account: expected an id"),
        ("ring", 7, "ring: expected text of 1 to 128 characters, got 7"),
        ("ring", "x" * 129, "ring: expected text of 1 to 128 characters"),
        ("patch-group", "x" * 257, "patch-group: expected text of 1 to 256 characters"),
        ("subject", "mw-1; rm -rf /", "subject: expected an id"),
        ("subject-name", "\ud800", "subject-name: expected text in Unicode"),
        ("status", "FAILED in account prod", "status: expected one of"),
        ("facts", [], "facts: expected a list of 1 to 20 entries, got a list of 0 entries"),
        ("facts", ["a"] * 21, "facts: expected a list of 1 to 20 entries, got a list of 21 entries"),
        ("facts", "one", "facts: expected a list"),
        ("facts", [""], r"facts\[0\]: expected 1 to 512 visible ASCII characters, got ''"),
        ("facts", ["a", ["b"]], r"facts\[1\]: expected 1 to 512 .*, got a list of 1 entries"),
        ("happened-at", "2026-12-01T00:00:00", "happened-at: expected a time with a UTC offset"),
        ("happened-at", "yesterday", "happened-at: .*, got 'yesterday'"),
        ("happened-at", "0001-01-01T00:00:00+23:59", "happened-at: expected a time with a UTC offset"),
        ("execution", None, "execution: expected an id"),
        ("nodes", [{"id": "i-1", "name": "n"}] * 6, "nodes: expected a list of 0 to 5 entries"),
        ("nodes", ["i-1"], r"nodes\[0\]: expected an object, got 'i-1'"),
        ("nodes", [{"id": "i-1"}], r"nodes\[0\].name: expected text"),
        ("node-count", -1, "node-count: expected a whole number"),
        ("compliance-severity", "a b", "compliance-severity: expected a severity or nothing"),
        ("until", 5, "until: expected a time"),
        ("unknown", None, "unknown: expected text of 0 to 1000 characters, got nothing"),
    ],
)
@given(event=patch_events())
def test_what_is_not_an_event_is_refused(event: PatchEvent, field: str, value: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        PatchEvent.from_data(event.to_data() | {field: value})


@pytest.mark.parametrize(
    ("status", "severities"),
    [
        ("SUCCESS", [INFO, INFO]),
        ("compliant", [INFO, INFO]),
        ("OPEN", [INFO, INFO]),
        ("CLOSED", [INFO, INFO]),
        ("non_compliant", [WARNING, WARNING]),
        *(
            (status, [WARNING, CRITICAL])
            for status in ("FAILED", "TIMED_OUT", "CANCELLED", "SKIPPED_OVERLAPPING")
        ),
        *((status, [WARNING, CRITICAL]) for status in STATUSES[PatchEventKind.COMMAND]),
    ],
)
def test_a_failure_is_critical_on_production(status: str, severities: list[PatchEventSeverity]) -> None:
    assert [severity_of(status, production=production) for production in (False, True)] == severities
