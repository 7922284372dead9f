"""How each package manager lets a list of approved or rejected patches name a patch.

https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-approved-rejected-package-name-formats.html
"""

import enum
import re
from dataclasses import dataclass

from patching_constructs.model.operating_system import OperatingSystem


class PatchList(enum.Enum):
    """The two lists of a baseline that name patches."""

    APPROVED = "approved_patches"
    REJECTED = "rejected_patches"


@dataclass(frozen=True, kw_only=True, slots=True)
class PatchNameFormat:
    """What a patch may be called.

    Attributes:
        pattern: Regular expression for the whole name.
        description: The same in words.
    """

    pattern: str
    description: str

    def matches(self, name: str) -> bool:
        """Return whether the package manager understands `name`."""
        return re.fullmatch(self.pattern, name) is not None


_RPM_CHARACTER = r"[A-Za-z0-9+._:~^-]"
_RPM_NAME = rf"(?:{_RPM_CHARACTER}+\*?{_RPM_CHARACTER}*|\*{_RPM_CHARACTER}+)"
_ADVISORY = r"(?:RH|EL|RL|AL|CE)[SBE]A-[0-9]{4}[-:][0-9]+|ALAS[A-Z0-9.]*-(?:.*-)?[0-9]{4}-[0-9]+"
_RPM_NOTICE = rf"(?:[0-9]+|CVE-[0-9]{{4}}-[0-9]+|{_ADVISORY})$"

_YUM_APPROVED = PatchNameFormat(
    pattern=_RPM_NAME,
    description="a Bugzilla number, a CVE or advisory id, or a package name with at most one *",
)
_YUM_REJECTED = PatchNameFormat(
    pattern=rf"(?!{_RPM_NOTICE})(?:{_RPM_NAME})",
    description="a package name with at most one *; no Bugzilla number, CVE or advisory id",
)
_CVE = r"CVE-[0-9]{4}-[0-9]+$"
_ZYPPER = PatchNameFormat(
    pattern=rf"(?!{_CVE})(?:{_RPM_NAME})",
    description="a patch or package name with at most one *; no CVE id",
)
_APT = PatchNameFormat(
    pattern=rf"(?!{_CVE}|(?:USN|DSA|DLA)-[0-9]+(?:-[0-9]+)?$)[A-Za-z0-9][A-Za-z0-9+.-]*",
    description="a bare package name, without version, architecture and *; no CVE or advisory id",
)
_MACOS = PatchNameFormat(pattern=r"[^*]+", description="an exact patch name, without *")
_WINDOWS = PatchNameFormat(
    pattern=r"KB[0-9]+|MS[0-9]{2}-[0-9]{3}", description="a KB id like KB2032276 or a bulletin like MS10-048"
)


def patch_name_format(operating_system: OperatingSystem, patch_list: PatchList) -> PatchNameFormat:
    """Return the format of patch names in `patch_list` on `operating_system`."""
    if operating_system is OperatingSystem.WINDOWS:
        return _WINDOWS
    if operating_system is OperatingSystem.MACOS:
        return _MACOS
    if operating_system is OperatingSystem.SUSE:
        return _ZYPPER
    if operating_system.is_apt:
        return _APT
    return _YUM_APPROVED if patch_list is PatchList.APPROVED else _YUM_REJECTED
