"""patching.yaml of this repository shows what it says."""

import datetime as dt
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from patching_constructs import OperatingSystem, load_settings
from patching_constructs.settings.ring import RingSettings

BERLIN = ZoneInfo("Europe/Berlin")
SETTINGS = load_settings(Path(__file__).parents[2] / "patching.yaml", today=dt.date(2026, 11, 26))
RINGS = {ring.name: ring for ring in SETTINGS.rings}
BASELINES = {baseline.name: baseline for baseline in SETTINGS.baselines}


def delay_days(ring: RingSettings, operating_system: OperatingSystem) -> int:
    """Return the one delay of the ring's rules for `operating_system`."""
    (delay,) = {
        rule.approve_after_days
        for group in ring.patch_groups
        for name in group.baselines
        if BASELINES[name].operating_system is operating_system
        for rule in BASELINES[name].approval_rule_values
    }
    assert delay is not None
    return delay


def install_starts(ring: RingSettings, *, count: int) -> list[dt.datetime]:
    assert ring.install is not None
    after = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    runs = ring.install.schedule.to_value().next_runs(after=after, count=count)
    return [run.starts_at.astimezone(dt.UTC) for run in runs]


def test_it_has_no_warnings() -> None:
    assert SETTINGS.warnings == ()


def test_four_rings_stand_in_separate_accounts() -> None:
    assert [(ring.name, ring.accounts) for ring in SETTINGS.rings] == [
        ("dev", ["dev"]),
        ("test", ["test"]),
        ("staging", ["staging"]),
        ("prod", ["prod"]),
    ]
    assert [account.role.value for account in SETTINGS.accounts[:2]] == ["management", "security"]


@pytest.mark.parametrize("ring", SETTINGS.rings, ids=lambda ring: ring.name)
def test_each_ring_has_three_operating_systems_with_baselines_of_its_own(ring: RingSettings) -> None:
    names = {name for group in ring.patch_groups for name in group.baselines}
    assert {BASELINES[name].operating_system for name in names} == {
        OperatingSystem.AMAZON_LINUX_2023,
        OperatingSystem.UBUNTU,
        OperatingSystem.WINDOWS,
    }
    assert all(name.startswith(f"{ring.name}-") for name in names)


def test_one_fleet_is_only_scanned() -> None:
    scanned = [group.name for ring in SETTINGS.rings for group in ring.patch_groups if group.scan_only]
    assert scanned == ["prod-image-built"]


def test_production_is_patched_once_a_month_eleven_days_after_patch_tuesday() -> None:
    starts = [start.astimezone(BERLIN) for start in install_starts(RINGS["prod"], count=12)]
    assert [start.month for start in starts] == list(range(1, 13))
    patch_tuesdays = [start - dt.timedelta(days=11) for start in starts]
    assert {(day.strftime("%a"), (day.day - 1) // 7) for day in patch_tuesdays} == {("Tue", 1)}


@pytest.mark.parametrize("operating_system", [OperatingSystem.AMAZON_LINUX_2023, OperatingSystem.WINDOWS])
@pytest.mark.parametrize(("earlier", "later"), list(pairwise(SETTINGS.rings)), ids=lambda ring: ring.name)
def test_no_ring_sees_a_patch_that_the_ring_ahead_has_not_seen(
    earlier: RingSettings, later: RingSettings, operating_system: OperatingSystem
) -> None:
    assert later.install is not None
    seen_by_earlier = [
        (start, start - dt.timedelta(days=delay_days(earlier, operating_system)))
        for start in install_starts(earlier, count=60)
    ]
    for start in install_starts(later, count=12)[1:]:
        end = start + dt.timedelta(hours=later.install.duration_hours)
        newest = end - dt.timedelta(days=delay_days(later, operating_system))
        assert newest <= max(seen for run, seen in seen_by_earlier if run < start)


def test_a_windows_update_reaches_production_in_the_month_of_its_release() -> None:
    """With a delay of 11 days or more, the next cumulative update would replace it before any run."""
    delay = dt.timedelta(days=delay_days(RINGS["prod"], OperatingSystem.WINDOWS))
    for start in install_starts(RINGS["prod"], count=12):
        released = (start - dt.timedelta(days=11)).astimezone(BERLIN).replace(hour=19)
        assert released + delay < start


def test_no_ring_installs_in_the_freeze() -> None:
    (freeze,) = SETTINGS.freeze_values
    for ring in SETTINGS.rings:
        assert ring.install is not None
        length = dt.timedelta(hours=ring.install.duration_hours)
        starts = install_starts(ring, count=120)
        assert not any(freeze.from_ < start + length and start < freeze.until for start in starts)


def test_the_exemption_is_meant_for_production_alone_and_holds() -> None:
    (exemption,) = SETTINGS.exemption_values
    assert SETTINGS.exemption_warnings == ()
    accounts = [account.name for account in SETTINGS.workload_accounts if SETTINGS.exemptions_of(account)]
    assert accounts == ["prod"]
    assert not exemption.covers_whole_nodes


def test_delays_are_not_promised_where_they_have_no_effect() -> None:
    assert {delay_days(ring, OperatingSystem.UBUNTU) for ring in SETTINGS.rings} == {0}
