"""docs/findings.md: all findings of the catalogue.

Renew it: `make findings`.
"""

import sys
from itertools import groupby

from patching_constructs.cli.finding_explanations import as_markdown
from patching_constructs.model.finding_kinds.catalogue import CATALOGUE

_INTRODUCTION = """# Findings

Every finding of `patching check`, `cdk synth` and `load_settings`. Ids are public contract.
`patching explain ID` prints an entry in a terminal.
A finding that cannot be decided from the templates is reported as info, with its reason.

This page is generated from `patching_constructs/model/finding_kinds/`: `make findings` renews it.
"""


def findings_page() -> str:
    """Return the page."""
    kinds = list(CATALOGUE.values())
    parts = [_INTRODUCTION]
    for area, of_area in groupby(kinds, key=lambda kind: kind.tags[0]):
        parts.append(f"## Area: {area}\n")
        parts += [f"### {kind.id}\n\n{as_markdown(kind)}" for kind in of_area]
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(findings_page())
