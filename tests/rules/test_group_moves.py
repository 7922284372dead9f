"""Patch groups that one deployment moves between baselines."""

import copy
import json
from pathlib import Path

import pytest

from patching_constructs.model.acknowledgement import Acknowledgement
from patching_constructs.model.finding import Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.plan.diff.compare import compare
from tests.plan.diff_templates import (
    TODAY,
    Template,
    assembly,
    baseline,
    changed,
    compare_paths,
    compare_templates,
    states,
)

ACCOUNT = "111111111111"


def two(first: list[str], second: list[str]) -> Template:
    return {"First": baseline(*first, Name="first"), "Second": baseline(*second, Name="second")}


def warnings(folder: Path, old: Template, new: Template) -> list[str]:
    found = compare_templates(folder, old, new).warnings
    assert {entry.finding.id for entry in found} <= {FindingId.PATCH_GROUP_MOVES}
    return [entry.finding.message for entry in found]


def test_a_group_that_moves_in_one_deployment(tmp_path: Path) -> None:
    (entry,) = compare_templates(tmp_path, two(["web"], []), two([], ["web"])).warnings
    finding = entry.finding
    assert finding.level is Level.WARNING
    assert finding.message == (
        "the patch group 'web' (AMAZON_LINUX_2023) moves from the baseline first to second in one "
        "deployment: CloudFormation may register it on the new baseline before the old one releases it, and "
        "then AWS answers AlreadyExistsException"
    )
    assert finding.allowed == (
        "two deployments between two runs: 1. 'web' taken from first, 2. 'web' put on second; in between the "
        "nodes have the account's default baseline"
    )
    assert finding.source is not None
    assert finding.location is not None
    assert finding.location.logical_id == "Second"


def test_two_deployments_do_it_right(tmp_path: Path) -> None:
    held, released, moved = two(["web", "db"], []), two(["db"], []), two(["db"], ["web"])
    assert warnings(tmp_path, held, released) == []
    assert warnings(tmp_path, released, moved) == []
    assert len(warnings(tmp_path, held, moved)) == 1


def test_groups_that_move_together_are_reported_once(tmp_path: Path) -> None:
    (message,) = warnings(tmp_path, two(["web", "db"], []), two([], ["db", "web"]))
    assert message.startswith("the patch groups 'db' and 'web' (AMAZON_LINUX_2023) move from")


def test_a_group_has_a_baseline_for_each_operating_system(tmp_path: Path) -> None:
    old = changed(two(["web"], []), "Second/Properties/OperatingSystem", "WINDOWS")
    new = changed(two([], ["web"]), "Second/Properties/OperatingSystem", "WINDOWS")
    assert warnings(tmp_path, old, new) == []
    alone = {"First": baseline("web")}
    assert warnings(tmp_path, alone, changed(alone, "First/Properties/OperatingSystem", "SUSE")) == []


def test_a_baseline_that_becomes_one_for_the_operating_system_of_another_takes_its_group(
    tmp_path: Path,
) -> None:
    old = changed(two(["web"], ["web"]), "Second/Properties/OperatingSystem", "SUSE")
    new = two([], ["web"])
    assert len(warnings(tmp_path, old, new)) == 1


@pytest.mark.parametrize("name", ["first", "other"])
def test_another_logical_id_is_another_baseline(tmp_path: Path, name: str) -> None:
    (message,) = warnings(
        tmp_path, {"First": baseline("web", Name="first")}, {"Other": baseline("web", Name=name)}
    )
    titles = ("first (First)", "first (Other)") if name == "first" else ("first", "other")
    assert f"from the baseline {titles[0]} to {titles[1]} in one deployment" in message


CERTAIN = "CloudFormation registers it on the new baseline first"


def test_what_is_certain_to_fail_is_said_to_fail(tmp_path: Path) -> None:
    """CloudFormation deletes last, and gives no order to what it changes and creates before."""
    old = two(["web"], [])
    for new in (
        {"Other": baseline("web", Name="other"), "Second": old["Second"]},
        {"Second": baseline("web", Name="second")},
    ):
        (message,) = warnings(tmp_path, old, new)
        assert CERTAIN in message
        assert message.endswith("AWS answers AlreadyExistsException, and the deployment is rolled back")
    for new in (two([], ["web"]), {"Other": baseline("web", Name="other"), **two([], [])}):
        (message,) = warnings(tmp_path, old, new)
        assert CERTAIN not in message


def test_another_name_is_the_same_baseline(tmp_path: Path) -> None:
    old, new = ({"First": baseline("web", Name=name)} for name in ("first", "other"))
    assert warnings(tmp_path, old, new) == []


def test_a_group_that_both_hold_is_for_another_rule(tmp_path: Path) -> None:
    assert warnings(tmp_path, two(["web"], []), two(["web"], ["web"])) == []


def test_stacks_of_one_app(tmp_path: Path) -> None:
    first, second = two(["web"], [])["First"], two([], ["web"])["Second"]
    spare = {"Spare": baseline(Name="spare")}

    def app(folder: str, a: Template, b: Template, *, account: str = ACCOUNT) -> Path:
        return assembly(tmp_path / folder, {"a": (ACCOUNT, a), "b": (account, b)})

    old = app("old", {"First": first}, spare)
    (entry,) = compare_paths(old, app("new", spare, {"Second": second})).warnings
    assert "from the baseline first to second in 111111111111/eu-central-1 in one" in entry.finding.message
    assert CERTAIN not in entry.finding.message
    assert "1. the stack of first, 2. the stack of second" in str(entry.finding.allowed)
    elsewhere = compare_paths(old, app("elsewhere", spare, {"Second": second}, account="2" * 12))
    assert elsewhere.warnings == ()
    same = compare_paths(old, app("moved", spare, {"First": first}))
    assert "from the baseline first of one stack to first of another" in same.warnings[0].finding.message


def test_accounts_that_move_in_the_same_way_are_reported_once(tmp_path: Path) -> None:
    def app(folder: str, resources: Template) -> Path:
        accounts = [str(number) * 12 for number in range(1, 6)]
        return assembly(tmp_path / folder, {f"s{account}": (account, resources) for account in accounts})

    comparison = compare_paths(app("old", two(["web"], [])), app("new", two([], ["web"])))
    (entry,) = comparison.warnings
    assert "to second in 5 accounts in one deployment" in entry.finding.message


def test_a_renamed_stack_moves_its_groups_and_a_moved_file_does_not(tmp_path: Path) -> None:
    resources = {"First": baseline("web")}
    old = assembly(tmp_path / "old", {"one": (ACCOUNT, resources)})
    new = assembly(tmp_path / "new", {"other": (ACCOUNT, resources)})
    assert len(compare_paths(old, new).warnings) == 1
    for folder, file in (("c", "one.json"), ("d", "other.json")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / file).write_text(json.dumps({"Resources": resources}))
    assert compare_paths(tmp_path / "c", tmp_path / "d").warnings == ()


def test_two_templates_of_which_no_one_knows_the_account(tmp_path: Path) -> None:
    for folder, holder in (("old", "a.json"), ("new", "b.json")):
        (tmp_path / folder).mkdir()
        for file in ("a.json", "b.json"):
            resources = {"First": baseline(*(["web"] if file == holder else []), Name=file[0] * 3)}
            (tmp_path / folder / file).write_text(json.dumps({"Resources": resources}))
    (entry,) = compare_paths(tmp_path / "old", tmp_path / "new").warnings
    assert "in one deployment, if both are in one account and Region:" in entry.finding.message


def test_groups_that_are_not_known(tmp_path: Path) -> None:
    def with_parameter(resources: Template, path: str) -> Template:
        return {
            "Parameters": {"G": {"Type": "String"}},
            "Resources": changed(resources, path, [{"Ref": "G"}]),
        }

    path = "Second/Properties/PatchGroups"
    (entry,) = compare_templates(tmp_path, two(["web"], []), with_parameter(two([], []), path)).warnings
    assert entry.finding.undecided == "parameter G has no default"
    (entry,) = compare_templates(tmp_path, with_parameter(two([], []), path), two(["web"], [])).warnings
    assert entry.finding.undecided == "parameter G has no default"
    unchanged = with_parameter(two(["web"], []), path)
    assert warnings(tmp_path, unchanged, copy.deepcopy(unchanged)) == []
    other = changed(two([], []), "Second/Properties/OperatingSystem", "SUSE")
    of_suse = with_parameter(other, path)
    assert (
        warnings(tmp_path, of_suse, changed(of_suse, "Resources/First/Properties/PatchGroups", ["web"])) == []
    )


def test_a_move_that_is_accepted_is_shown_as_such(tmp_path: Path) -> None:
    for name, resources in (("old", two(["web"], [])), ("new", two([], ["web"]))):
        (tmp_path / f"{name}.json").write_text(json.dumps({"Resources": resources}))
    accepted = Acknowledgement(
        finding_id="patch-group-moves", where="Second", reason="night shift", owner="x"
    )
    comparison = compare(
        states(tmp_path / "old.json"), states(tmp_path / "new.json"), acknowledgements=[accepted], today=TODAY
    )
    assert [entry.acknowledgement for entry in comparison.warnings] == [accepted]
