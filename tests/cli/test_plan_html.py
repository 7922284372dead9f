"""The page of `patching plan`, as a file."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from patching_constructs.cli import main
from patching_constructs.cli.plan_formats.html import format_html
from tests.browser.plans import HOSTILE, PLANS, frozen, hostile, sample

CASE = str(Path(__file__).parents[1] / "cases" / "noaa-hydrovis-615-fix" / "template.yaml")


class Reader(HTMLParser):
    """Collects what a page consists of."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.content: dict[str, list[str]] = {"script": [], "style": []}
        self._inside: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in self.content:
            self._inside = tag
            self.content[tag].append("")

    def handle_data(self, data: str) -> None:
        if self._inside is not None:
            self.content[self._inside][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = None


@pytest.mark.parametrize("name", PLANS)
def test_the_policy_names_the_script_and_the_style_of_the_page(name: str) -> None:
    page = Reader(format_html(PLANS[name]()))
    policy = next(
        attributes["content"] or ""
        for tag, attributes in page.tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    (style,) = page.content["style"]
    data, script = page.content["script"]
    hashes = [
        "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (style, script)
    ]
    assert policy == (
        f"default-src 'none'; style-src '{hashes[0]}'; script-src '{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert json.loads(data)["rings"]


@pytest.mark.parametrize("name", PLANS)
def test_nothing_is_loaded_and_nothing_is_inline(name: str) -> None:
    for tag, attributes in Reader(format_html(PLANS[name]())).tags:
        assert tag not in {"img", "link", "iframe", "object", "embed", "base", "video", "audio", "source"}
        assert not {"src", "srcset", "style", "action", "data"} & attributes.keys()
        assert not [each for each in attributes if each.startswith("on")]
        if "href" in attributes:
            assert tag == "a"
            assert (attributes["href"] or "").startswith(("#", "https://"))
    style = Reader(format_html(frozen())).content["style"][0]
    assert re.findall(r"url\((.*?)\)", style) == ['"#hatch"', '"#hatch"', '"#dots"']
    assert "@import" not in style


def test_two_years_of_the_sample_stay_small() -> None:
    assert 100_000 < len(format_html(sample()).encode()) < 400_000


def test_hostile_names_are_escaped_everywhere() -> None:
    text = format_html(hostile())
    assert "<img" not in text
    assert text.count("</script>") == 2
    data = Reader(text).content["script"][0]
    assert "<" not in data
    assert "\u2028" not in data
    assert HOSTILE in json.loads(data)["rings"][0]["name"]


def test_a_source_that_is_no_address_is_no_link() -> None:
    hrefs = [
        attributes.get("href") or "" for tag, attributes in Reader(format_html(hostile())).tags if tag == "a"
    ]
    assert not [href for href in hrefs if "javascript" in href]


def test_it_says_what_it_cannot_know() -> None:
    assert "These results are computed from schedules. No instance was queried." in format_html(frozen())


# --- the command ---


def run(*arguments: str) -> int:
    try:
        return main(["plan", *arguments])
    except SystemExit as error:
        return int(str(error.code))


def test_the_command_writes_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(CASE, "--rings", "dev,prod", "--format", "html") == 0
    assert capsys.readouterr().out.startswith("<!doctype html>")


@pytest.mark.parametrize("format_", ["html", "json"])
def test_the_plan_goes_into_a_file(format_: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "plan"
    options = (CASE, "--rings", "dev,prod", "--from", "2026-11-23", "--format", format_)
    assert run(*options, "--output", str(file)) == 0
    assert capsys.readouterr().out == ""
    assert run(*options) == 0
    assert file.read_text(encoding="utf-8") == capsys.readouterr().out


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "missing" / "plan.html"
    assert run(CASE, "--rings", "dev,prod", "--format", "html", "--output", str(file)) == 2
    assert (
        f"--output: cannot be written, got {str(file)!r}: no such file or directory"
        in capsys.readouterr().err
    )
