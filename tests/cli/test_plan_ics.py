"""The plan as a calendar, parsed back and held against RFC 5545."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from patching_constructs.cli.plan_formats.ics import format_ics
from patching_constructs.cli.plan_formats.section import printable
from patching_constructs.model.estate import Estate
from patching_constructs.model.unknown import Unknown
from patching_constructs.plan.plan import Plan
from tests.cli.plans import IRELAND, OHIO, RINGS, two_rings
from tests.plan.test_build import TODAY, baseline, plan_of, window


@pytest.fixture(scope="module")
def plan() -> Plan:
    return two_rings()


def events(text: str) -> list[Any]:
    return list(Calendar.from_ical(text).walk("VEVENT"))


def of(text: str, category: str) -> list[Any]:
    return [event for event in events(text) if event["CATEGORIES"].to_ical() == category.encode()]


def test_every_install_is_an_event_at_its_time(plan: Plan) -> None:
    openings = {
        (window.name, opening.from_, opening.until)
        for windows in (*(ring.windows for ring in plan.rings), plan.other_windows)
        for window in windows
        if window.installs and not isinstance(window.openings, Unknown)
        for opening in window.openings
    }
    found = {
        (str(event["SUMMARY"]).split(" installs ")[0].split(": ")[-1], event.start, event.end)
        for event in of(format_ics(plan), "INSTALL")
    }
    assert found == openings
    assert len(found) > 30


def test_an_event_says_who_is_patched_where_and_when_in_local_time(plan: Plan) -> None:
    [event] = [
        event
        for event in of(format_ics(plan), "INSTALL")
        if event.start == datetime(2027, 1, 15, 16, tzinfo=UTC)
    ]
    assert str(event["SUMMARY"]) == "prod: prod-install installs (4 h)"
    assert str(event["LOCATION"]) == "111111111111/eu-west-1, 222222222222/us-east-2"
    assert str(event["DESCRIPTION"]).split("\n") == [
        "Sat 2027-01-16 01:00 to Sat 2027-01-16 05:00 Asia/Tokyo",
        "patch groups: prod",
        "operating systems: AMAZON_LINUX_2023",
        "accounts and Regions: 111111111111/eu-west-1, 222222222222/us-east-2",
        "schedule: cron(0 1 ? * SAT#3 *)",
    ]
    assert str(event["TRANSP"]) == "OPAQUE"


def test_an_install_keeps_its_local_hour_when_the_clock_changes(plan: Plan) -> None:
    starts = [
        event.start for event in of(format_ics(plan), "INSTALL") if str(event["SUMMARY"]).startswith("dev: ")
    ]
    assert {start.hour for start in starts if start < datetime(2027, 3, 28, tzinfo=UTC)} == {21}
    assert {start.hour for start in starts if start > datetime(2027, 3, 28, tzinfo=UTC)} == {20}


def test_scans_and_releases_are_there_when_someone_asks(plan: Plan) -> None:
    assert Counter(event["CATEGORIES"].to_ical() for event in events(format_ics(plan))).keys() == {
        b"INSTALL",
        b"FREEZE",
    }
    scans = of(format_ics(plan, with_scans=True), "SCAN")
    assert len(scans) == (plan.horizon.until - plan.horizon.from_).days
    assert {str(event["SUMMARY"]) for event in scans} == {"prod: prod-scan scans (4 h)"}
    assert {str(event["TRANSP"]) for event in scans} == {"TRANSPARENT"}
    releases = of(format_ics(plan, with_patch_tuesdays=True), "RELEASE")
    assert tuple(event.start for event in releases) == plan.patch_tuesdays


def test_freezes_last_all_day_or_from_hour_to_hour(plan: Plan) -> None:
    freezes = of(format_ics(plan), "FREEZE")
    assert [(str(event["SUMMARY"]), event.start, event.end) for event in freezes] == [
        ("freeze: year end", date(2026, 12, 20), date(2027, 1, 4)),
        (
            "freeze: big release",
            datetime(2027, 2, 1, 12, tzinfo=UTC),
            datetime(2027, 2, 3, 18, tzinfo=UTC),
        ),
    ]


def test_an_install_in_a_freeze_says_so(plan: Plan) -> None:
    frozen = [
        event.start for event in of(format_ics(plan), "INSTALL") if "in freeze" in str(event["SUMMARY"])
    ]
    assert frozen
    assert all(any(freeze.holds(start) for freeze in plan.freezes) for start in frozen)
    installs = [event.start for event in of(format_ics(plan), "INSTALL")]
    assert sum(any(freeze.holds(start) for freeze in plan.freezes) for start in installs) == len(frozen)


def test_a_window_that_patches_several_groups_is_one_event() -> None:
    shared = window("a", name="shared")
    target = replace(shared.record.targets[0], targets=(("tag:PatchGroup", ("a", "b", "c", "d")),))
    record = replace(
        shared.record, targets=(target,), tasks=(replace(shared.record.tasks[0], targets=(target,)),)
    )
    plan = plan_of(
        Estate(baselines=(baseline("a", "b", "c", "d"),), windows=(replace(shared, record=record),))
    )
    found = events(format_ics(plan))
    assert len({event.start for event in found}) == len(found)
    assert {str(event["SUMMARY"]) for event in found} == {"a, b and 2 more: shared installs (4 h)"}


# --- importing again ---


def test_the_same_plan_is_the_same_text(plan: Plan) -> None:
    assert format_ics(plan) == format_ics(two_rings())


def test_a_later_plan_updates_the_events_of_the_earlier_one(plan: Plan) -> None:
    later = replace(plan, today=TODAY + timedelta(days=1), assumptions=())
    first, second = events(format_ics(plan)), events(format_ics(later))
    assert [event["UID"] for event in first] == [event["UID"] for event in second]
    assert {event["DTSTAMP"].dt for event in first} == {datetime(2026, 11, 23, tzinfo=UTC)}
    assert {event["DTSTAMP"].dt for event in second} == {datetime(2026, 11, 24, tzinfo=UTC)}


def test_an_event_stays_the_same_when_an_account_joins_or_the_window_gets_longer() -> None:
    alone = plan_of(Estate(baselines=(baseline("prod", at=IRELAND),), windows=(window("prod", at=IRELAND),)))
    joined = plan_of(
        Estate(
            baselines=(baseline("prod", at=IRELAND), baseline("prod", at=OHIO)),
            windows=(window("prod", at=IRELAND), window("prod", at=OHIO)),
        )
    )
    assert [event["UID"] for event in events(format_ics(alone))] == [
        event["UID"] for event in events(format_ics(joined))
    ]


def test_no_two_events_have_the_same_id() -> None:
    same_name = Estate(
        baselines=(baseline("dev", "prod"), baseline("prod", at=OHIO)),
        windows=(window("dev", name="install"), window("prod", name="install"), window("prod", name="x")),
    )
    for plan in (two_rings(), plan_of(same_name, rings=RINGS), plan_of(same_name)):
        ids = [event["UID"] for event in events(format_ics(plan, with_scans=True, with_patch_tuesdays=True))]
        assert len(set(ids)) == len(ids)


# --- RFC 5545 ---


@pytest.mark.parametrize(
    "name", ["web-münchen-" + "ü" * 60, "a;b,c\\d", "two\nlines", "BEGIN:VEVENT", "\x1bx", '"']
)
def test_lines_are_folded_end_in_crlf_and_read_back_as_they_were(name: str) -> None:
    text = format_ics(two_rings(dev_group=name))
    content = text.encode()
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert content.replace(b"\r\n", b"").count(b"\n") == content.replace(b"\r\n", b"").count(b"\r") == 0
    for line in content.split(b"\r\n"):
        assert len(line) <= 75, "octets, without the line break: RFC 5545, 3.1"
        line.decode(), "no character is cut in two"
    summaries = {str(event["SUMMARY"]) for event in of(text, "INSTALL")}
    assert f"dev: {printable(name)}-install installs (4 h)" in summaries


def test_a_calendar_has_what_every_calendar_and_event_must_have(plan: Plan) -> None:
    calendar = Calendar.from_ical(format_ics(plan, with_scans=True, with_patch_tuesdays=True))
    assert (str(calendar["VERSION"]), str(calendar["METHOD"])) == ("2.0", "PUBLISH")
    assert str(calendar["PRODID"]) == "-//patching-constructs//patching plan//EN"
    assert calendar.errors == []
    walked: list[Any] = list(calendar.walk("VEVENT"))
    for event in walked:
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"} <= set(event)
        assert event.errors == []
        assert type(event.start) is type(event.end)
        assert event.start < event.end
