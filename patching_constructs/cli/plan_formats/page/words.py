"""How the page writes moments and names."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.promises import Severity

_SYSTEMS = {
    OperatingSystem.WINDOWS: "Windows",
    OperatingSystem.AMAZON_LINUX: "Amazon Linux",
    OperatingSystem.AMAZON_LINUX_2: "Amazon Linux 2",
    OperatingSystem.AMAZON_LINUX_2022: "Amazon Linux 2022",
    OperatingSystem.AMAZON_LINUX_2023: "Amazon Linux 2023",
    OperatingSystem.UBUNTU: "Ubuntu",
    OperatingSystem.REDHAT_ENTERPRISE_LINUX: "Red Hat Enterprise Linux",
    OperatingSystem.SUSE: "SUSE",
    OperatingSystem.CENTOS: "CentOS",
    OperatingSystem.ORACLE_LINUX: "Oracle Linux",
    OperatingSystem.DEBIAN: "Debian",
    OperatingSystem.MACOS: "macOS",
    OperatingSystem.RASPBIAN: "Raspberry Pi OS",
    OperatingSystem.ROCKY_LINUX: "Rocky Linux",
    OperatingSystem.ALMA_LINUX: "AlmaLinux",
}


NO_BREAK = "\N{NO-BREAK SPACE}"
"""Keeps a clock and its time zone on one line."""


def system_name(operating_system: OperatingSystem) -> str:
    """Return what people call an operating system."""
    return _SYSTEMS[operating_system]


def severity_names(severities: tuple[Severity | None, ...]) -> str:
    """Name severities that are treated in the same way, such as `critical, high`."""
    if None in severities or set(severities) == set(Severity):
        return "any severity"
    return ", ".join(severity.lower() for severity in severities if severity is not None)


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """Return the time zone, or UTC if there is none of this name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def local(time: datetime, zone: str) -> str:
    """Write a moment as `Sun 2026-12-06 02:00`, on the clocks of `zone`."""
    return f"{time.astimezone(zone_of(zone)):%a %Y-%m-%d %H:%M}"


def moment(time: datetime, zone: str) -> str:
    """Write a moment as `Sun 2026-12-06 02:00 Europe/Berlin (01:00 UTC)`, the day of UTC where it differs."""
    if zone == "UTC":
        return f"{local(time, zone)}{NO_BREAK}UTC"
    here, utc = time.astimezone(zone_of(zone)), time.astimezone(UTC)
    there = f"{utc:%H:%M}" if here.date() == utc.date() else f"{utc:%a %Y-%m-%d %H:%M}"
    return f"{local(time, zone)} {zone} ({there}{NO_BREAK}UTC)"
