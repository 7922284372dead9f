"""How findings write moments, times, shares and names."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from patching_constructs.model.estate import Environment
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.unknown import Unknown


def moment(time: datetime) -> str:
    """Write a moment as `Sun 2026-12-06 02:00 UTC`, with seconds only where they are not zero."""
    utc = time.astimezone(UTC)
    return f"{utc:%a %Y-%m-%d %H:%M{':%S' if utc.second else ''}} UTC"


def length(time: timedelta) -> str:
    """Write a length of time as `9 days 4 hours 30 minutes`, rounded up to a minute, without zero parts."""
    minutes = -(-time // timedelta(minutes=1))
    parts = ((minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute"))
    return (
        " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count)
        or "0 minutes"
    )


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
