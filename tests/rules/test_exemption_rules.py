"""An exemption that no one answers for, or of everything, is none."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from patching_constructs import Exemption, FindingId, InvalidInputError
from patching_constructs.model.exemption import ExemptionRecord
from patching_constructs.rules.accounts.exemption import check_exemptions, warn_about_exemptions

TODAY = dt.date(2026, 11, 26)
RECORD = ExemptionRecord(owner="web", reason="a", ticket="T-1", expires=TODAY, nodes="web-1")


def record(**fields: Any) -> ExemptionRecord:
    return replace(RECORD, **fields)


@pytest.mark.parametrize("field", ["owner", "reason", "ticket", "nodes", "patches"])
def test_each_text_is_needed(field: str) -> None:
    (finding,) = check_exemptions([record(), record(**{field: " "})])
    assert (finding.id, finding.field) == (FindingId.EXEMPTION, f"exemptions[1].{field}")
    assert (finding.message, finding.received) == ("empty", "' '")


@pytest.mark.parametrize("everything", ["*", "**"])
def test_everything_cannot_be_exempt(everything: str) -> None:
    (finding,) = check_exemptions([record(nodes=everything, patches=everything)])
    assert (finding.field, finding.message) == ("exemptions[0]", "leaves out every patch of every node")
    assert check_exemptions([record(nodes=everything, patches="KB1")]) == []
    assert check_exemptions([record(nodes=everything, patch_groups=("web",))]) == []


def test_the_public_value_refuses_all_mistakes_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        Exemption(owner="", reason="a", ticket="", expires=TODAY)
    assert [finding.field for finding in caught.value.findings] == ["owner", "ticket", ""]


@pytest.mark.parametrize(
    ("days", "reported"),
    [
        (-1, [FindingId.EXEMPTION_EXPIRED]),
        (0, []),
        (366, []),
        (367, [FindingId.EXEMPTION_EXPIRY_FAR_AHEAD]),
    ],
)
def test_the_last_day_counts_and_a_year_is_long_enough(days: int, reported: list[FindingId]) -> None:
    findings = warn_about_exemptions([record(expires=TODAY + dt.timedelta(days=days))], today=TODAY)
    assert [finding.id for finding in findings] == reported
    assert {finding.field for finding in findings} <= {"exemptions[0].expires"}
