import pytest

from patching_constructs.model.end_of_life import ENDS_OF_LIFE
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_choices import PatchFilterKey
from patching_constructs.model.patch_filters import VOCABULARY


def _covers(operating_system: OperatingSystem, entry: str, product: str) -> bool:
    return any(
        end.covers(product)
        for end in ENDS_OF_LIFE
        if end.operating_system is operating_system and end.product == entry
    )


@pytest.mark.parametrize(
    "product", ["RedhatEnterpriseLinux7", "RedhatEnterpriseLinux7.9", "RedhatEnterpriseLinux7.*"]
)
def test_a_release_covers_its_point_releases(product: str) -> None:
    assert _covers(OperatingSystem.REDHAT_ENTERPRISE_LINUX, "RedhatEnterpriseLinux7", product)


@pytest.mark.parametrize(
    ("operating_system", "entry", "other"),
    [
        (OperatingSystem.WINDOWS, "Windows8", "Windows8.1"),
        (OperatingSystem.WINDOWS, "Windows8", "Windows8Embedded"),
        (OperatingSystem.WINDOWS, "Windows10", "Windows10LTSB"),
        (OperatingSystem.WINDOWS, "WindowsServer2012", "WindowsServer2012R2"),
        (OperatingSystem.SUSE, "Suse15.1", "Suse15.10"),
        (OperatingSystem.DEBIAN, "Debian9", "Debian9x"),
    ],
)
def test_a_release_does_not_cover_a_longer_name(
    operating_system: OperatingSystem, entry: str, other: str
) -> None:
    assert _covers(operating_system, entry, entry)
    assert not _covers(operating_system, entry, other)


def test_ends_of_life_name_products_that_are_in_the_vocabulary() -> None:
    for end in ENDS_OF_LIFE:
        if end.product is not None:
            assert end.product in VOCABULARY[end.operating_system][PatchFilterKey.PRODUCT].listed


def test_each_release_ends_once() -> None:
    ends = [(end.operating_system, end.product) for end in ENDS_OF_LIFE]
    assert len(ends) == len(set(ends))


def test_a_whole_system_covers_no_product() -> None:
    assert not any(end.covers("AmazonLinux2") for end in ENDS_OF_LIFE if end.product is None)
