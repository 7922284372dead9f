"""The name of what IAM has of a fleet."""

import hashlib
import re

# Characters of the name of a role; policies and instance profiles may have 128.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_LONGEST = 64
_PLAIN = re.compile(r"[a-z0-9_-]+")
_DIGEST_LENGTH = 10
# Characters of a rollout in a name that is too long: the group distinguishes fleets.
_LONGEST_ROLLOUT = 12


def fleet_name(*, rollout_name: str, patch_group: str, region: str) -> str:
    """Name the node policy, the role and the instance profile of a patch group: `rollout.group.region`.

    Each fleet has its own name in an account, whatever its rollout, group and Region are, though IAM does not
    distinguish upper from lower case and takes fewer characters than a tag. What IAM would refuse or confuse
    is replaced, and a digest of the whole is added.

    Args:
        rollout_name: Name of the rollout.
        patch_group: Name of the patch group.
        region: Region code.

    Returns:
        At most 64 characters: letters, digits and `_-.`

    Example:
        >>> fleet_name(rollout_name="patching", patch_group="prod-web", region="eu-central-1")
        'patching.prod-web.eu-central-1'
        >>> fleet_name(rollout_name="patching", patch_group="Web Tier/EU", region="eu-central-1")
        'patching.web-tier-eu.eu-central-1.1fd5299eea'
    """
    plain = f"{rollout_name}.{patch_group}.{region}"
    if len(plain) <= _LONGEST and _PLAIN.fullmatch(rollout_name) and _PLAIN.fullmatch(patch_group):
        return plain
    # Of the names as given: two that differ only in case or punctuation are spelled in the same way.
    digest = hashlib.sha256(f"{rollout_name}\n{patch_group}\n{region}".encode()).hexdigest()
    end = f".{region}.{digest[:_DIGEST_LENGTH]}"
    # Cut first, so that enough of the group is left, by which people recognize the fleet.
    rollout = _spelled(rollout_name)[:_LONGEST_ROLLOUT]
    return f"{rollout}.{_spelled(patch_group)[: _LONGEST - len(rollout) - 1 - len(end)]}{end}"


def _spelled(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower())
