"""The patch group of a fleet."""

from dataclasses import dataclass

from patching_constructs.errors import raise_errors
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.patch_group import PatchGroupTagKey
from patching_constructs.rules.baselines.patch_group import check_patch_group_name
from patching_constructs.rules.limits import check_choice
from patching_constructs.values.declared_types import settle_fields


@dataclass(frozen=True, kw_only=True, slots=True)
class PatchGroup:
    """Name a group of nodes that is patched together.

    A node is in one group only; a node whose tag names no registered group falls back to the account's
    default baseline in silence, so make the name unique in its account and Region
    (put the environment into it).

    Args:
        name: Value of the tag. 1 to 256 letters, digits, spaces and `_.:/=+-@`.
        tag_key: Key of the tag. Default: `PatchGroup`.

    Raises:
        InvalidInputError: If AWS would refuse the name, or does not look at the tag key.

    Example:
        >>> from patching_constructs import PatchGroup
        >>> PatchGroup(name="prod-web").tag_key.value
        'PatchGroup'

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-patch-groups.html
    """

    name: str
    tag_key: PatchGroupTagKey = PatchGroupTagKey.PATCH_GROUP

    def __post_init__(self) -> None:
        """Run the rules."""
        settle_fields(self, subject="PatchGroup")
        findings = check_patch_group_name(self.name, field="name")
        findings += check_choice(
            self.tag_key,
            PatchGroupTagKey,
            id=FindingId.PATCH_GROUP_TAG_KEY,
            field="tag_key",
            source="https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-tag-a-patch-group.html",
        )
        raise_errors(findings, subject="PatchGroup")
        object.__setattr__(self, "tag_key", PatchGroupTagKey(self.tag_key))
