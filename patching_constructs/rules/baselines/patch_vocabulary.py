"""Rules about filter keys and values, which depend on the operating system."""

from collections.abc import Iterator

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchFilterRecord
from patching_constructs.model.patch_choices import PatchFilterKey
from patching_constructs.model.patch_filters import ANY, VOCABULARY, FilterValues, OtherValues
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.limits import did_you_mean, undecided

_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribePatchProperties.html"
_KEYS = frozenset(PatchFilterKey)


def check_filter_vocabulary(
    patch_filter: PatchFilterRecord, operating_system: OperatingSystem, *, field: str
) -> list[Finding]:
    """Find a key or value that the operating system does not have, and values that are not documented."""
    key = patch_filter.key
    if isinstance(key, Unknown) or key not in _KEYS:
        return []
    values_by_key = VOCABULARY[operating_system]
    if key not in values_by_key:
        return [
            Finding(
                id=FindingId.PATCH_FILTER_KEY,
                level=Level.ERROR,
                field=f"{field}.key",
                message=f"{operating_system} has no such patch property",
                received=repr(key),
                allowed=", ".join(values_by_key),
                source=_PAGE,
            )
        ]
    return list(_check_values(patch_filter, PatchFilterKey(key), operating_system, field))


def _check_values(
    patch_filter: PatchFilterRecord, key: PatchFilterKey, operating_system: OperatingSystem, field: str
) -> Iterator[Finding]:
    if isinstance(patch_filter.values, Unknown):
        return
    known = VOCABULARY[operating_system][key]
    for index, value in enumerate(patch_filter.values):
        value_field = f"{field}.values[{index}]"
        if isinstance(value, Unknown):
            yield undecided(FindingId.PATCH_FILTER_VALUE, value, field=value_field)
        elif value == ANY:
            if len(patch_filter.values) > 1:
                yield _star_in_company(value_field)
        elif value not in known.listed and known.others is not OtherValues.ACCEPTED:
            yield _unlisted(value, known, key, operating_system, value_field)


def _star_in_company(field: str) -> Finding:
    return Finding(
        id=FindingId.PATCH_FILTER_VALUE_UNDOCUMENTED,
        level=Level.WARNING,
        field=field,
        message="* matches every value, so the other values say nothing",
        received=repr(ANY),
        allowed="* alone, or values without *",
    )


def _unlisted(
    value: str, known: FilterValues, key: PatchFilterKey, operating_system: OperatingSystem, field: str
) -> Finding:
    hint = did_you_mean(value, known.listed)
    if key is PatchFilterKey.PRODUCT:
        return Finding(
            id=FindingId.UNKNOWN_PRODUCT,
            level=Level.WARNING,
            field=field,
            message=f"not a PRODUCT of {operating_system} that is known to be in use",
            received=repr(value),
            allowed=f"what `aws ssm describe-patch-properties --operating-system {operating_system} "
            f"--property PRODUCT` lists, or * alone{hint}",
            source=_PAGE,
        )
    allowed = f"{', '.join(known.listed)}, or * alone{hint}"
    if known.others is OtherValues.REFUSED and value not in known.once_listed:
        return Finding(
            id=FindingId.PATCH_FILTER_VALUE,
            level=Level.ERROR,
            field=field,
            message=f"{operating_system} has no such {key}",
            received=repr(value),
            allowed=allowed,
            source=_PAGE,
        )
    return Finding(
        id=FindingId.PATCH_FILTER_VALUE_UNDOCUMENTED,
        level=Level.WARNING,
        field=field,
        message=f"not a documented {key} of {operating_system}, so AWS may refuse it",
        received=repr(value),
        allowed=allowed,
        source=_PAGE,
    )
