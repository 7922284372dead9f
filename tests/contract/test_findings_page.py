"""docs/findings.md is that of the catalogue, with one anchor for each id."""

import re
from pathlib import Path

from patching_constructs.model.finding_kinds.finding_id import FindingId
from tests.contract.findings_page import findings_page

PAGE = Path(__file__).parents[2] / "docs" / "findings.md"


def test_the_page_is_that_of_the_catalogue() -> None:
    assert PAGE.read_text("utf-8") == findings_page(), "renew it: make findings"


def test_each_id_has_one_anchor() -> None:
    headings = re.findall(r"^### (\S+)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(headings) == sorted(FindingId)
