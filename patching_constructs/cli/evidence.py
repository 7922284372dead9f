"""`patching evidence`: what the history of a period proves, for auditors."""

import argparse
import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patching_constructs.cli.exit_status import ExitStatus
from patching_constructs.cli.unusable_input import ended_by_unusable_input

if TYPE_CHECKING:
    from patching_constructs.contracts.history_row import HistoryRow
    from patching_constructs.evidence.pack import EvidencePack, Intent
    from patching_constructs.model.exemption import ExemptionRecord
    from patching_constructs.settings.exemption import ExemptionSettings
    from patching_constructs.settings.settings import Settings

_DAMAGES_SHOWN = 10


def add_command(commands: Any) -> None:
    """Add the command to the parser's."""
    parser = commands.add_parser(
        "evidence",
        help="write evidence of promises and installations in a period, for auditors",
        description="Write for a period what was promised, what was installed when and where, exceptions "
        "with owner and last day, and the proof of ring order: a page and CSV files, from the history that "
        "ComplianceHistory keeps. Exit status: 0 written, whatever the result; 2 unusable input.",
    )
    parser.add_argument(
        "history",
        metavar="PATH",
        type=Path,
        help="folder with files of the history: aws s3 sync s3://BUCKET/nodes PATH/nodes",
    )
    parser.add_argument("--from", dest="from_", metavar="DATE", required=True, help="first day, in UTC")
    parser.add_argument("--until", metavar="DATE", required=True, help="day after the last")
    parser.add_argument(
        "--output", metavar="FOLDER", type=Path, required=True, help="write the page and the CSV files there"
    )
    parser.add_argument(
        "--templates",
        nargs="+",
        metavar="PATH",
        default=[],
        dest="paths",
        help="templates or cdk.out with the promises and the ring order to prove (default: none)",
    )
    parser.add_argument(
        "--settings",
        metavar="FILE",
        type=Path,
        help="take promises, freezes and exemptions from a patching.yaml",
    )
    parser.add_argument(
        "--acknowledgements",
        metavar="FILE",
        type=Path,
        help="accepted findings (default: patching-acknowledgements.yaml, if there is one)",
    )
    parser.add_argument(
        "--rings",
        metavar="RINGS",
        help="rings of the templates, earliest first, as patch groups (default: the metadata of "
        "patching-constructs)",
    )
    parser.set_defaults(
        production=None,
        freezes=[],
        prices=None,
        promises=[],
        visibility_lag_days=None,
        run=lambda options: ended_by_unusable_input(parser, lambda: _run(options)),
    )


def _run(options: argparse.Namespace) -> ExitStatus:
    from patching_constructs.cli.evidence_formats.csv_text import format_csv
    from patching_constructs.cli.evidence_formats.evidence_tables import tables
    from patching_constructs.cli.evidence_formats.html import format_evidence

    pack = _pack(options)
    shown = tables(pack)
    files = {f"{table.name}.csv": format_csv(table) for table in shown}
    files["evidence.html"] = format_evidence(pack, shown, made_at=dt.datetime.now(dt.UTC))
    _write(options.output, files)
    for place, reason in pack.damages[:_DAMAGES_SHOWN]:
        _say(f"not read: {place}: {reason}")
    if pack.damages:
        _say(f"{len(pack.damages)} files or lines could not be read; all are in damaged.csv")
    if pack.over_until < pack.until:
        _say(f"the period is not over: there is no data from {pack.over_until} on")
    if pack.days_without:
        _say(f"{pack.days_without} days without a report; they are in reports.csv")
    sys.stdout.write(
        f"{options.output / 'evidence.html'} and {len(shown)} CSV files: {len(pack.installed)} installed, "
        f"{len(pack.unfinished)} left to do\n"
    )
    return ExitStatus.CLEAN


def _pack(options: argparse.Namespace) -> "EvidencePack":
    from patching_constructs.cli.arguments import ArgumentError, parse_horizon
    from patching_constructs.evidence.history_files import Damage, read_history
    from patching_constructs.evidence.pack import build_evidence

    today = dt.datetime.now(dt.UTC).date()
    horizon = parse_horizon(options.from_, options.until, today=today)
    from_, until = horizon.from_.date(), horizon.until.date()
    if options.output.exists() and not options.output.is_dir():
        message = f"--output: expected a folder, got the file {str(options.output)!r}"
        raise ArgumentError(message)
    intent = _intent(options, today)
    damages: list[tuple[str, str]] = []

    def rows() -> "Iterator[HistoryRow]":
        for entry in read_history(options.history, before=until):
            if isinstance(entry, Damage):
                place = entry.file if entry.line is None else f"{entry.file}:{entry.line}"
                damages.append((place, entry.reason))
            else:
                yield entry

    return build_evidence(
        rows(),
        from_=from_,
        until=until,
        today=today,
        intent=intent,
        damages=damages,
    )


def _intent(options: argparse.Namespace, today: dt.date) -> "Intent":
    """Read what templates, settings and acknowledgements say."""
    from patching_constructs.evidence.pack import Intent
    from patching_constructs.model.finding_kinds.finding_id import FindingId
    from patching_constructs.plan.build import build_plan
    from patching_constructs.settings.loader import load_settings
    from patching_constructs.templates.acknowledgement_file import DEFAULT_FILE, read_acknowledgements

    settings = None if options.settings is None else load_settings(options.settings)
    exemptions = None if settings is None else tuple(map(_exemption, settings.exemptions))
    places = () if settings is None else tuple(_places(settings))
    if options.paths:
        from patching_constructs.cli.scenario_options import read_scenario

        scenario = read_scenario(options, today=today)
        plan = build_plan(scenario.estates[0], scenario.options, findings=(), today=today)
        return Intent(
            promises={ring.ring.name: ring.promises for ring in plan.rings if ring.promises},
            order=plan.order,
            ranks={ring.ring.name: ring.ring.order for ring in plan.rings if ring.ring.order},
            places=places,
            exemptions=exemptions,
            acknowledgements=scenario.acknowledgements,
        )
    file = options.acknowledgements
    if file is None and DEFAULT_FILE.is_file():
        file = DEFAULT_FILE
    return Intent(
        promises={} if settings is None else {ring: tuple(of) for ring, of in settings.promises.items()},
        order=None,
        ranks={} if settings is None else {ring.name: rank for rank, ring in enumerate(settings.rings)},
        places=places,
        exemptions=exemptions,
        acknowledgements=() if file is None else read_acknowledgements(file, finding_ids=set(FindingId)),
    )


def _exemption(entry: "ExemptionSettings") -> "tuple[ExemptionRecord, tuple[str, ...]]":
    return entry.to_value(), tuple(entry.accounts)


def _places(settings: "Settings") -> "Iterator[tuple[str, str, str]]":
    """Yield rollout, account and Region of all that should be reported."""
    for account in settings.workload_accounts:
        if settings.rings_of(account):
            for region in settings.regions:
                yield settings.rollout_name, account.id, region


def _write(folder: Path, files: dict[str, str]) -> None:
    from patching_constructs.cli.arguments import ArgumentError

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        message = f"--output: cannot be written, got {str(folder)!r}: {reason}"
        raise ArgumentError(message) from error


def _say(text: str) -> None:
    print(f"patching: {text}", file=sys.stderr)  # noqa: T201 - the command line speaks
