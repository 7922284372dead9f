"""Convert a comparison to plain data; `diff.schema.json` in this folder is its JSON Schema."""

from datetime import UTC, datetime

from patching_constructs.cli.check_formats.json import finding_data
from patching_constructs.model.unknown import Unknown
from patching_constructs.plan.diff.change import Change, Comparison, DateChange, RunDates

SCHEMA_VERSION = 1


def diff_data(comparison: Comparison) -> dict[str, object]:
    """Return the comparison as data that JSON can hold. Moments are in UTC, as ISO-8601 texts."""
    return {
        "schema_version": SCHEMA_VERSION,
        "from": _moment(comparison.horizon.from_),
        "until": _moment(comparison.horizon.until),
        "warnings": [finding_data(entry.finding, entry.acknowledgement) for entry in comparison.warnings],
        "changes": [_change(change) for change in comparison.changes],
        "not_compared": [{"what": note.what, "reason": note.reason} for note in comparison.not_compared],
    }


def _change(change: Change) -> dict[str, object]:
    location = change.location
    return {
        "area": change.area,
        "kind": change.kind,
        "what": change.what,
        "old": change.old,
        "new": change.new,
        "consequence": change.consequence,
        "dates": None if change.dates is None else _dates(change.dates),
        "rings": list(change.rings),
        "window": change.window,
        "baseline": change.baseline,
        "environments": [
            {"account": _known(environment.account), "region": _known(environment.region)}
            for environment in change.environments
        ],
        "file": None if location is None else location.file,
        "line": None if location is None else location.line,
        "logical_id": None if location is None else location.logical_id,
        "construct_path": None if location is None else location.construct_path,
        "assumptions": list(change.assumptions),
    }


def _dates(dates: DateChange) -> dict[str, object]:
    first = dates.first_difference
    return {
        "old": None if dates.old is None else _runs(dates.old),
        "new": None if dates.new is None else _runs(dates.new),
        "first_difference": None if first is None else _moment(first),
    }


def _runs(runs: RunDates) -> dict[str, object]:
    return {"next": None if runs.next is None else _moment(runs.next), "per_year": runs.per_year}


def _known(value: object) -> object:
    return None if isinstance(value, Unknown) else value


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
