"""Accepted findings."""

import datetime as dt
from dataclasses import dataclass, field

from patching_constructs.model.location import Location


@dataclass(frozen=True, kw_only=True, slots=True)
class Acknowledgement:
    """An accepted finding, with its reason.

    Attributes:
        finding_id: Id of the finding.
        where: Logical id, construct path or file of what it is about; `*` matches any characters.
        reason: Why it is accepted.
        with_children: Whether `where` is a construct path, and what is inside of the construct is meant too.
        owner: Who answers for it, or None if CDK's own mechanism was used, which knows no owner.
        expires: Last day on which it holds, or None likewise.
        location: Location of the acknowledgement.
    """

    finding_id: str
    where: str
    reason: str
    with_children: bool = False
    owner: str | None = None
    expires: dt.date | None = None
    location: Location | None = field(default=None, compare=False)
