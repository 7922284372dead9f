import pytest
from hypothesis import given
from hypothesis import strategies as st

from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_names import PatchList, patch_name_format

YUM = [
    OperatingSystem.AMAZON_LINUX,
    OperatingSystem.AMAZON_LINUX_2,
    OperatingSystem.AMAZON_LINUX_2022,
    OperatingSystem.AMAZON_LINUX_2023,
    OperatingSystem.REDHAT_ENTERPRISE_LINUX,
    OperatingSystem.CENTOS,
    OperatingSystem.ORACLE_LINUX,
    OperatingSystem.ROCKY_LINUX,
    OperatingSystem.ALMA_LINUX,
]
APT = [OperatingSystem.UBUNTU, OperatingSystem.DEBIAN, OperatingSystem.RASPBIAN]

NOTICES = [
    "1234567",
    "CVE-2018-1234567",
    "RHSA-2017:0864",
    "RHBA-2020:1234",
    "ELSA-2025-123",
    "ALAS-2018-123",
    "ALAS2023-2025-123",
    "ALASKERNEL-5.10-2022-015",
]
PACKAGES = [
    "dbus",
    "dbus.x86_64",
    "dbus-1.12.28",
    "dbus-1:1.12.28-1.amzn2023.0.1.x86_64",
    "dbus.x86_64:1:1.12.28-1.amzn2023.0.1",
    "1.12.28-1.amzn2023.0.1",
    "dbus*",
    "*dbus",
    "dbus-*:1.12.28-1.amzn2023.0.1.x86_64",
    "libstdc++",
    "kernel-5.10~rc1^git",
]


@pytest.mark.parametrize("operating_system", YUM)
@pytest.mark.parametrize("name", [*NOTICES, *PACKAGES])
def test_yum_approves_notices_and_packages(operating_system: OperatingSystem, name: str) -> None:
    assert patch_name_format(operating_system, PatchList.APPROVED).matches(name)


@pytest.mark.parametrize("operating_system", YUM)
@pytest.mark.parametrize("name", PACKAGES)
def test_yum_rejects_packages(operating_system: OperatingSystem, name: str) -> None:
    assert patch_name_format(operating_system, PatchList.REJECTED).matches(name)


@pytest.mark.parametrize("operating_system", YUM)
@pytest.mark.parametrize("name", NOTICES)
def test_yum_cannot_reject_by_notice(operating_system: OperatingSystem, name: str) -> None:
    assert not patch_name_format(operating_system, PatchList.REJECTED).matches(name)


@pytest.mark.parametrize("name", ["", "*", "a*b*", "two words", "kernel/core", "kernel;reboot", "kernel\n"])
@pytest.mark.parametrize("operating_system", [*YUM, OperatingSystem.SUSE])
@pytest.mark.parametrize("patch_list", PatchList)
def test_rpm_names_have_one_wildcard_at_most_and_no_blanks(
    operating_system: OperatingSystem, patch_list: PatchList, name: str
) -> None:
    assert not patch_name_format(operating_system, patch_list).matches(name)


@pytest.mark.parametrize("patch_list", PatchList)
@pytest.mark.parametrize(
    "name", ["example-package-2018.11.04-46.17.1", "SUSE-SLE-Module-2018-123", "kernel*"]
)
def test_zypper_takes_patches_and_packages_in_both_lists(patch_list: PatchList, name: str) -> None:
    assert patch_name_format(OperatingSystem.SUSE, patch_list).matches(name)


@pytest.mark.parametrize("patch_list", PatchList)
def test_zypper_does_not_know_patches_by_their_cve(patch_list: PatchList) -> None:
    assert not patch_name_format(OperatingSystem.SUSE, patch_list).matches("CVE-2024-1234")


@pytest.mark.parametrize("operating_system", APT)
@pytest.mark.parametrize("patch_list", PatchList)
@pytest.mark.parametrize(
    ("name", "is_legal"),
    [
        ("openssl", True),
        ("libstdc++6", True),
        ("ExamplePkg33", True),
        ("linux-image-6.8.0-45-generic", True),
        ("openssl=3.0.2", False),
        ("openssl_3.0.2", False),
        ("openssl:amd64", False),
        ("openssl*", False),
        ("", False),
        ("CVE-2024-1234", False),
        ("USN-7000-1", False),
        ("DSA-5800", False),
        ("usn-tools", True),
        ("CVE-2024-1234-fixer", True),
    ],
)
def test_apt_takes_bare_package_names(
    operating_system: OperatingSystem, patch_list: PatchList, name: str, is_legal: bool
) -> None:
    assert patch_name_format(operating_system, patch_list).matches(name) is is_legal


@pytest.mark.parametrize("patch_list", PatchList)
@pytest.mark.parametrize(
    ("name", "is_legal"),
    [
        ("KB2032276", True),
        ("MS10-048", True),
        ("kb2032276", False),
        ("2032276", False),
        ("KB", False),
        ("MS10-48", False),
        ("KB2032276*", False),
        ("CVE-2024-1234", False),
    ],
)
def test_windows_takes_kb_ids_and_bulletins(patch_list: PatchList, name: str, is_legal: bool) -> None:
    assert patch_name_format(OperatingSystem.WINDOWS, patch_list).matches(name) is is_legal


@pytest.mark.parametrize("patch_list", PatchList)
@pytest.mark.parametrize(
    ("name", "is_legal"), [("XProtectPlistConfigData", True), ("Safari 17.1", True), ("XProtect*", False)]
)
def test_macos_takes_exact_names(patch_list: PatchList, name: str, is_legal: bool) -> None:
    assert patch_name_format(OperatingSystem.MACOS, patch_list).matches(name) is is_legal


@given(name=st.text(), operating_system=st.sampled_from(YUM))
def test_what_yum_rejects_it_also_approves(name: str, operating_system: OperatingSystem) -> None:
    if patch_name_format(operating_system, PatchList.REJECTED).matches(name):
        assert patch_name_format(operating_system, PatchList.APPROVED).matches(name)
