"""A real browser that shows the page, and watches what the page does."""

import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from patching_constructs.cli.plan_formats.html import format_html
from tests.browser.plans import PLANS

HERE = Path(__file__).parent
PACKED = HERE / ".chromium"
# Where the tests have to run, a missing browser is a failure: skipped tests would look like passed ones.
_REQUIRED = os.environ.get("BROWSER_TESTS") == "required"
WIDE, PHONE = 1280, 360

Scheme: TypeAlias = Literal["light", "dark"]


@dataclass
class Shown:
    """A page that is shown, and what it did that it should not.

    Attributes:
        page: The page.
        requests: What it asked for besides its own file.
        complaints: What the browser complained about: errors of scripts, breaches of the policy.
    """

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def text(self, selector: str) -> str:
        """Return the text of the first element."""
        return self.page.locator(selector).first.inner_text()


Show: TypeAlias = Callable[..., Shown]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = _launch(driver.chromium.launch)
        yield browser
        browser.close()


def _launch(launch: Callable[..., Browser]) -> Browser:
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        try:
            return launch(channel="chrome")
        except Error as error:
            if _REQUIRED:
                raise
            pytest.skip(f"Chrome did not start; tests of the page need it on this machine: {error.message}")
    executable = PACKED / "chromium"
    if not executable.exists():
        if _REQUIRED:
            pytest.fail("there is no browser: run `make browser`")
        pytest.skip("there is no browser: run `make browser`")
    return launch(
        executable_path=executable,
        args=["--headless=shell", "--lang=en-US"],
        env={
            **os.environ,
            "LD_LIBRARY_PATH": str(PACKED / "al2023" / "lib"),
            "FONTCONFIG_FILE": str(PACKED / "fonts" / "fonts.conf"),
        },
    )


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Write the page of a plan, once."""
    folder = tmp_path_factory.mktemp("pages")

    def write(name: str) -> Path:
        file = folder / f"{name}.html"
        if not file.exists():
            file.write_text(format_html(PLANS[name]()), encoding="utf-8", newline="\n")
        return file

    return write


@pytest.fixture
def show_file(browser: Browser) -> Iterator[Show]:
    """Show a file without a network; the page may do what it wants."""
    contexts = []

    def show(
        file: Path, *, width: int = WIDE, scheme: Scheme = "light", scripts: bool = True, touch: bool = False
    ) -> Shown:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            java_script_enabled=scripts,
            has_touch=touch,
            locale="en-US",
            timezone_id="Asia/Tokyo",
        )
        contexts.append(context)
        context.set_offline(True)
        shown = Shown(page=context.new_page())
        address = file.as_uri()
        shown.page.on(
            "request", lambda request: None if request.url == address else shown.requests.append(request.url)
        )
        shown.page.on("pageerror", lambda error: shown.complaints.append(str(error)))
        shown.page.on("console", lambda message: shown.complaints.append(message.text))
        shown.page.goto(address)
        return shown

    yield show
    for context in contexts:
        context.close()


@pytest.fixture
def show(show_file: Show, files: Callable[[str], Path]) -> Iterator[Show]:
    """Show the page of a plan, which must ask for nothing and be complained about by no one."""
    every: list[Shown] = []

    def show_plan(name: str, **how: object) -> Shown:
        shown = show_file(files(name), **how)
        every.append(shown)
        return shown

    yield show_plan
    for shown in every:
        assert shown.requests == []
        assert shown.complaints == []
