"""Every event pattern that is deployed, and every handler, with the example events of AWS."""

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from patching_constructs.contracts.patch_event import PatchEventKind
from patching_constructs.contracts.ring_document import (
    DeployedGroup,
    DeployedRing,
    DeployedWindow,
    RingDocument,
)
from patching_constructs.lambdas.patch_event_forwarder.forwarding import _REPORTERS, forwarded_event
from patching_constructs.lambdas.patch_event_forwarder.source_event import SourceEvent
from patching_constructs.model.systems_manager_events import PATCH_DOCUMENTS
from tests.conformance.answers.samples import answered, sample
from tests.conformance.events.published import (
    FILES,
    FOLDER,
    Event,
    detail_types,
    documented_values,
    examples,
    matches,
)
from tests.conformance.events.unproven import UNPROVEN

ROOT = Path(__file__).parents[3]
OURS = "patching-constructs"
WINDOW = "mw-0ed7251d3fcf6e0c2"
BASELINE = "pb-0123456789abcdef0"
SYSTEMS_MANAGER = [each for each in sorted(detail_types()) if not each.startswith("Security Hub")]


@functools.cache
def patterns() -> tuple[str, ...]:
    """Return the patterns for events of AWS in every stored template, which are what is synthesized."""
    found = {
        json.dumps(resource["Properties"]["EventPattern"], sort_keys=True)
        for path in ROOT.glob("tests/*/__snapshots__/**/*.json")
        for resource in json.loads(path.read_text("utf-8")).get("Resources", {}).values()
        if resource["Type"] == "AWS::Events::Rule" and "EventPattern" in resource["Properties"]
    }
    return tuple(sorted(text for text in found if json.loads(text)["source"] != [OURS]))


def resolved(pattern: Any) -> Any:
    """Put an id in place of what refers to a window or a baseline."""
    if isinstance(pattern, dict):
        if pattern.keys() & {"Ref", "Fn::GetAtt"}:
            return WINDOW if "Window" in str(pattern) else BASELINE
        return {key: resolved(item) for key, item in pattern.items()}
    return [resolved(item) for item in pattern] if isinstance(pattern, list) else pattern


def closed(pattern: Any) -> Iterator[tuple[str, list[Any]]]:
    """Yield the members of the detail for whose values a pattern waits, with these values."""
    for name, item in pattern.items():
        if isinstance(item, dict):
            yield from closed(item)
        else:
            yield name, item


def values_in(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from values_in(item)
    else:
        yield value


def fitted(event: Event, pattern: Event) -> Event:
    """Give an example the ids and the document of a pattern, which are no words of AWS's own."""
    detail = event["detail"]
    ours = {
        "window-id": WINDOW,
        "document-name": PATCH_DOCUMENTS[0],
        "patch-baseline-id": BASELINE,
    }
    detail |= {name: value for name, value in ours.items() if name in detail}
    if "findings" in detail:
        detail["findings"][0]["Severity"]["Label"] = pattern["detail"]["findings"]["Severity"]["Label"][0]
    return event


def test_patterns_are_found() -> None:
    """Those of constructs by themselves and of the sample, which differ in the ids that they refer to."""
    shapes = {json.dumps(resolved(json.loads(text))) for text in patterns()}
    assert len(shapes) >= 10


@pytest.mark.parametrize("text", patterns())
def test_a_pattern_looks_at_what_an_example_of_aws_has(text: str) -> None:
    pattern = resolved(json.loads(text))
    (detail_type,) = pattern["detail-type"]
    assert examples(detail_type), "AWS publishes no example of this detail type"
    for event in examples(detail_type, **_kind_of(pattern)):
        present = fitted(event, pattern)
        open_pattern = {**pattern, "detail": {**pattern["detail"]}}
        for name in ("status", "state", "compliance-status"):
            if name in open_pattern["detail"]:
                open_pattern["detail"][name] = [present["detail"][name]]
        if event["source"] != "aws.123456789012":  # a slip of AWS's page
            assert matches(open_pattern, present)


@pytest.mark.parametrize("text", patterns())
def test_a_pattern_matches_the_examples_with_its_values_and_no_others(text: str) -> None:
    pattern = resolved(json.loads(text))
    (detail_type,) = pattern["detail-type"]
    for event in examples(detail_type, **_kind_of(pattern)):
        if event["source"] == "aws.123456789012":
            continue
        fitted(event, pattern)
        wanted = all(
            event["detail"][name] in pattern["detail"][name]
            for name in ("status", "state", "compliance-status")
            if name in pattern["detail"]
        )
        assert matches(pattern, event) is wanted
        assert not matches(pattern, {**event, "source": "aws.other"})


def _kind_of(pattern: Event) -> dict[str, str]:
    kinds = pattern["detail"].get("compliance-type")
    return {"compliance-type": kinds[0]} if kinds else {}


@pytest.mark.parametrize("detail_type", SYSTEMS_MANAGER)
def test_events_about_something_else_match_no_pattern(detail_type: str) -> None:
    """Associations, tasks and states of windows, and commands of other documents, are not patching."""
    for event in examples(detail_type):
        found = [text for text in patterns() if matches(resolved(json.loads(text)), event)]
        detail = event["detail"]
        is_ours = detail_type == "Calendar State Change" or detail.get("compliance-type") == "Patch"
        is_ours = is_ours or "Window Execution" in detail_type
        assert bool(found) == (is_ours and event["source"] == "aws.ssm")


# --- values without an example ---


def _waited_for() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for text in patterns():
        pattern = resolved(json.loads(text))
        (detail_type,) = pattern["detail-type"]
        shown = set(values_in(examples(detail_type)))
        found.setdefault(detail_type, set()).update(
            value
            for name, values in closed(pattern["detail"])
            for value in values
            if name not in ("window-id", "document-name", "patch-baseline-id")
            and isinstance(value, str)
            and value not in shown
        )
    return {detail_type: values for detail_type, values in found.items() if values}


def test_what_has_no_example_is_listed_and_only_shrinks() -> None:
    assert _waited_for() == UNPROVEN
    assert sum(map(len, UNPROVEN.values())) <= 24


def test_what_has_no_example_is_on_the_page() -> None:
    page = (ROOT / "docs" / "not-proven.md").read_text("utf-8")
    section = re.split(r"^## ", page, flags=re.MULTILINE)
    (own,) = [each for each in section if each.startswith("event-values-without-an-example")]
    for detail_type, values in UNPROVEN.items():
        assert detail_type in own
        assert not [value for value in values if f"`{value}`" not in own]


def test_every_unsuccessful_end_that_aws_lists_is_waited_for() -> None:
    """AWS's event page spells `Canceled`, its API `Cancelled`: a rule has to know both."""
    for detail_type in UNPROVEN.keys() - {"Security Hub Findings - Imported"}:
        waiting = {
            value
            for text in patterns()
            if json.loads(text)["detail-type"] == [detail_type]
            for value in json.loads(text)["detail"]["status"]
        }
        at_work = {"InProgress", "Success", "PENDING", "IN_PROGRESS", "CANCELLING"}
        assert set(documented_values(detail_type)["status"]) - at_work <= waiting


def test_a_run_that_was_cancelled_starts_what_a_failed_run_starts() -> None:
    """Else the last run that the security account knows of a ring would be an earlier one, and healthy."""
    for text in patterns():
        statuses = json.loads(text)["detail"].get("status", [])
        if "SUCCESS" in statuses:
            assert {"FAILED", "TIMED_OUT", "CANCELLED"} <= set(statuses)


# --- handlers ---

SETTINGS = RingDocument(
    rollout="web",
    rings=(
        DeployedRing(
            order=1,
            name="prod",
            production=True,
            patch_groups=(DeployedGroup(name="web", tag_key="PatchGroup"),),
            windows=(DeployedWindow(name="My-Maintenance-Window", installs=True),),
        ),
    ),
)
KINDS = {
    "Calendar State Change": PatchEventKind.CALENDAR,
    "Configuration Compliance State Change": PatchEventKind.COMPLIANCE,
    "EC2 Command Invocation Status-change Notification": PatchEventKind.COMMAND,
    "EC2 Command Status-change Notification": PatchEventKind.COMMAND,
    "Maintenance Window Execution State-change Notification": PatchEventKind.WINDOW,
}


@pytest.mark.parametrize("detail_type", sorted(_REPORTERS))
def test_every_example_goes_through_its_handler(detail_type: str) -> None:
    operations = (
        "GetMaintenanceWindow",
        "DescribeMaintenanceWindowExecutionTasks",
        "DescribeMaintenanceWindowExecutionTaskInvocations",
        "ListCommandInvocations",
        "DescribeInstanceInformation",
    )
    for event in examples(detail_type):
        reported = forwarded_event(
            SourceEvent(
                event=event,
                settings=SETTINGS,
                ssm=answered("ssm", {name: sample(f"ssm:{name}") for name in operations}),
                ec2=answered("ec2", {"DescribeInstances": sample("ec2:DescribeInstances")}),
            )
        )
        assert reported is not None
        assert reported.kind is KINDS[detail_type]
        detail = event["detail"]
        assert reported.status == detail.get("status", detail.get("compliance-status", detail.get("state")))
        assert reported.account == event["account"]
        assert reported.happened_at.isoformat().replace("+00:00", "Z") == event["time"]
        if reported.kind is PatchEventKind.WINDOW:
            assert (reported.ring, reported.subject_name) == ("prod", "My-Maintenance-Window")


@pytest.mark.parametrize("name", FILES)
def test_every_fixture_names_its_page(name: str) -> None:
    for page in json.loads((FOLDER / name).read_text("utf-8")):
        assert page["source"].startswith("https://")
        assert page["events"]
