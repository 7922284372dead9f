"""Default baselines that a deployment no longer defines."""

from pathlib import Path
from typing import Any

from patching_constructs.model.finding import Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from tests.plan.diff_templates import Template, assembly, baseline, changed, compare_paths, compare_templates

ACCOUNT = "111111111111"
OTHER: Template = {"Other": baseline(Name="other")}


def default(**properties: Any) -> Template:
    return {"First": baseline(Name="first", DefaultBaseline=True, **properties), **OTHER}


def messages(folder: Path, old: Template, new: Template) -> list[str]:
    found = compare_templates(folder, old, new).warnings
    assert {entry.finding.id for entry in found} <= {FindingId.DEFAULT_BASELINE_STAYS}
    return [entry.finding.message for entry in found]


def test_a_default_that_leaves_the_template_cannot_be_deleted(tmp_path: Path) -> None:
    (entry,) = compare_templates(tmp_path, default(), OTHER).warnings
    finding = entry.finding
    assert (finding.id, finding.level) == (FindingId.DEFAULT_BASELINE_STAYS, Level.WARNING)
    assert finding.message == (
        "the baseline first stays the default of AMAZON_LINUX_2023: CloudFormation cannot delete it, and "
        "leaves it in the account"
    )
    assert finding.allowed == (
        "another default before the deployment, such as AWS's own: aws ssm register-default-patch-baseline "
        "--baseline-id ID, with the id from aws ssm describe-patch-baselines --filters Key=OWNER,Values=AWS "
        "Key=OPERATING_SYSTEM,Values=AMAZON_LINUX_2023"
    )
    assert finding.location is not None
    assert finding.location.logical_id == "First"


def test_a_baseline_that_is_no_longer_the_default_stays_it(tmp_path: Path) -> None:
    for new in (
        changed(default(), "First/Properties/DefaultBaseline", False),
        {"First": baseline(Name="first"), **OTHER},
    ):
        (message,) = messages(tmp_path, default(), new)
        assert message.endswith("CloudFormation does not take that back")


def test_a_default_for_another_operating_system_leaves_the_old_one(tmp_path: Path) -> None:
    (message,) = messages(tmp_path, default(), changed(default(), "First/Properties/OperatingSystem", "SUSE"))
    assert message.endswith("CloudFormation cannot delete it, and leaves it in the account")


def test_another_default_takes_its_place(tmp_path: Path) -> None:
    assert messages(tmp_path, default(), default()) == []
    assert messages(tmp_path, default(), changed(default(), "First/Properties/Name", "renamed")) == []
    assert messages(tmp_path, default(), changed(OTHER, "Other/Properties/DefaultBaseline", True)) == []
    assert messages(tmp_path, OTHER, default()) == []


def test_a_default_that_is_decided_at_deployment_may_take_its_place(tmp_path: Path) -> None:
    parameter = {"Parameters": {"Is": {"Type": "String"}}}
    new = {**parameter, "Resources": changed(OTHER, "Other/Properties/DefaultBaseline", {"Ref": "Is"})}
    assert messages(tmp_path, default(), new) == []


def test_accounts_are_reported_together_and_stacks_that_are_gone_are_left_alone(tmp_path: Path) -> None:
    def app(folder: str, resources: Template, accounts: str = "123") -> Path:
        return assembly(tmp_path / folder, {f"s{each}": (each * 12, resources) for each in accounts})

    (entry,) = compare_paths(app("old", default()), app("new", OTHER)).warnings
    assert "the default of AMAZON_LINUX_2023 in 3 accounts:" in entry.finding.message
    assert compare_paths(tmp_path / "old", app("gone", default(), "1")).warnings == ()
