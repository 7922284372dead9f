"""What follows from all changes together: ring order, exposure, quotas and findings."""

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from patching_constructs.analysis.ring_exposure import ExposureRow
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.promises import Severity
from patching_constructs.model.wording import length, listed, moment
from patching_constructs.plan.diff.change import Area, Change, ChangeKind
from patching_constructs.plan.diff.matching import logical_id, pair
from patching_constructs.plan.order import OrderAnswer, OrderState
from patching_constructs.plan.plan import PlannedQuota, PlannedRing
from patching_constructs.plan.state import RingName, State, ring_name, ring_title
from patching_constructs.rules.acknowledged_findings import JudgedFinding

# Part of a quota above which little is left.
_TIGHT = 0.8

# What the fields of findings about a ring begin with.
_OF_RING = "rings."


# --- order ---


def order_changes(old: State, new: State, *, rings: Mapping[RingName, RingName]) -> Iterator[Change]:
    """Yield changes of ring order, once for systems with the same change; lost order first."""
    before = {(rings.get(key[0], key[0]), key[1]): answer for key, answer in _answers(old)}
    grouped: dict[Change, list[OperatingSystem]] = {}
    for key, answer in _answers(new):
        change = _order_change(before.get(key), answer, rings)
        if change is not None:
            grouped.setdefault(change, []).append(key[1])
    kinds = (ChangeKind.ORDER_LOST, ChangeKind.ORDER_CHANGED, ChangeKind.ORDER_GAINED)
    for change, systems in sorted(grouped.items(), key=lambda entry: kinds.index(entry[0].kind)):
        yield replace(change, what=f"{change.what} on {listed(systems)}")


def _answers(state: State) -> Iterator[tuple[tuple[RingName, OperatingSystem], OrderAnswer]]:
    for answer in state.plan.order:
        yield (ring_name(answer.pair.later), answer.pair.operating_system), answer


def _order_change(
    old: OrderAnswer | None, new: OrderAnswer, rings: Mapping[RingName, RingName]
) -> Change | None:
    after = tuple(ring_name(ring) for ring in new.pair.earlier)
    if old is None:
        if new.state in (OrderState.FIRST, OrderState.PROVED):
            return None
    else:
        before = tuple(rings.get(ring_name(ring), ring_name(ring)) for ring in old.pair.earlier)
        if (before, *_figures(old)) == (after, *_figures(new)):
            return None
    was = OrderState.FIRST if old is None else old.state
    kind = _order_kind(was, new.state)
    later, earlier = f"ring {new.pair.later.name}", _earlier(new)
    is_not = "is no longer" if was is OrderState.PROVED else "is not"
    match kind:
        case ChangeKind.ORDER_GAINED:
            what = f"{later} is now proved to be behind {earlier}"
        case ChangeKind.ORDER_LOST if new.state is OrderState.REFUTED:
            what = f"{later} {is_not} behind {earlier}"
        case ChangeKind.ORDER_LOST:
            what = f"{later} {is_not} proved to be behind {earlier}"
        case _:
            what = f"the order of {later} behind {earlier} changes"
    return Change(
        area=Area.ORDER,
        kind=kind,
        what=what,
        old=None if old is None else _answer_words(old),
        new=_answer_words(new),
        consequence=_first_case(new),
        rings=tuple(dict.fromkeys([new.pair.later.name, *(name for _, name in after)])),
    )


def _order_kind(old: OrderState, new: OrderState) -> ChangeKind:
    if new is OrderState.PROVED and old in (OrderState.REFUTED, OrderState.OPEN):
        return ChangeKind.ORDER_GAINED
    if new in (OrderState.REFUTED, OrderState.OPEN) and old in (OrderState.PROVED, OrderState.FIRST):
        return ChangeKind.ORDER_LOST
    return ChangeKind.ORDER_CHANGED


def _figures(answer: OrderAnswer) -> tuple[object, ...]:
    return answer.state, answer.share, answer.head_start, answer.lag


def _earlier(answer: OrderAnswer) -> str:
    return f"ring {answer.pair.earlier_name}" if answer.pair.earlier else "no earlier ring"


def _answer_words(answer: OrderAnswer) -> str:
    earlier = _earlier(answer)
    match answer.state:
        case OrderState.FIRST:
            return "no earlier ring has this operating system"
        case OrderState.REFUTED:
            return f"refuted: for {_share(answer.share)} of publication times it is not behind {earlier}"
        case OrderState.OPEN:
            return f"not decided against {earlier}: {answer.reason}"
    parts = [f"proved against {earlier}"]
    if answer.head_start is not None:
        parts.append(f"which is at least {length(answer.head_start)} ahead")
    if answer.lag is not None:
        parts.append(f"if nodes see patches within {length(answer.lag)} of publication")
    return ", ".join(parts)


def _share(share: float) -> str:
    return "less than 0.1 %" if 0 < share < 0.001 else f"{100 * share:.1f} %"


def _first_case(answer: OrderAnswer) -> str | None:
    first = answer.first
    if answer.state is not OrderState.REFUTED or first is None:
        return None
    earlier = "never" if first.earlier is None else moment(first.earlier.starts_at)
    return (
        f"a patch published {moment(first.published.from_)} reaches ring {answer.pair.later.name} "
        f"{moment(first.later.starts_at)} and ring {answer.pair.earlier_name} {earlier}"
    )


# --- exposure ---


def exposure_changes(old: State, new: State, *, rings: Mapping[RingName, RingName]) -> Iterator[Change]:
    """Yield worst and typical exposures that change, once for severities with the same change."""
    before = {
        (rings.get(name, name), row.operating_system, row.severity): row
        for name, planned in _rings(old)
        for row in planned.exposure.rows
    }
    planned_rings = dict(_rings(new))
    after = {
        (name, row.operating_system, row.severity): row
        for name, planned in planned_rings.items()
        for row in planned.exposure.rows
    }
    still_there = {
        (name, system) for name, planned in planned_rings.items() for system in planned.operating_systems
    }
    grouped: dict[tuple[RingName, OperatingSystem, str, str, str | None], list[Severity | None]] = {}
    for (name, system, severity), was in before.items():
        row = after.get((name, system, severity))
        if (row is None and (name, system) not in still_there) or (
            row is not None and _exposure_words(was) == _exposure_words(row)
        ):
            continue
        key = (name, system, _exposure_words(was), _exposure_words(row), _direction(was, row))
        grouped.setdefault(key, []).append(severity)
    for (ring, system, was_words, will_be, direction), severities in grouped.items():
        planned = planned_rings[ring]
        named = [severity for severity in severities if severity is not None]
        which = f" of severity {listed(named)}" if named and len(named) < len(Severity) else ""
        yield Change(
            area=Area.EXPOSURE,
            kind=ChangeKind.EXPOSURE_CHANGED,
            what=f"how long {ring_title(planned)} is open to vulnerabilities{which} changes on {system}",
            old=was_words,
            new=will_be,
            consequence=direction,
            rings=(planned.ring.name,) if planned.has_order else (),
        )


def _rings(state: State) -> Iterator[tuple[RingName, PlannedRing]]:
    for planned in state.plan.rings:
        yield ring_name(planned.ring), planned


def _exposure_words(row: ExposureRow | None) -> str:
    if row is None:
        return "not known, or nothing installs on it"
    worst, typical = row.exposure.worst, row.exposure.typical
    parts = [f"worst {_open_for(worst)}", f"typical {_open_for(typical)}"]
    if row.out_of_band is not None:
        parts.append(f"out of band at worst {_open_for(row.out_of_band.worst)}")
    return ", ".join(parts)


def _open_for(time: timedelta | None) -> str:
    return "for ever" if time is None else length(time)


def _direction(old: ExposureRow, new: ExposureRow | None) -> str | None:
    before = old.exposure.worst
    after = None if new is None else new.exposure.worst
    if new is None or before == after:
        return None
    if before is None or after is None:
        return "the worst is longer" if after is None else "the worst is shorter"
    longer = after > before
    difference = length(after - before if longer else before - after)
    return f"the worst is {difference} {'longer' if longer else 'shorter'}"


# --- quotas ---


def quota_changes(old: State, new: State) -> Iterator[Change]:
    """Yield quotas of which more is used than before and little is left."""
    before = {quota.use.name: quota for quota in old.plan.quotas}
    for quota in new.plan.quotas:
        was = before.get(quota.use.name)
        if quota.share < _TIGHT or (was is not None and was.use.used >= quota.use.used):
            continue
        yield Change(
            area=Area.QUOTAS,
            kind=ChangeKind.QUOTA_TIGHT,
            what=f"more {quota.use.what} are used, and little is left",
            old=None if was is None else _quota_words(was),
            new=_quota_words(quota),
            consequence=_quota_consequence(quota),
            environments=(quota.environment,),
        )


def _quota_words(quota: PlannedQuota) -> str:
    return f"{quota.use.used} of {quota.use.quota}"


def _quota_consequence(quota: PlannedQuota) -> str:
    if quota.share <= 1:
        return f"{quota.use.quota - quota.use.used} left"
    return "AWS refuses more than the quota" if quota.use.refused else "AWS advises against more"


# --- findings ---


@dataclass(frozen=True, slots=True)
class _Comparable:
    """A finding, and its field with the names that rings have in the new state."""

    finding: Finding
    field: str

    @property
    def what(self) -> tuple[Hashable, ...]:
        return self.finding.id, self.finding.level, self.field

    @property
    def place(self) -> str | None:
        return logical_id(self.finding.location)

    @property
    def message(self) -> str:
        return _without_places(self.finding)


def finding_changes(old: State, new: State, *, rings: Mapping[RingName, RingName]) -> Iterator[Change]:
    """Yield errors and warnings that a check finds now and did not find before, and the other way round."""
    names = {one: other for (_, one), (_, other) in rings.items() if one != other}
    found = pair(
        _comparable(old.plan.findings, names),
        _comparable(new.plan.findings, {}),
        keys=[
            lambda one: (*one.what, one.place, one.message),
            lambda one: (*one.what, one.place),
            lambda one: (*one.what, one.message),
            lambda one: one.field.startswith(_OF_RING) and one.what,
        ],
    )
    yield from _findings([one.finding for one in found.only_new], ChangeKind.FINDING_NEW)
    yield from _findings([one.finding for one in found.only_old], ChangeKind.FINDING_FIXED)


def _comparable(findings: Sequence[JudgedFinding], names: Mapping[str, str]) -> list[_Comparable]:
    return [
        _Comparable(entry.finding, _renamed(entry.finding.field, names))
        for entry in findings
        if entry.acknowledgement is None and entry.finding.level >= Level.WARNING
    ]


def _renamed(field: str, names: Mapping[str, str]) -> str:
    for old, new in names.items():
        if f"{field}.".startswith(f"{_OF_RING}{old}."):
            return f"{_OF_RING}{new}{field.removeprefix(f'{_OF_RING}{old}')}"
    return field


def _without_places(finding: Finding) -> str:
    """Return the message without files and lines, which change when a template moves."""
    return re.sub(r"\S*\.(json|ya?ml|template)(:\d+)?|:\d+", "", finding.message)


def _findings(findings: Sequence[Finding], kind: ChangeKind) -> Iterator[Change]:
    grouped: dict[tuple[str, Level, str, str], list[Finding]] = {}
    for finding in findings:
        key = (finding.id, finding.level, finding.field, _without_places(finding))
        grouped.setdefault(key, []).append(finding)
    for (id_, level, _, _), several in grouped.items():
        first = several[0]
        times = f" ({len(several)} times)" if len(several) > 1 else ""
        is_new = kind is ChangeKind.FINDING_NEW
        said = f"{first.field}: {first.message}" if first.field else first.message
        yield Change(
            area=Area.FINDINGS,
            kind=kind,
            what=f"{level.name.lower()} {id_} is {'new' if is_new else 'fixed'}{times}",
            old=None if is_new else said,
            new=said if is_new else None,
            consequence=first.allowed and f"to fix it: {first.allowed}" if is_new else None,
            location=first.location,
        )
