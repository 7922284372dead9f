"""Values refuse what is of a wrong type, by the types that are declared for their fields."""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

import patching_constructs
from patching_constructs import (
    PROMISES,
    READY_MADE,
    AccountThresholds,
    ApprovalRule,
    ComplianceThresholds,
    DashboardSource,
    Exemption,
    FindingId,
    InvalidInputError,
    OperatingSystem,
    PatchFilter,
    PatchFilterKey,
    PatchGroup,
    PatchSource,
    PatchWindow,
    Promise,
    RebootOption,
    Ring,
    Schedule,
    Severity,
)

WINDOW = PatchWindow(schedule=Schedule.daily(hour=5), duration_hours=2, cutoff_hours=1)
VALUES: Mapping[type, Mapping[str, Any]] = {
    AccountThresholds: {},
    ApprovalRule: {"patch_filters": [PatchFilter.classification("Security")], "approve_after_days": 7},
    ComplianceThresholds: {"missing_patches": {Severity.CRITICAL: 1}},
    DashboardSource: {
        "account_id": "111111111111",
        "account_name": "dev",
        "region": "eu-central-1",
        "rings": ["dev"],
    },
    Exemption: {
        "owner": "web",
        "reason": "a driver",
        "ticket": "CHG-1",
        "expires": dt.date(2027, 1, 1),
        "nodes": "a",
    },
    PatchFilter: {"key": PatchFilterKey.SEVERITY, "values": ["Critical"]},
    PatchGroup: {"name": "web"},
    PatchSource: {"name": "mirror", "products": ["*"], "configuration": "deb"},
    PatchWindow: {"schedule": Schedule.daily(hour=5), "duration_hours": 2, "cutoff_hours": 1},
    Ring: {
        "name": "dev",
        "patch_groups": [PatchGroup(name="web")],
        "scan": WINDOW,
        "install": WINDOW,
        "reboot_option": RebootOption.NO_REBOOT,
        "max_concurrency": "1",
        "max_errors": "1",
        "promises": [PROMISES["cyber-essentials"]],
    },
    Schedule: {"expression": "cron(0 5 ? * * *)"},
}
"""Arguments that each value takes."""


def _fields() -> Iterator[Any]:
    for kind in VALUES:
        for field in dataclasses.fields(kind):
            yield pytest.param(kind, field.name, id=f"{kind.__name__}.{field.name}")


def test_every_public_value_is_looked_at() -> None:
    values = {
        found
        for name in patching_constructs.__all__
        for found in [getattr(patching_constructs, name)]
        if dataclasses.is_dataclass(found)
        and getattr(found, "__module__", "").startswith("patching_constructs.values.")
    }
    assert values == VALUES.keys()


@pytest.mark.parametrize("kind", VALUES)
def test_the_arguments_are_fine_as_they_are(kind: type) -> None:
    kind(**VALUES[kind])


@pytest.mark.parametrize(("kind", "field"), [*_fields()])
def test_what_is_nothing_at_all_is_refused_by_the_name_of_its_field(kind: type, field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        kind(**{**VALUES[kind], field: object()})
    (finding,) = caught.value.findings
    assert (finding.id, finding.field) == (FindingId.ARGUMENT_TYPE, field)
    assert str(finding.received).startswith("<object object")
    assert finding.allowed


@pytest.mark.parametrize(
    ("kind", "arguments", "message"),
    [
        (Ring, {"scan": None}, "scan: of a wrong type, got None; allowed: a PatchWindow"),
        (
            Ring,
            {"patch_groups": ["web"]},
            "patch_groups[0]: of a wrong type, got 'web'; allowed: a PatchGroup",
        ),
        (
            Ring,
            {"patch_groups": "web"},
            "patch_groups: of a wrong type, got 'web'; allowed: a list, each item a PatchGroup",
        ),
        (Ring, {"install": 5}, "install: of a wrong type, got 5; allowed: a PatchWindow, or none"),
        (Ring, {"production": "yes"}, "production: of a wrong type, got 'yes'; allowed: True or False"),
        (
            Ring,
            {"promises": ["pci-dss-6.3.3"]},
            "promises[0]: of a wrong type, got 'pci-dss-6.3.3'; allowed: a Promise, such as one of PROMISES",
        ),
        (
            PatchWindow,
            {"schedule": "cron(0 5 ? * * *)"},
            "schedule: of a wrong type, got 'cron(0 5 ? * * *)'; allowed: a Schedule, made by",
        ),
        (
            PatchWindow,
            {"duration_hours": 2.0},
            "duration_hours: of a wrong type, got 2.0; allowed: a whole number",
        ),
        (
            PatchWindow,
            {"cutoff_hours": True},
            "cutoff_hours: of a wrong type, got True; allowed: a whole number",
        ),
        (Exemption, {"expires": "2027-01-01"}, "expires: of a wrong type, got '2027-01-01'; allowed: a date"),
        (ApprovalRule, {"approve_until_date": 5}, "got 5; allowed: text or a date, or none"),
        (
            ComplianceThresholds,
            {"missing_patches": {Severity.HIGH: "1"}},
            "missing_patches[HIGH]: of a wrong type, got '1'; allowed: a whole number",
        ),
        (
            ComplianceThresholds,
            {"missing_patches": 1},
            "missing_patches: of a wrong type, got 1; allowed: a mapping from a Severity to a whole number",
        ),
    ],
)
def test_the_message_says_what_was_received_and_what_is_allowed(
    kind: type, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        kind(**{**VALUES[kind], **arguments})
    assert message in str(caught.value)


def test_several_are_reported_together() -> None:
    with pytest.raises(InvalidInputError) as caught:
        Ring(**{**VALUES[Ring], "scan": None, "patch_groups": [None, PatchGroup(name="a"), 5], "order": "1"})
    assert [finding.field for finding in caught.value.findings] == [
        "patch_groups[0]",
        "patch_groups[2]",
        "scan",
        "order",
    ]


def test_a_promise_of_something_else_than_times_is_refused() -> None:
    nothing: Any = None
    with pytest.raises(TypeError, match="within: a mapping of severities to times is needed, got None"):
        Promise(name="own", within=nothing)
    name: Any = 5
    promise = Promise(name=name, within={Severity.HIGH: dt.timedelta(days=1)})
    with pytest.raises(
        InvalidInputError, match=r"promises\[0\]\.name: of a wrong type, got 5; allowed: text"
    ):
        Ring(**{**VALUES[Ring], "promises": [promise]})


def test_a_long_value_is_cut() -> None:
    long: Any = ["x" * 500]
    with pytest.raises(InvalidInputError) as caught:
        PatchGroup(name=long)
    assert len(str(caught.value)) < 250


def test_anything_that_can_be_walked_through_is_a_list_and_is_kept_from_changing() -> None:
    groups = [PatchGroup(name="web")]
    ring = Ring(**{**VALUES[Ring], "patch_groups": (group for group in groups)})
    assert ring.patch_groups == tuple(groups)
    names = ["Critical"]
    kept = PatchFilter(key=PatchFilterKey.SEVERITY, values=names)
    names.append("Important")
    assert kept.values == ("Critical",)


def test_a_word_that_is_no_choice_is_left_to_the_rules() -> None:
    word: Any = "Sometimes"
    with pytest.raises(InvalidInputError) as caught:
        Ring(**{**VALUES[Ring], "reboot_option": word})
    assert FindingId.ARGUMENT_TYPE not in {finding.id for finding in caught.value.findings}


def test_a_single_start_that_is_text_is_refused() -> None:
    text: Any = "2026-07-07T15:55:00Z"
    with pytest.raises(
        InvalidInputError, match="when: not allowed here, got '2026-07-07T15:55:00Z'; allowed: a time"
    ):
        Schedule.at(text)


@pytest.mark.parametrize("rule_set", READY_MADE.values())
def test_ready_made_rules_refuse_what_is_no_operating_system_and_take_its_word(rule_set: Any) -> None:
    for nothing in (object(), None, "BEOS"):
        with pytest.raises(InvalidInputError, match="operating_system: "):
            rule_set(nothing)
    system = OperatingSystem.WINDOWS
    assert rule_set(str(system)) == rule_set(system)


def test_runs_after_something_else_than_a_moment_and_days_that_are_none_are_refused() -> None:
    other: Any = "2026-01-01"
    with pytest.raises(
        InvalidInputError, match="after: not allowed here, got '2026-01-01'; allowed: a datetime"
    ):
        Schedule.daily(hour=5).next_runs(after=other, count=1)
    for week in (1, "L"):
        with pytest.raises(
            InvalidInputError, match="day: not allowed here, got '2026-01-01'; allowed: SUN, MON"
        ):
            Schedule.monthly(week=week, day=other, hour=5)
