"""The story fits organisations of any shape; the quarter itself is in test_quarter.py."""

import pytest

from demo.quarter.deployed import Workload
from demo.quarter.patches import END, START
from demo.quarter.story import Story
from local_aws.fleet.executions import Executions
from local_aws.fleet.fleet import Fleet
from local_aws.fleet.simulation import SimulatedPlace
from patching_constructs import OperatingSystem
from patching_constructs.contracts.reporter_settings import ReporterSettings
from patching_constructs.contracts.ring_document import (
    DeployedGroup,
    DeployedRing,
    DeployedWindow,
    RingDocument,
)

LINUX, WINDOWS = OperatingSystem.AMAZON_LINUX_2023, OperatingSystem.WINDOWS


def workload(ring: str, *systems: OperatingSystem, installs: bool = True, order: int = 1) -> Workload:
    """Make an account with one ring; nothing of the story asks which baseline a node has."""
    fleet = Fleet(lambda *_: ("pb-1", {}))
    return Workload(
        place=SimulatedPlace(
            account=f"{order:012}", region="eu-central-1", fleet=fleet, executions=Executions()
        ),
        settings=ReporterSettings(
            document=RingDocument(
                rollout="web",
                rings=(
                    DeployedRing(
                        name=ring,
                        order=order,
                        patch_groups=(DeployedGroup(name=f"{ring}-web", tag_key="Patch Group"),),
                        windows=(DeployedWindow(name=f"web-{ring}", installs=installs),),
                    ),
                ),
            )
        ),
        systems={f"{ring}-web": systems},
    )


def rings_of(story: Story) -> list[tuple[str, str]]:
    return [(incident.ring, incident.what) for incident in story.incidents if incident.what]


def test_a_single_ring_has_all_the_trouble() -> None:
    story = Story([workload("only", LINUX, WINDOWS)])
    assert {ring for ring, _ in rings_of(story)} == {"only"}
    text = " ".join(what for _, what in rings_of(story))
    for trouble in ("dies", "only-webb for only-web", "cannot install", "must not reboot", "by hand"):
        assert trouble in text


def test_each_of_many_rings_has_a_trouble_of_its_own() -> None:
    names = ("dev", "test", "staging", "prod")
    story = Story([workload(name, LINUX, order=order) for order, name in enumerate(names, start=1)])
    assert dict(reversed(rings_of(story))).keys() == set(names)
    (failing,) = {ring for ring, what in rings_of(story) if "cannot install" in what}
    assert failing == "staging"


def test_nodes_of_windows_alone_can_install_every_kernel() -> None:
    story = Story([workload("office", WINDOWS)])
    assert not any("kernel" in what for _, what in rings_of(story))


def test_rings_that_install_nothing_only_get_new_images() -> None:
    images = workload("images", LINUX, installs=False)
    story = Story([images])
    assert {what for _, what in rings_of(story)} == {"a new image replaces 5 nodes, one a day"}
    for day in (START, END):
        assert sum(node.is_there(day) for node in images.place.fleet.nodes.values()) == 5


@pytest.mark.parametrize("systems", [(), (LINUX,), (LINUX, WINDOWS)])
def test_incidents_are_in_order_and_within_the_quarter(systems: tuple[OperatingSystem, ...]) -> None:
    times = [incident.at for incident in Story([workload("dev", *systems)]).incidents]
    assert times == sorted(times)
    assert all(START < at < END for at in times)
    assert bool(times) == bool(systems), "without nodes nothing happens"
