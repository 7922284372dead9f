"""The plan in a terminal."""

import re
from collections import Counter
from datetime import timedelta

import pytest

from patching_constructs.analysis.ring_plans import RingChoice
from patching_constructs.cli.plan_formats.section import printable
from patching_constructs.cli.plan_formats.text import format_text
from patching_constructs.cli.plan_formats.times import days_of
from patching_constructs.model.estate import Estate
from patching_constructs.model.freeze import Freeze
from patching_constructs.plan.plan import Plan
from tests.cli.plans import large, two_rings
from tests.plan.test_build import HORIZON, plan_of


@pytest.fixture(scope="module")
def plan() -> Plan:
    return two_rings()


def section(text: str, title: str) -> str:
    """Return what is under a title."""
    [found] = [part for part in text.split("\n\n") if part.startswith(f"{title}\n")]
    return found


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_ring_says_who_is_patched_and_when_in_its_own_time_zone(plan: Plan) -> None:
    prod = section(format_text(plan, width=100), "Rings").split("\n  2 prod")[1]
    assert words(prod) == (
        ", production nodes prod; AMAZON_LINUX_2023; 111111111111/eu-west-1, 222222222222/us-east-2 "
        "next installs Sat 2026-12-19 01:00; Sat 2027-01-16 01:00; Sat 2027-02-20 01:00; times in Asia/Tokyo "
        "next scan Mon 2026-11-23 03:00; times in America/New_York"
    )


def test_an_install_in_a_freeze_is_marked(plan: Plan) -> None:
    assert "(in freeze" not in section(format_text(plan, width=100), "Rings")
    frozen = two_rings(freezes=(Freeze(name="now", from_=plan.horizon.from_, until=plan.horizon.until),))
    assert words(section(format_text(frozen, width=100), "Rings")).count("(in freeze now)") == 6


def test_what_is_in_no_ring_is_reported_with_what_is_not_known(plan: Plan) -> None:
    text = format_text(plan, width=100)
    assert "not known: expression is not known: parameter Start has no default" in words(
        section(text, "Patch groups in no ring")
    )
    other = section(text, "Other windows that patch")
    assert "by-tag" in other
    assert "install" in other


def test_the_calendar_has_the_days_of_each_month_with_freezes_and_releases(plan: Plan) -> None:
    calendar = section(format_text(plan, width=120), "Calendar of installs").splitlines()
    months = [line.split()[0] for line in calendar if re.match(r"  \d{4}-\d\d ", line)]
    assert months == ["2026-11", "2026-12", "2027-01", "2027-02"]
    [december] = [line for line in calendar if line.startswith("  2026-12")]
    assert words(december) == "2026-12 dev Wed 2, Wed 9, Wed 16, Wed 23, Wed 30 Patch Tuesday 8"
    assert "freeze year end: 2026-12-20 to 2027-01-04" in "\n".join(calendar)


def test_many_days_are_reported_as_ranges() -> None:
    start = HORIZON.from_.replace(day=1)
    daily = [start + timedelta(days=number) for number in range(30)]
    assert days_of(daily) == "1-30"
    assert days_of([*daily[:4], daily[6], *daily[10:12]]) == "1-4, 7, 11-12"


def test_the_order_says_its_verdict_and_what_refutes_it(plan: Plan) -> None:
    text = words(section(format_text(plan, width=100), "Order of rings"))
    assert "prod after dev systems AMAZON_LINUX_2023 verdict proved" in text
    assert "head start 1 day 19 hours" in text
    refuted = two_rings(rings=(RingChoice(name="prod"), RingChoice(name="dev")))
    text = words(section(format_text(refuted, width=100), "Order of rings"))
    assert re.search(r"verdict refuted for \d+\.\d % of publication times; first: published ", text)
    assert "head start minus " in text


def test_promises_are_judged_in_the_table_of_exposure(plan: Plan) -> None:
    text = words(section(format_text(plan, width=140), "Exposure, from publication to installation"))
    assert "loose: kept" in text
    assert re.search(r"tight: broken, \d+ d( \d+ h)? over", text)
    without = format_text(two_rings(promises={}), width=140)
    assert "promises" not in section(without, "Exposure, from publication to installation")


def test_findings_are_counted_and_the_worst_are_named(plan: Plan) -> None:
    text = section(format_text(plan, width=100), "Findings")
    errors = [entry for entry in plan.findings if entry.finding.level.name == "ERROR"]
    assert text.splitlines()[1].strip() == errors[0].finding.id
    assert f"{errors[0].finding.field}: {errors[0].finding.message}" in words(text)
    assert f"{len(errors)} error" in text


def test_assumptions_and_the_limits_of_the_proof_are_said(plan: Plan) -> None:
    text = format_text(plan, width=100)
    assert "parameter Stage is 'prod'" in section(text, "Assumptions")
    assert words(text).endswith("These results are computed from schedules. No instance was queried.")


def test_nothing_to_patch_is_a_short_plan() -> None:
    text = format_text(plan_of(Estate()), width=80)
    assert text.splitlines()[0] == "Patching plan from 2026-11-23 to 2027-05-23"
    assert "0 rings" in text
    assert "\n\n\n" not in text


# --- terminals ---


@pytest.mark.parametrize("width", [40, 80, 100, 160])
def test_no_line_is_wider_than_the_terminal(plan: Plan, width: int) -> None:
    assert max(map(len, format_text(plan, width=width).splitlines())) <= width


@pytest.mark.parametrize("width", [80, 90, 100])
def test_a_narrow_terminal_breaks_no_word_and_loses_none(plan: Plan, width: int) -> None:
    def found(text: str) -> Counter[str]:
        return Counter(re.findall(r"[A-Za-z0-9_/:.-]+", text))

    assert found(format_text(plan, width=width)) == found(format_text(plan, width=160))


def test_there_is_no_colour_where_no_one_sees_it(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in format_text(plan)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[32m" in format_text(plan)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in format_text(plan)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in format_text(plan)


def test_colour_changes_nothing_but_colour(plan: Plan) -> None:
    coloured = format_text(plan, width=80, colour=True)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in plain.splitlines()] == format_text(
        plan, width=80, colour=False
    ).splitlines()


def test_the_plan_is_ascii_unless_names_are_not(plan: Plan) -> None:
    assert format_text(plan, width=80).isascii()
    assert "web-münchen" in format_text(two_rings(dev_group="web-münchen"), width=80)


@pytest.mark.parametrize(
    "name", ["[bold]x[/bold]", ":tada:", "\x1b[31mred", "two\nlines", "tab\tx", "\u202ereversed"]
)
def test_names_are_shown_as_they_are_and_obeyed_by_no_one(name: str) -> None:
    text = format_text(two_rings(dev_group=name), width=160)
    assert printable(name) in text
    assert printable(name).isprintable()
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_thousand_accounts_fit_on_two_screens() -> None:
    text = format_text(large(1_000, ringed=True), width=80)
    assert len(text.splitlines()) < 80
    assert "1,000 accounts, 1 Region: 000000000000/eu-central-1" in words(text)
    assert "and 997 more" in words(text)


def test_hundreds_of_groups_in_no_ring_are_counted_and_the_first_are_reported() -> None:
    text = format_text(large(200, ringed=False), width=80)
    assert len(text.splitlines()) < 250
    assert "and 376 more rows" in text
    assert text.count("dev-of-account-000000000011") > 1
    assert "dev-of-account-000000000100" not in text
