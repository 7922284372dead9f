"""The picture of the page that the README shows is the page as it is."""

import os
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops

from tests.browser.conftest import Show

SHOWN = Path(__file__).parents[2] / "docs" / "images" / "plan.png"
LARGEST = 60_000
"""Bytes of a picture that every reader of the README loads."""
SAME_SHADE = 32
"""Difference between two shades of grey, out of 255, that the reduced palette of the picture causes."""


def test_the_readme_shows_the_page_of_the_public_case(show: Show) -> None:
    drawn = _drawn(show)
    if "RENEW_PICTURE" in os.environ:
        drawn.quantize(colors=48, method=Image.Quantize.MEDIANCUT).save(SHOWN, optimize=True)
    with Image.open(SHOWN) as shown:
        assert _share_of_other_pixels(drawn, shown) < 0.01, "run `make readme`"
    assert SHOWN.stat().st_size < LARGEST


def test_another_page_is_another_picture(show: Show) -> None:
    with Image.open(SHOWN) as shown:
        assert _share_of_other_pixels(_drawn(show, plan="frozen"), shown) > 0.01


def _drawn(show: Show, *, plan: str = "public_case") -> Image.Image:
    page = show(plan).page
    page.set_viewport_size({"width": 1280, "height": 1000})
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


def _share_of_other_pixels(one: Image.Image, other: Image.Image) -> float:
    difference = ImageChops.difference(one.convert("L"), other.convert("RGB").convert("L"))
    histogram = difference.histogram()
    other_pixels: int = sum(histogram[SAME_SHADE:])
    size: int = one.width * one.height
    return other_pixels / size
