"""The page of an evidence pack in a browser: it asks for nothing, and fits a phone and a sheet of paper."""

import datetime as dt
from pathlib import Path

import pytest

from patching_constructs.cli.evidence_formats.evidence_tables import tables
from patching_constructs.cli.evidence_formats.html import format_evidence
from patching_constructs.contracts.history_row import HistoryProblem, HistoryRow
from patching_constructs.evidence.pack import Intent, build_evidence
from patching_constructs.model.patch_state import PatchState
from tests.browser.conftest import PHONE, WIDE, Scheme, Show

NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
INTENT = Intent(promises={}, order=None, ranks={}, places=(), exemptions=None, acknowledgements=())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write the page about a node that has installed one patch of two."""
    problems = tuple(
        HistoryProblem(
            patch=patch,
            state=PatchState.MISSING,
            severity="CRITICAL",
            first_seen=NOON,
            published=None,
            is_exempt=False,
        )
        for patch in ("kernel", "a-package-with-a-name-that-is-longer-than-any-line-of-a-phone-can-be")
    )
    rows = [
        HistoryRow(
            rollout="web",
            account="666666666666",
            region="eu-central-1",
            seen_at=seen_at,
            ring="prod",
            patch_group="prod-web",
            operating_system="AMAZON_LINUX_2023",
            node_id="i-00000000000000001",
            node_name="web-1",
            is_managed=True,
            is_exempt=False,
            reported_at=seen_at,
            baseline_id="pb-1",
            unread=None,
            problems=left,
        )
        for seen_at, left in ((NOON, problems), (NOON + dt.timedelta(hours=6), problems[1:]))
    ]
    pack = build_evidence(
        rows,
        from_=dt.date(2026, 12, 1),
        until=dt.date(2026, 12, 2),
        today=dt.date(2026, 12, 2),
        intent=INTENT,
        damages=[],
    )
    page = tmp_path / "evidence.html"
    page.write_text(format_evidence(pack, tables(pack), made_at=NOON), encoding="utf-8")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_it_asks_for_nothing_and_is_no_wider_than_the_screen(
    show_file: Show, file: Path, width: int, scheme: Scheme
) -> None:
    shown = show_file(file, width=width, scheme=scheme, scripts=False)
    assert (shown.requests, shown.complaints) == ([], [])
    assert shown.page.locator("h2").count() == shown.page.locator("section").count() == 10
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width


def test_ids_and_times_stand_on_one_line_and_long_text_does_not(show_file: Show, file: Path) -> None:
    page = show_file(file).page
    one_line = page.locator("#installed tbody tr").first.bounding_box()
    two_lines = page.locator("#open tbody tr").first.bounding_box()
    assert one_line is not None
    assert two_lines is not None
    assert one_line["height"] < 40 < two_lines["height"]


def test_it_prints_every_column(show_file: Show, file: Path) -> None:
    page = show_file(file, width=1000).page
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1000
