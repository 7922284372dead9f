"""Which patch properties each operating system has, and which values they take.

AWS refuses other values when the baseline is deployed ("Invalid Filter Value"), and lists the legal ones only
in an account: `aws ssm describe-patch-properties`. Keys are from
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribePatchProperties.html;
Rocky Linux, AlmaLinux and Raspbian are missing there and are taken as the systems that they descend from.
Classifications, severities and priorities are from
https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-predefined-and-custom-patch-baselines.html
and from PatchFilter in the API model of botocore 1.10.84, the last place where AWS printed them.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_choices import PatchFilterKey

ANY = "*"
"""Matches every value of a property; cannot be combined with other values."""


class OtherValues(enum.Enum):
    """What to think of a value that is not listed."""

    REFUSED = enum.auto()
    """AWS refuses it."""
    UNDOCUMENTED = enum.auto()
    """The list is not complete, so the value may be legal."""
    ACCEPTED = enum.auto()
    """There is no list."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FilterValues:
    """The values of one property on one operating system.

    Attributes:
        listed: Values that AWS documents or that are known to be in use.
        once_listed: Values that older documentation had in their place; perhaps refused today.
        others: What to think of all the rest.
    """

    listed: tuple[str, ...] = ()
    once_listed: tuple[str, ...] = ()
    others: OtherValues = OtherValues.REFUSED


def _releases(prefix: str, last_minor_by_major: Mapping[int, int]) -> tuple[str, ...]:
    """Return `Prefix8`, `Prefix8.*` and `Prefix8.0` to `Prefix8.<last minor>` for each major release."""
    return tuple(
        f"{prefix}{major}{minor}"
        for major, last_minor in last_minor_by_major.items()
        for minor in ("", ".*", *(f".{number}" for number in range(last_minor + 1)))
    )


def _known_products(*names: str) -> FilterValues:
    return FilterValues(listed=names, others=OtherValues.UNDOCUMENTED)


def _rpm(products: FilterValues, severities: FilterValues) -> dict[PatchFilterKey, FilterValues]:
    return {
        PatchFilterKey.PRODUCT: products,
        PatchFilterKey.CLASSIFICATION: FilterValues(
            listed=("Security", "Bugfix", "Enhancement", "Recommended", "Newpackage")
        ),
        PatchFilterKey.SEVERITY: severities,
    }


def _apt(products: FilterValues) -> dict[PatchFilterKey, FilterValues]:
    return {
        PatchFilterKey.PRODUCT: products,
        PatchFilterKey.PRIORITY: FilterValues(
            listed=("Required", "Important", "Standard", "Optional", "Extra")
        ),
        PatchFilterKey.SECTION: FilterValues(others=OtherValues.ACCEPTED),
    }


_AMAZON_SEVERITIES = FilterValues(listed=("Critical", "Important", "Medium", "Low"))
_RED_HAT_SEVERITIES = FilterValues(
    listed=("Critical", "Important", "Moderate", "Low"), once_listed=("Medium",)
)

# AWS's pages do not list these values; the error message of the API does.
# https://github.com/hashicorp/terraform-provider-aws/issues/18359 quotes AWS's answer in full.
_AMAZON_LINUX_RELEASES = (
    *(f"AmazonLinux{year}.{month}" for year in range(2012, 2018) for month in ("03", "09")),
    "AmazonLinux2018.03",
)

_UBUNTU_RELEASES = (
    *(
        f"Ubuntu{year}.{month}"
        for year in range(14, 27)
        for month in ("04", "10")
        if (year, month) != (26, "10")
    ),
)

WINDOWS_DESKTOP_PRODUCTS = ("Windows10", "Windows10LTSB", "Windows11")

# AWS's pages do not list these values; the error message of the API does.
# https://github.com/hashicorp/terraform/issues/21678 quotes AWS's answer up to WindowsServer2019.
_WINDOWS_PRODUCTS = (
    *WINDOWS_DESKTOP_PRODUCTS,
    *("Windows7", "Windows8", "Windows8.1", "Windows8Embedded"),
    *("WindowsServer2008", "WindowsServer2008R2", "WindowsServer2012", "WindowsServer2012R2"),
    *("WindowsServer2016", "WindowsServer2019", "WindowsServer2022", "WindowsServer2025"),
    "MicrosoftDefenderAntivirus",
)

# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchFilter.html shows two of them.
_APPLICATION_PRODUCTS = (
    *(f"Office {year}" for year in (2003, 2007, 2010, 2013, 2016, 2019)),
    *("Active Directory Rights Management Services Client 2.0", "Office 365 Client"),
)

VOCABULARY: Mapping[OperatingSystem, Mapping[PatchFilterKey, FilterValues]] = MappingProxyType(
    {
        OperatingSystem.WINDOWS: {
            PatchFilterKey.PATCH_SET: FilterValues(listed=("OS", "APPLICATION")),
            PatchFilterKey.PRODUCT: _known_products(*_WINDOWS_PRODUCTS, *_APPLICATION_PRODUCTS),
            PatchFilterKey.PRODUCT_FAMILY: FilterValues(
                listed=("Windows", "Office"), others=OtherValues.UNDOCUMENTED
            ),
            PatchFilterKey.CLASSIFICATION: FilterValues(
                listed=(
                    *("CriticalUpdates", "DefinitionUpdates", "Drivers", "FeaturePacks", "SecurityUpdates"),
                    *("ServicePacks", "Tools", "UpdateRollups", "Updates", "Upgrades"),
                )
            ),
            PatchFilterKey.MSRC_SEVERITY: FilterValues(
                listed=("Critical", "Important", "Moderate", "Low", "Unspecified")
            ),
        },
        OperatingSystem.AMAZON_LINUX: _rpm(_known_products(*_AMAZON_LINUX_RELEASES), _AMAZON_SEVERITIES),
        OperatingSystem.AMAZON_LINUX_2: _rpm(
            _known_products("AmazonLinux2", "AmazonLinux2.0"), _AMAZON_SEVERITIES
        ),
        OperatingSystem.AMAZON_LINUX_2022: _rpm(_known_products("AmazonLinux2022"), _AMAZON_SEVERITIES),
        OperatingSystem.AMAZON_LINUX_2023: _rpm(_known_products("AmazonLinux2023"), _AMAZON_SEVERITIES),
        OperatingSystem.UBUNTU: _apt(_known_products(*_UBUNTU_RELEASES)),
        OperatingSystem.REDHAT_ENTERPRISE_LINUX: _rpm(
            _known_products(*_releases("RedhatEnterpriseLinux", {6: 10, 7: 9, 8: 10, 9: 8, 10: 2})),
            _RED_HAT_SEVERITIES,
        ),
        OperatingSystem.SUSE: {
            PatchFilterKey.PRODUCT: _known_products(*_releases("Suse", {12: 5, 15: 7})),
            PatchFilterKey.CLASSIFICATION: FilterValues(
                listed=("Security", "Recommended", "Optional", "Feature", "Document", "Yast")
            ),
            PatchFilterKey.SEVERITY: FilterValues(listed=("Critical", "Important", "Moderate", "Low")),
        },
        OperatingSystem.CENTOS: _rpm(
            _known_products(*_releases("CentOS", {6: 10, 7: 9, 8: 5})), _RED_HAT_SEVERITIES
        ),
        OperatingSystem.ORACLE_LINUX: _rpm(
            _known_products(*_releases("OracleLinux", {7: 9, 8: 10, 9: 8})), _RED_HAT_SEVERITIES
        ),
        OperatingSystem.DEBIAN: _apt(_known_products(*(f"Debian{major}" for major in range(8, 14)))),
        OperatingSystem.MACOS: {
            PatchFilterKey.PRODUCT: FilterValues(others=OtherValues.UNDOCUMENTED),
            # https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-create-a-patch-baseline-for-macos.html
            PatchFilterKey.CLASSIFICATION: FilterValues(
                listed=("softwareupdate", "installer", "brew", "brew cask"), others=OtherValues.UNDOCUMENTED
            ),
        },
        OperatingSystem.RASPBIAN: _apt(FilterValues(others=OtherValues.UNDOCUMENTED)),
        OperatingSystem.ROCKY_LINUX: _rpm(
            _known_products(*_releases("RockyLinux", {8: 10, 9: 8})), _RED_HAT_SEVERITIES
        ),
        OperatingSystem.ALMA_LINUX: _rpm(
            _known_products(*_releases("AlmaLinux", {8: 10, 9: 8})), _RED_HAT_SEVERITIES
        ),
    }
)
"""For each operating system the legal filter keys, and what is known of their values."""
