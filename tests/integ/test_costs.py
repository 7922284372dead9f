"""A run cannot cost more than its ceiling."""

import datetime as dt
from datetime import timedelta
from pathlib import Path

import pytest

from tests.integ import costs
from tests.integ.cloud import IntegError
from tests.integ.costs import CEILING, estimate, longest_run, total
from tests.integ.stacks_under_test import Windows, synthesize

REGIONS = ["us-east-1", "sa-east-1"]


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    at = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    return synthesize(
        tmp_path_factory.mktemp("assembly"),
        account="111122223333",
        region="us-east-1",
        email="a@example.com",
        run_id="0a1b2c3d",
        windows=Windows(scan_at=at, install_at=at + timedelta(hours=4)),
    )


@pytest.mark.parametrize("region", REGIONS)
def test_a_run_may_take_as_long_as_the_ceiling_allows(assembly: Path, region: str) -> None:
    longest = longest_run(assembly, region=region)
    assert timedelta(hours=2.5) <= longest <= timedelta(hours=4)
    assert total(estimate(assembly, region=region, time=longest)) <= CEILING
    longer = estimate(assembly, region=region, time=longest + timedelta(minutes=15))
    assert longest == timedelta(hours=4) or total(longer) > CEILING


def test_regions_without_prices_are_taken_to_cost_twice_as_much(assembly: Path) -> None:
    time = timedelta(hours=3)
    priced, dearer = (total(estimate(assembly, region=region, time=time)) for region in REGIONS)
    assert dearer == 2 * priced


def test_every_line_has_a_source_and_nothing_is_free(assembly: Path) -> None:
    lines = estimate(assembly, region="us-east-1", time=timedelta(hours=3))
    assert all(line.amount > 0 and line.source.startswith("https://") for line in lines)
    for what in ("kms keys", "alarm metrics", "custom metrics", "Windows", "Linux", "IPv4"):
        assert any(what in line.what for line in lines), what


def test_a_ceiling_that_leaves_too_little_time_is_refused(
    assembly: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(costs, "CEILING", CEILING / 4)
    with pytest.raises(
        IntegError, match=r"2\.5 hours in us-east-1 may cost more than the ceiling of 0\.50 USD"
    ):
        longest_run(assembly, region="us-east-1")
