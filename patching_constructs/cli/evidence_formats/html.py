"""An evidence pack as one page with everything in it: nothing is loaded from anywhere, and nothing runs."""

import base64
import datetime as dt
import hashlib
from collections.abc import Sequence
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from patching_constructs._version import __version__
from patching_constructs.cli.evidence_formats.tables import Table
from patching_constructs.evidence.installations import Kept
from patching_constructs.evidence.pack import EvidencePack

_ROOM = "patching_constructs.cli.evidence_formats"
MOST_ROWS = 2000
"""Rows of a table on the page; all are in its CSV file."""


def format_evidence(pack: EvidencePack, tables: Sequence[Table], *, made_at: dt.datetime) -> str:
    """Render the pack as a page."""
    style = resources.files(_ROOM).joinpath("templates", "evidence.css").read_text(encoding="utf-8")
    environment = Environment(
        loader=PackageLoader(_ROOM),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    kept = [*(each.kept for each in pack.installed), *(each.kept for each in pack.unfinished)]
    return environment.get_template("evidence.html.jinja").render(
        version=__version__,
        style=style,
        style_hash="sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        pack=pack,
        tables=tables,
        made_at=made_at,
        most_rows=MOST_ROWS,
        late=kept.count(Kept.NO),
        unsure=kept.count(Kept.UNSURE),
    )
