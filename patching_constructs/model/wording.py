"""How texts for people write counts, lists, moments, times, shares and names."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from patching_constructs.model.estate import Environment
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.unknown import Unknown


def plural(count: int, word: str) -> str:
    """Write a count with its word, such as `1,000 nodes`."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def joined(parts: Sequence[str]) -> str:
    """Write parts as `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def listed(names: Iterable[str], *, most: int = 8) -> str:
    """Write names as `a, b and c`, and only count those after the first `most`."""
    several = list(names)
    if len(several) > most:
        several = [*several[:most], f"{len(several) - most} more"]
    return joined(several)


def moment(time: datetime) -> str:
    """Write a moment as `Sun 2026-12-06 02:00 UTC`, with seconds only where they are not zero."""
    utc = time.astimezone(UTC)
    return f"{utc:%a %Y-%m-%d %H:%M{':%S' if utc.second else ''}} UTC"


def length(time: timedelta) -> str:
    """Write a length of time as `9 days 4 hours 30 minutes`, rounded up to a minute, without zero parts."""
    minutes = -(-time // timedelta(minutes=1))
    parts = ((minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute"))
    return " ".join(plural(count, unit) for count, unit in parts if count) or "0 minutes"


def share(part: float, whole: float) -> str:
    """Write a share as `31.2 %`."""
    return f"{100 * part / whole:.1f} %"


def window_name(window: WindowRecord) -> str:
    """Return what a reader calls a window: its name, or where it stands if that is not known."""
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
