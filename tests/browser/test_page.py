"""The page as a whole, in a real browser."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patching_constructs.cli.plan_formats.page.ring_rows import ring_views
from tests.browser.conftest import HERE, PHONE, WIDE, Scheme, Show, Shown
from tests.browser.plans import HOSTILE, PLANS, hostile

AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCROLL_WIDTH = "document.documentElement.scrollWidth"


def axe(shown: Shown) -> list[str]:
    """Run the accessibility rules over all that can be unfolded, but for the months of a second year."""
    shown.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    shown.page.evaluate(AXE.read_text())
    result: dict[str, Any] = shown.page.evaluate(
        "rules => axe.run({exclude: ['#days details']}, {resultTypes: ['violations'], runOnly: rules})",
        RULES,
    )
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:200]}"
        for violation in result["violations"]
        for node in violation["nodes"][:3]
    ]


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        ("sample", WIDE, "light"),
        ("sample", PHONE, "dark"),
        ("frozen", WIDE, "dark"),
        ("frozen", PHONE, "light"),
        ("hostile", PHONE, "light"),
    ],
)
def test_everybody_can_use_it(show: Show, name: str, width: int, scheme: Scheme) -> None:
    assert axe(show(name, width=width, scheme=scheme)) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("name", PLANS)
def test_it_fits(show: Show, name: str, width: int, scheme: Scheme) -> None:
    page = show(name, width=width, scheme=scheme).page
    assert page.evaluate(SCROLL_WIDTH) == width
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert page.evaluate(SCROLL_WIDTH) == width


def test_the_accessibility_rules_bite(show: Show) -> None:
    shown = show("frozen")
    shown.page.evaluate("document.body.style.color = '#bbbbbb'")
    shown.page.evaluate(
        "document.querySelector('#date').closest('label').replaceWith(document.querySelector('#date'))"
    )
    violations = axe(shown)
    assert any(violation.startswith("color-contrast (serious)") for violation in violations)
    assert any(violation.startswith("label (critical)") for violation in violations)


def test_too_wide_a_table_would_be_noticed(show: Show) -> None:
    shown = show("frozen", width=PHONE)
    shown.page.evaluate("document.querySelector('#quotas table').style.minWidth = '500px'")
    assert shown.page.evaluate(SCROLL_WIDTH) > PHONE


def test_a_dark_room_gets_a_dark_page(show: Show) -> None:
    brightness = {}
    for scheme in ("light", "dark"):
        page = show("frozen", scheme=scheme).page
        for part in ("body", "#calendar", "#calendar .chip"):
            colour = page.evaluate(f"getComputedStyle(document.querySelector('{part}')).backgroundColor")
            brightness[scheme, part] = sum(int(each) for each in colour[4:-1].split(","))
    assert brightness["light", "body"] > 600 > 150 > brightness["dark", "body"]
    assert brightness["light", "#calendar"] > brightness["dark", "#calendar"]
    assert brightness["light", "#calendar .chip"] < brightness["dark", "#calendar .chip"]


def test_it_is_complete_without_scripts(show: Show) -> None:
    shown = show("sample", scripts=False)
    for section in ("calendar", "timeline", "exposure", "order", "quotas", "costs", "findings", "about"):
        assert len(shown.text(f"#{section}")) > 100, section
    assert shown.page.locator("[data-stop]:visible").count() == 4
    assert "The date can be picked where scripts are allowed" in shown.text("#timeline")


def test_it_prints_what_is_folded(show: Show) -> None:
    page = show("sample", scheme="dark").page
    page.emulate_media(media="print")
    assert page.locator("nav").is_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.chip')).color") == "rgb(255, 255, 255)"
    assert page.locator("#findings details").first.get_attribute("open") is None
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


def test_headings_and_landmarks_have_an_order(show: Show) -> None:
    page = show("sample").page
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(each => each.tagName)")
    assert levels[0] == "H1"
    assert levels.count("H1") == 1
    assert page.evaluate("[...document.querySelectorAll('table')].every(each => each.caption !== null)")
    assert page.locator("main, header, nav").count() == 3


def test_the_keyboard_gets_past_the_headline(show: Show) -> None:
    page = show("sample").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the plan"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("level", ["error", "warning", "info"])
def test_findings_can_be_left_out(show: Show, level: str) -> None:
    page = show("frozen").page
    found = page.locator(f"#findings [data-level={level}]:visible")
    others = page.locator(f"#findings .finding:not([data-level={level}]):visible")
    count, rest = found.count(), others.count()
    assert count > 0
    page.locator(f"[data-show-level={level}]").uncheck()
    assert (found.count(), others.count()) == (0, rest)
    page.locator(f"[data-show-level={level}]").check()
    assert found.count() == count


# --- names that want to break out ---


def test_hostile_names_stay_names(show: Show) -> None:
    shown = show("hostile")
    page = shown.page
    assert page.title().startswith("Patching plan, 2026-11-26")
    assert page.locator("img, b:not(td b)").count() == 0
    assert page.locator("script").count() == 2
    names = page.locator(".rings .ring h2").evaluate_all(
        "all => all.map(each => [...each.childNodes].filter(node => node.nodeType === 3)"
        ".map(node => node.textContent).join('').trim())"
    )
    assert names == [ring.name for ring in ring_views(hostile())]
    assert all(HOSTILE in name for name in names)
    data = json.loads(
        page.locator("#journeys").inner_text() or page.locator("#journeys").text_content() or ""
    )
    assert [ring["name"] for ring in data["rings"]] == names
    mark = page.locator("#days button.chip").first
    assert HOSTILE in (mark.get_attribute("aria-label") or "")
    mark.focus()
    assert HOSTILE.replace("\u2028", "") in shown.page.locator("#tip").inner_text().replace("\u2028", "")
    assert page.locator("#tip *:not(p)").count() == 0


# --- twins: what the fixtures must notice ---


def altered(files: Callable[[str], Path], folder: Path, *, before: str, extra: str) -> Path:
    text = files("frozen").read_text(encoding="utf-8")
    assert text.count(before) == 1
    file = folder / "altered.html"
    file.write_text(text.replace(before, extra + before), encoding="utf-8", newline="\n")
    return file


@pytest.mark.parametrize(
    "extra",
    [
        '<img src="https://example.com/pixel.png" alt="">',
        '<link rel="stylesheet" href="https://example.com/page.css">',
        '<script src="https://example.com/page.js"></script>',
        '<iframe src="https://example.com/" title="frame"></iframe>',
        "<script>document.title = 'changed'</script>",
        "<style>body { color: red }</style>",
        '<p style="color: red">red</p>',
        "<p onclick=\"document.title = 'changed'\">click</p>",
    ],
)
def test_the_policy_forbids_what_is_not_ours(
    show_file: Show, files: Callable[[str], Path], tmp_path: Path, extra: str
) -> None:
    shown = show_file(altered(files, tmp_path, before="</main>", extra=extra))
    for element in shown.page.locator("[onclick]").all():
        element.click()
    shown.page.wait_for_timeout(50)
    assert any("Content Security Policy" in complaint for complaint in shown.complaints)
    assert shown.page.title() != "changed"
    assert shown.page.evaluate("getComputedStyle(document.body).color") != "rgb(255, 0, 0)"


def test_a_request_would_be_noticed(show_file: Show, files: Callable[[str], Path], tmp_path: Path) -> None:
    text = files("frozen").read_text(encoding="utf-8")
    start = text.index('<meta http-equiv="Content-Security-Policy"')
    file = tmp_path / "without-policy.html"
    file.write_text(
        (text[:start] + text[text.index(">", start) + 1 :]).replace(
            "</main>", '<img src="https://example.com/pixel.png" alt=""></main>'
        ),
        encoding="utf-8",
    )
    assert show_file(file).requests == ["https://example.com/pixel.png"]


def test_a_script_with_a_fault_would_be_noticed(
    show_file: Show, files: Callable[[str], Path], tmp_path: Path
) -> None:
    text = files("frozen").read_text(encoding="utf-8")
    file = tmp_path / "no-data.html"
    file.write_text(text.replace('id="journeys"', 'id="nothing"'), encoding="utf-8", newline="\n")
    assert any("null" in complaint for complaint in show_file(file).complaints)
