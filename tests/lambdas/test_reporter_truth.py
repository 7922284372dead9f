"""The reporter's figures are those of the simulation, counted from its nodes without the reporter's code."""

import datetime as dt
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_aws.fleet.approval import is_approved
from local_aws.fleet.clock import clock
from local_aws.fleet.records import Node, Patch
from local_aws.in_process import in_process
from patching_constructs import OperatingSystem, PatchOperation, RebootOption
from patching_constructs.analysis.install_runs import InstallSequence, InstallWindow
from patching_constructs.analysis.landing import Approval, landings
from patching_constructs.model.promises import Severity
from patching_constructs.model.ring_terms import RingTerms
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.schedules.span import Span
from tests.depth import examples
from tests.lambdas.fleets import DAY, GROUP, HOUR, LINUX, START, WINDOWS, World, node, patch

PROMISED = 10 * DAY
REBOOT_WITHIN = 7 * DAY
SCANNED_WITHIN = 2 * DAY
QUICK = settings(deadline=None, max_examples=12, suppress_health_check=list(HealthCheck))

hours = st.integers(0, 20 * 24).map(lambda count: START + count * HOUR)


def name(number: int, system: OperatingSystem) -> str:
    return f"KB{number}" if system is WINDOWS else f"package-{number}.x86_64:0:1-1.amzn2023"


SOME_PATCHES = [name(number, system) for number in range(3) for system in (LINUX, WINDOWS)]


@st.composite
def nodes(draw: st.DrawFn) -> list[Node]:
    made = []
    for number in range(draw(st.integers(1, 5))):
        group = draw(st.sampled_from([GROUP, GROUP, GROUP, "prod-wbe", None]))
        made.append(
            node(
                number,
                operating_system=draw(st.sampled_from([LINUX, WINDOWS])),
                tags={} if group is None else {"PatchGroup": group},
                has_agent=draw(st.sampled_from([True, True, True, False])),
                agent_died_at=draw(st.none() | hours),
                stopped_at=draw(st.none() | hours),
                refuses=draw(st.sets(st.sampled_from(SOME_PATCHES), max_size=1)),
            )
        )
    return made


@st.composite
def patches(draw: st.DrawFn) -> list[Patch]:
    made: list[Patch] = []
    for number in range(draw(st.integers(0, 5))):
        published = draw(hours)
        system = draw(st.sampled_from([LINUX, WINDOWS]))
        older = [each.patch_id for each in made if each.operating_system is system]
        made.append(
            patch(
                name(number, system),
                published,
                visible_at=published + draw(st.integers(0, 48)) * HOUR,
                operating_system=system,
                severity=draw(st.sampled_from(["Critical", "Important", ""])),
                supersedes=draw(st.none() | st.sampled_from(older)) if older else None,
                needs_reboot=draw(st.booleans()),
            )
        )
    return made


def truth(world: World, first_seen: dict[tuple[str, str, str], dt.datetime]) -> Counter[str]:
    """Count from the nodes of the simulation, and remember what is first seen now."""
    now = clock()
    found: Counter[str] = Counter()
    still_there = set()
    (window,) = [
        each
        for each in world.ssm.describe_maintenance_windows()["WindowIdentities"]
        if each["Name"] == "web-prod-install"
    ]
    next_end = dt.datetime.fromisoformat(window["NextExecutionTime"]) + window["Duration"] * HOUR
    for each in world.place.fleet.nodes.values():
        if each.tags.get("PatchGroup") != GROUP or not each.is_there(now):
            continue
        found["nodes"] += 1
        if not each.answers(now):
            found["unmanaged"] += 1
        report = each.report
        bad = not each.answers(now)
        waiting = []
        for patch_id, state in (report.states if report else {}).items():
            if state not in ("Missing", "Failed", "InstalledPendingReboot"):
                continue
            # A patch stays the same problem through installs that fail.
            key = (each.node_id, patch_id, "waits" if state == "InstalledPendingReboot" else "open")
            still_there.add(key)
            seen = first_seen.setdefault(key, now)
            if bad:
                continue
            made = world.place.fleet.patches[patch_id]
            if state == "Missing":
                found["missing"] += 1
                offered = made.published_at if made.operating_system is WINDOWS else seen
                rated = made.severity in ("Critical", "")
                if rated and max(now, next_end) > offered + PROMISED:
                    found["overdue"] += 1
                if not rated and any(
                    execution.window_id == world.windows["web-prod-install"] and seen < execution.started_at
                    for execution in world.place.executions._executions.values()
                ):
                    found["overdue"] += 1
            elif state == "Failed":
                found["failed"] += 1
            else:
                waiting.append(now - seen)
        if bad:
            continue
        stale = report is None or now - report.ended_at > SCANNED_WITHIN
        found["stale"] += stale
        found["debt"] += bool(waiting)
        late = bool(waiting) and max(waiting) > REBOOT_WITHIN
        found["late reboots"] += late
    for key in set(first_seen) - still_there:
        del first_seen[key]
    return found


@settings(QUICK, max_examples=examples(quick=12, deep=150))
@given(
    fleet=nodes(),
    published=patches(),
    days=st.lists(st.integers(1, 24), min_size=1, max_size=4),
    reboot=st.sampled_from(RebootOption),
)
def test_the_figures_are_those_of_the_simulation(
    fleet: list[Node], published: list[Patch], days: list[int], reboot: RebootOption
) -> None:
    with in_process():
        terms = RingTerms(
            within={Severity.CRITICAL: PROMISED},
            reboot_within=REBOOT_WITHIN,
            scanned_within=SCANNED_WITHIN,
        )
        world = World(delay_days=1, terms=terms, reboot_option=reboot)
        world.add(*fleet, *published)
        first_seen: dict[tuple[str, str, str], dt.datetime] = {}
        for day in sorted(set(days)):
            world.advance(START + day * DAY)
            expected = truth(world, first_seen)
            reported = world.report().progress.figures.values()
            assert expected == Counter(
                {
                    "nodes": sum(each.nodes for each in reported),
                    "unmanaged": sum(each.unmanaged_nodes for each in reported),
                    "missing": sum(each.missing.total() for each in reported),
                    "overdue": sum(each.overdue_patches for each in reported),
                    "failed": sum(each.failed_patches for each in reported),
                    "stale": sum(each.stale_nodes for each in reported),
                    "debt": sum(each.reboot_debt_nodes for each in reported),
                    "late reboots": sum(each.reboot_overdue_nodes for each in reported),
                }
            ), f"on day {day}"
    clock.set(None)


@QUICK
@given(
    published=st.lists(hours, min_size=1, max_size=4, unique=True),
    delay_days=st.integers(0, 9),
    weekday=st.sampled_from(["MON", "WED", "SAT"]),
    hour=st.integers(0, 23),
)
def test_patches_land_when_the_proof_says(
    published: list[dt.datetime], delay_days: int, weekday: str, hour: int
) -> None:
    install = f"cron(30 {hour} ? * {weekday} *)"
    until = START + 45 * DAY
    with in_process():
        world = World(delay_days=delay_days, install=install, scan="cron(0 5 1 JAN ? 2030)")
        there = node(1)
        world.add(there, *[patch(name(number, LINUX), moment) for number, moment in enumerate(published)])
        world.advance(until)
        landed = {patch_id: found.at for patch_id, found in there.installed.items()}
    clock.set(None)
    horizon = Span(from_=START, until=START + 21 * DAY)
    window = InstallWindow(schedule=ScheduleRecord(expression=install), duration=4 * HOUR)
    runs = InstallSequence([window], after=START).through(until)
    steps = list(landings(runs, Approval(after_days=delay_days), horizon))
    for number, moment in enumerate(published):
        (step,) = [each for each in steps if each.published.from_ <= moment < each.published.until]
        assert step.run is not None
        assert landed[name(number, LINUX)] == step.run.starts_at


def test_the_truth_bites() -> None:
    """The count from the simulation sees what the reporter would miss."""
    with in_process():
        world = World()
        there = node(1)
        world.add(there, patch(name(0, LINUX)))
        world.place.fleet.run(there, PatchOperation.SCAN, now=START)
        clock.set(START + HOUR)
        assert truth(world, {})["missing"] == 0, "a patch is approved strictly after its publication"
        world.place.fleet.run(there, PatchOperation.SCAN, now=START + HOUR)
        clock.set(START + 2 * HOUR)
        assert truth(world, {})["missing"] == 1
        (found,) = world.place.fleet.patches.values()
        assert is_approved(found, world.place.fleet._baseline_of(GROUP, LINUX)[1], clock())
    clock.set(None)
