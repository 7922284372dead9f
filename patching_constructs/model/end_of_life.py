"""When the makers of operating systems stop publishing patches for everybody.

Paid extensions (ESM, ELS, LTSS, ESU) are left out: who has one acknowledges the warning.
"""

import datetime as dt
from dataclasses import dataclass

from patching_constructs.model.operating_system import OperatingSystem


@dataclass(frozen=True, kw_only=True, slots=True)
class EndOfLife:
    """The end of free patches.

    Attributes:
        operating_system: Operating system of the baseline.
        product: Value of the PRODUCT filter, its point releases included, or None for the whole system.
        last_day: Last day on which patches are published.
        source: The maker's page.
    """

    operating_system: OperatingSystem
    product: str | None
    last_day: dt.date
    source: str

    def covers(self, product: str) -> bool:
        """Return whether `product` is the release that ends, or a point release of it."""
        if self.product is None:
            return False
        has_point_releases = self.operating_system is not OperatingSystem.WINDOWS
        return product == self.product or (has_point_releases and product.startswith(f"{self.product}."))


def _ends(
    operating_system: OperatingSystem, source: str, /, **last_day_by_product: str
) -> tuple[EndOfLife, ...]:
    return tuple(
        EndOfLife(
            operating_system=operating_system,
            product=None if product == "_" else product.replace("_", "."),
            last_day=dt.date.fromisoformat(last_day),
            source=source,
        )
        for product, last_day in last_day_by_product.items()
    )


_OS = OperatingSystem

ENDS_OF_LIFE: tuple[EndOfLife, ...] = (
    *_ends(_OS.AMAZON_LINUX, "https://aws.amazon.com/amazon-linux-ami/faqs/", _="2023-12-31"),
    *_ends(_OS.AMAZON_LINUX_2, "https://aws.amazon.com/amazon-linux-2/faqs/", _="2026-06-30"),
    *_ends(_OS.AMAZON_LINUX_2023, "https://aws.amazon.com/amazon-linux-2/faqs/", _="2029-06-30"),
    # The preview ended when Amazon Linux 2023 came out in its place.
    *_ends(
        _OS.AMAZON_LINUX_2022,
        "https://docs.aws.amazon.com/linux/al2023/release-notes/relnotes.html",
        _="2023-03-15",
    ),
    *_ends(_OS.CENTOS, "https://www.centos.org/centos-linux-eol/", _="2024-06-30"),
    *_ends(
        _OS.WINDOWS,
        "https://learn.microsoft.com/en-us/lifecycle/products/",
        Windows7="2020-01-14",
        Windows8="2016-01-12",
        Windows8_1="2023-01-10",
        Windows10="2025-10-14",
        WindowsServer2008="2020-01-14",
        WindowsServer2008R2="2020-01-14",
        WindowsServer2012="2023-10-10",
        WindowsServer2012R2="2023-10-10",
        WindowsServer2016="2027-01-12",
        WindowsServer2019="2029-01-09",
        WindowsServer2022="2031-10-14",
    ),
    *_ends(
        _OS.UBUNTU,
        "https://ubuntu.com/about/release-cycle",
        Ubuntu14_04="2019-04-30",
        Ubuntu16_04="2021-04-30",
        Ubuntu18_04="2023-05-31",
        Ubuntu20_04="2025-05-31",
    ),
    *_ends(
        _OS.DEBIAN,
        "https://wiki.debian.org/LTS",
        Debian8="2020-06-30",
        Debian9="2022-06-30",
        Debian10="2024-06-30",
        Debian11="2026-08-31",
        Debian12="2028-06-30",
    ),
    *_ends(
        _OS.REDHAT_ENTERPRISE_LINUX,
        "https://access.redhat.com/support/policy/updates/errata",
        RedhatEnterpriseLinux6="2020-11-30",
        RedhatEnterpriseLinux7="2024-06-30",
        RedhatEnterpriseLinux8="2029-05-31",
        RedhatEnterpriseLinux9="2032-05-31",
    ),
    *_ends(
        _OS.ORACLE_LINUX,
        "https://www.oracle.com/a/ocom/docs/elsp-lifetime-069338.pdf",
        OracleLinux7="2024-12-31",
    ),
    *_ends(
        _OS.SUSE,
        "https://www.suse.com/lifecycle",
        Suse12="2024-10-31",
        Suse15_0="2019-12-31",
        Suse15_1="2021-01-31",
        Suse15_2="2021-12-31",
        Suse15_3="2022-12-31",
        Suse15_4="2023-12-31",
        Suse15_5="2024-12-31",
        Suse15_6="2025-12-31",
    ),
)
"""All ends of life that are known; a system or release without an entry has none that we know of."""
