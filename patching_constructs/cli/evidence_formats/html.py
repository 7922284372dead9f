"""An evidence pack as one page with everything in it: nothing is loaded from anywhere, and nothing runs."""

import base64
import datetime as dt
import hashlib
from collections.abc import Sequence
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from patching_constructs._version import __version__
from patching_constructs.cli.evidence_formats.evidence_tables import EvidenceTable
from patching_constructs.evidence.installations import Kept
from patching_constructs.evidence.order_seen import InOrder
from patching_constructs.evidence.pack import EvidencePack
from patching_constructs.model.patch_state import PatchState

_ROOM = "patching_constructs.cli.evidence_formats"
MOST_ROWS = 2000
"""Rows of a table on the page; all are in its CSV file."""
MOST_CHARACTERS = 32
"""Characters of a cell that stay on one line."""


def format_evidence(pack: EvidencePack, tables: Sequence[EvidenceTable], *, made_at: dt.datetime) -> str:
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
    return environment.get_template("evidence.html.jinja").render(
        version=__version__,
        style=style,
        style_hash="sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        pack=pack,
        tables=tables,
        made_at=made_at,
        most_rows=MOST_ROWS,
        most_characters=MOST_CHARACTERS,
        headline=headline(pack),
    )


def headline(pack: EvidencePack) -> tuple[tuple[str, int | str], ...]:
    """Count what an auditor looks at first; an unknown count is not shown as zero."""
    kept = [*(each.kept for each in pack.installed), *(each.kept for each in pack.unfinished)]
    states = [each.problem.state for each in pack.unfinished if each.kept is not Kept.EXEMPT]
    waiting = states.count(PatchState.INSTALLED_PENDING_REBOOT)
    order = [each.in_order for each in pack.order_seen]
    return (
        ("Installed", len(pack.installed)),
        ("Missing or failed at the end", len(states) - waiting),
        ("Waiting for a reboot", waiting),
        ("Later than promised", kept.count(Kept.NO) if pack.intent.promises else "nothing promised"),
        ("Not decided", kept.count(Kept.UNSURE)),
        ("Later ring first", order.count(InOrder.NO) if pack.intent.ranks else "not compared"),
        ("Nodes in unknown state", len(pack.unknown_nodes)),
        ("Days without a report", pack.days_without),
        ("Files and lines not read", len(pack.damages)),
    )
