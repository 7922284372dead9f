"""Exemptions in patching.yaml: what the library gets of them, and when the file warns."""

import datetime as dt
from pathlib import Path

import pytest

from patching_constructs import Exemption, FindingId, Level, Settings, load_settings
from tests.settings.sample import changed, mistakes

TEXT = """\
exemptions:
  - owner: web team
    reason: >
      The vendor needs
      the older kernel.
    ticket: CHG-1
    expires: 2027-03-31
    nodes: web-*
    patches: kernel*
    patch_groups: [prod-web]
    accounts: [prod]
  - {owner: all, reason: a, ticket: CHG-2, expires: 2027-06-30, nodes: i-0a}
baselines:
"""
EVERYWHERE = Exemption(owner="all", reason="a", ticket="CHG-2", expires=dt.date(2027, 6, 30), nodes="i-0a")


def loaded(folder: Path, *, today: dt.date) -> Settings:
    path = folder / "patching.yaml"
    path.write_text(changed(("baselines:\n", TEXT)), encoding="utf-8")
    return load_settings(path, today=today)


def test_an_account_gets_the_exemptions_that_are_meant_for_it(tmp_path: Path) -> None:
    settings = loaded(tmp_path, today=dt.date(2026, 12, 1))
    dev, prod = settings.workload_accounts
    assert settings.exemptions_of(dev) == (EVERYWHERE,)
    web, everywhere = settings.exemptions_of(prod)
    assert everywhere == EVERYWHERE
    assert (web.owner, web.ticket, web.expires) == ("web team", "CHG-1", dt.date(2027, 3, 31))
    assert (web.nodes, web.patches, web.patch_groups) == ("web-*", "kernel*", ("prod-web",))
    assert settings.exemption_values == (web, everywhere)
    assert settings.warnings == ()


@pytest.mark.parametrize(
    ("today", "reported"),
    [
        (dt.date(2027, 3, 31), []),
        (dt.date(2027, 4, 1), [(FindingId.EXEMPTION_EXPIRED, "exemptions[0].expires", 16)]),
        (
            dt.date(2027, 7, 1),
            [
                (FindingId.EXEMPTION_EXPIRED, "exemptions[0].expires", 16),
                (FindingId.EXEMPTION_EXPIRED, "exemptions[1].expires", 21),
            ],
        ),
        (dt.date(2026, 6, 29), []),
        (dt.date(2026, 6, 28), [(FindingId.EXEMPTION_EXPIRY_FAR_AHEAD, "exemptions[1].expires", 21)]),
    ],
)
def test_the_file_warns_of_what_has_expired_or_holds_too_long(
    tmp_path: Path, today: dt.date, reported: list[tuple[str, str, int]]
) -> None:
    settings = loaded(tmp_path, today=today)
    assert [
        (warning.id, warning.field, warning.location.line)
        for warning in settings.exemption_warnings
        if warning.location is not None
    ] == reported
    assert {warning.level for warning in settings.exemption_warnings} <= {Level.WARNING}
    assert settings.warnings == settings.exemption_warnings


def test_an_expired_exemption_keeps_its_place_so_that_reports_can_count_it(tmp_path: Path) -> None:
    settings = loaded(tmp_path, today=dt.date(2028, 1, 1))
    assert len(settings.exemptions_of(settings.workload_accounts[1])) == 2


def test_mistakes_of_exemptions_are_reported_together(tmp_path: Path) -> None:
    text = changed(
        (
            "baselines:\n",
            "exemptions:\n  - {reason: a, ticket: b, expires: soon, patch_groups: [x]}\nbaselines:\n",
        )
    )
    assert sorted(mistake.split(": ")[:3] for mistake in mistakes(tmp_path, text)) == [
        ["patching.yaml:11", "exemptions[0].expires", "not of the right form, got 'soon'; allowed"],
        ["patching.yaml:11", "exemptions[0].owner", "missing, got nothing; allowed"],
        [
            "patching.yaml:11",
            "exemptions[0].patch_groups[0]",
            "no patch group has this name, got 'x'; allowed",
        ],
    ]
