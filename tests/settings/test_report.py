"""Many mistakes, one report; and what is only probably wrong."""

from pathlib import Path

import pytest

from patching_constructs import FindingId, Level
from tests.settings.sample import TEXT, changed, load, mistakes


def test_mistakes_in_all_sections_are_reported_together_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = changed(
        ("partition: aws\n", "partition: aws\npartition: aws\n"),
        ('"222222222222"', "012345670123"),
        ("security@example.com", "security"),
        ("SEVERITY: [Critical, Important]", "SEVERTY: [Critical, Important]"),
        ("CLASSIFICATION: [Security]", "CLASSIFICATION: [Securty]"),
        ("        approve_after_days: 7", "        approve_after_days: 361"),
        ("baselines: [dev-linux]", "baselines: [dev-linus]"),
        ("day: WED, hour: 22}, timezone: Europe/Berlin", "day: WED, hour: 24}, timezone: Europe/Berln"),
        ("    reboot_option: RebootIfNeeded\n", ""),
        ("    accounts: [prod]", "    accounts: [prod, security]"),
        ("max_errors: 5%", "max_error: 5%"),
    )
    assert [" ".join(line.split(": ")[:2]) for line in mistakes(tmp_path, text)] == [
        "patching.yaml:3 partition",
        "patching.yaml:7 accounts[1].id",
        "patching.yaml:10 recipients[0].email",
        "patching.yaml:20 baselines[1].approval_rules[0].patch_filters.CLASSIFICATION[0]",
        "patching.yaml:21 baselines[1].approval_rules[0].patch_filters.SEVERTY",
        "patching.yaml:22 baselines[1].approval_rules[0].approve_after_days",
        "patching.yaml:27 rings[0].reboot_option",
        "patching.yaml:30 rings[0].patch_groups[0].baselines[0]",
        "patching.yaml:36 rings[0].install.schedule.weekly.hour",
        "patching.yaml:36 rings[0].install.schedule.timezone",
        "patching.yaml:41 rings[1].max_errors",
        "patching.yaml:42 rings[1].accounts[1]",
        "patching.yaml:56 rings[1].max_error",
    ]


def test_a_report_has_one_line_for_each_mistake(tmp_path: Path) -> None:
    hour, errors = mistakes(
        tmp_path, changed(("max_errors: 5%", "max_errors: 500%"), ("hour: 22", "hour: 24"))
    )
    assert hour == (
        "patching.yaml:35: rings[0].install.schedule.weekly.hour: out of range, got 24; "
        "allowed: a whole number from 0 to 23"
    )
    assert errors == (
        "patching.yaml:56: rings[1].max_errors: not one of the allowed values, got '500%'; "
        "allowed: a whole number from 0 to 9999999 or text such as 5% "
        "that matches ^(0|[1-9][0-9]{0,6}|[0-9]%|[1-9][0-9]%|100%)$"
    )


def test_a_long_value_is_shortened(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, changed(("partition: aws\n", f"partition: {'x' * 5000}\n")))
    assert len(mistake) < 250


def test_a_sound_file_has_no_warnings(tmp_path: Path) -> None:
    assert load(tmp_path, TEXT).warnings == ()


def test_a_baseline_that_production_shares_is_a_warning(tmp_path: Path) -> None:
    text = changed(("baselines: [dev-linux]", "baselines: [dev-linux, prod-windows]"))
    (warning,) = load(tmp_path, text).warnings
    assert (warning.id, warning.level) == (FindingId.SHARED_WITH_PRODUCTION, Level.WARNING)
    assert warning.location is not None
    assert (warning.field, warning.location.line) == ("baselines[2].name", 22)
    assert warning.received == "rings dev, prod"


def test_groups_of_one_name_in_several_accounts_are_distinguished(tmp_path: Path) -> None:
    text = changed(("name: dev-web", "name: web"), ("name: prod-web", "name: web"))
    assert load(tmp_path, text).warnings == ()


@pytest.mark.parametrize(
    ("change", "field", "line"),
    [
        (("baselines: [prod-linux, prod-windows]", "baselines: [prod-linux]"), "baselines[2].name", 22),
        (
            ("recipients:", '  - {name: spare, id: "444444444444", role: workload}\nrecipients:'),
            "accounts[3].name",
            8,
        ),
    ],
)
def test_what_no_ring_uses_is_a_warning(
    tmp_path: Path, change: tuple[str, str], field: str, line: int
) -> None:
    (warning,) = load(tmp_path, changed(change)).warnings
    assert warning.id == FindingId.SETTINGS_UNUSED
    assert warning.location is not None
    assert (warning.field, warning.location.line) == (field, line)
