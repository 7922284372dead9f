"""The patches that makers publish in the quarter. They are invented; their rhythm is that of real ones."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from local_aws.fleet.records import Patch
from patching_constructs import OperatingSystem

START = datetime(2027, 1, 1, tzinfo=UTC)
DAYS = 90
END = START + timedelta(days=DAYS)

PATCH_TUESDAYS = (
    datetime(2027, 1, 12, 18, tzinfo=UTC),
    datetime(2027, 2, 9, 18, tzinfo=UTC),
    datetime(2027, 3, 9, 18, tzinfo=UTC),
)
"""Second Tuesdays of a month, when Microsoft publishes.

https://learn.microsoft.com/en-us/windows/deployment/update/release-cycle
"""

OUT_OF_BAND, OUT_OF_BAND_AT = "KB5051700", datetime(2027, 1, 28, 19, tzinfo=UTC)
"""An update of Windows that does not wait for Patch Tuesday."""

BAD_KERNEL, BAD_KERNEL_AT = "kernel-6.12.31", datetime(2027, 2, 2, 16, tzinfo=UTC)
"""A kernel that cannot be installed on some nodes."""

GOOD_KERNEL, GOOD_KERNEL_AT = "kernel-6.12.33", datetime(2027, 2, 16, 16, tzinfo=UTC)
"""The kernel that replaces it."""

_WINDOWS = (
    ("KB5050100", PATCH_TUESDAYS[0], "Critical", None),
    (OUT_OF_BAND, OUT_OF_BAND_AT, "Critical", "KB5050100"),
    ("KB5052200", PATCH_TUESDAYS[1], "Important", OUT_OF_BAND),
    ("KB5053300", PATCH_TUESDAYS[2], "Critical", "KB5052200"),
)
_LINUX = (
    ("kernel-6.12.25", datetime(2027, 1, 6, 9, tzinfo=UTC), "Important", None),
    ("openssl-3.2.4", datetime(2027, 1, 12, 15, tzinfo=UTC), "Important", None),
    ("glibc-2.39.12", datetime(2027, 1, 15, 15, tzinfo=UTC), "Medium", None),
    ("kernel-6.12.28", datetime(2027, 1, 20, 11, tzinfo=UTC), "Critical", None),
    ("curl-8.11.2", datetime(2027, 1, 28, 8, tzinfo=UTC), "Low", None),
    (BAD_KERNEL, BAD_KERNEL_AT, "Important", None),
    ("python3.12-3.12.9", datetime(2027, 2, 4, 13, tzinfo=UTC), "Important", None),
    (GOOD_KERNEL, GOOD_KERNEL_AT, "Critical", BAD_KERNEL),
    ("openssh-9.9p2", datetime(2027, 2, 24, 10, tzinfo=UTC), "Critical", None),
    ("sudo-1.9.17", datetime(2027, 3, 4, 14, tzinfo=UTC), "Important", None),
    ("libxml2-2.13.7", datetime(2027, 3, 11, 9, tzinfo=UTC), "Medium", None),
    ("kernel-6.12.38", datetime(2027, 3, 18, 12, tzinfo=UTC), "Important", GOOD_KERNEL),
    ("openssl-3.2.5", datetime(2027, 3, 24, 9, tzinfo=UTC), "Important", "openssl-3.2.4"),
)


def patches_of(system: OperatingSystem) -> Iterator[Patch]:
    """Give the patches of an operating system, in order of time; nodes can see each when it is published."""
    is_windows = system is OperatingSystem.WINDOWS
    for title, published_at, severity, replaced in _WINDOWS if is_windows else _LINUX:
        yield Patch(
            patch_id=_name(title, system),
            operating_system=system,
            published_at=published_at,
            visible_at=published_at,
            classification="SecurityUpdates" if is_windows else "Security",
            severity=severity,
            supersedes=None if replaced is None else _name(replaced, system),
            needs_reboot=is_windows or title.startswith(("kernel", "glibc")),
        )


def bad_kernel_of(system: OperatingSystem) -> str:
    """Name the patch that cannot be installed on some nodes."""
    return _name(BAD_KERNEL, system)


def _name(title: str, system: OperatingSystem) -> str:
    """Name a patch as AWS does, and differently on each system, as ids of patches are unique in a fleet."""
    if system is OperatingSystem.WINDOWS:
        return title
    name, _, version = title.rpartition("-")
    return f"{name}.x86_64:0:{version}-1.{system.lower()}"
