"""Rules about the template itself: what it gets wrong before any rule can look, and what it leaves open."""

from patching_constructs.model.estate import Estate
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId


def check_template(estate: Estate) -> list[Finding]:
    """Find properties of the wrong kind, and tell what was taken for granted or passed over."""
    return [
        *estate.mistakes,
        *(
            Finding(
                id=FindingId.TEMPLATE_UNREAD,
                level=Level.INFO,
                field="",
                message=f"{unread.what} is not looked at",
                location=unread.location,
                undecided=unread.reason,
            )
            for unread in estate.unread
        ),
        *(
            Finding(
                id=FindingId.PARAMETER_DEFAULT,
                level=Level.INFO,
                field=f"Parameters.{default.name}",
                message="its default is taken for the value that it is deployed with",
                received=repr(default.value),
                location=default.location,
            )
            for default in estate.parameter_defaults
        ),
    ]
