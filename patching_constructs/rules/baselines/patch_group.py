"""Rules about patch group names."""

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.patch_group import PATCH_GROUP_PUNCTUATION, is_patch_group_name
from patching_constructs.model.unknown import Maybe, Unknown


def check_patch_group_name(name: Maybe[str], *, field: str) -> list[Finding]:
    """Find a name that AWS would refuse."""
    if isinstance(name, Unknown) or is_patch_group_name(name):
        return []
    return [
        Finding(
            id=FindingId.PATCH_GROUP_NAME,
            level=Level.ERROR,
            field=field,
            message="not a patch group name",
            received=repr(name),
            allowed=f"1 to 256 letters, digits, spaces and {PATCH_GROUP_PUNCTUATION}",
            source="https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterPatchBaselineForPatchGroup.html",
        )
    ]
