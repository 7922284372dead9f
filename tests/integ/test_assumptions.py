"""The fixtures have what our functions read, and observations are about assumptions that are on the page."""

import re
from pathlib import Path

from tests.integ import answers
from tests.integ.assumptions import OBSERVERS, slugs

ROOT = Path(__file__).parents[2]


def test_each_operation_that_our_functions_read_with_is_among_the_fixtures() -> None:
    sources = [
        path.read_text(encoding="utf-8") for path in (ROOT / "patching_constructs" / "lambdas").rglob("*.py")
    ]
    read = {
        operation
        for source in sources
        for operation in re.findall(r"\b((?:describe|list|get)_[a-z_]+)\b", source)
        if operation != "get_paginator" and re.search(rf"(?:ssm|ec2)\.{operation}\(|\"{operation}\"", source)
    }
    assert len(read) >= 12
    recorded = Path(answers.__file__).read_text(encoding="utf-8")
    assert {operation for operation in read if f'"{operation}"' not in recorded} == set()


def test_observations_are_about_sections_of_the_page() -> None:
    assert OBSERVERS.keys() <= set(slugs())
    assert len(slugs()) >= 4
