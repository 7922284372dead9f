"""Every kind of change, from two small templates."""

import copy
import datetime as dt
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.plan.dates import may_wait
from patching_constructs.plan.diff.change import Area, ChangeKind
from patching_constructs.schedules.span import Span
from tests.plan.diff_templates import (
    HORIZON,
    RINGS,
    Template,
    assembly,
    baseline,
    changed,
    compare_paths,
    compare_templates,
    dev_and_prod,
    kinds,
    only,
    ring,
)

PARAMETERS = "Properties/TaskInvocationParameters/MaintenanceWindowRunCommandParameters/Parameters"
RULE = "Prod/Properties/ApprovalRules/PatchRules/0"


def test_the_same_template_changes_nothing(tmp_path: Path) -> None:
    comparison = compare_templates(tmp_path, dev_and_prod(), dev_and_prod())
    assert (comparison.changes, comparison.warnings, comparison.not_compared) == ((), (), ())


# --- windows ---


def test_another_schedule_says_both_in_words_and_what_it_does_to_dates(tmp_path: Path) -> None:
    new = changed(dev_and_prod(), "prodWindow/Properties/Schedule", "cron(0 22 ? * MON *)")
    change = only(compare_templates(tmp_path, dev_and_prod(), new), ChangeKind.WINDOW_SCHEDULE)
    assert (change.area, change.rings, change.window) == (Area.WINDOWS, ("prod",), "web-prod")
    assert change.old == (
        "weekly on Saturday at 22:00 Europe/Berlin (next run Sat 2026-11-28 21:00 UTC, about 52 runs a year)"
    )
    assert change.new == (
        "weekly on Monday at 22:00 Europe/Berlin (next run Mon 2026-11-23 21:00 UTC, about 52 runs a year)"
    )
    assert change.consequence == "the first difference is Mon 2026-11-23 21:00 UTC, a run that is new"
    assert change.dates is not None
    assert change.dates.old is not None
    assert change.dates.old.next == datetime(2026, 11, 28, 21, tzinfo=UTC)
    assert change.dates.first_difference == datetime(2026, 11, 23, 21, tzinfo=UTC)


def test_a_schedule_that_is_only_written_differently_keeps_its_dates(tmp_path: Path) -> None:
    new = changed(dev_and_prod(), "prodWindow/Properties/Schedule", "cron(0 22 ? * 7 *)")
    comparison = compare_templates(tmp_path, dev_and_prod(), new)
    assert kinds(comparison) == [ChangeKind.WINDOW_SCHEDULE]
    assert comparison.changes[0].consequence == "all runs stay on the same dates"


def test_a_schedule_that_is_not_known_any_more_is_said(tmp_path: Path) -> None:
    new = {
        "Parameters": {"S": {"Type": "String"}},
        "Resources": changed(dev_and_prod(), "prodWindow/Properties/Schedule", {"Ref": "S"}),
    }
    comparison = compare_templates(tmp_path, dev_and_prod(), new)
    change = only(comparison, ChangeKind.WINDOW_SCHEDULE)
    assert change.new == "not known (parameter S has no default)"
    assert change.consequence is not None
    assert change.consequence.startswith("the dates after the change are not known")
    lost = only(comparison, ChangeKind.ORDER_LOST)
    assert lost.what == "ring prod is no longer proved to be behind ring dev on AMAZON_LINUX_2023"
    both = compare_templates(tmp_path, new, new)
    assert both.changes == ()
    assert [(note.what, note.reason) for note in both.not_compared] == [
        ("expression of the window web-prod", "parameter S has no default")
    ]


@pytest.mark.parametrize(
    ("path", "value", "kind", "what", "old", "new"),
    [
        ("Properties/Duration", 6, ChangeKind.WINDOW_HOURS, "duration", "4 hours", "6 hours"),
        ("Properties/Cutoff", 0, ChangeKind.WINDOW_HOURS, "cutoff", "1 hour", "0 hours"),
        ("Properties/Name", "other", ChangeKind.WINDOW_RENAMED, "another name", "web-prod", "other"),
    ],
)
def test_properties_of_a_window(
    tmp_path: Path, path: str, value: object, kind: ChangeKind, what: str, old: str, new: str
) -> None:
    comparison = compare_templates(
        tmp_path, dev_and_prod(), changed(dev_and_prod(), f"prodWindow/{path}", value)
    )
    change = only(comparison, kind)
    assert what in change.what
    assert (change.old, change.new) == (old, new)


def test_another_name_is_no_replacement_and_another_logical_id_is(tmp_path: Path) -> None:
    new = dev_and_prod()
    new["Moved"] = new.pop("prodWindow")
    for name in ("prodTarget", "prodTask"):
        new = changed(new, f"{name}/Properties/WindowId", {"Ref": "Moved"})
    comparison = compare_templates(tmp_path, dev_and_prod(), new)
    assert kinds(comparison) == [ChangeKind.WINDOW_REPLACED]
    (change,) = comparison.changes
    assert (change.old, change.new) == ("prodWindow", "Moved")
    assert (
        change.consequence == "CloudFormation makes a new window with a new id and then deletes the old one"
    )
    renamed = changed(dev_and_prod(), "prodWindow/Properties/Name", "other")
    assert kinds(compare_templates(tmp_path, dev_and_prod(), renamed)) == [ChangeKind.WINDOW_RENAMED]


def test_windows_come_and_go(tmp_path: Path) -> None:
    one = {"Prod": baseline("prod", Name="prod"), **ring("prod", 1)}
    two = {**one, **ring("extra", 1, "prod", operation="Scan")}
    two["extraWindow"]["Properties"]["Tags"] = one["prodWindow"]["Properties"]["Tags"]
    two["extraWindow"]["Metadata"] = one["prodWindow"]["Metadata"]
    added = only(compare_templates(tmp_path, one, two), ChangeKind.WINDOW_ADDED)
    assert added.what == "the window web-extra is new"
    assert added.rings == ("prod",)
    assert added.new == (
        "weekly on Wednesday at 22:00 Europe/Berlin; for 4 hours; next run Wed 2026-11-25 21:00 UTC, "
        "about 52 runs a year; for patch group prod"
    )
    removed = only(compare_templates(tmp_path, two, one), ChangeKind.WINDOW_REMOVED)
    assert removed.what == "the window web-extra is gone"


def test_targets(tmp_path: Path) -> None:
    old = dev_and_prod()
    new = changed(old, "prodTarget/Properties/Targets/0/Values", ["prod", "db"])
    change = only(compare_templates(tmp_path, old, new), ChangeKind.WINDOW_TARGETS)
    assert change.new == "patch group db and patch group prod"
    assert change.consequence == "from now on it works on patch group db"
    change = only(compare_templates(tmp_path, new, old), ChangeKind.WINDOW_TARGETS)
    assert change.consequence == "it no longer works on patch group db"
    nodes = changed(old, "prodTarget/Properties/Targets/0", {"Key": "InstanceIds", "Values": ["i-1"]})
    change = only(compare_templates(tmp_path, old, nodes), ChangeKind.WINDOW_TARGETS)
    assert change.new == "InstanceIds=i-1"


@pytest.mark.parametrize(
    ("path", "value", "what", "old", "new", "consequence"),
    [
        ("Properties/MaxConcurrency", "20%", "concurrency", "10%", "20%", "another number of nodes"),
        ("Properties/MaxErrors", "1", "error budget", "5%", "1", "another number of nodes may fail"),
        (
            "Properties/CutoffBehavior",
            "CANCEL_TASK",
            "cutoff behavior",
            "CONTINUE_TASK",
            "CANCEL_TASK",
            "what still runs",
        ),
        ("Properties/Priority", 2, "priority", "1", "2", "tasks start in another order"),
        ("Properties/TaskType", "AUTOMATION", "type", "RUN_COMMAND", "AUTOMATION", "CloudFormation cannot"),
        (
            f"{PARAMETERS}/RebootOption",
            ["NoReboot"],
            "RebootOption",
            "RebootIfNeeded",
            "NoReboot",
            "nodes do not restart",
        ),
        (
            f"{PARAMETERS}/RebootOption",
            None,
            "RebootOption",
            "RebootIfNeeded",
            "not given, so RebootIfNeeded",
            "nodes restart whenever",
        ),
        (f"{PARAMETERS}/Operation", ["Scan"], "Operation", "Install", "Scan", "it reports what is missing"),
        (
            f"{PARAMETERS}/BaselineOverride",
            ["s3://bucket/rules.json"],
            "BaselineOverride",
            "not given",
            "s3://bucket/rules.json",
            "other rules decide",
        ),
    ],
)
def test_properties_of_a_task(
    tmp_path: Path, path: str, value: object, what: str, old: str, new: str, consequence: str
) -> None:
    comparison = compare_templates(
        tmp_path, dev_and_prod(), changed(dev_and_prod(), f"prodTask/{path}", value)
    )
    change = only(comparison, ChangeKind.TASK_CHANGED)
    assert change.what.endswith(f"in the window web-prod has another {what}")
    assert (change.old, change.new) == (old, new)
    assert change.consequence is not None
    assert change.consequence.startswith(consequence)


def test_another_document_is_another_task_and_tasks_come_and_go(tmp_path: Path) -> None:
    old = dev_and_prod()
    new = changed(old, "prodTask/Properties/TaskArn", "AWS-RunPatchBaselineWithHooks")
    change = only(compare_templates(tmp_path, old, new), ChangeKind.TASK_CHANGED)
    assert (change.old, change.new) == ("AWS-RunPatchBaseline", "AWS-RunPatchBaselineWithHooks")
    more = {**old, "agent": changed(old, "prodTask/Properties/TaskArn", "AWS-UpdateSSMAgent")["prodTask"]}
    assert only(compare_templates(tmp_path, old, more), ChangeKind.TASK_ADDED).what == (
        "the window web-prod also runs AWS-UpdateSSMAgent"
    )
    assert only(compare_templates(tmp_path, more, old), ChangeKind.TASK_REMOVED).what == (
        "the window web-prod no longer runs AWS-UpdateSSMAgent"
    )


def association(schedule: str = "cron(0 2 ? * SUN *)", **properties: object) -> Template:
    return {
        "Type": "AWS::SSM::Association",
        "Properties": {
            "Name": "AWS-RunPatchBaseline",
            "ScheduleExpression": schedule,
            "Parameters": {"Operation": ["Install"]},
            "Targets": [{"Key": "tag:PatchGroup", "Values": ["web"]}],
            **properties,
        },
    }


def test_associations_that_patch_are_compared_as_windows_are(tmp_path: Path) -> None:
    none = {"Base": baseline("web")}
    one = {**none, "Patch": association()}
    added = only(compare_templates(tmp_path, none, one), ChangeKind.WINDOW_ADDED)
    assert (added.what, added.window) == ("the association Patch is new", "Patch")
    assert added.new == (
        "weekly on Sunday at 02:00 UTC; next run Sun 2026-11-29 02:00 UTC, about 50 runs a year; "
        "for patch group web"
    )
    assert added.consequence == (
        "it also runs as soon as it is deployed, as ApplyOnlyAtCronInterval is not set"
    )
    waiting = {**none, "Patch": association(ApplyOnlyAtCronInterval=True)}
    assert only(compare_templates(tmp_path, none, waiting), ChangeKind.WINDOW_ADDED).consequence is None
    later = {**none, "Patch": association("cron(0 3 ? * SUN *)")}
    comparison = compare_templates(tmp_path, one, later)
    assert only(comparison, ChangeKind.WINDOW_SCHEDULE).what == "the association Patch has another schedule"
    assert comparison.not_compared == ()
    scans = {**none, "Patch": association(Parameters={"Operation": ["Scan"]})}
    assert only(compare_templates(tmp_path, one, scans), ChangeKind.TASK_CHANGED).what == (
        "AWS-RunPatchBaseline (Scan) in the association Patch has another Operation"
    )
    other = {**none, "Inventory": association(Name="AWS-GatherSoftwareInventory", Parameters={})}
    assert compare_templates(tmp_path, none, other).changes == ()


# --- a window that waits for the next period ---


PATCH_TUESDAY = ScheduleRecord(expression="cron(0 2 ? * TUE#2 *)", offset_days=4)


def test_a_new_window_with_an_offset_may_skip_its_next_run() -> None:
    said = may_wait(PATCH_TUESDAY, HORIZON, dt.date(2026, 12, 1), is_new=True)
    assert said == (
        "if it is deployed between Tue 2026-12-08 02:00 UTC and Sat 2026-12-12 02:00 UTC, that is between "
        "its cron day and the day of the run, it waits for the next period: its first run would then be Sat "
        "2027-01-16 02:00 UTC"
    )
    changed_in_place = may_wait(PATCH_TUESDAY, HORIZON, dt.date(2026, 12, 1), is_new=False)
    assert changed_in_place is not None
    assert changed_in_place.startswith("AWS does not say whether a schedule that is changed between Tue")


def test_nothing_waits_without_an_offset_or_long_before_the_cron_day() -> None:
    assert may_wait(PATCH_TUESDAY, HORIZON, dt.date(2026, 11, 23), is_new=True) is None
    without = ScheduleRecord(expression="cron(0 2 ? * TUE#2 *)")
    assert may_wait(without, HORIZON, dt.date(2026, 12, 1), is_new=True) is None
    only_once = Span(from_=HORIZON.from_, until=datetime(2026, 12, 31, tzinfo=UTC))
    said = may_wait(PATCH_TUESDAY, only_once, dt.date(2026, 12, 9), is_new=True)
    assert said is not None
    assert said.endswith("it has no other run in the time that is looked at")


def test_an_offset_near_today_is_part_of_the_change(tmp_path: Path) -> None:
    soon = {"Schedule": "cron(0 2 ? * TUE#4 *)", "ScheduleOffset": 6}
    old = {"Prod": baseline("prod"), **ring("prod", 1)}
    new = {"Prod": baseline("prod"), **ring("prod", 1, window=soon)}
    change = only(compare_templates(tmp_path, old, new), ChangeKind.WINDOW_SCHEDULE)
    assert change.consequence is not None
    assert "AWS does not say whether a schedule that is changed between Tue 2026-11-24" in change.consequence
    new["Other"] = new.pop("prodWindow")
    for name in ("prodTarget", "prodTask"):
        new = changed(new, f"{name}/Properties/WindowId", {"Ref": "Other"})
    change = only(compare_templates(tmp_path, old, new), ChangeKind.WINDOW_REPLACED)
    assert change.consequence is not None
    assert "it waits for the next period" in change.consequence


# --- rings ---


def three_rings() -> Template:
    return {
        **dev_and_prod(),
        "Test": baseline("test", days=3, Name="test"),
        **ring("test", 2, schedule="cron(0 22 ? * FRI *)"),
        **ring("prod", 3, schedule="cron(0 22 ? * SAT *)"),
    }


def test_rings_come_and_go_without_a_word_about_numbers(tmp_path: Path) -> None:
    comparison = compare_templates(tmp_path, dev_and_prod(), three_rings())
    change = only(comparison, ChangeKind.RING_ADDED)
    assert change.what == "ring test is new"
    assert change.new == (
        "patch group test; AMAZON_LINUX_2023; next run Fri 2026-11-27 21:00 UTC, about 52 runs a year"
    )
    assert ChangeKind.RING_REORDERED not in kinds(comparison)
    back = compare_templates(tmp_path, three_rings(), dev_and_prod())
    assert only(back, ChangeKind.RING_REMOVED).what == "ring test is gone"


def test_rings_that_change_places(tmp_path: Path) -> None:
    new = dev_and_prod()
    for name, order in (("dev", 2), ("prod", 1)):
        new = changed(new, f"{name}Window/Metadata/patching-constructs/ring-order", order)
        new = changed(new, f"{name}Window/Properties/Tags/2/Value", str(order))
    comparison = compare_templates(tmp_path, dev_and_prod(), new)
    reordered = {
        change.rings: (change.old, change.new)
        for change in comparison.changes
        if change.kind is ChangeKind.RING_REORDERED
    }
    assert reordered == {
        ("dev",): ("first of these rings", "behind prod"),
        ("prod",): ("behind dev", "first of these rings"),
    }
    assert only(comparison, ChangeKind.ORDER_LOST).what == (
        "ring dev is not behind ring prod on AMAZON_LINUX_2023"
    )


def test_a_ring_with_another_name_keeps_its_windows(tmp_path: Path) -> None:
    new = {
        "Dev": baseline("dev", days=0, Name="dev"),
        "Prod": baseline("prod", days=7, Name="prod"),
        **ring("dev", 1),
        **ring("live", 2, "prod", schedule="cron(0 22 ? * SAT *)"),
    }
    comparison = compare_templates(tmp_path, dev_and_prod(), new)
    assert kinds(comparison) == [
        ChangeKind.RING_RENAMED,
        ChangeKind.WINDOW_RENAMED,
        ChangeKind.WINDOW_REPLACED,
    ]
    assert (comparison.changes[0].old, comparison.changes[0].new) == ("prod", "live")
    assert comparison.changes[1].consequence is None, "it is not changed in place"


def test_a_rollout_with_another_name_keeps_its_rings(tmp_path: Path) -> None:
    def of(rollout: str) -> Template:
        return {"Prod": baseline("prod"), **ring("prod", 1, rollout=rollout)}

    comparison = compare_templates(tmp_path, of("web"), of("shop"))
    change = only(comparison, ChangeKind.RING_RENAMED)
    assert (change.what, change.old, change.new) == ("ring prod is in another rollout", "web", "shop")


def test_groups_join_and_leave_a_ring(tmp_path: Path) -> None:
    old = dev_and_prod()
    new = changed(old, "prodTarget/Properties/Targets/0/Values", ["prod", "db"])
    new = changed(new, "Prod/Properties/PatchGroups", ["prod", "db"])
    comparison = compare_templates(tmp_path, old, new)
    assert only(comparison, ChangeKind.RING_JOINED).what == "ring prod gains the patch group db"
    assert only(comparison, ChangeKind.BASELINE_GROUPS).consequence == "it is registered for db"
    back = compare_templates(tmp_path, new, old)
    assert only(back, ChangeKind.RING_LEFT).what == "ring prod loses the patch group db"
    assert only(back, ChangeKind.BASELINE_GROUPS).consequence == "db has the account's default baseline"


def test_soak_and_production(tmp_path: Path) -> None:
    old = dev_and_prod()
    new = changed(old, "devWindow/Metadata/patching-constructs/soak-hours", 24)
    change = only(compare_templates(tmp_path, old, new), ChangeKind.RING_SOAK)
    assert (change.what, change.old, change.new) == ("ring dev has another soak", "none", "24 hours")
    new = changed(old, "devWindow/Metadata/patching-constructs/production", True)
    comparison = compare_templates(tmp_path, old, new)
    said = [change.what for change in comparison.changes if change.kind is ChangeKind.RING_PRODUCTION]
    assert said == ["ring dev becomes production", "ring prod is no longer production"]


def test_a_ring_with_nodes_on_other_dates_for_a_reason_outside_of_its_windows(tmp_path: Path) -> None:
    """A baseline registers a group, which a window has targeted in vain."""
    old = {"A": baseline("a", Name="a"), **ring("prod", 1, "a", "b")}
    new = {**old, "B": baseline("b", Name="b")}
    change = only(compare_templates(tmp_path, old, new), ChangeKind.RING_RUNS)
    assert change.what == "ring prod is patched at other times"
    assert change.consequence == "some of its nodes"


# --- baselines ---


def test_an_approval_delay(tmp_path: Path) -> None:
    new = changed(dev_and_prod(), f"{RULE}/ApproveAfterDays", 0)
    comparison = compare_templates(tmp_path, dev_and_prod(), new)
    change = only(comparison, ChangeKind.BASELINE_RULES)
    assert change.what == "the baseline prod has another approval rule"
    assert change.old == "CLASSIFICATION Security after 7 days"
    assert change.new == "CLASSIFICATION Security after 0 days"
    assert change.consequence == "patches are approved 7 days earlier"
    assert (change.rings, change.baseline) == (("prod",), "prod")


def test_the_order_that_is_lost_comes_first(tmp_path: Path) -> None:
    new = changed(dev_and_prod(), f"{RULE}/ApproveAfterDays", 0)
    first = compare_templates(tmp_path, dev_and_prod(), new).changes[0]
    assert first.kind is ChangeKind.ORDER_LOST
    assert first.what == "ring prod is no longer behind ring dev on AMAZON_LINUX_2023"
    assert first.old is not None
    assert first.old.startswith("proved against ring dev, which is at least 3 days ahead")
    assert first.new == "refuted: for 43.1 % of publication times it is not behind ring dev"
    assert first.consequence == (
        "a patch published Wed 2026-11-25 21:00 UTC reaches ring prod Sat 2026-11-28 21:00 UTC and ring dev "
        "Wed 2026-12-02 21:00 UTC"
    )
    back = compare_templates(tmp_path, new, dev_and_prod())
    assert only(back, ChangeKind.ORDER_GAINED).what == (
        "ring prod is now proved to be behind ring dev on AMAZON_LINUX_2023"
    )


@pytest.mark.parametrize(
    ("path", "value", "consequence"),
    [
        (f"{RULE}/ApproveAfterDays", 8, "patches are approved 1 day later"),
        (f"{RULE}/ComplianceLevel", "CRITICAL", "missing patches are reported with another level"),
        (f"{RULE}/EnableNonSecurity", True, "whether updates without a security notice are approved changes"),
        (
            f"{RULE}/PatchFilterGroup/PatchFilters/0/Values",
            ["Security", "Bugfix"],
            "the rule looks at other patches",
        ),
    ],
)
def test_approval_rules(tmp_path: Path, path: str, value: object, consequence: str) -> None:
    comparison = compare_templates(tmp_path, dev_and_prod(), changed(dev_and_prod(), path, value))
    assert only(comparison, ChangeKind.BASELINE_RULES).consequence == consequence


def test_an_approval_date_for_a_delay(tmp_path: Path) -> None:
    new = changed(dev_and_prod(), f"{RULE}/ApproveAfterDays", None)
    new = changed(new, f"{RULE}/ApproveUntilDate", "2026-12-31")
    change = only(compare_templates(tmp_path, dev_and_prod(), new), ChangeKind.BASELINE_RULES)
    assert change.new == "CLASSIFICATION Security until 2026-12-31"
    assert change.consequence == "patches are approved at another time"


def test_rules_come_and_go(tmp_path: Path) -> None:
    new = copy.deepcopy(dev_and_prod())
    rules = new["Prod"]["Properties"]["ApprovalRules"]["PatchRules"]
    rules.append({"PatchFilterGroup": {"PatchFilters": []}, "ApproveAfterDays": 30})
    change = only(compare_templates(tmp_path, dev_and_prod(), new), ChangeKind.BASELINE_RULES)
    assert (change.what, change.new) == (
        "the baseline prod gains an approval rule",
        "all patches after 30 days",
    )
    change = only(compare_templates(tmp_path, new, dev_and_prod()), ChangeKind.BASELINE_RULES)
    assert change.what == "the baseline prod loses an approval rule"


def test_the_order_of_rules_and_of_values_means_nothing(tmp_path: Path) -> None:
    old = copy.deepcopy(dev_and_prod())
    rules = old["Prod"]["Properties"]["ApprovalRules"]["PatchRules"]
    rules[0]["PatchFilterGroup"]["PatchFilters"][0]["Values"] = ["Security", "Bugfix"]
    rules.append({"PatchFilterGroup": {"PatchFilters": []}, "ApproveAfterDays": 30})
    new = copy.deepcopy(old)
    new["Prod"]["Properties"]["ApprovalRules"]["PatchRules"].reverse()
    new["Prod"]["Properties"]["ApprovalRules"]["PatchRules"][1]["PatchFilterGroup"]["PatchFilters"][0][
        "Values"
    ].reverse()
    assert compare_templates(tmp_path, old, new).changes == ()


@pytest.mark.parametrize(
    ("name", "value", "what", "new"),
    [
        ("ApprovedPatches", ["kernel*"], "other approved patches", "kernel*"),
        ("RejectedPatches", ["kernel*"], "other rejected patches", "kernel*"),
        ("RejectedPatchesAction", "BLOCK", "another action for rejected patches", "BLOCK"),
        ("ApprovedPatchesComplianceLevel", "HIGH", "another compliance level of approved patches", "HIGH"),
        (
            "ApprovedPatchesEnableNonSecurity",
            True,
            "another choice about approved patches without a security notice",
            "yes",
        ),
        (
            "AvailableSecurityUpdatesComplianceStatus",
            "NON_COMPLIANT",
            "another status of security updates that are not approved yet",
            "NON_COMPLIANT",
        ),
        (
            "GlobalFilters",
            {"PatchFilters": [{"Key": "PRODUCT", "Values": ["*"]}]},
            "other global filters",
            "PRODUCT *",
        ),
        (
            "Sources",
            [{"Name": "mirror", "Products": ["*"], "Configuration": "[main]"}],
            "other patch sources",
            "mirror for *",
        ),
    ],
)
def test_properties_of_a_baseline(tmp_path: Path, name: str, value: object, what: str, new: str) -> None:
    template = changed(dev_and_prod(), f"Prod/Properties/{name}", value)
    change = only(compare_templates(tmp_path, dev_and_prod(), template), ChangeKind.BASELINE_CHANGED)
    assert change.what == f"the baseline prod has {what}"
    assert change.new == new


def test_the_default_of_the_account(tmp_path: Path) -> None:
    new = changed(dev_and_prod(), "Prod/Properties/DefaultBaseline", True)
    change = only(compare_templates(tmp_path, dev_and_prod(), new), ChangeKind.BASELINE_CHANGED)
    assert change.what == "the baseline prod becomes the default"
    assert change.consequence is not None
    assert "for the whole account and Region" in change.consequence
    off = changed(dev_and_prod(), "Prod/Properties/DefaultBaseline", False)
    assert compare_templates(tmp_path, dev_and_prod(), off).changes == ()


def test_another_operating_system_replaces_a_baseline(tmp_path: Path) -> None:
    new = changed(dev_and_prod(), "Prod/Properties/OperatingSystem", "ROCKY_LINUX")
    comparison = compare_templates(tmp_path, dev_and_prod(), new)
    change = only(comparison, ChangeKind.BASELINE_REPLACED)
    assert (change.old, change.new) == ("AMAZON_LINUX_2023", "ROCKY_LINUX")
    assert change.consequence == (
        "CloudFormation makes a new baseline and deletes the old one; AMAZON_LINUX_2023 nodes of prod have "
        "the account's default baseline then"
    )


def test_baselines_come_go_and_get_another_name(tmp_path: Path) -> None:
    old = dev_and_prod()
    more = {**old, "Spare": baseline(Name="spare")}
    assert only(compare_templates(tmp_path, old, more), ChangeKind.BASELINE_ADDED).new == (
        "AMAZON_LINUX_2023; CLASSIFICATION Security after 7 days"
    )
    assert only(compare_templates(tmp_path, more, old), ChangeKind.BASELINE_REMOVED).what == (
        "the baseline spare is gone"
    )
    renamed = changed(old, "Prod/Properties/Name", "production")
    comparison = compare_templates(tmp_path, old, renamed)
    assert kinds(comparison) == [ChangeKind.BASELINE_RENAMED]
    assert comparison.changes[0].consequence is not None
    assert comparison.changes[0].consequence.startswith("CloudFormation changes it in place")
    assert comparison.warnings == ()
    new = {**old, "Other": renamed["Prod"]}
    del new["Prod"]
    comparison = compare_templates(tmp_path, old, new)
    assert kinds(comparison) == [ChangeKind.BASELINE_RENAMED, ChangeKind.BASELINE_REPLACED]
    assert comparison.changes[0].consequence is None
    assert len(comparison.warnings) == 1


# --- exposure, quotas, findings ---


def test_exposure_that_changes_in_the_same_way_is_reported_once(tmp_path: Path) -> None:
    new = changed(dev_and_prod(), f"{RULE}/ApproveAfterDays", 8)
    change = only(compare_templates(tmp_path, dev_and_prod(), new), ChangeKind.EXPOSURE_CHANGED)
    assert change.what == "how long ring prod is open to vulnerabilities changes on AMAZON_LINUX_2023"
    assert change.consequence == "the worst is 1 day longer"


def test_a_ring_that_no_longer_installs_is_open_for_ever(tmp_path: Path) -> None:
    new = changed(dev_and_prod(), f"prodTask/{PARAMETERS}/Operation", ["Scan"])
    change = only(compare_templates(tmp_path, dev_and_prod(), new), ChangeKind.EXPOSURE_CHANGED)
    assert change.new == "not known, or nothing installs on it"


def test_a_quota_that_becomes_tight(tmp_path: Path) -> None:
    def of(count: int) -> Template:
        spare = {f"Spare{index}": baseline(Name=f"spare-{index}") for index in range(count)}
        return {**dev_and_prod(), **spare}

    change = only(compare_templates(tmp_path, of(10), of(45)), ChangeKind.QUOTA_TIGHT)
    assert (change.old, change.new, change.consequence) == ("12 of 50", "47 of 50", "3 left")
    assert ChangeKind.QUOTA_TIGHT not in kinds(compare_templates(tmp_path, of(45), of(44)))
    assert ChangeKind.QUOTA_TIGHT not in kinds(compare_templates(tmp_path, of(1), of(30)))
    over = only(compare_templates(tmp_path, of(45), of(49)), ChangeKind.QUOTA_TIGHT)
    assert over.consequence == "AWS refuses more than the quota"


def test_findings_that_are_new_and_fixed(tmp_path: Path) -> None:
    new = changed(dev_and_prod(), f"{RULE}/ApproveAfterDays", 0)
    comparison = compare_templates(tmp_path, dev_and_prod(), new)
    assert only(comparison, ChangeKind.FINDING_NEW).what == "error ring-inversion is new"
    assert only(comparison, ChangeKind.FINDING_FIXED).what == "warning ring-margin is fixed"


# --- matching ---


def test_lines_files_and_the_order_of_resources_mean_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b" / "deeper").mkdir(parents=True)
    template = three_rings()
    (tmp_path / "a" / "one.json").write_text(json.dumps({"Resources": template}))
    other = dict(reversed(template.items()))
    (tmp_path / "b" / "deeper" / "two.json").write_text(json.dumps({"Resources": other}, indent=2))
    comparison = compare_paths(tmp_path / "a", tmp_path / "b")
    assert (comparison.changes, comparison.warnings) == ((), ())


def test_a_foreign_template_is_matched_by_the_names_of_its_windows(tmp_path: Path) -> None:
    def foreign(schedule: str) -> Template:
        resources = dev_and_prod()
        for name in ("dev", "prod"):
            del resources[f"{name}Window"]["Metadata"]
            del resources[f"{name}Window"]["Properties"]["Tags"]
        return changed(resources, "prodWindow/Properties/Schedule", schedule)

    comparison = compare_templates(
        tmp_path, foreign("cron(0 22 ? * SAT *)"), foreign("cron(0 22 ? * SUN *)"), rings=RINGS
    )
    assert only(comparison, ChangeKind.WINDOW_SCHEDULE).rings == ("prod",)


def test_accounts_that_change_in_the_same_way_are_reported_once(tmp_path: Path) -> None:
    def app(folder: str, schedule: str) -> Path:
        resources = changed(dev_and_prod(), "prodWindow/Properties/Schedule", schedule)
        accounts = [str(number) * 12 for number in range(1, 5)]
        return assembly(tmp_path / folder, {f"stack-{account}": (account, resources) for account in accounts})

    comparison = compare_paths(app("old", "cron(0 22 ? * SAT *)"), app("new", "cron(0 22 ? * SUN *)"))
    change = only(comparison, ChangeKind.WINDOW_SCHEDULE)
    assert len(change.environments) == 4


def test_an_account_that_joins_a_ring(tmp_path: Path) -> None:
    one = {"stack-a": ("1" * 12, dev_and_prod())}
    two = {**one, "stack-b": ("2" * 12, dev_and_prod())}
    comparison = compare_paths(assembly(tmp_path / "old", one), assembly(tmp_path / "new", two))
    joined = [change.what for change in comparison.changes if change.kind is ChangeKind.RING_JOINED]
    assert joined == [
        "ring dev gains the account and Region 222222222222/eu-central-1",
        "ring prod gains the account and Region 222222222222/eu-central-1",
    ]
    assert comparison.warnings == ()


def test_a_renamed_stack_makes_no_noise_about_windows(tmp_path: Path) -> None:
    resources = ring("prod", 1)
    old = assembly(tmp_path / "old", {"one": ("1" * 12, resources)})
    new = assembly(tmp_path / "new", {"other": ("1" * 12, resources)})
    comparison = compare_paths(old, new)
    assert comparison.changes == ()


def test_a_window_that_moves_to_another_stack_is_replaced(tmp_path: Path) -> None:
    window, rest = ring("prod", 1), ring("dev", 1)
    old = assembly(tmp_path / "old", {"a": ("1" * 12, {**window, **rest}), "b": ("1" * 12, ring("x", 1))})
    new = assembly(tmp_path / "new", {"a": ("1" * 12, rest), "b": ("1" * 12, {**ring("x", 1), **window})})
    change = only(compare_paths(old, new), ChangeKind.WINDOW_REPLACED)
    assert (change.old, change.new) == ("prodWindow of stack a", "prodWindow of stack b")


def test_what_changes_under_one_assumption_only_says_so(tmp_path: Path) -> None:
    def of(late: str) -> Template:
        schedule = {"Fn::If": ["IsProd", late, "cron(0 22 ? * SAT *)"]}
        return {
            "Parameters": {"Stage": {"Type": "String", "AllowedValues": ["dev", "prod"]}},
            "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
            "Resources": changed(dev_and_prod(), "prodWindow/Properties/Schedule", schedule),
        }

    comparison = compare_templates(tmp_path, of("cron(0 22 ? * SAT *)"), of("cron(0 22 ? * SUN *)"))
    assert only(comparison, ChangeKind.WINDOW_SCHEDULE).assumptions == ("parameter Stage is 'prod'",)
    assert compare_templates(tmp_path, of("rate(7 days)"), of("rate(7 days)")).changes == ()


def test_operating_systems_whose_order_changes_in_the_same_way_are_reported_once(tmp_path: Path) -> None:
    old = dev_and_prod()
    for name in ("Dev", "Prod"):
        old[f"{name}Rocky"] = changed(old, f"{name}/Properties/OperatingSystem", "ROCKY_LINUX")[name]
    new = changed(old, "prodWindow/Properties/Schedule", "cron(0 21 ? * WED *)")
    new = changed(new, f"{RULE}/ApproveAfterDays", 0)
    new = changed(new, "ProdRocky/Properties/ApprovalRules/PatchRules/0/ApproveAfterDays", 0)
    lost = only(compare_templates(tmp_path, old, new), ChangeKind.ORDER_LOST)
    assert lost.what == "ring prod is no longer behind ring dev on AMAZON_LINUX_2023 and ROCKY_LINUX"
