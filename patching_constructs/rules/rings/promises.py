"""Rules about promises by themselves; whether they are kept is a question of exposure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.promises import PROMISE_HOURS, PROMISES, Promise, Severity
from patching_constructs.rules.limits import check_duplicates, did_you_mean

_HOUR = timedelta(hours=1)


def check_promises(promises: Sequence[Promise], *, field: str) -> list[Finding]:
    """Find promises that cannot be judged, or that pass for another.

    Args:
        promises: The promises of one ring.
        field: Where they stand.
    """
    findings = [
        finding
        for index, promise in enumerate(promises)
        for finding in _check_promise(promise, field=f"{field}[{index}]")
    ]
    names = [promise.name for promise in promises if isinstance(promise, Promise)]
    return findings + check_duplicates(names, id=FindingId.PROMISE, field=field)


def check_promised_rings(
    promised: Mapping[str, Sequence[Promise]], names: Sequence[str]
) -> Iterator[Finding]:
    """Find promises for rings that do not exist, which are not judged.

    Args:
        promised: The promises by the name of the ring.
        names: Names of the rings, and of the patch groups that are in none.
    """
    for name, promises in promised.items():
        if promises and name not in names:
            yield Finding(
                id=FindingId.PROMISE_WITHOUT_RING,
                level=Level.WARNING,
                field="promises",
                message="no ring has this name, so that "
                f"{' and '.join(promise.name for promise in promises)} is not judged for it",
                received=repr(name),
                allowed=f"{', '.join(names) or 'no ring is known'}{did_you_mean(name, names)}",
            )


def _check_promise(promise: Any, *, field: str) -> Iterator[Finding]:
    if not isinstance(promise, Promise):
        yield _finding(
            field,
            "not a promise",
            received=repr(promise),
            allowed=f"a Promise, or one of PROMISES: {', '.join(PROMISES)}",
        )
        return
    if not isinstance(promise.name, str) or not promise.name.strip():
        yield _finding(f"{field}.name", "empty", received=repr(promise.name), allowed="a name")
    elif promise.name in PROMISES and promise != PROMISES[promise.name]:
        yield _finding(
            f"{field}.name",
            "the name of a public promise that says something else",
            received=repr(promise.name),
            allowed="another name, or the public promise as it is",
        )
    if not promise.within:
        yield _finding(
            f"{field}.within", "nothing is promised", received="no time", allowed="a time for a severity"
        )
    for severity, time in promise.within.items():
        if severity not in set(Severity):
            yield _finding(
                f"{field}.within", "no severity", received=repr(severity), allowed=", ".join(Severity)
            )
        elif not isinstance(time, timedelta) or time % _HOUR or time // _HOUR not in PROMISE_HOURS:
            yield _finding(
                f"{field}.within[{severity}]",
                "not a time that can be judged",
                received=str(time),
                allowed=f"a timedelta of whole hours, from 1 hour to {PROMISE_HOURS.stop // 24} days",
            )


def _finding(field: str, message: str, *, received: str, allowed: str) -> Finding:
    return Finding(
        id=FindingId.PROMISE,
        level=Level.ERROR,
        field=field,
        message=message,
        received=received,
        allowed=allowed,
    )
