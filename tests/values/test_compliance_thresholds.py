"""Thresholds refuse what no alarm can be."""

from typing import Any

import pytest

from patching_constructs import (
    AccountThresholds,
    ComplianceThresholds,
    FindingId,
    InvalidInputError,
    Severity,
)


@pytest.mark.parametrize(
    ("kind", "arguments", "field"),
    [
        (ComplianceThresholds, {"overdue_patches": 0}, "overdue_patches"),
        (ComplianceThresholds, {"unread_nodes": -1}, "unread_nodes"),
        (ComplianceThresholds, {"missing_patches": {Severity.HIGH: -1}}, "missing_patches[HIGH]"),
        (AccountThresholds, {"changed_baselines": 0}, "changed_baselines"),
        (AccountThresholds, {"silent_hours": 0}, "silent_hours"),
        (AccountThresholds, {"silent_hours": 169}, "silent_hours"),
    ],
)
def test_what_no_alarm_can_be_is_refused(kind: type, arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        kind(**arguments)
    assert [(finding.id, finding.field) for finding in caught.value.findings] == [
        (FindingId.ALARM_THRESHOLD, field)
    ]


def test_every_mistake_is_reported_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        ComplianceThresholds(overdue_patches=0, failed_patches=0)
    assert len(caught.value.findings) == 2


def test_no_alarm_and_the_bounds_are_fine() -> None:
    ComplianceThresholds(overdue_patches=None, failed_patches=1, missing_patches={Severity.CRITICAL: 1})
    assert AccountThresholds(silent_hours=168).silent_hours == 168
