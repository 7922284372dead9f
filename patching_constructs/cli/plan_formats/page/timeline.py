"""The timeline: how a patch that is published at one moment reaches every ring.

`templates/timeline.js` does the same for the moment that a reader picks, over `data`; a test holds both
against each other.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from patching_constructs.cli.plan_formats.page.ring_rows import RingView
from patching_constructs.cli.plan_formats.page.words import severity_names, system_name
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.promises import Severity
from patching_constructs.plan.journeys import Journey, JourneyStep
from patching_constructs.plan.plan import Plan

FIRST_HOUR = 18
"""Hour (UTC) at which the timeline begins: Microsoft has published by then on every Patch Tuesday."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelineRow:
    """Patches that every ring treats in the same way.

    Attributes:
        operating_system: Their operating system.
        severities: Their severities.
        journeys: How they reach each ring, by the ring's number.
    """

    operating_system: OperatingSystem
    severities: tuple[Severity | None, ...]
    journeys: dict[int, Journey]

    @property
    def name(self) -> str:
        """What a reader picks."""
        return f"{system_name(self.operating_system)}, {severity_names(self.severities)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline:
    """The timeline.

    Attributes:
        classes: What a reader can choose from.
        published: The moment with which it begins.
        data: Everything that the script needs, for JSON.
    """

    classes: tuple[TimelineRow, ...]
    published: datetime
    data: dict[str, object]


def timeline(plan: Plan, rings: Sequence[RingView]) -> Timeline:
    """Collect how patches reach all rings."""
    classes = patch_classes(rings)
    first = max(datetime.combine(plan.today, dt.time(FIRST_HOUR), UTC), plan.horizon.from_)
    published = min(first, plan.horizon.until - timedelta(minutes=1))
    return Timeline(
        classes=classes,
        published=published,
        data={
            "from": _minutes(plan.horizon.from_),
            "until": _minutes(plan.horizon.until),
            "published": _minutes(published),
            "releases": [_minutes(release) for release in plan.patch_tuesdays],
            "rings": [
                {
                    "name": ring.name,
                    "code": ring.code,
                    "look": ring.look,
                    "zone": ring.zone,
                    "rollout": ring.planned.ring.rollout,
                    "order": ring.planned.ring.order if ring.planned.has_order else None,
                }
                for ring in rings
            ],
            "classes": [_class_data(each) for each in classes],
        },
    )


def patch_classes(rings: Sequence[RingView]) -> tuple[TimelineRow, ...]:
    """Join the severities of an operating system that all rings treat in the same way.

    Windows is the last: most days have no patch of it.
    """
    journeys: dict[tuple[OperatingSystem, Severity | None], dict[int, Journey]] = {}
    for ring in rings:
        for journey in ring.planned.journeys:
            for severity in journey.severities:
                journeys.setdefault((journey.operating_system, severity), {})[ring.number] = journey
    grouped: dict[tuple[OperatingSystem, tuple[tuple[int, int], ...]], list[Severity | None]] = {}
    for (system, severity), of_rings in journeys.items():
        key = tuple((number, id(journey)) for number, journey in of_rings.items())
        grouped.setdefault((system, key), []).append(severity)
    return tuple(
        TimelineRow(
            operating_system=system,
            severities=tuple(severities),
            journeys=journeys[system, severities[0]],
        )
        for (system, _), severities in sorted(
            grouped.items(), key=lambda item: item[0][0] is OperatingSystem.WINDOWS
        )
    )


def step_at(journey: Journey, published: datetime) -> JourneyStep:
    """Return the step of a journey for patches that are published at a moment."""
    place = bisect_right(journey.steps, published, key=lambda step: step.published.from_)
    return journey.steps[max(place - 1, 0)]


def _class_data(patches: TimelineRow) -> dict[str, object]:
    return {
        "name": patches.name,
        "journeys": {
            number: {
                "days": journey.approve_after_days,
                "steps": [_step_data(step) for step in journey.steps],
            }
            for number, journey in patches.journeys.items()
        },
    }


def _step_data(step: JourneyStep) -> list[int | None]:
    """Write a step as the moments of `published from`, `starts`, `closes` and `superseded`."""
    return [
        _minutes(step.published.from_),
        *(
            None if time is None else _minutes(time)
            for time in (step.starts_at, step.closes_at, step.superseded_at)
        ),
    ]


def _minutes(time: datetime) -> int:
    """Return a moment in minutes since 1970, the next one for parts of a minute."""
    return -(-int(time.timestamp()) // 60)
