"""Patch groups: what a node's tag says."""

import enum
import unicodedata

PATCH_GROUP_MAX_LENGTH = 256
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterPatchBaselineForPatchGroup.html"""

PATCH_GROUP_PUNCTUATION = "_.:/=+-@"
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterPatchBaselineForPatchGroup.html"""

MAX_PATCH_GROUPS_PER_BASELINE = 25
"""https://docs.aws.amazon.com/general/latest/gr/ssm.html"""


class PatchGroupTagKey(enum.StrEnum):
    """Tag key under which a node states its patch group.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-tag-a-patch-group.html
    """

    PATCH_GROUP = "PatchGroup"
    """Works everywhere; required where tags are allowed in instance metadata."""
    PATCH_GROUP_WITH_SPACE = "Patch Group"
    """The older spelling; refused by EC2 where tags are allowed in instance metadata."""


def is_patch_group_name(name: str) -> bool:
    """Return whether AWS accepts `name`: 1 to 256 letters, digits, spaces and `_.:/=+-@`."""
    return (
        type(name) is str
        and 1 <= len(name) <= PATCH_GROUP_MAX_LENGTH
        and all(unicodedata.category(char)[0] in "LZN" or char in PATCH_GROUP_PUNCTUATION for char in name)
    )
