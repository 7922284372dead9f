"""`patching explain`: what a finding means and how to fix it."""

import argparse
import sys
from typing import Any

from patching_constructs.cli.exit_status import ExitStatus


def add_command(commands: Any) -> None:
    """Add the command to the parser's."""
    parser = commands.add_parser(
        "explain",
        help="explain what a finding means and how to fix it",
        description="Explain findings by their ids: level, meaning, example, fix and the page that they are "
        "based on. Exit status: 0 explained, 2 unknown id.",
    )
    parser.add_argument("ids", nargs="*", metavar="ID", help="id of a finding, such as ring-inversion")
    parser.add_argument("--all", action="store_true", help="explain all findings")
    parser.set_defaults(run=lambda options: _run(options, parser))


def _run(options: argparse.Namespace, parser: argparse.ArgumentParser) -> ExitStatus:
    from patching_constructs.cli.finding_explanations import as_text
    from patching_constructs.model.finding_kinds.catalogue import CATALOGUE

    if options.all == bool(options.ids):
        parser.error("expected either at least one ID, such as ring-inversion, or --all")
    ids = list(CATALOGUE) if options.all else list(dict.fromkeys(options.ids))
    unknown = [finding_id for finding_id in ids if finding_id not in CATALOGUE]
    if unknown:
        parser.error("; ".join(map(_unknown, unknown)))
    sys.stdout.write("\n".join(as_text(CATALOGUE[finding_id]) for finding_id in ids))
    return ExitStatus.CLEAN


def _unknown(finding_id: str) -> str:
    from difflib import get_close_matches

    from patching_constructs.model.finding_kinds.catalogue import CATALOGUE

    near = get_close_matches(finding_id.lower(), CATALOGUE, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "--all lists all findings"
    return f"unknown finding {finding_id!r}; {hint}"
