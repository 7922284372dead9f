"""How the words of the command line become values."""

import datetime as dt

from patching_constructs.rollout.horizon import default_until, horizon_between
from patching_constructs.rollout.ring_plans import RingChoice
from patching_constructs.rollout.span import Span

_YEARS = range(1970, 2199)


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
