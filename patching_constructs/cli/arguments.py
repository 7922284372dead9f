"""How the words of the command line become values."""

import datetime as dt
import re
from collections.abc import Iterable

from patching_constructs.analysis.ring_plans import RingChoice
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.promises import PROMISES, Promise
from patching_constructs.rules.limits import did_you_mean
from patching_constructs.rules.windows.freeze import check_freeze
from patching_constructs.schedules.horizon import default_until, horizon_between
from patching_constructs.schedules.span import Span

_YEARS = range(1970, 2199)
_MOST_LAG_DAYS = 360


class ArgumentError(ValueError):
    """An argument that cannot be used."""


def parse_horizon(from_: str | None, until: str | None, *, today: dt.date) -> Span:
    """Parse the days between which is looked, both as `YYYY-MM-DD`."""
    first = today if from_ is None else _parse_date("--from", from_)
    last = default_until(first) if until is None else _parse_date("--until", until)
    if last <= first:
        message = f"--until: not after --from {first}, got {last}"
        raise ArgumentError(message)
    return horizon_between(first, last)


def parse_rings(text: str) -> tuple[RingChoice, ...]:
    """Parse `dev,test,prod=*-prod`: names of patch groups, or a name and a pattern for them."""
    choices: dict[str, RingChoice] = {}
    for part in text.split(","):
        name, is_pattern, glob = (piece.strip() for piece in part.partition("="))
        if not name or (is_pattern and not glob):
            message = f"--rings: no ring, got {part!r}; allowed: names separated by commas, or name=pattern"
            raise ArgumentError(message)
        if name in choices:
            message = f"--rings: duplicate ring, got {name!r}; allowed: each name once"
            raise ArgumentError(message)
        choices[name] = RingChoice(name=name, glob=glob if is_pattern else None)
    return tuple(choices.values())


def parse_names(text: str) -> tuple[str, ...]:
    """Parse the names of `--production`."""
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        message = f"--production: an empty name, got {text!r}; allowed: names separated by commas"
        raise ArgumentError(message)
    return names


def parse_freeze(text: str) -> Freeze:
    """Parse `NAME=FROM/UNTIL`, each a date (in UTC) or a time with its offset; the name may be missing."""
    name, _, times = text.rpartition("=")
    from_, _, until = times.partition("/")
    freeze = Freeze(
        name=name.strip() or times, from_=_parse_moment(from_, text), until=_parse_moment(until, text)
    )
    for finding in check_freeze(freeze):
        message = f"--freeze {text}: {finding.message}, got {finding.received}; allowed: {finding.allowed}"
        raise ArgumentError(message)
    return freeze


def parse_promises(texts: Iterable[str]) -> tuple[tuple[Promise, ...], dict[str, tuple[Promise, ...]]]:
    """Parse the public promises of `NAME`, which are for every ring, and of `RING=NAME`, by ring."""
    for_all: list[Promise] = []
    by_ring: dict[str, list[Promise]] = {}
    for text in texts:
        ring, is_for_ring, name = (piece.strip() for piece in text.rpartition("="))
        if is_for_ring and not ring:
            message = f"--promise: no ring, got {text!r}; allowed: RING=NAME, or NAME for every ring"
            raise ArgumentError(message)
        if name not in PROMISES:
            allowed = ", ".join(PROMISES) + did_you_mean(name, PROMISES)
            message = f"--promise: no public promise has this name, got {name!r}; allowed: {allowed}"
            raise ArgumentError(message)
        (by_ring.setdefault(ring, []) if ring else for_all).append(PROMISES[name])
    return tuple(for_all), {ring: tuple(promises) for ring, promises in by_ring.items()}


def parse_visibility_lag(text: str) -> dt.timedelta:
    """Parse the whole days of `--visibility-lag-days`."""
    if not re.fullmatch("[0-9]{1,3}", text) or int(text) > _MOST_LAG_DAYS:
        message = f"--visibility-lag-days: not a number of days, got {text!r}; allowed: 0 to {_MOST_LAG_DAYS}"
        raise ArgumentError(message)
    return dt.timedelta(days=int(text))


def parse_kilobytes(text: str) -> int:
    """Parse the number of `--output-kilobytes`."""
    if not re.fullmatch("[0-9]{1,9}", text):
        message = f"--output-kilobytes: not a number, got {text!r}; allowed: 0 to 999999999"
        raise ArgumentError(message)
    return int(text)


def _parse_moment(text: str, freeze: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is not None and moment.date().isoformat() == text:
        moment = moment.replace(tzinfo=dt.UTC)
    if moment is None or moment.tzinfo is None or moment.year not in _YEARS:
        message = (
            f"--freeze {freeze}: expected a date or a time with a UTC offset, got {text!r}; "
            "allowed: [NAME=]FROM/UNTIL, such as 2026-12-19/2027-01-04 or "
            "2026-12-19T18:00:00+01:00/2027-01-04"
        )
        raise ArgumentError(message)
    return moment


def _parse_date(option: str, text: str) -> dt.date:
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        date = dt.date.min
    if date.isoformat() != text or date.year not in _YEARS:
        message = f"{option}: not a date, got {text!r}; allowed: YYYY-MM-DD, from 1970 to 2198"
        raise ArgumentError(message)
    return date
