"""The file in which a team accepts findings."""

import datetime as dt
from collections.abc import Collection, Iterator
from pathlib import Path

from patching_constructs.model.acknowledgement import Acknowledgement
from patching_constructs.templates.list_file import read_list, refuse

DEFAULT_FILE = Path("patching-acknowledgements.yaml")
_KEYS = ("id", "where", "owner", "reason", "expires")


def read_acknowledgements(path: Path, *, finding_ids: Collection[str]) -> tuple[Acknowledgement, ...]:
    """Read the file, in which only `finding_ids` can be accepted.

    Raises:
        ReadingError: With all mistakes.
    """
    read: list[Acknowledgement] = []
    mistakes: list[str] = []
    for entry, location in read_list(path, "acknowledgements"):
        found = list(_mistakes(entry, finding_ids))
        mistakes += [f"{location}: {mistake}" for mistake in found]
        if isinstance(entry, dict) and not found:
            read.append(
                Acknowledgement(
                    finding_id=entry["id"],
                    where=entry["where"],
                    owner=entry["owner"],
                    reason=entry["reason"],
                    expires=dt.date.fromisoformat(entry["expires"]),
                    location=location,
                )
            )
    refuse(mistakes, path)
    return tuple(read)


def _mistakes(entry: object, finding_ids: Collection[str]) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f"not a mapping; allowed: {', '.join(_KEYS)}"
        return
    for key in _KEYS:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            yield f"{key}: a text is needed, got {entry.get(key)!r}"
    for key in sorted(entry.keys() - set(_KEYS)):
        yield f"{key}: unknown key; allowed: {', '.join(_KEYS)}"
    if isinstance(entry.get("id"), str) and entry["id"] not in finding_ids:
        yield f"id: no finding has this id, got {entry['id']!r}"
    if isinstance(entry.get("expires"), str):
        try:
            dt.date.fromisoformat(entry["expires"])
        except ValueError:
            yield f"expires: not a date, got {entry['expires']!r}; allowed: YYYY-MM-DD"
