"""Lets the quarter go by: windows open, deployed functions run, alarms are judged."""

import functools
import heapq
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from demo.quarter.deployed import REPORTER, Workload
from demo.quarter.patches import END, START
from demo.quarter.story import Incident, Story
from local_aws.fleet.clock import clock
from local_aws.fleet.simulation import SimulatedPlace, WindowFired, window_starts
from local_aws.services.alarms import AlarmClock
from local_aws.services.lambda_functions import FunctionRunner

_HOUR = timedelta(hours=1)

Where = tuple[str, str]
"""Account and Region."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """The outcome of the quarter, apart from the data in CloudWatch and the table of ring runs.

    Attributes:
        windows: Runs of windows.
        reports: Reports that were made on the hour, apart from those that deployed rules start after
        installs. alarms: The alarms of each account and Region.
    """

    windows: int
    reports: int
    alarms: Mapping[Where, AlarmClock]


class Quarter:
    """Runs deployed windows, functions and alarms through the quarter.

    Reports are made after each install run, as the deployed rule wants it, on the hour after each scan and
    each incident, and each hour while an alarm would change if it went on. Of the other hours, in which
    nothing happens, no report is made, and the clock leaps over them.

    Args:
        workloads: Accounts and Regions, with what is deployed there.
        story: What happens to their nodes.
        folder: Where functions are unpacked.
        on_day: Called for each day.
    """

    def __init__(
        self,
        workloads: Sequence[Workload],
        story: Story,
        *,
        folder: Path,
        on_day: Callable[[datetime], object] = lambda _: None,
    ) -> None:
        self._places = [workload.place for workload in workloads]
        self._functions = FunctionRunner(folder)
        self._moments: list[tuple[datetime, int, Callable[[], object]]] = []
        self._numbers = itertools.count()
        self._planned: set[tuple[Where, datetime]] = set()
        self._windows = self._reports = 0
        self._alarms = {
            _where(place): AlarmClock(account=place.account, region=place.region) for place in self._places
        }
        for incident in story.incidents:
            self._plan(incident.at, functools.partial(self._apply, incident))
        for day in range((END - START).days):
            at = START + timedelta(days=day)
            self._plan(at, functools.partial(on_day, at))

    def run(self) -> Outcome:
        """Let it go by; the clock shows the end of the quarter then."""
        clock.set(START)
        for start in window_starts(self._places, from_=START, until=END):
            self._go_on(until=start.at)
            fired = start.run()
            self._windows += 1
            self._plan(fired.execution.ended_at, functools.partial(self._is_over, fired))
        self._go_on(until=END)
        clock.set(END)
        return Outcome(windows=self._windows, reports=self._reports, alarms=self._alarms)

    def _plan(self, at: datetime, do: Callable[[], object]) -> None:
        heapq.heappush(self._moments, (at, next(self._numbers), do))

    def _go_on(self, *, until: datetime) -> None:
        while self._moments and self._moments[0][0] <= until:
            at, _, do = heapq.heappop(self._moments)
            clock.set(at)
            do()

    def _apply(self, incident: Incident) -> None:
        incident.do()
        self._plan_report(incident.place)

    def _is_over(self, fired: WindowFired) -> None:
        place = fired.place
        started = self._functions.deliver(fired.event, account=place.account, region=place.region)
        if any(function.handler == REPORTER for function in started):
            self._judge(place)
        else:
            self._plan_report(place)

    def _report(self, place: SimulatedPlace) -> None:
        self._reports += 1
        self._planned.discard((_where(place), clock()))
        self._functions.start_schedules(account=place.account, region=place.region)
        self._judge(place)

    def _judge(self, place: SimulatedPlace) -> None:
        alarms = self._alarms[_where(place)]
        alarms.judge(clock())
        if alarms.undecided:
            self._plan_report(place)

    def _plan_report(self, place: SimulatedPlace) -> None:
        at = clock().replace(minute=0, second=0, microsecond=0) + _HOUR
        if (_where(place), at) not in self._planned:
            self._planned.add((_where(place), at))
            self._plan(at, functools.partial(self._report, place))


def _where(place: SimulatedPlace) -> Where:
    return place.account, place.region
