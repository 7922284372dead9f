"""What `stacks/` gets from patching.yaml."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from patching_constructs import (
    PROMISES,
    ComplianceLevel,
    Freeze,
    MaintenanceWindowQuotas,
    PatchFilter,
    PatchGroup,
    PatchGroupTagKey,
    PatchSource,
    Promise,
    RebootOption,
    Schedule,
    Severity,
    Weekday,
    security_updates,
)
from patching_constructs.model.operating_system import OperatingSystem
from tests.settings.sample import TEXT, changed, load, mistakes


def test_accounts_are_found_by_their_role(tmp_path: Path) -> None:
    settings = load(tmp_path, TEXT)
    assert settings.security_account.id == "111111111111"
    assert [account.name for account in settings.workload_accounts] == ["dev", "prod"]


def test_the_organisation_may_be_named(tmp_path: Path) -> None:
    named = load(tmp_path, changed(("baselines:\n", "organization_id: o-a1b2c3d4e5\nbaselines:\n")))
    assert (named.organization_id, load(tmp_path, TEXT).organization_id) == ("o-a1b2c3d4e5", None)


def test_an_account_gets_only_the_rings_and_baselines_that_it_needs(tmp_path: Path) -> None:
    settings = load(tmp_path, TEXT)
    dev, prod = settings.workload_accounts
    assert [ring.name for ring in settings.rings_of(dev)] == ["dev"]
    assert [baseline.name for baseline in settings.baselines_of(dev)] == ["dev-linux"]
    assert [baseline.name for baseline in settings.baselines_of(prod)] == ["prod-linux", "prod-windows"]


def test_a_ring_becomes_the_value_that_the_library_works_with(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        changed(("    max_errors: 1\n", "    max_errors: 1\n    soak_hours: 48\n    update_agent: false\n")),
    )
    (ring,) = settings.ring_values_of(settings.workload_accounts[0])
    assert (ring.name, ring.order, ring.soak_hours, ring.update_agent) == ("dev", 1, 48, False)
    assert ring.patch_groups == (PatchGroup(name="dev-web"),)
    assert ring.scan.schedule == Schedule.daily(hour=5, timezone="Europe/Berlin")
    assert ring.install is not None
    assert ring.install.schedule == Schedule.weekly(day=Weekday.WEDNESDAY, hour=22, timezone="Europe/Berlin")
    assert (ring.install.duration_hours, ring.install.cutoff_hours) == (4, 1)
    assert (ring.reboot_option, ring.max_concurrency, ring.max_errors) == (
        RebootOption.REBOOT_IF_NEEDED,
        "50%",
        "1",
    )


def test_groups_that_are_only_scanned_form_a_ring_of_their_own_after_all_others(tmp_path: Path) -> None:
    settings = load(tmp_path, TEXT)
    patched, scanned = settings.ring_values_of(settings.workload_accounts[1])
    assert (patched.name, patched.order) == ("prod", 2)
    assert [group.name for group in patched.patch_groups] == ["prod-web"]
    assert (scanned.name, scanned.order) == ("prod-scan-only", 4)
    assert [group.name for group in scanned.patch_groups] == ["prod-images"]
    assert scanned.install is None
    assert (patched.production, scanned.production) == (True, True)
    assert scanned.reboot_option is None
    assert scanned.scan == patched.scan


def test_a_ring_may_be_only_scanned(tmp_path: Path) -> None:
    install = TEXT[TEXT.index("    install:") : TEXT.index("    max_concurrency: 50%")]
    settings = load(tmp_path, changed(("[dev-linux]}", "[dev-linux], scan_only: true}"), (install, "")))
    (ring,) = settings.ring_values_of(settings.workload_accounts[0])
    assert (ring.name, ring.install) == ("dev-scan-only", None)


def test_a_reboot_choice_has_no_meaning_where_nothing_is_installed(tmp_path: Path) -> None:
    install = TEXT[TEXT.index("    install:") : TEXT.index("    reboot_option: RebootIfNeeded")]
    text = changed(("[dev-linux]}", "[dev-linux], scan_only: true}"), (install, ""))
    (mistake,) = mistakes(tmp_path, text)
    assert mistake == (
        "patching.yaml:34: rings[0].reboot_option: has no meaning for a ring that only scans, "
        "got 'RebootIfNeeded'; allowed: no such key without install"
    )


def test_the_order_of_a_ring_is_the_same_in_all_of_its_accounts(tmp_path: Path) -> None:
    settings = load(tmp_path, changed(("    accounts: [prod]", "    accounts: [prod, dev]")))
    assert [ring.order for ring in settings.ring_values_of(settings.workload_accounts[0])] == [1, 2, 4]
    assert [ring.order for ring in settings.ring_values_of(settings.workload_accounts[1])] == [2, 4]


def test_the_last_ring_is_production_unless_a_ring_says_so(tmp_path: Path) -> None:
    assert [ring.name for ring in load(tmp_path, TEXT).production_rings] == ["prod"]
    settings = load(
        tmp_path,
        changed(("  - name: dev\n    accounts", "  - name: dev\n    production: true\n    accounts")),
    )
    assert [ring.name for ring in settings.production_rings] == ["dev"]


def test_ready_made_rules_are_those_of_the_library(tmp_path: Path) -> None:
    windows = load(
        tmp_path, changed(("[security_updates]", "[security_updates]\n    approve_after_days: 3"))
    ).baselines[2]
    assert windows.approval_rule_values == security_updates(OperatingSystem.WINDOWS, approve_after_days=3)


def test_several_ready_made_rule_sets_add_up(tmp_path: Path) -> None:
    text = changed(("[security_updates]", "[security_updates, microsoft_application_updates]"))
    rules = load(tmp_path, text).baselines[2].approval_rule_values
    assert rules[:4] == security_updates(OperatingSystem.WINDOWS)
    assert PatchFilter.patch_set("APPLICATION") in rules[-1].patch_filters


def test_rules_that_are_written_out_become_values(tmp_path: Path) -> None:
    text = changed(
        (
            "approve_after_days: 7",
            "approve_after_days: 7\n        compliance_level: HIGH\n        enable_non_security: true",
        )
    )
    (rule,) = load(tmp_path, text).baselines[1].approval_rule_values
    assert rule.patch_filters == (
        PatchFilter.classification("Security"),
        PatchFilter.severity("Critical", "Important"),
    )
    assert (rule.approve_after_days, rule.compliance_level, rule.enable_non_security) == (
        7,
        ComplianceLevel.HIGH,
        True,
    )


def test_the_account_default_baseline_has_no_rules_of_ours(tmp_path: Path) -> None:
    baseline = load(tmp_path, changed(("ready_made: [security_updates]", "aws_default: true"))).baselines[2]
    assert baseline.aws_default is True
    assert baseline.approval_rule_values == ()


def test_filters_and_sources_of_a_baseline_become_values(tmp_path: Path) -> None:
    addition = """
    approve_after_days: 0
    global_filters: {PRODUCT: [AmazonLinux2023]}
    sources:
      - {name: pinned, products: [AmazonLinux2023], configuration: "[pinned]"}
"""
    baseline = load(tmp_path, changed(("\n    approve_after_days: 0\n", addition))).baselines[0]
    assert baseline.global_filter_values == (PatchFilter.product("AmazonLinux2023"),)
    assert baseline.source_values == (
        PatchSource(name="pinned", products=["AmazonLinux2023"], configuration="[pinned]"),
    )


def test_quotas_default_to_those_of_aws_and_can_be_raised(tmp_path: Path) -> None:
    assert load(tmp_path, TEXT).quotas.to_value() == MaintenanceWindowQuotas()
    raised = load(tmp_path, "quotas: {windows_per_account_and_region: 80}\n" + TEXT)
    assert raised.quotas.to_value() == MaintenanceWindowQuotas(windows_per_account_and_region=80)


def test_a_group_may_use_the_older_tag_key(tmp_path: Path) -> None:
    group = (
        load(tmp_path, changed(("name: dev-web", "name: dev-web, tag_key: Patch Group")))
        .rings[0]
        .patch_groups[0]
    )
    assert group.to_value().tag_key is PatchGroupTagKey.PATCH_GROUP_WITH_SPACE


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("daily: {hour: 3, minute: 30}", Schedule.daily(hour=3, minute=30)),
        ("weekly: {day: SUN, hour: 0}", Schedule.weekly(day=Weekday.SUNDAY, hour=0)),
        ("monthly: {week: 2, day: SAT, hour: 3}", Schedule.monthly(week=2, day=Weekday.SATURDAY, hour=3)),
        ("monthly: {week: L, day: SAT, hour: 3}", Schedule.monthly(week="L", day=Weekday.SATURDAY, hour=3)),
        ("day_of_month: {day: 15, hour: 3}", Schedule.monthly(day_of_month=15, hour=3)),
        ("day_of_month: {day: L, hour: 3}", Schedule.monthly(day_of_month="L", hour=3)),
        ("patch_tuesday: {hour: 3}", Schedule.patch_tuesday(hour=3)),
        ("patch_tuesday: {plus_days: 20, hour: 3}", Schedule.patch_tuesday(plus_days=20, hour=3)),
        (
            'cron: {expression: "0 2 ? * TUE#2 *", offset_days: 6}',
            Schedule.cron("0 2 ? * TUE#2 *", offset_days=6),
        ),
        ("at: 2026-12-01T02:00:00+01:00", Schedule(expression="at(2026-12-01T01:00:00)")),
        (
            "daily: {hour: 3}, start_date: 2026-12-01T00:00:00Z, end_date: 2027-12-01T00:00:00Z",
            Schedule.daily(hour=3, start_date="2026-12-01T00:00:00Z", end_date="2027-12-01T00:00:00Z"),
        ),
        (
            "rate: {value: 7, unit: day}, start_date: 2026-12-01T00:00:00Z",
            Schedule(expression="rate(7 days)", start_date="2026-12-01T00:00:00Z"),
        ),
    ],
)
def test_every_way_to_say_a_schedule(tmp_path: Path, schedule: str, expected: Schedule) -> None:
    settings = load(tmp_path, changed(("{daily: {hour: 5}}", f"{{{schedule}}}")))
    assert settings.rings[1].scan.schedule.to_value() == expected


def test_chat_channels_are_recipients_too(tmp_path: Path) -> None:
    channels = """
  - slack: {workspace_id: T0123456789, channel_id: C0123456789}
  - microsoft_teams:
      tenant_id: 11111111-2222-3333-4444-555555555555
      team_id: 66666666-7777-8888-9999-000000000000
      channel_id: 19%3Aab12cd%40thread.tacv2
"""
    text = changed(("\n  - email: security@example.com\n", channels))
    slack, teams = load(tmp_path, text).recipients
    assert slack.slack is not None
    assert (slack.slack.workspace_id, slack.slack.channel_id) == ("T0123456789", "C0123456789")
    assert teams.microsoft_teams is not None
    assert teams.microsoft_teams.channel_id == "19%3Aab12cd%40thread.tacv2"


def test_settings_do_not_change_after_they_are_read(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load(tmp_path, TEXT).rollout_name = "other"


def test_freezes_become_named_times_and_days_are_those_of_utc(tmp_path: Path) -> None:
    freezes = (
        "freezes:\n"
        "  - {name: year end, from: 2026-12-19, until: 2027-01-04}\n"
        "  - {name: sales, from: 2027-03-01T18:00:00+01:00, until: 2027-03-02T06:00:00Z}\n"
    )
    settings = load(tmp_path, changed(("baselines:\n", f"{freezes}baselines:\n")))
    assert settings.freeze_values == (
        Freeze(
            name="year end", from_=datetime(2026, 12, 19, tzinfo=UTC), until=datetime(2027, 1, 4, tzinfo=UTC)
        ),
        Freeze(
            name="sales",
            from_=datetime(2027, 3, 1, 17, tzinfo=UTC),
            until=datetime(2027, 3, 2, 6, tzinfo=UTC),
        ),
    )


def test_promises_become_those_of_the_ring(tmp_path: Path) -> None:
    promises = (
        "    promises:\n"
        "      - public: pci-dss-6.3.3\n"
        "      - {name: fast, hours: {CRITICAL: 36}, source: https://example.com/policy}\n"
        "      - {name: slow, days: {CRITICAL: 7, LOW: 90}}\n"
    )
    settings = load(tmp_path, changed(("    max_errors: 1\n", f"    max_errors: 1\n{promises}")))
    promised = (
        PROMISES["pci-dss-6.3.3"],
        Promise(
            name="fast", within={Severity.CRITICAL: timedelta(hours=36)}, source="https://example.com/policy"
        ),
        Promise(name="slow", within={Severity.CRITICAL: timedelta(days=7), Severity.LOW: timedelta(days=90)}),
    )
    assert settings.promises == {"dev": promised}
    (ring,) = settings.ring_values_of(settings.workload_accounts[0])
    assert ring.promises == promised


def test_groups_that_are_only_scanned_promise_nothing(tmp_path: Path) -> None:
    promises = "    max_errors: 5%\n    promises: [{public: cyber-essentials}]\n"
    settings = load(tmp_path, changed(("    max_errors: 5%\n", promises)))
    patched, scanned = settings.ring_values_of(settings.workload_accounts[1])
    assert (patched.name, len(patched.promises)) == ("prod", 1)
    assert (scanned.name, scanned.promises) == ("prod-scan-only", ())


def test_lag_and_minutes_have_defaults_and_can_be_said(tmp_path: Path) -> None:
    settings = load(tmp_path, TEXT)
    assert (settings.visibility_lag, settings.minutes_per_node) == (timedelta(days=7), 30)
    assert (settings.freeze_values, settings.promises) == ((), {})
    said = "visibility_lag_days: 0\nminutes_per_node: 45\nbaselines:\n"
    settings = load(tmp_path, changed(("baselines:\n", said)))
    assert (settings.visibility_lag, settings.minutes_per_node) == (timedelta(), 45)


def test_wrong_freezes_minutes_and_promises_are_reported_together(tmp_path: Path) -> None:
    install = """    install:
      schedule: {weekly: {day: WED, hour: 22}, timezone: Europe/Berlin}
      duration_hours: 4
      cutoff_hours: 1
    reboot_option: RebootIfNeeded
"""
    wrong = "minutes_per_node: soon\nfreezes: [{name: a, from: 2027-01-02, until: 2027-01-01}]\nbaselines:\n"
    text = changed(
        (install, ""),
        ("baselines: [dev-linux]}", "baselines: [dev-linux], scan_only: true}"),
        ("    max_errors: 1\n", "    max_errors: 1\n    promises: [{public: cyber-essentials}]\n"),
        ("baselines:\n", wrong),
    )
    assert mistakes(tmp_path, text) == [
        (
            "patching.yaml:10: minutes_per_node: not a whole number, got 'soon'; "
            "allowed: a whole number from 1 to 1440"
        ),
        (
            "patching.yaml:11: freezes[0].until: not after the beginning of the freeze, got '2027-01-01'; "
            "allowed: a day or time after 2027-01-02"
        ),
        (
            "patching.yaml:38: rings[0].promises: a ring that only scans installs nothing, got a list; "
            "allowed: no such key without install"
        ),
    ]
