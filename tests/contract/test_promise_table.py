"""docs/guides/exposure.md has the public promises as the library judges them."""

import re
from datetime import timedelta
from pathlib import Path

from patching_constructs import PROMISES, Severity

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "exposure.md"
ROW = re.compile(
    r"^\| `(.+?)` \| (.+?) \| (.+?) \| (.+?) \| (.+?) \| (.+) \| \[text\]\((.+)\) \|$", re.MULTILINE
)


def test_the_guide_has_every_public_promise_with_its_numbers_note_and_source() -> None:
    reported = {}
    for name, *days, note, source in ROW.findall(GUIDE.read_text()):
        within = {
            severity: timedelta(days=int(text.removesuffix(" d")))
            for severity, text in zip(Severity, days, strict=True)
            if text != "-"
        }
        reported[name] = (within, note, source)
    assert reported == {
        promise.name: (dict(promise.within), promise.note, promise.source) for promise in PROMISES.values()
    }
