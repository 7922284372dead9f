"""The simulation itself: what the figures of tests and of the demonstration rest on."""

import pytest

from local_aws.fleet.clock import clock
from local_aws.fleet.simulation import window_starts
from tests.lambdas.fleets import DAY, HOUR, KERNEL, START, World, node, patch

pytestmark = pytest.mark.usefixtures("local_aws")


def test_a_node_that_is_kept_from_rebooting_waits_until_it_is_let_go() -> None:
    world = World()
    kept = node(1, suppresses_reboots=True)
    free = node(2)
    world.add(kept, free, patch(KERNEL))
    world.advance(START + 7 * DAY)
    assert [each.installed[KERNEL].waits_for_reboot for each in (kept, free)] == [True, False]
    kept.suppresses_reboots = False
    world.advance(START + 14 * DAY)
    assert not kept.installed[KERNEL].waits_for_reboot, "the next install reboots it"


def test_a_window_runs_when_it_is_reported_to_and_not_when_it_is_looked_at() -> None:
    world = World(scan="cron(0 5 1 JAN ? 2030)")
    there = node(1)
    world.add(there, patch(KERNEL))
    first, second = window_starts([world.place], from_=START, until=START + 14 * DAY)
    assert [first.at, second.at] == [START + DAY + 22 * HOUR, START + 8 * DAY + 22 * HOUR]
    assert (clock(), there.installed) == (START, {})
    first.run()
    assert clock() == first.at
    assert there.installed.keys() == {KERNEL}
