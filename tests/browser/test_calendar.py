"""The calendar of the page, in a real browser."""

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.browser.conftest import PHONE, Show
from tests.browser.plans import YEAR_END, frozen, sample

BERLIN = ZoneInfo("Europe/Berlin")
MARKS = """() => [...document.querySelectorAll('#days button.chip')].map(mark => [
    mark.closest('table').caption.textContent, mark.closest('td').querySelector('b').firstChild.textContent,
    Number(mark.dataset.ring), mark.getAttribute('aria-label')])"""


def between(from_: datetime, until: datetime) -> str:
    same_day = from_.date() == until.date()
    return (
        f"{from_:%a %Y-%m-%d %H:%M} to {until:%H:%M}"
        if same_day
        else (f"{from_:%a %Y-%m-%d %H:%M} to {until:%a %Y-%m-%d %H:%M}")
    )


def test_every_install_is_marked_with_its_local_and_utc_times(show: Show) -> None:
    marks = show("sample").page.evaluate(MARKS)
    expected = []
    for number, ring in enumerate(sample().rings):
        for window in ring.windows:
            assert isinstance(window.openings, tuple)
            for opening in window.openings if window.installs else ():
                from_, until = opening.from_.astimezone(BERLIN), opening.until.astimezone(BERLIN)
                expected.append(
                    [
                        f"{from_:%B %Y}",
                        str(from_.day),
                        number,
                        f"{ring.ring.name} installs · {between(from_, until)} Europe/Berlin · "
                        + between(from_.astimezone(UTC), until.astimezone(UTC))
                        + " UTC",
                    ]
                )
    assert len(expected) > 300
    assert sorted(map(str, marks)) == sorted(map(str, expected))


def test_daily_scans_are_said_once_and_not_drawn(show: Show) -> None:
    shown = show("sample")
    assert shown.page.locator("#days .scan").count() == 0
    assert (
        "Not drawn because they run every day: scans of dev, test every day, 05:00 to 07:00 Europe/Berlin"
        in (shown.text("#calendar"))
    )


def test_rings_differ_in_letter_colour_and_shape(show: Show) -> None:
    looks = show("sample").page.evaluate(
        """() => [...document.querySelectorAll('.legend .chip')].map(chip => {
            const style = getComputedStyle(chip);
            return [chip.textContent, style.backgroundColor, style.borderRadius];
        })"""
    )
    assert len(looks) == 4
    for place in range(3):
        assert len({look[place] for look in looks}) == 4


def test_freezes_releases_and_today_are_marked(show: Show) -> None:
    page = show("frozen").page
    days = page.locator("#days td.freeze")
    assert days.count() == (YEAR_END.until - YEAR_END.from_).days
    assert page.locator("#days td.release").count() == len(frozen().patch_tuesdays)
    assert page.locator("#days td.today b").inner_text().startswith("26")
    skipped = page.locator("#days button.frozen")
    assert skipped.count() == 1
    assert (skipped.get_attribute("aria-label") or "").endswith("in the freeze year end: does not count")
    assert page.locator("#days td.freeze button.frozen").count() == 1


def test_pointing_shows_the_times_and_escape_hides_them(show: Show) -> None:
    page = show("sample").page
    tip, mark = page.locator("#tip"), page.locator("#days button.chip").first
    assert tip.is_hidden()
    mark.hover()
    assert tip.inner_text().split("\n")[0] == "test installs"
    assert "Fri 2026-11-27 17:00 to 21:00 Europe/Berlin" in tip.inner_text()
    assert "Fri 2026-11-27 16:00 to 20:00 UTC" in tip.inner_text()
    page.keyboard.press("Escape")
    assert tip.is_hidden()


def test_the_pointer_can_go_to_the_details(show: Show) -> None:
    """See https://www.w3.org/TR/WCAG22/#content-on-hover-or-focus."""
    page = show("sample").page
    mark = page.locator("#days button.chip").nth(3)
    mark.hover()
    box = page.locator("#tip").bounding_box()
    place = mark.bounding_box()
    assert box is not None
    assert place is not None
    page.mouse.move(place["x"] + place["width"] / 2, box["y"] + box["height"] / 2, steps=40)
    assert page.locator("#tip").is_visible()
    page.mouse.move(1, 1, steps=5)
    assert page.locator("#tip").is_hidden()


def test_a_tap_shows_the_times_within_the_screen(show: Show) -> None:
    page = show("sample", width=PHONE, touch=True).page
    for mark in page.locator("#days button.chip:visible").all()[:12]:
        mark.tap()
        box = page.locator("#tip").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE


def test_a_finger_hits_a_mark(show: Show) -> None:
    """See https://www.w3.org/TR/WCAG22/#target-size-minimum."""
    sizes = show("sample", width=PHONE).page.evaluate(
        "[...document.querySelectorAll('#days button.chip')].filter(mark => mark.offsetParent)"
        ".map(mark => Math.min(mark.offsetWidth, mark.offsetHeight))"
    )
    assert min(sizes) >= 24


def test_arrow_keys_go_from_mark_to_mark(show: Show) -> None:
    page = show("sample").page
    marks = page.locator("#days button.chip")
    assert page.locator("#days button.chip[tabindex='0']").count() == 1
    marks.first.focus()
    assert page.locator("#tip").is_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == marks.nth(1).get_attribute("aria-label")
    assert focused.startswith(page.locator("#tip p").first.inner_text())
    page.keyboard.press("Tab")
    assert page.locator("#tip").is_hidden()
    assert not page.evaluate("document.activeElement.matches('#days button.chip')")


def test_a_ring_can_be_left_out(show: Show) -> None:
    page = show("sample").page
    page.locator("#calendar details summary").click()
    counts = Counter(mark[2] for mark in page.evaluate(MARKS))
    visible = page.locator("#days button.chip:visible")
    assert visible.count() == counts.total()
    page.locator("[data-show-ring='0']").uncheck()
    assert visible.count() == counts.total() - counts[0]
    assert page.locator("#days button.chip[data-ring='0']:visible").count() == 0
    page.locator("[data-show-ring='0']").check()
    assert visible.count() == counts.total()
