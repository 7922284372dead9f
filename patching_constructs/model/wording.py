"""How texts for people write counts, lists, moments, lengths of time, names and values of records."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from patching_constructs.model.estate import Environment
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.unknown import Unknown


def noun(count: int, word: str) -> str:
    """Return a word in the singular or the plural, as `count` needs it."""
    return word if count == 1 else f"{word}s"


def plural(count: int, word: str) -> str:
    """Write a count with its word, such as `1,200 errors`."""
    return f"{count:,} {noun(count, word)}"


def listed(names: Iterable[str], *, most: int | None = 8) -> str:
    """Write names as `a, b and c`, and only count those after the first `most`, or none if that is None."""
    several = list(names)
    if most is not None and len(several) > most:
        several = [*several[:most], f"{len(several) - most} more"]
    return " and ".join([", ".join(several[:-1]), several[-1]]) if len(several) > 1 else "".join(several)


def few(names: Sequence[str], most: int) -> str:
    """Write names as `a, b, c`, and only count those after the first `most` if they are two or more."""
    if len(names) <= most + 1:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"


def words(value: object, *, missing: str = "not given") -> str:
    """Write a value of a record, with the reason if it is not known.

    Args:
        value: The value.
        missing: The text for None.
    """
    match value:
        case None:
            return missing
        case Unknown():
            return f"not known ({value.reason})"
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(words(part) for part in value) or "none"
    return str(value)


def quantity(value: object, unit: str) -> str:
    """Write a number with its unit, such as `4 hours`, or why it is not known."""
    return plural(value, unit) if isinstance(value, int) else words(value)


def moment(time: datetime) -> str:
    """Write a moment as `Sun 2026-12-06 02:00 UTC`, with seconds only where they are not zero."""
    utc = time.astimezone(UTC)
    return f"{utc:%a %Y-%m-%d %H:%M{':%S' if utc.second else ''}} UTC"


def length(time: timedelta) -> str:
    """Write a length of time as `9 days 4 hours 30 minutes`, rounded up to a minute, without zero parts."""
    return " ".join(_units(-(-time // timedelta(minutes=1)))) or "0 minutes"


def rough_length(time: timedelta) -> str:
    """Write a length of time in its two largest units, such as `9 days 4 hours`, rounded down."""
    return " ".join(list(_units(abs(time) // timedelta(minutes=1)))[:2]) or "0 minutes"


def _units(minutes: int) -> Iterator[str]:
    parts = ((minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute"))
    yield from (plural(count, unit) for count, unit in parts if count)


def share(part: float, whole: float) -> str:
    """Write a share as `31.2 %`."""
    return f"{100 * part / whole:.1f} %"


def window_name(window: WindowRecord) -> str:
    """Return what a reader calls a window: its name, or its location if that is not known."""
    return str(window.location or "?") if isinstance(window.name, Unknown) else window.name


def places(environments: Iterable[Environment]) -> str:
    """Write where something is as `in 111111111111/eu-central-1` or `in 40 accounts`; empty if unknown."""
    known = [
        (environment.account, environment.region)
        for environment in dict.fromkeys(environments)
        if not (isinstance(environment.account, Unknown) and isinstance(environment.region, Unknown))
    ]
    if not known:
        return ""
    if len(known) == 1:
        account, region = known[0]
        return f"in {Environment(account=account, region=region)}"
    accounts, regions = {account for account, _ in known}, {region for _, region in known}
    if len(accounts) == 1:
        return f"in {len(regions)} Regions"
    return f"in {len(accounts)} accounts" + (f" and {len(regions)} Regions" if len(regions) > 1 else "")
