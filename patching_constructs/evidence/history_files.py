"""Files of the history, as `aws s3 sync` downloads them."""

import datetime as dt
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patching_constructs.contracts.history_row import HistoryProblem, HistoryRow
from patching_constructs.model.location import Location
from patching_constructs.model.patch_state import PatchState
from patching_constructs.templates.template_error import ReadingError

SCHEMA_VERSION = 1
_PARTITIONS = ("rollout", "account", "region", "day")
# Unit: bytes. A node with ten thousand problems needs two.
_LONGEST_LINE = 16 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Damage:
    """A file, or a line of one, that could not be read.

    Attributes:
        file: The file, below the folder.
        line: The line, or None for the file from there on.
        reason: Why.
    """

    file: str
    line: int | None
    reason: str


def history_files(folder: Path, *, before: dt.date) -> list[tuple[Path, Mapping[str, str]] | Damage]:
    """List the files of the days before `before` with their partitions, in the order of reports.

    Raises:
        ReadingError: If the folder cannot be read or has no such file.
    """
    # Path joins the two slashes of an address, so the message would show a folder that no one typed.
    if str(folder).startswith(("s3:/", "https:/")):
        message = "an address, not a folder; download it first: aws s3 sync s3://BUCKET/nodes FOLDER/nodes"
        raise ReadingError(message, location=Location(file=str(folder)))
    if not folder.is_dir():
        raise ReadingError("no folder", location=Location(file=str(folder)))
    files = sorted(folder.rglob("*.json.gz"))
    if not files:
        message = "no file of the history below it; allowed: a folder with rollout=.../account=.../*.json.gz"
        raise ReadingError(message, location=Location(file=str(folder)))
    found: list[tuple[Path, Mapping[str, str]] | Damage] = []
    for file in files:
        inside = file.relative_to(folder)
        # The given folder may be that of one account, so the partitions above it count too.
        partitions = dict(part.split("=", 1) for part in file.absolute().parts[:-1] if "=" in part)
        if missing := [name for name in _PARTITIONS if name not in partitions]:
            found.append(
                Damage(file=str(inside), line=None, reason=f"no folder {missing[0]}=... above the file")
            )
        # ISO dates sort as text.
        elif partitions["day"] < before.isoformat():
            found.append((file, partitions))
    return found


def read_history(folder: Path, *, before: dt.date) -> Iterator[HistoryRow | Damage]:
    """Read all rows of the days before `before`, report by report in each account and Region.

    Raises:
        ReadingError: If the folder cannot be read or has no file of the history.
    """
    for entry in history_files(folder, before=before):
        if isinstance(entry, Damage):
            yield entry
            continue
        file, partitions = entry
        yield from _read_file(file, str(file.relative_to(folder)), partitions)


def _read_file(file: Path, name: str, partitions: Mapping[str, str]) -> Iterator[HistoryRow | Damage]:
    number = 0
    try:
        with gzip.open(file) as opened:
            # With a limit, because a damaged file may have no line end and would be read into memory as a
            # whole.
            while line := opened.readline(_LONGEST_LINE):
                number += 1
                try:
                    yield _row(json.loads(line), partitions)
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                    yield Damage(file=name, line=number, reason=_reason(error))
    # A file that was cut off is readable up to there, and its rows count.
    except (OSError, EOFError, zlib.error) as error:
        reason = f"not readable after line {number}: {error}"
        yield Damage(file=name, line=None, reason=reason)


def _reason(error: Exception) -> str:
    match error:
        case json.JSONDecodeError():
            return f"no JSON: {error.msg}"
        case KeyError():
            return f"a column is missing: {error.args[0]}"
        case RecursionError():
            return "no row: nested too deep"
    return f"no row: {error}"


def _row(data: Any, partitions: Mapping[str, str]) -> HistoryRow:
    if not isinstance(data, dict):
        message = "not an object"
        raise TypeError(message)
    if data["schema_version"] != SCHEMA_VERSION:
        message = f"schema_version {data['schema_version']!r}; this version reads {SCHEMA_VERSION}"
        raise ValueError(message)
    return HistoryRow(
        rollout=partitions["rollout"],
        account=partitions["account"],
        region=partitions["region"],
        seen_at=_time(data["seen_at"]),
        ring=_text(data, "ring"),
        patch_group=_text(data, "patch_group"),
        operating_system=_optional_text(data, "operating_system"),
        node_id=_text(data, "node_id"),
        node_name=_optional_text(data, "node_name"),
        is_managed=_flag(data, "managed"),
        is_exempt=_flag(data, "exempt"),
        reported_at=None if data["reported_at"] is None else _time(data["reported_at"]),
        baseline_id=_optional_text(data, "baseline_id"),
        unread=_optional_text(data, "unread"),
        problems=tuple(
            HistoryProblem(
                patch=_text(problem, "patch"),
                state=PatchState(problem["state"]),
                severity=_optional_text(problem, "severity"),
                first_seen=_time(problem["first_seen"]),
                published=None if problem["published"] is None else _time(problem["published"]),
                is_exempt=_flag(problem, "exempt"),
            )
            for problem in data["problems"]
        ),
    )


def _time(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=dt.UTC)


def _text(data: Mapping[str, Any], name: str) -> str:
    if not isinstance(data[name], str):
        message = f"{name} is not a string, got {data[name]!r:.80}"
        raise TypeError(message)
    return str(data[name])


def _optional_text(data: Mapping[str, Any], name: str) -> str | None:
    return None if data[name] is None else _text(data, name)


def _flag(data: Mapping[str, Any], name: str) -> bool:
    if not isinstance(data[name], bool):
        message = f"{name} is neither true nor false, got {data[name]!r:.80}"
        raise TypeError(message)
    return data[name] is True
