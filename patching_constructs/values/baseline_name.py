"""The name of a patch group's own baseline."""

import hashlib
import re

# CreatePatchBaseline takes 3 to 128 characters.
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreatePatchBaseline.html
_LONGEST = 128
_PLAIN = re.compile(r"[a-zA-Z0-9_-]+")
_OF_THE_ACCOUNT = "account-default"
_DIGEST_LENGTH = 10


def group_baseline_name(name: str, *, patch_group: str) -> str:
    """Name the baseline of one patch group: `name.group`.

    AWS does not say whether two baselines may have one name, so that each has its own. What AWS refuses in a
    name is replaced, and a digest of the whole is added.

    Args:
        name: Name of the definition that several groups may share.
        patch_group: Name of the patch group.

    Returns:
        At most 128 characters: letters, digits and `_-.`

    Example:
        >>> group_baseline_name("prod-windows", patch_group="prod-office")
        'prod-windows.prod-office'
        >>> group_baseline_name("prod-windows", patch_group="Web Tier/EU")
        'prod-windows.Web-Tier-EU.b96769e923'
    """
    plain = f"{name}.{patch_group}"
    if len(plain) <= _LONGEST and _PLAIN.fullmatch(patch_group) and patch_group != _OF_THE_ACCOUNT:
        return plain
    digest = hashlib.sha256(f"{name}\n{patch_group}".encode()).hexdigest()[:_DIGEST_LENGTH]
    spelled = re.sub(r"[^a-zA-Z0-9_-]+", "-", patch_group)
    return f"{f'{name}.{spelled}'[: _LONGEST - _DIGEST_LENGTH - 1]}.{digest}"


def default_baseline_name(name: str) -> str:
    """Name the baseline that is the default of an operating system in an account and Region.

    Args:
        name: Name of the definition.

    Returns:
        At most 128 characters: letters, digits and `_-.`

    Example:
        >>> default_baseline_name("prod-windows")
        'prod-windows.account-default'
    """
    plain = f"{name}.{_OF_THE_ACCOUNT}"
    if len(plain) <= _LONGEST:
        return plain
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_LENGTH]
    end = f".{digest}.{_OF_THE_ACCOUNT}"
    return f"{name[: _LONGEST - len(end)]}{end}"
