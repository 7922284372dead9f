"""Rules about the tags of a resource."""

from collections.abc import Mapping

from patching_constructs.model.finding import Finding
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.unknown import Maybe
from patching_constructs.rules.limits import check_pattern

_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Tag.html"
_CHARACTERS = r"[\w\s.:/=+\-@]"


def check_tags(tags: Mapping[str, Maybe[str]], *, field: str) -> list[Finding]:
    """Find tags that AWS refuses; CloudFormation also refuses an empty value here."""
    findings = []
    for key, value in tags.items():
        findings += check_pattern(
            key,
            rf"(?!aws:){_CHARACTERS}{{1,128}}",
            allowed="1 to 128 letters, digits, spaces and _.:/=+-@, not beginning with aws:",
            id=FindingId.TAG,
            field=field,
            source=_PAGE,
        )
        findings += check_pattern(
            value,
            rf"{_CHARACTERS}{{1,256}}",
            allowed="1 to 256 letters, digits, spaces and _.:/=+-@",
            id=FindingId.TAG,
            field=f"{field}[{key!r}]",
            source=_PAGE,
        )
    return findings
