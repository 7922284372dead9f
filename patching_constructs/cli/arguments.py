"""How the words of the command line become values."""

import datetime as dt

from patching_constructs.rollout.ring_plans import RingChoice
from patching_constructs.rollout.span import Span

_DEFAULT_MONTHS = 24
_YEARS = range(1970, 2199)


class ArgumentError(ValueError):
    """An argument that cannot be used."""


def parse_horizon(from_: str | None, until: str | None, *, today: dt.date) -> Span:
    """Parse the days between which is looked, both as `YYYY-MM-DD`."""
    first = today if from_ is None else _parse_date("--from", from_)
    last = _months_after(first, _DEFAULT_MONTHS) if until is None else _parse_date("--until", until)
    if last <= first:
        message = f"--until: not after --from {first}, got {last}"
        raise ArgumentError(message)
    return Span(from_=_midnight(first), until=_midnight(last))


def parse_rings(text: str) -> tuple[RingChoice, ...]:
    """Parse `dev,test,prod=*-prod`: names of patch groups, or a name and a pattern for them."""
    choices: dict[str, RingChoice] = {}
    for part in text.split(","):
        name, is_pattern, glob = (piece.strip() for piece in part.partition("="))
        if not name or (is_pattern and not glob):
            message = f"--rings: no ring, got {part!r}; allowed: names separated by commas, or name=pattern"
            raise ArgumentError(message)
        if name in choices:
            message = f"--rings: a ring twice, got {name!r}; allowed: each name once"
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


def _parse_date(option: str, text: str) -> dt.date:
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        date = dt.date.min
    if date.isoformat() != text or date.year not in _YEARS:
        message = f"{option}: not a date, got {text!r}; allowed: YYYY-MM-DD, from 1970 to 2198"
        raise ArgumentError(message)
    return date


def _midnight(date: dt.date) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(), dt.UTC)


def _months_after(date: dt.date, months: int) -> dt.date:
    """Return the same day some months later, or the last day of that month if it is shorter."""
    first = _first_of_month(date, months)
    return min(
        first + dt.timedelta(days=date.day - 1), _first_of_month(date, months + 1) - dt.timedelta(days=1)
    )


def _first_of_month(date: dt.date, months: int) -> dt.date:
    index = date.month - 1 + months
    return dt.date(date.year + index // 12, index % 12 + 1, 1)
