"""The timeline of the page tells the same times as the journeys of the plan."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from patching_constructs.cli.plan_formats.page.ring_rows import RingView, ring_views
from patching_constructs.cli.plan_formats.page.timeline import TimelineRow, patch_classes, timeline
from patching_constructs.cli.plan_formats.page.travel import travel
from patching_constructs.cli.plan_formats.page.words import moment, system_name
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.plan.plan import Plan
from tests.browser.conftest import Show, Shown
from tests.browser.plans import PLANS, frozen, sample

PICK = """([choice, day, clock]) => {
    document.querySelector('#class').value = choice;
    document.querySelector('#date').value = day;
    document.querySelector('#time').value = clock;
    document.querySelector('#picker').dispatchEvent(new Event('input', {bubbles: true}));
}"""
READ = """[...document.querySelectorAll('[data-stop]:not([hidden])')].map(row => [
    Number(row.dataset.stop), row.classList.contains('bad'),
    ...['approved', 'starts', 'closes', 'lead', 'note'].map(
        name => row.querySelector(`[data-cell=${name}]`).textContent.trim()),
    ...[...row.querySelectorAll('.track rect')].flatMap(
        bar => [parseFloat(bar.getAttribute('x')), parseFloat(bar.getAttribute('width'))]),
])"""
READ_ALL = f"""moments => moments.map(moment => {{
    ({PICK})(moment);
    return [document.querySelector('#travel').textContent, {READ}];
}})"""


def read(shown: Shown) -> list[list[object]]:
    rows: list[list[object]] = shown.page.evaluate(READ)
    return rows


def expected(patches: TimelineRow, rings: tuple[RingView, ...], published: datetime) -> list[list[object]]:
    way = travel(patches, rings, published)
    return [
        [
            stop.ring.number,
            stop.out_of_order,
            stop.approved,
            stop.starts,
            stop.closes,
            stop.lead,
            stop.note,
            *(
                pytest.approx(place, abs=0.011)
                for from_, until in stop.bars
                for place in (100 * from_, 100 * (until - from_))
            ),
        ]
        for stop in sorted(way.stops, key=lambda stop: stop.ring.number)
    ]


def moments(plan: Plan, patches: TimelineRow) -> Iterator[datetime]:
    """Yield moments at which journeys change, those before, and some in between."""
    edges = {step.published.from_ for journey in patches.journeys.values() for step in journey.steps}
    for edge in sorted(edges)[:: max(len(edges) // 40, 1)]:
        yield edge
        yield edge - timedelta(minutes=1)
    yield from (plan.horizon.from_ + timedelta(days=days, hours=days % 24) for days in range(0, 730, 17))
    yield plan.horizon.until - timedelta(minutes=1)


@pytest.mark.parametrize("name", PLANS)
def test_every_moment_has_the_times_of_the_journeys(show: Show, name: str) -> None:
    plan = PLANS[name]()
    rings = ring_views(plan)
    shown = show(name)
    for number, patches in enumerate(patch_classes(rings)):
        times = [time for time in moments(plan, patches) if plan.horizon.from_ <= time < plan.horizon.until]
        assert len(times) > 20
        picks = [[str(number), f"{time:%Y-%m-%d}", f"{time:%H:%M}"] for time in times]
        for time, (verdict, rows) in zip(times, shown.page.evaluate(READ_ALL, picks), strict=True):
            assert rows == expected(patches, rings, time), (patches.name, time)
            assert verdict == travel(patches, rings, time).verdict


def test_the_first_view_is_the_same_with_and_without_scripts(show: Show) -> None:
    before = show("sample", scripts=False)
    after = show("sample")
    after.page.locator("#today").click()
    for selector in ("#travel", ".stops"):
        assert before.text(selector) == after.text(selector)


def test_a_journey_is_what_the_plan_says(show: Show) -> None:
    """No helper of the page: the journeys of the plan, word for word."""
    shown = show("sample")
    windows = next(
        number
        for number, patches in enumerate(timeline(sample(), ring_views(sample())).classes)
        if patches.operating_system is OperatingSystem.WINDOWS
    )
    shown.page.select_option("#class", str(windows))
    shown.page.fill("#date", "2026-12-08")
    shown.page.fill("#time", "18:00")
    rows = {row[0]: row for row in read(shown)}
    published = datetime(2026, 12, 8, 18, tzinfo=UTC)
    for number, ring in enumerate(sample().rings):
        for journey in ring.journeys:
            if journey.operating_system is OperatingSystem.WINDOWS:
                step = next(
                    step for step in journey.steps if step.published.from_ <= published < step.published.until
                )
                assert step.starts_at is not None
                assert step.closes_at is not None
                assert rows[number][3] == moment(step.starts_at, "Europe/Berlin")
                assert rows[number][4] == moment(step.closes_at, "Europe/Berlin")
    assert rows[3][3] == "Sat 2026-12-19 01:00 Europe/Berlin (00:00\N{NO-BREAK SPACE}UTC)"


def test_a_ring_that_is_ahead_is_red(show: Show) -> None:
    shown = show("frozen")
    case = next(answer.first for answer in frozen().order if answer.first is not None)
    published = case.published.from_ + timedelta(minutes=1)
    shown.page.evaluate(PICK, ["0", f"{published:%Y-%m-%d}", f"{published:%H:%M}"])
    assert shown.text("#travel").startswith("Out of order: prod before")
    prod = shown.page.locator("[data-stop='1']")
    assert "before dev" in prod.inner_text()
    dev_colour, prod_colour = (
        shown.page.locator(f"[data-stop='{ring}'] rect.install").evaluate(
            "each => getComputedStyle(each).fill"
        )
        for ring in (0, 1)
    )
    assert dev_colour != prod_colour


def test_the_button_goes_from_patch_tuesday_to_patch_tuesday(show: Show) -> None:
    page = show("sample").page
    for release in sample().patch_tuesdays[:3]:
        page.get_by_role("button", name="Next Patch Tuesday").click()
        assert page.input_value("#date") == f"{release:%Y-%m-%d}"
        assert page.input_value("#time") == f"{release:%H:%M}"
    page.get_by_role("button", name="Today").click()
    assert page.input_value("#date") == "2026-11-26"


def test_a_day_outside_of_the_plan_shows_no_times(show: Show) -> None:
    shown = show("sample")
    shown.page.evaluate(PICK, ["0", "2020-01-01", "00:00"])
    assert shown.text("#travel") == "This moment is outside of the plan."
    assert read(shown) == []


def test_the_keyboard_picks_a_date(show: Show) -> None:
    shown = show("sample")
    before = read(shown)
    shown.page.locator("#date").focus()
    shown.page.keyboard.type("12242026")
    assert shown.page.input_value("#date") == "2026-12-24"
    rings = ring_views(sample())
    first = patch_classes(rings)[0]
    assert read(shown) == expected(first, rings, datetime(2026, 12, 24, 18, tzinfo=UTC)) != before
    for _ in range(12):
        if shown.page.evaluate("document.activeElement.id") == "release":
            break
        shown.page.keyboard.press("Tab")
    shown.page.keyboard.press("Enter")
    assert shown.page.input_value("#date") == "2027-01-12"


def test_only_rings_with_the_operating_system_are_shown(show: Show) -> None:
    shown = show("sample")
    rings = ring_views(sample())
    scan_only = next(ring.number for ring in rings if not ring.planned.journeys)
    for number, patches in enumerate(patch_classes(rings)):
        shown.page.select_option("#class", str(number))
        shown_rings = [row[0] for row in read(shown)]
        assert shown_rings == sorted(patches.journeys), system_name(patches.operating_system)
        assert scan_only not in shown_rings
