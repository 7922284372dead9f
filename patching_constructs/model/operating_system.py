"""The operating systems that Patch Manager names."""

import enum


class OperatingSystem(enum.StrEnum):
    """Operating system of a patch baseline, in the spelling of the API.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreatePatchBaseline.html
    """

    WINDOWS = "WINDOWS"
    AMAZON_LINUX = "AMAZON_LINUX"
    AMAZON_LINUX_2 = "AMAZON_LINUX_2"
    AMAZON_LINUX_2022 = "AMAZON_LINUX_2022"
    AMAZON_LINUX_2023 = "AMAZON_LINUX_2023"
    UBUNTU = "UBUNTU"
    REDHAT_ENTERPRISE_LINUX = "REDHAT_ENTERPRISE_LINUX"
    SUSE = "SUSE"
    CENTOS = "CENTOS"
    ORACLE_LINUX = "ORACLE_LINUX"
    DEBIAN = "DEBIAN"
    MACOS = "MACOS"
    RASPBIAN = "RASPBIAN"
    ROCKY_LINUX = "ROCKY_LINUX"
    ALMA_LINUX = "ALMA_LINUX"

    @property
    def is_apt(self) -> bool:
        """Whether packages come through apt, where approval delays have no effect."""
        return self in _APT

    @property
    def is_linux(self) -> bool:
        """Whether the Linux-only settings apply."""
        return self not in {OperatingSystem.WINDOWS, OperatingSystem.MACOS}


_APT = {OperatingSystem.UBUNTU, OperatingSystem.DEBIAN, OperatingSystem.RASPBIAN}

SYSTEMS_WITH_SNAP_AGENT = frozenset({OperatingSystem.UBUNTU})
"""The operating systems on whose images the SSM agent is a snap, which updates itself.

https://docs.aws.amazon.com/systems-manager/latest/userguide/agent-install-ubuntu.html
"""
