"""Rules about the lists of approved and rejected patches."""

from patching_constructs.model import patch_baseline_limits as limits
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_names import PatchList, patch_name_format
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.rules.limits import check_count, check_duplicates, check_length, undecided

_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreatePatchBaseline.html"
_NAMES_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-approved-rejected-package-name-formats.html"


def check_patch_names(
    names: Maybe[tuple[Maybe[str], ...]], patch_list: PatchList, operating_system: OperatingSystem | None
) -> list[Finding]:
    """Find names that AWS refuses or that the package manager does not know patches by."""
    list_field = patch_list.value
    if isinstance(names, Unknown):
        return [undecided(FindingId.PATCH_NAME_FORMAT, names, field=list_field)]
    findings = check_count(
        names,
        range(limits.MAX_PATCH_NAMES + 1),
        id=FindingId.PATCH_BASELINE_COUNT,
        field=list_field,
        source=_PAGE,
    )
    findings += check_duplicates(names, id=FindingId.PATCH_BASELINE_DUPLICATE, field=list_field)
    for index, name in enumerate(names):
        field = f"{list_field}[{index}]"
        findings += check_length(
            name, limits.PATCH_NAME_LENGTH, id=FindingId.PATCH_BASELINE_LENGTH, field=field, source=_PAGE
        )
        if operating_system is not None:
            findings += _check_patch_name(name, operating_system, patch_list, field)
    return findings


def _check_patch_name(
    name: Maybe[str], operating_system: OperatingSystem, patch_list: PatchList, field: str
) -> list[Finding]:
    name_format = patch_name_format(operating_system, patch_list)
    if isinstance(name, Unknown) or name_format.matches(name):
        return []
    return [
        Finding(
            id=FindingId.PATCH_NAME_FORMAT,
            level=Level.ERROR,
            field=field,
            message=f"not a patch name that works in {patch_list.value} on {operating_system}",
            received=repr(name),
            allowed=name_format.description,
            source=_NAMES_PAGE,
        )
    ]
